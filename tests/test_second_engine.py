"""rdflib as the second engine: what it fails at is one line that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from kg import second_engine
from kg.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

    RunKg = Callable[..., Any]

HUGE = " ".join(f"BIND(?x{n} * ?x{n} AS ?x{n + 1})" for n in range(30))
FAILURES = {
    "sorting what has no value": "SELECT * WHERE { ?s ?p ?o } ORDER BY(?a<1)",
    "a slice without end": 'SELECT (SUBSTR("abc", 1e999) AS ?x) {}',
    "a whole number of no number": 'SELECT (ROUND(xsd:double("NaN")) AS ?x) {}',
    "a whole number without end": 'SELECT (ROUND(xsd:double("INF")) AS ?x) {}',
    "a number of more digits than Python reads": f"SELECT ?x30 {{ BIND(99999999999999999999 AS ?x0) {HUGE} }}",
    "a sum of words": 'SELECT (SUM(?x) AS ?y) { VALUES ?x { 1 "a" } }',
    "the seconds of no time": 'SELECT (SECONDS("x"^^xsd:dateTime) AS ?x) {}',
    "groups by nothing": "SELECT (COUNT(*) AS ?n) {} GROUP BY (1/0)",
    "no language": 'SELECT (STRLANG("a", "no good") AS ?x) {}',
    "no IRI": 'SELECT (IRI("a b") AS ?x) {}',
}


def answer(text: str) -> Any:
    store = ox.Store()
    store.extend(ox.Quad(ox.NamedNode(f"urn:{n}"), ox.NamedNode("urn:p"), ox.Literal(n)) for n in range(3))
    prefixes = {"xsd": "http://www.w3.org/2001/XMLSchema#"}
    return second_engine.solve(store, text, prefixes=prefixes, graphs=None, limit=None)


@pytest.mark.parametrize("text", FAILURES.values(), ids=list(FAILURES))
def test_what_rdflib_fails_at_is_one_line(text: str) -> None:
    with pytest.raises(
        QueryError, match=r"^rdflib (fails at this query|answers with what is no RDF) \(.+\); ask it with --engine oxigraph$"
    ):
        answer(text)


def test_the_same_failure_is_told_in_the_same_words() -> None:
    with pytest.raises(QueryError) as found:
        answer(FAILURES["the seconds of no time"])
    assert " at 0x" not in str(found.value)


def test_a_triple_that_rdf_does_not_know_is_left_out_of_a_template() -> None:
    found = answer('CONSTRUCT { ?o ?s "a" . ?s <urn:q> ?o . ?s ?o 1 } { ?s ?p ?o }').triples
    assert [triple.predicate.value for triple in found] == ["urn:q"] * 3


def test_want_of_memory_is_not_taken_for_a_failure_of_rdflib(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(second_engine, "_evaluated", fail)
    with pytest.raises(MemoryError):
        answer("ASK {}")


def test_on_the_command_line_it_is_no_traceback(run_kg: RunKg) -> None:
    done = run_kg("query", "-e", "SELECT * WHERE {?s a kg:Claim} ORDER BY(?a<1) LIMIT 3", "--engine", "rdflib")
    assert (done.code, done.out, done.err.count("\n")) == (4, "", 1)
    assert done.err.startswith("kg: rdflib fails at this query (TypeError: ")
