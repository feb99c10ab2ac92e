"""Saved queries as forms: a field for each parameter, of the kind that its type asks for, filled from the address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import pyoxigraph as ox

from .. import guard, names
from ..errors import UsageError
from ..parameters import bind, terms_of
from . import examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..answers import Term
    from ..index import Index
    from ..parameters import Parameter
    from ..saved import SavedQuery
    from .shown import Cell, Shown

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
_OFFERED: WeakKeyDictionary[Index, dict[str, tuple[tuple[str, str], ...]]] = WeakKeyDictionary()
"""The names for each type of things, found once for an index: all its claims are looked through."""
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


def fill(query: SavedQuery, given: Mapping[str, str], shown: Shown, *, offers: bool = True) -> Filled:
    """Return the form of a saved query with the values given to it; empty values count as not given."""
    filled, meant = Filled([], {}, [], []), {}
    for parameter in query.parameters:
        value = given.get(parameter.name, "").strip()
        term, error = _term(parameter, value, shown.index)
        if error:
            filled.errors.append(error)
        elif term is not None:
            filled.terms[parameter.name] = term
        elif parameter.is_required:
            filled.missing.append(parameter.name)
        cell = shown.cell(term) if isinstance(term, ox.NamedNode) and parameter.is_thing else None
        meant[parameter.name] = (value, cell, error)
    if offers:
        tried = examples.chosen(query, shown) if filled.missing else None
        filled.fields.extend(_field(parameter, *meant[parameter.name], shown, tried) for parameter in query.parameters)
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


def _field(  # noqa: PLR0917  what one field is made of
    parameter: Parameter, value: str, meant: Cell | None, error: str, shown: Shown, tried: Mapping[str, str] | None
) -> Field:
    kind = "thing" if parameter.is_thing else "select" if parameter.type in _LISTS else _INPUTS.get(parameter.type, "text")
    is_tried = parameter.is_required and tried is not None
    return Field(
        name=parameter.name,
        words=parameter.words,
        type=parameter.type,
        input=kind,
        value=value or (parameter.default or ""),
        example=(tried or {}).get(parameter.name, "") if is_tried else examples.first(parameter, shown),
        is_required=parameter.is_required,
        options=_things(parameter.type, shown) if parameter.is_thing else _LISTS.get(parameter.type, ()),
        meant=meant,
        error=error,
    )


def _things(kind: str, shown: Shown) -> tuple[tuple[str, str], ...]:
    """Return the names that a field may offer, each with what it stands for: those that claims use in this role."""
    kept = _OFFERED.setdefault(shown.index, {})
    if kind not in kept:
        often = examples.used(kind, shown)
        is_short = len(often) <= OFFERED  # too many to stand in a page: the script asks for those that fit
        named = examples.named(sorted(often), shown) if is_short else {}
        pairs = [(name, label if (label := shown.label(iri)) != name else shown.curie(iri)) for iri, name in named.items()]
        kept[kind] = tuple(sorted(pairs, key=lambda pair: pair[0].casefold()))
    return kept[kind]


def _written(term: Term, prefixes: Mapping[str, str]) -> str:
    return names.compact(term.value, dict(prefixes)) if isinstance(term, ox.NamedNode) else str(term)
