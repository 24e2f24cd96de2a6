"""Whatever decides is a rule: a condition that stands in both engines would be a rule written twice."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cxsim

ENGINE = Path(cxsim.__file__).parent / "engine"

ALLOWED = {  # with the reason why it is no rule
    "effort > 0": "how contacts are gone through: one by one, or a block at a time, until no effort is left",
    "status == CLOSED": "whose customers are gone through when firms have closed",
    "supplier is nobody": "which customers are gone through: a supplier is an agent in one engine, a number in the other",
}


def files(folder: str) -> list[Path]:
    return sorted((ENGINE / folder).glob("*.py"))


def conditions(source: str) -> Iterator[ast.expr]:
    """Every condition of a module: of ``if``, ``while``, a choice between values, and a filter."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            yield from parts(node.test)
        elif isinstance(node, ast.comprehension):
            for test in node.ifs:
                yield from parts(test)


def parts(test: ast.expr) -> Iterator[ast.expr]:
    """Conditions that ``and``, ``or`` and ``not`` put together."""
    if isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from parts(value)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from parts(test.operand)
    else:
        yield test


class Plain(ast.NodeTransformer):
    """Forget of whom a field is, and at which place of a column: ``firms[f].status`` and ``self.status`` are alike."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return ast.Name(node.attr, ast.Load())

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return self.visit(node.value)  # type: ignore[no-any-return]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A condition that asks a rule or a procedure by name decides nothing itself."""
        return (
            ast.Name("", ast.Load())
            if not isinstance(node.func, ast.Name) or node.func.id != "int"
            else self.visit(node.args[0])
        )


def plain(condition: ast.expr) -> str:
    """The condition in the words of its fields; what each engine has its own words for is said in one way."""
    text = ast.unparse(Plain().visit(condition)).removesuffix(" != 0")
    for words in (" is None", " is not None", " == NOBODY", " != NOBODY"):
        text = text.removesuffix(words) + " is nobody" * text.endswith(words)
    return text


def found_in(folder: str) -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in files(folder)]
    return {plain(condition) for text in texts for condition in conditions(text)} - {""}


def test_no_condition_stands_in_both_engines_but_those_listed() -> None:
    assert found_in("reference") & found_in("fast/phases") == set(ALLOWED)


@pytest.mark.parametrize(
    ("reference", "fast"),
    [
        ("if self.cash < 0: pass", "if firms[f].cash < 0: pass"),
        ("x = 1 if not firm.deals > 2 else 0", "while state.firms[f].deals > 2: pass"),
        ("x = [c for c in all if c.asked == feature and ready(c)]", "if able > 0 or int(customers.asked[c]) == feature: pass"),
        ("if customer.promised: pass", "if customers.promised[c] != 0: pass"),
        ("if self.supplier is None: pass", "if customers.supplier[c] != NOBODY: pass"),
    ],
)
def test_a_condition_is_known_again(reference: str, fast: str) -> None:
    left, right = ({plain(condition) for condition in conditions(source)} - {""} for source in (reference, fast))
    assert len(left & right) == 1


def test_asking_a_rule_is_no_condition() -> None:
    assert [plain(condition) for condition in conditions("if sales.signs(luck, offer) and in_business(firm): pass")] == ["", ""]
