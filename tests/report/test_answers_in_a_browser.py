"""Reports of ``cxsim pivot`` and ``cxsim service``, made by real small runs, as a browser shows them."""

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_tools import DESK, PHONE, SCENARIO

from cxsim import store
from cxsim.charts.alt import alternative
from cxsim.charts.content import Chart, HeatMap, Panel
from cxsim.cli import main
from cxsim.report.content import Futures
from cxsim.studies.pages import read_report

SLIDE = "n => {const s = document.querySelector('input[type=range]'); s.value = n; s.dispatchEvent(new Event('input'))}"
SHORT = ("--months", "24", "--replicates", "16", "--step", "6")
MAP = ("--map", "market.homogeneity=0:1:2", "--map", "product.upkeep=0.01:0.03:2", "--map-replicates", "2")
SERVICE = str(Path(SCENARIO).with_name("largeco_service.toml"))
SMALL = ("--months", "6", "--replicates", "2", "--set", "market.customers=1000", "--set", "firms.largeco.start.customers=300")
DRAWN = "[document.querySelectorAll('.vega svg').length, document.querySelectorAll('.vega').length]"
HEADINGS = "[...document.querySelectorAll('h2')].map(one => one.textContent)"
MOST_BYTES = 3_000_000


def cxsim(*words: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["cxsim", *words])
        with pytest.raises(SystemExit) as left:
            main()
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.fixture(scope="module")
def pivot_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pivot") / "out"
    assert cxsim("pivot", SCENARIO, *SHORT, *MAP, "--no-plots", "--quiet", "--out", str(folder)) == 0
    return folder


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_slider_of_a_pivot_moves_and_the_answer_opens(pivot_folder: Path, opened: Callable[..., Any], width: int) -> None:
    shown = opened(pivot_folder / "report.html", width)
    drawn, wanted = shown.told(DRAWN)
    assert drawn == wanted >= 4 + 2 + 1 + 1
    answer = shown.page.locator("section.answer p").first
    assert not answer.is_visible()
    assert not shown.page.get_by_text("What would have told founders to pivot").is_visible()
    shown.page.evaluate(SLIDE, 2)
    assert shown.told("document.querySelector('output').textContent") == "month 12"
    assert shown.told("document.querySelector('.outcome').textContent") == ""
    shown.page.click("button.uncover")
    assert shown.told("document.querySelector('.outcome').textContent").startswith("Pivot in month 12: worth ")
    shown.page.click("button.reveal")
    assert answer.is_visible()
    assert shown.page.get_by_text("What would have told founders to pivot").is_visible()
    assert shown.told(HEADINGS)[1:5] == ["Guess first", "The best moment", "What would have told it", "Over parameters"]
    assert shown.told("document.documentElement.scrollWidth") <= width


def test_a_pivot_report_is_small_and_says_where_it_comes_from(pivot_folder: Path) -> None:
    assert (pivot_folder / "report.html").stat().st_size < MOST_BYTES
    report = read_report(store.existing_folder(str(pivot_folder)))
    assert report.command.startswith(f"cxsim pivot {SCENARIO} --replicates 16")
    assert dict(report.provenance)["seed"].startswith("1, from which follow 16 replicate seeds")
    assert tomllib.loads(report.scenario)["months"] == 24
    assert len(set(report.notes)) == len(report.notes)


def test_the_slider_tells_what_the_tables_hold(pivot_folder: Path) -> None:
    place = store.existing_folder(str(pivot_folder))
    part = read_report(place).sections[0].parts[0]
    assert isinstance(part, Futures)
    assert [moment.month for moment in part.moments] == [0, 6, 12, 18]
    runs, paths = (store.read(place, store.read_manifest(place), name) for name in ("runs", "paths"))
    mine = (paths["moment"] == "month 6") & (paths["measure"] == "customers")
    assert part.lucks[0].paths[0].chosen[1] == pytest.approx(paths["mean"][mine].tolist(), rel=1e-3)
    mine = (paths["moment"] == "never") & (paths["measure"] == "cash")
    assert part.lucks[0].paths[1].without == pytest.approx(paths["mean"][mine].tolist(), rel=1e-3)
    seeds = [int(luck.name.removeprefix("seed ").partition(":")[0]) for luck in part.lucks[1:]]
    assert len(set(seeds)) == 3
    assert set(seeds) <= set(runs["seed"].tolist())
    for luck in part.lucks:
        for path in luck.paths:
            assert path.chosen[2][:12] == path.without[:12]  # one past


def test_the_map_has_a_cell_for_every_point(pivot_folder: Path) -> None:
    (chart,) = read_report(store.existing_folder(str(pivot_folder))).sections[-1].parts
    assert isinstance(chart, Chart)
    (heat,) = chart.panels
    assert isinstance(heat, HeatMap)
    assert (list(heat.columns), list(heat.rows)) == (["0", "1"], ["0.03", "0.01"])
    assert all(text for row in heat.texts for text in row)


def test_moments_that_are_no_months_have_no_slider(tmp_path: Path, opened: Callable[..., Any]) -> None:
    words = (
        "--by",
        "cash",
        "--months",
        "24",
        "--replicates",
        "3",
        "--map",
        "market.homogeneity=0:1:2",
        "--map-replicates",
        "2",
    )
    assert cxsim("pivot", SCENARIO, *words, "--no-plots", "--quiet", "--out", str(tmp_path / "out")) == 0
    shown = opened(tmp_path / "out" / "report.html")
    shown.page.click("button.reveal")
    assert shown.told("document.querySelectorAll('input').length") == 0
    drawn, wanted = shown.told(DRAWN)
    assert drawn == wanted == 3 + 2 + 1


def test_a_report_left_out_is_made_when_the_same_is_asked_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "pivot",
        SCENARIO,
        "--months",
        "12",
        "--replicates",
        "2",
        "--step",
        "6",
        "--no-plots",
        "--out",
        str(tmp_path / "out"),
    )
    assert cxsim(*words, "--no-report", "--quiet") == 0
    assert not (tmp_path / "out" / "report.html").exists()
    assert '--no-report"' in (tmp_path / "out" / "manifest.json").read_text()
    capsys.readouterr()
    assert cxsim(*words) == 0
    out = capsys.readouterr().out
    assert "nothing was run" in out
    assert f"Report: {tmp_path / 'out'}/report.html" in out
    assert (tmp_path / "out" / "report.html").exists()


@pytest.fixture(scope="module")
def service_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service") / "out"
    words = ("service", SERVICE, *SMALL, "--horizons", "3,6", "--no-plots", "--quiet", "--out", str(folder))
    assert cxsim(*words) == 0
    return folder


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_service_report_draws_every_chart(service_folder: Path, opened: Callable[..., Any], width: int) -> None:
    shown = opened(service_folder / "report.html", width)
    drawn, wanted = shown.told(DRAWN)
    assert drawn == wanted >= 3 + 1 + 1 + 2
    assert shown.page.locator("section.answer p").first.is_visible()
    headings = ["The best spend", "Value against spend on service", "What one more point of the budget for service brings"]
    headings += ["What lowers spend on service", "Best spend on service by size of the firm"]
    assert [one for one in shown.told(HEADINGS) if one in headings] == headings
    assert shown.told("document.documentElement.scrollWidth") <= width


def test_a_service_report_shows_the_figures_that_were_found(service_folder: Path) -> None:
    place = store.existing_folder(str(service_folder))
    report, value = read_report(place), store.read(place, store.read_manifest(place), "value")
    mine = (value["panel"] == "value in full") & (value["series"] == "fixed share")
    charts = [part for section in report.sections for part in section.parts if isinstance(part, Chart)]
    (chart,) = (chart for chart in charts if chart.name == "value")
    (full,) = (panel for panel in chart.panels if panel.title == "value in full")
    assert isinstance(full, Panel)
    assert full.series[0].y == pytest.approx(value["mean"][mine].tolist())
    told = alternative(chart)
    assert "best: " in told
    assert "own rule: " in told
    assert report.command.startswith("cxsim service ")
    assert tomllib.loads(report.scenario)["months"] == 6


def test_a_brief_service_report(tmp_path: Path, opened: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    words = ("service", SERVICE, *SMALL, "--brief", "--no-plots", "--out", str(tmp_path / "out"))
    assert cxsim(*words, "--no-report", "--quiet") == 0
    assert not (tmp_path / "out" / "report.html").exists()
    assert '--no-report"' in (tmp_path / "out" / "manifest.json").read_text()
    capsys.readouterr()
    assert cxsim(*words) == 0
    assert f"Report: {tmp_path / 'out'}/report.html" in capsys.readouterr().out
    shown = opened(tmp_path / "out" / "report.html")
    drawn, wanted = shown.told(DRAWN)
    assert drawn == wanted == 2 + 1
    assert "What lowers spend on service" not in shown.told(HEADINGS)
