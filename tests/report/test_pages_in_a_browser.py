"""Pages as a browser shows them: quiet, without requests, readable on a phone, on paper, and with a slider that works."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_tools import DESK, PHONE, SCENARIO, cxsim
from pypdf import PdfReader
from sample_futures import MOMENTS, report

from cxsim.report.render import page

NASTY = "<script>alert(1)</script> & </script> ' \" {{ 7 * 7 }} <!-- <img src=x onerror=alert(2)>"
SHEET = 690  # pixels between the margins of A4
SLIDE = "([n, i]) => {const s = document.querySelector('input[type=range]'); s.value = n; s.dispatchEvent(new Event('input'))}"


def lines_drawn(shown: Any) -> list[str]:
    """Paths of the coloured lines of the slider's panels, in order of panels."""
    shown.page.wait_for_timeout(300)
    drawn: list[str] = shown.told(
        "() => [...document.querySelectorAll('.futures .vega')].map(one => "
        "[...one.querySelectorAll('.mark-line path')].map(path => path.getAttribute('d')).join(' '))"
    )
    return drawn


def months_drawn(path: str) -> int:
    return path.count("L") + path.count("M")


@pytest.fixture
def futures_page(tmp_path: Path) -> Path:
    file = tmp_path / "futures.html"
    file.write_text(page([report()]), encoding="utf-8")
    return file


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_report_of_a_run_draws_everything_and_fits(results: Path, opened: Callable[..., Any], width: int) -> None:
    shown = opened(results / "one" / "report.html", width)
    assert shown.told("document.querySelectorAll('.vega svg').length") == shown.told(
        "document.querySelectorAll('.vega').length"
    )
    assert shown.told("document.querySelectorAll('.vega svg').length") >= 8
    assert shown.told("document.documentElement.scrollWidth") <= width
    widest = "Math.max(...[...document.querySelectorAll('.vega svg')].map(one => one.getBoundingClientRect().right))"
    assert shown.told(widest) <= width
    assert shown.told("[...document.querySelectorAll('.vega svg')].every(one => one.getBoundingClientRect().height > 80)")
    assert shown.told("document.querySelector('h1').textContent") == "Survive to thrive"


def test_charts_and_tables_speak_to_those_who_do_not_see(results: Path, opened: Callable[..., Any]) -> None:
    shown = opened(results / "one" / "report.html")
    labels = shown.told("[...document.querySelectorAll('.vega')].map(one => one.getAttribute('aria-label'))")
    assert all(len(label) > 40 for label in labels)
    assert any("from" in label and "to" in label for label in labels)
    assert shown.told("[...document.querySelectorAll('table')].every(one => one.caption && one.querySelector('th[scope]'))")
    assert shown.told("document.documentElement.lang") == "en"


def test_the_data_behind_a_chart_is_handed_out(results: Path, opened: Callable[..., Any]) -> None:
    shown = opened(results / "one" / "report.html")
    figure = shown.page.locator("figure", has_text="Customers of founders").first
    with shown.page.expect_download() as waiting:
        figure.locator("button.download").click()
    rows = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert rows[0] == "series,x,y,low,high"
    assert len(rows) == 1 + 3 * 24
    assert {row.split(",")[0] for row in rows[1:]} == {"customize", "pivot", "standard"}


def test_pointing_at_a_month_tells_its_figures(results: Path, opened: Callable[..., Any]) -> None:
    shown = opened(results / "one" / "report.html")
    place = shown.page.locator("figure", has_text="Customers of founders").first.locator("svg")
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    shown.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    shown.page.wait_for_selector("#vg-tooltip-element.visible", timeout=5_000)
    told = shown.page.locator("#vg-tooltip-element").inner_text()
    assert all(word in told for word in ("month", "customize", "pivot", "standard"))


def test_it_prints_with_its_words_and_charts(results: Path, opened: Callable[..., Any], futures_page: Path) -> None:
    shown = opened(results / "one" / "report.html")
    paper = PdfReader(io.BytesIO(shown.page.pdf(format="A4")))
    text = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    assert 2 <= len(paper.pages) <= 12
    for words in ("Survive to thrive", "Answer", "share in business", "How it was found", "Where it comes from"):
        assert words in text
    assert "Data (CSV)" not in text
    covered = opened(futures_page)
    text = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(covered.page.pdf(format="A4"))).pages)
    assert "The best moment is month 12." in text


def test_the_slider_shows_two_futures_once_they_are_uncovered(opened: Callable[..., Any], futures_page: Path) -> None:
    shown = opened(futures_page)
    shown.page.evaluate(SLIDE, [3, 0])
    covered = lines_drawn(shown)
    assert shown.told("document.querySelector('output').textContent") == "month 24"
    assert [months_drawn(path) for path in covered] == [2 * (MOMENTS[3] + 1)] * 4  # both lines, up to the moment
    assert shown.told("document.querySelector('.outcome').textContent") == ""
    shown.page.click("button.uncover")
    uncovered = lines_drawn(shown)
    assert [months_drawn(path) for path in uncovered] == [2 * 60] * 4
    assert shown.told("document.querySelector('.outcome').textContent") == "Outcome of month 24."
    shown.page.evaluate(SLIDE, [5, 0])
    moved = lines_drawn(shown)
    assert moved != uncovered
    assert shown.told("document.querySelector('.outcome').textContent") == "Outcome of month 48."
    shown.page.select_option("select", "1")
    assert lines_drawn(shown) != moved
    shown.page.click("button.uncover")
    assert shown.told("document.querySelector('.outcome').textContent") == ""


def test_every_future_is_handed_out(opened: Callable[..., Any], futures_page: Path) -> None:
    shown = opened(futures_page)
    with shown.page.expect_download() as waiting:
        shown.page.locator(".futures button.download").click()
    rows = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert rows[0] == "luck,measure,moment,month,value"
    assert len(rows) == 1 + 2 * 2 * (1 + len(MOMENTS)) * 60  # lucks, measures, futures, months


def test_the_slider_moves_by_the_keyboard(opened: Callable[..., Any], futures_page: Path) -> None:
    shown = opened(futures_page)
    shown.page.focus("input[type=range]")
    shown.page.keyboard.press("ArrowRight")
    assert shown.told("document.querySelector('input[type=range]').getAttribute('aria-valuetext')") == "month 6"


def test_the_answer_stays_covered_until_asked_for(opened: Callable[..., Any], futures_page: Path) -> None:
    shown = opened(futures_page, PHONE)
    answer = shown.page.get_by_text("The best moment is month 12.")
    assert not answer.is_visible()
    assert not shown.page.get_by_text("Value against moment").is_visible()
    shown.page.click("button.reveal")
    assert answer.is_visible()
    assert shown.page.get_by_text("Value against moment").is_visible()
    assert shown.told("document.documentElement.scrollWidth") <= PHONE


def test_text_of_a_scenario_is_text(tmp_path: Path, opened: Callable[..., Any]) -> None:
    file = tmp_path / "nasty.html"
    file.write_text(page([report(NASTY, guess=False), report("another")], NASTY), encoding="utf-8")
    shown = opened(file)
    assert shown.told("document.title").split() == NASTY.split()
    assert shown.told("document.querySelector('article h1').textContent") == NASTY
    assert shown.told("document.querySelectorAll('script:not([type])').length") == 2
    assert shown.told("document.querySelectorAll('img').length") == 0
    legend = shown.told("[...document.querySelectorAll('svg text')].map(one => one.textContent).join(' ')")
    assert NASTY[:25] in legend
    shown.page.hover("figure:not(.futures) svg")
    shown.page.wait_for_timeout(300)
    assert shown.told("document.querySelectorAll('img').length") == 0


def test_a_scenario_with_a_nasty_title_from_end_to_end(tmp_path: Path, opened: Callable[..., Any]) -> None:
    scenario = tmp_path / "nasty.toml"
    for name in ("survive_to_thrive.toml", "baseline.toml"):
        shutil.copy(Path(SCENARIO).with_name(name), tmp_path)
    lines = ['extends = "survive_to_thrive.toml"', f"title = {json.dumps(NASTY)}", f"question = {json.dumps(NASTY + '?')}"]
    scenario.write_text("\n".join([*lines, f"[arms.pivot]\ntitle = {json.dumps(NASTY)}\n"]), encoding="utf-8")
    out = tmp_path / "out"
    assert cxsim("run", str(scenario), "--months", "12", "--replicates", "2", "--no-plots", "--quiet", "--out", str(out)) == 0
    shown = opened(out / "report.html", PHONE)
    assert shown.told("document.querySelector('h1').textContent") == NASTY
    assert shown.told("document.querySelectorAll('script:not([type])').length") == 2
    assert shown.told("document.documentElement.scrollWidth") <= PHONE


def test_a_comparison_and_a_page_of_several(results: Path, tmp_path: Path, opened: Callable[..., Any]) -> None:
    folder = tmp_path / "compared"
    names = [str(results / name) for name in ("one", "two", "other")]
    assert cxsim("compare", *names, "--no-plots", "--quiet", "--out", str(folder)) == 0
    shown = opened(folder / "report.html", PHONE)
    assert shown.told("document.documentElement.scrollWidth") <= PHONE
    assert shown.told("document.querySelectorAll('.vega svg').length") == 1 + 3 * 5
    file = tmp_path / "all.html"
    assert cxsim("report", str(folder), str(results / "one"), "--out", str(file)) == 0
    paper = opened(folder / "report.html", SHEET)
    paper.page.emulate_media(media="print")
    assert (
        paper.told("Math.max(...[...document.querySelectorAll('table')].map(one => one.getBoundingClientRect().right))")
        <= SHEET
    )
    several = opened(file)
    assert several.told("document.querySelectorAll('article').length") == 2
    assert several.told("document.querySelectorAll('nav a').length") == 2
    assert several.told("new Set([...document.querySelectorAll('[id]')].map(one => one.id)).size") == several.told(
        "document.querySelectorAll('[id]').length"
    )
