"""The page in a real browser, opened from a file without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import ferry
import pytest
from chromium import after_frames

from kg import index, mappings, view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from kg.index import Index

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)


def make_ferry(folder: Path) -> str:
    folder.mkdir()
    return view.build(ferry.write(folder), texts=[ferry.WORDS])


def make_random(folder: Path) -> str:
    folder.mkdir()
    return view.build(ferry.write_random(folder), title="A hundred quarrels")


def make_hostile(folder: Path) -> str:
    folder.mkdir()
    return view.build(ferry.write_hostile(folder), title=ferry.HOSTILE)


def make_large(folder: Path) -> str:
    folder.mkdir()
    return view.build(ferry.write_random(folder, entities=10_000, claims=12_000), title="Ten thousand towns")


def make_linked(folder: Path) -> str:
    """Return the page of a ferry that has an exact link, a close one, and one that no browser should follow."""
    folder.mkdir()
    space = ferry.write(folder).workspace
    ends = ((mappings.CLOSE, "https://dbpedia.org/resource/Ferry"), (mappings.EXACT, "http://www.wikidata.org/entity/Q25653"))
    rows = [mappings.Mapping(subject_id=ferry.ent("ferry"), predicate_id=kind, object_id=target) for kind, target in ends]
    rows.append(mappings.Mapping(subject_id=ferry.ent("ferry"), predicate_id=mappings.RELATED, object_id="javascript:pwned(1)"))
    mappings.write(space.links_file, mappings.MappingSet(tuple(rows)), space.prefixes)
    return view.build(index.load(space))


@pytest.fixture
def ferry_page(open_page: Callable[..., Page], pages: Callable[..., Path]) -> Callable[..., Page]:
    def start(**options: Any) -> Page:
        return open_page(pages("ferry", make_ferry), **options)

    return start


def at(*ids: str, **more: str) -> str:
    return urlencode([*(("at", name) for name in ids), *more.items()])


def cards(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("#panel > section .card, #panel > .card", "all => all.map(card => card.dataset.claim)")
    return found


def count(page: Page) -> str:
    return page.inner_text("#count")


def frame_of(page: Page) -> Any:
    return page.locator("#map").bounding_box()


def click_node(page: Page, name: str) -> None:
    """Click a node of the map as a hand would."""
    point = page.evaluate("name => { const { model, map } = claimgraph; return map.pointOf(model.byId.get(name)); }", name)
    box = frame_of(page)
    page.mouse.click(box["x"] + point["x"], box["y"] + point["y"])


def click_line(page: Page, one: str, other: str, share: float = 0.3) -> None:
    points = page.evaluate("names => names.map(name => claimgraph.map.pointOf(claimgraph.model.byId.get(name)))", [one, other])
    box = frame_of(page)
    x, y = (points[0][axis] + (points[1][axis] - points[0][axis]) * share for axis in "xy")
    page.mouse.click(box["x"] + x, box["y"] + y)


def test_a_click_on_an_entity_shows_its_claims(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    click_node(page, "ent:ferry")
    assert page.inner_text("#panel h2") == "ferry of Aldmoor"
    assert cards(page) == ["claim:fy-001", "claim:fy-002", "claim:fy-003", "claim:fy-004"]


def test_a_click_on_a_line_shows_the_claims_of_the_bundle(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    click_line(page, "ent:ferry", "ent:holes")
    assert page.inner_text("#panel .kind") == "BETWEEN"
    assert cards(page) == ["claim:fy-003", "claim:fy-004"]


def test_a_click_beside_everything_goes_back_to_the_overview(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=at("ent:ferry"))
    box = frame_of(page)
    page.mouse.click(box["x"] + 3, box["y"] + 3)
    assert page.inner_text("#panel .lead").startswith("Choose a name")


def test_a_click_on_a_mark_shows_the_claim_and_what_speaks_of_it(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    click_node(page, "claim:fy-001")
    assert cards(page)[0] == "claim:fy-001"
    relatives = page.locator(".card .relatives").first
    assert relatives.locator("dt").inner_text() == "led to"
    relatives.locator("dd button").click()
    assert cards(page)[0] == "claim:fy-006"
    assert page.locator(".card .relatives dt").first.inner_text() != "led to"
    page.locator(".card .relatives dt button").first.click()
    assert cards(page)[0] == "claim:fy-007"


def test_a_card_says_everything_that_the_claim_says(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=at("claim:fy-004"))
    card = page.inner_text("[data-claim='claim:fy-004']")
    for words in (
        "The river office ranks the ferry as most endangered by holes.",
        "river office says so, reported by author of the source",
        "most endangered by holes",
        "affirmed",
        "certain",
        "comparison",
        "by count",
        "The river office counts 14 holes, and Aldmoor perhaps wants a bridge.",
        "Paragraph 2, sentence 4, characters",
        "contradicts",
    ):
        assert words in card
    assert page.locator("[data-claim='claim:fy-004'] > .passage mark").all_inner_texts() == ["The river office", "14 holes"]
    assert "14" in page.inner_text("body") and "2020" in ferry_page(address=at("claim:fy-005")).inner_text(".tags")  # noqa: PT018


def test_denied_hedged_and_wished_claims_say_so(ferry_page: Callable[..., Page]) -> None:
    assert "denied" in ferry_page(address=at("claim:fy-003")).inner_text(".tags")
    assert "possible" in ferry_page(address=at("claim:fy-006")).inner_text(".tags")
    assert "ought" in ferry_page(address=at("claim:fy-008")).inner_text(".tags")


def test_an_entity_shows_what_it_says_beside_what_is_said_of_it(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=at("ent:brenwick"))
    headings = page.locator("#panel h3").all_inner_texts()
    assert [heading.split("\n")[0].lower() for heading in headings] == ["claims it makes", "claims about it"]
    assert cards(page) == ["claim:fy-003", "claim:fy-008", "claim:fy-009", "claim:fy-010"]


def value(page: Page, facet: str, name: str) -> Locator:
    return page.locator(f"[data-facet='{facet}'] [data-value='{name}']")


def counts(page: Page) -> dict[tuple[str, str], int]:
    script = """all => all.map((row) =>
        [row.closest('fieldset').dataset.facet, row.dataset.value, Number(row.querySelector('.count').textContent)])"""
    return {(facet, name): number for facet, name, number in page.eval_on_selector_all("#facets .value", script)}


SELECTED = {
    "claimant": "?claim kg:claimant ?value",
    "relation": "?claim rdf:predicate ?value",
    "polarity": "?claim kg:polarity ?value",
    "certainty": "?claim kg:certainty ?value",
    "kind": "?claim kg:kind ?value",
}


def counts_by_query(loaded: Index, filters: dict[str, str]) -> dict[str, dict[str, int]]:
    """Count as the facets do, in SPARQL: each facet under the filters of the others."""
    prefixes = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in loaded.workspace.prefixes.items())
    found = {}
    for key, pattern in SELECTED.items():
        others = " ".join(words for facet, words in filters.items() if facet != key)
        where = f"?claim a kg:Claim ; kg:status kg:accepted . {pattern} . {others}"
        rows: Any = loaded.store.query(f"{prefixes} SELECT ?value (COUNT(DISTINCT ?claim) AS ?n) WHERE {{ {where} }} GROUP BY ?value")
        found[key] = {row["value"].value.rpartition("/")[2].rpartition("#")[2]: int(row["n"].value) for row in rows}
    return found


def test_facet_counts_are_those_of_sparql_and_follow_the_other_filters(
    open_page: Callable[..., Page], pages: Callable[..., Path], tmp_path: Path
) -> None:
    loaded = ferry.write_random(tmp_path)
    page = open_page(pages("random", make_random))

    def shown(key: str) -> dict[str, int]:
        short = {name.rpartition(":")[2]: number for (facet, name), number in counts(page).items() if facet == key}
        return {name: number for name, number in short.items() if number}

    def compare(filters: dict[str, str]) -> None:
        asked = counts_by_query(loaded, filters)
        assert {key: shown(key) for key in SELECTED} == asked

    compare({})
    value(page, "polarity", "affirmed").locator("input").uncheck()
    compare({"polarity": "?claim kg:polarity kg:denied ."})
    value(page, "relation", "rel:metWith").locator("input").uncheck()
    compare({"polarity": "?claim kg:polarity kg:denied .", "relation": "FILTER NOT EXISTS { ?claim rdf:predicate rel:metWith }"})
    value(page, "certainty", "possible").hover()
    value(page, "certainty", "possible").locator(".only").click()
    compare(
        {
            "polarity": "?claim kg:polarity kg:denied .",
            "relation": "FILTER NOT EXISTS { ?claim rdf:predicate rel:metWith }",
            "certainty": "?claim kg:certainty kg:possible .",
        }
    )


def test_all_none_only_and_the_chips_undo_each_other(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    assert count(page) == "10 of 10 claims"
    value(page, "polarity", "denied").hover()
    value(page, "polarity", "denied").locator(".only").click()
    assert count(page) == "1 of 10 claims"
    assert page.locator("#chips").inner_text().startswith("Polarity denied")
    page.locator("[data-facet='kind'] .bulk button", has_text="none").click()
    assert count(page) == "0 of 10 claims"
    assert page.inner_text("#panel .lead") == "No claim passes the filters."
    page.locator("[data-facet='kind'] .bulk button", has_text="all").click()
    assert count(page) == "1 of 10 claims"
    page.locator("#chips button").first.click()
    assert count(page) == "10 of 10 claims"
    assert page.locator("#chips").is_hidden()


def test_what_filters_hide_of_a_selection_is_said(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=at("ent:ferry", **{"not-polarity": "denied"}))
    assert cards(page) == ["claim:fy-001", "claim:fy-002", "claim:fy-004"]
    assert page.inner_text("#panel .hidden-note") == "1 more hidden by the filters."


@pytest.mark.parametrize(
    ("words", "claims"),
    [
        ("wreck", ["002"]),
        ("ALDMOOR bridge", ["006", "007"]),
        ("áldmoor allied", ["009"]),
        ("the town across", ["003", "008", "009", "010"]),
        ("by count", ["004"]),
    ],
    ids=["sentence", "case", "accent", "alternative name", "note"],
)
def test_the_search_looks_at_sentences_names_and_notes(ferry_page: Callable[..., Page], words: str, claims: list[str]) -> None:
    page = ferry_page(address=urlencode({"view": "table"}))
    page.fill("#search", words)
    assert rows(page) == [f"claim:fy-{number}" for number in claims]


def test_the_search_offers_entities_and_goes_to_the_chosen_one(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    page.fill("#search", "bre")
    assert page.locator("#suggestions bdi").first.inner_text() == "Brenwick"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.inner_text("#panel h2") == "Brenwick"
    assert count(page) == "10 of 10 claims"
    assert page.input_value("#search") == ""


def rows(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("#table tbody tr", "all => all.map(row => row.dataset.claim)")
    return found


def test_the_table_has_the_claims_that_the_filters_let_through(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode({"view": "table"}))
    assert rows(page) == [f"claim:fy-{number:03}" for number in (1, 2, 3, 4, 6, 5, 7, 8, 9, 10)]
    value(page, "kind", "state").locator("input").uncheck()
    assert rows(page) == [f"claim:fy-{number:03}" for number in (1, 2, 4, 5, 7)]
    assert count(page) == "5 of 10 claims"
    cells = page.locator("tr[data-claim='claim:fy-005'] > *").all_inner_texts()
    assert [cells[0], *cells[2:5]] == ["The river office counts 14 holes.", "river office", "acts on", "holes"]
    assert "14" in cells


def test_the_table_sorts_by_every_column_both_ways(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode({"view": "table"}))
    page.locator("th button", has_text="Figure").click()
    assert rows(page)[0] == "claim:fy-005"
    for heading in page.locator("thead th").all():
        heading.locator("button").click()
        if heading.get_attribute("aria-sort") != "ascending":
            heading.locator("button").click()
        up = rows(page)
        assert heading.get_attribute("aria-sort") == "ascending"
        heading.locator("button").click()
        assert heading.get_attribute("aria-sort") == "descending"
        assert sorted(up) == sorted(rows(page))
    page.locator("th button", has_text="Claim").first.click()
    sentences = page.locator("tbody th").all_inner_texts()
    assert sentences == sorted(sentences, key=str.casefold)


def test_a_row_of_the_table_opens_its_claim(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=urlencode({"view": "table"}))
    page.click("tr[data-claim='claim:fy-006'] button")
    assert cards(page)[0] == "claim:fy-006"
    assert page.get_attribute("tr[data-claim='claim:fy-006']", "aria-current") == "true"


def test_a_link_restores_selection_filters_search_and_order(ferry_page: Callable[..., Page]) -> None:
    address = "q=ferry&not-certainty=possible&view=table&sort=-kind&at=ent%3Aferry&at=ent%3Aholes"
    page = ferry_page(address=address)
    assert page.input_value("#search") == "ferry"
    assert not value(page, "certainty", "possible").locator("input").is_checked()
    assert page.get_attribute("[data-view='table']", "aria-selected") == "true"
    assert page.get_attribute("th.column-kind", "aria-sort") == "descending"
    assert page.locator("#panel h2 button").all_inner_texts() == ["ferry of Aldmoor", "holes"]
    assert page.evaluate("location.hash") == f"#{address}"


def test_the_panel_says_what_a_thing_is_called_in_other_data_sets(open_page: Callable[..., Page], pages: Callable[..., Path]) -> None:
    page = open_page(pages("linked", make_linked), address=at("ent:ferry"))
    said = page.locator("#panel .elsewhere")
    assert said.inner_text() == ("linked to: Wikidata Q25653 · close https://dbpedia.org/resource/Ferry · related javascript:pwned(1)")
    links = said.locator("a")
    assert [link.get_attribute("href") for link in links.all()] == [
        "http://www.wikidata.org/entity/Q25653",
        "https://dbpedia.org/resource/Ferry",
    ]
    assert {link.get_attribute("rel") for link in links.all()} == {"noopener noreferrer"}


def test_the_address_follows_what_is_done_and_the_back_button_undoes_it(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    click_node(page, "ent:ferry")
    value(page, "polarity", "denied").locator("input").uncheck()
    page.click("[data-view='table']")
    assert page.evaluate("location.hash") == "#not-polarity=denied&view=table&at=ent%3Aferry"
    page.go_back()
    assert page.locator("#map-view").is_visible()
    page.go_back()
    assert count(page) == "10 of 10 claims"
    assert page.inner_text("#panel h2") == "ferry of Aldmoor"
    page.go_back()
    assert page.locator("#panel h2").count() == 0


def test_the_link_of_a_claim_and_the_way_to_the_claims_keep_the_rest(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address=at("ent:ferry", q="ferry"))
    page.focus("#skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    assert page.inner_text("#panel h2") == "ferry of Aldmoor"
    page.click("[data-claim='claim:fy-002'] .id a")
    assert cards(page)[0] == "claim:fy-002"
    page.go_back()
    assert (page.inner_text("#panel h2"), page.input_value("#search")) == ("ferry of Aldmoor", "ferry")


def test_an_address_that_names_what_is_not_there_opens_the_whole(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address="at=ent%3Anobody&polarity=nonsense&view=elsewhere&sort=x")
    assert count(page) == "0 of 10 claims"
    assert page.locator("#panel h2").count() == 0
    assert ferry_page(address="%%%&&==").locator("#count").inner_text() == "10 of 10 claims"


def test_the_map_bundles_dashes_and_marks(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    lines = page.evaluate(
        """() => Object.fromEntries(claimgraph.map.edges.get({ filter: (edge) => !edge.hidden }).map((edge) =>
            [claimgraph.map.edgeById.get(edge.id).claims.map((claim) => claimgraph.model.claims[claim].id).join(' '), edge.dashes]))"""
    )
    assert lines["claim:fy-003 claim:fy-004"] is False
    assert lines["claim:fy-006"] == [1.5, 5]
    assert len(lines) == 7
    value(page, "claimant", "ent:river-office").locator("input").uncheck()
    dashes = page.evaluate("() => claimgraph.map.edges.get().filter((edge) => !edge.hidden && edge.dashes && edge.dashes[0] === 8).length")
    assert dashes == 1


def test_a_page_that_opens_as_a_table_draws_its_map_when_asked(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(address="view=table")
    page.click("[data-view='map']")
    after_frames(page, 18)
    click_node(page, "ent:ferry")
    assert page.inner_text("#panel h2") == "ferry of Aldmoor"
    box = frame_of(page)
    points = page.evaluate("claimgraph.map.drawing.nodes.map((node) => claimgraph.map.pointOf(node.id))")
    assert all(0 < point["x"] < box["width"] and 0 < point["y"] < box["height"] for point in points)


def test_the_legend_names_the_kinds_and_lines_that_are_there(ferry_page: Callable[..., Page]) -> None:
    legend = ferry_page().inner_text("#legend-body")
    for words in ("Country", "Organization", "Project", "Words or value", "Claim that others are about", "denied", "hedged", "in dispute"):
        assert words in legend


def test_the_map_can_be_walked_by_keyboard(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.locator("#panel h2").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#panel h2").count() == 0


def test_everything_is_reached_by_the_tab_key_and_shows_where_it_is(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page()
    seen = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.className || document.activeElement.tagName"))
    assert {"search", "map", "zoom-in", "fit", "name", "only"} <= seen
    page.focus("#zoom-in")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_hostile_text_is_shown_as_text_and_runs_nothing(open_page: Callable[..., Page], pages: Callable[..., Path]) -> None:
    page = open_page(pages("hostile", make_hostile))
    assert "<img src=x onerror=window.pwned=2>" in page.inner_text("h1")
    names = page.evaluate("claimgraph.model.nodes.map((node) => node.id)")
    for name in names:
        page.evaluate(
            "name => { location.hash = new URLSearchParams([['at', name]]); dispatchEvent(new PopStateEvent('popstate')); }", name
        )
        assert page.locator("#panel img, #panel script").count() == 0
    page.click("[data-view='table']")
    page.fill("#search", "<img")
    assert page.locator("#suggestions li").count() > 0
    hrefs = page.eval_on_selector_all("a[href]", "all => all.map((link) => link.protocol)")
    assert set(hrefs) <= {"file:", "http:", "https:"}
    assert page.evaluate("window.pwned") is None
    assert page.locator("img").count() == 0


def test_the_policy_stops_a_script_that_gets_in(browser: Browser, pages: Callable[..., Path]) -> None:
    page = browser.new_page()
    page.goto(pages("ferry", make_ferry).as_uri())
    page.evaluate(
        """() => { const late = document.createElement('script'); late.textContent = 'window.pwned = 1'; document.body.append(late); }"""
    )
    assert page.evaluate("window.pwned") is None
    page.close()


def test_without_scripts_the_page_says_what_it_needs(open_page: Callable[..., Page], pages: Callable[..., Path]) -> None:
    page = open_page(pages("ferry", make_ferry), java_script_enabled=False)
    assert "Please allow scripts" in page.inner_text("body")
    assert "ni:///sha-256;" in page.inner_text("footer")


def test_ten_thousand_entities_open_with_honest_words(open_page: Callable[..., Page], pages: Callable[..., Path]) -> None:
    page = open_page(pages("large", make_large))
    assert count(page) == "12,000 of 12,000 claims"
    assert page.inner_text("#left-out").startswith("8,830 names in 37 groups")
    assert page.evaluate("claimgraph.map.live.nodes.size") <= 400
    page.click("[data-view='table']")
    assert page.locator("#table tbody tr").count() == 300


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_page_fits_every_width_and_both_schemes(
    open_page: Callable[..., Page], pages: Callable[..., Path], artefacts: Path, width: int, scheme: str
) -> None:
    for name, make in (("ferry", make_ferry), ("random", make_random)):
        for state, address in (("map", ""), ("entity", at("ent:ferry" if name == "ferry" else "ent:town-00001")), ("table", "view=table")):
            page = open_page(pages(name, make), address=address, width=width, height=844 if width == 390 else 900, color_scheme=scheme)
            page.screenshot(path=artefacts / f"{name}-{state}-{width}-{scheme}.png", full_page=width == 390)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_narrow_screen_the_filters_open_and_close(ferry_page: Callable[..., Page]) -> None:
    page = ferry_page(width=390, height=844)
    assert not page.locator("#facets input").first.is_visible()
    page.click("#filters-button")
    value(page, "polarity", "denied").locator("input").uncheck()
    page.keyboard.press("Escape")
    assert not page.locator("#facets input").first.is_visible()
    assert count(page) == "9 of 10 claims"


def test_the_article_opens_with_its_disputes(
    open_page: Callable[..., Page], pages: Callable[..., Path], article_index: Index, artefacts: Path
) -> None:
    path = pages("article", lambda _: view.build(article_index))
    for scheme in ("light", "dark"):
        for width in (1440, 1024, 390):
            page = open_page(path, width=width, height=844 if width == 390 else 900, color_scheme=scheme)
            page.screenshot(path=artefacts / f"article-{width}-{scheme}.png")
    assert count(page) == f"{len(article_index.claims)} of {len(article_index.claims)} claims"
    assert page.locator(".dispute").count() >= 1
