"""The graph files with other names in them: Turtle in canonical form, imports line by line as they were."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names, turtle
from ..errors import InputError, unreadable
from ..journal import Replacement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ..triples import Term
    from ..workspace import Workspace

__all__ = ["GraphFiles", "Rewrite"]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What becomes of the triples: names that others take the place of, triples that go, and triples that come into a file."""

    names: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[ox.Triple] = frozenset()
    come: Mapping[Path, tuple[ox.Triple, ...]] = field(default_factory=dict)

    def of(self, path: Path, said: Iterable[ox.Triple]) -> list[ox.Triple]:
        """Return the triples of a file as they become."""
        kept = (self._followed(triple) for triple in said if triple not in self.gone)
        return list(dict.fromkeys([*kept, *self.come.get(path, ())]))

    def _followed(self, triple: ox.Triple) -> ox.Triple:
        subject, value = self._name(triple.subject), self._name(triple.object)
        return ox.Triple(subject or triple.subject, triple.predicate, value or triple.object) if subject or value else triple

    def _name(self, term: Term) -> ox.NamedNode | None:
        new = self.names.get(term.value) if isinstance(term, ox.NamedNode) else None
        return ox.NamedNode(new) if new else None


class GraphFiles:
    """The files of `graph/` that hold triples, read once: sources, entities, derived claims, imports and snapshots."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._data: dict[Path, bytes] = {}
        self.triples: dict[Path, list[ox.Triple]] = {}
        for path in [*workspace.graph_files, *workspace.snapshot_files]:
            try:
                self._data[path] = path.read_bytes()
                self.triples[path] = self._parsed(path)
            except EOFError:
                raise InputError("the compressed file ends too early", path=path) from None
            except OSError as error:
                raise unreadable(error, path) from None

    def about(self, iri: str) -> dict[ox.Triple, Path]:
        """Return what the files say of a name, each triple with the first file that says it."""
        found: dict[ox.Triple, Path] = {}
        for path, triple in self._all():
            if triple.subject == ox.NamedNode(iri):
                found.setdefault(triple, path)
        return found

    def home(self, iri: str) -> Path:
        """Return the file that gives an entity its preferred label; InputError where none in `graph/` does."""
        labels = (path for triple, path in self.about(iri).items() if triple.predicate.value == names.PREF_LABEL)
        found = next(labels, None)
        if found is None:
            raise InputError(f"{names.compact(iri, self.workspace.prefixes)} is described outside graph/; kg changes the files there only")
        return found

    @cached_property
    def claims(self) -> set[object]:
        """The claims of all files, as terms."""
        kind = ox.NamedNode(names.CLAIM)
        return {triple.subject for _, triple in self._all() if triple.predicate.value == names.TYPE and triple.object == kind}

    def uses(self, iri: str) -> Iterator[tuple[Path, ox.Triple]]:
        """Yield the triples that have a name as their object, with their file."""
        node = ox.NamedNode(iri)
        return ((path, triple) for path, triple in self._all() if triple.object == node)

    def rewritten(self, rewrite: Rewrite) -> list[Replacement]:
        """Return the files that become others: those that new triples come into first, so that nothing is ever named and not described."""
        found = []
        for path in sorted(self.triples, key=lambda path: (path not in rewrite.come, path)):
            said = self.triples[path]
            after = rewrite.of(path, said)
            if set(after) != set(said):
                found.append(Replacement(path, self._data[path], self._written(path, after)))
        return found

    def _all(self) -> Iterator[tuple[Path, ox.Triple]]:
        return ((path, triple) for path, said in self.triples.items() for triple in said)

    def _parsed(self, path: Path) -> list[ox.Triple]:
        if path.suffix != ".gz":
            return turtle.parse(self._data[path], path=path)
        try:
            return [quad.triple for quad in ox.parse(gzip.decompress(self._data[path]), format=ox.RdfFormat.N_TRIPLES)]
        except SyntaxError as error:
            raise InputError(error.msg, path=path, line=error.lineno, column=error.offset) from None

    def _written(self, path: Path, said: list[ox.Triple]) -> bytes:
        is_import = path.suffix == ".gz"
        text = gzip.decompress(self._data[path]) if is_import else self._data[path]
        line = turtle.comment_line(text.decode("utf-8", "replace"))
        if line:
            raise InputError("a comment would be lost; make it a skos:note or remove it", path=path, line=line)
        if is_import:
            return gzip.compress(ox.serialize(said, format=ox.RdfFormat.N_TRIPLES) or b"", mtime=0)
        return turtle.serialize(said, self.workspace.prefixes).encode()
