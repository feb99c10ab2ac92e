"""Names for what somebody has begun to write: by the short name in the editor, by any words of the label in a field."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import names
from ..errors import InputError
from ..lookup import Lookup, deprecated
from ..pages.documents import is_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..index import Index

__all__ = ["Thing", "exactly", "suggestions", "things"]

OFFERED = 12
"""How many names are offered at a time."""
_LOOKED_AT = 2000
"""How many fitting names are put in order; a single letter fits too many to look at them all."""


class Thing(NamedTuple):
    """A name that is offered: its short form, its label, and the other label that fits where it is that."""

    iri: str
    curie: str
    label: str
    also: str = ""


def suggestions(index: Index, word: str, *, kind: str = "") -> list[dict[str, str]]:
    """Return what may be meant by a word: in the editor, or in a field whose parameter is of a kind."""
    word = word.strip()[:200]
    if not word:
        return []
    if kind:
        found = things(index, word, limit=OFFERED, kind=kind)
        return [{"value": _unique(each, found, index), "label": each.also or each.label, "id": each.curie} for each in found]
    prefixes = index.workspace.prefixes
    offered = [
        {"value": f"{prefix}:", "label": iri, "id": iri} for prefix, iri in prefixes.items() if ":" not in word and prefix.startswith(word)
    ]
    found = _by_name(index, word) if ":" in word else things(index, word, limit=OFFERED)
    return [*offered, *({"value": each.curie, "label": each.label, "id": each.iri} for each in found)][:OFFERED]


def exactly(index: Index, words: str) -> list[str]:
    """Return the things that have just this name: a short name, an IRI, or a label."""
    if not words:
        return []
    try:
        iri = names.expand(words, index.workspace.prefixes)
    except InputError:
        return Lookup(index.workspace.prefixes, index=index).find(words)
    return [iri] if is_known(index, iri) else []


def things(index: Index, words: str, *, limit: int, kind: str = "iri") -> list[Thing]:
    """Return what has all these words in its label or another label: names that begin so first, then the shorter ones, claims last."""
    wanted = words.casefold().split()
    claims = index.workspace.prefixes["claim"]
    allowed = _in_role(index, kind)
    found = []
    fitting = (
        each
        for each in _labelled(index, wanted)
        if (allowed is None or each[0] in allowed) and (kind != "claim" or each[0].startswith(claims))
    )
    for iri, label, also in islice(fitting if wanted else (), _LOOKED_AT):
        said = also or label
        rank = (iri.startswith(claims), not said.casefold().startswith(words.casefold()), len(said), said, iri)
        found.append((rank, iri, label, also))
    first = dict.fromkeys(each[1] for each in sorted(found))
    by_iri = {iri: (label, also) for _, iri, label, also in sorted(found, reverse=True)}
    return [Thing(iri, names.compact(iri, index.workspace.prefixes), *by_iri[iri]) for iri in islice(first, limit)]


def _labelled(index: Index, wanted: list[str]) -> Iterator[tuple[str, str, str]]:
    lookup = Lookup(index.workspace.prefixes, index=index)
    left_out = deprecated(index) | lookup.linked.keys()  # what snapshots call a thing that is linked is among its other names
    for iri, label in index.labels.items():
        folded = label.casefold()
        if iri not in left_out and all(word in folded for word in wanted):
            yield iri, label, ""
    for also, iri in lookup.alternatives:
        folded = also.casefold()
        if all(word in folded for word in wanted):
            yield iri, index.labels.get(iri, also), also


def _by_name(index: Index, word: str) -> list[Thing]:
    """Return the things whose short name begins with a word."""
    prefix, _, local = word.partition(":")
    namespace = index.workspace.prefixes.get(prefix)
    if namespace is None:
        return []
    start, old = namespace.casefold() + local.casefold(), deprecated(index)
    fitting = ((iri, label) for iri, label in index.labels.items() if iri.casefold().startswith(start) and iri not in old)
    found = sorted(
        islice(fitting, _LOOKED_AT),
        key=lambda pair: (len(pair[0]), pair),
    )
    made = (Thing(iri, names.compact(iri, index.workspace.prefixes), label) for iri, label in found)
    return list(islice((each for each in made if each.curie.startswith(f"{prefix}:")), OFFERED))


def _in_role(index: Index, kind: str) -> set[str] | None:
    predicate = {"claimant": names.CLAIMANT, "relation": names.PREDICATE}.get(kind)
    if predicate is None:
        return None
    quads = index.store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph())
    return {quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)}


def _unique(thing: Thing, among: list[Thing], index: Index) -> str:
    """Return the label where it names nothing else, else the short name."""
    said = thing.also or thing.label
    is_shared = sum((each.also or each.label).casefold() == said.casefold() for each in among) > 1
    return thing.curie if is_shared or not said.isprintable() or thing.iri.startswith(index.workspace.prefixes["claim"]) else said
