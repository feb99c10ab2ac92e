"""Claims as cards on a page: the sentence, who says it and how sure, what it joins, where the text says it, and what disagrees."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import measures, names, triples
from ..model import Literal
from ..results.cells import figure
from .shown import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..index import Index
    from ..model import Claim
    from .shown import Shown

__all__ = ["Card", "Dispute", "Place", "cards", "claims_with", "disputes", "place_of"]

_COMPARED = 5000
"""With how many other claims about its subject a claim is compared at most."""


class Place(NamedTuple):
    """Where a text says something, the pages of the passage and of the text, and with which character it begins."""

    text: str
    href: str
    source: Cell
    start: int


class Dispute(NamedTuple):
    """A claim that a claim disagrees with, and how."""

    how: str
    other: Cell
    claimant: Cell


class Card(NamedTuple):
    """A claim as a card; cells lead to pages."""

    claim: Claim
    href: str
    curie: str
    subject: Cell
    relation: Cell
    target: Cell
    claimant: Cell
    reporter: Cell | None
    figure: str
    places: list[Place]
    disputes: list[Dispute]


def cards(claims: Iterable[Claim], shown: Shown) -> list[Card]:
    """Return a card for each claim."""
    return [_card(claim, shown) for claim in claims]


def claims_with(index: Index, predicate: str, iri: str) -> list[str]:
    """Return the accepted claims that have a thing in one role, by their names."""
    status, accepted = ox.NamedNode(names.STATUS), ox.NamedNode(names.KG + "accepted")
    quads = index.store.quads_for_pattern(None, ox.NamedNode(predicate), ox.NamedNode(iri), ox.DefaultGraph())
    found = [quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)]
    return sorted(node.value for node in found if ox.Quad(node, status, accepted) in index.store)


def claim_of(index: Index, iri: str) -> Claim:
    """Return one claim, read from the store."""
    return triples.claim_from_triples(iri, index.said_of(iri))


def place_of(iri: str, shown: Shown) -> Place | None:
    """Return where a passage is; None where nothing is known of it."""
    said = shown.index.said_of(iri)
    if not all(name in said for name in (names.HAS_SOURCE, names.START, names.END, names.PARAGRAPH, names.SENTENCE, names.DIGEST)):
        return None
    passage = triples.passage_from_triples(iri, said)
    where = f"Paragraph {passage.paragraph}, sentence {passage.sentence}, characters {passage.start}\u2013{passage.end}"
    return Place(where, shown.href(iri), shown.thing(passage.source), passage.start)


def disputes(claim: Claim, shown: Shown) -> list[Dispute]:
    """Return the accepted claims that contradict a claim or give another figure."""
    index = shown.index
    others = [claim_of(index, iri) for iri in _about_the_same(claim, index) if iri != claim.iri]
    pairs = [(pair, "contradicts") for pair in measures.contradictions([claim, *others], index.relations)]
    pairs += [(pair, "gives another figure than") for pair in measures.disagreements([claim, *others])]
    found = [(other if one.iri == claim.iri else one, how) for (one, other), how in pairs if claim.iri in {one.iri, other.iri}]
    return [
        Dispute(how, Cell(other.label, shown.curie(other.iri), shown.href(other.iri)), shown.thing(other.claimant)) for other, how in found
    ]


def _about_the_same(claim: Claim, index: Index) -> list[str]:
    """Return the accepted claims that join the same two, either way round."""
    ends = [(ox.NamedNode(claim.subject), triples.object_to_term(claim.object))]
    if isinstance(claim.object, str):
        ends.append((ox.NamedNode(claim.object), ox.NamedNode(claim.subject)))
    status, accepted = ox.NamedNode(names.STATUS), ox.NamedNode(names.KG + "accepted")
    found = set()
    for subject, target in ends:
        quads = index.store.quads_for_pattern(None, ox.NamedNode(names.SUBJECT), subject, ox.DefaultGraph())
        for quad in islice(quads, _COMPARED):
            node = quad.subject
            is_one = ox.Quad(node, ox.NamedNode(names.OBJECT), target) in index.store and ox.Quad(node, status, accepted) in index.store
            if is_one and isinstance(node, ox.NamedNode):
                found.add(node.value)
    return sorted(found)


def _card(claim: Claim, shown: Shown) -> Card:
    target = claim.object
    places = [place for place in (place_of(iri, shown) for iri in claim.passages) if place]
    return Card(
        claim=claim,
        href=shown.href(claim.iri),
        curie=shown.curie(claim.iri),
        subject=shown.thing(claim.subject),
        relation=shown.thing(claim.relation),
        target=Cell(target.value, kind="words", language=target.language or "") if isinstance(target, Literal) else shown.thing(target),
        claimant=shown.thing(claim.claimant),
        reporter=shown.thing(claim.reported_by) if claim.reported_by else None,
        figure=_figure(claim, shown),
        places=sorted(places, key=lambda place: (place.source.href, place.start)),
        disputes=disputes(claim, shown),
    )


def _figure(claim: Claim, shown: Shown) -> str:
    if claim.value is None:
        return ""
    labels = {claim.unit: shown.label(claim.unit)} if claim.unit and shown.label(claim.unit) else {}
    unit = ox.NamedNode(claim.unit) if claim.unit else None
    return figure(triples.literal(f"{claim.value:f}"), unit, shown.style._replace(labels=labels))
