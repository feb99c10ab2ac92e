"""What the server says about itself and its data: the service description of SPARQL 1.1, and VoID."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from ..description import DCAT, VOID, Words, data_of, iri_of, number, say_checksum, say_contents, say_linksets, size_of
from .jobs import Reply, problem
from .negotiation import best
from .sparql import GRAPH_FORMS, graph_reply

if TYPE_CHECKING:
    from ..index import Index
    from .jobs import Job

__all__ = ["service", "void"]

_SD, _FORMATS = "http://www.w3.org/ns/sparql-service-description#", "http://www.w3.org/ns/formats/"
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
_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"
_HIDDEN = ("text/html", "application/xml", "text/xml", "application/json")


def service(index: Index, job: Job) -> Reply:
    """Return the service description of the endpoint at the `host` of a job."""
    words, at = Words(), ox.NamedNode(job["host"] + "/sparql")
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
    for place, name in enumerate(sorted(index.store.named_graphs(), key=str)):
        named, graph = ox.BlankNode(f"named{place}"), ox.BlankNode(f"graph{place}")
        words.say(dataset, _SD + "namedGraph", named)
        words.say(named, names.TYPE, ox.NamedNode(_SD + "NamedGraph"))
        words.say(named, _SD + "name", name)
        words.say(named, _SD + "graph", graph)
        _say_graph(words, index, graph, name)
    return _given(index, job, words)


def void(index: Index, job: Job) -> Reply:
    """Return what VoID says of the data: size, vocabularies, classes and properties, and where to ask."""
    words, at = Words(), ox.NamedNode(iri_of(index))
    words.say(at, VOID + "sparqlEndpoint", ox.NamedNode(job["host"] + "/sparql"))
    words.say(at, names.IDENTIFIER, ox.Literal(str(job["generation"])))
    if index.shown_hash:
        say_checksum(words, at, index.shown_hash.partition(":")[2])
    data = data_of(index)
    say_contents(words, index, at, data)
    say_linksets(words, index, at, data)
    _say_service(words, ox.NamedNode(job["host"] + "/sparql"), at)
    return _given(index, job, words)


def _say_service(words: Words, endpoint: ox.NamedNode, dataset: ox.NamedNode) -> None:
    """Say in DCAT's words how the data set is asked; what is found at the endpoint without a query is its description."""
    words.say(endpoint, names.TYPE, ox.NamedNode(DCAT + "DataService"))
    words.say(endpoint, names.TITLE, ox.Literal("read-only SPARQL 1.1 endpoint", language="en"))
    words.say(endpoint, DCAT + "endpointURL", endpoint)
    words.say(endpoint, DCAT + "endpointDescription", endpoint)
    words.say(endpoint, DCAT + "servesDataset", dataset)
    words.say(endpoint, names.DCTERMS + "conformsTo", ox.NamedNode(_PROTOCOL))


def _say_graph(words: Words, index: Index, graph: ox.BlankNode, name: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> None:
    words.say(graph, names.TYPE, ox.NamedNode(_SD + "Graph"))
    words.say(graph, VOID + "triples", number(size_of(index.store, name)))


def _given(index: Index, job: Job, words: Words) -> Reply:
    """Return the triples in the form that the client likes best; a browser gets Turtle to read."""
    offers = [name for name in GRAPH_FORMS if name not in _HIDDEN]
    chosen = best(job["accept"], offers) or ("text/plain" if "text/html" in job["accept"] else None)
    if chosen is None:
        return problem(406, f"this can be given in {', '.join(offers)}")
    return graph_reply(index, words.said, chosen)
