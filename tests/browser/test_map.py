"""How the map stands and draws: fitted to what is left, drawn once, its signs and its way back on a narrow screen."""

from __future__ import annotations

import json
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

SHARE = """() => { const { map } = claimgraph, { frame } = map.fitting();
    const [left, right] = [frame[0], frame[2]].map((x) => map.network.canvasToDOM({ x, y: 0 }).x);
    return { wide: (right - left) / map.container.clientWidth, seen: map.seen(frame) }; }"""
COUNT_DRAWINGS = """() => { const { renderer } = claimgraph.map.network, draw = renderer._redraw; window.drawings = 0;
    renderer._redraw = function (...given) { window.drawings += this.allowRedraw ? 1 : 0; return draw.apply(this, given); }; }"""


def quarrels(folder: Path) -> str:
    folder.mkdir()
    return view.build(ferry.write_random(folder), title="A hundred quarrels")


def make_ferry(folder: Path) -> str:
    folder.mkdir()
    return view.build(ferry.write(folder))


@pytest.fixture
def quarrel_map(open_page: Callable[..., Page], pages: Callable[..., Path]) -> Callable[..., Page]:
    return lambda **options: open_page(pages("map-quarrels", quarrels), **options)


@pytest.fixture
def ferry_map(open_page: Callable[..., Page], pages: Callable[..., Path]) -> Callable[..., Page]:
    return lambda **options: open_page(pages("map-ferry", make_ferry), **options)


def few(page: Page) -> str:
    """Words that only few claims hold: the label of one of them."""
    found: str = page.evaluate("claimgraph.model.claims[7].label")
    return found


def test_what_a_search_leaves_fills_the_stage_and_everything_comes_back(quarrel_map: Callable[..., Page]) -> None:
    page = quarrel_map()
    before: Any = page.evaluate(SHARE)
    scale = page.evaluate("claimgraph.map.network.getScale()")
    page.fill("#search", few(page))
    left: Any = page.evaluate(SHARE)
    assert left["seen"] == pytest.approx(1)
    assert page.evaluate("claimgraph.map.network.getScale()") > scale
    page.fill("#search", "")
    after_frames(page, 2)
    again: Any = page.evaluate(SHARE)
    assert again["seen"] == pytest.approx(1)
    assert again["wide"] == pytest.approx(before["wide"], abs=0.05)


def test_a_map_that_a_hand_has_moved_stays_and_is_offered_to_be_fitted(quarrel_map: Callable[..., Page]) -> None:
    page = quarrel_map()
    page.click("#zoom-out")
    place = "JSON.stringify([claimgraph.map.network.getScale(), claimgraph.map.network.getViewPosition()])"
    before = page.evaluate(place)
    assert page.locator("#fit-offer").is_hidden()
    page.fill("#search", few(page))
    after_frames(page, 2)
    assert json.loads(page.evaluate(place))[0] == pytest.approx(json.loads(before)[0])
    page.get_by_role("button", name="Fit the map to what is left").click()
    assert page.evaluate(place) != before
    assert page.evaluate(SHARE)["seen"] == pytest.approx(1)
    assert page.locator("#fit-offer").is_hidden()


def test_a_selection_does_not_move_the_map(quarrel_map: Callable[..., Page]) -> None:
    page = quarrel_map()
    place = "JSON.stringify([claimgraph.map.network.getScale(), claimgraph.map.network.getViewPosition()])"
    before = page.evaluate(place)
    page.evaluate("claimgraph.map.onSelect({ nodes: [[...claimgraph.map.live.nodes][0]] })")
    assert page.evaluate(place) == before


def test_a_click_is_drawn_once(quarrel_map: Callable[..., Page]) -> None:
    page = quarrel_map()
    after_frames(page, 2)
    page.evaluate(COUNT_DRAWINGS)
    page.evaluate("document.querySelector(\"[data-facet='polarity'] input\").click()")
    after_frames(page, 9)
    assert 1 <= page.evaluate("window.drawings") <= 2


def test_lines_that_look_as_before_are_not_handed_over_again(quarrel_map: Callable[..., Page]) -> None:
    page = quarrel_map()
    changed = page.evaluate(
        """() => { const { map } = claimgraph; let changed = 0;
            map.edges.on('update', (_, { items }) => (changed += items.length));
            map.atOnce(() => map.update());
            return changed; }"""
    )
    assert changed == 0


def test_a_bundle_in_dispute_says_too_that_it_holds_a_denial(ferry_map: Callable[..., Page]) -> None:
    page = ferry_map()
    signs = page.evaluate(
        """() => { const { map } = claimgraph, said = [];
            const frame = [-9e3, -9e3, 9e3, 9e3], measureText = (words) => ({ width: 6 * words.length });
            const layer = { fillText: (words) => said.push(words), measureText, frame };
            const pen = new Proxy(layer, { get: (own, name) => own[name] ?? (() => {}), set: () => true });
            map.drawWords(pen, 1);
            return said; }"""
    )
    expected = page.evaluate(
        """() => [...claimgraph.map.live.edges.values()].filter((numbers) => {
            const claims = numbers.map((number) => claimgraph.model.claims[number]);
            return claims.some(({ contested }) => contested) && claims.some(({ polarity }) => polarity === 'denied'); }).length"""
    )
    assert expected > 0
    assert sum("≠" in words and "✕" in words for words in signs) == expected


def test_the_legend_has_the_shapes_of_the_map(quarrel_map: Callable[..., Page]) -> None:
    page = quarrel_map()
    shown = page.eval_on_selector_all(
        "#legend-body li:has(.shape)", "all => all.map((item) => [item.textContent, item.querySelector('path').getAttribute('d')])"
    )
    drawn = page.evaluate(
        """() => Object.entries(Object.fromEntries(claimgraph.map.drawing.nodes.map(({ kind }) =>
            [kind, claimgraph.model.kindByName.get(kind).path])))"""
    )
    assert sorted(shown) == sorted(drawn)


def test_on_a_narrow_screen_a_button_leads_back_to_the_map(ferry_map: Callable[..., Page]) -> None:
    page = ferry_map(width=390, height=780)
    assert page.locator("#back-button").is_hidden()
    page.evaluate("claimgraph.map.onSelect({ nodes: [claimgraph.model.byId.get('ent:ferry')] })")
    back = page.get_by_role("button", name="Back to the map")
    back.wait_for()
    back.click()
    page.wait_for_function("document.getElementById('stage').getBoundingClientRect().top > -5")
    back.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.id") == "map"
    assert urlencode({"at": "ent:ferry"}) in page.evaluate("location.hash")


COLOURED = """() => { const canvas = document.querySelector("#map canvas"), { width, height } = canvas;
    const copy = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const dots = copy.getImageData(0, 0, width, height).data; let count = 0;
    for (let at = 0; at < dots.length; at += 4) {
        const [r, g, b] = [dots[at], dots[at + 1], dots[at + 2]];
        count += dots[at + 3] > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 40;
    }
    return count; }"""


def test_a_search_that_comes_at_once_leaves_the_shapes_of_the_names_it_finds(ferry_map: Callable[..., Page]) -> None:
    """As when words are pasted: one event brings all of them, and the map goes from everything to a few names."""
    page = ferry_map()
    assert page.evaluate(COLOURED) > 100
    page.locator("#search").fill("Brenwick")
    after_frames(page, 2)
    after_frames(page, 24)
    assert page.evaluate(COLOURED) > 100
