"""A resolved scenario can be written as a file that asks the same."""

from pathlib import Path

import pytest

from cxsim.scenario import load_scenario
from cxsim.scenario.examples import scenario_files
from cxsim.scenario.sweep import is_sweep
from cxsim.scenario.to_toml import as_toml

ROOT = Path(__file__).parents[3]
FILES = [str(path.relative_to(ROOT)) for path in scenario_files(ROOT / "scenarios") if not is_sweep(path)]


@pytest.mark.parametrize("name", FILES)
def test_every_scenario_comes_back_with_the_same_digest(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(ROOT / name)
    file = tmp_path / "again.toml"
    file.write_text(as_toml(scenario.resolved), encoding="utf-8")
    assert load_scenario(file).digest == scenario.digest


def test_odd_texts_and_settings_come_back(tmp_path: Path) -> None:
    odd = 'a "quoted" \\ text ü 🙂'
    settings = ["seed=0", "entry.rate=0.1", "entry.limit=3", "entry.firm=founders", "market.drift=1e-7"]
    scenario = load_scenario(ROOT / "scenarios" / "survive_to_thrive.toml", settings)
    file = tmp_path / "odd.toml"
    file.write_text(as_toml(scenario.resolved | {"title": odd}), encoding="utf-8")
    again = load_scenario(file)
    assert again.resolved == scenario.resolved | {"title": odd}
