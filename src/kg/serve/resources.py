"""Every name of the workspace is an address: `/entity/taliban` leads (303) to a page for people, or to a document of the same triples.

The document of a thing holds what the default graph says of it, and what it says of others with it as object: claims about an entity, for
one. It is the same in Turtle, N-Triples and JSON-LD.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pyoxigraph as ox

from .. import names, results
from ..answers import Answer
from .jobs import Reply, problem
from .negotiation import best
from .shown import ONTOLOGY, OWN, SHARED, Shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..index import Index

__all__ = ["FORMATS", "dereference", "document", "find", "links", "triples_of"]

FORMATS = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}
"""The documents of a thing, by the suffix of their address."""
_HTML = "text/html"
_OFFERS = [_HTML, *FORMATS.values()]
_IRI = "/:@!$&'()*+,;=~-._%#?[]"
INCOMING = 10_000
"""How many triples with a thing as their object its document holds at most; beyond that, ask the endpoint."""


def find(index: Index, path: str) -> str:
    """Return the IRI of the workspace that a path (as it was sent, without its first slash) stands for; empty where there is no such thing.

    An IRI may be written with percent signs, or the client may have written it so: both are looked for.
    """
    kind = path.partition("/")[0]
    bases = [index.workspace.base] if kind in OWN else [names.BASE] if kind in SHARED or kind == ONTOLOGY else []
    for candidate in dict.fromkeys((path, unquote(path))):
        for base in bases:
            if is_known(index, base + candidate):
                return base + candidate
    return ""


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
        iri == index.workspace.graph_iri(path) for path in index.workspace.graph_files
    )


def dereference(index: Index, path: str, accept: str) -> Reply:
    """Lead from the name of a thing to the document about it that the client can read best."""
    iri = find(index, path)
    if not iri:
        return problem(404, f"there is nothing here by the name {unquote(path)[:200]}; /find?q= searches the names")
    wanted = best(accept, _OFFERS)
    if wanted is None:
        return replace(problem(406, f"{unquote(path)[:200]} is here as {', '.join(_OFFERS)}"), headers={"Vary": "Accept"})
    place = Shown(index).path(iri)
    target = f"/page/{place}" if wanted == _HTML else f"/data/{place}.{_suffix(wanted)}"
    return Reply(303, b"", "", {"Location": target, "Vary": "Accept", "Link": links(place)})


def document(index: Index, path: str) -> Reply:
    """Return the triples of a thing in the form that the suffix of the path names."""
    stem, _, suffix = path.rpartition(".")
    iri = find(index, stem) if suffix in FORMATS else ""
    if not iri:
        return problem(404, f"there is no document /data/{unquote(path)[:200]}; names end in .{', .'.join(FORMATS)}")
    shown = Shown(index)
    answer = Answer("triples", triples=triples_of(index, iri))
    style = results.Style(index.workspace.prefixes)
    place = shown.path(iri)
    link = f'<{quote(iri, safe=_IRI)}>; rel="describes", {links(place)}'
    body = results.write(answer, suffix, style).encode()
    return Reply(200, body, FORMATS[suffix], {"Link": link, "Cache-Control": "no-cache"})


def triples_of(index: Index, iri: str) -> list[ox.Triple]:
    """Return what the default graph says of a thing, and with it as object; blank nodes with what is said of them."""
    if iri == names.KG[:-1]:
        return _ontology(index)
    node = ox.NamedNode(iri)
    incoming = index.store.quads_for_pattern(None, None, node, ox.DefaultGraph())
    quads = chain(_closure(index.store, node), islice(incoming, INCOMING), _content(index, node))
    return list(dict.fromkeys(quad.triple for quad in quads))


def links(place: str) -> str:
    """Return the header that names the page and the documents of a thing."""
    documents = [f'</data/{place}.{suffix}>; rel="alternate"; type="{media}"' for suffix, media in FORMATS.items()]
    return ", ".join([f'</page/{place}>; rel="alternate"; type="{_HTML}"', *documents])


def _content(index: Index, node: ox.NamedNode) -> Iterator[ox.Quad]:
    """Yield the triples of a graph of the workspace; its name is that of a file."""
    if node.value.startswith(index.workspace.prefixes["graph"]):
        index.add_graphs()
        yield from index.store.quads_for_pattern(None, None, None, node)


def _suffix(media: str) -> str:
    return next(suffix for suffix, each in FORMATS.items() if each == media)


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
