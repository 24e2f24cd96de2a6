"""Parameters: what numbers stand for words, and that every default and every likely range lies where it may."""

from typing import Any

import pytest

from cxsim.model import params
from cxsim.model.params import Params, Pivot, Spec, Start, Strategy, specs

GROUPS = [*Params(), Strategy(), Pivot(), Start()]
FIELDS = [(name, kind, spec, getattr(group, name)) for group in GROUPS for name, (kind, spec) in specs(type(group)).items()]


@pytest.mark.parametrize(
    ("words", "named", "codes"),
    [
        ("ROLES", "product sales service", "PRODUCT SALES SERVICE"),
        ("ROADMAPS", "crowd loudest founder", "CROWD LOUDEST FOUNDER"),
        ("TRIGGERS", "never month customers viable signal", "NEVER AT_MONTH AT_CUSTOMERS WHEN_VIABLE ON_SIGNAL"),
        (
            "SIGNALS",
            "upkeep_share request_focus deals_per_rep cash_flow prospect_fit",
            "UPKEEP_SHARE REQUEST_FOCUS DEALS_PER_REP CASH_FLOW PROSPECT_FIT",
        ),
        ("SERVICE_RULES", "fixed goal floating profit", "FIXED GOAL FLOATING PROFIT"),
        ("TIERS", "uniform vip", "UNIFORM VIP"),
    ],
)
def test_codes_are_places_of_words(words: str, named: str, codes: str) -> None:
    assert getattr(params, words) == tuple(named.split())
    assert [getattr(params, code) for code in codes.split()] == list(range(len(codes.split())))


@pytest.mark.parametrize(("name", "kind", "spec", "default"), FIELDS, ids=[field[0] for field in FIELDS])
def test_defaults_and_likely_ranges_lie_within_bounds(name: str, kind: type, spec: Spec, default: Any) -> None:
    assert type(default) is kind
    assert spec.low <= default <= spec.high
    if spec.likely is not None:
        assert spec.low <= spec.likely[0] <= default <= spec.likely[1] <= spec.high
    if spec.choices:
        assert (spec.low, spec.high) == (0, len(spec.choices) - 1)


def test_whatever_is_on_or_off_is_zero_or_one_and_mechanisms_are_on() -> None:
    assert all((spec.low, spec.high) == (0, 1) for _, kind, spec, _ in FIELDS if kind is bool)
    assert all(Params().mechanisms)


def test_shares_and_chances_lie_between_nothing_and_all() -> None:
    shares = [(name, spec) for name, kind, spec, _ in FIELDS if spec.unit in ("share", "share/month") and kind is float]
    more = {name for name, spec in shares if spec.high > 1}
    assert more == {"premium", "vip_premium", "growth_limit"}, (
        "parts of a price, and people of whom more may come than are there"
    )
    assert all(spec.low >= 0 for _, spec in shares)
