"""Documents loaded for questions instead of a workspace, with what the store forgets about how their literals are written.

The store keeps values, not spellings: `01` becomes `1`, `1.50` becomes `1.5`, `PT60M` becomes `PT1H`. Documents are read without loss, so
the spellings are kept beside the store and put back into answers:

- A triple of a CONSTRUCT or DESCRIBE that stands in the documents comes back as it stands there, also where two spellings of one value make
  two triples of the documents. Exporting all triples is therefore exact.
- In rows, a literal gets its spelling back where the documents write that value in one way only, and where the query does not compute it:
  the variable is bound by neither AS nor VALUES.
- Inside the query (filters, `STR`, joins) values are as the store has them, and a value written in two ways shows the store's form in rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import documents, names
from .index import Index

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from .answers import Answer, Term
    from .workspace import Workspace

__all__ = ["Data", "load"]

_PLAIN = {names.XSD + "string", names.RDF + "langString", names.RDF + "dirLangString"}


class Data(Index):
    """An index over documents. Its default graph is the union of all their graphs; named graphs are reached by GRAPH as well."""

    def __init__(
        self, workspace: Workspace, quads: Iterable[ox.Quad], *, spellings: Mapping[str, str] | None = None, warnings: Iterable[str] = ()
    ) -> None:
        store = ox.Store()
        everything = list(quads)
        store.bulk_extend(everything)
        store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in everything)
        super().__init__(workspace, store)
        self._has_graphs = True
        self.spellings = dict(spellings or {})
        self.warnings = list(warnings)
        self._written = _ways_of_writing(everything)
        self._triples: dict[ox.Triple, list[ox.Triple]] = {}
        forms: dict[Term, Term] = {literal: form for form, ways in self._written.items() for literal in ways}
        for triple in dict.fromkeys(quad.triple for quad in everything if quad.object in forms):
            stored = ox.Triple(triple.subject, triple.predicate, forms[triple.object])
            self._triples.setdefault(stored, []).append(triple)

    @property
    def files(self) -> list[Path]:
        """No file is what this index was made of."""
        return []

    def restore(self, answer: Answer, computed: Collection[str]) -> None:
        """Put the spellings of the documents back into an answer; the variables in `computed` are left as they are."""
        answer.spellings = self.spellings
        if not self._written:
            return
        answer.triples = [found for triple in answer.triples for found in self._triples.get(triple, [triple])]
        kept = [name in computed for name in answer.variables]
        answer.rows = [tuple(term if keep else self._as_written(term) for term, keep in zip(row, kept, strict=True)) for row in answer.rows]

    def _as_written(self, term: Term | None) -> Term | None:
        ways = self._written.get(term, []) if isinstance(term, ox.Literal) else []
        return ways[0] if len(ways) == 1 else term


def load(workspace: Workspace, paths: Iterable[Path], *, format: str | None = None) -> Data:  # noqa: A002  the word users know
    """Read documents and load them, all or nothing; blank nodes of different documents stay apart."""
    files = list(paths)
    read = [documents.read_file(path, format=format, rename_blank_nodes=len(files) > 1) for path in files]
    spellings: dict[str, str] = {}
    for document in read:
        spellings |= document.spellings
    quads = (quad for document in read for quad in document.quads)
    return Data(workspace, quads, spellings=spellings, warnings=[warning for document in read for warning in document.warnings])


def _ways_of_writing(quads: Iterable[ox.Quad]) -> dict[ox.Literal, list[ox.Literal]]:
    """Return, for each literal as the store has it, how the documents write it; those written only so are left out."""
    typed = list(
        dict.fromkeys(quad.object for quad in quads if isinstance(quad.object, ox.Literal) and quad.object.datatype.value not in _PLAIN)
    )
    scratch, predicate = ox.Store(), ox.NamedNode("urn:kg:of")
    scratch.bulk_extend(ox.Quad(ox.NamedNode(f"urn:kg:{number}"), predicate, literal) for number, literal in enumerate(typed))
    found: dict[ox.Literal, list[ox.Literal]] = {}
    for quad in scratch:
        number = int(quad.subject.value.rpartition(":")[2]) if isinstance(quad.subject, ox.NamedNode) else 0
        if isinstance(quad.object, ox.Literal):
            found.setdefault(quad.object, []).append(typed[number])
    return {form: sorted(ways, key=str) for form, ways in found.items() if ways != [form]}
