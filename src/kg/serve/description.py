"""What the server says about itself and its data: the service description of SPARQL 1.1, and VoID."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from .jobs import Reply, problem
from .negotiation import best
from .sparql import GRAPH_FORMS, graph_reply

if TYPE_CHECKING:
    from ..index import Index
    from .jobs import Job

__all__ = ["service", "void"]

_SD, _VOID, _FORMATS = "http://www.w3.org/ns/sparql-service-description#", "http://rdfs.org/ns/void#", "http://www.w3.org/ns/formats/"
_RESULTS = [
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
]
_PARTITIONS = 200
_HIDDEN = ("text/html", "application/xml", "text/xml", "application/json")


class _Words:
    """Triples as they are said, one after the other."""

    def __init__(self) -> None:
        self.said: list[ox.Triple] = []

    def say(self, subject: ox.NamedNode | ox.BlankNode, predicate: str, *objects: ox.NamedNode | ox.BlankNode | ox.Literal) -> None:
        self.said += [ox.Triple(subject, ox.NamedNode(predicate), each) for each in objects]


def service(index: Index, job: Job) -> Reply:
    """Return the service description of the endpoint at the `host` of a job."""
    words, at = _Words(), ox.NamedNode(job["host"] + "/sparql")
    words.say(at, names.TYPE, ox.NamedNode(_SD + "Service"))
    words.say(at, _SD + "endpoint", at)
    words.say(at, _SD + "supportedLanguage", ox.NamedNode(_SD + "SPARQL11Query"))
    words.say(at, _SD + "resultFormat", *(ox.NamedNode(_FORMATS + name) for name in _RESULTS))
    dataset, default = ox.BlankNode("dataset"), ox.BlankNode("default")
    words.say(at, _SD + "defaultDataset", dataset)
    words.say(dataset, names.TYPE, ox.NamedNode(_SD + "Dataset"))
    words.say(dataset, _SD + "defaultGraph", default)
    _say_graph(words, index, default, ox.DefaultGraph())
    index.add_graphs()
    for number, name in enumerate(sorted(index.store.named_graphs(), key=str)):
        named, graph = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        words.say(dataset, _SD + "namedGraph", named)
        words.say(named, names.TYPE, ox.NamedNode(_SD + "NamedGraph"))
        words.say(named, _SD + "name", name)
        words.say(named, _SD + "graph", graph)
        _say_graph(words, index, graph, name)
    return _given(index, job, words)


def void(index: Index, job: Job) -> Reply:
    """Return what VoID says of the data: size, vocabularies, classes and properties, and where to ask."""
    words, at = _Words(), ox.NamedNode(job["host"] + "/.well-known/void#dataset")
    words.say(at, names.TYPE, ox.NamedNode(_VOID + "Dataset"))
    words.say(at, _VOID + "sparqlEndpoint", ox.NamedNode(job["host"] + "/sparql"))
    words.say(at, _VOID + "uriSpace", ox.Literal(index.workspace.base))
    words.say(at, names.IDENTIFIER, ox.Literal(str(job["generation"])))
    words.say(at, _VOID + "triples", _number(_count(index, ox.DefaultGraph())))
    words.say(at, _VOID + "entities", _number(len(index.entities)))
    for key, source in sorted(index.sources.items()):
        words.say(at, names.DCTERMS + "source", ox.NamedNode(key))
        words.say(ox.NamedNode(key), names.TITLE, ox.Literal(source.title or source.label))
    for prefix in ("kg", "rel", "prov", "oa", "skos"):
        words.say(at, _VOID + "vocabulary", ox.NamedNode(index.workspace.prefixes[prefix]))
    _say_partitions(words, index, at, "class", "entities", "SELECT ?k (COUNT(?s) AS ?n) { ?s a ?k }")
    _say_partitions(words, index, at, "property", "triples", "SELECT ?k (COUNT(?s) AS ?n) { ?s ?k ?o }")
    return _given(index, job, words)


def _say_partitions(  # noqa: PLR0917  the steps of one function
    words: _Words, index: Index, at: ox.NamedNode, kind: str, what: str, query: str
) -> None:
    rows = index.store.query(f"{query} GROUP BY ?k ORDER BY DESC(?n) ?k LIMIT {_PARTITIONS}")
    assert isinstance(rows, ox.QuerySolutions)  # noqa: S101  it is a SELECT
    for number, (key, count) in enumerate(rows):
        part = ox.BlankNode(f"{kind}{number}")
        words.say(at, f"{_VOID}{kind}Partition", part)
        words.say(part, _VOID + kind, key)
        words.say(part, _VOID + what, ox.Literal(count.value, datatype=ox.NamedNode(names.XSD + "integer")))


def _say_graph(words: _Words, index: Index, graph: ox.BlankNode, name: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> None:
    words.say(graph, names.TYPE, ox.NamedNode(_SD + "Graph"))
    words.say(graph, _VOID + "triples", _number(_count(index, name)))


def _count(index: Index, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> int:
    where = "?s ?p ?o" if isinstance(graph, ox.DefaultGraph) else f"GRAPH {graph} {{ ?s ?p ?o }}"
    rows = index.store.query(f"SELECT (COUNT(*) AS ?n) {{ {where} }}")
    assert isinstance(rows, ox.QuerySolutions)  # noqa: S101  it is a SELECT
    return int(next(iter(rows))["n"].value)


def _number(count: int) -> ox.Literal:
    return ox.Literal(str(count), datatype=ox.NamedNode(names.XSD + "integer"))


def _given(index: Index, job: Job, words: _Words) -> Reply:
    """Return the triples in the form that the client likes best; a browser gets Turtle to read."""
    offers = [name for name in GRAPH_FORMS if name not in _HIDDEN]
    chosen = best(job["accept"], offers) or ("text/plain" if "text/html" in job["accept"] else None)
    if chosen is None:
        return problem(406, f"this can be given in {', '.join(offers)}")
    return graph_reply(index, words.said, chosen)
