"""Terms as people read them on a page: a label, the short name, and where a link leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import names
from ..results import Style
from ..results.cells import full, grouped, is_number

if TYPE_CHECKING:
    from ..answers import Term
    from ..index import Index
    from .addresses import Addresses
    from .quotes import Quotes

__all__ = ["Cell", "Shown"]

_LABELS = ((names.PREF_LABEL, True), (names.PREF_LABEL, False), (names.LABEL, True), (names.LABEL, False))


class Cell(NamedTuple):
    """A term on a page: its words, its short name where it says more, and the page that it leads to; or parts with a page each."""

    text: str
    curie: str = ""
    href: str = ""
    kind: str = ""
    language: str = ""
    parts: tuple[tuple[str, str], ...] = ()


class Shown:
    """How the terms of one index are shown, where they lead, and the words of passages where these may be shown."""

    def __init__(self, index: Index, addresses: Addresses, quotes: Quotes | None = None) -> None:
        self.index = index
        self.addresses = addresses
        self.quotes = quotes
        self.base = index.workspace.base
        self.prefixes = index.workspace.prefixes
        self.style = Style(self.prefixes)
        self._labels: dict[str, str] = {}
        self._things: dict[tuple[str, bool], Cell] = {}

    def label(self, iri: str) -> str:
        """Return the label of anything, empty where it has none; asked of the store, as a page names few things of many."""
        if iri not in self._labels:
            self._labels[iri] = _label(self.index.store, iri)
        return self._labels[iri]

    def name(self, iri: str) -> str:
        """Return the label of anything, else its short name."""
        return self.label(iri) or self.curie(iri)

    def curie(self, iri: str) -> str:
        """Return the short name of an IRI."""
        return names.compact(iri, self.prefixes)

    def href(self, iri: str) -> str:
        """Return the address of the page of an IRI; empty where it has none."""
        return self.addresses.href(iri)

    def cell(self, term: Term | None, *, has_label: bool = True) -> Cell:
        """Return how a term is shown; without a label, where the same row says it already."""
        if isinstance(term, ox.NamedNode):
            return self.thing(term.value, has_label=has_label)
        if isinstance(term, ox.Literal):
            if is_number(term):
                return Cell(grouped(term.value), kind="number")
            plain = term.datatype.value in {names.XSD + "string", names.RDF + "langString"}
            return Cell(term.value, kind="words" if plain else "value", language=term.language or "")
        return Cell(full(term), kind="blank") if term is not None else Cell("")

    def thing(self, iri: str, *, has_label: bool = True) -> Cell:
        """Return how a thing is shown: its label with its short name beside it, else the short name alone."""
        if (iri, has_label) not in self._things:
            self._things[iri, has_label] = self._thing(iri, has_label=has_label)
        return self._things[iri, has_label]

    def _thing(self, iri: str, *, has_label: bool) -> Cell:
        label = self.label(iri) if has_label else ""
        curie = self.curie(iri)
        kind = "listed" if iri.startswith(names.KG) else "thing"
        if kind == "listed" and label:
            curie = ""  # terms of the value lists are words of their own
        return Cell(label or curie, curie if label else "", self.href(iri), kind)


def _label(store: ox.Store, iri: str) -> str:
    """Return the preferred label before others, English before other languages."""
    try:
        subject = ox.NamedNode(iri)
    except ValueError:
        return ""
    for predicate, english in _LABELS:
        quads = store.quads_for_pattern(subject, ox.NamedNode(predicate), None, ox.DefaultGraph())
        found = [quad.object for quad in quads if isinstance(quad.object, ox.Literal)]
        wanted = [term.value for term in found if not english or term.language == "en"]
        if wanted:
            return min(wanted)
    return ""
