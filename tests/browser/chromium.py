"""A real browser for the tests of the page: opened from files, without a network.

Screenshots go to the folder that KG_ARTEFACTS names, else to a temporary one.

Several rooms ask for these fixtures and some import names from here besides; nothing is asserted here, so PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

Box = list[float]  # left, top, right, bottom

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe() -> str:
    found = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    return (Path(found.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The pages under test by name, each written once."""
    folder = tmp_path_factory.mktemp("pages")

    def path_of(name: str, make: Callable[[Path], str]) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(make(folder / name), encoding="utf-8")
        return path

    return path_of


@pytest.fixture(scope="session")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ["KG_ARTEFACTS"]) if "KG_ARTEFACTS" in os.environ else tmp_path_factory.mktemp("artefacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page; at the end nothing may have been asked for and nothing may have gone wrong in it."""
    troubles, contexts = [], []

    def listen(page: Page, path: Path) -> None:
        page.on("console", lambda message: troubles.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: None if request.url.partition("#")[0] == path.as_uri() else troubles.append(request.url))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))

    def start(path: Path, *, address: str = "", width: int = 1440, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        listen(page, path)
        page.goto(path.as_uri() + (f"#{address}" if address else ""))
        if options.get("java_script_enabled", True):
            page.wait_for_selector("body[data-ready]", timeout=60_000)
        return page

    yield start
    for context in contexts:
        context.close()
    assert troubles == []


def after_frames(page: Page, frames: int) -> None:
    """Wait while a page draws so many frames: a sixtieth of a second each, and more on a busy machine."""
    page.evaluate(
        "(left) => new Promise((done) => { const next = () => (left-- ? requestAnimationFrame(next) : done()); next(); })", frames
    )


def overlaps(boxes: list[Box]) -> list[tuple[Box, Box]]:
    """Return each two boxes that lie over each other."""
    return [
        (one, other)
        for at, one in enumerate(boxes)
        for other in boxes[at + 1 :]
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]
