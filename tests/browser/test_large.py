"""Twenty thousand real events in a real browser: groups first, then names, counts that are right, and words for what is not drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import events
import ferry
import pytest

from kg import session, view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from kg.index import Index

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)

DRAWN = "claimgraph.map.network.body.nodeIndices.length"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return events.write(tmp_path_factory.mktemp("events"))


@pytest.fixture
def events_page(open_page: Callable[..., Page], pages: Callable[..., Path], many: Index) -> Callable[..., Page]:
    def start(**options: Any) -> Page:
        return open_page(pages("events", lambda _: view.build(many)), **options)

    return start


def counts(page: Page, key: str) -> dict[str, int]:
    script = """(all, key) => Object.fromEntries(all.map((row) =>
        [row.dataset.value, Number(row.querySelector('.count').textContent.replaceAll(',', ''))]))"""
    found: dict[str, int] = page.eval_on_selector_all(f"[data-facet='{key}'] .value", script)
    return found


def asked(index: Index, key: str, pattern: str = "") -> dict[str, int]:
    prefixes = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in index.workspace.prefixes.items())
    where = f"?claim a kg:Claim ; kg:{key} ?value . {pattern}"
    rows: Any = index.store.query(f"{prefixes} SELECT ?value (COUNT(DISTINCT ?claim) AS ?n) WHERE {{ {where} }} GROUP BY ?value")
    return {row["value"].value.rpartition("#")[2].rpartition("/")[2]: int(row["n"].value) for row in rows}


def test_groups_stand_for_thousands_of_names_and_the_page_says_so(events_page: Callable[..., Page]) -> None:
    page = events_page()
    assert page.inner_text("#count").startswith("20000 of 20000") or page.inner_text("#count").startswith("20,000 of 20,000")
    assert 5 < page.evaluate(DRAWN) <= 400
    assert "groups" in page.inner_text("#left-out")
    assert "5,1" in page.inner_text("#left-out")


def test_facets_count_what_sparql_counts_and_follow_the_others(events_page: Callable[..., Page], many: Index) -> None:
    page = events_page()
    for key in ("polarity", "certainty", "kind"):
        assert counts(page, key) == asked(many, key)
    shown = {name.rpartition(":")[2]: number for name, number in counts(page, "claimant").items()}
    everybody = asked(many, "claimant")
    assert shown == {name: everybody[name] for name in shown}
    page.locator("[data-facet='kind'] [data-value='event'] input").uncheck()
    assert {name: number for name, number in counts(page, "polarity").items() if number} == asked(
        many, "polarity", "?claim kg:kind kg:statement ."
    )


def test_a_group_opens_into_its_names_and_back(events_page: Callable[..., Page]) -> None:
    page = events_page()
    point = page.evaluate("claimgraph.map.pointOf(claimgraph.map.drawing.nodes[0].id)")
    box: Any = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + point["x"], box["y"] + point["y"])
    assert "group=" in page.evaluate("location.hash")
    assert page.evaluate("claimgraph.map.drawing.nodes.every(({ id }) => claimgraph.model.nodes[id].group === undefined)")
    assert 5 < page.evaluate(DRAWN) <= 400
    assert "with most claims" in page.inner_text("#left-out")
    page.go_back()
    assert "groups" in page.inner_text("#left-out")


def test_a_search_that_comes_down_to_few_names_draws_them(events_page: Callable[..., Page]) -> None:
    page = events_page()
    page.fill("#search", "zimbabwe")
    labels = page.evaluate("claimgraph.map.drawing.nodes.map(({ label }) => label)")
    assert 2 < len(labels) <= 400
    assert any("Zimbabwe" in label for label in labels)
    assert page.locator("#left-out").is_hidden()


def test_a_name_is_drawn_with_its_neighbours_and_a_link_brings_it_back(events_page: Callable[..., Page], many: Index) -> None:
    japan = next(iri for iri, entity in many.entities.items() if entity.label == "Japan")
    near = {end for claim in many.claims if japan in {claim.subject, claim.object} for end in (claim.subject, claim.object)}
    page = events_page(address=urlencode({"at": "ent:" + japan.rpartition("/")[2]}))
    drawn = page.evaluate("claimgraph.map.drawing.nodes.map(({ id }) => claimgraph.model.nodes[id].iri)")
    assert japan in drawn
    assert set(drawn) <= near
    assert len(drawn) == min(len(near), 121)
    assert page.evaluate("claimgraph.model.selected(claimgraph.state().selection).length") == sum(
        japan in {claim.subject, claim.object} for claim in many.claims
    )
    page.keyboard.press("Escape")
    assert "groups" in page.inner_text("#left-out")


READ_ALL = """query => {
    const { model } = claimgraph;
    const called = (node) => (node === undefined ? [] : [model.nodes[node].label, ...(model.nodes[node].names ?? [])]);
    const text = (claim) => [claim.label, model.relations[claim.relation].label, ...(claim.notes ?? []),
        ...[claim.subject, claim.object, claim.claimant, claim.reporter].flatMap(called)].join("\\n");
    const words = Claims.fold(query).split(" ");
    return [...model.claims.keys()].filter((number) => words.every((word) => Claims.fold(text(model.claims[number])).includes(word)));
}"""


def test_a_search_finds_what_a_reading_of_every_claim_finds(events_page: Callable[..., Page]) -> None:
    page = events_page(address="view=table")
    sizes = []
    for words in ("merkel statement", "ZUMA", "Zumá", "makeStatement korea", "no such words"):
        found = page.evaluate("query => claimgraph.model.shown({ ...claimgraph.state(), query }).claims", words)
        assert found == page.evaluate(READ_ALL, words)
        sizes.append(len(found))
    assert all(0 < size < 5_000 for size in sizes[:-1])
    assert sizes[1] == sizes[2]
    assert sizes[-1] == 0


def test_a_notebook_shows_the_page_in_a_frame(browser: Browser, tmp_path: Path) -> None:
    opened = session.open(ferry.write(tmp_path).workspace.root)
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!DOCTYPE html><meta charset='utf-8'><body>{opened.view()._repr_html_()}", encoding="utf-8")
    page = browser.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(notebook.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("[data-view='table']").click()
    frame.locator("#table tbody button").first.click()
    assert frame.locator("#panel .sentence").first.inner_text() == "Aldmoor's council closed the ferry."
    frame.locator("#panel .id a").first.click()
    assert frame.locator("#panel .sentence").first.inner_text() == "Aldmoor's council closed the ferry."
    assert troubles == []
    page.close()
