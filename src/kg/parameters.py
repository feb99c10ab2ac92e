"""Parameters of queries: what is typed at the command line becomes terms, and terms are bound by a `VALUES` row.

The row stands at the start of the outermost WHERE and is serialised from terms, never pasted, so that every engine reads the same query.
Substitution and a trailing VALUES give other rows under NOT EXISTS and in sub-queries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from . import names
from .errors import QueryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .answers import Term
    from .guard import Token

__all__ = ["TYPES", "Parameter", "bind", "outermost_group", "outermost_variables", "terms_of", "to_term"]

_TAGGED = re.compile(r"(.*)@([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z]\w*", re.ASCII)
_DAY = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
TYPES = {
    "iri": ("", "ent:taliban"),
    "string": (r"(?s:.*)", "'any words'"),
    "langString": ("", "'any words@en'"),
    "integer": (r"[+-]?\d+", "20"),
    "decimal": (r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", "2.5"),
    "double": (r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", "1e6"),
    "boolean": ("true|false|1|0", "true"),
    "date": (_DAY, "2022-09-05"),
    "dateTime": (_DAY + r"T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", "2022-09-05T10:00:00Z"),
    "gYear": (r"-?\d{4,}", "2022"),
}
"""The types of parameters, each with the form of its values and an example."""
_GUESSES = ("integer", "decimal", "date", "dateTime")


class Parameter(NamedTuple):
    """A parameter as the header declares it; `line` is where."""

    name: str
    type: str
    is_required: bool = False
    default: str | None = None
    words: str = ""
    line: int | None = None

    def check(self) -> None:
        """Raise UsageError where the name is no variable or the type is unknown."""
        if not _VARIABLE.fullmatch(self.name):
            raise UsageError(f"{self.name!r} cannot be the name of a parameter: a letter, then letters, digits and '_'")
        if self.type not in TYPES:
            raise UsageError(f"{self.type!r} is no type of a parameter; known are {', '.join(TYPES)}")

    @property
    def example(self) -> str:
        """How it is given on the command line."""
        return f"-p {self.name} {self.default or TYPES[self.type][1]}"


def terms_of(
    declared: Sequence[Parameter], given: Mapping[str, str], prefixes: Mapping[str, str], labels: Mapping[str, str]
) -> dict[str, Term]:
    """Return the term of each parameter that has a value; UsageError names a missing, unknown or malformed one with an example.

    A query without declared parameters takes any: what looks like a number, a date or a name with a known prefix becomes one.
    """
    known = {parameter.name: parameter for parameter in declared}
    for name in given:
        if declared and name not in known:
            raise UsageError(f"the query has no parameter {name!r}; it has {', '.join(known)}")
    found = {name: _guess(name, value, prefixes) for name, value in given.items() if name not in known}
    for parameter in declared:
        value = given.get(parameter.name, parameter.default)
        if value is not None:
            found[parameter.name] = to_term(parameter, value, prefixes, labels)
        elif parameter.is_required:
            words = f" ({parameter.words})" if parameter.words else ""
            raise UsageError(f"the parameter {parameter.name!r}{words} is missing; give it as in {parameter.example}")
    return found


def to_term(parameter: Parameter, value: str, prefixes: Mapping[str, str], labels: Mapping[str, str]) -> Term:
    """Return the term that a value stands for.

    >>> str(to_term(Parameter("n", "integer"), "20", {}, {}))
    '"20"^^<http://www.w3.org/2001/XMLSchema#integer>'
    >>> str(to_term(Parameter("who", "iri"), "Taliban", {}, {"urn:t": "Taliban"}))
    '<urn:t>'
    >>> to_term(Parameter("day", "date"), "today", {}, {})
    Traceback (most recent call last):
    kg.errors.UsageError: 'today' is no date for the parameter 'day'; give it as in -p day 2022-09-05
    """
    if parameter.type == "iri":
        return _to_iri(parameter, value, prefixes, labels)
    if parameter.type == "langString":
        match = _TAGGED.fullmatch(value)
        if not match:
            raise _malformed(parameter, value)
        return ox.Literal(match[1], language=match[2])
    form = TYPES[parameter.type][0]
    if not re.fullmatch(form, value):
        raise _malformed(parameter, value)
    if parameter.type == "date":
        from datetime import date

        try:
            date.fromisoformat(value)
        except ValueError:
            raise _malformed(parameter, value) from None
    try:
        return ox.Literal(value) if parameter.type == "string" else ox.Literal(value, datatype=ox.NamedNode(names.XSD + parameter.type))
    except ValueError:
        raise _malformed(parameter, value) from None


def bind(text: str, tokens: Sequence[Token], values: Mapping[str, Term]) -> str:
    """Return the query with a VALUES row at the start of its outermost WHERE.

    >>> from kg.guard import check
    >>> text = "SELECT * WHERE { ?s ?p ?o }"
    >>> bind(text, check(text), {"s": ox.NamedNode("urn:a")})
    'SELECT * WHERE { VALUES (?s) { (<urn:a>) } ?s ?p ?o }'
    """
    if not values:
        return text
    missing = [name for name in values if name not in outermost_variables(tokens)]
    group = outermost_group(tokens)
    if missing or group is None:
        raise QueryError(f"the parameter {(missing or list(values))[0]!r} does not occur in the outermost group of the WHERE")
    row = f" VALUES ({' '.join('?' + name for name in values)}) {{ ({' '.join(map(str, values.values()))}) }}"
    at = tokens[group[0]].start + 1
    return text[:at] + row + text[at:]


def outermost_group(tokens: Sequence[Token]) -> tuple[int, int] | None:
    """Return where the brackets of the outermost WHERE stand among the tokens; None where there is none that could take a row."""
    form = next((number for number, token in enumerate(tokens) if token.text.upper() in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}), 0)
    groups = _top_groups(tokens, form)
    if tokens and tokens[form].text.upper() == "CONSTRUCT":
        groups = groups[1:]  # the first is the template; the short form CONSTRUCT WHERE takes no VALUES
    return groups[0] if groups else None


def outermost_variables(tokens: Sequence[Token]) -> set[str]:
    """Return the variables that occur in the outermost group of the WHERE itself, not only in groups inside it."""
    group = outermost_group(tokens)
    if group is None:
        return set()
    found, depth = set(), 0
    for token in tokens[group[0] : group[1] + 1]:
        depth += (token.text == "{") - (token.text == "}")
        if token.kind == "var" and depth == 1:
            found.add(token.text[1:])
    return found


def _top_groups(tokens: Sequence[Token], start: int) -> list[tuple[int, int]]:
    found, depth, opened = [], 0, 0
    for number, token in enumerate(tokens[start:], start):
        if token.kind == "open":
            if depth == 0:
                opened = number
            depth += 1
        elif token.kind == "close":
            depth -= 1
            if depth == 0 and token.text == "}":
                found.append((opened, number))
    return found


def _malformed(parameter: Parameter, value: str) -> UsageError:
    return UsageError(f"{value!r} is no {parameter.type} for the parameter {parameter.name!r}; give it as in {parameter.example}")


def _to_iri(parameter: Parameter, value: str, prefixes: Mapping[str, str], labels: Mapping[str, str]) -> ox.NamedNode:
    prefix, colon, local = value.partition(":")
    if value.startswith("<") and value.endswith(">"):
        iri = value[1:-1]
    elif colon and prefix in prefixes:
        iri = prefixes[prefix] + local
    elif colon and local and " " not in value:
        iri = value
    else:
        iri = _by_label(parameter, value, labels)
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise _malformed(parameter, value) from None


def _by_label(parameter: Parameter, value: str, labels: Mapping[str, str]) -> str:
    wanted = value.casefold()
    found = sorted(iri for iri, label in labels.items() if label.casefold() == wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{value!r} is the label of several things, {', '.join(found[:3])}; give the parameter {parameter.name!r} one of them"
        )
    from difflib import get_close_matches

    near = get_close_matches(value, labels.values(), n=3)
    hint = f"did you mean {', '.join(map(repr, near))}?" if near else f"give it as in {parameter.example}"
    raise UsageError(f"nothing has the label {value!r} for the parameter {parameter.name!r}; {hint}")


def _guess(name: str, value: str, prefixes: Mapping[str, str]) -> Term:
    """Return the term that a value of an undeclared parameter looks like."""
    Parameter(name, "string").check()
    prefix, colon, local = value.partition(":")
    kind = next((kind for kind in _GUESSES if re.fullmatch(TYPES[kind][0], value)), "string")
    if (colon and prefix in prefixes and " " not in value) or (value.startswith("<") and value.endswith(">")) or local.startswith("//"):
        kind = "iri"
    return to_term(Parameter(name, kind), value, prefixes, {})
