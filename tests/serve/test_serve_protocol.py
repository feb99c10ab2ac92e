"""The SPARQL 1.1 protocol at `kg serve`: how a query may be asked, of which graphs, how it is answered, and that nothing is changed."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from kg.serve import negotiation

if TYPE_CHECKING:
    from served import Served

pytest_plugins = ("served",)

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
ASK = "ASK {}"
GRAPH = "https://w3id.org/claimgraph/graph/"
ENTITY, SOURCE = "<https://w3id.org/claimgraph/entity/taliban>", "<https://w3id.org/claimgraph/source/ra>"
IN_ENTITIES, IN_SOURCE = f"{ENTITY} ?a ?b .", f"{SOURCE} ?c ?d ."
UPDATES = ("CLEAR ALL", "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "DELETE WHERE { ?s ?p ?o }", "no update at all")


def test_a_query_is_asked_by_get(served: Served) -> None:
    assert served.ask(ASK).json == {"head": {}, "boolean": True}


def test_a_query_is_asked_by_a_posted_form(served: Served) -> None:
    assert served.send("POST", "/sparql", body=urlencode({"query": ASK}), Content_Type=FORM).json["boolean"] is True


def test_a_query_is_posted_as_it_is(served: Served) -> None:
    assert served.send("POST", "/sparql", body=ASK, Content_Type=QUERY + "; charset=utf-8").json["boolean"] is True


def test_head_is_get_without_a_body(served: Served) -> None:
    path = "/sparql?" + urlencode({"query": ASK})
    head, get = served.send("HEAD", path), served.get(path)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(get.body)))


def test_options_tells_the_methods(served: Served) -> None:
    found = served.send("OPTIONS", "/sparql")
    assert (found.status, found.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")


@pytest.mark.parametrize("in_body", [True, False])
def test_the_default_graph_may_be_put_together_from_graphs(served: Served, *, in_body: bool) -> None:
    both = f"ASK {{ {IN_ENTITIES} {IN_SOURCE} }}"
    for graphs, expected in ((["entities", "ra"], True), (["entities"], False)):
        address = urlencode([("default-graph-uri", GRAPH + name) for name in graphs])
        path = f"/sparql?{address}" if in_body else f"/sparql?{address}&{urlencode({'query': both})}"
        found = served.send("POST", path, body=both, Content_Type=QUERY) if in_body else served.get(path)
        assert found.json["boolean"] is expected


@pytest.mark.parametrize("in_body", [True, False])
def test_named_graphs_may_be_chosen(served: Served, *, in_body: bool) -> None:
    both = f"ASK {{ GRAPH ?g {{ {IN_ENTITIES} }} GRAPH ?h {{ {IN_SOURCE} }} }}"
    for graphs, expected in ((["entities", "ra"], True), (["ra"], False)):
        address = urlencode([("named-graph-uri", GRAPH + name) for name in graphs])
        path = f"/sparql?{address}" if in_body else f"/sparql?{address}&{urlencode({'query': both})}"
        found = served.send("POST", path, body=both, Content_Type=QUERY) if in_body else served.get(path)
        assert found.json["boolean"] is expected


def test_default_and_named_graphs_may_be_chosen_together(served: Served) -> None:
    address = urlencode({"default-graph-uri": GRAPH + "ra", "named-graph-uri": GRAPH + "entities"})
    query = f"ASK {{ {IN_SOURCE} GRAPH ?g {{ {IN_ENTITIES} }} FILTER NOT EXISTS {{ {ENTITY} a ?kind }} }}"
    assert served.send("POST", "/sparql?" + address, body=query, Content_Type=QUERY).json["boolean"] is True


def test_graphs_of_a_form_stand_in_its_body_or_its_address(served: Served) -> None:
    form = {"query": f"ASK {{ {IN_SOURCE} }}", "default-graph-uri": GRAPH + "ra"}
    assert served.send("POST", "/sparql", body=urlencode(form), Content_Type=FORM).json["boolean"] is True
    address = urlencode({"default-graph-uri": GRAPH + "entities"})
    assert served.send("POST", "/sparql?" + address, body=urlencode({"query": form["query"]}), Content_Type=FORM).json["boolean"] is False


def test_graphs_of_the_protocol_win_over_those_of_the_query(served: Served) -> None:
    query = f"ASK FROM <{GRAPH}entities> {{ {IN_SOURCE} }}"
    assert served.ask(query).json["boolean"] is False
    assert served.send("POST", f"/sparql?default-graph-uri={quote(GRAPH)}ra", body=query, Content_Type=QUERY).json["boolean"] is True


def test_a_graph_that_is_not_there_is_empty(served: Served) -> None:
    query = urlencode({"query": "ASK { ?s ?p ?o }", "default-graph-uri": "urn:not-there"})
    assert served.get("/sparql?" + query).json["boolean"] is False


def test_what_is_no_iri_of_a_graph_is_refused(served: Served) -> None:
    assert served.get("/sparql?" + urlencode({"query": ASK, "default-graph-uri": "not an IRI"})).status == 400


def test_relative_names_are_those_of_the_endpoint(served: Served) -> None:
    found = served.ask("CONSTRUCT { <s> <p> 1 } WHERE {}", Accept="application/n-triples")
    assert found.text.startswith(f"<{served.url}/s> <{served.url}/p> ")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_ask_nothing(served: Served, method: str) -> None:
    found = served.send(method, "/sparql?" + urlencode({"query": ASK}))
    assert (found.status, found.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")


def test_two_queries_are_one_too_many(served: Served) -> None:
    twice = urlencode([("query", ASK), ("query", "SELECT * {}")])
    assert served.get("/sparql?" + twice).status == 400
    assert served.send("POST", "/sparql", body=twice, Content_Type=FORM).status == 400
    assert served.send("POST", "/sparql?" + urlencode({"query": ASK}), body=ASK, Content_Type=QUERY).status == 400


@pytest.mark.parametrize("headers", [{"Content_Type": "text/plain"}, {}])
def test_a_body_of_another_kind_or_of_none_is_no_query(served: Served, headers: dict[str, str]) -> None:
    found = served.send("POST", "/sparql", body=ASK, **headers)
    assert (found.status, found.headers["accept-post"]) == (415, f"{QUERY}, {FORM}")
    assert served.send("POST", "/sparql", body=urlencode({"query": ASK}), **headers).status == 415


@pytest.mark.parametrize("kind", [QUERY, FORM])
def test_a_body_in_utf_16_is_refused_whether_it_says_so_or_not(served: Served, kind: str) -> None:
    body = (ASK if kind == QUERY else f"query={ASK}").encode("utf-16")
    assert served.send("POST", "/sparql", body=body, Content_Type=kind + "; charset=UTF-16").status == 415
    assert served.send("POST", "/sparql", body=body, Content_Type=kind).status == 400


def test_fields_that_are_not_utf_8_are_refused(served: Served) -> None:
    assert served.get("/sparql?query=%FF%FE").status == 400


def test_a_query_that_cannot_be_read_is_a_problem_with_its_place(served: Served) -> None:
    found = served.ask("SELECT *\nWHERE { ?s ?p }")
    assert (found.status, found.type, found.json["line"]) == (400, "application/problem+json", 2)
    assert found.text.count("\n") == 1
    assert served.ask("").status == 400


def test_other_fields_of_the_protocol_without_a_query_ask_nothing(served: Served) -> None:
    assert served.get("/sparql?default-graph-uri=urn:a").status == 400
    assert served.send("POST", "/sparql", body="", Content_Type=FORM).status == 400


@pytest.mark.parametrize("text", UPDATES)
def test_an_update_is_refused_however_it_is_asked_and_changes_nothing(served: Served, text: str) -> None:
    before = served.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    asked = [
        served.send("POST", "/sparql", body=text, Content_Type=UPDATE),
        served.send("POST", "/sparql", body=urlencode({"update": text}), Content_Type=FORM),
        served.send("POST", "/sparql?using-graph-uri=urn:a", body=text, Content_Type=UPDATE),
        served.send("POST", "/sparql", body=text, Content_Type=UPDATE, Authorization="Basic YWRtaW46YWRtaW4="),
    ]
    assert [found.status for found in asked] == [403] * 4
    assert served.get("/sparql?" + urlencode({"update": text})).status == 400
    assert served.ask(text).status == 400
    assert served.send("POST", "/sparql", body=text.encode("utf-16"), Content_Type=UPDATE + "; charset=utf-16").status == 415
    assert served.send("POST", "/sparql", body=text, Content_Type="text/plain").status == 415
    assert served.send("POST", "/sparql", body=urlencode({"update": text})).status == 415
    assert served.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == before


def test_two_updates_and_a_query_with_an_update_are_refused(served: Served) -> None:
    twice = urlencode([("update", "CLEAR ALL"), ("update", "CLEAR ALL")])
    assert served.send("POST", "/sparql", body=twice, Content_Type=FORM).status == 403
    assert served.send("POST", "/sparql", body=urlencode({"update": "CLEAR ALL", "query": ASK}), Content_Type=FORM).status == 400


ROWS = 'SELECT ?s ?v { VALUES (?s ?v) { (<urn:a,b> "x, \\"y\\"\\n<z>") (<urn:c> 7) } } ORDER BY ?s'


def test_rows_come_as_json_xml_csv_and_tsv(served: Served) -> None:
    as_json = served.ask(ROWS, Accept="application/sparql-results+json").json
    assert [row["s"]["value"] for row in as_json["results"]["bindings"]] == ["urn:a,b", "urn:c"]
    as_xml = ox.parse_query_results(served.ask(ROWS, Accept="application/sparql-results+xml").body, format=ox.QueryResultsFormat.XML)
    assert isinstance(as_xml, ox.QuerySolutions)
    assert [row["s"].value for row in as_xml] == ["urn:a,b", "urn:c"]
    assert list(csv.reader(io.StringIO(served.ask(ROWS, Accept="text/csv").text, newline="")))[1] == ["urn:a,b", 'x, "y"\n<z>']
    assert served.ask(ROWS, Accept="text/tab-separated-values").text.splitlines()[0] == "?s\t?v"


@pytest.mark.parametrize("form", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"])
@pytest.mark.parametrize("query", [f"DESCRIBE {ENTITY}", f"CONSTRUCT {{ {ENTITY} ?p ?o }} WHERE {{ {ENTITY} ?p ?o }}"])
def test_triples_come_as_turtle_n_triples_xml_and_json_ld(served: Served, form: str, query: str) -> None:
    found = served.ask(query, Accept=form)
    assert (found.status, found.type) == (200, form)
    expected = {t.triple for t in ox.parse(served.ask(query, Accept="application/n-triples").body, format=ox.RdfFormat.N_TRIPLES)}
    read = ox.parse(found.body, format=ox.RdfFormat.from_media_type(form))
    assert {quad.triple for quad in read} == expected != set()


@pytest.mark.parametrize(
    ("accept", "rows", "triples"),
    [
        ("*/*", "application/sparql-results+json", "text/turtle"),
        ("", "application/sparql-results+json", "text/turtle"),
        ("text/csv;q=0.3, application/sparql-results+xml;q=0.9, */*;q=0.1", "application/sparql-results+xml", "text/turtle"),
        ("application/json", "application/json", "application/json"),
        ("application/rdf+xml, text/csv", "text/csv", "application/rdf+xml"),
        ("application/sparql-results+json;q=0, application/*", "application/sparql-results+xml", "application/n-triples"),
        ("text/plain", "text/plain", "text/plain"),
    ],
)
def test_the_form_is_the_one_that_is_liked_best(served: Served, accept: str, rows: str, triples: str) -> None:
    assert served.ask("SELECT (1 AS ?one) {}", Accept=accept).type == rows
    assert served.ask(f"DESCRIBE {ENTITY}", Accept=accept).type == triples


@pytest.mark.parametrize("accept", ["text/html", "text/html;q=0.2, application/json;q=0.1", "text/plain", "*/*"])
@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", "SELECT ('<script>alert(1)</script>' AS ?x) {}", "ASK { ?s ?p '<script>alert(1)</script>' }"]
)
def test_a_script_in_a_query_never_comes_back_as_one(served: Served, query: str, accept: str) -> None:
    found = served.ask(query, Accept=accept)
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "<script>alert" not in found.text or found.type != "text/html"
    assert "unsafe-inline" not in found.headers["content-security-policy"]


def test_a_form_that_there_is_not_is_406(served: Served) -> None:
    for query in (ASK, "SELECT * {}", "CONSTRUCT WHERE { ?s ?p ?o }"):
        found = served.ask(query, Accept="application/unknown")
        assert (found.status, found.type) == (406, "application/problem+json")
        assert "application/" in found.json["detail"]


def test_columns_come_in_the_order_of_the_query(served: Served) -> None:
    for accept in ("application/sparql-results+json", "text/csv", "text/tab-separated-values"):
        found = served.ask("SELECT * { ?zebra a kg:Claim ; rdf:subject ?ape ; kg:polarity ?mole } LIMIT 1", Accept=accept)
        head = (
            found.json["head"]["vars"]
            if "json" in accept
            else [name.strip("?") for name in found.text.splitlines()[0].replace("\t", ",").split(",")]
        )
        assert head == ["zebra", "ape", "mole"]


def test_prefixes_of_the_workspace_are_known_and_those_of_the_query_win(served: Served) -> None:
    assert served.ask("ASK { ?c a kg:Claim ; kg:claimant ent:taliban }").json["boolean"] is True
    assert served.ask("PREFIX kg: <urn:other:> ASK { ?c a kg:Claim }").json["boolean"] is False


def test_the_service_description_says_where_the_endpoint_is_and_what_it_serves(served: Served) -> None:
    sd = "http://www.w3.org/ns/sparql-service-description#"
    found = served.get("/sparql", Accept="text/turtle")
    assert (found.status, found.type) == (200, "text/turtle")
    store = ox.Store()
    store.load(found.body, format=ox.RdfFormat.TURTLE)
    query = f"""PREFIX sd: <{sd}> ASK {{ ?s a sd:Service ; sd:endpoint <{served.url}/sparql> ; sd:supportedLanguage sd:SPARQL11Query ;
        sd:resultFormat ?f ; sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [ a sd:Graph ] ;
        sd:namedGraph [ a sd:NamedGraph ; sd:name <{GRAPH}ra> ; sd:graph [ a sd:Graph ] ] ] }}"""
    assert bool(store.query(query))
    assert served.get("/sparql", Accept="application/ld+json").type == "application/ld+json"
    assert served.get("/sparql", Accept="image/png").status == 406


def test_void_tells_how_much_there_is(served: Served) -> None:
    store = ox.Store()
    store.load(served.get("/.well-known/void", Accept="text/turtle").body, format=ox.RdfFormat.TURTLE)
    told = store.query("PREFIX void: <http://rdfs.org/ns/void#> SELECT ?n { ?d a void:Dataset ; void:sparqlEndpoint ?e ; void:triples ?n }")
    assert isinstance(told, ox.QuerySolutions)
    ours = f'SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER STRSTARTS(STR(?g), "{GRAPH}") }} }}'
    assert next(iter(told))["n"].value == served.rows(ours)[0]["n"]


def test_void_tells_in_the_words_of_dcat_where_the_data_set_is_asked(served: Served) -> None:
    store = ox.Store()
    store.load(served.get("/.well-known/void", Accept="text/turtle").body, format=ox.RdfFormat.TURTLE)
    endpoint = f"<{served.url}/sparql>"
    told = f"""PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dcterms: <http://purl.org/dc/terms/>
        ASK {{ {endpoint} a dcat:DataService ; dcterms:title ?title ; dcat:endpointURL {endpoint} ; dcat:servesDataset ?data .
        {endpoint} dcterms:conformsTo <https://www.w3.org/TR/sparql11-protocol/> ; dcat:endpointDescription ?description .
        ?data a dcat:Dataset }}"""
    assert bool(store.query(told))
    description = next(store.quads_for_pattern(None, ox.NamedNode("http://www.w3.org/ns/dcat#endpointDescription"), None)).object
    assert served.get(description.value.removeprefix(served.url), Accept="text/turtle").status == 200  # type: ignore[union-attr]


def test_health_tells_generation_counts_and_workers(served: Served) -> None:
    found = served.get("/health").json
    claims = served.rows("SELECT (COUNT(*) AS ?n) { ?c a kg:Claim }")[0]["n"]
    assert (found["status"], found["error"], str(found["claims"]), len(found["generation"])) == ("ok", None, claims, 64)
    assert found["workers"]["alive"] >= 1


def test_unknown_addresses_and_methods_are_problems(served: Served) -> None:
    assert [served.get("/nothing-here").status, served.send("POST", "/health", body="").status] == [404, 405]
    assert served.get("/nothing-here", Accept="application/json").type == "application/problem+json"


def test_the_log_tells_queries_apart_without_their_text(served: Served) -> None:
    served.ask("ASK { <urn:secret> ?p ?o }")
    assert served.until(lambda: any(line.get("length") == 26 for line in served.log()))
    line = next(line for line in served.log() if line.get("length") == 26)
    assert (line["event"], line["method"], line["path"], line["status"], len(line["query"])) == ("request", "GET", "/sparql", 200, 16)
    assert "secret" not in served.log_file.read_text()


def test_openapi_describes_the_endpoint(served: Served) -> None:
    found = json.loads(served.get("/openapi.json").body)
    assert {"get", "post"} <= found["paths"]["/sparql"].keys()


def test_of_a_long_header_the_first_wishes_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[str] = []
    fits = negotiation._fits  # noqa: SLF001  what is done for each wish and offer

    def counting(wish: str, offer: str) -> bool:
        held.append(wish)
        return fits(wish, offer)

    monkeypatch.setattr(negotiation, "_fits", counting)
    assert negotiation.best("a/b, " * 31 + "text/csv", ["text/csv"]) == "text/csv"
    assert len(held) == 32
    for header in ("a/b," * 32 + "text/csv", "a/b," * 4000 + "text/csv", "a/*," * 4000, "a" * 16_000):
        held.clear()
        assert negotiation.best(header, ["text/csv"]) is None
        assert len(held) <= 32


def test_a_header_full_of_wishes_is_answered(served: Served) -> None:
    assert served.ask(ASK, Accept="*/*," * 3000).status == 200
    assert served.ask(ASK, Accept="a/b," * 3000).status == 406
