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
from .lookup import Lookup, nearest_prefix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .answers import Term
    from .guard import Token
    from .index import Index

__all__ = ["TYPES", "Parameter", "bind", "outermost_group", "outermost_variables", "terms_of", "to_term"]

_TAGGED = re.compile(r"(.*)@([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z]\w*", re.ASCII)
_DAY = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_VALUES = {
    "certainty": names.CERTAINTIES,
    "kind": names.KINDS,
    "modality": names.MODALITIES,
    "polarity": names.POLARITIES,
}
TYPES = {
    "iri": ("", "ent:taliban"),
    "claim": ("", "claim:ra-001"),
    "claimant": ("", "ent:taliban"),
    "relation": ("", "rel:fears"),
    **{kind: ("|".join(f"(?:kg:)?{value}" for value in values), values[0]) for kind, values in _VALUES.items()},
    "stance": ("-1|0|1", "-1"),
    "month": (r"\d{4}-(?:0[1-9]|1[0-2])", "2021-08"),
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
_THINGS = ("iri", "claim", "claimant", "relation")
"""Types whose values are IRIs; they differ in the examples that are given."""
_WRITTEN_AS = {"month": "string", "stance": "integer"}
_GUESSES = ("integer", "decimal", "date", "dateTime")
_SCHEMES = ("urn", "mailto", "tag", "ni", "did", "info", "doi")


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
    def is_thing(self) -> bool:
        """Whether its values are IRIs of the data, given by id or label."""
        return self.type in _THINGS

    def example(self, lookup: Lookup | None = None) -> str:
        """Return how it is given on the command line, with a thing of the data where it takes one."""
        found = lookup.example(self.type) if lookup and self.default is None and self.is_thing else ""
        return f"-p {self.name} {found or self.default or TYPES[self.type][1]}"


def terms_of(
    declared: Sequence[Parameter],
    given: Mapping[str, str],
    prefixes: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    *,
    index: Index | None = None,
    is_saved: bool = False,
) -> dict[str, Term]:
    """Return the term of each parameter that has a value; UsageError names a missing, unknown or malformed one with an example.

    A query without declared parameters takes any, unless it `is_saved`: what looks like a number, a date or a name with a known prefix
    becomes one. The `index` adds alternative labels and examples, and the labels where none are given.
    """
    lookup = Lookup(prefixes, labels, index=index)
    known = {parameter.name: parameter for parameter in declared}
    for name in given:
        if (declared or is_saved) and name not in known:
            raise UsageError(f"the query has no parameter {name!r}; it has {', '.join(known) or 'none'}")
    found = {name: _guess(name, value, lookup) for name, value in given.items() if name not in known}
    for parameter in declared:
        value = given.get(parameter.name, parameter.default)
        if value is not None:
            found[parameter.name] = to_term(parameter, value, lookup)
        elif parameter.is_required:
            words = f" ({parameter.words})" if parameter.words else ""
            raise UsageError(f"the parameter {parameter.name!r}{words} is missing; give it as in {parameter.example(lookup)}")
    return found


def to_term(parameter: Parameter, value: str, lookup: Lookup) -> Term:
    """Return the term that a value stands for.

    >>> str(to_term(Parameter("n", "integer"), "20", Lookup({})))
    '"20"^^<http://www.w3.org/2001/XMLSchema#integer>'
    >>> str(to_term(Parameter("who", "iri"), "Taliban", Lookup({}, {"urn:t": "Taliban"})))
    '<urn:t>'
    >>> to_term(Parameter("day", "date"), "today", Lookup({}))
    Traceback (most recent call last):
    kg.errors.UsageError: 'today' is no date for the parameter 'day'; give it as in -p day 2022-09-05
    >>> to_term(Parameter("how", "polarity"), "maybe", Lookup({}))
    Traceback (most recent call last):
    kg.errors.UsageError: 'maybe' is no polarity for the parameter 'how'; give one of affirmed, denied
    """
    if parameter.is_thing:
        return _to_iri(parameter, value, lookup)
    if parameter.type == "langString":
        match = _TAGGED.fullmatch(value)
        if not match:
            raise _malformed(parameter, value)
        return ox.Literal(match[1], language=match[2])
    if not re.fullmatch(TYPES[parameter.type][0], value.removeprefix(names.KG)):
        raise _malformed(parameter, value)
    if parameter.type in _VALUES:
        return ox.NamedNode(names.KG + value.removeprefix(names.KG).removeprefix("kg:"))
    return _to_literal(parameter, value)


def _to_literal(parameter: Parameter, value: str) -> ox.Literal:
    datatype = _WRITTEN_AS.get(parameter.type, parameter.type)
    try:
        if datatype == "date":
            from datetime import date

            date.fromisoformat(value)
        return ox.Literal(value) if datatype == "string" else ox.Literal(value, datatype=ox.NamedNode(names.XSD + datatype))
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
    everywhere = dict.fromkeys(token.text[1:] for token in tokens if token.kind == "var")
    for name in values:
        if name not in everywhere:
            raise UsageError(f"the query has no variable ?{name}; it has {', '.join('?' + known for known in everywhere) or 'none'}")
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


def _malformed(parameter: Parameter, value: str, lookup: Lookup | None = None) -> UsageError:
    values = _VALUES.get(parameter.type)
    hint = f"give one of {', '.join(values)}" if values else f"give it as in {parameter.example(lookup)}"
    return UsageError(f"{value!r} is no {parameter.type} for the parameter {parameter.name!r}; {hint}")


def _to_iri(parameter: Parameter, value: str, lookup: Lookup) -> ox.NamedNode:
    prefix, colon, local = value.partition(":")
    if value.startswith("<") and value.endswith(">"):
        iri = value[1:-1]
    elif colon and prefix in lookup.prefixes:
        iri = lookup.prefixes[prefix] + local
    elif colon and (local.startswith("//") or prefix in _SCHEMES) and " " not in value:
        iri = value
    elif colon and local and " " not in value and not lookup.find(value):
        raise _unknown_prefix(prefix, value, lookup)
    else:
        iri = _by_label(parameter, value, lookup)
    try:
        return ox.NamedNode(lookup.living(ox.NamedNode(iri).value))
    except ValueError:
        raise _malformed(parameter, value, lookup) from None


def _unknown_prefix(prefix: str, value: str, lookup: Lookup) -> UsageError:
    near = nearest_prefix(prefix, lookup.prefixes)
    hint = (
        f"did you mean {near}:{value.partition(':')[2]}?" if near else f"known are {', '.join(lookup.prefixes)}; a whole IRI stands in <>"
    )
    return UsageError(f"the prefix '{prefix}:' of {value!r} is not declared; {hint}")


def _by_label(parameter: Parameter, value: str, lookup: Lookup) -> str:
    found = lookup.find(value)
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(lookup.compact(iri) for iri in found[:3]) + (", …" if found[3:] else "")
        raise UsageError(f"{value!r} is the label of several things, {several}; give the parameter {parameter.name!r} one of them")
    if parameter.type == "claim":
        ids = [lookup.compact(iri) for iri in lookup.claims_ending(value)] or [parameter.example(lookup).rpartition(" ")[2]]
        raise UsageError(f"{value!r} is no claim for the parameter {parameter.name!r}; ids look like {ids[0]}")
    near = lookup.nearest(value)
    hint = f"did you mean {', '.join(map(repr, near))}?" if near else f"give it as in {parameter.example(lookup)}"
    raise UsageError(f"nothing has the label {value!r} for the parameter {parameter.name!r}; {hint}")


def _guess(name: str, value: str, lookup: Lookup) -> Term:
    """Return the term that a value of an undeclared parameter looks like; what could be meant otherwise is asked about."""
    Parameter(name, "string").check()
    quoted = re.fullmatch(r'"(.*)"', value, re.DOTALL)
    if quoted:
        return ox.Literal(quoted[1])
    prefix, colon, local = value.partition(":")
    kind = next((kind for kind in _GUESSES if re.fullmatch(TYPES[kind][0], value)), "string")
    if (
        (colon and prefix in lookup.prefixes and " " not in value)
        or (value.startswith("<") and value.endswith(">"))
        or local.startswith("//")
    ):
        kind = "iri"
    elif kind == "string" and colon and local and " " not in value and nearest_prefix(prefix, lookup.prefixes):
        raise _unknown_prefix(prefix, value, lookup)
    elif kind == "string" and (found := lookup.find(value)):
        things = " or ".join(f"-p {name} {lookup.compact(iri)}" for iri in found[:3])
        raise UsageError(f"{value!r} is a label; give {things} for what has it, or -p {name} '\"{value}\"' for the words themselves")
    return to_term(Parameter(name, kind), value, lookup)
