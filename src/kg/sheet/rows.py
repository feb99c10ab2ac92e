"""Between a row of a sheet and a claim."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import names
from ..errors import InputError
from ..model import Claim, Literal
from . import cells
from .lookup import FaultyRelationError, choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..model import Passage, Relation, Source
    from .lookup import Lookup
    from .places import Places
    from .table import Problems, Row

Value = TypeVar("Value")
WORKSPACE_PARTY = "ent:claimgraph-workspace"
"""The claimant of what was derived from other claims."""


@dataclass(frozen=True, slots=True)
class Context:
    """What reading and writing rows needs to know: the source, its names, its places."""

    source: Source
    lookup: Lookup
    places: Places

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefix map of the workspace."""
        return self.lookup.prefixes


class _Reader:
    """Converts the cells of one row; what cannot be converted is noted with its column, and counted."""

    def __init__(self, row: Row, problems: Problems) -> None:
        self.row = row
        self.problems = problems
        self.failed = False

    def cell(self, column: str, convert: Callable[[str], Value]) -> Value | None:
        try:
            return convert(self.row[column])
        except FaultyRelationError as error:
            self.failed = True
            self.problems.add_once(error.message)
            return None
        except InputError as error:
            self.fail(column, error.message)
            return None

    def fail(self, column: str, message: str) -> None:
        self.failed = True
        self.problems.add(self.row.line, message, column=column)


def claim_from_row(row: Row, iri: str, context: Context, problems: Problems) -> tuple[Claim, tuple[Passage, ...]] | None:
    """Return the claim of a row and its passages, or None with every problem of the row noted."""
    read = _Reader(row, problems)
    lookup = context.lookup
    relation = read.cell("relation", lookup.relation)
    when = read.cell("when", cells.when) or (None, None, None)
    passages = read.cell("quote", lambda quote: context.places.find(quote, row["passage"])) or ()
    fields: dict[str, Any] = {
        "label": read.cell("label", cells.one_line),
        "subject": read.cell("subject", lookup.thing),
        "object": read.cell("object", partial(_object, relation=relation, context=context)),
        "claimant": read.cell("claimant", partial(_claimant, row=row, context=context)),
        "reported_by": read.cell("reported_by", partial(_optional, convert=lookup.thing)),
        "polarity": read.cell("polarity", lambda cell: choice(cell or "affirmed", names.POLARITIES)),
        "certainty": read.cell("certainty", lambda cell: choice(cell or "certain", names.CERTAINTIES)),
        "modality": read.cell("modality", partial(_optional, convert=lambda cell: choice(cell, names.MODALITIES))),
        "kind": read.cell("kind", lambda cell: choice(cell or (relation.usual_kind if relation else "state"), names.KINDS)),
        "status": read.cell("status", lambda cell: choice(cell or "accepted", names.STATUSES)),
        "value": read.cell("value", cells.figure),
        "unit": read.cell("unit", lambda cell: cells.unit(cell, context.prefixes)),
        "derived_from": read.cell("derived_from", lambda cell: tuple(sorted({lookup.thing(word) for word in cells.ids_from_cell(cell)}))),
        "notes": cells.notes_from_cell(row["note"]),
        "creator": read.cell("creator", partial(_optional, convert=lookup.thing)),
        "modified": read.cell("modified", cells.day),
    }
    _refuse_contradictions(read, fields, passages)
    if read.failed or relation is None:
        return None
    fields |= {"when": when[0], "since": when[1], "until": when[2], "passages": tuple(sorted(passage.iri for passage in passages))}
    return Claim(iri=iri, relation=relation.iri, **fields), passages


def _refuse_contradictions(read: _Reader, fields: dict[str, Any], passages: tuple[Passage, ...]) -> None:
    """Note what no claim may say, and what the cells one by one do not show."""
    if read.row["derived_from"].strip():
        if read.row["quote"].strip() or read.row["passage"].strip():
            read.fail("derived_from", "a derived claim has no passage; empty this cell or the quote")
    elif not passages and not read.failed:
        read.fail("quote", "a claim needs a quote of the text, a passage, or the claims it was derived from")
    if read.row["value"].strip() and not read.row["unit"].strip():
        read.fail("unit", "a figure needs its unit, such as unit:PERCENT, unit:CCY_EUR or, for counted things, unit:NUM")
    if read.row["unit"].strip() and not read.row["value"].strip():
        read.fail("value", "a unit needs its figure")
    if fields["reported_by"] and fields["reported_by"] == fields["claimant"]:
        read.fail("reported_by", "the claimant relays nothing; empty this cell where both are the same")


def _object(cell: str, relation: Relation | None, context: Context) -> str | Literal:
    if relation is None:
        return cell  # whether it should be a name or words, only the relation tells
    if relation.takes_literal:
        return cells.literal_from_cell(cell, context.source.language, context.prefixes)
    return context.lookup.thing(cell)


def _claimant(cell: str, row: Row, context: Context) -> str:
    if cell.strip():
        return context.lookup.thing(cell)
    if row["derived_from"].strip():
        return context.lookup.thing(WORKSPACE_PARTY)
    if context.source.creator is None:
        raise InputError("it is empty, and the source has no author who could stand in")
    return context.source.creator


def _optional(cell: str, convert: Callable[[str], Value]) -> Value | None:
    return convert(cell) if cell.strip() else None


def claim_to_row(claim: Claim, passages: Iterable[Passage], context: Context) -> dict[str, str]:
    """Return the cells of a claim; `claim_from_row` gives the claim back."""
    ordered = sorted(passages, key=lambda passage: (passage.start, passage.end))

    def short(iri: str | None) -> str:
        return names.compact(iri, context.prefixes) if iri else ""

    def obj(value: str | Literal) -> str:
        return cells.literal_to_cell(value, context.source.language, context.prefixes) if isinstance(value, Literal) else short(value)

    return {
        "claim": short_id(claim.iri, context),
        "label": claim.label,
        "subject": short(claim.subject),
        "relation": short(claim.relation),
        "object": obj(claim.object),
        "claimant": short(claim.claimant),
        "reported_by": short(claim.reported_by),
        "polarity": claim.polarity,
        "certainty": claim.certainty,
        "modality": claim.modality or "",
        "kind": claim.kind,
        "when": claim.when or "",
        "value": "" if claim.value is None else f"{claim.value:f}",
        "unit": short(claim.unit),
        "quote": context.places.quotes(ordered),
        "derived_from": " ".join(short(iri) for iri in claim.derived_from),
        "note": cells.notes_to_cell(claim.notes),
        "status": claim.status,
        "no_claim": "",
        "passage": " ".join(f"{passage.start}-{passage.end}" for passage in ordered),
        "creator": short(claim.creator),
        "modified": str(claim.modified or ""),
    }


def short_id(iri: str, context: Context) -> str:
    """Return the number of a claim of the source, as `007`; of any other claim the CURIE."""
    number = iri.removeprefix(f"{context.prefixes['claim']}{context.lookup.key}-")
    return number if number.isascii() and number.isdigit() and number == f"{int(number):03}" else names.compact(iri, context.prefixes)
