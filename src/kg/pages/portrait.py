"""What the page of a thing shows: its names and definition, the claims that have it in some role, and all else that is said of it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pyoxigraph as ox

from .. import names
from ..view.kinds import kind_of
from .cards import claims_with, dealt, place_of
from .elsewhere import elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..index import Index
    from ..triples import Term
    from .cards import Card, Place
    from .elsewhere import Elsewhere
    from .shown import Cell, Shown

__all__ = ["CARDS", "Deal", "Part", "Portrait", "Role", "part", "portrait", "roles"]

Deal: TypeAlias = "Callable[[Sequence[str], Shown], list[Card]]"
"""What makes cards of claims, which it is given by their names."""
CARDS = 50
"""How many claims one part of a page shows at a time."""
_USES = 50
_ROLES = (
    ("about", "Claims about it", (names.SUBJECT, names.OBJECT)),
    ("says", "Claims it makes", (names.CLAIMANT,)),
    ("reports", "Claims it reports", (names.REPORTED_BY,)),
    ("uses", "Claims that use it", (names.PREDICATE,)),
    ("here", "Claims that stand here", (names.HAS_PASSAGE,)),
    ("follows", "Claims that follow from it", (names.DERIVED_FROM,)),
    ("valued", "Claims with this value", (names.POLARITY, names.CERTAINTY, names.KIND, names.MODALITY, names.UNIT)),
)
_CLAIM_ROLES = {predicate for _, _, predicates in _ROLES for predicate in predicates}


class Role(NamedTuple):
    """The claims that have a thing in one role, by their names."""

    key: str
    title: str
    claims: list[str]


class Part(NamedTuple):
    """Some of the claims that have a thing in one role, as cards."""

    key: str
    title: str
    total: int
    start: int
    cards: list[Card]

    @property
    def end(self) -> int:
        """How many of the claims are shown with and before these."""
        return self.start + len(self.cards)

    @property
    def earlier(self) -> int:
        """With which claim those begin that come before these."""
        return max(self.start - CARDS, 0)


class Portrait(NamedTuple):
    """What a template needs of a thing."""

    iri: str
    curie: str
    title: str
    types: list[Cell]
    definition: str
    other_names: list[str]
    elsewhere: list[Elsewhere]
    card: Card | None
    place: Place | None
    parts: list[Part]
    facts: list[tuple[Cell, list[Cell]]]
    uses: list[tuple[Cell, Cell]]
    has_more_uses: bool

    @property
    def is_web(self) -> bool:
        """Whether its name is an address that a browser may open."""
        return names.is_web(self.iri)


def portrait(shown: Shown, iri: str, starts: Mapping[str, int], deal: Deal = dealt, *, looks_through: bool = False) -> Portrait:
    """Return the portrait of a thing; `starts` says with which claim each part begins, `deal` makes cards of claims.

    What else names the thing is in the order of its IRIs where all of it is looked through, else whatever is met first.
    """
    index = shown.index
    said = index.said_of(iri)
    types = [term.value for term in said.get(names.TYPE, ()) if isinstance(term, ox.NamedNode)]
    is_claim = names.CLAIM in types and names.SUBJECT in said
    uses = _uses(iri, shown, looks_through=looks_through)
    place = place_of(iri, shown) if names.PASSAGE in types else None
    parts = (part(role, starts.get(role.key, 0), shown, deal) for role in roles(index, iri, is_source=names.SOURCE in types))
    return Portrait(
        iri=iri,
        curie=shown.curie(iri),
        title=shown.label(iri) or (place.text if place else shown.curie(iri)),
        types=[_kind(each, shown) for each in sorted(types)],
        definition=_text(said.get(names.DEFINITION, ())),
        other_names=[term.value for term in said.get(names.ALT_LABEL, ()) if isinstance(term, ox.Literal)],
        elsewhere=elsewhere(said, shown),
        card=deal([iri], shown)[0] if is_claim else None,
        place=place,
        parts=list(parts),
        facts=_facts(said, shown),
        uses=uses[:_USES],
        has_more_uses=len(uses) > _USES,
    )


def _kind(iri: str, shown: Shown) -> Cell:
    """Return a type by its label, else as the map calls it."""
    cell = shown.thing(iri)
    return cell if cell.curie or cell.kind == "listed" else cell._replace(text=kind_of((iri,)).name)


def roles(index: Index, iri: str, *, is_source: bool) -> list[Role]:
    """Return the roles that a thing has in claims, each with these."""
    found = [Role(key, title, sorted({each for role in of for each in claims_with(index, role, iri)})) for key, title, of in _ROLES]
    if is_source:
        found.append(Role("text", "Claims of this text", _claims_of_text(index, iri)))
    return [role for role in found if role.claims]


def part(role: Role, start: int, shown: Shown, deal: Deal = dealt) -> Part:
    """Return the claims of a role from one on, as many as are shown at a time."""
    start = min(max(start, 0), len(role.claims) - 1)
    return Part(role.key, role.title, len(role.claims), start, deal(role.claims[start : start + CARDS], shown))


def _claims_of_text(index: Index, iri: str) -> list[str]:
    quads = index.store.quads_for_pattern(None, ox.NamedNode(names.HAS_SOURCE), ox.NamedNode(iri), ox.DefaultGraph())
    passages = [quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)]
    return sorted({claim for passage in passages for claim in claims_with(index, names.HAS_PASSAGE, passage)})


def _facts(said: Mapping[str, list[Term]], shown: Shown) -> list[tuple[Cell, list[Cell]]]:
    """Return everything that is said of a thing, property by property."""
    return [(shown.thing(predicate), [shown.cell(term) for term in sorted(terms, key=str)]) for predicate, terms in sorted(said.items())]


def _uses(iri: str, shown: Shown, *, looks_through: bool) -> list[tuple[Cell, Cell]]:
    """Return what else names a thing, claims in their roles apart: the other thing and how, one more than are shown."""
    quads = shown.index.store.quads_for_pattern(None, None, ox.NamedNode(iri), ox.DefaultGraph())
    others = (quad for quad in quads if quad.predicate.value not in _CLAIM_ROLES and isinstance(quad.subject, ox.NamedNode))
    some = islice(sorted(others, key=str) if looks_through else others, _USES + 1)
    return sorted((shown.thing(quad.subject.value), shown.thing(quad.predicate.value)) for quad in some)  # type: ignore[union-attr]


def _text(terms: list[Term] | tuple[()]) -> str:
    found = [term for term in terms if isinstance(term, ox.Literal)]
    return next((term.value for term in found if term.language == "en"), found[0].value if found else "")
