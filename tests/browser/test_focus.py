"""Looking closer: neighbourhoods, paths, hiding, pinning, fans; search with its list; whose world; agreement and dispute."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import ferry
import pytest
from chromium import after_frames, overlaps

from kg import projection, view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import networkx as nx
    from playwright.sync_api import Page

    from kg.index import Index

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)


@pytest.fixture(scope="session")
def random_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write_random(tmp_path_factory.mktemp("focus"), entities=40, claims=60)


@pytest.fixture(scope="session")
def ferry_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    from dataclasses import replace

    again = replace(
        ferry.CLAIMS[8], iri=ferry.claim_iri(20), label="The river office says they are allied.", claimant=ferry.ent("river-office")
    )
    return ferry.write(tmp_path_factory.mktemp("focus-ferry"), claims=[*ferry.CLAIMS, again])


@pytest.fixture
def ferry_page(open_page: Callable[..., Page], pages: Callable[..., Path], ferry_index: Index) -> Callable[..., Page]:
    return lambda **options: open_page(pages("focus-ferry", lambda _: view.build(ferry_index, texts=[ferry.WORDS])), **options)


@pytest.fixture
def random_page(open_page: Callable[..., Page], pages: Callable[..., Path], random_index: Index) -> Callable[..., Page]:
    return lambda **options: open_page(pages("focus-random", lambda _: view.build(random_index)), **options)


def shown(page: Page) -> set[str]:
    """The claims that the table has, as it is the equivalent of the map."""
    page.click("[data-view='table']")
    return set(page.eval_on_selector_all("#table tbody tr", "all => all.map((row) => row.dataset.claim)"))


PATHS = """() => Focus.shown(claimgraph.model, claimgraph.state()).paths
    .map((path) => path.map((node) => claimgraph.model.nodes[node].id))"""


def short(iri: str) -> str:
    return iri.replace(ferry.NAMES["claim"], "claim:").replace(ferry.NAMES["ent"], "ent:")


def network(loaded: Index) -> nx.Graph[str]:
    """The claims as a network without direction, in which a claim that others speak of is next to its ends and no value leads on."""
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph(projection.to_network(loaded).to_undirected())
    spoken = {claim.iri: claim for claim in loaded.claims if claim.iri in graph}
    for iri, claim in spoken.items():
        graph.add_edges_from((iri, end if isinstance(end, str) else projection.literal_id(end)) for end in (claim.subject, claim.object))
    return graph


def ends(loaded: Index) -> dict[str, tuple[str, str]]:
    return {
        claim.iri: (claim.subject, claim.object if isinstance(claim.object, str) else projection.literal_id(claim.object))
        for claim in loaded.claims
    }


@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("town", ["town-00001", "town-00005", "town-00017"])
def test_a_neighbourhood_is_that_of_networkx(random_page: Callable[..., Page], random_index: Index, town: str, hops: int) -> None:
    import networkx as nx

    graph = network(random_index)
    near = nx.single_source_shortest_path_length(graph, ferry.ent(town), cutoff=hops) if ferry.ent(town) in graph else {}
    expected = {short(iri) for iri, (one, other) in ends(random_index).items() if one in near and other in near}
    page = random_page(address=urlencode({"at": f"ent:{town}"}))
    page.click(f".focus-bar [data-focus='{hops}']")
    assert shown(page) == expected
    assert f"around=ent%3A{town}&hops={hops}" in page.url


def pairs_with_paths(graph: nx.Graph[str]) -> list[tuple[str, str]]:
    import networkx as nx

    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    towns = sorted(graph)
    return [(one, other) for one in towns for other in towns if one < other and lengths[one].get(other) in {2, 3, 4}][::37][:5]


def test_paths_are_those_of_networkx_with_their_claims(random_page: Callable[..., Page], random_index: Index) -> None:
    import networkx as nx

    graph = network(random_index)
    chosen = pairs_with_paths(graph)
    assert chosen
    for one, other in chosen:
        page = random_page(address=urlencode([("path", short(one)), ("path", short(other))]))
        paths = [[short(node) for node in path] for path in nx.all_shortest_paths(graph, one, other)]
        found = page.evaluate(PATHS)
        assert sorted(found) == sorted(paths)
        steps = {frozenset(step) for path in paths for step in pairwise(path)}
        assert page.locator("#paths .steps").count() == len(paths)
        assert shown(page) == {short(iri) for iri, pair in ends(random_index).items() if frozenset(map(short, pair)) in steps}
        page.click("#paths .small-button")
        longer = page.evaluate(PATHS)
        known = [[short(node) for node in path] for path in nx.all_simple_paths(graph, one, other, cutoff=len(paths[0]))]
        assert len(known) > 60 or sorted(longer) == sorted(known)


def test_a_path_is_asked_for_by_keyboard_and_undone_by_one_click(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode({"at": "ent:council"}))
    page.focus(".focus-bar [data-focus='t']")
    page.keyboard.press("Enter")
    page.keyboard.type("holes")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "path=ent%3Acouncil&path=ent%3Aholes" in page.url
    steps = page.locator("#paths .steps li").all_inner_texts()
    assert steps[0] == "council of Aldmoor"
    assert "Aldmoor's council closed the ferry." in steps[1]
    assert "Brenwick denies that the ferry is troubled by holes." in steps[2]
    assert page.inner_text("#count").startswith("3 of 11")
    page.locator("#chips button", has_text="Paths").click()
    assert page.inner_text("#count").startswith("11 of 11")


def test_a_path_goes_round_what_is_hidden(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode([("path", "ent:council"), ("path", "ent:holes"), ("hide", "ent:ferry")]))
    assert "No path of the claims" in page.inner_text("#paths")


def test_only_this_hides_and_pins_are_in_the_address_and_undone_by_one_click(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode({"at": "ent:ferry"}))
    page.click(".focus-bar [data-focus='o']")
    assert page.get_attribute(".focus-bar [data-focus='o']", "aria-pressed") == "true"
    assert "around=ent%3Aferry&hops=0" in page.url
    assert page.inner_text("#count").startswith("4 of 11")
    page.click(".focus-bar [data-focus='o']")
    page.click(".focus-bar [data-focus='p']")
    page.click(".focus-bar [data-focus='h']")
    assert "hide=ent%3Aferry" in page.url
    assert "pin=ent%3Aferry" in page.url
    assert page.inner_text("#count").startswith("7 of 11")
    page.locator("#chips button", has_text="Hidden").click()
    assert page.inner_text("#count").startswith("11 of 11")
    page.locator("#chips button", has_text="Pinned").click()
    assert page.locator("#chips").is_hidden()
    page.go_back()
    assert "pin=ent%3Aferry" in page.url


def test_what_is_pinned_stays_on_the_map_with_its_name(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode([("pin", "ent:bridge"), ("around", "ent:ferry"), ("hops", "0")]))
    after_frames(page, 12)
    named = page.evaluate("claimgraph.map.named.map(({ node }) => claimgraph.model.nodes[node].id)")
    assert "ent:bridge" in named


def test_letters_on_the_map_look_closer(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode({"at": "ent:ferry"}))
    page.focus("#map")
    page.keyboard.press("1")
    assert "around=ent%3Aferry&hops=1" in page.url
    page.keyboard.press("h")
    assert "hide=ent%3Aferry" in page.url


def test_a_selected_bundle_is_fanned_out_and_each_claim_can_be_clicked(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode([("at", "ent:aldmoor"), ("at", "ent:brenwick")]))
    after_frames(page, 12)
    fan = page.evaluate("claimgraph.map.live.fan.map(({ id }) => id)")
    assert len(fan) == 4
    point = page.evaluate(
        """(id) => { const { network } = claimgraph.map, edge = network.body.edges[id], via = claimgraph.map.viaOf(id);
        return network.canvasToDOM({ x: (edge.from.x + 2 * via.x + edge.to.x) / 4, y: (edge.from.y + 2 * via.y + edge.to.y) / 4 }); }""",
        fan[0],
    )
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + point["x"], box["y"] + point["y"])
    assert "at=claim%3Afy-008" in page.url
    assert len(page.evaluate("claimgraph.map.live.fan")) == 4
    page.keyboard.press("Escape")
    assert page.evaluate("claimgraph.map.live.fan.length") == 0


def test_the_search_lists_names_other_names_and_claims(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    page.fill("#search", "across")
    assert page.locator("#suggestions [role='option']").first.inner_text().startswith("Brenwick\nthe town across")
    page.fill("#search", "wreck")
    option = page.locator("#suggestions [role='option']", has_text="calls the ferry a wreck")
    assert option.inner_text().endswith("claim")
    page.fill("#search", "14 holes")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#search", "aria-activedescendant") == "suggestions-0"
    page.keyboard.press("Enter")
    assert "at=claim%3Afy-005" in page.url
    assert page.input_value("#search") == ""


def test_a_name_that_is_picked_stands_in_the_middle_of_the_map(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    page.fill("#search", "council")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    after_frames(page, 12)
    point = page.evaluate("claimgraph.map.pointOf(claimgraph.model.byId.get('ent:council'))")
    box = page.locator("#map").bounding_box()
    assert box
    assert abs(point["x"] - box["width"] / 2) < 5
    assert abs(point["y"] - box["height"] / 2) < 5


def test_a_selection_that_filters_hide_says_so(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode({"at": "ent:bridge", "polarity": "denied"}))
    assert "The filters hide it:" in page.inner_text("#panel .hidden-note >> nth=0")


def test_whose_world_is_one_click_there_and_one_back(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    page.locator(".worlds button", has_text="river office").click()
    assert page.inner_text("#count").startswith("2 of 11")
    assert "claimant=ent%3Ariver-office" in page.url
    page.locator(".worlds button", has_text="Everybody").click()
    assert page.inner_text("#count").startswith("11 of 11")


def test_agreement_and_dispute_are_listed_with_passages_of_both_sides(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    agreed = page.inner_text("#agreements")
    assert "by 2 claimants" in agreed
    assert "The river office says they are allied." in agreed
    dispute = page.locator("#disputes .dispute").first
    assert dispute.locator("mark").all_inner_texts() == ["Brenwick denies that the ferry leaks", "The river office", "14 holes"]
    assert dispute.locator(".place", has_text="Paragraph 2").count() == 2


def test_no_name_covers_another_on_the_map_of_the_article(
    open_page: Callable[..., Page],
    pages: Callable[..., Path],
    article_index: Index,
    artefacts: Path,
) -> None:
    page = open_page(pages("focus-article", lambda _: view.build(article_index)))
    after_frames(page, 18)
    page.screenshot(path=artefacts / "article-map.png")
    boxes: list[Any] = page.evaluate("claimgraph.map.named.map(({ box }) => box)")
    assert len(boxes) > 20
    assert overlaps(boxes) == []
