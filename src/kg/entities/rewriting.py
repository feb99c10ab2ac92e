"""The graph files with other names in them: Turtle in canonical form, imports line by line as they were."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names, turtle
from ..errors import InputError, unreadable
from ..journal import Replacement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
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

    def of(self, path: Path, said: Iterable[ox.Triple], touched: Collection[ox.Triple]) -> list[ox.Triple]:
        """Return the triples of a file as they become; `touched` are those that this is about."""
        new = {triple: self._followed(triple) for triple in touched if triple not in self.gone}
        kept = (new.get(triple) if triple in touched else triple for triple in said)
        return list(dict.fromkeys([*(triple for triple in kept if triple), *self.come.get(path, ())]))

    def touches(self, said: Iterable[ox.Triple]) -> bool:
        """Tell whether any of these triples goes, or becomes another."""
        return any(triple in self.gone or self._followed(triple) is not triple for triple in said)

    def _followed(self, triple: ox.Triple) -> ox.Triple:
        subject, value = self._name(triple.subject), self._name(triple.object)
        return ox.Triple(subject or triple.subject, triple.predicate, value or triple.object) if subject or value else triple

    def _name(self, term: Term) -> ox.NamedNode | None:
        new = self.names.get(term.value) if isinstance(term, ox.NamedNode) else None
        return ox.NamedNode(new) if new else None


class GraphFiles:
    """The files of `graph/` that hold triples, read once: sources, entities, derived claims, imports and snapshots.

    Looked at are the triples about, or with, the entities that a change is about.
    """

    def __init__(self, workspace: Workspace, *iris: str) -> None:
        self.workspace = workspace
        self._data: dict[Path, bytes] = {}
        self.triples: dict[Path, list[ox.Triple]] = {}
        self._touched: dict[Path, dict[ox.Triple, None]] = {}
        nodes = {*map(ox.NamedNode, iris)}
        for path in [*workspace.graph_files, *workspace.snapshot_files]:
            try:
                self._data[path] = path.read_bytes()
                self.triples[path] = self._parsed(path)
                self._touched[path] = {triple: None for triple in self.triples[path] if triple.subject in nodes or triple.object in nodes}
            except (EOFError, zlib.error):
                raise InputError("the compressed file is damaged, or ends too early; compress it again", path=path) from None
            except OSError as error:
                raise unreadable(error, path) from None

    def about(self, iri: str) -> dict[ox.Triple, Path]:
        """Return what the files say of a name, each triple with the first file that says it."""
        node = ox.NamedNode(iri)
        return {triple: path for path, triple in reversed([*self._all()]) if triple.subject == node}

    def home(self, iri: str) -> Path:
        """Return the file that gives an entity its preferred label; InputError where none in `graph/` does."""
        labels = (path for triple, path in self.about(iri).items() if triple.predicate.value == names.PREF_LABEL)
        found = next(labels, None)
        if found is None:
            raise InputError(f"{names.compact(iri, self.workspace.prefixes)} is described outside graph/; kg changes the files there only")
        return found

    def uses(self, iri: str) -> Iterator[tuple[Path, ox.Triple]]:
        """Yield the triples that have a name as their object, with their file."""
        node = ox.NamedNode(iri)
        return ((path, triple) for path, triple in self._all() if triple.object == node)

    def rewritten(self, rewrite: Rewrite) -> list[Replacement]:
        """Return the files that become others: those that new triples come into first, so that nothing is ever named and not described."""
        found = []
        for path in sorted(self.triples, key=lambda path: (path not in rewrite.come, path)):
            if path in rewrite.come or rewrite.touches(self._touched[path]):
                after = self._written(path, rewrite.of(path, self.triples[path], self._touched[path]))
                found.append(Replacement(path, self._data[path], after))
        return found

    def _all(self) -> Iterator[tuple[Path, ox.Triple]]:
        return ((path, triple) for path, touched in self._touched.items() for triple in touched)

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
