"""Imports stand at the top of files; inside a function only what is heavy, so that commands begin quickly."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
HEAVY = {
    "SALib",
    "distributed",
    "jinja2",
    "markupsafe",
    "matplotlib",
    "mesa",
    "numba",
    "pandas",
    "pyarrow",
    "scipy",
    "vl_convert",
}


@cache
def tree(module: str) -> ast.Module:
    path = SOURCE.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


def is_module(name: str) -> bool:
    path = SOURCE.joinpath(*name.split("."))
    return (path / "__init__.py").is_file() or path.with_suffix(".py").is_file()


def imported(node: ast.stmt) -> set[str]:
    """Modules that an import statement loads."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        assert not node.level
        assert node.module
        whole = {f"{node.module}.{alias.name}" for alias in node.names}
        return {name if is_module(name) else node.module for name in whole}
    return set()


def outermost(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when a module is imported, but those for type checkers."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from outermost([child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)])


@cache
def loads(module: str) -> frozenset[str]:
    """Heavy packages that come with a module of ours, or it itself."""
    seen, left = set(), [module]
    while left:
        name = left.pop()
        parents = {".".join(name.split(".")[:size]) for size in range(1, name.count(".") + 2)}
        for one in parents - seen:
            seen.add(one)
            if one.split(".")[0] == "cxsim":
                left += {found for node in outermost(tree(one).body) for found in imported(node)}
    return frozenset({name.split(".")[0] for name in seen} & HEAVY)


def inner() -> Iterator[tuple[str, str, str]]:
    """Every import inside a function: where it stands, the module around it, and what it imports."""
    for file in sorted((SOURCE / "cxsim").rglob("*.py")):
        module = ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        for function in ast.walk(tree(module)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    for name in imported(node) if isinstance(node, ast.stmt) else ():
                        yield f"{file.relative_to(SOURCE)}:{node.lineno}", module, name


def test_an_import_inside_a_function_brings_something_heavy_that_its_file_does_not_bring_anyway() -> None:
    wrong = [f"{where}: {name}" for where, module, name in dict.fromkeys(inner()) if not loads(name) - loads(module)]
    assert not wrong, "\n".join(wrong)


def test_the_help_of_the_program_loads_nothing_heavy() -> None:
    assert not loads("cxsim.cli")
    assert not loads("cxsim")
