"""Both engines on markets so small that the interpreter runs them too, where coverage and mutation testing can see inside."""

import pytest

from cxsim.engine import ENGINES, EngineName, simulate
from cxsim.engine.parity import first_difference
from cxsim.model.case import Case
from cxsim.model.invariants import history_violations
from random_cases import generated_case

CASES, CUSTOMERS, MONTHS = range(16), 90, 16


def tiny(number: int) -> Case:
    """Return a random case whose market has few customers."""
    case = generated_case(number, 300)
    return case._replace(params=case.params._replace(market=case.params.market._replace(customers=CUSTOMERS)))


@pytest.mark.parametrize("number", CASES)
def test_equal_bits(number: int) -> None:
    assert first_difference(tiny(number), number, MONTHS) is None


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_conserved(engine: EngineName) -> None:
    for number in CASES[:4]:
        assert history_violations(simulate(tiny(number), number, MONTHS, engine)) == []


def test_much_happens() -> None:
    """Equal nothings would prove nothing."""
    histories = [simulate(tiny(number), number, MONTHS) for number in CASES]
    for name in ("deals", "churned", "poached", "custom_built", "standard_built", "hires", "dismissals", "walk_ins", "reviews"):
        assert sum(history.measures[name].sum() > 0 for history in histories) > 2, name
