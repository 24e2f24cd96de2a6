"""Arrays as plain data that JSON can hold, and back, to the bit. Nothing that is read back can run."""

import base64
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Kept = TypeVar("Kept", bound=tuple[Any, ...])
KINDS = "biuf"  # of number that may be read back: truth values, whole numbers, fractions


def pack(array: NDArray[Any]) -> dict[str, Any]:
    """Write an array of numbers as its type, shape and bytes."""
    return {"type": array.dtype.str, "shape": list(array.shape), "bytes": base64.b64encode(array.tobytes()).decode("ascii")}


def unpack(packed: Mapping[str, Any]) -> NDArray[Any]:
    """Read an array back. ValueError when that is no array of numbers."""
    kind = np.dtype(packed["type"])
    if kind.kind not in KINDS:
        raise ValueError(f"an array of {kind} cannot be read back")
    return np.frombuffer(base64.b64decode(packed["bytes"], validate=True), kind).reshape(packed["shape"]).copy()


def pack_fields(kept: tuple[Any, ...]) -> list[Any]:
    """Write the fields of a named tuple: arrays, mappings of arrays, and plain values."""
    return [_plain(value) for value in kept]


def unpack_fields(kind: type[Kept], packed: list[Any]) -> Kept:
    """Read a named tuple back. ValueError as of :func:`unpack`."""
    return kind(*map(_read, packed))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: pack(array) for name, array in value.items()}
    return pack(value) if isinstance(value, np.ndarray) else value


def _read(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return unpack(value) if "bytes" in value else {name: unpack(array) for name, array in value.items()}
