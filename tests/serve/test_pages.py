"""What people see under `kg serve`, made by the functions of jobs: pages, forms, documents, maps. No server and no browser."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import ferry
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from kg import names, query, saved
from kg.errors import LimitError
from kg.model import Entity
from kg.pages import documents, forms, result
from kg.serve import complete, jobs, pages, render, resources
from kg.serve.shown import Shown

if TYPE_CHECKING:
    from pathlib import Path

    from kg.index import Index
    from kg.serve.jobs import Reply

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DENIED = "SELECT ?claim ?label { ?claim kg:polarity kg:denied ; rdfs:label ?label }"
QUERY = """#+ summary: Who said it
#+ description: The claims of one party.
#+ tags: claims, people
#+ param: who | claimant | required | whose claims
#+ param: how | polarity | optional | affirmed or denied
#+ param: day | date | optional | any day
#+ param: most | integer | 5 | a number
SELECT ?claim ?label ?how WHERE {
  ?claim kg:claimant ?who ; kg:polarity ?how ; rdfs:label ?label .
  OPTIONAL { ?claim kg:from ?from } FILTER(!BOUND(?day) || ?from = ?day) FILTER(?most > 0)
} ORDER BY ?claim
"""


class Found(HTMLParser):
    """What stands in a page: elements with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [given for name, given in self.elements if name == tag and all(given.get(key) == value for key, value in wanted.items())]

    @property
    def links(self) -> list[str]:
        return [given["href"] or "" for given in self.all("a")]


@pytest.fixture(scope="module")
def ferry_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("ferry")
    found = ferry.write(folder)
    (folder / "queries").mkdir()
    (folder / "queries" / "who-said.rq").write_text(QUERY)
    (folder / "queries" / "none-violation.rq").write_text("#+ summary: A check\nSELECT ?a { ?a a kg:None }")
    return found


@pytest.fixture(scope="module")
def hostile_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("hostile")
    found = ferry.write_hostile(folder)
    (folder / "queries").mkdir()
    evil = ferry.HOSTILE.replace("\u202e", "")
    header = f"#+ summary: {evil}\n#+ description: {evil}\n#+ tags: {evil}\n#+ param: who | iri | optional | {evil}\n"
    (folder / "queries" / "evil.rq").write_text(header + "SELECT ?c ?who { ?c rdf:subject ?who } ORDER BY ?c", encoding="utf-8")
    return found


def get(index: Index, address: str, accept: str = BROWSER) -> Reply:
    path, _, fields = address.partition("?")
    job = {"kind": "page", "path": path, "query": fields.partition("#")[0], "accept": accept, "rows": 1000}
    return jobs.answer(index, job)


def page(index: Index, address: str, status: int = 200) -> Found:
    reply = get(index, address)
    assert reply.status == status, reply.body[:300]
    assert reply.media_type == "text/html; charset=utf-8"
    return Found(reply.body.decode())


def ask(text: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": text, **more})


# The page to ask on


@pytest.mark.parametrize("address", ["/", "/sparql"])
def test_the_page_to_ask_on_has_a_query_to_begin_with_and_the_saved_ones(ferry_index: Index, address: str) -> None:
    found = page(ferry_index, address)
    assert "kg:denied" in found.words
    assert "/queries/who-said" in found.links
    assert "/queries/none-violation" not in found.links
    assert "10 claims, 9 entities, 1 source" in found.words
    assert found.all("form", action="/sparql#result", method="get")


def test_an_answer_is_a_table_whose_things_lead_to_their_pages(ferry_index: Index) -> None:
    found = page(ferry_index, ask(DENIED))
    assert "1 row" in found.words
    assert "Brenwick denies that the ferry is troubled by holes." in found.words
    assert "/page/claim/fy-003" in found.links
    assert "Paragraph" not in found.words
    assert re.search(r"¶\d+ s\d+ \d+-\d+", found.words)  # where the text says it
    assert "/page/" + Shown(ferry_index).path(ferry.passage_of("Brenwick denies that the ferry leaks").iri) in found.links
    assert f"/sparql.csv?{urlencode({'query': DENIED})}" in found.links


def test_the_query_of_an_address_stands_in_the_editor_to_the_letter(ferry_index: Index) -> None:
    text = "SELECT * {\n  # </textarea>\u202e &amp; \"quotes\"\n  ?a ?b '<i>'\n}"
    reply = get(ferry_index, ask(text))
    area = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", reply.body.decode(), re.DOTALL)
    assert area
    unescaped = Found(area[1]).words
    assert unescaped == text


def test_ways_to_see_an_answer_say_what_they_have(ferry_index: Index) -> None:
    found = page(ferry_index, ask("SELECT ?c { ?c a kg:Claim }"))
    assert "10 claims" in found.words
    assert "3 dated" in found.words
    assert not found.all("iframe")


def test_the_link_to_copy_and_what_run_opens_lead_to_the_answer(ferry_index: Index) -> None:
    found = page(ferry_index, ask(DENIED))
    assert found.all("a", id="copy-link")[0]["href"] == ask(DENIED) + "#result"
    assert found.all("section", id="result")
    assert page(ferry_index, "/queries/who-said").all("form", action="/queries/who-said#result")
    refused = page(ferry_index, ask("SELECT * { SERVICE <http://a.example/> { ?a ?b ?c } }"), status=403)
    assert refused.all("section", role="alert")


def test_what_stands_in_every_row_is_said_once_above_the_table(ferry_index: Index) -> None:
    found = page(ferry_index, ask("SELECT ?c ?kind { ?c a ?kind ; kg:claimant ?who } ORDER BY ?c"))
    assert re.search(r"In every row\s*kind\s", found.words)
    assert len(found.all("a", href="/page/ontology#Claim")) == 1
    assert "In every row" not in page(ferry_index, ask("SELECT (1 AS ?one) { ?c a kg:Claim }")).words  # a table keeps a column


def test_a_map_of_other_claims_than_rows_says_how_many_there_are_of_both(ferry_index: Index) -> None:
    pairs = page(ferry_index, ask("SELECT ?c ?k { ?c a kg:Claim . VALUES ?k { 1 2 } }", view="map"))
    assert "20 rows name 10 claims, and the map has each of these once" in pairs.words
    assert "each of these once" not in page(ferry_index, ask("SELECT ?c { ?c a kg:Claim }", view="map")).words


def test_a_served_map_leads_back_to_the_pages_and_to_its_query(ferry_index: Index) -> None:
    for address, back in [
        ("/map", None),
        ("/map?" + urlencode({"query": DENIED}), ask(DENIED) + "#result"),
        ("/map/who-said?who=Brenwick", "/queries/who-said?who=Brenwick#result"),
    ]:
        links = {given["href"]: given["target"] for given in page(ferry_index, address).all("a") if given.get("target")}
        assert links == dict.fromkeys([each for each in (back, "/sparql", "/queries/") if each], "_top")


@pytest.mark.parametrize(("view", "end"), [("map", ""), ("timeline", "#view=timeline")])
def test_the_map_and_the_timeline_of_an_answer_are_framed(ferry_index: Index, view: str, end: str) -> None:
    frame = page(ferry_index, ask(DENIED, view=view)).all("iframe")[0]
    assert frame["src"] == "/map?" + urlencode({"query": DENIED}) + end
    assert frame["title"]


def test_rows_without_claims_have_no_map_and_say_why(ferry_index: Index) -> None:
    found = page(ferry_index, ask("SELECT (1 AS ?one) {}", view="map"))
    assert "These rows name no claims" in found.words
    assert not found.all("iframe")


def test_an_answer_without_rows_says_which_part_has_no_match(ferry_index: Index) -> None:
    found = page(ferry_index, ask("SELECT * { ?c kg:polarity kg:denied ; kg:certainty kg:possible }"))
    assert "0 rows" in found.words
    assert "nothing matches from here on: kg:certainty kg:possible" in found.words


def test_a_yes_or_no_is_said(ferry_index: Index) -> None:
    assert "There is a match." in page(ferry_index, ask("ASK { ?c a kg:Claim }")).words
    assert "There is no match." in page(ferry_index, ask("ASK { ?c a kg:Nothing }")).words


def test_triples_are_shown_as_rows_and_offered_as_rdf(ferry_index: Index) -> None:
    text = "CONSTRUCT { ?c kg:claimant ?w } WHERE { ?c kg:claimant ?w }"
    found = page(ferry_index, ask(text))
    assert "10 triples" in found.words
    assert f"/sparql.ttl?{urlencode({'query': text})}" in found.links


def test_a_long_answer_is_shown_in_part_and_says_so(ferry_index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result, "SHOWN", 3)
    found = page(ferry_index, ask("SELECT ?c { ?c a kg:Claim }"))
    assert "The first 3 rows" in found.words
    assert "There are more: the page shows the first 3." in found.words
    assert "3 claims and more" in found.words
    assert get(ferry_index, "/sparql.csv?" + urlencode({"query": "SELECT ?c { ?c a kg:Claim }"})).body.count(b"\r\n") == 11


def test_a_query_too_long_for_a_link_is_answered_without_links(ferry_index: Index) -> None:
    found = page(ferry_index, ask("#" + "x" * 7000 + "\n" + DENIED))
    assert "too long to stand in a link" in found.words
    assert not [link for link in found.links if "query=" in link]


def test_a_mistake_is_shown_at_its_place(ferry_index: Index) -> None:
    found = page(ferry_index, ask("SELECT * {\n  ?c kgg:x ?y }"), status=400)
    (problem,) = [given for given in found.all("section") if given.get("role") == "alert"]
    assert (problem["data-line"], problem["data-column"]) == ("2", "6")
    assert "did you mean kg:?" in found.words
    assert "  ?c kgg:x ?y }\n     ^" in found.words


@pytest.mark.parametrize(("text", "status"), [("SELECT * { SERVICE <http://a.example/> { ?a ?b ?c } }", 403), ("(" * 10_000, 400)])
def test_a_query_that_is_refused_is_refused_on_the_page_too(ferry_index: Index, text: str, status: int) -> None:
    assert page(ferry_index, ask(text), status=status).all("section", role="alert")


# Files


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "xml", "md"])
def test_answers_are_files(ferry_index: Index, name: str) -> None:
    reply = get(ferry_index, f"/sparql.{name}?" + urlencode({"query": DENIED}), "*/*")
    assert reply.status == 200
    assert reply.headers["Content-Disposition"] == f'attachment; filename="answer.{name}"'
    assert b"fy-003" in reply.body


def test_a_file_has_all_rows_or_there_is_none(ferry_index: Index) -> None:
    job = {"kind": "page", "path": "/sparql.csv", "query": urlencode({"query": "SELECT * { ?a ?b ?c }"}), "accept": "*/*", "rows": 5}
    reply = jobs.answer(ferry_index, job)
    assert reply.status == 413
    assert "more than 5 rows" in json.loads(reply.body)["detail"]
    large = jobs.answer(ferry_index, {**job, "rows": None, "size": 1000})
    assert large.status == 413
    assert "larger than 1,000 bytes" in json.loads(large.body)["detail"]


def test_unknown_formats_and_unfit_ones_are_said(ferry_index: Index) -> None:
    assert get(ferry_index, "/sparql.exe?query=ASK{}").status == 404
    assert get(ferry_index, "/sparql.ttl?" + urlencode({"query": DENIED})).status == 400


# Saved queries


def test_saved_queries_are_listed_searched_and_chosen_by_tag(ferry_index: Index) -> None:
    found = page(ferry_index, "/queries/")
    assert "Who said it" in found.words
    assert "1 query of kg check" in found.words
    assert "/queries/who-said" in page(ferry_index, "/queries/?q=PARTY+said").links
    assert "/queries/who-said" not in page(ferry_index, "/queries/?q=nowhere").links
    assert "/queries/who-said" in page(ferry_index, "/queries/?tag=people").links
    assert "/queries/who-said" not in page(ferry_index, "/queries/?tag=other").links


def test_a_query_file_that_cannot_be_used_is_listed_with_what_is_wrong_and_spoils_no_other(tmp_path: Path) -> None:
    index = ferry.write(tmp_path)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "good.rq").write_text(QUERY)
    (tmp_path / "queries" / "bad.rq").write_text("#+ sumary: Oops\nASK {}")
    (tmp_path / "queries" / "Bad <b> Name.rq").write_text("ASK {}")
    (tmp_path / "queries" / "out.rq").symlink_to("/etc/hostname")
    found = page(index, "/queries/")
    assert "It cannot be used: the header key 'sumary' is unknown" in found.words
    assert found.words.count("It cannot be used") == 3
    assert "/queries/good" in page(index, "/").links
    assert page(index, "/queries/good").words
    assert get(index, "/queries/bad").status == 400
    assert get(index, "/queries/out").status == 400


def test_the_fields_of_a_form_are_the_parameters_by_their_types(ferry_index: Index) -> None:
    found = page(ferry_index, "/queries/who-said")
    assert found.all("input", name="who")[0]["list"]
    assert "required" in found.all("input", name="who")[0]
    assert found.all("input", name="day", type="date")
    assert found.all("input", name="most", type="number")[0]["value"] == "5"
    assert {given["value"] for given in found.all("option")} >= {"", "affirmed", "denied", "Brenwick", "river office"}
    assert "0 rows" not in found.words  # nothing is asked before what it needs is given


def test_a_form_shows_an_example_that_gives_rows(ferry_index: Index) -> None:
    found = page(ferry_index, "/queries/who-said")
    (example,) = [link for link in found.links if link.startswith("/queries/who-said?")]
    assert "Try it with author of the source" in found.words
    assert "7 rows" in page(ferry_index, example).words


@pytest.mark.parametrize(
    "who", ["Brenwick", "brenwick", "ent:brenwick", "<https://w3id.org/claimgraph/entity/brenwick>", "the town across"]
)
def test_a_thing_is_given_by_label_or_id_and_the_address_holds_it(ferry_index: Index, who: str) -> None:
    found = page(ferry_index, "/queries/who-said?" + urlencode({"who": who, "how": "", "day": ""}))
    assert "1 row" in found.words
    assert found.all("input", name="who")[0]["value"] == who
    assert "/queries/who-said?" + urlencode({"who": who}) + "#result" in found.links  # the link to copy leaves empty fields out
    assert "/queries/who-said.csv?" + urlencode({"who": who}) in found.links
    assert "/queries/who-said/map?" + urlencode({"who": who}) + "#result" in found.links


def test_a_wrong_value_is_named_at_its_field_without_the_words_of_the_command_line(ferry_index: Index) -> None:
    found = page(ferry_index, "/queries/who-said?who=Brenwik&day=today", status=400)
    assert found.all("input", name="who")[0]["aria-invalid"] == "true"
    assert "did you mean 'Brenwick'" in found.words
    assert "'today' is no date for the parameter 'day'; give it as in 2022-09-05" in found.words
    assert "-p " not in found.words


def test_what_is_missing_and_what_is_unknown_is_said(ferry_index: Index) -> None:
    assert "Still to fill in: who" in page(ferry_index, "/queries/who-said?how=denied").words
    assert "the query has no parameter 'colour'" in page(ferry_index, "/queries/who-said?colour=red", status=400).words
    assert get(ferry_index, "/queries/no-such-query").status == 404
    assert get(ferry_index, "/queries/..%2f..%2fkg").status == 404
    assert get(ferry_index, "/queries/who-said/elsewhere").status == 404


def test_the_final_text_opens_in_the_editor_and_gives_the_same_rows(ferry_index: Index) -> None:
    found = page(ferry_index, "/queries/who-said?who=Brenwick")
    (change,) = [link for link in found.links if link.startswith("/sparql?query=")]
    opened = page(ferry_index, change)
    assert "VALUES (?who ?most) { (ent:brenwick" in opened.words
    assert "#+" not in opened.words
    assert "1 row" in opened.words


@pytest.mark.parametrize("name", ["denials", "claims-between-dates", "contradictions", "entities"])
def test_final_texts_mean_what_the_saved_queries_mean(article_index: Index, name: str) -> None:
    found = saved.find(article_index.workspace.queries_dir, name)
    given = {"who": "Taliban", "firstDay": "2021-01-01", "lastDay": "2022-12-31"}
    given = {key: value for key, value in given.items() if key in {each.name for each in found.parameters}}
    filled = forms.fill(found, given, Shown(article_index))
    text = forms.final_text(found, filled.terms, article_index.workspace.prefixes)
    assert query.run(article_index, text).rows == query.run(article_index, found.text, values=filled.terms).rows != []


def test_every_saved_query_has_a_page_and_its_example_gives_rows(article_index: Index) -> None:
    tried = 0
    for name, path in saved.find_all(article_index.workspace.queries_dir).items():
        found = page(article_index, f"/queries/{name}")
        if any(parameter.is_required for parameter in saved.read(path).parameters):
            (example,) = [link for link in found.links if link.startswith(f"/queries/{name}?") and "#" not in link]
            assert re.search(r"\b[1-9]\d* (row|triple)s?\b", page(article_index, example).words), example
            tried += 1
    assert tried > 10


# Maps


def test_the_map_is_that_of_the_claims_in_the_answer(ferry_index: Index) -> None:
    reply = get(ferry_index, "/map?" + urlencode({"query": DENIED}))
    assert "1 claim about" in reply.body.decode()
    assert reply.headers["Content-Security-Policy"].startswith("frame-ancestors 'self'")
    assert "1 claim about" in get(ferry_index, "/map/who-said?who=Brenwick").body.decode()
    assert "10 claims, 9 entities" in get(ferry_index, "/map").body.decode()
    assert "said by Brenwick" in get(ferry_index, "/map?claimant=Brenwick").body.decode()


@pytest.mark.parametrize(
    "fields",
    [{"query": "SELECT (1 AS ?a) {}"}, {"colour": "red"}, {"about": "ent:aldmoor", "hops": "x"}, {"about": "Atlantis"}, {"query": "{"}],
)
def test_a_map_of_nothing_is_refused_in_words(ferry_index: Index, fields: dict[str, str]) -> None:
    assert get(ferry_index, "/map?" + urlencode(fields)).status == 400


# Names as addresses


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        (BROWSER, "/page/entity/ferry"),
        ("", "/page/entity/ferry"),
        ("text/turtle", "/data/entity/ferry.ttl"),
        ("application/ld+json;q=0.9, text/turtle;q=0.2", "/data/entity/ferry.jsonld"),
        ("application/n-triples", "/data/entity/ferry.nt"),
    ],
)
def test_a_name_leads_to_the_document_that_is_wanted(ferry_index: Index, accept: str, target: str) -> None:
    reply = get(ferry_index, "/entity/ferry", accept)
    assert (reply.status, reply.headers["Location"], reply.headers["Vary"]) == (303, target, "Accept")
    assert '</data/entity/ferry.nt>; rel="alternate"; type="application/n-triples"' in reply.headers["Link"]


def test_what_is_not_here_and_what_cannot_be_given_is_said(ferry_index: Index) -> None:
    assert get(ferry_index, "/entity/nobody").status == 404
    assert get(ferry_index, "/elsewhere/ferry").status == 404
    assert get(ferry_index, "/page/entity/nobody").status == 404
    assert get(ferry_index, "/data/entity/ferry.exe").status == 404
    assert get(ferry_index, "/data/entity/nobody.ttl").status == 404
    refused = get(ferry_index, "/entity/ferry", "image/png")
    assert (refused.status, refused.headers["Vary"]) == (406, "Accept")


NAMES = ["entity/ferry", "claim/fy-004", "passage/fy-", "source/fy", "relation/closed", "graph/fy", "ontology"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own reader of JSON-LD
@pytest.mark.parametrize("name", NAMES)
def test_the_documents_of_a_thing_hold_the_same_triples(ferry_index: Index, name: str) -> None:
    if name.endswith("-"):
        name = next(iri for iri in ferry_index.passages).removeprefix(names.BASE)
    iri = resources.find(ferry_index, name)
    graphs = []
    for suffix, form in (("ttl", "turtle"), ("jsonld", "json-ld"), ("nt", "nt")):
        reply = get(ferry_index, f"/data/{name}.{suffix}", "*/*")
        assert reply.status == 200
        assert f'<{iri}>; rel="describes"' in reply.headers["Link"]
        graphs.append(rdflib.Graph().parse(data=reply.body, format=form))
    assert isomorphic(graphs[0], graphs[1])
    assert isomorphic(graphs[0], graphs[2])
    said, itself = documents.triples_of(ferry_index, iri), documents.about_itself(ferry_index, iri)
    expected = rdflib.Graph().parse(data="".join(f"{triple} .\n" for triple in [*said, *itself]), format="nt")
    assert isomorphic(graphs[0], expected)
    assert len(said) > 0


def test_a_document_holds_what_is_said_of_a_thing_and_with_it(ferry_index: Index) -> None:
    found = {(triple.subject.value, triple.predicate.value) for triple in documents.triples_of(ferry_index, ferry.ent("ferry"))}  # type: ignore[union-attr]
    assert (ferry.ent("ferry"), names.PREF_LABEL) in found
    assert (ferry.claim_iri(3), names.SUBJECT) in found


def test_every_name_of_the_article_has_a_page_and_leads_there(article_index: Index) -> None:
    shown = Shown(article_index)
    every = [
        *article_index.entities,
        *article_index.sources,
        *article_index.relations,
        *[claim.iri for claim in article_index.all_claims],
        *list(article_index.passages)[:20],
    ]
    for iri in every:
        path = shown.path(iri)
        assert get(article_index, f"/{path}").headers["Location"] == f"/page/{path}"
        assert page(article_index, f"/page/{path}").words


def test_links_of_a_page_lead_to_pages(ferry_index: Index) -> None:
    waiting, seen = ["/page/entity/ferry", "/queries/", "/page/ontology"], set[str]()
    while waiting and len(seen) < 60:
        address = waiting.pop(0)
        if address in seen or address.startswith(("/map", "#", "/.well-known", "/health")):
            continue
        seen.add(address)
        reply = get(ferry_index, address.partition("#")[0])
        assert reply.status in {200, 303}, address
        if reply.media_type.startswith("text/html"):
            waiting += [link for link in Found(reply.body.decode()).links if link.startswith("/")]
    assert len(seen) == 60


def test_the_page_of_an_entity_has_its_claims_with_claimant_and_passage_and_dispute(ferry_index: Index) -> None:
    found = page(ferry_index, "/page/entity/ferry")
    assert "Claims about it 4" in " ".join(found.words.split())
    assert re.search(r"Paragraph \d+, sentence \d+, characters \d+", found.words)
    assert "/page/claim/fy-003" in found.links
    assert "contradicts:" in found.words
    town = page(ferry_index, "/page/entity/brenwick")
    assert "the town across" in town.words
    assert "Claims it makes 1" in " ".join(town.words.split())


def test_long_lists_of_claims_come_in_parts(tmp_path: Path) -> None:
    found = ferry.write(
        tmp_path, claims=[ferry.claim(at, f"Claim {at}.", ferry.ent("ferry"), "closed", ferry.ent("holes")) for at in range(1, 121)]
    )
    first = page(found, "/page/entity/ferry")
    assert "1\u201350 of 120" in first.words
    assert "?about=50#part-about" in first.links
    last = page(found, "/page/entity/ferry?about=100")
    assert "101\u2013120 of 120" in last.words
    assert len(last.all("article")) == 20


def test_the_page_of_a_claim_says_how_and_where_and_what_disagrees(ferry_index: Index) -> None:
    found = page(ferry_index, "/page/claim/fy-003")
    assert "reported by" in found.words
    assert "denied" in found.words
    assert "/page/claim/fy-004" in found.links
    assert "/page/" + Shown(ferry_index).path(ferry.passage_of("Brenwick denies that the ferry leaks").iri) in found.links
    assert "/data/claim/fy-003.ttl" in found.links


def test_names_with_signs_of_their_own_are_found_however_they_are_sent(tmp_path: Path) -> None:
    odd = [ferry.ent("a b".replace(" ", "%20")), ferry.ent("café"), ferry.ent("what?#now"), ferry.ent("x/../y")]
    entities = [*ferry.ENTITIES, *(Entity(iri=iri, label=f"Odd {at}", types=(names.SCHEMA + "Place",)) for at, iri in enumerate(odd))]
    index = ferry.write(tmp_path, entities=entities)
    for at, iri in enumerate(odd):
        assert f"Odd {at}" in page(index, Shown(index).href(iri)).words
        assert get(index, "/" + Shown(index).path(iri)).status == 303
    assert "Odd 1" in page(index, "/page/entity/" + quote("café")).words


def test_a_workspace_with_a_base_of_its_own_answers_for_that_base(tmp_path: Path) -> None:
    ferry.write(tmp_path)
    for path in (tmp_path / "graph").glob("*.ttl"):
        text = path.read_text(encoding="utf-8")
        for kind in ("claim", "entity", "passage", "source", "graph"):
            text = text.replace(f"{names.BASE}{kind}/", f"https://ferry.example/k/{kind}/")
        path.write_text(text, encoding="utf-8")
    (tmp_path / "kg.toml").write_text('base = "https://ferry.example/k/"\n')
    from kg import index, workspace

    found = index.load(workspace.find(tmp_path))
    assert get(found, "/entity/ferry").headers["Location"] == "/page/entity/ferry"
    assert get(found, "/relation/closed").headers["Location"] == "/page/relation/closed"
    assert "https://ferry.example/k/entity/ferry" in page(found, "/page/entity/ferry").words


def test_anything_else_that_is_named_has_a_page_by_its_iri(ferry_index: Index) -> None:
    assert "kg:Claim" not in page(ferry_index, "/page?" + urlencode({"iri": names.SCHEMA + "Country"})).words
    assert get(ferry_index, "/page?iri=urn:nothing").status == 404
    assert get(ferry_index, "/page?iri=no+iri").status == 404


# Finding and completing


def test_finding_leads_to_the_one_or_lists_those_that_fit(ferry_index: Index) -> None:
    assert get(ferry_index, "/find?q=the+town+across").headers["Location"] == "/page/entity/brenwick"
    assert get(ferry_index, "/find?q=ent:ferry").headers["Location"] == "/page/entity/ferry"
    listed = page(ferry_index, "/find?q=aldm")
    assert "council of Aldmoor" in listed.words
    assert "Nothing here has these words" in page(ferry_index, "/find?q=zzz").words


def test_hyphens_and_thousands_make_no_difference_and_the_number_of_a_claim_finds_it(tmp_path: Path) -> None:
    index = ferry.write_nets(tmp_path)
    for text, found in ferry.SPELLINGS.items():
        assert found in complete.things(index, text, limit=5)[0].label, text
    assert complete.things(index, "fy-043", limit=5) == []
    assert "12,500" in page(index, "/find?q=fy-042").words


def completed(index: Index, **fields: str) -> list[str]:
    return [each["value"] for each in json.loads(get(index, "/complete?" + urlencode(fields)).body)["items"]]


def test_the_editor_completes_prefixes_names_and_labels(ferry_index: Index) -> None:
    assert "ent:" in completed(ferry_index, word="en")
    assert completed(ferry_index, word="ent:br") == ["ent:bridge", "ent:brenwick"]
    assert "kg:claimant" in completed(ferry_index, word="kg:cla")
    assert "ent:river-office" in completed(ferry_index, word="river")
    assert completed(ferry_index, word="nope:x") == []
    assert completed(ferry_index, word="") == []


def test_a_field_completes_what_its_parameter_takes(ferry_index: Index) -> None:
    assert completed(ferry_index, word="riv", type="claimant") == ["river office"]
    assert completed(ferry_index, word="holes", type="claimant") == []
    assert "closed" in completed(ferry_index, word="clo", type="relation")
    assert completed(ferry_index, word="office counts", type="claim") == ["claim:fy-005"]


# Safety


ADDRESSES = [
    "/",
    "/queries/",
    "/queries/evil",
    "/queries/evil/map",
    "/page/source/fy",
    "/page/entity/ferry",
    "/page/claim/fy-011",
    "/page/claim/fy-012",
    "/page/entity/" + quote("javascript:window.pwned=3"),
    "/page?" + urlencode({"iri": "javascript:window.pwned=5"}),
    "/page?" + urlencode({"iri": "javascript:window.pwned=6"}),
    "/find?q=script",
    "/queries/evil?" + urlencode({"who": ferry.HOSTILE}),
    "/queries/?" + urlencode({"q": ferry.HOSTILE, "tag": ferry.HOSTILE}),
    "/find?" + urlencode({"q": ferry.HOSTILE}),
    ask(ferry.HOSTILE),
    ask("SELECT * { ?s ?p ?o }"),
    ask(f"SELECT ('{ferry.HOSTILE}' AS ?x) {{}}"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_text_of_others_is_only_text(hostile_index: Index, address: str) -> None:
    reply = get(hostile_index, address)
    assert reply.media_type.startswith("text/html")
    found = Found(reply.body.decode())
    assert not found.all("img")
    assert all(given.get("src") in {"/static/serve.js", "/static/editor.js"} for given in found.all("script"))
    assert not [name for _, given in found.elements for name in given if name.startswith("on") or name == "style"]
    assert all(link.startswith(("/", "#", "?", "https://w3id.org/", "https://schema.org/")) for link in found.links)
    assert not [link for link in found.links if link.lower().startswith("javascript")]
    body = re.sub(
        r"<textarea.*?</textarea>|<input [^>]*>", "", reply.body.decode(), flags=re.DOTALL
    )  # these give back what they were given
    assert not re.findall(r"[\u202e\x00\x1b]", body)
    assert "script-src 'self'" in reply.headers["Content-Security-Policy"]


def test_pages_ask_for_files_of_this_server_only(ferry_index: Index) -> None:
    found = page(ferry_index, ask(DENIED))
    asked = [given["src"] for given in found.all("script")] + [given["href"] for given in found.all("link")]
    assert all(each and each.startswith(("/static/", "data:,")) for each in asked)
    for each in asked:
        if each and each.startswith("/static/"):
            assert render.asset(each.removeprefix("/static/")).body


def test_a_problem_is_a_pagefor_people_and_a_document_for_programs() -> None:
    refused = jobs.problem(503, "the query took longer than 10 seconds")
    shown = pages.for_people(refused, BROWSER, urlencode({"query": "SELECT *\n{ <script> }"}))
    assert (shown.status, shown.media_type, shown.headers["Retry-After"]) == (503, "text/html; charset=utf-8", "1")
    found = Found(shown.body.decode())
    assert "the query took longer than 10 seconds" in found.words
    assert "/sparql#query=SELECT%20%2A%0A%7B%20%3Cscript%3E%20%7D" in found.links
    assert pages.for_people(refused, BROWSER, "a=1&" * 500 + "query=x").status == 503
    assert pages.for_people(refused, "*/*", "") is refused


def test_only_who_is_told_that_the_server_is_busy_is_told_to_ask_again() -> None:
    busy, stopped = jobs.problem(503, "all are busy"), jobs.problem_of(LimitError("the query took longer than 1 s and was stopped"))
    assert busy.headers["Retry-After"] == "1"
    assert (stopped.status, "Retry-After" in stopped.headers) == (503, False)


def test_a_query_that_was_stopped_keeps_its_text_in_the_editor_above_the_reason() -> None:
    text = "SELECT *\r\n{ </textarea><script> }"
    stopped = jobs.problem_of(LimitError("the query took longer than 1 s and was stopped"))
    shown = pages.for_people(stopped, BROWSER, urlencode({"query": text, "view": "map"}), "/sparql")
    body = shown.body.decode()
    found = Found(body)
    assert shown.status == 503
    assert "Unavailable" not in body
    assert "The query was stopped" in found.words
    assert "SELECT *\n{ </textarea><script> }" in found.words
    assert found.all("form", action="/sparql#result")
    assert found.all("input", name="view", value="map")
    assert found.all("section", id="result", role="alert")
    assert body.index("</textarea>") < body.index("took longer than 1 s") < body.index("</main>")
    busy = pages.for_people(jobs.problem(503, "all are busy"), BROWSER, urlencode({"query": text}), "/sparql")
    assert "The server is busy" in Found(busy.body.decode()).words
    saved_one = Found(pages.for_people(stopped, BROWSER, "who=Brenwick", "/queries/who-said/map").body.decode())
    assert "/queries/who-said" in saved_one.links
    assert "The query was stopped" in saved_one.words


FIRST = [
    "",
    "sparql",
    "sparql.csv",
    "queries",
    "map",
    "page",
    "data",
    "find",
    "complete",
    "entity",
    "claim",
    "ontology",
    "graph",
    "passage",
]
STEP = st.one_of(
    st.sampled_from(
        [
            "",
            "entity",
            "ferry",
            "ferry.ttl",
            "who-said",
            "who-said.csv",
            "map",
            "timeline",
            "ontology.nt",
            "..",
            "%00",
            "%ff",
            "%",
            "fy-001",
        ]
    ),
    st.text(max_size=8).map(quote),
)
FIELD = st.tuples(
    st.sampled_from(
        ["query", "view", "who", "how", "day", "most", "q", "tag", "word", "type", "iri", "about", "hops", "since", "claimant", "here"]
    ),
    st.one_of(
        st.sampled_from([DENIED, "{", "ent:ferry", "map", "1", "-1", "claim", "relation", "2019-13-40", "\x00", "\ud800"]),
        st.text(max_size=12),
    ),
)


@given(
    st.sampled_from(FIRST), st.lists(STEP, max_size=3), st.lists(FIELD, max_size=3), st.sampled_from([BROWSER, "*/*", "text/turtle", "x"])
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_is_an_accident(ferry_index: Index, first: str, steps: list[str], fields: list[tuple[str, str]], accept: str) -> None:
    address = "/" + "/".join([first, *steps])
    reply = get(ferry_index, f"{address}?{urlencode(fields, errors='surrogatepass')}", accept)
    assert reply.status in {200, 303, 400, 403, 404, 406}
    assert reply.status != 303 or reply.headers["Location"].isascii()
    for value in reply.headers.values():
        assert value.encode("latin-1")
        assert "\n" not in value


def test_the_page_of_the_ontology_has_value_lists_the_tree_of_relations_uses_and_mappings(ferry_index: Index) -> None:
    found = page(ferry_index, "/page/ontology")
    assert found.all("div", id="denied")
    assert found.all("article", id="relation-metWith")
    assert {"section-values", "section-relations", "section-mappings", "section-prefixes"} <= {each["id"] for each in found.all("h2")}
    assert found.all("a", href="/page/relation/metWith")


def test_a_term_of_the_ontology_has_a_page_alone_with_documents_of_its_own(ferry_index: Index) -> None:
    assert page(ferry_index, "/page/ontology").all("a", href="/page/ontology%23denied")
    found = page(ferry_index, "/page/ontology%23denied")
    assert "Claims with this value" in found.words
    assert "/data/ontology%23denied.ttl" in found.links
    assert get(ferry_index, "/data/ontology%23denied.ttl").status == 200
