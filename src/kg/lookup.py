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

__all__ = ["Lookup", "deprecated", "living", "nearest_prefix"]

_DEPRECATED, _TRUE = ox.NamedNode(names.OWL + "deprecated"), ox.Literal("true", datatype=ox.NamedNode(names.XSD + "boolean"))
_REPLACED_BY = ox.NamedNode(names.DCTERMS + "isReplacedBy")

_ROLES = {"iri": names.SUBJECT, "relation": names.PREDICATE, "claimant": names.CLAIMANT}
"""What a thing of each type is to a claim; those that are it most often make the best examples."""
_OURS = ("claim", "ent", "kg", "passage", "rel", "src")
"""The prefixes of what a workspace names itself."""


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
        """Each alternative label (skos:altLabel) with the thing that has it; the names that snapshots have for it count, too."""
        found = [
            (q.object.value, q.subject.value, name)
            for name in ((names.ALT_LABEL, names.LABEL, names.PREF_LABEL) if self.linked else (names.ALT_LABEL,))
            for q in self._quads(name)
            if isinstance(q.object, ox.Literal) and isinstance(q.subject, ox.NamedNode)
        ]
        return [(label, self.linked.get(iri, iri)) for label, iri, name in found if name == names.ALT_LABEL or iri in self.linked]

    @cached_property
    def linked(self) -> dict[str, str]:
        """The entity that each thing of others is, by exact links."""
        nodes = [(quad.object, quad.subject) for quad in self._quads(names.SKOS + "exactMatch")]
        pairs = [(there.value, here.value) for there, here in nodes if isinstance(there, ox.NamedNode) and isinstance(here, ox.NamedNode)]
        return {there: here for there, here in sorted(pairs, reverse=True) if here.startswith(self.prefixes.get("ent", here))}

    def find(self, words: str) -> list[str]:
        """Return the IRIs of what has this label in any case, else of what has it as an alternative label, else of what replaces it.

        >>> Lookup({}, {"urn:t": "Taliban"}).find("taliban")
        ['urn:t']
        """
        wanted = words.casefold()
        found = {self.linked.get(iri, iri) for iri, label in self.labels.items() if label.casefold() == wanted}
        used = self._ours(found - self._deprecated if found else found)
        used = used or self._ours({iri for label, iri in self.alternatives if label.casefold() == wanted})
        return sorted(used or {self.living(iri) for iri in found})

    def living(self, iri: str) -> str:
        """Return what an entity is called today, where its IRI was given up for another.

        Nothing is loaded to find that out: where an endpoint is asked, an id is taken as it is.
        """
        return living(self._index, iri) if self._index and "store" in vars(self._index) else iri

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
    def _deprecated(self) -> set[str]:
        return deprecated(self._index) if self._index else set()

    def _ours(self, found: set[str]) -> set[str]:
        """Return what of this is named by the workspace, or all of it where none is: others may call their things the same."""
        spaces = tuple(self.prefixes[prefix] for prefix in _OURS if prefix in self.prefixes)
        return {iri for iri in found if iri.startswith(spaces)} or found

    @cached_property
    def _claims(self) -> set[str]:
        return {quad.subject.value for quad in self._quads(names.TYPE, ox.NamedNode(names.CLAIM)) if isinstance(quad.subject, ox.NamedNode)}

    def _quads(self, predicate: str, value: ox.NamedNode | None = None) -> list[ox.Quad]:
        if self._index is None:
            return []
        return list(self._index.store.quads_for_pattern(None, ox.NamedNode(predicate), value, ox.DefaultGraph()))


def deprecated(index: Index) -> set[str]:
    """Return the entities whose IRIs are deprecated."""
    found = index.store.quads_for_pattern(None, _DEPRECATED, _TRUE, ox.DefaultGraph())
    own = index.workspace.prefixes["ent"]
    return {quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(own)}


def living(index: Index, iri: str) -> str:
    """Return what an entity is called today: what replaces it, at the end of the chain, where its IRI is deprecated and one does.

    Claims and relations are left as they are: those that refer to a deprecated one do so still.
    """
    seen = [iri]
    while iri.startswith(index.workspace.prefixes["ent"]):
        node = ox.NamedNode(iri)
        found = [quad.object for quad in index.store.quads_for_pattern(node, _REPLACED_BY, None, ox.DefaultGraph())]
        is_deprecated = next(iter(index.store.quads_for_pattern(node, _DEPRECATED, _TRUE, ox.DefaultGraph())), None)
        if len(found) != 1 or not isinstance(found[0], ox.NamedNode) or not is_deprecated or found[0].value in seen:
            break
        iri = found[0].value
        seen.append(iri)
    return iri


def nearest_prefix(prefix: str, prefixes: Mapping[str, str]) -> str:
    """Return the prefix that is written nearly so; empty where none is.

    >>> nearest_prefix("enty", {"ent": "urn:e", "kg": "urn:k"})
    'ent'
    """
    from difflib import get_close_matches

    return next(iter(get_close_matches(prefix, prefixes, n=1)), "")
