"""Arrays as plain data that JSON can hold, and back, to the bit. Nothing that is read back can run."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
