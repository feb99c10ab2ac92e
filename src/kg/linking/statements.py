"""Which statements of somebody else's answer may stay: those that were asked for, and whose values are what they have to be.

The endpoint is not trusted. Whatever says something else than it was asked for, or pretends to be part of this workspace, is left out with
a reason, which is counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names

if TYPE_CHECKING:
    from collections.abc import Collection

    from ..answers import Term

    Value = Term | None

__all__ = ["DIRECT", "LONGEST", "NAMES", "PROPERTIES", "Sieve", "standard"]

DIRECT = names.WIKIDATA_DIRECT
"""What the IRIs of Wikidata's `wdt:` properties begin with."""
NAMES = (names.LABEL, names.PREF_LABEL, names.ALT_LABEL, "http://schema.org/description", names.SCHEMA + "description")
"""The properties of names, which are always asked for; Wikidata writes schema.org with http."""
PROPERTIES = {
    DIRECT + "P31": "instance of",
    DIRECT + "P17": "country",
    DIRECT + "P36": "capital",
    DIRECT + "P625": "coordinate location",
    DIRECT + "P1082": "population",
    DIRECT + "P297": "ISO 3166-1 alpha-2 code",
    DIRECT + "P1566": "GeoNames ID",
}
"""What is asked for unless other properties are named: https://www.wikidata.org/wiki/Property:P31 and so on have their definitions."""
LONGEST = 10_000
"""How many characters a value may have."""
_ITEMS = frozenset(DIRECT + number for number in ("P31", "P17", "P36"))
_CODES = frozenset(DIRECT + number for number in ("P297", "P1566"))
_ITEM = re.compile(re.escape(names.WIKIDATA) + "Q[1-9][0-9]*")
_DECIMAL = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?"
_POINT = re.compile(rf"(?:<[^<>\s]+> )?Point ?\({_DECIMAL} {_DECIMAL}\)", re.IGNORECASE)
_WKT = names.GEO + "wktLiteral"
_VIRTUOSO = ox.NamedNode("http://www.openlinksw.com/schemas/virtrdf#Geometry")
"""What Virtuoso makes of a `geo:wktLiteral`."""
_NUMERIC = frozenset(names.XSD + name for name in ("decimal", "integer", "nonNegativeInteger", "long", "int", "double", "float"))
_STRING = names.XSD + "string"
_TEXTS = frozenset([_STRING, names.RDF + "langString"])
_UNKNOWN = "/.well-known/genid/"
"""In the IRIs that stand for a blank node, at Wikidata for "some value": https://www.w3.org/TR/rdf11-concepts/#section-skolemization."""
_WRONG = "with a value of the wrong kind"


class Sieve:
    """Tells why a statement may not stay; `own` is what the IRIs of the workspace begin with."""

    def __init__(self, predicates: Collection[str], languages: Collection[str], own: str) -> None:
        self._predicates, self._languages = frozenset(predicates), frozenset(languages)
        self._own = (own, names.BASE)

    def fault(self, subject: object, predicate: object, value: object, about: Collection[str]) -> str:
        """Return what is wrong with a statement, in words that follow a number; empty where it may stay.

        >>> said = ox.NamedNode("urn:a"), ox.NamedNode(names.LABEL)
        >>> sieve = Sieve(NAMES, ["en"], "https://example.org/")
        >>> sieve.fault(*said, ox.Literal("A", language="en"), ["urn:a"]), sieve.fault(*said, ox.Literal("A", language="de"), ["urn:a"])
        ('', 'in languages that were not asked for')
        >>> sieve.fault(*said, ox.Literal(1), ["urn:a"]), sieve.fault(*said, ox.Literal("A"), ["urn:b"])
        ('with a value of the wrong kind', 'about things that were not asked for')
        """
        if not isinstance(subject, ox.NamedNode) or subject.value not in about:
            return "about things that were not asked for"
        if not isinstance(predicate, ox.NamedNode) or predicate.value not in self._predicates:
            return "with properties that were not asked for"
        if isinstance(value, ox.Literal):
            return self._fault_of_literal(predicate.value, value)
        if isinstance(value, ox.BlankNode) or (isinstance(value, ox.NamedNode) and _UNKNOWN in value.value):
            return "with a blank node or an unknown value"
        if not isinstance(value, ox.NamedNode) or not self._may_be(predicate.value, value.value):
            return _WRONG
        return "" if len(value.value) <= LONGEST else f"longer than {LONGEST:,} characters"

    def _may_be(self, predicate: str, iri: str) -> bool:
        """Tell whether a property may have an IRI for its value: names and figures may not, and nobody else says what is ours."""
        if predicate in _ITEMS:
            return bool(_ITEM.fullmatch(iri))
        return predicate not in PROPERTIES and predicate not in NAMES and not iri.startswith(self._own)

    def _fault_of_literal(self, predicate: str, value: ox.Literal) -> str:
        from ..checks.literals import is_ill_typed

        datatype = value.datatype.value
        if len(value.value) > LONGEST:
            return f"longer than {LONGEST:,} characters"
        if value.language and value.language.lower() not in self._languages:
            return "in languages that were not asked for"
        if not _fits(predicate, value.value, datatype) or is_ill_typed(value.value, datatype):
            return _WRONG
        return "with an empty text" if datatype in _TEXTS and not value.value.strip() else ""


def standard(value: Value) -> Value:
    """Return a value as the standards have it: geometry of Virtuoso's own type is that of GeoSPARQL."""
    if isinstance(value, ox.Literal) and value.datatype == _VIRTUOSO:
        return ox.Literal(value.value, datatype=ox.NamedNode(_WKT))
    return value


def _fits(predicate: str, text: str, datatype: str) -> bool:
    """Tell whether a literal is of the kind that a property here is known to have."""
    if predicate in NAMES:
        return datatype in _TEXTS
    if predicate == DIRECT + "P1082":
        return datatype in _NUMERIC
    if predicate == DIRECT + "P625":
        return datatype == _WKT and bool(_POINT.fullmatch(text))
    if predicate in _CODES:
        return datatype == _STRING
    return predicate not in _ITEMS
