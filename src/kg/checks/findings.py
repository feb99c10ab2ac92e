"""What a check found, and the line of the file where it stands."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ..triples import Term

_SHOWN = 60


class Finding(NamedTuple):
    """Something to look at: `severity` is error, warning or info; `rule` the shape, query or check that found it."""

    path: Path | None
    line: int | None
    severity: str
    message: str
    rule: str = ""

    def __str__(self) -> str:
        """Return `FILE:LINE: severity: message`, as far as the place is known.

        >>> str(Finding(None, None, "error", "nothing to check"))
        'error: nothing to check'
        """
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        return f"{place}: {self.severity}: {self.message}" if place else f"{self.severity}: {self.message}"


def order(finding: Finding) -> tuple[str, int, str, str]:
    """Return the sort key of findings: by file, line, severity and words."""
    return (str(finding.path or ""), finding.line or 0, finding.severity, finding.message)


class Block(NamedTuple):
    """Where a subject is described: a file, the number of its first line, and its lines."""

    path: Path
    start: int
    lines: list[str]


class Places:
    """Finds the line of a statement in files of one block a subject, which is the canonical form and how the ontology is written."""

    def __init__(self, paths: Iterable[Path], prefix_map: Mapping[str, str]) -> None:
        self.paths = [path for path in paths if path.suffix == ".ttl"]
        self.prefix_map = dict(prefix_map)

    @cached_property
    def blocks(self) -> dict[str, list[Block]]:
        """The blocks by subject, as it is written."""
        found: dict[str, list[Block]] = {}
        for path in self.paths:
            for block in _blocks(path):
                found.setdefault(block.lines[0].split(maxsplit=1)[0], []).append(block)
        return found

    def find(self, subject: Term, predicate: str | None = None, value: Term | None = None) -> tuple[Path | None, int | None]:
        """Return the file and line where a subject has a predicate with a value, or the nearest to it that there is."""
        blocks = [block for form in self.forms(subject) for block in self.blocks.get(form, ())]
        if not blocks:
            return None, None
        predicates = ["a"] if predicate == names.TYPE else self.forms(ox.NamedNode(predicate)) if predicate else []
        wanted = self.forms(value) if value is not None else []
        scored = ((_score(line, number, predicates, wanted), block, number) for block in blocks for number, line in enumerate(block.lines))
        _, block, number = max(scored, key=lambda row: (row[0], -row[2]))
        return block.path, block.start + number

    def forms(self, term: Term) -> list[str]:
        """Return the ways in which Turtle may write a term."""
        if isinstance(term, ox.NamedNode):
            return [names.compact(term.value, self.prefix_map), f"<{term.value}>"]
        return [str(getattr(term, "value", term))]

    def show(self, term: Term | None) -> str:
        """Return a term as people read it: an IRI by its prefix, a literal quoted, cut where it is long."""
        if term is None:
            return ""
        if isinstance(term, ox.NamedNode):
            return names.compact(term.value, self.prefix_map)
        text = str(getattr(term, "value", term))
        return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN]}…"'

    def finding(
        self, severity: str, message: str, *, rule: str, subject: Term, predicate: str | None = None, value: Term | None = None
    ) -> Finding:
        """Return a finding about a statement, with its line; the message begins with the statement."""
        said = [self.show(subject), self.show(ox.NamedNode(predicate)) if predicate else "", self.show(value) if predicate else ""]
        path, line = self.find(subject, predicate, value)
        return Finding(path, line, severity, f"{' '.join(part for part in said if part)}: {message}", rule)


def _score(line: str, number: int, predicates: list[str], values: list[str]) -> int:
    """Tell how well a line fits: it has the predicate (2) and the value (1)."""
    words = line.split()
    said = words[1:2] if number == 0 else words[:1]
    if not any(predicate in said for predicate in predicates):
        return 0
    return 2 + any(value in line for value in values)


def _blocks(path: Path) -> Iterable[Block]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        return
    starts = [number for number, line in enumerate(lines) if line and line[0] not in "\t #@" and len(line.split()) > 1]
    for start, end in zip(starts, [*starts[1:], len(lines)] if starts else [], strict=True):
        yield Block(path, start + 1, [line for line in lines[start:end] if not line.startswith("#")])
