"""`kg link pull`: what a small server in the shape of Wikidata's says of linked things; and servers that do not mean well."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from ferry import ENTITIES, ent, write
from hostile import Hostile, good_endpoint

from kg import index, journal, mappings, names, query, saved, turtle, workspace
from kg.client import Client
from kg.errors import InputError, KgError, RemoteError, StorageError, UsageError
from kg.linking import pull
from kg.linking.statements import DIRECT, LONGEST, Sieve
from kg.lock import held
from kg.lookup import Lookup
from kg.remote import Endpoint
from kg.serve import complete
from kg.view import View
from kg.view.scope import labels_in
from kg.wire import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.workspace import Workspace

    RunKg = Callable[..., Any]

ROOT = Path(__file__).parents[1]
PLACES = Path(__file__).parent / "data" / "wikidata" / "places.ttl"
PREFIXES = names.prefixes()
WD, GEO = PREFIXES["wd"], PREFIXES["geo"]
AFGHANISTAN, KABUL, TALIBAN = WD + "Q889", WD + "Q5838", WD + "Q42418"
ALDMOOR, BRENWICK, FERRY = "https://atlas.example.org/aldmoor", "https://atlas.example.org/brenwick", "https://atlas.example.org/ferry"
CURATION = "https://w3id.org/semapv/vocab/ManualMappingCuration"
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
FEDERATED = """
SELECT ?place ?target ?population (UCASE(STR(?point)) AS ?coordinates)
WHERE {
  ?place skos:exactMatch ?target .
  FILTER EXISTS { ?claim kg:status kg:accepted ; rdf:subject|rdf:object ?place }
  SERVICE <%s> { ?target wdt:P1082 ?population ; wdt:P625 ?point }
}
ORDER BY ?place ?target
"""


def facts() -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(PLACES.read_bytes(), format=ox.RdfFormat.TURTLE)}


def node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """Yield the address of a server that holds the facts in its default graph."""
    with good_endpoint() as address:
        data = (ox.serialize(facts(), format=ox.RdfFormat.N_TRIPLES) or b"").decode()
        content = urlencode({"update": f"INSERT DATA {{ {data} }}"}).encode()
        kind = "application/x-www-form-urlencoded"
        Client([address[7:]]).send("POST", f"{address}/update", deadline=Deadline(20), content=content, content_type=kind)
        yield address + "/query"


@pytest.fixture
def article(tmp_path: Path) -> Workspace:
    """Return a copy of the bundled workspace, with its links and without snapshots."""
    for folder in ("ontology", "graph", "queries"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("snapshots"))
    return workspace.find(tmp_path)


def pulled(space: Workspace, url: str, *, languages: str = "en,ru,fa", name: str = "wikidata", **more: Any) -> pull.Stored:
    wish = pull.Wish(languages=pull.languages_of(languages))
    endpoint = Endpoint(url, space, default_graph="", seconds=more.pop("seconds", 20))
    fetched = pull.fetch(endpoint, pull.things(space, **more), wish)
    return pull.store(endpoint, name, fetched, wish, made=NOON)


# From the bundled article's links


def test_a_pull_brings_names_and_properties_of_what_is_linked(article: Workspace, served: str) -> None:
    done = pulled(article, served, begin=WD)
    said = set(turtle.parse(done.path.read_bytes()))
    own = {triple for triple in said if triple.subject == node(article.prefixes["graph"] + "snapshots/wikidata")}
    linked = set(pull.things(article, begin=WD))
    wanted = {
        triple
        for triple in facts()
        if cast("ox.NamedNode", triple.subject).value in linked
        and (not isinstance(triple.object, ox.Literal) or triple.object.language in {None, "en", "ru", "fa"})
    }
    assert said - own == wanted
    assert {node(AFGHANISTAN), node(KABUL)} <= {triple.subject for triple in wanted}
    assert (done.added, done.gone) == (len(wanted), 0)
    assert done.path == article.graph_dir / "snapshots" / "wikidata.ttl"


def test_a_snapshot_says_where_it_is_from_and_what_was_asked_for(article: Workspace, served: str) -> None:
    data = pulled(article, served, begin=WD).path.read_bytes()
    subject = node(article.prefixes["graph"] + "snapshots/wikidata")
    said: dict[str, set[str]] = {}
    for triple in turtle.parse(data):
        if triple.subject == subject:
            said.setdefault(triple.predicate.value, set()).add(cast("ox.NamedNode", triple.object).value)
    things = {triple.subject for triple in turtle.parse(data)} - {subject}
    assert said[names.DCTERMS + "source"] == {served}
    assert said[names.PROV + "generatedAtTime"] == {"2024-05-01T12:00:00Z"}
    assert said[names.LANGUAGE] == {"en", "ru", "fa"}
    assert said[PREFIXES["void"] + "entities"] == {str(len(things))}
    assert said[PREFIXES["void"] + "triples"] == {str(sum(triple.subject != subject for triple in turtle.parse(data)))}
    assert {DIRECT + "P1082", DIRECT + "P625", names.LABEL} <= said[names.SCHEMA + "variableMeasured"]
    (text,) = said[names.SH + "select"]
    assert text == pull.query(pull.Wish(languages=("en", "ru", "fa")))
    assert ox.Store().query(text) is not None
    assert turtle.canonical(data, article.prefixes).encode() == data


def test_to_pull_twice_is_to_pull_once_but_for_the_time(article: Workspace, served: str, run_kg: RunKg) -> None:
    options = ("--dir", article.root, "link", "pull", "--endpoint", served, "--target", "wikidata", "--lang", "en,fa")
    first = run_kg(*options, SOURCE_DATE_EPOCH="1700000000")
    before = (article.graph_dir / "snapshots" / "wikidata.ttl").read_text(encoding="utf-8")
    again = run_kg(*options, SOURCE_DATE_EPOCH="1700000000")
    assert (article.graph_dir / "snapshots" / "wikidata.ttl").read_text(encoding="utf-8") == before
    later = run_kg(*options)
    after = (article.graph_dir / "snapshots" / "wikidata.ttl").read_text(encoding="utf-8")
    differing = [pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert len(differing) == 1
    assert '"2023-11-14T22:13:20Z"^^xsd:dateTime' in differing[0][0]
    assert {(done.code, done.out) for done in (first, again, later)} == {(0, "")}
    assert " new, 0 gone)" in first.err
    assert "(nothing changed but the time)" in again.err
    fewer = run_kg(*options[:-1], "en")
    assert "(0 new, " in fewer.err
    assert run_kg(*options, SOURCE_DATE_EPOCH="soon").code == 2


def test_the_command_says_what_it_got_and_of_what_nothing(article: Workspace, served: str, run_kg: RunKg) -> None:
    done = run_kg("--dir", article.root, "link", "pull", "--endpoint", served)
    lines = done.err.splitlines()
    linked = pull.things(article, begin=WD)
    unknown = sorted(set(linked) - {cast("ox.NamedNode", triple.subject).value for triple in facts()})
    assert TALIBAN in unknown
    assert lines[0].startswith("kg: wrote ")
    assert f"{len(linked) - len(unknown)} things, " in lines[0]
    elsewhere = len(pull.things(article)) - len(linked)
    assert lines[1] == f"kg: {elsewhere} links to data sets that it knows nothing of"
    assert lines[2].startswith(f"kg: nothing is said of {len(unknown)} of {len(linked)}: ")
    assert "wd:Q42418" in lines[2]
    assert len(lines) == 3


def test_the_workspace_with_a_snapshot_is_in_order(article: Workspace, served: str, run_kg: RunKg) -> None:
    before = query.run(index.load(article), saved.find(article.queries_dir, "entities").text).rows
    pulled(article, served)
    done = run_kg("--dir", article.root, "check")
    assert (done.code, done.err) == (0, done.err)
    assert run_kg("--dir", article.root, "fmt", "--check").code == 0
    found = index.load(article)
    assert query.run(found, saved.find(article.queries_dir, "entities").text).rows == before
    assert node(article.prefixes["graph"] + "snapshots/wikidata") not in found.store.named_graphs()
    found.add_graphs()
    assert node(article.prefixes["graph"] + "snapshots/wikidata") in found.store.named_graphs()


def test_claims_and_snapshot_are_joined_without_any_network(article: Workspace, served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pulled(article, served)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("somebody reaches out")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    found = query.run(index.load(article), saved.find(article.queries_dir, "linked-places").text)
    rows = {cast("ox.NamedNode", row[1]).value: row for row in found.rows}
    by_thing = {triple.subject: triple.object for triple in facts() if triple.predicate.value == DIRECT + "P1082"}
    assert len(rows) == len(found.rows) >= 10
    for thing, row in rows.items():
        assert row[2] == by_thing[node(thing)]
        assert cast("ox.Literal", row[5]).value == "2024-05-01T12:00:00Z"
    assert rows[KABUL][3] == ox.Literal("POINT(69.17233 34.52813)")
    assert int(cast("ox.Literal", rows[AFGHANISTAN][4]).value) > 20


def test_a_federated_query_gives_the_same_rows_and_only_with_permission(article: Workspace, served: str, run_kg: RunKg) -> None:
    pulled(article, served)
    offline = query.run(index.load(article), saved.find(article.queries_dir, "linked-places").text).rows
    shutil.rmtree(article.graph_dir / "snapshots")
    text, host = FEDERATED % served, served.split("/")[2]
    found = query.run(index.load(article), text, federate=[host], explain=False).rows
    assert found == [row[:4] for row in offline]
    assert len(found) >= 10
    done = run_kg("--dir", article.root, "query", "-e", text, "--federate", host, "-f", "json")
    assert done.code == 0
    assert len(json.loads(done.out)["results"]["bindings"]) == len(found)
    refused = run_kg("--dir", article.root, "query", "-e", text)
    assert (refused.code, refused.out) == (7, "")
    assert "not on the allow-list" in refused.err


def test_names_in_snapshots_are_names_of_what_is_linked(article: Workspace, served: str, run_kg: RunKg, tmp_path: Path) -> None:
    pulled(article, served)
    found = index.load(article)
    lookup = Lookup(article.prefixes, index=found)
    afghanistan = article.prefixes["ent"] + "afghanistan"
    assert lookup.find("Афганистан") == lookup.find("Afghanistan") == lookup.find("افغانستان") == [afghanistan]
    assert labels_in(found, "ru")[afghanistan] == "Афганистан"
    with pytest.raises(InputError, match="labels in en, fa, ru"):
        labels_in(found, "de")
    for begun in ("afghanist", "Афган"):
        (first, *_), *more = complete.suggestions(found, begun, kind="iri"), complete.suggestions(found, begun)
        assert first["id"] == "ent:afghanistan"
        assert "wd:Q889" not in [each["value"] for offered in more for each in offered]
    assert View(found, language="fa").data.label(afghanistan) == "افغانستان"
    assert run_kg("--dir", article.root, "view", "--lang", "fa", "-o", tmp_path / "map.html").code == 0
    asked = run_kg("--dir", article.root, "query", "claims-about", "-p", "entity", "Кабул", "-f", "csv")
    assert asked.code == 0
    assert len(asked.out.splitlines()) > 1


# Which things, and what of them


@pytest.fixture
def ferry(tmp_path: Path) -> Workspace:
    """Return a workspace with links of every sort."""
    space = write(tmp_path).workspace
    link(space, ("aldmoor", ALDMOOR), ("brenwick", BRENWICK))
    return space


def link(space: Workspace, *pairs: tuple[str, str], **more: Any) -> None:
    old = mappings.read(space.links_file, missing_ok=True).mappings
    new = (
        mappings.Mapping(
            **({"subject_id": ent(name), "predicate_id": mappings.EXACT, "object_id": iri, "mapping_justification": CURATION} | more)
        )
        for name, iri in pairs
    )
    mappings.write(space.links_file, mappings.MappingSet((*old, *new)), space.prefixes)


def test_only_accepted_links_of_entities_are_followed(ferry: Workspace) -> None:
    link(ferry, ("ferry", FERRY), predicate_modifier="Not")
    link(ferry, ("bridge", FERRY + "2"), predicate_id=mappings.CLOSE)
    link(ferry, ("holes", ent("council")))
    link(ferry, ("council", "https://other.example.org/council"))
    link(ferry, ("", names.SCHEMA + "Claim"), subject_id=names.CLAIM)
    assert pull.things(ferry) == (ALDMOOR, BRENWICK, "https://other.example.org/council")
    assert pull.things(ferry, close=True, begin="https://atlas.example.org/") == (ALDMOOR, BRENWICK, FERRY + "2")
    assert pull.things(ferry, entities=[ent("aldmoor")]) == (ALDMOOR,)
    for nothing in ({"begin": WD}, {"entities": [ent("ferry")]}):
        with pytest.raises(InputError, match="kg link suggest"):
            pull.things(ferry, **nothing)


def test_without_links_there_is_nothing_to_pull(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no exact link leads to another data set"):
        pull.things(write(tmp_path).workspace)


@pytest.mark.parametrize("words", ["kg:claimant", "<https://w3id.org/claimgraph/ontology#plain>", "<urn:a b>"])
def test_some_properties_cannot_be_pulled(words: str, ferry: Workspace) -> None:
    with pytest.raises(UsageError):
        pull.properties_of([words], ferry)


@pytest.mark.parametrize("words", ["", ",", "en,d", "en;fr", 'en"', "en_US", "x" * 99])
def test_what_is_no_language_is_refused(words: str) -> None:
    with pytest.raises(UsageError, match="is no language tag"):
        pull.Wish(languages=pull.languages_of(words))


def test_the_dry_run_needs_no_workspace_that_can_be_changed(tmp_path: Path, run_kg: RunKg) -> None:
    words = ("link", "pull", "--endpoint", "http://127.0.0.1:9/query", "--target", "wikidata")
    shown = run_kg(*words, "--dry-run", cwd=tmp_path)
    assert shown.code == 0
    assert "wd:Q889" in shown.out or "/entity/Q889" in shown.out
    assert run_kg(*words, cwd=tmp_path).code == 6


def test_the_dry_run_shows_the_queries_and_asks_nobody(ferry: Workspace, run_kg: RunKg) -> None:
    link(ferry, *(("holes", f"{FERRY}/{number}") for number in range(pull.BATCH)))
    with closing(Hostile()) as server:
        done = run_kg("--dir", ferry.root, "link", "pull", "--endpoint", server.url("good"), "--dry-run", "--property", "wdt:P31")
        assert server.connections == 0
    texts = done.out.split("\n\n")
    assert (done.code, len(texts)) == (0, 2)
    for text in texts:
        ox.Store().query(text)
    assert f"{pull.BATCH + 2} things would be asked for" in done.err
    assert (DIRECT + "P31" in done.out, DIRECT + "P17" in done.out) == (True, False)
    assert not (ferry.graph_dir / "snapshots").exists()
    one = run_kg("--dir", ferry.root, "link", "pull", "--endpoint", server.url("good"), "--dry-run", "Áldmoor")
    assert (ALDMOOR in one.out, BRENWICK in one.out) == (True, False)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--endpoint", "http://127.0.0.1:1/", "--name", "../x"], 2, "is no name of a snapshot"),
        (["--endpoint", "http://127.0.0.1:1/", "--name", "A"], 2, "is no name of a snapshot"),
        (["--endpoint", "ftp://127.0.0.1/"], 2, "is no address of a server"),
        (["--endpoint", "http://127.0.0.1:1/", "--licence", "free"], 2, "is no address of a licence"),
        (["--endpoint", "http://127.0.0.1:1/", "--target", "moon"], 2, "is no data set here"),
        (["--endpoint", "http://127.0.0.1:1/", "nobody-at-all"], 2, "nobody-at-all"),
        (["--endpoint", "http://127.0.0.1:1/", "ferry of Aldmoor"], 3, "no exact link of these entities"),
        ([], 2, "--endpoint"),
    ],
)
def test_wrong_options_are_told_before_anybody_is_asked(options: list[str], code: int, words: str, ferry: Workspace, run_kg: RunKg) -> None:
    done = run_kg("--dir", ferry.root, "link", "pull", *options)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "Traceback" not in done.err


# Servers that do not mean well


class Liar(Hostile):
    """Answers `/said` with these rows, whatever is asked, and notes the queries; fails from the request `good` on."""

    def __init__(self, *rows: dict[str, Any], good: int = 99) -> None:
        self.rows, self.good = rows, good
        self.asked = 0
        super().__init__()

    def _said(self, _head: str) -> Iterator[bytes]:
        self.asked += 1
        if self.asked > self.good:
            yield self._with(b"no more", status="500 Internal Server Error", kind="text/plain")
            return
        body = {"head": {"vars": ["thing", "property", "value"]}, "results": {"bindings": self.rows}}
        yield self._with(json.dumps(body).encode())


def row(thing: str, predicate: str, value: str, **more: str) -> dict[str, Any]:
    kind = {"type": "literal", "value": value, **more}
    return {"thing": {"type": "uri", "value": thing}, "property": {"type": "uri", "value": predicate}, "value": kind}


def label(thing: str, words: str) -> dict[str, Any]:
    return row(thing, names.LABEL, words, **{"xml:lang": "en"})


GOOD = label(ALDMOOR, "Aldmoor")
DECIMAL, WKT = names.XSD + "decimal", GEO + "wktLiteral"
LIES = {
    "about another thing": (label(FERRY, "the ferry"), "about things that were not asked for"),
    "about a claim": (label(PREFIXES["claim"] + "fy-001", "It is all a lie."), "about things that were not asked for"),
    "with another property": (row(ALDMOOR, DIRECT + "P6", "x"), "with properties that were not asked for"),
    "in another language": (row(ALDMOOR, names.LABEL, "x", **{"xml:lang": "de"}), "in languages that were not asked for"),
    "a blank node": (row(ALDMOOR, DIRECT + "P36", "b0", type="bnode"), "with a blank node or an unknown value"),
    "some value": (
        row(ALDMOOR, DIRECT + "P36", "http://www.wikidata.org/.well-known/genid/a8d14fa9", type="uri"),
        "with a blank node or an unknown value",
    ),
    "a number for a name": (row(ALDMOOR, names.LABEL, "12", datatype=DECIMAL), "with a value of the wrong kind"),
    "a thing for a name": (row(ALDMOOR, names.LABEL, FERRY, type="uri"), "with a value of the wrong kind"),
    "a name of nothing": (label(ALDMOOR, " \n"), "with an empty text"),
    "words for a number": (row(ALDMOOR, DIRECT + "P1082", "many"), "with a value of the wrong kind"),
    "an ill-typed number": (row(ALDMOOR, DIRECT + "P1082", "many", datatype=DECIMAL), "with a value of the wrong kind"),
    "an item for a number": (row(ALDMOOR, DIRECT + "P1082", WD + "Q1", type="uri"), "with a value of the wrong kind"),
    "a page for an item": (row(ALDMOOR, DIRECT + "P31", "https://evil.example/", type="uri"), "with a value of the wrong kind"),
    "a script for an item": (row(ALDMOOR, DIRECT + "P31", "javascript:alert(1)", type="uri"), "with a value of the wrong kind"),
    "coordinates as words": (row(ALDMOOR, DIRECT + "P625", "Point(1 2)"), "with a value of the wrong kind"),
    "no coordinates": (row(ALDMOOR, DIRECT + "P625", "Point(1 north)", datatype=WKT), "with a value of the wrong kind"),
    "a long name": (label(ALDMOOR, "x" * 2**20), f"longer than {LONGEST:,} characters"),
    "a long code": (row(ALDMOOR, DIRECT + "P297", "x" * (LONGEST + 1)), f"longer than {LONGEST:,} characters"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_statement_that_was_not_asked_for_or_is_wrong_is_left_out_with_a_word(lie: str, ferry: Workspace) -> None:
    said, why = LIES[lie]
    with closing(Liar(GOOD, said)) as server:
        endpoint = Endpoint(server.url("said"), ferry, default_graph="")
        found = pull.fetch(endpoint, pull.things(ferry), pull.Wish())
    assert found.triples == {ox.Triple(node(ALDMOOR), node(names.LABEL), ox.Literal("Aldmoor", language="en"))}
    assert found.dropped == {why: 1}
    assert found.unanswered == (BRENWICK,)


def test_coordinates_of_other_globes_and_all_numbers_are_kept(ferry: Workspace) -> None:
    kept = [
        row(ALDMOOR, DIRECT + "P625", f"<{WD}Q405> Point(23.4 -0.6)", datatype=WKT),
        row(ALDMOOR, DIRECT + "P625", "POINT (-97.5e0 38)", datatype=WKT),
        row(ALDMOOR, DIRECT + "P1082", "+41", datatype=DECIMAL),
        row(ALDMOOR, names.LABEL, "in no language"),
    ]
    with closing(Liar(*kept)) as server:
        found = pull.fetch(Endpoint(server.url("said"), ferry, default_graph=""), pull.things(ferry), pull.Wish())
    assert (len(found.triples), found.dropped) == (4, {})


def test_nobody_elses_words_make_claims_here(ferry: Workspace) -> None:
    sieve = Sieve([names.TYPE], ["en"], ferry.base)
    said = node(ALDMOOR), node(names.TYPE)
    for ours in (names.CLAIM, names.SOURCE, ent("aldmoor"), ferry.base + "x"):
        assert sieve.fault(*said, node(ours), [ALDMOOR]) == "with a value of the wrong kind"
    assert sieve.fault(*said, node(names.SCHEMA + "City"), [ALDMOOR]) == ""
    assert sieve.fault(*said, ox.Triple(node("urn:a"), node("urn:b"), node("urn:c")), [ALDMOOR]) == "with a value of the wrong kind"


def test_a_name_with_escape_sequences_does_not_reach_the_terminal(ferry: Workspace, run_kg: RunKg) -> None:
    with closing(Liar(label(ALDMOOR, "\x1b[31mred\u202e\x00"))) as server:
        done = run_kg("--dir", ferry.root, "link", "pull", "--endpoint", server.url("said"))
    assert done.code == 0
    assert index.load(ferry).labels[ALDMOOR] == "\x1b[31mred\u202e\x00"
    assert (
        "\x1b"
        not in run_kg("--dir", ferry.root, "query", "-e", "SELECT * { ?s rdfs:label ?o FILTER(CONTAINS(?o, 'red')) }", "-f", "table").out
    )


BAD = {
    "broken": "answers 500",
    "good": "other columns than it was asked for",
    "page": "a web page instead of results",
    "wrong-type": "instead of results",
    "lying-long": "does not keep to HTTP",
    "lying-short": "cannot be read",
    "bad-json": "cannot be read",
    "deep": "nested deeper",
    "cut-short": "gave up after its own time limit",
    "at-most-one": "there may be more",
    "hung-up": "",
    "loop": "redirects more than",
    "redirect": "redirects to",
    "endless": "more than 64 MiB",
    "bomb": "more than 64 MiB",
    "silent": "did not answer in full within",
    "dripping": "did not answer in full within",
    "nothing": "answers 404",
}


@pytest.mark.parametrize("path", BAD)
def test_a_server_that_fails_leaves_the_old_snapshot_and_one_line(path: str, ferry: Workspace, run_kg: RunKg) -> None:
    class Server(Liar):
        def _nothing(self, _head: str) -> Iterator[bytes]:
            yield self._with(b"", status="404 Not Found")

    with closing(Server(GOOD)) as server, closing(Hostile()) as inside:
        server.elsewhere = inside.url("good")
        snapshot = pulled(ferry, server.url("said")).path
        before = snapshot.read_bytes().replace(server.url("said").encode(), server.url(path).encode())
        snapshot.write_bytes(before)
        limit = ["--timeout", "2s"] if path in {"silent", "dripping"} else []
        done = run_kg("--dir", ferry.root, "link", "pull", "--endpoint", server.url(path), *limit)
        assert inside.connections == 0
    assert (done.code, done.out) == (7, "")
    assert done.err.count("\n") == 1
    assert BAD[path] in done.err
    assert [entry.name for entry in (ferry.graph_dir / "snapshots").iterdir()] == ["wikidata.ttl"]
    assert (ferry.graph_dir / "snapshots" / "wikidata.ttl").read_bytes() == before


def test_one_failed_request_of_many_leaves_the_old_snapshot(ferry: Workspace) -> None:
    link(ferry, *(("holes", f"{FERRY}/{number}") for number in range(2 * pull.BATCH)))
    with closing(Liar(GOOD)) as server:
        path = pulled(ferry, server.url("said")).path
        assert server.asked == 3
        before = path.read_bytes()
        server.rows, server.good, server.asked = (label(ALDMOOR, "another"),), 2, 0
        with pytest.raises(RemoteError, match="500"):
            pulled(ferry, server.url("said"))
        assert (server.asked, path.read_bytes()) == (3, before)


def test_requests_name_each_thing_once(ferry: Workspace) -> None:
    link(ferry, *(("holes", f"{FERRY}/{number:03}") for number in range(2 * pull.BATCH)))
    about = pull.things(ferry)
    parts = list(pull.requests(about, pull.Wish()))
    assert [thing for some, _ in parts for thing in some] == list(about)
    assert all(f"<{thing}>" in text for some, text in parts for thing in some)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "uri", "value": "http://a b/"},
        {"type": "uri", "value": "relative"},
        {"type": "literal", "value": "x", "datatype": "no iri"},
        {"type": "literal", "value": "x", "xml:lang": "no tag!"},
    ],
)
def test_terms_that_are_none_end_the_pull(value: dict[str, str], ferry: Workspace) -> None:
    with closing(Liar(GOOD, label(ALDMOOR, "") | {"value": value})) as server, pytest.raises(RemoteError, match="cannot be read"):
        pulled(ferry, server.url("said"))


def test_a_name_as_long_as_a_library_ends_the_pull(ferry: Workspace, run_kg: RunKg) -> None:
    with closing(Liar(GOOD, label(ALDMOOR, "x" * (20 * 2**20)))) as server:
        done = run_kg("--dir", ferry.root, "link", "pull", "--endpoint", server.url("said"))
    assert (done.code, done.err.count("\n")) == (7, 1)
    assert "one of the values is too long" in done.err


def test_too_much_about_one_thing_ends_the_pull(ferry: Workspace) -> None:
    rows = [label(ALDMOOR, f"name {number}") for number in range(pull.MOST + 1)]
    with closing(Liar(*rows)) as server, pytest.raises(RemoteError, match="says more than 2,000 things of"):
        pulled(ferry, server.url("said"))


def test_a_server_that_knows_nothing_changes_nothing(ferry: Workspace) -> None:
    with closing(Liar()) as server, pytest.raises(RemoteError, match=r"says nothing of the 2 things that it was asked about$"):
        pulled(ferry, server.url("said"))
    with closing(Liar(label(FERRY, "x"))) as server, pytest.raises(RemoteError, match="but 1 about things that were not asked for"):
        pulled(ferry, server.url("said"))
    assert not (ferry.graph_dir / "snapshots").exists()


def test_credentials_go_to_the_endpoint_and_the_query_says_what_is_asked(ferry: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "sesame")
    with closing(Liar(GOOD)) as server:
        pulled(ferry, server.url("said"))
        assert "Authorization: Bearer sesame" in server.requests[0]
        assert "sesame" not in (ferry.graph_dir / "snapshots" / "wikidata.ttl").read_text(encoding="utf-8")


# Files


def test_a_damaged_snapshot_is_mended_by_a_new_one(ferry: Workspace) -> None:
    path = ferry.graph_dir / "snapshots" / "wikidata.ttl"
    path.parent.mkdir()
    path.write_bytes(b"<<<<<<< HEAD\n")
    with closing(Liar(GOOD)) as server:
        done = pulled(ferry, server.url("said"))
    assert (done.added, done.gone) == (1, 0)
    assert len(index.load(ferry).labels) > len(ENTITIES)


def test_what_one_endpoint_said_is_not_replaced_by_what_another_says(ferry: Workspace, run_kg: RunKg) -> None:
    with closing(Liar(GOOD)) as one, closing(Liar(GOOD)) as other:
        before = pulled(ferry, one.url("said")).path.read_bytes()
        arguments = ("--dir", ferry.root, "link", "pull", "--endpoint", other.url("said"))
        done = run_kg(*arguments)
        assert (done.code, other.connections) == (3, 0)
        assert f"this snapshot is from {one.url('said')}, not from {other.url('said')}; call the new one otherwise with --name" in done.err
        with pytest.raises(InputError, match="this snapshot is from"):
            pulled(ferry, other.url("said"))
        assert run_kg(*arguments, "--name", "other").code == 0
    assert (ferry.graph_dir / "snapshots" / "wikidata.ttl").read_bytes() == before
    assert (ferry.graph_dir / "snapshots" / "other.ttl").is_file()


def test_a_snapshot_is_called_like_the_data_set_of_its_target(article: Workspace, served: str, run_kg: RunKg) -> None:
    assert run_kg("--dir", article.root, "link", "pull", "--endpoint", served, "--target", WD).code == 0
    assert [path.name for path in article.snapshot_files] == ["wikidata.ttl"]
    nobody = ("link", "pull", "--endpoint", "http://127.0.0.1:1/", "--target")
    assert pull.name_of("dbpedia") == "dbpedia"
    done = run_kg("--dir", article.root, *nobody, "https://atlas.example.org/")
    assert (done.code, "say with --name" in done.err) == (2, True)


def test_nothing_is_written_outside_the_workspace(ferry: Workspace, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (ferry.graph_dir / "snapshots").symlink_to(outside)
    with closing(Liar(GOOD)) as server, pytest.raises(KgError):
        pulled(ferry, server.url("said"))
    assert list(outside.iterdir()) == []


def test_a_pull_waits_for_whoever_writes_to_the_workspace(ferry: Workspace, run_kg: RunKg) -> None:
    done = []
    with closing(Liar(GOOD)) as server:
        arguments = ("--dir", ferry.root, "link", "pull", "--endpoint", server.url("said"))
        waiting = threading.Thread(target=lambda: done.append(run_kg(*arguments)))
        with held(ferry.root, "kg sheet import"):
            waiting.start()
            while not server.asked and waiting.is_alive():
                waiting.join(0.05)
            waiting.join(0.5)
            assert (waiting.is_alive(), (ferry.graph_dir / "snapshots").exists()) == (True, False)
        waiting.join()
    assert done[0].code == 0
    assert (ferry.graph_dir / "snapshots" / "wikidata.ttl").is_file()


@pytest.mark.parametrize("is_about_it", [True, False])
def test_a_pull_is_about_the_links_that_there_are_when_it_writes(ferry: Workspace, run_kg: RunKg, *, is_about_it: bool) -> None:
    done = []
    snapshot = ferry.graph_dir / "snapshots" / "wikidata.ttl"
    links = mappings.read(ferry.links_file)
    with closing(Liar(GOOD)) as server:
        url = server.url("said")
        pulling = threading.Thread(target=lambda: done.append(run_kg("--dir", ferry.root, "link", "pull", "--endpoint", url)))
        with held(ferry.root, "kg link review"):
            pulling.start()
            while not server.asked and pulling.is_alive():
                pulling.join(0.05)
            further = replace(links.mappings[0], object_id=WD + "Q42", predicate_id=mappings.EXACT if is_about_it else mappings.CLOSE)
            mappings.write(ferry.links_file, replace(links, mappings=(*links.mappings, further)), ferry.prefixes)
        pulling.join()
        if is_about_it:
            words = f"the links have changed while {url} was asked; nothing is written, run this again"
            assert (done[0].code, done[0].err) == (6, f"kg: {ferry.links_file}: {words}\n")
            assert not snapshot.exists()
            assert run_kg("--dir", ferry.root, "link", "pull", "--endpoint", url).code == 0
        else:
            assert done[0].code == 0
    assert snapshot.is_file()


def test_a_pull_takes_back_first_what_another_command_could_not_end(ferry: Workspace, run_kg: RunKg) -> None:
    changed = [journal.Replacement(path, path.read_bytes(), path.read_bytes() + b"\n") for path in ferry.graph_files[:2]]
    journal.replace_all(ferry, changed, words="a change")
    (ferry.root / ".kg" / "undo.zip").rename(ferry.root / ".kg" / "change.zip")
    changed[1].path.write_bytes(changed[1].before)
    with closing(Liar(GOOD)) as server:
        done = run_kg("--dir", ferry.root, "link", "pull", "--endpoint", server.url("said"))
    assert done.err.startswith("kg: a change had been cut off; what there was of it was taken back\nkg: wrote ")
    assert [each.path.read_bytes() for each in changed] == [each.before for each in changed]
    assert journal.pending(ferry) is None


def test_the_bundled_workspace_is_not_written_to() -> None:
    with pytest.raises(StorageError, match="kg init"):
        pull.file_of(workspace.Workspace(ROOT, is_bundled=True), "wikidata")


def test_the_licence_of_a_snapshot_is_noted_and_is_not_that_of_the_data(ferry: Workspace, run_kg: RunKg) -> None:
    from kg.description import licence_of

    free = "https://creativecommons.org/publicdomain/zero/1.0/"
    before = licence_of(index.load(ferry))
    with closing(Liar(GOOD)) as server:
        assert run_kg("--dir", ferry.root, "link", "pull", "--endpoint", server.url("said"), "--licence", free).code == 0
    assert f"dcterms:license <{free}>" in (ferry.graph_dir / "snapshots" / "wikidata.ttl").read_text(encoding="utf-8")
    assert licence_of(index.load(ferry)) == before
