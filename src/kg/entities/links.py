"""The mappings of an entity that gets another name: decided ones and candidates."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from .. import mappings, names
from ..errors import InputError, unreadable
from ..journal import Replacement
from ..results import counted
from ..targets import PREFIXES, set_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ..mappings import Mapping, MappingSet
    from ..model import Entity
    from ..workspace import Workspace

__all__ = ["Links"]

_SIDES = (("subject_id", "subject_label"), ("object_id", "object_label"))


class Links:
    """The two mapping sets of a workspace, and what becomes of them."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._sets: dict[Path, tuple[bytes, MappingSet]] = {}
        for path in (workspace.links_file, workspace.candidates_file):
            if path.exists():
                try:
                    data = path.read_bytes()
                except OSError as error:
                    raise unreadable(error, path) from None
                self._sets[path] = data, mappings.parse(data, path=path)

    def naming(self, iri: str) -> set[Path]:
        """Return the files with a row about a name."""
        return {path for path in self._sets if any(iri in (row.subject_id, row.object_id) for row in self._rows(path))}

    def refuse_conflicts(self, old: Entity, new: Entity) -> None:
        """Refuse where two entities are linked to different things of one data set, or a link of one was rejected for the other.

        That the two are the same is what their merge says, too; that they are anything else to each other is not.
        """
        path = self.workspace.links_file
        rows = self._rows(path)
        for row in rows:
            if _is_about(row, old, new) and not (row.is_accepted and row.predicate_id == mappings.EXACT):
                words = f"this row is about {self._short(old.iri)} and {self._short(new.iri)}; remove it first where they are one"
                raise InputError(words, path=path, line=row.line)
        sides = ([row for row in rows if row.subject_id == each.iri] for each in (old, new))
        for row, other in product(*sides):
            self._refuse_pair(row, other)

    def _refuse_pair(self, row: Mapping, other: Mapping) -> None:
        path, one, two = self.workspace.links_file, self._said(row), self._said(other)
        is_exact = row.predicate_id == other.predicate_id == mappings.EXACT and row.is_accepted and other.is_accepted
        if is_exact and row.object_id != other.object_id and set_of(row.object_id) == set_of(other.object_id):
            words = "a thing has one exact match in a data set; correct one of the two rows, or leave them two entities"
            raise InputError(f"{one}, and {two} (line {other.line}): {words}", path=path, line=row.line)
        if row.object_id == other.object_id and row.predicate_id == other.predicate_id and row.is_accepted != other.is_accepted:
            words = "correct one of the two rows, or leave them two entities"
            raise InputError(f"{one}, and {two} (line {other.line}): {words}", path=path, line=row.line)

    def rewritten(self, old: Entity, new: Entity) -> tuple[list[Replacement], list[str]]:
        """Return the files that become others when one entity takes the place of another, or of itself with another label, and say how."""
        found, lines = list[Replacement](), list[str]()
        decided = {_key(row) for row in self._moved(self.workspace.links_file, old, new)}
        for path, (data, whole) in self._sets.items():
            rows = self._moved(path, old, new)
            is_open = path == self.workspace.candidates_file
            kept = _without_repeated(row for row in rows if not (is_open and _key(row) in decided))
            if len(kept) == len(whole.mappings) and {*kept} == {*whole.mappings}:
                continue
            text = mappings.serialize(replace(whole, mappings=tuple(kept)), self.workspace.prefixes, name=path.name.partition(".")[0])
            found.append(Replacement(path, data, text.encode()))
            lines += self._told(path, old, new, len(whole.mappings) - len(kept))
        return found, lines

    def _told(self, path: Path, old: Entity, new: Entity, fewer: int) -> Iterator[str]:
        about = [row for row in self._rows(path) if _is_about(row, old, new)]
        number = sum(old.iri in (row.subject_id, row.object_id) for row in self._rows(path)) - len(about)
        noun = "candidate" if path == self.workspace.candidates_file else "link"
        left = f"; {counted(fewer - len(about), 'is', 'are')} left out, saying what others say" if fewer > len(about) else ""
        if number or left:
            yield f"{counted(number, f'{noun} follows', f'{noun}s follow')} in {path.name}{left}"
        if about:
            yield f"{counted(len(about), noun)} between the two in {path.name} {'goes' if len(about) == 1 else 'go'}: the merge settles it"

    def _moved(self, path: Path, old: Entity, new: Entity) -> list[Mapping]:
        """Return the rows as they become, those of the old name last: where two say the same, the first is kept.

        What is said of the two to each other would be said of one to itself, and is left out.
        """
        rows = sorted(self._rows(path), key=lambda row: old.iri in (row.subject_id, row.object_id))
        return [_named(row, old, new) for row in rows if not _is_about(row, old, new)]

    def _rows(self, path: Path) -> tuple[Mapping, ...]:
        return self._sets[path][1].mappings if path in self._sets else ()

    def _said(self, row: Mapping) -> str:
        verb = f"{names.local_name(row.predicate_id)}{'' if row.is_accepted else ' (Not)'}"
        return f"{self._short(row.subject_id)} has the {verb} {self._short(row.object_id)}"

    def _short(self, iri: str) -> str:
        return names.compact(iri, {**PREFIXES, **self.workspace.prefixes})


def _named(row: Mapping, old: Entity, new: Entity) -> Mapping:
    changes: dict[str, Any] = {}
    for name, label in _SIDES:
        if getattr(row, name) == old.iri:
            changes[name] = new.iri
            if getattr(row, label):
                changes[label] = new.label
    return replace(row, **changes)


def _is_about(row: Mapping, old: Entity, new: Entity) -> bool:
    """Tell whether a row says what two entities are to each other."""
    return old.iri != new.iri and {row.subject_id, row.object_id} == {old.iri, new.iri}


def _key(row: Mapping) -> tuple[str, str]:
    return row.subject_id, row.object_id


def _without_repeated(rows: Iterable[Mapping]) -> list[Mapping]:
    """Return the rows without those that say what one before them says: the row of the entity that stays is kept."""
    found: dict[tuple[str, ...], Mapping] = {}
    for row in rows:
        found.setdefault((*_key(row), row.predicate_id, row.predicate_modifier), row)
    return list(found.values())
