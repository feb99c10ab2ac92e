"""The documentation of the ontology: one page that says what every term means, and the relations once more by themselves, as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .. import names
from ..pages.cards import cards
from ..pages.documents import written
from .beside import beside, embedded, offers
from .terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Claim
    from .site import File, Site
    from .terms import Term

__all__ = ["files"]

_FILE, _RELATIONS = "ontology/index", "relation/index"


def files(site: Site) -> Iterator[File]:
    """Yield the page of the ontology and that of the relations, with their documents."""
    shown = site.shown(f"{_FILE}.html")
    terms = Terms(shown)
    documents = beside(site, names.KG[:-1], _FILE)
    relations = terms.relations()
    yield site.page(
        f"{_FILE}.html",
        "terms.html.j2",
        here="ontology",
        about=_about(site, names.KG[:-1]),
        documents=offers(_FILE),
        linked=embedded(documents),
        classes=terms.classes(),
        properties=terms.properties(),
        schemes=terms.schemes(),
        relations=relations,
        relation_count=_size(relations),
        mappings=terms.mappings(),
        prefixes=_prefixes(site),
        example=_example(site),
    )
    yield from documents
    yield from _relations(site, relations)


def _relations(site: Site, relations: list[Term]) -> Iterator[File]:
    namespace = names.REL
    is_named = site.addresses.file(namespace) == _RELATIONS
    documents = beside(site, namespace, _RELATIONS) if is_named else []
    about = _about(site, namespace)
    yield site.page(
        f"{_RELATIONS}.html",
        "relations.html.j2",
        about=about,
        edition=site.shown(f"{_RELATIONS}.html").thing(about["versionIRI"]) if about.get("versionIRI") else None,
        relations=relations,
        relation_count=_size(relations),
        documents=offers(_RELATIONS) if is_named else [],
        linked=embedded(documents) if is_named else "",
    )
    yield from documents


def _size(terms: list[Term]) -> int:
    return sum(1 + _size(term.narrower) for term in terms)


def _about(site: Site, iri: str) -> dict[str, str]:
    """Return what an ontology says of itself, by the last parts of the properties' names."""
    said = site.index.said_of(iri)
    found = {names.local_name(key): min(str(getattr(term, "value", "")) for term in terms) for key, terms in said.items() if terms}
    return {"title": "", "description": "", "versionInfo": "", "modified": "", "license": "", "iri": iri} | found


def _prefixes(site: Site) -> list[tuple[str, str]]:
    return sorted(site.index.workspace.prefixes.items())


def _example(site: Site) -> dict[str, Any] | None:
    """Return a claim to look at, as a card and in Turtle: one with much to it, since it shows what a claim can hold."""
    if not site.index.claims:
        return None
    claim = max(site.index.claims, key=lambda each: (_richness(each), each.iri))
    shown = site.shown(f"{_FILE}.html")
    node = ox.NamedNode(claim.iri)
    own = [quad.triple for quad in site.index.store.quads_for_pattern(node, None, None, ox.DefaultGraph())]
    text = written(site.index, own, "ttl").decode()
    blocks = [line for line in text.splitlines() if not line.startswith("@prefix")]
    return {"card": cards([claim], shown)[0], "turtle": "\n".join(blocks).strip()}


def _richness(claim: Claim) -> int:
    """Count what a claim has that many have not, notes apart."""
    has = (claim.value is not None, claim.when, claim.passages, claim.reported_by, claim.modality, claim.polarity == "denied", claim.unit)
    return sum(map(bool, has)) - 2 * bool(claim.derived_from) - bool(claim.notes)
