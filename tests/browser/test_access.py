"""The page for everybody: what axe finds, the keyboard alone, live words, colours of one's own, narrow screens, less motion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import ferry
import pytest

from kg import view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from kg.index import Index

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)


@pytest.fixture
def ferry_page(open_page: Callable[..., Page], pages: Callable[..., Path], tmp_path: Path) -> Callable[..., Page]:
    return lambda **options: open_page(pages("access-ferry", lambda _: view.build(ferry.write(tmp_path), texts=[ferry.WORDS])), **options)


@pytest.fixture
def article_page(open_page: Callable[..., Page], pages: Callable[..., Path], article_index: Index) -> Callable[..., Page]:
    return lambda **options: open_page(pages("access-article", lambda _: view.build(article_index)), **options)


def findings(page: Page, axe: str) -> list[str]:
    """What axe finds on the page as it stands; the script is only ever here, never in the page."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(axe)
    found: Any = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for each in found["violations"] for node in each["nodes"]]


def views(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("[data-view]", "all => all.map((each) => each.dataset.view)")
    return found


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_view(ferry_page: Callable[..., Page], axe: str, scheme: str, width: int) -> None:
    page = ferry_page(color_scheme=scheme, width=width, height=900)
    found = {}
    for name in views(page):
        page.click(f"[data-view='{name}']")
        for state in ("", "at=ent%3Aferry&not-polarity=denied") if width == 1440 else ("at=claim%3Afy-004",):
            page.evaluate(
                "address => { location.hash = address; dispatchEvent(new PopStateEvent('popstate')); }",
                "&".join(filter(None, (state, f"view={name}"))),
            )
            found[name, state] = findings(page, axe)
    assert len(found) >= 2
    page.evaluate("location.hash = 'path=ent%3Acouncil&path=ent%3Aholes'")
    page.wait_for_selector("#paths")
    found["paths", ""] = findings(page, axe)
    assert {key: value for key, value in found.items() if value} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_article_with_everything_open(article_page: Callable[..., Page], axe: str, scheme: str) -> None:
    page = article_page(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    page.click("#export-button")
    assert findings(page, axe) == []
    page.keyboard.press("Escape")
    page.fill("#search", "a")
    page.wait_for_selector("#suggestions [role='option']")
    assert findings(page, axe) == []


def test_every_control_is_reached_by_tab_and_shows_that_it_is(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode({"at": "ent:ferry"}))
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    count = "document.querySelectorAll('button, input, a[href], summary, [tabindex]').length"
    for _ in range(page.evaluate(count) + 5):
        page.keyboard.press("Tab")
        page.evaluate("document.activeElement.dataset.reached = getComputedStyle(document.activeElement).outlineStyle")
    missed = page.evaluate(
        """() => [...document.querySelectorAll('button, input, a[href], summary')]
            .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.tabIndex >= 0)
            .filter((each) => each.dataset.reached === undefined)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert missed == []
    unseen = page.evaluate(
        """() => [...document.querySelectorAll('[data-reached="none"]')].filter((each) => each !== document.body)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert unseen == []


def test_the_export_list_opens_walks_and_closes_by_keyboard(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    page.focus("#export-button")
    page.keyboard.press("Enter")
    assert page.get_attribute("#export-button", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent").startswith("SVG")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent").startswith("Print")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "export-button"
    assert page.locator("#export-list").is_hidden()


def test_counts_and_walks_are_said(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    assert page.get_attribute("#count", "role") == "status"
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#said", "role") == "status"
    assert page.inner_text("#said").startswith("At ")
    page.fill("#search", "ald")
    assert page.inner_text("#said").endswith("suggestions")


def test_the_order_of_reading_is_title_search_views_filters_claims_sources(ferry_page: Callable[..., Page]) -> None:
    order = ferry_page().evaluate(
        """() => { const names = ['h1', '#search', '[data-view]', '#filters', '#map', '#panel', 'footer'];
            const all = names.map((each) => document.querySelector(each));
            return all.every((each, at) => at === 0 || all[at - 1].compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING); }"""
    )
    assert order
    assert "the table has the same claims" in str(ferry_page().get_attribute("#map", "aria-label"))


def test_in_colours_of_ones_own_the_map_takes_them(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(forced_colors="active")
    assert page.evaluate("claimgraph.map.colours.ink") == "CanvasText"
    assert page.evaluate("claimgraph.map.fillOf(null, claimgraph.model.kinds[0])") == "CanvasText"


def test_with_less_motion_nothing_moves(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    assert page.evaluate("claimgraph.map.animation()") is False
    moving = "[...document.querySelectorAll('*')].filter((each) => parseFloat(getComputedStyle(each).transitionDuration) > 0).length"
    assert page.evaluate(moving) == 0


@pytest.mark.parametrize("name", ["map", "table"])
def test_nothing_is_wider_than_a_narrow_screen(article_page: Callable[..., Page], name: str) -> None:
    page = article_page(width=390, height=844, address=urlencode({"at": "ent:afghanistan", "view": name}))
    page.click("#export-button")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator("#export-list").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
