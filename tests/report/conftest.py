"""Results made from made-up histories, and a browser without a network."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from page_tools import DESK, SCENARIO, cxsim
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which ``one``, ``two`` and ``other`` hold results: other settings, and other seeds."""
    folder = tmp_path_factory.mktemp("results")
    short = ("run", SCENARIO, "--months", "24", "--no-plots", "--quiet")
    assert cxsim(*short, "--replicates", "4", "--out", str(folder / "one")) == 0
    assert cxsim(*short, "--replicates", "3", "--set", "market.customers=5000", "--out", str(folder / "two")) == 0
    assert cxsim(*short, "--replicates", "5", "--seed", "9", "--out", str(folder / "other")) == 0
    return folder


def found_browser() -> str | None:
    """Return the path of a Chromium on this machine: one of the system, or the one that playwright installs."""
    here = next((path for name in NAMES if (path := shutil.which(name))), None)
    if here:
        return here
    with sync_playwright() as play:
        own = play.chromium.executable_path
    return own if Path(own).exists() else None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = found_browser()
    if path is None:
        pytest.skip("no Chromium on this machine: install the package chromium, or run: playwright install chromium")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=path, args=["--no-sandbox"] if root else [])
        yield started
        started.close()


class Opened:
    """A page in a browser, and everything that it should not have done."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page, self.wrong, self.requests = page, list[str](), list[str]()
        page.on("console", lambda said: self.wrong.append(said.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("dialog", lambda dialog: (self.wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-drawn]", state="attached", timeout=30_000)

    def told(self, script: str) -> Any:
        """Return what a script says in the page."""
        return self.page.evaluate(script)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """Open a file at a width, without a network; whatever was opened must be quiet and must ask for nothing else."""
    pages: list[Opened] = []

    def open_file(file: Path, width: int = DESK) -> Opened:
        context = browser.new_context(viewport={"width": width, "height": 844}, offline=True, accept_downloads=True)
        pages.append(Opened(context.new_page(), file))
        return pages[-1]

    yield open_file
    for one in pages:
        assert one.wrong == []
        assert [url for url in one.requests if not url.startswith("blob:")] == [one.page.url.partition("#")[0]]
        one.page.context.close()
