"""What is told of common luck, on the main scenario."""

from pathlib import Path

from cxsim.scenario import load_scenario
from cxsim.statistics.pairing import most_ratio, ratio_interval
from cxsim.studies.base import Runner
from cxsim.studies.pivot.answer import answer
from cxsim.studies.pivot.sample import Sample
from cxsim.studies.pivot.search import Query, search
from cxsim.studies.pivot.variance_reduction import AIM

MAIN = Path(__file__).parents[2] / "scenarios" / "survive_to_thrive.toml"


def answered(*settings: str) -> tuple[Sample, list[str]]:
    sample = search(load_scenario(MAIN, settings), Query(step=9), Runner(2))
    return sample, answer(sample, verbose=True).sentences


def test_no_luck_could_make_the_main_differences_of_the_main_scenario_as_narrow_as_was_aimed_at() -> None:
    """What docs/pivot.md says of the best moment against never and against the first day."""
    sample, sentences = answered("replicates=60")
    for name in ("value", "survived"):
        most = most_ratio(sample.table(name), sample.best)
        assert (most[[0, -1]] < AIM).all(), (name, most)
    told = [sentence for sentence in sentences if "common luck" in sentence or "Over all moments" in sentence]
    assert len(told) == 3
    assert "value, at once " in told[0]
    assert "survival, at once " in told[0]
    value = sample.table("value")
    never, most = ratio_interval(value, len(sample.labels) - 1, sample.best), most_ratio(value, sample.best)[-1]
    assert f"never {never.mean:.1f} ({never.low:.1f} to {never.high:.1f}) of {most:.1f}" in told[0]


def test_nothing_is_said_of_luck_where_all_futures_are_equal() -> None:
    _, sentences = answered("replicates=8", "mechanisms.custom_work=false")
    assert not [sentence for sentence in sentences if "luck" in sentence or "Over all moments" in sentence]
