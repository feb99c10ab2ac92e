"""What a word on the command line can name: things by their labels, prefixes by their nearest, and examples from the data at hand."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .index import Index

__all__ = ["Lookup", "nearest_prefix"]

_ROLES = {"iri": names.SUBJECT, "relation": names.PREDICATE, "claimant": names.CLAIMANT}
"""What a thing of each type is to a claim; those that are it most often make the best examples."""


class Lookup:
    """The names that values of parameters may use. Labels are read when one is looked for: ids need none."""

    def __init__(self, prefixes: Mapping[str, str], labels: Mapping[str, str] | None = None, *, index: Index | None = None) -> None:
        self.prefixes = prefixes
        self._labels = labels
        self._index = index

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The label of each thing."""
        if self._labels is not None:
            return self._labels
        return self._index.labels if self._index else {}

    @cached_property
    def alternatives(self) -> list[tuple[str, str]]:
        """Each alternative label (skos:altLabel) with the thing that has it."""
        quads = self._quads(names.ALT_LABEL)
        return [
            (q.object.value, q.subject.value) for q in quads if isinstance(q.object, ox.Literal) and isinstance(q.subject, ox.NamedNode)
        ]

    def find(self, words: str) -> list[str]:
        """Return the IRIs of what has this label in any case, else of what has it as an alternative label.

        >>> Lookup({}, {"urn:t": "Taliban"}).find("taliban")
        ['urn:t']
        """
        wanted = words.casefold()
        found = {iri for iri, label in self.labels.items() if label.casefold() == wanted}
        return sorted(found or {iri for label, iri in self.alternatives if label.casefold() == wanted})

    def nearest(self, words: str) -> list[str]:
        """Return up to three labels and alternative labels that are written nearly so."""
        from difflib import get_close_matches

        return get_close_matches(words, dict.fromkeys([*self.labels.values(), *(label for label, _ in self.alternatives)]), n=3)

    def claims_ending(self, words: str) -> list[str]:
        """Return the claims whose id ends with a hyphen and these words, as `claim:ra-135` does with 135."""
        return sorted(iri for iri in self._claims if iri.endswith("-" + words))

    def example(self, kind: str) -> str:
        """Return a thing of this type that the data has claims of, as it is written; empty where there is none."""
        if kind == "claim":
            return self.compact(min(self._claims, default=""))
        found = Counter(quad.object.value for quad in self._quads(_ROLES[kind]) if isinstance(quad.object, ox.NamedNode))
        for claim in self._claims:
            found.pop(claim, None)
        most = max(found.values(), default=0)
        return self.compact(min((iri for iri, number in found.items() if number == most), default=""))

    def compact(self, iri: str) -> str:
        """Return an IRI as it is written on the command line."""
        return names.compact(iri, dict(self.prefixes)) if iri else ""

    @cached_property
    def _claims(self) -> set[str]:
        return {quad.subject.value for quad in self._quads(names.TYPE, ox.NamedNode(names.CLAIM)) if isinstance(quad.subject, ox.NamedNode)}

    def _quads(self, predicate: str, value: ox.NamedNode | None = None) -> list[ox.Quad]:
        if self._index is None:
            return []
        return list(self._index.store.quads_for_pattern(None, ox.NamedNode(predicate), value, ox.DefaultGraph()))


def nearest_prefix(prefix: str, prefixes: Mapping[str, str]) -> str:
    """Return the prefix that is written nearly so; empty where none is.

    >>> nearest_prefix("enty", {"ent": "urn:e", "kg": "urn:k"})
    'ent'
    """
    from difflib import get_close_matches

    return next(iter(get_close_matches(prefix, prefixes, n=1)), "")
