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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..index import Index
    from ..model import Claim, Relation
    from .shown import Shown

__all__ = ["Card", "Dispute", "Place", "card", "cards", "claim_of", "claims_with", "dealt", "disputed", "disputes", "place_of", "told"]

_COMPARED = 5000
"""Among how many claims about one of its ends those are looked for that a claim may disagree with."""


class Place(NamedTuple):
    """Where a text says something: the pages of the passage and of the text, its first character, and its words where they are shown."""

    text: str
    href: str
    source: Cell
    start: int
    quote: str = ""
    language: str = ""


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
    every = list(claims)
    in_dispute = disputes(every, shown)
    return [card(claim, shown, in_dispute[claim.iri]) for claim in every]


def dealt(iris: Sequence[str], shown: Shown) -> list[Card]:
    """Return a card for each claim, by its name."""
    return cards([claim_of(shown.index, iri) for iri in iris], shown)


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
    quote, language = shown.quotes.of(passage) if shown.quotes else ("", "")
    return Place(where, shown.href(iri), shown.thing(passage.source), passage.start, quote, language)


def disputes(claims: Sequence[Claim], shown: Shown) -> dict[str, list[Dispute]]:
    """Return for each claim the accepted claims that contradict it or give another figure."""
    index = shown.index
    own = {claim.iri for claim in claims}
    others = {iri for claim in claims for iri in _about_the_same(claim, index)} - own
    compared = [*claims, *(claim_of(index, iri) for iri in sorted(others))]
    found = told(disputed(compared, index.relations), shown)
    return {iri: found.get(iri, []) for iri in own}


def disputed(claims: Sequence[Claim], relations: Mapping[str, Relation]) -> list[tuple[Claim, Claim, str]]:
    """Return the pairs of claims that disagree, and how."""
    pairs = [(*pair, "contradicts") for pair in measures.contradictions(claims, relations)]
    return pairs + [(*pair, "gives another figure than") for pair in measures.disagreements(claims)]


def told(pairs: Iterable[tuple[Claim, Claim, str]], shown: Shown) -> dict[str, list[Dispute]]:
    """Return for each claim what it disagrees with."""
    found: dict[str, set[Dispute]] = {}
    for one, other, how in pairs:
        for claim, against in ((one, other), (other, one)):
            cell = Cell(against.label, shown.curie(against.iri), shown.href(against.iri))
            found.setdefault(claim.iri, set()).add(Dispute(how, cell, shown.thing(against.claimant)))
    return {iri: sorted(each) for iri, each in found.items()}


def _about_the_same(claim: Claim, index: Index) -> list[str]:
    """Return the accepted claims that join the same two, either way round."""
    ends = [(ox.NamedNode(claim.subject), triples.object_to_term(claim.object))]
    if isinstance(claim.object, str):
        ends.append((ox.NamedNode(claim.object), ox.NamedNode(claim.subject)))
    status, accepted = ox.NamedNode(names.STATUS), ox.NamedNode(names.KG + "accepted")
    nodes = (node for subject, target in ends for node in _joining(index.store, subject, target))
    return [node.value for node in nodes if isinstance(node, ox.NamedNode) and ox.Quad(node, status, accepted) in index.store]


def _joining(store: ox.Store, subject: ox.NamedNode, target: ox.NamedNode | ox.Literal) -> Iterator[object]:
    """Yield what has this subject and this object, looked for from the end that fewer claims have."""
    ends = ((ox.NamedNode(names.SUBJECT), subject), (ox.NamedNode(names.OBJECT), target))
    first, second = (list(islice(store.quads_for_pattern(None, *end, ox.DefaultGraph()), _COMPARED)) for end in ends)
    fewer, other = (first, ends[1]) if len(first) <= len(second) else (second, ends[0])
    yield from (quad.subject for quad in fewer if ox.Quad(quad.subject, *other) in store)


def card(claim: Claim, shown: Shown, in_dispute: list[Dispute]) -> Card:
    """Return a claim as a card, with what it disagrees with."""
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
        disputes=in_dispute,
    )


def _figure(claim: Claim, shown: Shown) -> str:
    if claim.value is None:
        return ""
    labels = {claim.unit: shown.label(claim.unit)} if claim.unit and shown.label(claim.unit) else {}
    unit = ox.NamedNode(claim.unit) if claim.unit else None
    return figure(triples.literal(f"{claim.value:f}"), unit, shown.style._replace(labels=labels))
