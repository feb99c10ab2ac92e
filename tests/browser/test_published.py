"""The site in a real browser, from the disk and under a path of a server: what axe finds, the keyboard alone, narrow screens, search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sites import Built, hosting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium", "sites")

KINDS = [
    "index.html",
    "404.html",
    "search.html",
    "claim/index.html",
    "claim/ra-001.html",
    "entity/index.html",
    "entity/taliban.html",
    "graph/ra.html",
    "ontology/index.html",
    "ontology/Claim.html",
    "ontology/affirmed.html",
    "other/schema.City.html",
    "passage/index.html",
    "plover/CONSULT.html",
    "relation/index.html",
    "relation/fears.html",
    "source/ra.html",
    "queries/index.html",
    "queries/denials.html",
    "queries/figures.html",
    "queries/prov.html",
    "queries/cause-chains.html",
    "queries/subject-unknown-violation.html",
]
"""A page of every kind; the map has tests of its own."""


@pytest.fixture(scope="session")
def axe() -> str:
    found = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    return (Path(found.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address; at the end nothing outside its site was asked for and nothing went wrong in a page."""
    troubles: list[str] = []
    contexts = []

    def start(site: str, path: str, *, width: int = 1440, height: int = 900, scheme: str = "light", trusts: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            bypass_csp=trusts,  # axe is no script of the site
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))
        page.on("request", lambda request: None if request.url.startswith((site, "data:", "blob:")) else troubles.append(request.url))
        page.goto(site + path)
        return page

    yield start
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture(scope="session")
def on_disk(article_site: Built) -> str:
    return article_site.folder.as_uri() + "/"


def findings(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'], preload: false })")
    return [f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    visit: Callable[..., Page], on_disk: str, axe: str, scheme: str, width: int
) -> None:
    page = visit(on_disk, "index.html", width=width, scheme=scheme, trusts=True)
    found: dict[str, object] = {}
    for path in KINDS:
        page.goto(on_disk + path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        found[path] = findings(page, axe)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[path] = "too wide"
    assert {path: each for path, each in found.items() if each} == {}


def test_every_kind_of_page_opens_from_the_disk_without_trouble(visit: Callable[..., Page], on_disk: str, article_site: Built) -> None:
    assert set(KINDS) - article_site.files.keys() == set()
    page = visit(on_disk, "index.html")
    for path in [*KINDS, "map.html"]:
        page.goto(on_disk + path)
        page.wait_for_load_state("load")
        assert page.evaluate("getComputedStyle(document.body).fontFamily") != ""


@pytest.mark.parametrize("path", ["index.html", "entity/taliban.html", "queries/denials.html", "ontology/index.html"])
def test_every_control_is_reached_by_tab_and_shows_that_it_is(visit: Callable[..., Page], on_disk: str, path: str) -> None:
    page = visit(on_disk, path)
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = false))")
    controls = "button, input, textarea, a[href], summary, [tabindex='0']"
    count = page.evaluate(f"""[...document.querySelectorAll("{controls}")].filter((each) => each.checkVisibility()).length""")
    for _ in range(min(count, 150) + 2):
        page.keyboard.press("Tab")
        page.evaluate("document.activeElement.dataset.reached = getComputedStyle(document.activeElement).outlineStyle")
    missed = page.evaluate(
        f"""() => [...document.querySelectorAll("{controls}")].filter((each) => each.checkVisibility() && each.tabIndex >= 0).slice(0, 150)
            .filter((each) => each.dataset.reached === undefined).map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert missed == []
    assert page.eval_on_selector_all("[data-reached='none']", "all => all.filter((each) => each !== document.body).length") == 0


def test_search_leads_to_a_page_from_the_disk_and_under_a_path(
    visit: Callable[..., Page], on_disk: str, published_site: Built, tmp_path: Path
) -> None:
    (tmp_path / "some" / "place").mkdir(parents=True)
    (tmp_path / "some" / "place" / "here").symlink_to(published_site.folder)
    with hosting(tmp_path) as address:
        for site in (on_disk, f"{address}some/place/here/"):
            page = visit(site, "claim/ra-001.html")
            page.fill("header input", "taliban")
            page.wait_for_selector("header [role=option]")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            page.wait_for_url(f"{site}entity/taliban.html")
            assert "Taliban" in page.inner_text("h1")


def test_signs_in_what_is_searched_stand_for_themselves(visit: Callable[..., Page], on_disk: str) -> None:
    page = visit(on_disk, "search.html")
    for words, is_there in (
        ("pull-out", True),
        ("-out", True),
        ("soviet-made cars", True),
        ("pull.out", False),
        ("(", False),
        ("\\u{110000}", False),
    ):
        page.fill("#words", "")
        page.wait_for_function("!document.querySelector('#said').textContent")
        page.fill("#words", words)
        page.wait_for_function("document.querySelector('#said').textContent")
        assert (page.inner_text("#said") != "0 found") == is_there


def test_the_map_leads_to_the_pages_of_what_it_shows_and_back(visit: Callable[..., Page], on_disk: str) -> None:
    page = visit(on_disk, "map.html#at=ent%3Ataliban")
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    page.click("#panel .iri a[target='_top']")
    page.wait_for_url(f"{on_disk}entity/taliban.html")
    page.goto(f"{on_disk}map.html#at=claim%3Ara-001")
    page.wait_for_selector("#panel .hand-on a[target='_top']", timeout=60_000)
    page.click("#panel .hand-on a[target='_top']")
    page.wait_for_url(f"{on_disk}claim/ra-001.html")
    page.goto(f"{on_disk}map.html")
    page.click(".tools a[href='index.html']")
    page.wait_for_url(f"{on_disk}index.html")


def test_text_of_others_runs_nothing_on_any_page(visit: Callable[..., Page], hostile_site: Built) -> None:
    root = hostile_site.folder.as_uri() + "/"
    page = visit(root, "index.html")
    for path in [
        each for each in hostile_site.pages if each.startswith(("entity/", "claim/", "source/", "queries/index", "index", "search"))
    ]:
        page.goto((hostile_site.folder / path).as_uri())
        assert page.evaluate("window.pwned") is None, path
        assert page.locator("a[href^='javascript:' i]").count() == 0, path
        assert page.locator("main img[src='x']").count() == 0, path
