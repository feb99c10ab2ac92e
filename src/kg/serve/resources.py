"""Every name of the workspace is an address: `/entity/taliban` leads (303) to a page for people, or to a document of the same triples.

What the document holds, `kg.pages.documents` says. It is the same in Turtle, N-Triples and JSON-LD.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from .. import context, names
from ..description import iri_of
from ..lookup import living
from ..pages.addresses import ONTOLOGY, OWN, SHARED
from ..pages.documents import FORMATS, NAMES, Offer, about_itself, is_known, triples_of, written
from .jobs import Reply, problem
from .negotiation import best
from .shown import Shown

if TYPE_CHECKING:
    from ..index import Index

__all__ = ["dereference", "document", "find", "links", "offered", "place_of"]

_HTML = "text/html"
_OFFERS = [_HTML, *FORMATS.values()]
_IRI = "/:@!$&'()*+,;=~-._%#?[]"


def find(index: Index, path: str) -> str:
    """Return the IRI of the workspace that a path (as it was sent, without its first slash) stands for; empty where there is no such thing.

    An IRI may be written with percent signs, or the client may have written it so: both are looked for.
    """
    kind = path.partition("/")[0]
    bases = [index.workspace.base] if kind in OWN else [names.BASE] if kind in {*SHARED, ONTOLOGY, path} else []
    for candidate in dict.fromkeys((path, unquote(path))):
        for base in bases:
            if is_known(index, base + candidate):
                return base + candidate
    return ""


def dereference(index: Index, path: str, accept: str) -> Reply:
    """Lead from the name of a thing to the document about it that the client can read best; from an old name to the one in use."""
    if index.workspace.base + path == iri_of(index):
        return Reply(303, b"", "", {"Location": "/.well-known/void"})
    if path == context.NAME:
        body = context.document(index)
        return Reply(200, body, "application/ld+json", {"Cache-Control": "no-cache", "ETag": _tag(body)})
    iri = find(index, path)
    if not iri:
        return problem(404, f"there is nothing here by the name {unquote(path)[:200]}; /find?q= searches the names")
    following = living(index, iri)
    if following != iri:  # asked again each time: an undone rename would else stay in the caches
        return Reply(301, b"", "", {"Location": f"/{Shown(index).path(following)}", "Cache-Control": "no-cache"})
    wanted = best(accept, _OFFERS)
    if wanted is None:
        return replace(problem(406, f"{unquote(path)[:200]} is here as {', '.join(_OFFERS)}"), headers={"Vary": "Accept"})
    place = place_of(index, iri)
    target = f"/page/{place}" if wanted == _HTML else f"/data/{place}.{_suffix(wanted)}"
    return Reply(303, b"", "", {"Location": target, "Vary": "Accept", "Link": links(place)})


def document(index: Index, path: str, host: str = "") -> Reply:
    """Return the triples of a thing in the form that the suffix of the path names; `host` is where the client sees this server."""
    stem, _, suffix = path.rpartition(".")
    iri = find(index, stem) if suffix in FORMATS else ""
    if not iri:
        return problem(404, f"there is no document /data/{unquote(path)[:200]}; names end in .{', .'.join(FORMATS)}")
    place = place_of(index, iri)
    link = f'<{quote(iri, safe=_IRI)}>; rel="describes", {links(place)}'
    addresses = [f"{host}/data/{place}.{each}" for each in FORMATS] if host else []
    body = written(index, [*triples_of(index, iri), *about_itself(index, iri, addresses)], suffix)
    return Reply(200, body, FORMATS[suffix], {"Link": link, "Cache-Control": "no-cache", "ETag": _tag(body)})


def place_of(index: Index, iri: str) -> str:
    """Return the path of a thing that was found here; what stands right below the base or in a folder's name has that of its IRI, too.

    A `#` is written `%23`, as in an address it would end the path: the documents of a term of the ontology are its own.
    """
    base = index.workspace.base if iri.startswith(index.workspace.base) else names.BASE
    return (Shown(index).path(iri) or quote(iri.removeprefix(base), safe="/%")).replace("#", "%23")


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def links(place: str) -> str:
    """Return the header that names the page and the documents of a thing."""
    documents = [f'</data/{place}.{suffix}>; rel="alternate"; type="{media}"' for suffix, media in FORMATS.items()]
    return ", ".join([f'</page/{place}>; rel="alternate"; type="{_HTML}"', *documents])


def offered(place: str) -> list[Offer]:
    """Return the documents of a thing as its page offers them."""
    return [Offer(NAMES[suffix], media, f"/data/{place}.{suffix}") for suffix, media in FORMATS.items()] if place else []


def _suffix(media: str) -> str:
    return next(suffix for suffix, each in FORMATS.items() if each == media)
