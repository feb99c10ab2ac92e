"""Examples for the parameters of saved queries: drawn from the data, and such as have an answer there.

A few candidates of each type, the most used first, are asked about in turn, in a process of its own; the first with an answer is the
example. The data alone decides, so that the site and the server show the same one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pyoxigraph as ox

from .. import confined, names, query
from ..errors import KgError, UsageError
from ..limits import DEFAULT
from ..lookup import Lookup
from ..parameters import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..answers import Term
    from ..confined import Desk
    from ..index import Index
    from ..parameters import Parameter
    from ..saved import SavedQuery
    from .shown import Shown

__all__ = ["chosen", "first", "named", "used"]

TRIES = 16
"""How many candidates are asked about at most."""
_FEW = 4
"""How many of one parameter are tried with what the header names for another."""
_LIMITS = replace(DEFAULT, seconds=2.0, cpu=2.0)
_SUCH_AS = re.compile(r"such as (.+)")
_WORD = re.compile(r"[^\W\d_]{4,}")
_ROLES = {"iri": (names.SUBJECT, names.OBJECT), "claimant": (names.CLAIMANT,), "relation": (names.PREDICATE,), "claim": (names.OBJECT,)}
_LISTED: dict[str, tuple[str, ...]] = {
    "certainty": names.CERTAINTIES,
    "kind": names.KINDS,
    "modality": names.MODALITIES,
    "polarity": names.POLARITIES,
    "stance": ("-1", "0", "1"),
    "boolean": ("true", "false"),
}
_DATES = {"date": 10, "month": 7, "gYear": 4}
"""How much of a day each type is written with."""
_OF_THE_DATA = ("string", *_DATES)
_FROM, _SENTENCE, _POLARITY = names.KG + "from", names.KG + "sentence", names.KG + "polarity"
_DENIED = names.KG + "denied"
_COMMON: WeakKeyDictionary[Index, dict[str, list[str]]] = WeakKeyDictionary()
"""The candidates of each type, found once for an index: all its claims are looked through."""
_CHOSEN: WeakKeyDictionary[Index, dict[str, dict[str, str]]] = WeakKeyDictionary()


def chosen(asked: SavedQuery, shown: Shown) -> dict[str, str]:
    """Return a value for each required parameter, such that the query has an answer.

    Where none does, it is what the header names, if anything.
    """
    kept = _CHOSEN.setdefault(shown.index, {})
    if asked.text not in kept:
        required = [parameter for parameter in asked.parameters if parameter.is_required]
        kept[asked.text] = _tried(asked, required, shown) if required else {}
    return kept[asked.text]


def first(parameter: Parameter, shown: Shown) -> str:
    """Return an example that nothing was asked about: what the header names, else what the data has most of, else one of the type."""
    written = _header(parameter, shown.index) or next(iter(_common(parameter.type, shown)), "")
    return written if written or parameter.is_thing else parameter.example().rpartition(f"-p {parameter.name} ")[2].strip("'")


def _tried(asked: SavedQuery, required: Sequence[Parameter], shown: Shown) -> dict[str, str]:
    rows = [(row, terms) for row in _rows(required, shown) if (terms := _terms(asked.parameters, row, shown.index))]
    shown.index.labels  # noqa: B018  here once, and not in the process of each query

    def work(desk: Desk) -> int:
        desk.begin()
        return next((at for at, (_, terms) in enumerate(rows) if _has_answer(shown.index, asked, terms)), -1)

    try:
        at = confined.run(work, _LIMITS).value if rows else -1
    except KgError:
        at = 0  # who asks with it is told what is wrong
    if at >= 0:
        return rows[at][0]
    return {parameter.name: value for parameter in required if (value := _header(parameter, shown.index))}


def _has_answer(index: Index, asked: SavedQuery, terms: dict[str, Term]) -> bool:
    answer = query.run(index, asked.text, values=terms, limit=1, explain=False)
    return answer.boolean is True if answer.form == "boolean" else len(answer) > 0


def _terms(parameters: Sequence[Parameter], row: dict[str, str], index: Index) -> dict[str, Term]:
    try:
        return terms_of(parameters, row, index.workspace.prefixes, index=index)
    except UsageError:
        return {}


def _header(parameter: Parameter, index: Index) -> str:
    """Return the example that the header of the query names, where that is one."""
    match = _SUCH_AS.search(parameter.words)
    return match[1] if match and _terms([parameter], {parameter.name: match[1]}, index) else ""


def _rows(required: Sequence[Parameter], shown: Shown) -> Iterator[dict[str, str]]:
    """Yield values for all parameters at once; no two parameters have the same one.

    Words and days that the header names are those of other data, perhaps: they come last. Things and numbers of it come first.
    """
    types, headers = [parameter.type for parameter in required], [_header(parameter, shown.index) for parameter in required]
    columns = [_common(kind, shown) for kind in types]
    by_header = _distinct([[header] if header else column[:_FEW] for header, column in zip(headers, columns, strict=True)])
    by_data = islice(chain(zip(*_together(types, shown), strict=True), _distinct(columns)), TRIES - _FEW)
    is_first = any(header and kind not in _OF_THE_DATA for header, kind in zip(headers, types, strict=True))
    every = chain(by_header, by_data) if is_first else chain(by_data, by_header)
    for row in dict.fromkeys(row for row in every if all(row) and len(set(row)) == len(row)):
        yield dict(zip((parameter.name for parameter in required), row, strict=True))


def _distinct(columns: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield a value of each column at a time, the next where another column has given it already."""
    for at in range(max(map(len, columns), default=0)):
        row: list[str] = []
        for column in columns:
            row.append(next((value for value in column[min(at, len(column) - 1) :] if value not in row), "") if column else "")
        yield tuple(row)


def _together(types: list[str], shown: Shown) -> Sequence[Sequence[str]]:
    """Return columns of values that belong together: two things that claims tell of each other, the first and last day of a year."""
    if types == ["iri", "iri"]:
        store, claims = shown.index.store, shown.prefixes["claim"]
        objects = {claim: term.value for claim, term in _said(store, names.OBJECT) if isinstance(term, ox.NamedNode)}
        pairs = ((term.value, objects.get(claim, claims)) for claim, term in _said(store, names.SUBJECT))
        often = Counter(tuple(sorted(pair)) for pair in pairs if pair[0] != pair[1] and not any(iri.startswith(claims) for iri in pair))
        found = [pair for pair, _ in _ordered(often, TRIES)]
        name = named(chain.from_iterable(found), shown)
        return [[name[pair[at]] for pair in found] for at in (0, 1)]
    if types == ["date", "date"]:
        years = _common("gYear", shown)
        return [f"{year}-01-01" for year in years], [f"{year}-12-31" for year in years]
    return [[] for _ in types]


def _common(kind: str, shown: Shown) -> list[str]:
    """Return values of a type that the data has, as they are written, the most used first."""
    kept = _COMMON.setdefault(shown.index, {})
    if kind not in kept:
        kept[kind] = _things(kind, shown) if kind in _ROLES else list(_LISTED.get(kind) or _values(kind, shown.index))
    return kept[kind]


def _values(kind: str, index: Index) -> Iterator[str]:
    if kind in _DATES:
        often = Counter(term.value[: _DATES[kind]] for _, term in _said(index.store, _FROM))
    elif kind == "integer":
        often = Counter(term.value for _, term in _said(index.store, _SENTENCE))
    elif kind == "string":
        claims = index.workspace.prefixes["claim"]
        spoken = Counter(word for iri, label in index.labels.items() if iri.startswith(claims) for word in set(_WORD.findall(label)))
        entities = index.workspace.prefixes["ent"]
        known = {word for iri, label in index.labels.items() if iri.startswith(entities) for word in _WORD.findall(label)}
        often = Counter({word: count for word, count in spoken.items() if word in known}) or spoken
    else:
        often = Counter()
    return (value for value, _ in _ordered(often, TRIES))


def _things(kind: str, shown: Shown) -> list[str]:
    """Return things by how many claims use them, by turns with those that most denials use: about these more is asked."""
    often = used(kind, shown)
    denials = {claim for claim, polarity in _said(shown.index.store, _POLARITY) if polarity.value == _DENIED}
    denied = Counter(term.value for role in _ROLES[kind] for claim, term in _said(shown.index.store, role) if claim in denials)
    turns = zip_longest((iri for iri, _ in _ordered(often, TRIES)), (iri for iri, _ in _ordered(denied, TRIES) if iri in often))
    found = list(dict.fromkeys(iri for pair in turns for iri in pair if iri))
    if kind == "claim" and (example := Lookup(shown.prefixes, index=shown.index).example(kind)):
        found.append(names.expand(example, dict(shown.prefixes)))
    name = named(found, shown)
    return list(dict.fromkeys(name[iri] for iri in found))


def used(kind: str, shown: Shown) -> Counter[str]:
    """Return how many claims use each thing in the role of a type; of claims, those that others are about before any."""
    store, claims = shown.index.store, shown.prefixes["claim"]
    found = (term.value for role in _ROLES[kind] for _, term in _said(store, role) if isinstance(term, ox.NamedNode))
    often = Counter(iri for iri in found if iri.startswith(claims) is (kind == "claim"))
    if kind == "claim" and not often and (example := Lookup(shown.prefixes, index=shown.index).example(kind)):
        often[names.expand(example, dict(shown.prefixes))] = 1
    return often


def named(iris: Iterable[str], shown: Shown) -> dict[str, str]:
    """Return what each thing is called: its label where that names nothing else and can be seen, else the short name."""
    shared = Counter(label.casefold() for label in shown.index.labels.values())
    return {iri: _name(iri, shown, shared) for iri in iris}


def _name(iri: str, shown: Shown, shared: Counter[str]) -> str:
    label = shown.label(iri)
    is_plain = label.isprintable() and shared[label.casefold()] == 1 and not iri.startswith(shown.prefixes["claim"])
    return label if label and is_plain else shown.curie(iri)


def _ordered(often: Counter, most: int) -> list[tuple]:  # type: ignore[type-arg]
    return sorted(often.items(), key=lambda each: (-each[1], each[0]))[:most]


def _said(store: ox.Store, predicate: str) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
    """Yield what is said by a predicate: of what, and the value."""
    for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph()):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            yield quad.subject.value, quad.object
