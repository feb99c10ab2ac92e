"""The documentation of the ontology: one page that says what every term means, and the relations once more by themselves, as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names
from ..pages.ontology import about, guide, size
from .beside import beside, embedded, offers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..pages.terms import Term
    from .site import File, Site

__all__ = ["files"]

_FILE, _RELATIONS = "ontology/index", "relation/index"


def files(site: Site) -> Iterator[File]:
    """Yield the page of the ontology and that of the relations, with their documents."""
    shown = site.shown(f"{_FILE}.html")
    documents = beside(site, names.KG[:-1], _FILE)
    words = guide(shown, shown.href)
    yield site.page(
        f"{_FILE}.html",
        "ontology.html.j2",
        here="ontology",
        documents=offers(_FILE),
        linked=embedded(documents),
        relations_href=f"../{_RELATIONS}.html",
        **words,
    )
    yield from documents
    yield from _relations(site, words["relations"])


def _relations(site: Site, relations: list[Term]) -> Iterator[File]:
    namespace = names.REL
    is_named = site.addresses.file(namespace) == _RELATIONS
    documents = beside(site, namespace, _RELATIONS) if is_named else []
    says = about(site.index, namespace)
    yield site.page(
        f"{_RELATIONS}.html",
        "relations.html.j2",
        about=says,
        edition=site.shown(f"{_RELATIONS}.html").thing(says["versionIRI"]) if says.get("versionIRI") else None,
        relations=relations,
        relation_count=size(relations),
        documents=offers(_RELATIONS) if is_named else [],
        linked=embedded(documents) if is_named else "",
    )
    yield from documents
