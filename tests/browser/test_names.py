"""Names on the map of the article: the foremost always there, none on a node of what is selected, none at the edge, fans with room only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import ferry
import pytest
from chromium import after_frames, overlaps

from kg import view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from kg.index import Index

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)

WIDTHS = {1440: (900, 8), 1024: (768, 8), 390: (844, 6)}
FOREMOST = """(count) => { const { map } = claimgraph; const named = new Set(map.named.map(({ node }) => node));
    return [...map.live.nodes].map((id) => map.nodeById.get(id)).filter(({ mark }) => !mark)
        .sort((a, b) => b.weight - a.weight || a.id - b.id).slice(0, count)
        .filter(({ id }) => !named.has(id)).map(({ label }) => label); }"""
ON_NODES = """() => { const { map } = claimgraph, found = [];
    for (const { node, box: [left, top, right, bottom] } of map.named)
        for (const id of map.live.litNodes) {
            const other = map.nodeById.get(id), inner = map.radius(other) * 0.6;
            const isOver = other.x + inner > left && other.x - inner < right && other.y + inner > top && other.y - inner < bottom;
            if (!other.mark && id !== node && isOver)
                found.push([map.nodeById.get(node).label, other.label]);
        }
    return found; }"""
ROOM = """() => { const { map } = claimgraph, { clientWidth, clientHeight } = map.container;
    const at = (x, y) => map.network.canvasToDOM({ x, y });
    const ends = map.named.map(({ box: [left, top, right, bottom] }) => [at(left, top), at(right, bottom)]);
    return Math.min(...ends.map(([start, end]) => Math.min(start.x, start.y, clientWidth - end.x, clientHeight - end.y))); }"""


@pytest.fixture
def article_map(open_page: Callable[..., Page], pages: Callable[..., Path], article_index: Index) -> Callable[..., Page]:
    def start(*, width: int = 1440, **options: Any) -> Page:
        path = pages("names-article", lambda _: view.build(article_index))
        page = open_page(path, width=width, height=WIDTHS[width][0], **options)
        after_frames(page, 18)
        return page

    return start


@pytest.fixture
def told_map(open_page: Callable[..., Page], pages: Callable[..., Path]) -> Callable[..., Page]:
    """The map of a text that can stand beside it."""

    def make(folder: Path) -> str:
        folder.mkdir()
        return view.build(ferry.write(folder), texts=[ferry.WORDS])

    return lambda **options: open_page(pages("names-told", make), **options)


def between_many(page: Page) -> str:
    """The two names that most claims join."""
    ends: list[str] = page.evaluate(
        """() => { const { map, model } = claimgraph;
            const [most] = [...map.drawing.edges].filter(({ part }) => !part).sort((a, b) => b.claims.length - a.claims.length);
            return [most.from, most.to].map((node) => model.nodes[node].id); }"""
    )
    return urlencode([("at", end) for end in ends])


@pytest.mark.parametrize("width", list(WIDTHS))
def test_the_names_with_most_claims_are_there_at_every_width(article_map: Callable[..., Page], width: int) -> None:
    assert article_map(width=width).evaluate(FOREMOST, WIDTHS[width][1]) == []


@pytest.mark.parametrize("width", list(WIDTHS))
def test_names_keep_away_from_the_edges_and_from_the_legend(article_map: Callable[..., Page], width: int) -> None:
    assert article_map(width=width).evaluate(ROOM) >= 11.5


@pytest.mark.parametrize("width", list(WIDTHS))
def test_no_name_covers_a_node_of_what_is_selected(article_map: Callable[..., Page], width: int) -> None:
    page = article_map(width=width)
    foremost = page.evaluate(
        """() => [...claimgraph.map.drawing.nodes].filter(({ mark }) => !mark).sort((a, b) => b.weight - a.weight)
            .slice(0, 5).map(({ id }) => id)"""
    )
    for node in foremost:
        page.evaluate("(node) => claimgraph.map.onSelect({ nodes: [node] })", node)
        after_frames(page, 7)
        assert page.evaluate(ON_NODES) == []


def test_words_of_a_fan_lie_on_no_name_and_on_no_others(article_map: Callable[..., Page]) -> None:
    page = article_map()
    near = article_map(address=between_many(page))
    assert near.evaluate("claimgraph.map.live.fan.length") > 3
    for scale in (0, 1.5, 4):
        if scale:
            near.evaluate(
                "(scale) => claimgraph.map.moveTo({ scale, position: claimgraph.map.placeOf(claimgraph.map.live.fan[0].bundle.from) })",
                scale,
            )
            after_frames(near, 7)
        boxes = near.evaluate("[...claimgraph.map.named, ...claimgraph.map.worded].map(({ box }) => box)")
        assert overlaps(boxes) == []
    assert near.evaluate("claimgraph.map.worded.length") > 0


def test_a_name_found_with_the_text_beside_the_map_stands_in_the_middle_of_what_is_seen(told_map: Callable[..., Page]) -> None:
    page = told_map(address="with=text")
    node = page.evaluate("[...claimgraph.map.drawing.nodes].filter(({ mark }) => !mark).sort((a, b) => b.weight - a.weight)[0].id")
    page.keyboard.press("/")
    page.keyboard.type(page.evaluate("(node) => claimgraph.model.nodes[node].label", node).lower())
    page.keyboard.press("Enter")
    after_frames(page, 18)
    aside = page.evaluate(
        """() => { const { map } = claimgraph, { x, y } = map.pointOf([...map.live.chosen][0]);
            return [x - map.container.clientWidth / 2, y - map.container.clientHeight / 2]; }"""
    )
    assert aside == pytest.approx([0, 0], abs=5)


def test_what_is_selected_stays_in_sight_when_the_text_comes_beside_it_and_on_the_way_back(told_map: Callable[..., Page]) -> None:
    page = told_map()
    node = page.evaluate("[...claimgraph.map.drawing.nodes].filter(({ mark }) => !mark).sort((a, b) => b.x - a.x)[0].id")
    page.click("#zoom-in")
    page.click("#zoom-in")
    page.evaluate("(node) => claimgraph.map.onSelect({ nodes: [node] })", node)
    page.get_by_role("button", name="Text beside the map").click()
    after_frames(page, 18)
    assert page.evaluate("(node) => claimgraph.map.isInSight(node)", node)
    page.evaluate("claimgraph.map.onSelect(null)")
    page.evaluate("claimgraph.map.moveTo({ position: { x: -9e3, y: 0 }, animation: false })")
    page.go_back()
    after_frames(page, 12)
    assert page.evaluate("(node) => claimgraph.map.isInSight(node)", node)


def test_words_of_a_chosen_claim_leave_its_ends_and_line_to_be_seen(
    open_page: Callable[..., Page], pages: Callable[..., Path], tmp_path: Path
) -> None:
    made = pages("names-short", lambda _: view.build(ferry.write(tmp_path)))
    page = open_page(made, address=urlencode({"at": "claim:fy-003"}), width=390, height=844)
    page.evaluate("claimgraph.map.moveTo({ scale: 0.3, position: claimgraph.map.placeOf(claimgraph.map.live.fan[0].bundle.from) })")
    after_frames(page, 7)
    said = page.evaluate("claimgraph.map.worded.map(({ text }) => text)")
    assert "≠ ✕" in said
    assert not any("troubled" in words for words in said)
