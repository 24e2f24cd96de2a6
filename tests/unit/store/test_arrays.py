"""Arrays of numbers survive JSON to the bit, and nothing else is read back."""

import json

import numpy as np
import pytest

from cxsim.store.arrays import pack, unpack


@pytest.mark.parametrize(
    "array",
    [
        np.array([0.1, -0.0, np.inf, np.nan]),
        np.arange(12, dtype=np.int32).reshape(3, 2, 2),
        np.array([True, False]),
        np.zeros((0, 3)),
    ],
    ids=["fractions", "whole numbers", "truth values", "nothing"],
)
def test_there_and_back(array: np.ndarray) -> None:
    found = unpack(json.loads(json.dumps(pack(array))))
    assert (found.dtype, found.shape, found.tobytes()) == (array.dtype, array.shape, array.tobytes())
    found[...] = 0  # it may be written


def test_objects_are_refused() -> None:
    with pytest.raises(ValueError, match="an array of object cannot be read back"):
        unpack(pack(np.zeros(1)) | {"type": "|O"})
    with pytest.raises(ValueError, match="base64"):
        unpack(pack(np.zeros(1)) | {"bytes": "!"})
    with pytest.raises(ValueError, match="reshape"):
        unpack(pack(np.zeros(4)) | {"shape": [5]})
