"""Saved queries as forms: a field for each parameter, of the kind that its type asks for, filled from the address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import pyoxigraph as ox

from .. import guard, names
from ..errors import UsageError
from ..lookup import Lookup
from ..parameters import bind, terms_of
from .shown import Cell, Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..answers import Term
    from ..index import Index
    from ..parameters import Parameter
    from ..saved import SavedQuery

__all__ = ["Field", "Filled", "fill", "final_text", "for_people"]

OFFERED = 300
"""How many names a field offers without a script; with one, it asks for those that fit."""
_INPUTS = {"integer": "number", "decimal": "number", "double": "text", "date": "date", "month": "month"}
_LISTS: dict[str, tuple[tuple[str, str], ...]] = {
    "certainty": tuple((value, value) for value in names.CERTAINTIES),
    "kind": tuple((value, value) for value in names.KINDS),
    "modality": tuple((value, value) for value in names.MODALITIES),
    "polarity": tuple((value, value) for value in names.POLARITIES),
    "stance": (("-1", "hostile (-1)"), ("0", "neither (0)"), ("1", "cooperative (1)")),
    "boolean": (("true", "yes"), ("false", "no")),
}
_ROLES = {"iri": (names.SUBJECT, names.OBJECT), "claimant": (names.CLAIMANT,), "relation": (names.PREDICATE,), "claim": ()}
_OFFERED: WeakKeyDictionary[Index, dict[str, tuple[str, tuple[tuple[str, str], ...]]]] = WeakKeyDictionary()
"""An example and the names for each type of things, found once for an index: all its claims are looked through."""
_FLAG = re.compile(r"-p \w+ ")


class Field(NamedTuple):
    """One field of a form. `meant` is what its value was understood as, `error` why it was not."""

    name: str
    words: str
    type: str
    input: str
    value: str
    example: str
    is_required: bool
    options: tuple[tuple[str, str], ...] = ()
    meant: Cell | None = None
    error: str = ""


class Filled(NamedTuple):
    """A form with its values: the terms they stand for, which required ones are missing, and what is wrong with the others."""

    fields: list[Field]
    terms: dict[str, Term]
    missing: list[str]
    errors: list[str]

    @property
    def is_ready(self) -> bool:
        """Whether the query can be asked."""
        return not self.missing and not self.errors


def fill(query: SavedQuery, given: Mapping[str, str], index: Index, *, offers: bool = True) -> Filled:
    """Return the form of a saved query with the values given to it; empty values count as not given."""
    lookup = Lookup(index.workspace.prefixes, index=index)
    shown = Shown(index)
    filled = Filled([], {}, [], [])
    for parameter in query.parameters:
        value = given.get(parameter.name, "").strip()
        term, error = _term(parameter, value, index)
        if error:
            filled.errors.append(error)
        elif term is not None:
            filled.terms[parameter.name] = term
        elif parameter.is_required:
            filled.missing.append(parameter.name)
        meant = shown.cell(term) if isinstance(term, ox.NamedNode) and parameter.is_thing else None
        if offers:
            filled.fields.append(_field(parameter, value, lookup, shown)._replace(meant=meant, error=error))
    known = [parameter.name for parameter in query.parameters]
    filled.errors.extend(
        f"the query has no parameter {name!r}; it has {', '.join(known) or 'none'}" for name, value in given.items() if name not in known
    )
    return filled


def final_text(query: SavedQuery, terms: Mapping[str, Term], prefixes: Mapping[str, str]) -> str:
    """Return the text that is asked, as a person would go on writing it: values bound by name, the header as one comment."""
    lines = [line for line in query.text.splitlines() if not line.startswith("#+")]
    text = "\n".join(lines).strip("\n") + "\n"
    if terms:
        bound = bind(text, guard.check(text), terms)
        row = f"VALUES ({' '.join('?' + name for name in terms)}) {{ ({' '.join(map(str, terms.values()))}) }}"
        written = " ".join(_written(term, prefixes) for term in terms.values())
        text = bound.replace(row, f"\n  VALUES ({' '.join('?' + name for name in terms)}) {{ ({written}) }}", 1)
        text = re.sub(r"\{ +\n", "{\n", text, count=1)
    return f"# {' '.join(query.summary.split())}\n{text}" if query.summary else text


def for_people(message: str) -> str:
    """Return a message without the way in which the command line writes a parameter.

    >>> for_people("'x' is no date for the parameter 'day'; give it as in -p day 2022-09-05")
    "'x' is no date for the parameter 'day'; give it as in 2022-09-05"
    """
    return _FLAG.sub("", message)


def _term(parameter: Parameter, value: str, index: Index) -> tuple[Term | None, str]:
    if not value and parameter.is_required:
        return None, ""
    given = {parameter.name: value} if value else {}
    try:
        return terms_of([parameter], given, index.workspace.prefixes, index=index).get(parameter.name), ""
    except UsageError as error:
        return None, for_people(error.message)


def _field(parameter: Parameter, value: str, lookup: Lookup, shown: Shown) -> Field:
    kind = "thing" if parameter.is_thing else "select" if parameter.type in _LISTS else _INPUTS.get(parameter.type, "text")
    example, options = parameter.example().rpartition(f"-p {parameter.name} ")[2].strip("'"), _LISTS.get(parameter.type, ())
    if parameter.is_thing:
        kept = _OFFERED.setdefault(shown.index, {})
        if parameter.type not in kept:
            kept[parameter.type] = (_readable(lookup.example(parameter.type), shown), _things(parameter, shown))
        example, options = kept[parameter.type]
    return Field(
        name=parameter.name,
        words=parameter.words,
        type=parameter.type,
        input=kind,
        value=value or (parameter.default or ""),
        example=example,
        is_required=parameter.is_required,
        options=options,
    )


def _readable(example: str, shown: Shown) -> str:
    """Return the label of an example where that alone names it."""
    iri = names.expand(example, shown.prefixes) if example else ""
    label = shown.label(iri)
    return (
        label if label and not iri.startswith(shown.prefixes["claim"]) and Lookup({}, index=shown.index).find(label) == [iri] else example
    )


def _things(parameter: Parameter, shown: Shown) -> tuple[tuple[str, str], ...]:
    """Return names that a field may offer, each with what it stands for: those that claims use in this role, in order."""
    store = shown.index.store
    found: set[str] = set()
    for predicate in _ROLES[parameter.type]:
        for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph()):
            if isinstance(quad.object, ox.NamedNode) and not quad.object.value.startswith(shown.prefixes["claim"]):
                found.add(quad.object.value)
            if len(found) > OFFERED:
                return ()  # too many to stand in a page; the script asks for those that fit
    labels = {iri: shown.label(iri) for iri in found}
    often = list(labels.values())
    named = {iri for iri, label in labels.items() if label.isprintable() and often.count(label) == 1}
    pairs = [(label, shown.curie(iri)) if label and iri in named else (shown.curie(iri), label) for iri, label in labels.items()]
    return tuple(sorted(pairs, key=lambda pair: pair[0].casefold()))


def _written(term: Term, prefixes: Mapping[str, str]) -> str:
    return names.compact(term.value, dict(prefixes)) if isinstance(term, ox.NamedNode) else str(term)
