"""Where links lead: a server and a static site have the same things at other addresses.

An IRI of the workspace's own base has a place under its own path. So no IRI of the data, whatever its scheme, becomes the address of a
link unless the addresses say so.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

from .. import names

__all__ = ["ONTOLOGY", "OWN", "SHARED", "Addresses", "place"]

OWN = ("claim", "entity", "graph", "passage", "source")
"""What a workspace keeps under its base, by the first step of the path."""
SHARED = ("relation", "plover")
"""What every workspace shares under the base of the ontology."""
ONTOLOGY = "ontology"
_PATH = "/:@!$&'()*+,;=~-._%"


class Addresses(Protocol):
    """What knows where the page of a thing is."""

    def href(self, iri: str) -> str:
        """Return the address of the page of an IRI; empty where it has none."""


def place(iri: str, base: str) -> str:
    """Return the path that an IRI has below the base of its workspace, without a first slash; empty where it is not of it.

    >>> place("https://example.org/entity/a b", "https://example.org/"), place(names.KG + "Claim", "https://example.org/")
    ('entity/a%20b', 'ontology#Claim')
    >>> place("https://example.org/elsewhere/a", "https://example.org/")
    ''
    """
    if iri.startswith(names.KG) or iri == names.KG[:-1]:
        return ONTOLOGY + iri[len(names.KG) - 1 :]
    return quote(below(iri, base), safe=_PATH)


def below(iri: str, base: str) -> str:
    """Return what follows the base in the IRI of something that a workspace or the ontology keeps there; empty where it does not."""
    return _below(iri, base, OWN) or _below(iri, names.BASE, SHARED)


def _below(iri: str, base: str, kinds: tuple[str, ...]) -> str:
    rest = iri[len(base) :] if iri.startswith(base) else ""
    kind, slash, local = rest.partition("/")
    return rest if slash and local and kind in kinds else ""
