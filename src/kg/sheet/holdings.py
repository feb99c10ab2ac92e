"""What the graph file of one source holds, apart into claims, passages and all the rest, and put together again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names, triples, turtle
from ..errors import InputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ..model import Claim, Passage, Source
    from ..workspace import Workspace

DEPRECATED = names.OWL + "deprecated"
_TRUE = ox.Literal("true", datatype=ox.NamedNode(names.XSD + "boolean"))
_LANGUAGE_BOUND = {names.LABEL, names.NOTE, names.NO_CLAIM}
_IN_A_SHEET = {
    names.CLAIM: {
        *(names.TYPE, names.LABEL, names.SUBJECT, names.PREDICATE, names.OBJECT, names.NOTE, names.DERIVED_FROM),
        *(names.CREATOR, names.MODIFIED, names.CLAIMANT, names.REPORTED_BY, names.POLARITY, names.CERTAINTY, names.MODALITY),
        *(names.KIND, names.STATUS, names.WHEN, names.FROM, names.UNTIL, names.VALUE, names.UNIT, names.HAS_PASSAGE),
    },
    names.PASSAGE: {
        *(names.TYPE, names.HAS_SOURCE, names.START, names.END, names.PARAGRAPH, names.SENTENCE, names.DIGEST, names.NO_CLAIM),
    },
}


@dataclass(frozen=True, slots=True)
class Holdings:
    """The claims and passages of a source's file by IRI.

    `others` is what the file says of other things, `extras` what it says of claims and passages that no sheet can hold.
    """

    path: Path
    key: str
    claims: Mapping[str, Claim]
    passages: Mapping[str, Passage]
    others: tuple[ox.Triple, ...]
    extras: tuple[ox.Triple, ...]

    def last_number(self, prefix: str, more: Iterable[str]) -> int:
        """Return the highest number of the claims that there are, or were, or that `more` names: removed claims keep their numbers."""
        pattern = re.compile(re.escape(prefix) + "([0-9]{1,9})", re.ASCII)
        iris = {*self.claims, *map(_iri, self.others), *more}
        return max((int(match[1]) for iri in iris if (match := pattern.fullmatch(iri))), default=0)

    def with_records(self, claims: Iterable[Claim], passages: Iterable[Passage]) -> list[ox.Triple]:
        """Return the triples of the file with other claims and passages; a claim that goes leaves `owl:deprecated` behind."""
        kept = [*claims], [*passages]
        subjects = {record.iri for records in kept for record in records}
        gone = [iri for iri in self.claims if iri not in subjects]
        return [
            *(triple for triple in self.others if not (triple.predicate.value == DEPRECATED and _iri(triple) in subjects)),
            *(triple for triple in self.extras if _iri(triple) in subjects),
            *(triple for claim in kept[0] for triple in triples.claim_to_triples(claim)),
            *(triple for passage in kept[1] for triple in triples.passage_to_triples(passage)),
            *(ox.Triple(ox.NamedNode(iri), ox.NamedNode(DEPRECATED), _TRUE) for iri in gone),
        ]


def read(workspace: Workspace, source: Source) -> Holdings:
    """Read the graph file of a source."""
    key = source.iri.removeprefix(workspace.prefixes["src"])
    path = workspace.file_of(key)
    found = read_triples(path)
    said = triples.properties_by_subject(found)
    kinds = {kind: {iri for iri, what in said.items() if ox.NamedNode(kind) in what.get(names.TYPE, ())} for kind in _IN_A_SHEET}
    records = kinds[names.CLAIM] | kinds[names.PASSAGE]
    return Holdings(
        path=path,
        key=key,
        claims={iri: triples.claim_from_triples(iri, said[iri]) for iri in sorted(kinds[names.CLAIM])},
        passages={iri: triples.passage_from_triples(iri, said[iri]) for iri in sorted(kinds[names.PASSAGE])},
        others=tuple(triple for triple in found if _iri(triple) not in records),
        extras=tuple(triple for kind, iris in kinds.items() for triple in found if _iri(triple) in iris and not _in_a_sheet(triple, kind)),
    )


def read_triples(path: Path) -> list[ox.Triple]:
    """Return the triples of a graph file that is going to be written again; one with comments is refused, since they would be lost."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StorageError(f"cannot read: {error.strerror or error}", path=path) from None
    line = turtle.comment_line(data.decode("utf-8", "replace"))
    if line:
        raise InputError("a comment would be lost; make it a skos:note or remove it", path=path, line=line)
    return turtle.parse(data, path=path)


def _in_a_sheet(triple: ox.Triple, kind: str) -> bool:
    predicate, value = triple.predicate.value, triple.object
    if predicate == names.TYPE:
        return value == ox.NamedNode(kind)
    if predicate in _LANGUAGE_BOUND and isinstance(value, ox.Literal) and value.language not in {None, "en"}:
        return False
    return predicate in _IN_A_SHEET[kind]


def _iri(triple: ox.Triple) -> str:
    return triple.subject.value if isinstance(triple.subject, ox.NamedNode) else ""


def refuse_bundled(workspace: Workspace) -> None:
    """Raise StorageError where there is no workspace to write to, only the data set that comes with kg."""
    if workspace.is_bundled:
        raise StorageError("there is no workspace here, and the bundled one cannot be changed; kg init DIR makes one, then cd DIR")
