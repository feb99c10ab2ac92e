"""What the views say: of nothing, of a stretch of time, of two who are compared, of one claim that stands to another in two ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import ferry
import pyoxigraph as ox
import pytest

from kg import names, view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from kg.index import Index

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)

TWO = (ferry.ent("council"), ferry.ent("river-office"))
NOTHING = "zzzzzz"


def make(folder: Path, **options: Any) -> str:
    folder.mkdir()
    return view.build(ferry.write(folder), texts=[ferry.WORDS], **options)


@pytest.fixture
def told(open_page: Callable[..., Page], pages: Callable[..., Path]) -> Callable[..., Page]:
    return lambda **asked: open_page(pages("telling", make), address=urlencode(asked))


@pytest.mark.parametrize(
    ("name", "note"),
    [("map", "#left-out"), ("argument", "#argument .view-note"), ("timeline", "#timeline .view-note"), ("table", "#table")],
)
def test_a_view_of_nothing_says_so_and_shows_no_tools(told: Callable[..., Page], name: str, note: str) -> None:
    page = told(view=name, q=NOTHING)
    assert page.inner_text(note).startswith("No claim")
    assert page.locator(f"#{name} .period-tools:visible, #{name} th:visible, #{name} .axis:visible").count() == 0


def test_the_text_says_how_much_of_it_passes_the_filters(told: Callable[..., Page]) -> None:
    assert "passes the filters" not in told(view="article").inner_text("#article .view-note")
    page = told(view="article", polarity="denied")
    marked = page.evaluate("claimgraph.views.article.sentences.filter(({ element }) => element.querySelector('.piece:not(.plain)')).length")
    said = page.inner_text("#article .view-note")
    assert said.startswith(f"{marked} of ")
    assert "that passes the filters" in said
    page.get_by_role("button", name="Go to the first").click()


def test_the_whole_timeline_says_its_years_and_a_stretch_of_it_its_days(told: Callable[..., Page]) -> None:
    page = told(view="timeline")
    days = page.evaluate("claimgraph.views.timeline.extent.map((day) => new Date(day * 864e5).getUTCFullYear())")
    assert page.inner_text("#timeline .period") == f"{days[0]} to {days[1]}"
    page.click("#timeline button[aria-label='Zoom in']")
    assert page.inner_text("#timeline .period") != f"{days[0]} to {days[1]}"


def test_arrows_of_open_ends_stay_within_the_axis(told: Callable[..., Page]) -> None:
    page = told(view="timeline")
    over = page.eval_on_selector_all(
        "#timeline .bar.after, #timeline .bar.before",
        """bars => bars.map((bar) => { const [own, track] = [bar, bar.parentElement].map((each) => each.getBoundingClientRect());
            return [bar.matches('.after') ? track.right - own.right - 9 : 0, bar.matches('.before') ? own.left - track.left - 9 : 0]; })""",
    )
    assert over
    assert min(min(each) for each in over) > -1


def test_a_comparison_is_called_after_the_two_and_sets_their_letters_beside_their_claims(
    open_page: Callable[..., Page], pages: Callable[..., Path], article_index: Index
) -> None:
    pairs = {
        (one.claimant, other.claimant)
        for one in article_index.claims
        for other in article_index.claims
        if one.polarity == "denied"
        and other.polarity == "affirmed"
        and (one.subject, one.object) == (other.subject, other.object)
        and one.claimant != other.claimant
    }
    two = min(pairs)
    page = open_page(pages("telling-two", lambda _: view.build(article_index, compare=two)))
    title = page.inner_text("h1")
    assert all(article_index.labels[each] in title for each in two)
    rows = page.eval_on_selector_all(
        "#panel .dispute:has(.world)",
        """rows => rows.flatMap((row) => [...row.querySelectorAll('.world')].map((letter) => {
            let claim = letter.nextElementSibling;
            while (!claim.matches('.name')) claim = claim.nextElementSibling;
            const [one, other] = [letter, claim].map((each) => each.getBoundingClientRect());
            return [one.left, one.top - other.top, other.left - one.right]; }))""",
    )
    assert len(rows) >= 2
    assert len({left for left, _, _ in rows}) == 1
    assert all(abs(top) < 6 and gap > 0 for _, top, gap in rows)


def test_a_claim_that_undercuts_and_contradicts_stands_once_with_both_words(
    open_page: Callable[..., Page], pages: Callable[..., Path], article_index: Index
) -> None:
    page = open_page(pages("telling-article", lambda _: view.build(article_index)))
    both = page.evaluate(
        """() => { const { model } = claimgraph;
            return model.claims.findIndex(({ contested }, number) => contested
                && model.spokenOf(number).some(({ end }) => contested.some(([other]) => model.nodes[end].claim === other))); }"""
    )
    assert both >= 0
    page.evaluate("(claim) => claimgraph.map.onSelect({ claim })", both)
    said = (
        page.locator("#panel .card")
        .first.locator(".relatives dd")
        .evaluate_all("all => all.map((each) => each.querySelector('.name').textContent)")
    )
    assert len(said) == len(set(said))
    assert ", contradicts" in " | ".join(page.locator("#panel .card").first.locator(".relatives dt").all_inner_texts())


def test_the_exports_tag_a_label_with_its_own_language(open_page: Callable[..., Page], pages: Callable[..., Path], tmp_path: Path) -> None:
    loaded = ferry.write(tmp_path)
    iri = ox.NamedNode(ferry.ent("bridge"))
    for words, language, change in (("bridge", "en", loaded.store.remove), ("Brücke", "de", loaded.store.add)):
        change(ox.Quad(iri, ox.NamedNode(names.PREF_LABEL), ox.Literal(words, language=language), ox.DefaultGraph()))
    page = open_page(pages("telling-tongues", lambda _: view.build(loaded)))
    label = {"@value": loaded.entities[ferry.ent("bridge")].label, "@language": "de"}
    for text in (
        page.inner_text("#linked"),
        page.evaluate("Exports.toJsonLd(claimgraph.model, claimgraph.model.claims.map((_, at) => at))"),
    ):
        nodes = {node["@id"]: node for node in json.loads(text)["@graph"]}
        assert nodes[ferry.ent("bridge")]["prefLabel"] == label
    turtle = page.evaluate("Exports.toTurtle(claimgraph.model, claimgraph.model.claims.map((_, at) => at))")
    assert f'"{label["@value"]}"@de' in turtle
