"""Nothing that is read from a disk can run: no pickle, no eval. Pickles travel through pipes and connections of Dask only.

What the fast engine writes out and compiles comes from the declarations in the sources alone.
"""

import re
from pathlib import Path

import pytest

import cxsim
from cxsim.store.arrays import pack, unpack

SOURCES = Path(cxsim.__file__).parent
RUNS_CODE = re.compile(
    r"\b(pickle|cPickle|dill|cloudpickle|marshal|shelve|joblib|jsonpickle)\.(load|loads|Unpickler|open)\b"
    r"|(?<![\w.])(eval|exec|compile|__import__)\(|allow_pickle|read_pickle|np\.load\b|numpy\.load\b|yaml\.(load|unsafe_load)\b"
)
THROUGH_PIPES = {"execution/worker.py": 2, "execution/worker_process.py": 1, "execution/dask_cluster.py": 1}
FROM_DECLARATIONS = {"engine/fast/columns.py": 1, "engine/fast/compile.py": 1}  # loops over fields that model/state.py names


def test_the_pattern_finds_what_it_should() -> None:
    for wrong in ("pickle.loads(x)", "x = eval('1')", "exec(code)", "np.load(p)", "f(allow_pickle=True)", "pd.read_pickle(p)"):
        assert RUNS_CODE.search(wrong)
    for good in ("json.loads(x)", "re.compile(x)", "function.compile(x)", "model.eval()", "pickle.dumps(x)"):
        assert not RUNS_CODE.search(good)


def test_no_code_is_read() -> None:
    found = {str(path.relative_to(SOURCES)): len(RUNS_CODE.findall(path.read_text())) for path in SOURCES.rglob("*.py")}
    assert {name: times for name, times in found.items() if times} == THROUGH_PIPES | FROM_DECLARATIONS


def test_the_store_cannot_pickle_at_all() -> None:
    for path in (SOURCES / "store").rglob("*.py"):
        assert "pickle" not in path.read_text()


def test_arrays_of_objects_are_not_read_back() -> None:
    import numpy as np

    packed = pack(np.arange(3)) | {"type": "|O"}
    with pytest.raises(ValueError, match="cannot be read back"):
        unpack(packed)
