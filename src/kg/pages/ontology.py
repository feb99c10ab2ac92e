"""The documentation of the ontology, as its page shows it: what it says of itself, its terms, and a claim of the workspace to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .. import names
from ..description import licence_name
from .cards import cards
from .documents import written
from .terms import Terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..index import Index
    from ..model import Claim
    from .shown import Shown
    from .terms import Term

__all__ = ["about", "guide", "size"]


def guide(shown: Shown, page_of: Callable[[str], str]) -> dict[str, Any]:
    """Return what the template of the page needs, the documents of the ontology apart.

    `page_of` gives the page of one term alone; where `Shown` leads to may be its place on this page.
    """
    terms = Terms(shown, page_of)
    relations = terms.relations()
    return {
        "about": about(shown.index, names.KG[:-1]),
        "licence_of": licence_name,
        "classes": terms.classes(),
        "properties": terms.properties(),
        "schemes": terms.schemes(),
        "relations": relations,
        "relation_count": size(relations),
        "mappings": terms.mappings(),
        "prefixes": sorted(shown.prefixes.items()),
        "example": _example(shown),
    }


def size(terms: list[Term]) -> int:
    """Return how many terms there are, with those below them."""
    return sum(1 + size(term.narrower) for term in terms)


def about(index: Index, iri: str) -> dict[str, str]:
    """Return what an ontology says of itself, by the last parts of the properties' names."""
    said = index.said_of(iri)
    found = {names.local_name(key): min(str(getattr(term, "value", "")) for term in terms) for key, terms in said.items() if terms}
    return {"title": "", "description": "", "versionInfo": "", "modified": "", "license": "", "iri": iri} | found


def _example(shown: Shown) -> dict[str, Any] | None:
    """Return a claim to look at, as a card and in Turtle: one with much to it, since it shows what a claim can hold."""
    index = shown.index
    if not index.claims:
        return None
    claim = max(index.claims, key=lambda each: (_richness(each), each.iri))
    own = [quad.triple for quad in index.store.quads_for_pattern(ox.NamedNode(claim.iri), None, None, ox.DefaultGraph())]
    text = written(index, own, "ttl").decode()
    blocks = [line for line in text.splitlines() if not line.startswith("@prefix")]
    return {"card": cards([claim], shown)[0], "turtle": "\n".join(blocks).strip()}


def _richness(claim: Claim) -> int:
    """Count what a claim has that many have not, notes apart."""
    has = (claim.value is not None, claim.when, claim.passages, claim.reported_by, claim.modality, claim.polarity == "denied", claim.unit)
    return sum(map(bool, has)) - 2 * bool(claim.derived_from) - bool(claim.notes)
