"""What is known of a thing as a document: what the default graph says of it, and what it says of others with it as object.

Claims about an entity, for one. The document is the same in Turtle, N-Triples and JSON-LD; this in the words of the published context.
It says of itself what it is about, too.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import description, names, results
from ..answers import Answer
from ..errors import InputError
from ..export import linked
from ..workspace import SNAPSHOTS
from .addresses import OWN, below

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..index import Index

__all__ = ["FORMATS", "INCOMING", "NAMES", "Offer", "about_itself", "is_known", "triples_of", "written"]

FORMATS = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}
"""The documents of a thing, by the suffix of their address."""
NAMES = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples"}
"""How people call these forms."""
INCOMING = 10_000
"""How many triples with a thing as their object its document holds at most; beyond that, ask the endpoint."""


class Offer(NamedTuple):
    """A document of a thing as a page offers it."""

    name: str
    media: str
    href: str


def is_known(index: Index, iri: str) -> bool:
    """Tell whether the default graph speaks of a name, or it is that of a graph."""
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        return False
    if iri == names.KG[:-1]:
        return True
    store, everywhere = index.store, ox.DefaultGraph()
    patterns = (
        store.quads_for_pattern(node, None, None, everywhere),
        store.quads_for_pattern(None, None, node, everywhere),
        store.quads_for_pattern(None, node, None, everywhere),
    )
    return any(next(found, None) is not None for found in patterns) or any(
        iri == index.workspace.graph_iri(path) for path in index.workspace.data_files
    )


def triples_of(index: Index, iri: str) -> list[ox.Triple]:
    """Return what the default graph says of a thing, and with it as object; blank nodes with what is said of them."""
    if iri == names.KG[:-1]:
        return _ontology(index)
    node = ox.NamedNode(iri)
    incoming = index.store.quads_for_pattern(None, None, node, ox.DefaultGraph())
    quads = chain(_closure(index.store, node), islice(incoming, INCOMING), _content(index, node))
    return list(dict.fromkeys(quad.triple for quad in quads))


def about_itself(index: Index, iri: str, addresses: Sequence[str] = ()) -> list[ox.Triple]:
    """Return what the document of a thing says of itself, once for each form at its address; without a name where these are not known.

    The data set is of the things that the workspace names. Of these a snapshot alone is under another's licence.
    """
    words, space = description.Words(), index.workspace
    is_own = below(iri, space.base).partition("/")[0] in OWN
    licence = description.licence_of(index) if is_own and not iri.startswith(f"{space.prefixes['graph']}{SNAPSHOTS}/") else ""
    named: list[description.Subject] = [ox.NamedNode(address) for address in addresses]
    for at in named or [ox.BlankNode("document")]:
        words.say(at, names.PRIMARY_TOPIC, ox.NamedNode(iri))
        words.say(at, names.IN_DATASET, *([ox.NamedNode(description.iri_of(index))] if is_own else []))
        description.say_licence(words, at, licence)
    return words.said


def written(index: Index, triples: Sequence[ox.Triple], suffix: str) -> bytes:
    """Return triples in the format that goes with a suffix."""
    if suffix == "jsonld":
        with suppress(InputError):  # a name that begins like a prefix, and what is of RDF 1.2: expanded JSON-LD has a place for them
            return linked.document(index, triples)
    answer = Answer("triples", triples=list(triples))
    return results.write(answer, suffix, results.Style(description.PREFIXES | index.workspace.prefixes)).encode()


def _content(index: Index, node: ox.NamedNode) -> Iterator[ox.Quad]:
    """Yield the triples of a graph of the workspace; its name is that of a file."""
    if node.value.startswith(index.workspace.prefixes["graph"]):
        index.add_graphs()
        yield from index.store.quads_for_pattern(None, None, None, node)


def _closure(store: ox.Store, start: ox.NamedNode) -> Iterator[ox.Quad]:
    waiting: list[ox.NamedNode | ox.BlankNode] = [start]
    seen: set[object] = set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for quad in store.quads_for_pattern(node, None, None, ox.DefaultGraph()):
            yield quad
            if isinstance(quad.object, ox.BlankNode):
                waiting.append(quad.object)


def _ontology(index: Index) -> list[ox.Triple]:
    """Return the ontology: what is said of it and of each of its terms."""
    store = index.store
    nodes = (quad.subject for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    found = {node.value for node in nodes if isinstance(node, ox.NamedNode) and (node.value + "#").startswith(names.KG)}
    return list(dict.fromkeys(quad.triple for iri in sorted(found) for quad in _closure(store, ox.NamedNode(iri))))
