"""Links for other programs: the mapping set itself, its accepted rows as triples, or all rows as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .. import mappings, names, results, targets
from ..answers import Answer
from ..errors import UsageError
from ..sssom.extensions import NAME, definitions_of
from ..sssom.slots import BUILT_IN, COLUMNS, FIELDS, NUMBERS, REFERENCES

if TYPE_CHECKING:
    from ..answers import Term
    from ..mappings import Mapping, MappingSet
    from ..workspace import Workspace

__all__ = ["FORMATS", "export", "of_target"]

_NOTHING = (None, "", ())

FORMATS = ("sssom", *results.FORMATS)
"""The formats by name: that of mapping sets, and those of answers."""


def export(links: MappingSet, format_: str, workspace: Workspace, *, raw: bool = False) -> str:
    """Return mappings in a format of `FORMATS`; `raw` leaves cells that a spreadsheet would run as they are.

    As triples there are the accepted rows only; SSSOM and tables have those that deny, too, which say so in `predicate_modifier`.
    """
    if format_ == "sssom":
        return mappings.serialize(links, workspace.prefixes)
    style = results.Style({**BUILT_IN, **targets.PREFIXES, **workspace.prefixes}, raw=raw)
    if "solutions" not in results.FORMATS[format_].forms:
        return results.write(Answer("triples", triples=sorted(set(mappings.triples(links)), key=str)), format_, style)
    return results.write(table(links), format_, style)


def table(links: MappingSet) -> Answer:
    """Return mappings as rows, with the columns in which some row has a cell: those of SSSOM, then those that the set adds."""
    rows = sorted(links.mappings, key=lambda row: (row.subject_id, row.predicate_id, row.predicate_modifier, row.object_id))
    known = [*COLUMNS, *(each[NAME] for each in definitions_of(links.metadata))]
    used = [column for column in known if any(_cell(row, column) not in _NOTHING for row in rows)]
    return Answer("solutions", variables=used, rows=[tuple(_term(row, column) for column in used) for row in rows])


def of_target(links: MappingSet, target: str) -> MappingSet:
    """Return the mappings to the names of one data set, by its name; UsageError where nobody knows it."""
    known = {each.key for each in targets.TARGETS}
    if target not in known:
        raise UsageError(f"{target[:80]!r} is no data set that kg knows; known are {', '.join(sorted(known))}")
    return replace(links, mappings=tuple(row for row in links.mappings if targets.set_of(row.object_id) == target))


def _cell(row: Mapping, column: str) -> Any:
    return getattr(row, column) if column in FIELDS else dict(row.more).get(column)


def _term(row: Mapping, column: str) -> Term | None:
    value = _cell(row, column)
    if value in _NOTHING:
        return None
    if column in REFERENCES:
        return ox.NamedNode(value)
    if column in NUMBERS:
        return ox.Literal(f"{value:.3f}".rstrip("0").rstrip("."), datatype=ox.NamedNode(names.XSD + "decimal"))
    return ox.Literal(" | ".join(value) if isinstance(value, tuple) else value)
