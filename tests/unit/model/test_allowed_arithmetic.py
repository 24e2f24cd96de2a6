"""Rules use only arithmetic that rounds the same everywhere, and hide no parameters in their formulas."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import cxsim
from cxsim.engine.fast.compile import NEVER_COMPILED, RULE_MODULES
from cxsim.model import demand

PACKAGE = Path(cxsim.__file__).parent
NO_RULES = {"__init__", "params", "state", "case", "schedule", "invariants"}
RULE_FILES = sorted(path for path in PACKAGE.glob("model/**/*.py") if path.stem not in NO_RULES)

FROM_MATH = {"frexp", "ldexp", "sqrt"}
CALLS_THAT_ROUND = {"sum", "round", "pow", "divmod", "fsum", "hypot", "complex", "eval", "exec"}
WITH_NUMPY = {"popularity_table", "_ranked", "_zipf_shares", "draws"}  # runs once, in the interpreter, for both engines
REMAINDERS_OF_INTEGERS = {
    "free_from",
    "reviews_now",
    "change_staff",
}  # % differs between languages for negative and for real numbers

NUMBERS_THAT_ARE_NO_PARAMETERS = {0, 1, 2, 0.5}
NAMED = {
    "demand": {12: "REVIEW_MONTHS", 2_147_483_647: "INT32_MAX", 256: "NEED_ATTEMPTS"},
    "sales": {1_000: "EFFORT", 30: "MOST_CONTACTS", 3.0: "coefficient of the S-curve p^2 (3 - 2p)"},
    "service": {1e12: "NEVER_WAITS", 1_048_576: "MOST_SPARE"},
    "service_rules": {8: "STEPS"},
    "strategy": {10_000_000: "MOST_STAFF", 3.0: "an equal part for each of three roles"},
}
FORBIDDEN_IMPORTS = [
    "import math",
    "from math import exp",
    "from math import sqrt, log",
    "import random",
    "from numpy import exp",
]
FREE_OF_LITERALS = [path for path in RULE_FILES if path.stem not in ("arithmetic", "chance")]


def violations(source: str) -> list[str]:
    """What in a module of rules may round differently from place to place."""
    found = []
    for function, node in nodes(ast.parse(source)):
        found += [f"{function}, line {getattr(node, 'lineno', 0)}: {what}" for what in forbidden(function, node)]
    return found


def nodes(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every node, with the name of the function around it."""
    for child in ast.iter_child_nodes(tree):
        inside = child.name if isinstance(child, ast.FunctionDef) and not function else function
        yield inside, child
        yield from nodes(child, inside)


def forbidden(function: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.BinOp | ast.AugAssign):
        if isinstance(node.op, ast.Pow):
            yield "a power: use arithmetic.power or products"
        if isinstance(node.op, ast.MatMult):
            yield "a matrix product"
        if isinstance(node.op, ast.Mod) and function not in REMAINDERS_OF_INTEGERS:
            yield "a remainder"
    if isinstance(node, ast.Import) and any(alias.name.split(".")[0] in ("math", "cmath", "random") for alias in node.names):
        yield "a whole module of functions that round: import those allowed by name"
    if isinstance(node, ast.ImportFrom) and node.module == "math":
        yield from (f"math.{alias.name}" for alias in node.names if alias.name not in FROM_MATH)
    if isinstance(node, ast.ImportFrom) and node.module in ("numpy", "random", "statistics", "cmath"):
        yield f"a function of {node.module}"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS_THAT_ROUND:
        yield f"{node.func.id}()"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from forbidden_method(function, node.func)


def forbidden_method(function: str, called: ast.Attribute) -> Iterator[str]:
    root = called.value
    while isinstance(root, ast.Attribute):
        root = root.value
    if isinstance(root, ast.Name) and root.id in ("np", "numpy") and function not in WITH_NUMPY:
        yield f"NumPy's {called.attr}()"
    if called.attr in ("sum", "mean", "dot", "prod", "cumsum", "std", "var"):
        yield f"a {called.attr}() whose order of additions is not ours"


def literals(source: str) -> Iterator[float]:
    """Every number written in the module but for those that nobody would tune."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Constant)
            and type(node.value) in (int, float)
            and node.value not in NUMBERS_THAT_ARE_NO_PARAMETERS
        ):
            yield node.value


def test_every_file_of_rules_is_looked_at() -> None:
    assert {path.stem for path in RULE_FILES} == {module.__name__.rpartition(".")[2] for module in RULE_MODULES}


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_rules_use_allowed_arithmetic(path: Path) -> None:
    assert violations(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FREE_OF_LITERALS, ids=lambda path: path.stem)
def test_no_parameter_hides_in_a_rule(path: Path) -> None:
    assert set(literals(path.read_text(encoding="utf-8"))) == set(NAMED.get(path.stem, {}))


@pytest.mark.parametrize(
    "rule",
    [
        "x ** 2", "x @ x", "x % 1.5", "sum(xs)", "round(x)", "pow(x, 2)", "divmod(x, 2)", "np.exp(x)", "np.linalg.norm(x)",
        "xs.sum()", "xs.mean()",
    ],
)  # fmt: skip
def test_what_rounds_differently_is_found(rule: str) -> None:
    assert len(violations(f"def rule(x, xs):\n    return {rule}\n")) >= 1


@pytest.mark.parametrize(
    "line", ["import math", "from math import exp", "from math import sqrt, log", "import random", "from numpy import exp"]
)
def test_forbidden_imports_are_found(line: str) -> None:
    assert len(violations(line)) == 1


def test_allowed_arithmetic_is_let_through() -> None:
    rule = (
        "from math import sqrt, frexp, ldexp\ndef rule(x, n):\n    x += 1.0 / n\n    return min(abs(x - n // 2), int(x) & 3)\n"
    )
    assert violations(rule) == []
    assert list(literals("def rule(x):\n    return 0.5 * x + 0.37\n")) == [0.37]


def test_rules_run_in_the_interpreter_only_where_both_engines_share_them() -> None:
    assert demand.popularity_table in NEVER_COMPILED
    assert {function.__name__ for function in NEVER_COMPILED} == WITH_NUMPY


def test_numba_is_spoken_to_in_one_place() -> None:
    """One decorator holds every flag of the compiler."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.relative_to(PACKAGE).as_posix() != "engine/fast/compile.py":
            for word in ("njit", "numba.jit", "@jit", "vectorize(", "import numba", "from numba"):
                assert word not in text, f"{path}: {word}"


@pytest.mark.parametrize("module", RULE_MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_rule_has_a_test(module: object) -> None:
    """Each public rule is named in the file of tests of its module."""
    stem = module.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
    folder = Path(__file__).parent / ("firm_month" if ".firm_month." in module.__name__ else "")  # type: ignore[attr-defined]
    tests = (folder / f"test_{stem}.py").read_text(encoding="utf-8")
    mine = [name for name, rule in vars(module).items() if inspect.isfunction(rule) and rule.__module__ == module.__name__]  # type: ignore[attr-defined]
    untested = [name for name in mine if not name.startswith("_") and f"{name}(" not in tests]
    assert untested == []


@pytest.mark.parametrize("module", RULE_MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_rules_say_what_they_do(module: object) -> None:
    for name, rule in vars(module).items():
        if inspect.isfunction(rule) and rule.__module__ == module.__name__ and not name.startswith("_"):  # type: ignore[attr-defined]
            assert rule.__doc__, name
