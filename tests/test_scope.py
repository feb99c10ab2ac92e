"""What a view is about: claims near an entity, of a claimant, of a time, chosen by a query; two claimants side by side; other labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ferry
import pyoxigraph as ox
import pytest

from kg import index, session, view
from kg.errors import InputError, UsageError
from kg.view import scope
from kg.view.pack import unpacked
from kg.view.worlds import worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conftest import Run

    from kg.index import Index
    from kg.model import Claim


@pytest.fixture(scope="module")
def ferry_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write(tmp_path_factory.mktemp("ferry"))


def numbers(claims: Iterable[Claim]) -> list[int]:
    return [int(claim.iri[-3:]) for claim in claims]


def test_near_are_the_claims_about_an_entity_and_with_more_hops_those_about_its_neighbours() -> None:
    holes = ferry.ent("holes")
    assert numbers(scope.near(ferry.CLAIMS, holes)) == [3, 4, 5]
    assert numbers(scope.near(ferry.CLAIMS, holes, hops=2)) == [1, 2, 3, 4, 5]
    assert numbers(scope.near(ferry.CLAIMS, ferry.ent("bridge"))) == [6]
    assert numbers(scope.near(ferry.CLAIMS, ferry.ent("bridge"), hops=2)) == [6, 7, 8, 9, 10]
    assert numbers(scope.near(ferry.CLAIMS, ferry.claim_iri(6))) == [7]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2019-05-31", None, [1, 5, 9]),
        ("2019-06", None, [5, 9]),
        (None, "2018-01-01", [9]),
        (None, "2017", []),
        ("2019", "2019-05", [1, 9]),
        ("2020~", "2020-12-31T10:00:00Z", [5, 9]),
    ],
)
def test_within_are_the_claims_that_share_a_day_with_a_time(since: str | None, until: str | None, found: list[int]) -> None:
    assert numbers(scope.within(ferry.CLAIMS, since=since, until=until)) == found


def test_a_time_that_is_none_or_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="no EDTF level 1 date"):
        scope.within(ferry.CLAIMS, since="last summer")
    with pytest.raises(UsageError, match="the first is later than the second"):
        scope.within(ferry.CLAIMS, since="2020", until="2019")


QUERIES = {
    "a select": ("SELECT ?c { ?c kg:certainty kg:possible }", [6]),
    "two columns": ("SELECT ?one ?other { ?one rdf:subject ?other . ?other a kg:Claim }", [1, 7]),
    "a construct": ("CONSTRUCT WHERE { ?c kg:claimant ent:river-office }", [4]),
    "what is no claim": ("SELECT ?s { ?s skos:prefLabel ?l }", []),
}


@pytest.mark.parametrize(("query", "found"), QUERIES.values(), ids=QUERIES)
def test_a_query_chooses_the_claims_that_it_names(ferry_index: Index, query: str, found: list[int]) -> None:
    chosen = scope.asked_for(ferry_index, query=query).chosen
    assert sorted(numbers(claim for claim in ferry_index.claims if claim.iri in (chosen or ()))) == found


def test_a_query_that_answers_yes_or_no_is_refused(ferry_index: Index) -> None:
    with pytest.raises(UsageError, match="names no claims"):
        scope.asked_for(ferry_index, query="ASK { ?s ?p ?o }")


def test_everything_that_is_asked_for_has_to_hold(ferry_index: Index) -> None:
    asked = scope.asked_for(ferry_index, about="ferry of Aldmoor", claimant="ent:author", since="2019")
    assert numbers(asked.claims(ferry_index.claims, ferry_index.labels)) == [1]
    assert scope.Scope().claims(ferry_index.claims, {}) == ferry_index.claims


def test_a_scope_that_leaves_nothing_says_what_it_was(ferry_index: Index) -> None:
    asked = scope.asked_for(ferry_index, about="ent:holes", hops=2, until="1900")
    with pytest.raises(InputError, match="none of the 10 claims is in this scope: about holes and what is within 2 hops of it, until 1900"):
        view.View(ferry_index, scope=asked)


def page_of(html: str) -> dict[str, Any]:
    return unpacked(html.partition('id="data">')[2].partition("</script>")[0])


def test_a_page_in_scope_holds_these_claims_only_and_says_so(ferry_index: Index) -> None:
    html = view.build(ferry_index, scope=scope.asked_for(ferry_index, about="ent:holes"))
    assert [claim["id"] for claim in page_of(html)["claims"]] == ["claim:fy-003", "claim:fy-004", "claim:fy-005"]
    assert "3 claims about 3 entities: about holes" in html


def test_a_claim_outside_the_scope_that_one_inside_speaks_of_keeps_its_sentence(ferry_index: Index) -> None:
    chosen = scope.Scope(chosen=frozenset({ferry.claim_iri(7)}))
    nodes = page_of(view.build(ferry_index, scope=chosen))["nodes"]
    assert nodes[0]["label"] == "Aldmoor's council closed the ferry."
    assert nodes[0]["kind"] == "Claim that others are about"


def test_labels_in_another_language_are_shown_where_there_are_such(tmp_path: Path) -> None:
    loaded = ferry.write(tmp_path)
    german = ox.Quad(
        ox.NamedNode(ferry.ent("bridge")),
        ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"),
        ox.Literal("Brücke", language="de-AT"),
        ox.DefaultGraph(),
    )
    loaded.store.add(german)
    nodes = {node["id"]: node for node in page_of(view.build(loaded, language="de"))["nodes"]}
    assert (nodes["ent:bridge"]["label"], nodes["ent:bridge"]["language"]) == ("Brücke", "de")
    assert nodes["ent:holes"]["label"] == "holes"
    with pytest.raises(InputError, match="there are labels in de-at, en"):
        view.build(loaded, language="fr")
    with pytest.raises(UsageError, match="no language tag"):
        view.build(loaded, language="<de>")


def test_two_worlds_have_what_they_share_and_what_they_contradict(tmp_path: Path) -> None:
    author, office = ferry.ent("author"), ferry.ent("river-office")
    agreed = replace(ferry.CLAIMS[8], iri=ferry.claim_iri(11), claimant=office, subject=ferry.ent("aldmoor"), object=ferry.ent("brenwick"))
    denied = replace(ferry.CLAIMS[0], iri=ferry.claim_iri(12), claimant=office, polarity="denied")
    made = view.View(ferry.write(tmp_path, claims=[*ferry.CLAIMS, agreed, denied]), compare=(office, author))
    found = worlds(made.data, (office, author))
    ids = [claim.iri[-3:] for claim in made.data.claims]
    assert [[ids[number] for number in pair] for pair in found["shared"]] == [["011", "009"]]
    assert [(ids[one], ids[other], how) for one, other, how in found["opposed"]] == [("012", "001", "contradicts")]
    assert [ids[at] for at, side in enumerate(found["of"]) if side == 0] == ["004", "011", "012"]
    assert page_of(made.html())["worlds"]["shared"] == found["shared"]


def test_a_comparison_needs_two_who_say_something(ferry_index: Index) -> None:
    author, bridge = ferry.ent("author"), ferry.ent("bridge")
    with pytest.raises(UsageError, match="two claimants"):
        view.build(ferry_index, compare=(author, author))
    with pytest.raises(InputError, match="makes no claim here"):
        view.build(ferry_index, compare=(author, bridge))


REFUSED: dict[str, tuple[tuple[str, ...], int, str]] = {
    "nothing left": (("--about", "ent:holes", "--until", "1900"), 3, "none of the 10 claims is in this scope"),
    "who only speaks": (("--about", "ent:author"), 3, "about author of the source; but it makes 7 claims: --claimant in place of --about"),
    "who spoke later": (("--about", "ent:author", "--until", "1900"), 3, "about author of the source, until 1900\n"),
    "hops from nowhere": (("--hops", "2"), 2, "name it with --about"),
    "nobody": (("--claimant", "Aldmor"), 2, "did you mean"),
    "no such thing": (("--about", "ent:nobody"), 2, "nothing here is called ent:nobody"),
    "two scopes of claimants": (("--compare", "ent:author", "ent:brenwick", "--claimant", "ent:author"), 2, "leave out --claimant"),
    "no time": (("--since", "soon"), 2, "no EDTF"),
    "no language": (("--lang", "tlh"), 3, "there are labels in en"),
}


@pytest.mark.parametrize(("options", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_shown_is_said_in_one_line_and_nothing_is_written(
    run_kg: Callable[..., Run], tmp_path: Path, ferry_index: Index, *, options: tuple[str, ...], code: int, words: str
) -> None:
    done = run_kg("view", "-o", tmp_path / "map.html", *options, cwd=ferry_index.workspace.root)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert done.err.count("\n") == 1 or done.err.startswith("Usage:")
    assert not (tmp_path / "map.html").exists()


def test_options_of_scope_go_together_on_the_command_line(run_kg: Callable[..., Run], tmp_path: Path, ferry_index: Index) -> None:
    query = tmp_path / "event.rq"
    query.write_text("SELECT ?claim { ?claim kg:kind kg:event }", encoding="utf-8")
    page, picture = tmp_path / "map.html", tmp_path / "map.svg"
    options = ("--about", "ferry of Aldmoor", "--hops", "2", "--query", query, "--since", "2019-05", "--title", "Closed")
    done = run_kg("view", "-o", page, "--svg", picture, *options, cwd=ferry_index.workspace.root)
    assert done.code == 0, done.err
    assert [claim["id"] for claim in page_of(page.read_text(encoding="utf-8"))["claims"]] == ["claim:fy-001"]
    assert "harbour" not in picture.read_text(encoding="utf-8")


def test_open_shows_the_page_in_the_browser(run_kg: Callable[..., Run], tmp_path: Path, ferry_index: Index) -> None:
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{seen}"\n', encoding="utf-8")
    browser.chmod(0o755)
    page = tmp_path / "map.html"
    done = run_kg("view", "-o", page, "--open", cwd=ferry_index.workspace.root, BROWSER=f"{browser} %s")
    assert done.code == 0, done.err
    assert seen.read_text(encoding="utf-8") == page.as_uri()


def test_a_session_shows_the_same_page_in_a_notebook_and_in_a_file(tmp_path: Path, ferry_index: Index) -> None:
    opened = session.open(ferry_index.workspace.root)
    page = opened.view(tmp_path / "map.html", claimant="river office")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == page == page.html
    page.write(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "map.html").read_bytes()
    assert page._repr_html_().count("<") == 2  # the frame and its end; the page inside it is escaped
    assert [claim["id"] for claim in page_of(page)["claims"]] == ["claim:fy-004"]


def test_an_index_loaded_again_gives_the_same_scope(ferry_index: Index) -> None:
    again = index.load(ferry_index.workspace)
    asked = scope.asked_for(again, about="ent:holes")
    assert view.build(again, scope=asked) == view.build(ferry_index, scope=asked)
