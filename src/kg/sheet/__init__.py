"""Claims as a table that opens in any spreadsheet: one row a claim, for one source.

The sheet of a source is the whole truth about its claims: what is imported replaces the claims and passages that the source had.
A quote finds its passage in the text and is never stored. Import is all or nothing, and says everything that is wrong at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .. import names, triples, turtle
from ..errors import InputError
from . import holdings
from .lookup import THING, Lookup
from .places import Places
from .rows import Context, claim_from_row, claim_to_row
from .table import COLUMNS, RARE_COLUMNS, Problems, Row, SheetError, read, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyoxigraph as ox

    from ..index import Index
    from ..model import Claim, Entity, Passage, Source
    from ..workspace import Workspace
    from .holdings import Holdings

__all__ = ["COLUMNS", "Import", "SheetError", "export_sheet", "import_sheet"]

_ID = re.compile(r"[0-9]{1,9}", re.ASCII)
_WITH_REASON = {"no_claim", "quote", "passage"}


@dataclass(frozen=True, slots=True)
class Import:
    """A sheet that was read and found good, and what writing it changes; `write` writes it."""

    workspace: Workspace
    held: Holdings
    claims: tuple[Claim, ...]
    passages: tuple[Passage, ...]
    created: tuple[Entity, ...] = ()
    near: Mapping[str, str] = field(default_factory=dict)
    """Created entities that look like one that was there: IRI to IRI."""
    unused: tuple[str, ...] = ()
    """Entities that an earlier import created, that nobody described since, and that nothing uses once this one is written."""

    @property
    def added(self) -> list[str]:
        """The IRIs of claims that the source did not have."""
        return [claim.iri for claim in self.claims if claim.iri not in self.held.claims]

    @property
    def changed(self) -> list[str]:
        """The IRIs of claims that the source had otherwise."""
        return [claim.iri for claim in self.claims if claim != self.held.claims.get(claim.iri, claim)]

    @property
    def removed(self) -> list[str]:
        """The IRIs of claims that the sheet leaves out."""
        kept = {claim.iri for claim in self.claims}
        return [iri for iri in self.held.claims if iri not in kept]

    def write(self) -> bool:
        """Write `entities.ttl`, then the file of the source; return whether anything changed.

        In this order a failure between the two leaves entities that nothing uses yet, never a claim about nobody.
        """
        prefix_map = self.workspace.prefixes
        changed = bool(self.created) and add_entities(self.workspace, self.created)
        return turtle.write(self.held.path, self.held.with_records(self.claims, self.passages), prefix_map) or changed


def add_entities(workspace: Workspace, entities: Iterable[Entity]) -> bool:
    """Add entities to `graph/entities.ttl`; return whether it changed."""
    path = workspace.graph_dir / "entities.ttl"
    said: list[ox.Triple] = holdings.read_triples(path) if path.exists() else []
    return turtle.write(path, [*said, *(triple for entity in entities for triple in triples.entity_to_triples(entity))], workspace.prefixes)


def export_sheet(index: Index, source: Source, *, text: str | None = None) -> str:
    """Return the claims of a source as CSV, and after them the sentences that carry none; with the text, its quotes as well.

    `import_sheet` of this table gives the same bytes of Turtle.
    """
    held = holdings.read(index.workspace, source)
    context = _context(index, source, held, text, labels={iri: claim.label for iri, claim in held.claims.items()}, new_entities=False)
    rows = [
        claim_to_row(claim, (held.passages[iri] for iri in claim.passages if iri in held.passages), context)
        for claim in sorted(held.claims.values(), key=lambda claim: (len(claim.iri), claim.iri))
    ]
    for passage in sorted(held.passages.values(), key=lambda passage: (passage.start, passage.end)):
        if passage.no_claim:
            place = {"quote": context.places.quotes([passage]), "passage": f"{passage.start}-{passage.end}"}
            rows.append({"no_claim": passage.no_claim, **place})
    rare = [column for column in RARE_COLUMNS if any(row.get(column) for row in rows)]
    return write(rows, [*COLUMNS, *rare])


def import_sheet(
    index: Index, source: Source, data: bytes, *, text: str | None = None, new_entities: bool = False, path: object = None
) -> Import:
    """Read the sheet of a source against the workspace; nothing is written before `Import.write`.

    SheetError with every problem, each with its row and column.
    """
    holdings.refuse_bundled(index.workspace)
    held = holdings.read(index.workspace, source)
    problems = Problems(path)
    rows = read(data, problems)
    _refuse_placeless(rows, problems)
    claim_rows = [row for row in rows if not row["no_claim"].strip()]
    iris = _number(claim_rows, held, index.workspace.prefixes["claim"], problems)
    labels = {iris[row.line]: row["label"] for row in claim_rows if row.line in iris}
    context = _context(index, source, held, text, labels=labels, new_entities=new_entities)
    claims: list[Claim] = []
    passages: dict[str, Passage] = {}
    for row in claim_rows:
        found = claim_from_row(row, iris.get(row.line, ""), context, problems)
        if found:
            claims.append(found[0])
            passages |= {passage.iri: passage for passage in found[1]}
    for row in rows:
        if row["no_claim"].strip():
            passages |= _without_claim(row, context, problems)
    _refuse_dangling(index, held, claims, problems)
    problems.raise_any()
    created = tuple(context.lookup.created.values())
    near = {entity.iri: close for entity in created if (close := context.lookup.near(entity))}
    unused = _unused(index, held, claims)
    return Import(index.workspace, held, tuple(claims), tuple(passages.values()), created, near, unused)


def _refuse_placeless(rows: list[Row], problems: Problems) -> None:
    """Say once, of the table, what would be said of each of its rows."""
    if any(not {"quote", "passage"} & set(row.cells) and not row["derived_from"].strip() for row in rows):
        problems.add(1, "the header has neither quote nor passage; add a column quote with the words of the text that say each claim")
        problems.raise_any()


def _unused(index: Index, held: Holdings, claims: list[Claim]) -> tuple[str, ...]:
    """Return the entities without a type of their own and without a definition that nothing uses any more with the new claims."""
    after = [*claims, *(claim for claim in index.all_claims if claim.iri not in held.claims)]
    used = {iri for claim in after for iri in _parties(claim)} | {source.creator for source in index.sources.values()}
    bare = (entity.iri for entity in index.entities.values() if entity.types == (THING,) and not (entity.definition or entity.alt_labels))
    return tuple(iri for iri in bare if iri not in used)


def _parties(claim: Claim) -> tuple[object, ...]:
    return claim.subject, claim.object, claim.claimant, claim.reported_by, claim.creator, claim.unit


def _context(index: Index, source: Source, held: Holdings, text: str | None, *, labels: Mapping[str, str], new_entities: bool) -> Context:
    places = Places(source, f"{index.workspace.prefixes['passage']}{held.key}-", held.passages, text)
    return Context(source, Lookup(index, held.key, labels, new_entities=new_entities), places)


def _number(rows: list[Row], held: Holdings, namespace: str, problems: Problems) -> dict[int, str]:
    """Return the claim that each row is, by line: the one it names, else the one with its label, else one with the next free number."""
    prefix = f"{namespace}{held.key}-"
    found: dict[int, str] = {}
    taken: set[str] = set()
    for row in rows:
        cell = row["claim"].strip()
        iri = _own_id(cell, held, prefix)
        if iri is None:
            problems.add(row.line, f"{cell[:64]!r} is no claim of this source, such as 007 or claim:{held.key}-007", column="claim")
        elif iri in taken:
            problems.add(row.line, f"{cell!r} stands there twice", column="claim")
        elif iri:
            found[row.line] = iri
            taken.add(iri)
    free = {claim.label: iri for iri, claim in sorted(held.claims.items(), reverse=True) if iri not in taken}
    following = held.last_number(prefix, taken) + 1
    for row in rows:
        if not row["claim"].strip():
            found[row.line] = free.pop(row["label"], "") or f"{prefix}{following:03}"
            following += found[row.line] == f"{prefix}{following:03}"
    return found


def _own_id(cell: str, held: Holdings, prefix: str) -> str | None:
    """Return the IRI of a cell of the column `claim`: empty for an empty one, None for what is no claim of this source."""
    if not cell:
        return ""
    local = cell.removeprefix("claim:")
    if f"{prefix.removesuffix(held.key + '-')}{local}" in held.claims:
        return f"{prefix.removesuffix(held.key + '-')}{local}"
    number = local.removeprefix(f"{held.key}-")
    return f"{prefix}{int(number):03}" if _ID.fullmatch(number) else None


def _without_claim(row: Row, context: Context, problems: Problems) -> dict[str, Passage]:
    """Return the passages of a row that says why its sentence carries no claim."""
    for column in row.filled():
        if column not in _WITH_REASON:
            problems.add(row.line, "a row with no_claim has a quote and nothing else; empty this cell", column=column)
    try:
        passages = context.places.find(row["quote"], row["passage"])
    except InputError as error:
        problems.add(row.line, error.message, column="quote")
        return {}
    if not passages:
        problems.add(row.line, "a row with no_claim needs the quote of its sentence", column="quote")
    return {passage.iri: replace(passage, no_claim=row["no_claim"]) for passage in passages}


def _refuse_dangling(index: Index, held: Holdings, claims: list[Claim], problems: Problems) -> None:
    """Refuse to leave out a claim that the claims of another source are about."""
    gone = set(held.claims) - {claim.iri for claim in claims}
    for claim in index.all_claims if gone else ():
        if claim.iri not in held.claims:
            for iri in gone & {claim.subject, claim.object, *claim.derived_from}:
                short = [names.compact(name, index.workspace.prefixes) for name in (iri, claim.iri)]
                problems.add(1, f"the sheet leaves out {short[0]}, which {short[1]} refers to; keep its row, or change that claim first")
