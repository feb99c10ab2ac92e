"""Names for what somebody has begun to write: by the short name in the editor, by any words of the label in a field."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

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
_GROUPED = re.compile(r"(?<=\d)[,'\u2019\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_HYPHENS = str.maketrans(dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2015", " "))
_FOLDED: WeakKeyDictionary[Index, list[tuple[str, str, str, str]]] = WeakKeyDictionary()
"""What can be found, folded once for an index: the thing, its label, another label if that is meant, and the words to look through."""
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
    """Return what has all these words in its label, another label, or its number if it is a claim.

    Names that begin so come first, then the shorter ones, claims last.
    """
    asked = fold(re.sub(r"^\s*claim:", "", words, flags=re.IGNORECASE)).strip()
    wanted = asked.split()
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
        rank = (iri.startswith(claims), not fold(said).startswith(asked), len(said), said, iri)
        found.append((rank, iri, label, also))
    first = dict.fromkeys(each[1] for each in sorted(found))
    by_iri = {iri: (label, also) for _, iri, label, also in sorted(found, reverse=True)}
    return [Thing(iri, names.compact(iri, index.workspace.prefixes), *by_iri[iri]) for iri in islice(first, limit)]


def fold(text: str) -> str:
    """Return a text as it is looked for: case, accents, hyphens and the marks of thousands make no difference. Pages fold alike.

    >>> fold("Nine-Nets"), fold("12,500 Zürich"), fold("2021, 500")
    ('nine nets', '12500 zurich', '2021, 500')
    """
    text = _GROUPED.sub("", text)
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return text.translate(_HYPHENS).casefold()


def _labelled(index: Index, wanted: list[str]) -> Iterator[tuple[str, str, str]]:
    if index not in _FOLDED:
        _FOLDED[index] = list(_folded(index))
    for iri, label, also, folded in _FOLDED[index]:
        if all(word in folded for word in wanted):
            yield iri, label, also


def _folded(index: Index) -> Iterator[tuple[str, str, str, str]]:
    lookup = Lookup(index.workspace.prefixes, index=index)
    claims = index.workspace.prefixes["claim"]
    left_out = deprecated(index) | lookup.linked.keys()  # what snapshots call a thing that is linked is among its other names
    for iri, label in index.labels.items():
        if iri not in left_out:
            number = iri.removeprefix(claims) if iri.startswith(claims) else ""
            yield iri, label, "", fold(f"{label}\n{number}")
    for also, iri in lookup.alternatives:
        yield iri, index.labels.get(iri, also), also, fold(also)


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
