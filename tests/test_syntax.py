"""Mistakes in queries are named where they are, in one useful sentence; what an engine reads is no mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg import guard, index, names, query, syntax
from kg.errors import QueryError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.workspace import Workspace

NO_COMMAS = "the variables of SELECT stand side by side, without commas"
IN_BRACKETS = "FILTER takes its condition in brackets: FILTER(…)"
RELATIVE = "is relative, and the query has no BASE; write it whole, or with a prefix"
IN_SELECT = "SELECT takes what is computed in brackets and with a name: (COUNT(…) AS ?name)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * { ?s kg:claimant }\n                          ^", "the triple '?s kg:claimant' has no object"),
        ("SELECT * { ?s }\n              ^", "the triple '?s' has no predicate and no object"),
        (
            "SELECT * { ?s kg:claimant ?w . ?s kg:kind . ?s ?p ?o }\n                                          ^",
            "the triple '?s kg:kind' has no object",
        ),
        ("SELECT * { ?s kg:kind FILTER(?s) }\n                      ^", "the triple '?s kg:kind' has no object"),
        ("SELECT * { ?s kg:claimant ?w , }\n                               ^", "an object is missing after ','"),
        ("SELECT ?a, ?b { ?a ?b ?c }\n         ^", NO_COMMAS),
        ("SELECT DISTINCT ?a ,?b WHERE { ?a ?b ?c }\n                   ^", NO_COMMAS),
        ("SELECT * { ?s ?p ?o FILTER ?o > 3 }\n                           ^", IN_BRACKETS),
        ("SELECT * { ?s ?p ?o . FILTER ?o = 3 . ?s ?x ?y }\n                             ^", IN_BRACKETS),
        (
            "SELECT * { ?s ?p ?o FILTER NOT ?o }\n                           ^",
            "FILTER takes its condition in brackets: FILTER(!…), or FILTER NOT EXISTS { … }",
        ),
        ("SELECT * { <a> ?p ?o }\n           ^", f"the IRI <a> {RELATIVE}"),
        ("PREFIX x: <foo#> SELECT * { x:a ?p ?o }\n          ^", f"the IRI <foo#> {RELATIVE}"),
        ("SELECT * { ?s kg:claimant <../b> }\n                          ^", f"the IRI <../b> {RELATIVE}"),
        ("SELECT COUNT(*) { ?s ?p ?o }\n       ^", IN_SELECT),
        ("SELECT (COUNT(?s) ?n) { ?s ?p ?o }\n                    ^", "what SELECT computes needs a name: (… AS ?name)"),
        ("SELECT { ?s ?p ?o }\n       ^", "SELECT names nothing; write SELECT * or the variables that you want"),
        ("SELECT * WHERE ?s ?p ?o\n               ^", "WHERE is followed by a group in braces: WHERE { … }"),
        ("SELECT * { ?s ?p ?o ?s ?q ?r }\n                    ^", "a '.', ';' or ',' is missing before '?s'"),
        ("SELECT * { ?s ?p 'x' kg:y ?z }\n                     ^", "a '.', ';' or ',' is missing before 'kg:y'"),
        ("SELECT * { ?s 'p' ?o }\n              ^", "a predicate is a name or a variable, which 'p' is not"),
        ("SELECT * { ?s = ?o }\n              ^", "'=' cannot stand in a triple; a condition goes into FILTER(…)"),
        (
            "SELECT * { ?s ?p ?o OPTIONAL ?o ?p ?s }\n                             ^",
            "OPTIONAL is followed by a group in braces: OPTIONAL { … }",
        ),
        ("SELECT * { BIND(1 ?x) }\n                    ^", "what BIND computes needs a name: BIND(… AS ?name)"),
        ("SELECT * { ?s ?p ?o } GROUP ?s\n                            ^", "GROUP is followed by BY: write GROUP BY"),
        (
            "SELECT * { ?s ?p ?o } ORDER BY ?s DESC\n                                  ^",
            "DESC stands before what it sorts, with brackets: DESC(?name)",
        ),
        ("SELECT * { ?s kg:note [ kg:kind ] }\n                                ^", "the triple 'kg:kind' has no object"),
    ],
)
def test_a_mistake_is_named_where_it_is(checkout: Workspace, text: str, words: str) -> None:
    asked, _, caret = text.partition("\n")
    with pytest.raises(QueryError) as caught:
        query.run(index.Index(checkout, ox.Store()), asked)
    assert caught.value.message == words
    assert (caught.value.line, caught.value.column) == (1, len(caret))
    assert caught.value.source == asked


VALID = [
    "SELECT * { ?s ?p ?o ; . }",
    "SELECT * { ?s a kg:Claim ;; kg:kind ?k ; kg:note 'x'@en, -5, 1.5e3, true, '1'^^xsd:integer . [] a kg:Claim . [ a ?y ; ?z [] ] . }",
    "SELECT * { (1 2 (3)) ?p ?o . ?s ?q ( ) , ( 'a'@en ) }",
    "SELECT * { ?s a/^kg:x+|(kg:y/kg:z)*/!(a|^kg:q) ?o ; ^kg:kind ?x ; !kg:note ?y ; kg:a?/kg:b ?z }",
    "SELECT (COUNT(*) AS ?n) (?x + 1 AS ?y) ?x FROM <urn:g> FROM NAMED <urn:h> { GRAPH ?g { ?x ?p ?o } } GROUP BY ?x HAVING (COUNT(*) > 1)",
    "SELECT ?x WHERE { { SELECT DISTINCT ?x { ?x ?p ?o } ORDER BY DESC(?o) ?x LIMIT 3 } UNION { ?x a ?t } MINUS { ?x ?y 1 } }",
    "SELECT * { VALUES (?a ?b) { (1 UNDEF) (<urn:x> 'y'@en) } VALUES ?c { 1 2 } ?a ?b ?c BIND(1 + 2 AS ?d) BIND(IF(?a, 1, 2) AS ?e) }",
    "SELECT * { FILTER EXISTS { ?s ?q ?r } FILTER NOT EXISTS { ?s ?q 1 } FILTER(?o > 3) FILTER regex(?o, 'x') FILTER xsd:date(?o) }",
    "SELECT * { ?s ?p ?o . FILTER(?o = 3 && NOT EXISTS { ?s a ?t . ?t a ?u }) . OPTIONAL { ?s a ?x } . ?s a ?y }",
    "ASK { ?s ?p <urn:\\u0041> }",
    "BASE <http://example.org/> SELECT * { <a> ?p <#b> }",
    "CONSTRUCT { ?s a kg:X ; ?p [ a kg:Y ] } WHERE { ?s ?p ?o }",
    "CONSTRUCT WHERE { ?s ?p ?o . }",
    "DESCRIBE ?x <urn:y> WHERE { ?x a kg:Claim } ORDER BY ?x",
    "DESCRIBE <urn:y>",
    "SELECT * { ?s ?p ?o } VALUES ?s { <urn:x> }",
    "SELECT REDUCED $a ?b { $a ?b '''x ' y''' }",
    "SELECT * { _:b a kg:Claim . _:b kg:kind _:c }",
    "SELECT * {}",
]


@pytest.mark.parametrize("text", VALID)
def test_what_an_engine_reads_is_no_mistake(text: str) -> None:
    ox.Store().query(text, prefixes=names.prefixes())
    assert syntax.find(text, guard.check(text)) is None


def test_no_saved_query_holds_a_mistake(root: Path) -> None:
    for path in sorted((root / "queries").rglob("*.rq")):
        text = path.read_text(encoding="utf-8")
        assert syntax.find(text, guard.check(text)) is None, path


def test_a_query_cut_anywhere_gets_one_error_in_one_line(checkout: Workspace) -> None:
    """Half a query is what people have while they write: whatever is missing, the answer is one sentence with a place."""
    empty = index.Index(checkout, ox.Store())
    for text in VALID:
        tokens = list(guard.tokens(text))
        for token in tokens[1:]:
            error = error_of(empty, text[: token.start])
            assert error is None or ("\n" not in str(error) and error.line == 1)


def error_of(found_in: index.Index, text: str) -> QueryError | None:
    try:
        query.run(found_in, text, explain=False)
    except QueryError as error:
        return error
    return None
