"""The design of a sweep: numbering of runs, plain form, digest, and what Python can ask for."""

import json
from pathlib import Path

import pytest

from cxsim.errors import ScenarioError
from cxsim.studies.sweep.design import Design

BASELINE = Path(__file__).parents[3] / "scenarios" / "survive_to_thrive.toml"
FACTORS = {"market.homogeneity": [0.2, 0.8], "market.segments": [2, 4, 6]}


def made(**asked: object) -> Design:
    return Design.make(BASELINE, FACTORS, **({"replicates": 5, "arms": ["pivot", "customize"]} | asked))


def test_numbers_go_point_by_point_arm_by_arm() -> None:
    design = made()
    assert design.total == 2 * 3 * 2 * 5
    spots = [design.locate(number) for number in range(design.total)]
    assert spots == sorted(spots, key=lambda spot: (spot.point, design.arms.index(spot.arm), spot.replicate))
    assert [design.number(*spot) for spot in spots] == list(range(design.total))
    assert design.points[4] == {"market.homogeneity": 0.8, "market.segments": 4}


def test_parts_share_out_all_runs() -> None:
    parts = [made().part((number, 7)).numbers for number in range(1, 8)]
    assert sorted(number for part in parts for number in part) == list(range(60))


@pytest.mark.parametrize(
    "asked", [{}, {"detail": "months", "firms": "all", "measures": ["value"]}, {"design": {"method": "list"}}]
)
def test_the_plain_form_is_the_whole_design(asked: dict[str, object]) -> None:
    factors = FACTORS if "design" not in asked else {"market.homogeneity": [0.1, 0.2], "market.drift": [0, 0.01]}
    design = Design.make(BASELINE, factors, replicates=2, **asked).part((2, 3))
    again = Design.from_plain(json.loads(json.dumps(design.plain())))
    assert json.dumps(again.plain()) == json.dumps(design.plain())
    assert again.digest == design.digest
    assert [dict(point) for point in again.points] == [dict(point) for point in design.points]
    assert again.scenario(1, again.arms[0]).digest == design.scenario(1, design.arms[0]).digest


def test_a_digest_of_what_is_asked() -> None:
    others = [
        made(replicates=6),
        made(arms=["pivot"]),
        made(set={"market.customers": 300}),
        made(measures=["value"]),
        made(months=12),
        Design.make(BASELINE, FACTORS | {"market.segments": [2, 4, 7]}, replicates=5, arms=["pivot", "customize"]),
    ]
    assert len({design.digest for design in (made(), *others)}) == 7
    assert made().digest == made().digest == made().part((1, 2)).digest


@pytest.mark.parametrize(
    ("factors", "asked", "told"),
    [
        ({"market.homogenity": [1]}, {}, "did you mean 'homogeneity'"),
        ({"market.homogeneity": [1.5]}, {}, "allowed"),
        ({}, {}, "nothing is varied"),
        ({"market.drift": [0]}, {"measures": ["valeu"]}, "did you mean 'value'"),
        ({"market.drift": [0]}, {"arms": ["pivto"]}, "did you mean 'pivot'"),
        ({"market.drift": [0]}, {"replicats": 3}, "did you mean 'replicates'"),
    ],
)
def test_what_python_asks_is_checked_like_a_file(factors: dict[str, list[float]], asked: dict[str, object], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        Design.make(BASELINE, factors, **asked)
