from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib
from rdflib.plugins import sparql

from kg import dataset, names
from kg.errors import QueryError, RefusedError

if TYPE_CHECKING:
    from kg.index import Index

# rdflib warns of its own use of its old names.
pytestmark = pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")

CLAIMS = "SELECT (COUNT(*) AS ?n) { ?claim a kg:Claim }"


@pytest.fixture(scope="module")
def opened(article_index: Index) -> rdflib.Dataset:
    return dataset.open_dataset(article_index)


def count(found: rdflib.query.Result) -> int:
    return int(str(next(iter(found))[0]))  # type: ignore[index]


def test_its_default_graph_is_that_of_every_engine(opened: rdflib.Dataset, article_index: Index) -> None:
    assert count(opened.query(CLAIMS)) == len(article_index.all_claims)


def test_a_named_graph_is_a_file_and_kg_plain_is_another(opened: rdflib.Dataset, article_index: Index) -> None:
    known = {str(graph.identifier) for graph in opened.graphs()}
    assert {article_index.workspace.graph_iri(path) for path in article_index.workspace.graph_files} | {names.PLAIN} <= known
    assert count(opened.query("SELECT (COUNT(*) AS ?n) { GRAPH kg:plain { ?s ?p ?o } }")) > 0


def test_nothing_can_be_changed_through_it(opened: rdflib.Dataset, article_index: Index) -> None:
    before = len(article_index.store)
    triple = (rdflib.URIRef("urn:a"), rdflib.URIRef("urn:b"), rdflib.URIRef("urn:c"))
    for change in (lambda: opened.add(triple), lambda: opened.remove(triple), lambda: opened.update("CLEAR ALL")):
        with pytest.raises(RefusedError, match="read-only"):
            change()
    assert len(article_index.store) == before


@pytest.mark.parametrize(
    "text", ["SELECT * { SERVICE <http://127.0.0.1:9/x> { ?s ?p ?o } }", "SELECT * FROM <http://127.0.0.1:9/x> { ?s ?p ?o }"]
)
def test_it_reaches_out_to_nobody(opened: rdflib.Dataset, text: str) -> None:
    with pytest.raises(RefusedError):
        opened.query(text)


def test_a_prepared_query_is_refused_since_it_cannot_be_looked_over(opened: rdflib.Dataset) -> None:
    with pytest.raises(RefusedError, match="give its text"):
        opened.query(sparql.prepareQuery("ASK { ?s ?p ?o }"))


def test_the_limits_of_query_texts_hold(opened: rdflib.Dataset) -> None:
    with pytest.raises(QueryError):
        opened.query("ASK { FILTER(" + "(" * 200 + "true" + ")" * 200 + ") }")
