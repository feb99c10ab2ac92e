"""The description of the data set for programs: VoID and DCAT in one graph, as Turtle and JSON-LD, and in schema.org's words on a page.

Where the base URL is not known, the documents name the files of the site by relative addresses, which are right wherever the site is.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyoxigraph as ox

from .. import description, names
from ..description import DCAT, FOAF, VOID, Words
from ..results import counted
from .site import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..index import Index
    from ..model import Claim
    from .site import Site

__all__ = ["NAME", "claim_for_search_engines", "files", "for_search_engines"]

NAME = "void"
"""What the documents are called, before their suffix."""
_SOMEWHERE = "https://site.invalid/"
"""Stands for the address of the site while a document is written, where that is not known."""
_FORMATS = "http://www.w3.org/ns/formats/"
_DUMPS = {"text/turtle", "application/trig", "application/n-quads", "application/ld+json", "application/rdf+xml", "application/n-triples"}
"""The media types in which VoID has dumps: those of RDF."""
_SHORTEST = 50
"""How many characters search engines want of the description of a data set."""


def files(site: Site) -> Iterator[File]:
    """Yield the description in Turtle and in JSON-LD."""
    said = _said(site)
    order = {subject: at for at, subject in reversed(list(enumerate(triple.subject for triple in said)))}
    said.sort(key=lambda triple: order[triple.subject])  # what is said of one thing stands together
    prefixes = {**site.index.workspace.prefixes, **description.PREFIXES}
    turtle = _relative(ox.serialize(said, format=ox.RdfFormat.TURTLE, prefixes=prefixes), "<")
    yield File(f"{NAME}.ttl", turtle)
    yield File(f"{NAME}.jsonld", _relative(ox.serialize(said, format=ox.RdfFormat.JSON_LD), '"') + b"\n")


def _relative(document: bytes | None, before: str) -> bytes:
    return (document or b"").replace(f"{before}{_SOMEWHERE}".encode(), before.encode())


def _said(site: Site) -> list[ox.Triple]:
    """Return all triples of the description."""
    index, words = site.index, Words()
    at, about = ox.NamedNode(description.iri_of(index)), _file(site, f"{NAME}.ttl")
    data = description.data_of(index)
    description.say_contents(words, index, at, data)
    words.say(at, DCAT + "landingPage", _file(site, "index.html"))
    words.say(at, FOAF + "homepage", _file(site, "index.html"))
    words.say(at, names.DCTERMS + "description", ox.Literal(summary(site), language="en"))
    words.say(at, names.DCTERMS + "conformsTo", ox.NamedNode(names.KG[:-1]))
    words.say(at, names.CREATOR, *map(ox.NamedNode, _creators(index)))
    words.say(at, VOID + "exampleResource", *map(ox.NamedNode, _examples(index)))
    words.say(at, VOID + "feature", *(ox.NamedNode(_FORMATS + name) for name in ("Turtle", "JSON-LD")))
    if site.digest:
        description.say_checksum(words, at, site.digest.removeprefix("sha256:"))
    for dump in site.dumps:
        address = _file(site, dump.address)
        node = ox.NamedNode(f"{about.value}#{dump.address}")
        description.say_distribution(words, at, node, dump._replace(address=address.value), site.licence)
        if dump.media_type in _DUMPS and not dump.standard:  # whoever takes the dumps reads RDF 1.1
            words.say(at, VOID + "dataDump", address)
    description.say_linksets(words, index, at, data)
    words.say(about, names.TYPE, ox.NamedNode(VOID + "DatasetDescription"))
    words.say(about, FOAF + "primaryTopic", at)
    return list(dict.fromkeys(words.said))


def _file(site: Site, path: str) -> ox.NamedNode:
    return ox.NamedNode(site.absolute(path) or _SOMEWHERE + quote(path))


def summary(site: Site) -> str:
    """Return the data set in one sentence, in numbers."""
    index = site.index
    claims, sources = counted(len(index.claims), "claim"), counted(len(index.sources), "source")
    entities = counted(len(index.entities), "entity", "entities")
    return f"{claims}, {entities}, {sources}: who is committed to what, according to which passage of which text."


def _creators(index: Index) -> list[str]:
    """Return who encoded the claims, where they say so."""
    return sorted({claim.creator for claim in index.claims if claim.creator})


def _examples(index: Index) -> list[str]:
    """Return an entity that many claims are about, the first claim, and a source."""
    often = Counter(iri for claim in index.claims for iri in (claim.subject, claim.object) if iri in index.entities)
    entity = sorted(often, key=lambda iri: (-often[iri], str(iri)))[:1]
    return [str(iri) for iri in entity] + [claim.iri for claim in index.claims[:1]] + sorted(index.sources)[:1]


# For search engines: only what is so. The data set is a schema:Dataset; a claim is a schema:Claim, and nobody here reviews any.

_CONTEXT: dict[str, Any] = {
    "@vocab": names.SCHEMA,
    **{name: {"@type": "@id"} for name in ("url", "contentUrl", "license", "isBasedOn", "sameAs", "creator")},
}


def for_search_engines(site: Site) -> dict[str, Any]:
    """Return the data set in schema.org's words, for the first page."""
    index = site.index
    found: dict[str, Any] = {
        "@context": _CONTEXT,
        "@id": description.iri_of(index),
        "@type": "Dataset",
        "name": description.named(index),
        "description": summary(site),
        "url": site.absolute("index.html"),
        "license": site.licence,
        "identifier": site.digest,
        "creator": _creators(index),
        "publisher": _publisher(index),
        "keywords": index.workspace.about.keywords,
        "isBasedOn": sorted(index.sources),
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": dump.media_type, "contentUrl": site.absolute(dump.address) or dump.address}
            for dump in site.dumps
        ],
    }
    return {name: value for name, value in found.items() if value}


def _publisher(index: Index) -> dict[str, str]:
    """Return who publishes the data set, of whom is not said whether it is a person or an organisation."""
    stated = index.workspace.about.publisher
    return {key: value for key, value in (("name", stated.name), ("url", stated.url)) if value} if stated else {}


def claim_for_search_engines(site: Site, claim: Claim) -> dict[str, Any]:
    """Return a claim in schema.org's words: what is said by whom about what, and where; never whether it is so."""
    index = site.index
    is_dataset = claim.claimant in index.entities and names.SCHEMA + "Dataset" in index.entities[claim.claimant].types
    sources = sorted({index.passages[iri].source for iri in claim.passages if iri in index.passages} & index.sources.keys())
    about = [claim.subject, *([claim.object] if isinstance(claim.object, str) else [])]
    found: dict[str, Any] = {
        "@context": _CONTEXT,
        "@id": claim.iri,
        "@type": "Claim",
        "text": claim.label,
        "url": site.absolute(f"{site.addresses.file(claim.iri)}.html"),
        "author": None if is_dataset else _named(index, claim.claimant),
        "about": [_named(index, iri) for iri in dict.fromkeys(about)],
        "temporalCoverage": claim.when,
        "isBasedOn": [*([claim.claimant] if is_dataset else []), *claim.derived_from],
        "appearance": [_named(index, iri) | {"@type": "CreativeWork"} for iri in sources],
    }
    return {name: value for name, value in found.items() if value}


def _named(index: Index, iri: str) -> dict[str, str]:
    label = index.labels.get(iri, "")
    return {"@id": iri, "name": label} if label else {"@id": iri}
