from __future__ import annotations

from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from loopback import running

from kg import documents, index, names, query, results, saved, workspace
from kg.data import Data, load
from kg.errors import InputError, QueryError, RefusedError, UsageError
from kg.lookup import Lookup
from kg.parameters import Parameter, terms_of, to_term
from kg.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.answers import Answer

HEAD = """
@prefix ent: <https://w3id.org/claimgraph/entity/> . @prefix kg: <https://w3id.org/claimgraph/ontology#> .
@prefix claim: <https://w3id.org/claimgraph/claim/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
GRAPH = (
    HEAD
    + """
claim:t-001 a kg:Claim ; kg:claimant ent:ann ; kg:polarity kg:denied ; kg:value 289000000.50 ; rdfs:label "The harbour is closed"@en .
claim:t-002 a kg:Claim ; kg:claimant ent:bob ; kg:polarity kg:affirmed ; kg:value 07 ; kg:from "2021-08-15"^^xsd:date .
claim:t-003 a kg:Claim ; kg:claimant ent:bob ; kg:polarity kg:affirmed ; kg:value 12 ; kg:from "2023-01-01"^^xsd:date .
ent:ann skos:prefLabel "Ann"@en . ent:bob skos:prefLabel "Bob"@en . ent:bob2 skos:prefLabel "Bob Two"@en, "Bobby"@de .
ent:bob skos:altLabel "Robert"@en, "Rob"@en . ent:bob2 skos:altLabel "Rob"@en .
"""
)
ENT = names.BASE + "entity/"


def data_of(text: str, root: Path, form: str = "ttl") -> Data:
    document = documents.read(text.encode(), format=form)
    return Data(Workspace(root), document.quads, spellings=document.spellings, warnings=document.warnings)


@pytest.fixture
def small(tmp_path: Path) -> Data:
    return data_of(GRAPH, tmp_path)


def values(answer: Answer) -> list[tuple[str, ...]]:
    return sorted(tuple("" if term is None else str(term) for term in row) for row in answer.rows)


SAME_ON_BOTH = [
    "SELECT * { ?c kg:claimant ?w }",
    "SELECT ?w (COUNT(?c) AS ?n) { ?c kg:claimant ?w } GROUP BY ?w",
    "SELECT ?w (COUNT(?c) AS ?n) { ?c kg:claimant ?w ; kg:polarity <urn:none> } GROUP BY ?w",
    "SELECT (COUNT(?c) AS ?n) { ?c kg:polarity <urn:none> }",
    "SELECT ?c { ?c a kg:Claim { SELECT ?w (COUNT(?d) AS ?n) { ?d kg:claimant ?w ; kg:polarity <urn:none> } GROUP BY ?w } }",
    "SELECT ?c ?v { ?c kg:value ?v FILTER(?v > 10) }",
    "SELECT ?c { ?c a kg:Claim FILTER NOT EXISTS { ?c kg:polarity kg:denied } }",
    "SELECT ?c ?d { ?c a kg:Claim OPTIONAL { ?c kg:from ?d FILTER(?d < '2022-01-01'^^xsd:date) } }",
    "SELECT ?g ?c { GRAPH ?g { ?c kg:claimant ?w } }",
    "SELECT ?l { ?c rdfs:label ?l FILTER(REGEX(?l, 'HARBOUR', 'i')) }",
    "SELECT (REPLACE(?l, 'closed', 'open') AS ?m) { ?c rdfs:label ?l }",
    "SELECT ?x { VALUES ?x { 01 'a'@EN <urn:x> UNDEF } }",
    "SELECT ?w { ?c kg:claimant/skos:prefLabel ?w }",
    "SELECT ?c ?s { ?c kg:claimant ?w { SELECT ?w (SUM(?v) AS ?s) { ?d kg:claimant ?w ; kg:value ?v } GROUP BY ?w } }",
]


@pytest.mark.parametrize("text", SAME_ON_BOTH)
def test_both_engines_give_the_same_rows(small: Data, text: str) -> None:
    first = query.run(small, text)
    second = query.run(small, text, engine="rdflib")
    assert values(first) == values(second)
    assert first.variables == second.variables


def test_both_engines_give_the_same_triples_and_truths(small: Data) -> None:
    text = "CONSTRUCT { ?w <urn:says> ?c } WHERE { ?c kg:claimant ?w }"
    assert set(query.run(small, text).triples) == set(query.run(small, text, engine="rdflib").triples)
    for ask in ("ASK { ?c kg:polarity kg:denied }", "ASK { ?c kg:polarity <urn:x> }"):
        assert query.run(small, ask).boolean == query.run(small, ask, engine="rdflib").boolean


def test_columns_of_a_star_stand_as_the_query_names_them(small: Data) -> None:
    for engine in query.ENGINES:
        assert query.run(small, "SELECT * { ?z kg:claimant ?m . ?z kg:polarity ?a }", engine=engine).variables == ["z", "m", "a"]


def test_an_unknown_engine_is_named(small: Data) -> None:
    with pytest.raises(UsageError, match="oxigraph, rdflib"):
        query.run(small, "ASK {}", engine="jena")


# ---- literals as the data writes them

WRITTEN = (
    HEAD
    + """
<urn:a> <urn:int> 01 ; <urn:dec> 1.50 ; <urn:dur> "PT60M"^^xsd:duration ; <urn:text> "colour"@EN ; <urn:ill> "abc"^^xsd:integer .
<urn:b> <urn:dec> 2.5, 2.50 .
"""
)


def test_exported_triples_are_those_that_were_read(tmp_path: Path) -> None:
    data = data_of(WRITTEN, tmp_path)
    original = documents.read(WRITTEN.encode(), format="ttl")
    for engine in query.ENGINES:
        answer = query.run(data, "CONSTRUCT WHERE { ?s ?p ?o }", engine=engine)
        for name in ("nt", "ttl"):
            again = documents.read(results.write(answer, name).encode(), format=name)
            assert set(again.quads) == set(original.quads)
            assert again.spellings == {"en": "EN"}


@pytest.mark.parametrize(
    ("what", "written"),
    [
        ("int", '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("dec", '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("dur", '"PT60M"^^<http://www.w3.org/2001/XMLSchema#duration>'),
        ("text", '"colour"@EN'),
        ("ill", '"abc"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ],
)
def test_rows_show_literals_as_the_data_writes_them(tmp_path: Path, what: str, written: str) -> None:
    for engine in query.ENGINES:
        answer = query.run(
            data_of(WRITTEN, tmp_path), "SELECT ?o { <urn:a> ?p ?o }", values={"p": ox.NamedNode(f"urn:{what}")}, engine=engine
        )
        assert results.write(answer, "tsv") == f"?o\n{written}\n"


def test_what_a_query_computes_is_not_taken_for_data(tmp_path: Path) -> None:
    text = "SELECT ?n ?v ?w { { SELECT (COUNT(*) AS ?n) { <urn:a> <urn:int> ?i } } VALUES ?v { 1 } VALUES (?w) { (1.5) } }"
    answer = query.run(data_of(WRITTEN, tmp_path), text)
    assert [term.value for term in answer.rows[0] if isinstance(term, ox.Literal)] == ["1", "1", "1.5"]


def test_a_value_written_in_two_ways_shows_the_form_of_the_store(tmp_path: Path) -> None:
    answer = query.run(data_of(WRITTEN, tmp_path), "SELECT ?o { <urn:b> <urn:dec> ?o }")
    assert values(answer) == [('"2.5"^^<http://www.w3.org/2001/XMLSchema#decimal>',)]


def test_documents_are_one_graph_and_their_blank_nodes_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "a.trig").write_text("<urn:g> { _:x <urn:p> 1 } _:x <urn:p> 2 .", encoding="utf-8")
    (tmp_path / "b.nt").write_text("_:x <urn:p> <urn:o> .\n", encoding="utf-8")
    data = load(Workspace(tmp_path), [tmp_path / "a.trig", tmp_path / "b.nt"])
    assert len(query.run(data, "SELECT DISTINCT ?s { ?s <urn:p> ?o }").rows) == 2
    assert len(query.run(data, "SELECT ?o { ?s <urn:p> ?o }").rows) == 3
    assert values(query.run(data, "SELECT ?g { GRAPH ?g { ?s ?p ?o } }")) == [("<urn:g>",)]


# ---- reaching out, bombs


@pytest.fixture
def connections() -> Iterator[list[str]]:
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with running(HTTPServer(("127.0.0.1", 0), Handler)) as address:
        seen.append(f"{address}/")
        yield seen


@pytest.mark.parametrize("engine", query.ENGINES)
def test_no_query_opens_a_connection_or_a_file(small: Data, connections: list[str], engine: str) -> None:
    address = connections.pop()
    with pytest.raises(RefusedError):
        query.run(small, f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}", engine=engine)
    for place in (address, "file:///etc/hostname"):
        for word in ("FROM", "FROM NAMED", "from named"):
            with pytest.raises(QueryError, match="is not loaded"):
                query.run(small, f"SELECT * {word} <{place}> {{ ?s ?p ?o }}", engine=engine)
    with pytest.raises(QueryError, match="is not loaded"):
        query.run(small, f"PREFIX x: <{address}> ASK FROM x:y {{ ?s ?p ?o }}", engine=engine)
    for hidden in ("<http\\u003A//127.0.0.1/>", "<relative>", "nowhere:x", "?x"):
        with pytest.raises(QueryError, match="is not loaded"):
            query.run(small, f"ASK FROM {hidden} {{ ?s ?p ?o }}", engine=engine)
    assert connections == []


def test_escaped_and_relative_names_are_only_names(small: Data) -> None:
    assert query.run(small, "BASE <urn:x:> ASK { ?s <y> <urn:\\u0041> }").boolean is False


@pytest.mark.parametrize("engine", query.ENGINES)
def test_loaded_graphs_can_be_named(tmp_path: Path, engine: str) -> None:
    data = data_of("<urn:g> { <urn:a> <urn:p> 1 } <urn:h> { <urn:b> <urn:p> 2 } <urn:c> <urn:p> 3 .", tmp_path, "trig")
    assert values(query.run(data, "SELECT ?s FROM <urn:g> { ?s ?p ?o }", engine=engine)) == [("<urn:a>",)]
    assert values(query.run(data, "SELECT ?s FROM NAMED <urn:h> { GRAPH ?g { ?s ?p ?o } }", engine=engine)) == [("<urn:b>",)]
    assert len(query.run(data, "SELECT ?s { ?s ?p ?o }", engine=engine).rows) == 3


@pytest.mark.parametrize("engine", query.ENGINES)
def test_no_pattern_runs_for_ever(tmp_path: Path, engine: str) -> None:
    data = data_of(f'<urn:a> <urn:p> "{"a" * 40}!" .', tmp_path)
    assert query.run(data, "SELECT ?s { ?s ?p ?o FILTER(REGEX(?o, '^(a+)+$')) }", engine=engine).rows == []
    assert len(query.run(data, "SELECT (REPLACE(?o, '^(a+)+$', '') AS ?x) { ?s ?p ?o }", engine=engine).rows) == 1


def test_rdflib_says_what_it_cannot(tmp_path: Path, small: Data) -> None:
    with pytest.raises(QueryError, match="so deep"):
        query.run(small, "SELECT * {?s ?p ?o FILTER(" + "(" * 60 + "1" + ")" * 60 + ")}", engine="rdflib")
    with pytest.raises(QueryError, match="triple terms"):
        query.run(data_of("<urn:a> <urn:b> <<( <urn:c> <urn:d> 1 )>> .", tmp_path), "ASK {?s ?p ?o}", engine="rdflib")


# ---- what is said about a query


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("SELECT * {\n ?s kgg:claimant ?o }", 2, 5, "did you mean kg:"),
        ("SELECT * { ?s kg:claimant ent:ann FILTR(?s > 1) }", 1, 35, "did you mean FILTER"),
        ("SELCT * { ?s ?p ?o }", 1, 1, "did you mean SELECT"),
        ("SELECT * { ?s kg:claimant  }", 1, 28, "has no object"),
        ("SELECT ?x (COUNT(*) AS ?n) { ?s kg:claimant ?x }", 1, 49, "neither bound, grouped nor aggregated"),
        ("SELECT * { ?s ?p ?o } LIMIT", 1, 28, "at the end"),
        ("# nothing", 1, 1, "is empty"),
    ],
)
@pytest.mark.parametrize("engine", query.ENGINES)
def test_a_query_that_cannot_be_read_has_a_place_and_a_hint(  # noqa: PLR0917  # one argument a column of the table
    small: Data, engine: str, text: str, line: int, column: int, words: str
) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        query.run(small, text, engine=engine)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert "\n" not in str(caught.value)


def test_terms_that_are_nowhere_are_named_with_the_nearest(small: Data) -> None:
    warnings = query.run(small, "SELECT * { ?s kg:claimnt ?o OPTIONAL { ?s kg:polarity kg:affirmd } }").warnings
    assert warnings[0] == "kg:claimnt (line 1) is nowhere in the data; did you mean kg:claimant?"
    assert warnings[1] == "kg:affirmd (line 1) is nowhere in the data; did you mean kg:affirmed?"


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX x: <urn:x:> CONSTRUCT { ?s x:new ?o } WHERE { ?s kg:claimant ?o }",
        "SELECT * { ?s kg:value ?v FILTER(xsd:string(?v) != 'x' || ?v = '2020-01-01T00:00:00Z'^^xsd:dateTime) }",
        "SELECT * { ?s kg:claimant ?o }",
    ],
)
def test_terms_that_are_built_or_built_in_are_not_missed(small: Data, text: str) -> None:
    assert query.run(small, text).warnings == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * { ?s kg:claimant ent:ann ;\n kg:polarity kg:affirmed }", "kg:polarity kg:affirmed (line 2)"),
        ("SELECT * { ?s kg:claimant ?w .\n?s kg:value ?v\nFILTER(?v < 0)\n?s kg:polarity ?p }", "FILTER(?v < 0) (line 3)"),
        ("SELECT * { ?s kg:claimant ?w { ?s kg:from ?d . ?s kg:polarity kg:denied } }", "{ ?s kg:from ?d . ?s kg:polarity kg:denied }"),
        ("SELECT * { ?s kg:claimant ?w } LIMIT 0", "LIMIT, OFFSET, HAVING"),
    ],
)
def test_finding_nothing_says_where_it_begins(small: Data, text: str, words: str) -> None:
    assert words in query.run(small, text).warnings[-1]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s kg:claimant ?o OPTIONAL { ?s kg:nothing ?x } }",
        "SELECT * { ?s kg:claimant ?o FILTER NOT EXISTS { ?s kg:nothing ?x } }",
        "SELECT * { { ?s kg:claimant ?o } UNION { ?s kg:nothing ?o } }",
        "SELECT * { { ?s kg:nothing ?o } UNION { ?s kg:claimant ?o } }",
        "SELECT * { ?s kg:claimant ?o MINUS { ?s kg:nothing ?x } }",
        "CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?p { prov:wasQuotedFrom } ?s kg:claimant ?o }",
    ],
)
def test_what_may_be_missing_is_not_missed_when_something_was_found(small: Data, text: str) -> None:
    answer = query.run(small, text)
    assert (len(answer) > 0, answer.warnings) == (True, [])


def test_what_must_be_there_is_missed_beside_what_may_be_missing(small: Data) -> None:
    answer = query.run(small, "SELECT * { ?s kg:claimant ?o OPTIONAL { ?s kg:from ?x } VALUES ?o { ent:bob ent:bobb } }")
    assert answer.rows
    assert answer.warnings == ["ent:bobb (line 1) is nowhere in the data; did you mean ent:bob?"]


def test_a_saved_query_that_finds_nothing_says_so_in_its_own_words(small: Data) -> None:
    text = "SELECT ?c { ?c kg:claimant ?who ; kg:nothing ?x } ORDER BY ?c"
    bob, bobb = ox.NamedNode(ENT + "bob"), ox.NamedNode(ENT + "bobb")
    answer = query.run(small, text, values={"who": bob}, summary="What a party claims.")
    assert answer.warnings == ["no rows: 'what a party claims' finds nothing here for who ent:bob"]
    answer = query.run(small, text, values={"who": bobb}, summary="What a party claims.")
    assert answer.warnings[0] == "ent:bobb (parameter 'who') is nowhere in the data; did you mean ent:bob?"
    assert len(answer.warnings) == 2


def test_a_name_read_by_another_base_than_that_of_the_documents_is_told_with_its_iri(small: Data) -> None:
    space = replace(small.workspace, base="https://harbour.example/", is_bundled=True)
    other = Data(space, [quad for quad in small.store if quad.graph_name == ox.DefaultGraph()])
    told = "ent:bob was read as <https://harbour.example/entity/bob>, by the base of the bundled data set"
    assert told in " ".join(query.run(other, "SELECT ?c { ?c kg:claimant ent:bob }").warnings)
    bob = {"who": ox.NamedNode("https://harbour.example/entity/bob")}
    assert told in " ".join(query.run(other, "SELECT ?c { ?c kg:claimant ?who }", values=bob, summary="What a party claims.").warnings)


def test_a_limit_cuts_and_says_so(small: Data) -> None:
    for engine in query.ENGINES:
        answer = query.run(small, "SELECT * { ?c kg:claimant ?w }", limit=2, engine=engine)
        assert (len(answer), answer.cut) == (2, 2)
        assert query.run(small, "SELECT * { ?c kg:claimant ?w }", limit=3, engine=engine).cut is None
        assert query.run(small, "CONSTRUCT WHERE { ?c kg:claimant ?w }", limit=1, engine=engine).cut == 1


# ---- parameters


def test_parameters_are_bound_as_terms_on_every_engine(small: Data) -> None:
    text = "SELECT ?c WHERE { ?c kg:claimant ?who FILTER NOT EXISTS { ?c kg:from ?day FILTER(?day > '2022-01-01'^^xsd:date) } }"
    for engine in query.ENGINES:
        answer = query.run(small, text, values={"who": ox.NamedNode(ENT + "bob")}, engine=engine)
        assert values(answer) == [("<https://w3id.org/claimgraph/claim/t-002>",)]


def test_values_are_never_pasted(small: Data) -> None:
    evil = ox.Literal('x") } } SERVICE <http://127.0.0.1/> { #\n')
    answer = query.run(small, "SELECT ?x { ?c kg:claimant ?w BIND(?y AS ?x) }", values={"y": evil})
    assert {row[0] for row in answer.rows} == {evil}
    with pytest.raises(UsageError, match="is no iri"):
        to_term(Parameter("w", "iri"), "<urn:x>?p?o.?s<urn:y>", Lookup({}))


def test_binding_leaves_lines_where_they_are(small: Data) -> None:
    with pytest.raises(QueryError) as caught:
        query.run(small, "SELECT ?c {\n ?c kg:claimant ?who .\n ?c kg: kg: kg: }", values={"who": ox.NamedNode("urn:x")})
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("iri", "ent:ann", f"<{ENT}ann>"),
        ("iri", "<urn:x>", "<urn:x>"),
        ("iri", "https://example.org/x", "<https://example.org/x>"),
        ("iri", "ann", f"<{ENT}ann>"),
        ("iri", "urn:x", "<urn:x>"),
        ("iri", "robert", f"<{ENT}bob>"),
        ("claim", "claim:t-001", "<https://w3id.org/claimgraph/claim/t-001>"),
        ("month", "2021-08", '"2021-08"'),
        ("certainty", "probable", f"<{names.KG}probable>"),
        ("polarity", "kg:denied", f"<{names.KG}denied>"),
        ("kind", names.KG + "event", f"<{names.KG}event>"),
        ("stance", "-1", '"-1"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("string", "-x: y", '"-x: y"'),
        ("langString", "chat@FR", '"chat"@fr'),
        ("integer", "-5", '"-5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("decimal", "1.50", '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("date", "2024-02-29", '"2024-02-29"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("boolean", "true", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
    ],
)
def test_values_become_terms_of_their_type(small: Data, kind: str, value: str, written: str) -> None:
    assert str(to_term(Parameter("p", kind), value, Lookup(small.workspace.prefixes, index=small))) == written


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("integer", "five", "-p p 20"),
        ("integer", "1.5", "is no integer"),
        ("date", "2023-02-29", "is no date"),
        ("boolean", "yes", "-p p true"),
        ("langString", "chat", "any words@en"),
        ("iri", "Nobody", "nothing has the label"),
        ("iri", "Bib", "did you mean 'Bob'"),
        ("iri", "Roberto", "did you mean 'Robert'"),
        ("iri", "enty:bob", "the prefix 'enty:' of 'enty:bob' is not declared; did you mean ent:bob?"),
        ("iri", "zzz:bob", "a whole IRI stands in <>"),
        ("iri", "Rob", "several things, ent:bob, ent:bob2"),
        ("claim", "002", "'002' is no claim for the parameter 'p'; ids look like claim:t-002"),
        ("claim", "9", "ids look like claim:t-001"),
        ("month", "May", "'May' is no month for the parameter 'p'; give it as in -p p 2021-08"),
        ("month", "2021-13", "is no month"),
        ("certainty", "maybe", "give one of certain, probable, possible, unspecified"),
        ("certainty", "kg:affirmed", "give one of"),
        ("stance", "2", "is no stance"),
    ],
)
def test_a_bad_value_is_answered_with_an_example(small: Data, kind: str, value: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        to_term(Parameter("p", kind), value, Lookup(small.workspace.prefixes, index=small))


def test_a_label_of_two_things_is_refused() -> None:
    with pytest.raises(UsageError, match="several things, <urn:a>, <urn:b>"):
        to_term(Parameter("p", "iri"), "Same", Lookup({}, {"urn:a": "Same", "urn:b": "same"}))


def test_parameters_are_required_optional_or_have_a_default() -> None:
    declared = [Parameter("a", "iri", is_required=True, words="whose"), Parameter("b", "date"), Parameter("n", "integer", default="7")]
    with pytest.raises(UsageError, match=r"'a' \(whose\) is missing; give it as in -p a ent:taliban"):
        terms_of(declared, {}, {}, {})
    found = terms_of(declared, {"a": "<urn:x>"}, {}, {})
    assert list(found) == ["a", "n"]
    with pytest.raises(UsageError, match="no parameter 'z'; it has a, b, n"):
        terms_of(declared, {"a": "<urn:x>", "z": "1"}, {}, {})


def test_a_saved_query_takes_only_what_it_declares() -> None:
    with pytest.raises(UsageError, match="no parameter 'who'; it has none"):
        terms_of([], {"who": "x"}, {}, is_saved=True)


def test_examples_come_from_the_data_at_hand(small: Data) -> None:
    more = data_of(GRAPH + "claim:t-001 <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> ent:ann .", small.workspace.root)
    for kind, example in (("iri", "ent:ann"), ("claimant", "ent:bob"), ("claim", "claim:t-001"), ("relation", "rel:fears")):
        with pytest.raises(UsageError, match=f"give it as in -p p {example}$"):
            terms_of([Parameter("p", kind, is_required=True)], {}, more.workspace.prefixes, index=more)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("ann", """'ann' is a label; give -p w ent:ann for what has it, or -p w '"ann"' for the words themselves"""),
        ("Rob", "give -p w ent:bob or -p w ent:bob2"),
        ("enty:ann", "did you mean ent:ann?"),
    ],
)
def test_an_undeclared_parameter_that_could_be_meant_otherwise_is_asked_about(small: Data, value: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        terms_of([], {"w": value}, small.workspace.prefixes, index=small)
    assert words in str(caught.value)


def test_quoted_words_are_words(small: Data) -> None:
    assert terms_of([], {"w": '"Ann"'}, small.workspace.prefixes, index=small) == {"w": ox.Literal("Ann")}


def test_a_variable_that_the_query_has_not_is_said_so(small: Data) -> None:
    with pytest.raises(UsageError, match=r"^the query has no variable \?who; it has \?c, \?w$"):
        query.run(small, "SELECT ?c { ?c kg:claimant ?w }", values={"who": ox.NamedNode("urn:x")})


def test_undeclared_parameters_become_what_they_look_like() -> None:
    given = {"a": "ent:x", "b": "5", "c": "2020-01-01", "d": "two words", "e": "note: this"}
    found = {name: str(term) for name, term in terms_of([], given, names.prefixes(), {}).items()}
    assert found["a"] == f"<{ENT}x>"
    assert found["b"].endswith("#integer>")
    assert found["c"].endswith("#date>")
    assert (found["d"], found["e"]) == ('"two words"', '"note: this"')


# ---- saved queries

GOOD = """#+ summary: Whose claims
#+ tags: claims, people
#+ param: who | iri | required | whose
#+ param: most | integer | 20 | how many
PREFIX kg: <https://w3id.org/claimgraph/ontology#>
SELECT ?c WHERE { ?c kg:claimant ?who . FILTER(?most > 0) } ORDER BY ?c
"""


def test_a_good_file_is_read_with_its_header(tmp_path: Path) -> None:
    path = tmp_path / "whose-claims.rq"
    path.write_text(GOOD, encoding="utf-8")
    found = saved.check_file(path)
    assert (found.name, found.summary, found.tags) == ("whose-claims", "Whose claims", ("claims", "people"))
    assert [(item.name, item.type, item.is_required, item.default) for item in found.parameters] == [
        ("who", "iri", True, None),
        ("most", "integer", False, "20"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("#+ summary: Whose claims\n", "", 1, "no summary"),
        ("#+ tags:", "#+ tag:", 2, "'tag' is unknown"),
        ("#+ tags: claims, people", "#+ summary: again", 2, "repeated"),
        ("#+ tags: claims, people", "#+ tags:", 2, "empty"),
        ("#+ tags: claims, people", "#+ tags", 2, "header line"),
        ("| how many", "", 4, "a parameter reads"),
        ("#+ param: most |", "#+ param: who |", 4, "declared twice"),
        ("| integer |", "| number |", 4, "no type of a parameter"),
        ("| 20 |", "| many |", 4, "is no integer"),
        ("param: most", "param: 1most", 4, "cannot be the name"),
        ("?most > 0", "true", 4, "does not occur"),
        ("FILTER(?most > 0)", "{ ?c ?p ?o FILTER(?most > 0) }", 4, "only in a nested group"),
        ("PREFIX kg: <https://w3id.org/claimgraph/ontology#>\n", "", 5, "not complete SPARQL"),
        (" ORDER BY ?c", "", 1, "no order"),
        ("ORDER BY ?c", "ORDER BY ?c }", 6, "closes nothing"),
        ("?c kg:claimant ?who", "SERVICE <http://127.0.0.1/> { ?c kg:claimant ?who }", 6, "allow-list"),
    ],
)
def test_each_rule_for_saved_queries_is_kept(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = tmp_path / "x.rq"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=words) as caught:
        saved.check_file(path)
    assert (caught.value.path, caught.value.line) == (str(path), line)


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a\0b", "CON", "a" * 300, "a.", "a ", ".hidden", "", "-x"])
def test_names_that_are_none_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no name of a saved query"):
        saved.find(tmp_path, name)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    folder.mkdir()
    (tmp_path / "outside.rq").write_text(GOOD, encoding="utf-8")
    (folder / "inside.rq").symlink_to(tmp_path / "outside.rq")
    for look in (lambda: saved.find(folder, "inside"), lambda: saved.find_all(folder)):
        with pytest.raises(InputError, match="leads out"):
            look()


def test_names_are_unique_and_well_formed(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.rq").write_text(GOOD, encoding="utf-8")
    with pytest.raises(InputError, match="is taken by"):
        saved.find_all(tmp_path)
    (tmp_path / "b" / "same.rq").rename(tmp_path / "b" / "Same.rq")
    with pytest.raises(InputError, match="lower-case"):
        saved.find_all(tmp_path)


def test_a_missing_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "who-says-what.rq").write_text(GOOD, encoding="utf-8")
    assert saved.find(tmp_path, "who-says-what").summary == "Whose claims"
    with pytest.raises(UsageError, match="did you mean who-says-what"):
        saved.find(tmp_path, "who-say-what")


def test_every_saved_query_of_the_checkout_keeps_the_rules(checkout: Workspace) -> None:
    for path in saved.find_all(checkout.queries_dir).values():
        saved.check_file(path)


def test_the_named_graphs_are_loaded_only_for_queries_that_reach_for_them(root: Path) -> None:
    fresh = index.load(workspace.find(root))
    for name in ("who-says-what", "claims-in-month", "figures"):
        query.run(fresh, saved.find(root / "queries", name).text, explain=False)
        assert list(fresh.store.named_graphs()) == [], name
    query.run(fresh, "ASK { GRAPH ?g { ?s ?p ?o } }")
    assert len(list(fresh.store.named_graphs())) > 2
