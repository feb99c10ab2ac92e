"""Load a workspace into a SPARQL endpoint, graph by graph, each replaced as a whole: to push twice is to push once.

What goes there: the default graph of the workspace (ontology, entities and sources together) as the graph `<base>default-graph`, which
`kg query --endpoint` names in every request; each file of `graph/` as the named graph that it is here; and `kg:plain`.

Triples are sent as the files write them, in batches: the first replaces a graph, the others add to it. A push that breaks off in between
leaves one graph incomplete, and the next push mends that. The way is the SPARQL 1.1 Graph Store HTTP Protocol (PUT, POST, DELETE with
`?graph=`), or SPARQL 1.1 Update where an address for it is named.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import pyoxigraph as ox

from . import names
from .errors import InputError, RemoteError, UsageError
from .index import triples_in
from .remote import default_graph_of
from .wire import Deadline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from .index import Index
    from .remote import Endpoint

__all__ = ["Pushed", "push"]

_BATCH, _UPDATE_BATCH = 20_000, 500
_NO_STORE = frozenset([400, 404, 405, 406, 415, 501])


class Pushed(NamedTuple):
    """What became of one graph: how many triples it has here, and how many at the endpoint; `is_removed` where it is no longer here."""

    graph: str
    sent: int
    arrived: int
    is_removed: bool = False


def push(
    index: Index, endpoint: Endpoint, *, graph_store: str | None = None, update: str | None = None, prune: bool = False
) -> Iterator[Pushed]:
    """Load a workspace into an endpoint and yield each graph when it is there; with `prune`, remove graphs that no file is any more.

    RemoteError where the endpoint fails, UsageError where two ways are named.
    """
    if graph_store and update:
        raise UsageError("a push goes through the graph store or through updates; name one of --graph-store and --update")
    target = _Updates(endpoint, update) if update else _GraphStore(endpoint, graph_store or endpoint.url)
    index.add_graphs()
    space = index.workspace
    default = endpoint.default_graph or default_graph_of(space)
    files: dict[str, list[Path]] = {default: [*space.ontology_files, *space.data_files]}
    files |= {space.graph_iri(path): [path] for path in space.data_files}
    for graph, paths in files.items():
        target.replace(graph, chain.from_iterable(map(triples_in, paths)))
        stored = sum(
            1 for _ in index.store.quads_for_pattern(None, None, None, ox.DefaultGraph() if graph == default else ox.NamedNode(graph))
        )
        yield _compared(endpoint, graph, stored, chain.from_iterable(map(triples_in, paths)))
    plain = [quad.triple for quad in index.store.quads_for_pattern(None, None, None, ox.NamedNode(names.PLAIN))]
    target.replace(names.PLAIN, plain)
    yield _compared(endpoint, names.PLAIN, len(plain), plain)
    if prune:
        for graph in sorted(set(endpoint.graphs()) - {*files, names.PLAIN}):
            target.remove(graph)
            yield Pushed(graph, 0, endpoint.count(graph), is_removed=True)


def _compared(endpoint: Endpoint, graph: str, stored: int, triples: Iterable[ox.Triple]) -> Pushed:
    """Count what arrived; an engine may keep apart two spellings of one value, which the store here does not."""
    arrived = endpoint.count(graph)
    return Pushed(graph, stored if arrived == stored else len(set(triples)), arrived)


def _batches(graph: str, triples: Iterable[ox.Triple], size: int) -> Iterator[str]:
    """Yield triples as N-Triples, at least one batch; a blank node is the same one within a batch only."""
    rest = iter(triples)
    batch, number = list(islice(rest, size)), 0
    while batch or not number:
        following = list(islice(rest, size))
        if (following or number) and any(isinstance(term, ox.BlankNode) for triple in batch for term in (triple.subject, triple.object)):
            raise InputError(f"the graph <{graph}> has blank nodes and is too large for one request; give them IRIs")
        yield (ox.serialize(batch, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
        batch, number = following, number + 1


class _GraphStore:
    """SPARQL 1.1 Graph Store HTTP Protocol: https://www.w3.org/TR/sparql11-http-rdf-update/."""

    def __init__(self, endpoint: Endpoint, url: str) -> None:
        self.endpoint, self.url = endpoint, endpoint.client.allow(url)

    def replace(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        for number, batch in enumerate(_batches(graph, triples, _BATCH)):
            self._send("POST" if number else "PUT", graph, batch.encode())

    def remove(self, graph: str) -> None:
        self._send("DELETE", graph)

    def _send(self, method: str, graph: str, content: bytes | None = None) -> None:
        url = f"{self.url}{'&' if '?' in self.url else '?'}{urlencode({'graph': graph})}"
        kind = "" if content is None else "application/n-triples"
        try:
            self.endpoint.client.send(method, url, deadline=Deadline(self.endpoint.seconds), content=content, content_type=kind)
        except RemoteError as error:
            if error.status not in _NO_STORE:
                raise
            hint = (
                "name its graph store with --graph-store (Oxigraph /store, Virtuoso /sparql-graph-crud-auth, Fuseki /data) or use --update"
            )
            raise RemoteError(f"{error.message}; {hint}", status=error.status) from None


class _Updates:
    """SPARQL 1.1 Update, in requests small enough for every engine."""

    def __init__(self, endpoint: Endpoint, url: str) -> None:
        self.endpoint, self.url = endpoint, endpoint.client.allow(url)

    def replace(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        self.remove(graph)
        for batch in _batches(graph, triples, _UPDATE_BATCH):
            if batch:
                self._send(f"INSERT DATA {{ GRAPH <{graph}> {{\n{batch}}} }}")

    def remove(self, graph: str) -> None:
        self._send(f"DROP SILENT GRAPH <{graph}>")

    def _send(self, text: str) -> None:
        self.endpoint.client.send(
            "POST",
            self.url,
            deadline=Deadline(self.endpoint.seconds),
            content=urlencode({"update": text}).encode(),
            content_type="application/x-www-form-urlencoded",
        )
