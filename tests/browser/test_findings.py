"""What is found and how: lists of what matches, exact names, the table in the order of the text, times, both sides, other tongues."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import ferry
import networkx as nx
import pyoxigraph as ox
import pytest
from chromium import after_frames

from kg import names, view
from kg.view import data

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from kg.index import Index

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)

CARDS = "all => all.map((card) => card.dataset.claim)"
LANGUAGES = """elements => Object.fromEntries(elements.map((each) => [each.textContent, each.closest('[lang]').lang]))"""


def make_ferry(folder: Path) -> str:
    folder.mkdir()
    return view.build(ferry.write(folder), texts=[ferry.WORDS])


def make_untold(folder: Path) -> str:
    """A page without the text: one sentence is said to carry no claim, and of one nothing is said."""
    folder.mkdir()
    silent = replace(ferry.PASSAGES[1], no_claim="a mere <b>greeting</b>")
    unread = ferry.PASSAGES[2].iri
    claims = [replace(each, passages=tuple(iri for iri in each.passages if iri not in {silent.iri, unread})) for each in ferry.CLAIMS]
    return view.build(ferry.write(folder, claims=claims, passages=[silent if each.iri == silent.iri else each for each in ferry.PASSAGES]))


def make_many(folder: Path) -> str:
    folder.mkdir()
    return view.build(ferry.write_random(folder, entities=1_000, claims=3_000))


def make_german(folder: Path) -> str:
    """The ferry with some labels in German: of a name, a relation and the other way round, a claim, and two values."""
    folder.mkdir()
    loaded = ferry.write(folder)
    labels = {
        (ferry.ent("bridge"), names.PREF_LABEL): "Brücke",
        (ferry.ent("river-office"), names.PREF_LABEL): "Flussamt",
        (names.REL + "wants", names.LABEL): "wünscht",
        (names.REL + "wants", names.INVERSE_LABEL): "wird gewünscht von",
        (ferry.claim_iri(6), names.LABEL): "Aldmoor will vielleicht eine Brücke.",
        (names.KG + "possible", names.PREF_LABEL): "möglich",
        (names.KG + "denied", names.PREF_LABEL): "bestritten",
    }
    for (iri, predicate), label in labels.items():
        loaded.store.add(ox.Quad(ox.NamedNode(iri), ox.NamedNode(predicate), ox.Literal(label, language="de"), ox.DefaultGraph()))
    return view.build(loaded, language="de")


@pytest.fixture
def shown(open_page: Callable[..., Page], pages: Callable[..., Path]) -> Callable[..., Page]:
    makers = {"ferry": make_ferry, "untold": make_untold, "many": make_many, "german": make_german}

    def start(name: str = "ferry", **options: Any) -> Page:
        return open_page(pages(f"findings-{name}", makers[name]), **options)

    return start


@pytest.fixture
def article(open_page: Callable[..., Page], pages: Callable[..., Path], article_index: Index) -> Callable[..., Page]:
    def start(**options: Any) -> Page:
        return open_page(pages("findings-article", lambda _: view.build(article_index)), **options)

    return start


# What matches


def test_the_panel_lists_the_claims_that_match_by_who_says_so(shown: Callable[..., Page]) -> None:
    page = shown()
    assert page.locator("#found").count() == 0
    page.fill("#search", "holes")
    assert page.inner_text("#panel .lead") == "3 claims match “holes”."
    groups = page.locator("#found .found")
    assert groups.locator("h4 .name").all_inner_texts() == ["river office", "Brenwick", "author of the source"]
    assert groups.nth(1).locator(".place").inner_text() == "denied · paragraph 2, sentence 3"
    assert groups.nth(2).locator(".place").inner_text() == "without a passage"
    page.keyboard.press("Escape")
    groups.nth(0).locator("li button").click()
    assert page.eval_on_selector_all("#panel > .card", CARDS) == ["claim:fy-004"]


def test_the_list_of_what_matches_says_how_many_it_leaves_out(shown: Callable[..., Page]) -> None:
    page = shown("many")
    page.locator("[data-facet='polarity'] [data-value='denied'] .only").focus()
    page.keyboard.press("Enter")
    total = page.evaluate("claimgraph.model.shown(claimgraph.state()).claims.length")
    assert page.inner_text("#panel .lead") == f"{total} claims pass the filters."
    listed = 0
    for group in page.locator("#found .found").all():
        number = int(group.locator("h4 .count").inner_text())
        more = group.locator("summary").inner_text()
        assert group.locator("> ul > li").count() + int(more.split()[0]) == number
        listed += number
    assert listed == total
    page.locator("#found summary").first.click()
    first = page.locator("#found .found").first
    first.locator("li").nth(6).wait_for()
    assert first.locator("li").count() == int(first.locator("h4 .count").inner_text())


def test_the_first_words_fit_what_is_open_and_what_is_asked(shown: Callable[..., Page]) -> None:
    page = shown(address="view=article")
    assert page.inner_text("#panel .lead") == "Choose a marked passage of the text, or begin here."
    page.click("[data-view='map']")
    assert page.inner_text("#panel .lead") == "Choose a name or a line on the map, or begin here."
    page.fill("#search", "no such thing")
    assert page.inner_text("#panel .lead") == "No claim matches “no such thing”."
    assert page.get_by_role("button", name="Copy link").count() == 1
    page.click("#export-button")
    assert page.locator("#export-list button", has_text="link").count() == 0


@pytest.mark.parametrize("written", ["BRENWICK", "the Town Across", "  brenwick "])
def test_enter_on_a_name_goes_to_it(shown: Callable[..., Page], written: str) -> None:
    page = shown()
    page.fill("#search", written)
    page.keyboard.press("Enter")
    assert page.inner_text("#panel h2") == "Brenwick"
    assert page.locator("#suggestions").is_hidden()
    assert page.input_value("#search") == ""
    after_frames(page, 12)
    point = page.evaluate("claimgraph.map.pointOf(claimgraph.model.byId.get('ent:brenwick'))")
    box = page.locator("#map").bounding_box()
    assert box
    assert abs(point["x"] - box["width"] / 2) < 5


def test_enter_on_other_words_keeps_the_search_and_closes_its_list(shown: Callable[..., Page]) -> None:
    page = shown()
    page.fill("#search", "aldmoor b")
    assert page.locator("#suggestions").is_visible()
    page.keyboard.press("Enter")
    assert page.locator("#suggestions").is_hidden()
    assert page.input_value("#search") == "aldmoor b"
    assert page.locator("#found").is_visible()


def test_who_speaks_is_first_told_by_what_it_says(shown: Callable[..., Page]) -> None:
    page = shown(address=urlencode({"at": "ent:brenwick"}))
    headings = [words.split("\n")[0].lower() for words in page.locator("#panel h3").all_inner_texts()]
    assert headings[:2] == ["claims it makes", "claims about it"]


# The table


def test_the_table_is_in_the_order_of_the_text_and_ends_with_what_is_derived(article: Callable[..., Page]) -> None:
    page = article(address="view=table")
    cells = page.locator("#table td.column-place").all_inner_texts()
    numbers = [int(cell) for cell in cells if cell]
    assert numbers == sorted(numbers)
    assert cells[len(numbers) :] == [""] * (len(cells) - len(numbers))
    last = page.locator("#table tbody tr").last.get_attribute("data-claim")
    assert page.evaluate("id => claimgraph.model.claims[claimgraph.model.claimById.get(id)].origins.length", last) > 0


def test_what_has_nothing_to_sort_by_stays_last_both_ways(article: Callable[..., Page]) -> None:
    page = article(address="view=table&sort=figure")
    for order in ("ascending", "descending"):
        assert page.get_attribute("#table th.column-figure", "aria-sort") == order
        cells = page.locator("#table td.column-figure").all_inner_texts()
        filled = [at for at, cell in enumerate(cells) if cell]
        assert filled == list(range(len(filled)))
        assert len(filled) > 2
        page.click("#table th.column-figure button")


def test_all_columns_are_seen_where_there_is_room(article: Callable[..., Page]) -> None:
    page = article(address="view=table")
    assert page.evaluate("(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.getElementById('table'))") <= 0
    assert page.locator(".more-columns").is_hidden()


def test_columns_beyond_the_edge_are_announced_and_reached(article: Callable[..., Page]) -> None:
    page = article(address="view=table", width=390, height=844)
    hint = page.locator(".more-columns")
    assert hint.is_visible()
    hint.focus()
    for _ in range(6):
        if hint.is_visible():
            page.keyboard.press("Enter")
            hint.focus() if hint.is_visible() else None
        after_frames(page, 4)
    assert hint.is_hidden()
    box = page.locator("#table th").last.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 391
    assert page.evaluate("document.activeElement.id") == "table"
    page.keyboard.press("ArrowLeft")
    after_frames(page, 18)
    assert hint.is_visible()


# Filters


def test_only_is_there_for_a_finger_and_for_a_key(shown: Callable[..., Page]) -> None:
    seen = "element => getComputedStyle(element).opacity"
    finger = shown(has_touch=True, is_mobile=True)
    assert finger.locator("[data-facet='kind'] .only").first.evaluate(seen) == "1"
    page = shown()
    only = page.locator("[data-facet='kind'] .only").first
    assert only.evaluate(seen) == "0"
    page.locator("[data-facet='kind'] input").first.focus()
    assert only.evaluate(seen) == "1"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "only"
    page.keyboard.press("Enter")
    assert "kind=" in page.url


def test_no_fewer_than_three_values_are_folded_away(article: Callable[..., Page]) -> None:
    page = article()
    facets = page.locator("#facets fieldset").all()
    assert len(facets) > 5
    for facet in facets:
        if facet.get_attribute("data-facet") == "time":
            continue
        assert facet.locator("> .value").count() >= min(8, facet.locator(".value").count())
        assert all(int(words.split()[0]) >= 3 for words in facet.locator("summary").all_inner_texts())
    assert page.locator("[data-facet='claimant'] > .value [class='count']").count() == 10


def test_a_time_lets_through_what_lies_over_it_and_says_what_becomes_of_the_undated(shown: Callable[..., Page]) -> None:
    page = shown(address="view=table&time=2020")
    rows = "all => all.map((row) => row.dataset.claim)"
    assert page.eval_on_selector_all("#table tbody tr", rows) == ["claim:fy-005", "claim:fy-009"]
    told = page.locator(".time-words").first
    assert told.inner_text() == "2020: 2 claims touch this time. 7 without a date are hidden."
    page.locator("[data-facet='time'] [data-value='undated'] input").check()
    assert told.inner_text().endswith("7 without a date are shown too.")
    assert page.locator("#table tbody tr").count() == 9
    page.get_by_role("slider", name="First time").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#chips li").first.inner_text().startswith("Time 2019 to 2020, undated")
    assert page.locator("#table tbody tr").count() == 10
    assert "time=2019..undated" in page.url
    assert shown(address=page.evaluate("location.hash.slice(1)")).locator("#table tbody tr").count() == 10


# Both sides


def test_the_card_of_a_contradiction_names_both_who_say_and_both_passages(shown: Callable[..., Page]) -> None:
    card = shown(address=urlencode({"at": "claim:fy-003"})).locator("#panel > .card")
    assert card.locator(".says").inner_text() == "Brenwick says so, reported by author of the source"
    other = card.locator(".relatives dd", has_text="ranks the ferry")
    assert other.locator(".who").inner_text() == "river office, reported by author of the source"
    assert other.locator("mark").all_inner_texts() == ["The river office", "14 holes"]
    assert card.locator(".place", has_text="Paragraph 2").count() == 2


def test_without_the_text_the_page_tells_which_sentences_carry_no_claim(shown: Callable[..., Page]) -> None:
    page = shown("untold")
    page.click("#silences summary")
    told = page.inner_text("#silences")
    assert "Paragraph 1, sentence 2: a mere <b>greeting</b>" in told
    assert "no passage begins in sentence 3:" in told
    assert "can only be seen with the text" in told
    assert shown().locator("#silences").count() == 0


def test_exports_and_cards_have_the_status_that_a_claim_has(open_page: Callable[..., Page], pages: Callable[..., Path]) -> None:
    def make(folder: Path) -> str:
        folder.mkdir()
        loaded = ferry.write(folder, claims=[replace(ferry.CLAIMS[0], status="draft"), *ferry.CLAIMS[1:]])
        made = view.View(loaded)
        made.data = data.PageData(loaded, claims=loaded.all_claims)
        return made.html()

    page = open_page(pages("findings-draft", make), address=urlencode({"at": "claim:fy-001"}))
    assert "draft" in page.locator(".card .tags").first.inner_text()
    rows = list(csv.DictReader(io.StringIO(text_of(page, "CSV").removeprefix("\ufeff"))))
    assert [row["status"] for row in rows][:2] == ["draft", "accepted"]
    assert text_of(page, "Turtle").count("kg:draft") == 1


def text_of(page: Page, name: str) -> str:
    page.click("#export-button")
    with page.expect_download() as download:
        page.locator("#export-list button", has_text=name).click()
    return download.value.path().read_text(encoding="utf-8")


# Groups of a large graph


def test_what_is_shown_of_groups_is_exported(shown: Callable[..., Page]) -> None:
    page = shown("many")
    assert "groups" in page.inner_text("#left-out")
    groups = page.evaluate("claimgraph.model.overview.groups.map(({ label }) => label.split(',')[0])")
    picture = ET.fromstring(text_of(page, "SVG"))  # noqa: S314  # our own
    written = " ".join(picture.itertext())
    assert len(groups) > 5
    assert all(group in written for group in groups)
    assert len(list(csv.reader(io.StringIO(text_of(page, "CSV"))))) == 3_001
    network = nx.read_gexf(io.StringIO(text_of(page, "GEXF")))
    assert network.number_of_edges() == 3_000
    page.evaluate("location.hash = 'at=ent%3Atown-00007&around=ent%3Atown-00007&hops=1'")
    near = nx.read_gexf(io.StringIO(text_of(page, "GEXF")))
    assert near.number_of_nodes() > 2
    assert all("position" in told["viz"] for _, told in near.nodes(data=True))


def test_the_line_between_groups_can_be_looked_at_closer(shown: Callable[..., Page]) -> None:
    page = shown("many")
    ends = page.evaluate(
        """() => { const { nodes } = claimgraph.model;
            const [first] = claimgraph.map.drawing.edges.filter(({ claims }) => claims.length > 1);
            return [nodes[first.from].id, nodes[first.to].id, first.claims.length]; }"""
    )
    page.evaluate("hash => { location.hash = hash; }", urlencode([("at", ends[0]), ("at", ends[1])]))
    assert page.inner_text("#panel h3 .count") == f"{ends[2]:,}"
    page.locator("[data-focus='o']").click()
    assert page.inner_text("#count").startswith(f"{ends[2]:,} of")
    page.locator("[data-focus='1']").click()
    assert int(page.inner_text("#count b").replace(",", "")) > ends[2]


# Another language


def test_labels_in_the_language_asked_for_are_used_everywhere_and_say_so(shown: Callable[..., Page]) -> None:
    page = shown("german", address=urlencode({"at": "claim:fy-006"}))
    tongues = page.eval_on_selector_all("#panel > .card bdi", LANGUAGES)
    german = {"Aldmoor will vielleicht eine Brücke.", "Brücke", "wünscht", "möglich"}
    assert {words: tongues[words] for words in german} == dict.fromkeys(german, "de")
    assert {words: tongues[words] for words in ("Aldmoor", "affirmed", "author of the source")} == dict.fromkeys(
        ("Aldmoor", "affirmed", "author of the source"), "en"
    )
    facets = page.eval_on_selector_all("#facets label bdi", LANGUAGES)
    assert {facets[words] for words in ("möglich", "bestritten", "wünscht", "Flussamt")} == {"de"}
    assert facets["affirmed"] == "en"
    page.click("[data-view='table']")
    row = page.eval_on_selector_all("tr[data-claim='claim:fy-006'] bdi", LANGUAGES)
    assert {words: row[words] for words in german} == dict.fromkeys(german, "de")
    page.fill("#search", "Brücke")
    assert "de" in page.eval_on_selector_all("#suggestions bdi[lang]", "all => all.map((each) => each.lang)")
    page.fill("#search", "")
    assert "Aldmoor may want a bridge." in text_of(page, "Turtle")


def test_a_language_is_read_aloud_as_what_it_is(browser: Browser, tmp_path: Path) -> None:
    only = replace(ferry.ENTITIES[0], label="Aldmoor")
    loaded = ferry.write(tmp_path, entities=[only, *ferry.ENTITIES[1:]])
    iri = ox.NamedNode(ferry.ent("bridge"))
    loaded.store.remove(ox.Quad(iri, ox.NamedNode(names.PREF_LABEL), ox.Literal("bridge", language="en"), ox.DefaultGraph()))
    loaded.store.add(ox.Quad(iri, ox.NamedNode(names.PREF_LABEL), ox.Literal("Brücke", language="de"), ox.DefaultGraph()))
    path = tmp_path / "page.html"
    path.write_text(view.build(loaded), encoding="utf-8")
    page = browser.new_page()
    page.goto(f"{path.as_uri()}#{urlencode({'at': 'ent:bridge'})}")
    page.wait_for_selector("body[data-ready]")
    assert page.get_attribute("#panel h2 bdi", "lang") == "de"
    page.close()
