"""The text beside the map on a wide screen: the text lights up the map, and the map lights up the text."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import ferry
import pytest
from chromium import after_frames

from kg import view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)

BESIDE = urlencode({"with": "text"})


def make(folder: Path) -> str:
    folder.mkdir()
    return view.build(ferry.write(folder), texts=[ferry.WORDS])


@pytest.fixture
def told(open_page: Callable[..., Page], pages: Callable[..., Path]) -> Callable[..., Page]:
    def start(**options: Any) -> Page:
        return open_page(pages("beside", make), **options)

    return start


def lit_lines(page: Page) -> set[str]:
    """The claims whose lines are emphasised."""
    found: list[str] = page.evaluate(
        """() => { const { map, model } = claimgraph;
            return [...map.live.litEdges ?? []].filter(([, isAbout]) => isAbout)
                .flatMap(([id]) => map.live.edges.get(id).map((number) => model.claims[number].id)); }"""
    )
    return set(found)


def lit_pieces(page: Page) -> list[str]:
    return page.locator("#article .piece.lit").all_inner_texts()


def frames(page: Page, *names: str) -> list[dict[str, float]]:
    boxes = [page.locator(f"#{name}").bounding_box() for name in names]
    assert all(boxes)
    return [{"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]} for box in boxes if box]


def test_the_text_opens_beside_the_map_and_a_link_brings_it_back(told: Callable[..., Page]) -> None:
    page = told()
    assert page.locator("#article-view").is_hidden()
    page.get_by_role("button", name="Text beside the map").click()
    drawn, read, said = frames(page, "map", "article", "panel")
    assert drawn["x"] + drawn["width"] <= read["x"] + 2
    assert read["x"] + read["width"] <= said["x"] + 2
    assert drawn["width"] > 500
    assert BESIDE in page.evaluate("location.hash")
    again = told(address=BESIDE)
    assert again.locator("#article").is_visible()
    assert again.locator("#beside-button").get_attribute("aria-pressed") == "true"
    page.go_back()
    assert page.locator("#article-view").is_hidden()


def test_the_whole_map_is_in_sight_beside_the_text(told: Callable[..., Page]) -> None:
    for page in (told(address=BESIDE), told()):
        if not page.locator("#article").is_visible():
            page.click("#beside-button")
        after_frames(page, 12)
        outside = page.evaluate(
            """() => { const { map } = claimgraph, { clientWidth: width, clientHeight: height } = map.container;
                const isOutside = ({ x, y }) => x < 0 || y < 0 || x > width || y > height;
                return [...map.live.nodes].map((node) => map.pointOf(node)).filter(isOutside); }"""
        )
        assert outside == []
        middle = page.evaluate(
            "claimgraph.map.network.canvasToDOM(claimgraph.map.fitting().position).x / claimgraph.map.container.clientWidth"
        )
        assert middle == pytest.approx(0.5, abs=0.02)


def test_a_passage_lights_its_claims_up_on_the_map_and_opens_them(told: Callable[..., Page]) -> None:
    page = told(address=BESIDE)
    page.locator("#article .piece", has_text="the council of Aldmoor").first.click()
    shown = set(page.eval_on_selector_all("#panel .card", "all => all.map((card) => card.dataset.claim)"))
    assert shown
    assert shown <= lit_lines(page)
    ends = set(
        page.evaluate(
            """ids => ids.flatMap((id) => { const { subject, object } = claimgraph.model.claims[claimgraph.model.claimById.get(id)];
                return [subject, object]; })""",
            sorted(shown),
        )
    )
    assert set(page.evaluate("[...claimgraph.map.live.chosen]")) == ends
    quiet = page.evaluate("[...claimgraph.map.live.nodes].filter((node) => !claimgraph.map.isLit(node)).length")
    assert quiet > 0
    assert lit_pieces(page)
    assert page.locator("#article").is_visible()


def test_a_claim_and_a_line_scroll_to_their_passage(told: Callable[..., Page]) -> None:
    page = told(address=BESIDE, height=480)
    page.evaluate("document.querySelector('#article').scrollTop = 0")
    seen = """() => { const box = (name) => document.querySelector(name)?.getBoundingClientRect();
        const [piece, frame] = [box('.piece.lit'), box('#article')];
        return Boolean(piece) && piece.top >= frame.top && piece.bottom <= frame.bottom; }"""
    page.evaluate("claimgraph.map.onSelect({ nodes: ['ent:ferry', 'ent:holes'].map((name) => claimgraph.model.byId.get(name)) })")
    assert lit_pieces(page)
    assert page.evaluate(seen)
    page.evaluate("document.querySelector('#article').scrollTop = 0")
    page.evaluate("claimgraph.map.onSelect({ claim: claimgraph.model.claimById.get('claim:fy-004') })")
    assert any("14 holes" in words for words in lit_pieces(page))
    assert page.evaluate(seen)


def test_sentences_without_a_claim_are_seen_beside_the_map(told: Callable[..., Page]) -> None:
    page = told(address=BESIDE)
    without = page.locator("#article .without")
    expected = page.evaluate(
        """claimgraph.model.article.texts.flatMap(({ blocks }) => blocks.flatMap(({ sentences = [] }) => sentences))
            .filter(({ none }) => none !== undefined).length"""
    )
    assert without.count() == expected


def test_it_is_switched_and_read_by_keyboard(told: Callable[..., Page]) -> None:
    page = told()
    page.focus("#beside-button")
    page.keyboard.press("Enter")
    assert page.locator("#article").is_visible()
    page.locator("#article .piece[tabindex='0']").focus()
    page.keyboard.press("Enter")
    assert lit_lines(page)
    page.keyboard.press("Escape")
    assert page.evaluate("claimgraph.state().selection") is None
    assert page.evaluate("claimgraph.map.live.litNodes") is None


def test_there_is_no_switch_where_there_is_no_room_or_no_text(
    told: Callable[..., Page], open_page: Callable[..., Page], pages: Callable[..., Path]
) -> None:
    page = told(width=1024, address=BESIDE)
    assert page.locator("#beside-button").is_hidden()
    assert page.locator("#article-view").is_hidden()
    page.click("[data-view='article']")
    assert page.locator("#article").is_visible()

    def untold(folder: Path) -> str:
        folder.mkdir()
        return view.build(ferry.write(folder))

    bare = open_page(pages("untold", untold), address=BESIDE)
    assert bare.locator("#beside-button").count() == 0
    assert bare.evaluate("claimgraph.state().beside") is False


def test_the_text_follows_the_filters(told: Callable[..., Page]) -> None:
    page = told(address=BESIDE)
    before = page.locator("#article .piece:not(.plain)").count()
    page.fill("#search", "holes")
    assert 0 < page.locator("#article .piece:not(.plain)").count() < before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_the_text_beside_the_map(told: Callable[..., Page], scheme: str) -> None:
    found = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    page = told(address=f"{BESIDE}&at=claim%3Afy-004", color_scheme=scheme)
    page.evaluate((files(found.__name__) / "axe.min.js").read_text(encoding="utf-8"))
    violations: Any = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [each["id"] for each in violations["violations"]] == []
