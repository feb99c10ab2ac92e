"""What a thing is called in other data sets, as its page says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import names, targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..triples import Term
    from .shown import Shown

__all__ = ["Elsewhere", "elsewhere"]


class Elsewhere(NamedTuple):
    """A name in another data set; `how` is empty where it is the same thing, `is_outward` tells that its page is not one of ours."""

    text: str
    href: str
    how: str
    is_outward: bool


def elsewhere(said: Mapping[str, list[Term]], shown: Shown) -> list[Elsewhere]:
    """Return what a thing is called elsewhere, the exact matches first."""
    found = []
    for predicate, how in targets.MATCHES.items():
        iris = sorted({term.value for term in said.get(predicate, ()) if isinstance(term, ox.NamedNode)}, key=targets.rank)
        found += [_one(iri, how, shown) for iri in iris]
    return found


def _one(iri: str, how: str, shown: Shown) -> Elsewhere:
    is_own = iri.startswith((shown.base, names.BASE))
    text = targets.called(iri)
    return Elsewhere(
        shown.name(iri) if is_own and text == iri else text,
        shown.href(iri) if is_own else iri if names.is_web(iri) else "",
        how,
        is_outward=not is_own,
    )
