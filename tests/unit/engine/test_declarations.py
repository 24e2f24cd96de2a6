"""Fields of firms and customers are declared once, and engines say what they take."""

import ast
from pathlib import Path

import numpy as np
import pytest

import cxsim
from cxsim.engine.fast import columns
from cxsim.engine.fast.simulation_state import make_traits
from cxsim.engine.reference import ReferenceModel
from cxsim.model.case import Case, FirmPlan
from cxsim.model.params import Market, Params
from cxsim.model.state import CUSTOMER_FIELDS, FIRM_FIELDS, Customers, empty_customers

ENGINE = Path(cxsim.__file__).parent / "engine"
OF_MESA = {"unique_id", "model", "pos", "random", "rng"}


def own_fields(agent: object) -> set[str]:
    return {name for name in vars(agent) if not name.startswith("_")} - OF_MESA


def test_agents_have_the_declared_fields_and_a_number() -> None:
    model = ReferenceModel(Case(Params(market=Market(customers=100)), (FirmPlan("one"),)), 3, 1)
    assert own_fields(model.customers[0]) == {*CUSTOMER_FIELDS, "number"}
    assert own_fields(model.firms[0]) | {"fit_sum"} == {*FIRM_FIELDS, "number"}


def test_a_stretch_is_a_view_of_every_column() -> None:
    customers = empty_customers(10)
    part = columns.stretch(customers, 2, 5)
    for name, column, whole in zip(Customers._fields, part, customers, strict=True):
        assert np.shares_memory(column, whole), name
        assert column.shape == (3,)


def test_what_is_lived_is_brought_together() -> None:
    customers, traits = empty_customers(10), make_traits(4)
    for column in customers:
        column[:] = np.arange(10)
    columns.bring_together(traits, 3, customers, np.array([7, 2, 9]))
    for name, column in zip(Customers._fields, traits, strict=True):
        assert column.tolist() == ([7, 2, 9, 0] if CUSTOMER_FIELDS[name].lived else [0, 0, 0, 0]), name
    assert len(columns.LIVED) == 10


@pytest.mark.parametrize("path", sorted(ENGINE.rglob("*.py")), ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_engines_take_and_give_what_has_a_type(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
            said = [node.returns, *(one.annotation for one in taken if one is not None)]
            names = [one.id for each in said if each for one in ast.walk(each) if isinstance(one, ast.Name)]
            assert "Any" not in names, node.name
