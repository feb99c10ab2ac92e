"""Graph files in their canonical form: the only room that writes `graph/`.

The form: prefixes sorted, then one block a subject, sources first and the others by IRI; in a block the type, the label and the
reified triple, then the other predicates by IRI, objects sorted; LF, a final newline, no blank nodes, no comments. Adding a claim
changes the lines of that claim and no others.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import names
from .errors import InputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LEADING = {iri: rank for rank, iri in enumerate((names.TYPE, names.LABEL, names.PREF_LABEL, names.SUBJECT, names.PREDICATE, names.OBJECT))}
_BLOCK_START = re.compile(r"^(?=[^\t\n])", re.MULTILINE)
_IMPLICIT = {names.XSD + "string", names.RDF + "langString"}
_BULK = 8 * 2**20
_PIECE = re.compile(
    r"""\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|\\.|<[^<>"{}|^`\\\s]*>|(?P<comment>\#[^\n]*)|(?P<triple_term><<)""",
    re.DOTALL,
)


def parse(data: bytes, *, path: object = None) -> list[ox.Triple]:
    """Return the triples of a graph file.

    A byte order mark is dropped. Triple terms (RDF 1.2) have no place in a graph file: refused before parsing, since the parser recurses.
    """
    try:
        return [quad.triple for quad in ox.parse(_vetted(data, path), format=ox.RdfFormat.TURTLE)]
    except (SyntaxError, ValueError, MemoryError) as error:
        raise _input_error(error, path) from None


def stream(data: bytes, *, path: object = None) -> Iterator[ox.Triple]:
    """Yield what a graph file says as the parser comes to it, with blank nodes that no other file has; as strict as `parse`."""
    try:
        yield from (quad.triple for quad in ox.parse(_vetted(data, path), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    except (SyntaxError, ValueError, MemoryError) as error:
        raise _input_error(error, path) from None


def load(store: ox.Store, data: bytes, *, graph: str | None = None, path: object = None) -> None:
    """Add the triples of a graph file to a store, in its default graph or a named one, all or nothing; as strict as `parse`."""
    vetted = _vetted(data, path)
    # The bulk loader starts threads: worth it for millions of triples, three times slower for an article's.
    add = store.bulk_load if len(vetted) > _BULK else store.load
    try:
        add(vetted, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph) if graph else ox.DefaultGraph())
    except (SyntaxError, ValueError, MemoryError) as error:
        raise _input_error(error, path) from None


def _vetted(data: bytes, path: object) -> bytes:
    text = data.removeprefix(b"\xef\xbb\xbf")
    line = _line_of("triple_term", text.decode("utf-8", "replace")) if b"<<" in text else None
    if line:
        raise InputError("'<<' begins a triple term, which graph files do not use", path=path, line=line)
    return text


def _input_error(error: Exception, path: object) -> Exception:
    if isinstance(error, MemoryError):  # of this process, or, where it has words, of the parser, which has a limit of its own
        return InputError("a term is too long to be read", path=path) if str(error) else error
    if not isinstance(error, SyntaxError):
        return InputError(str(error), path=path)
    message = re.sub(r"^Parser error at line \d+ (?:between )?columns? [\d and]+: ", "", error.msg)
    return InputError(names.with_declaration(message), path=path, line=error.lineno, column=error.offset)


def serialize(triples: Iterable[ox.Triple], prefix_map: dict[str, str]) -> str:
    """Return triples in canonical form; prefixes that no triple needs are left out.

    >>> triple = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("https://schema.org/name"), ox.Literal("A"))
    >>> print(serialize([triple, triple], names.prefixes()), end="")
    @prefix schema: <https://schema.org/> .
    <BLANKLINE>
    <urn:a> schema:name "A" .
    """
    found = ordered(triples)
    _refuse_blank_nodes(found)
    return laid_out(found, prefix_map)


def ordered(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return each triple once, in canonical order."""
    found = sorted(set(triples), key=_line_order)
    sources = {t.subject for t in found if t.predicate.value == names.TYPE and t.object == ox.NamedNode(names.SOURCE)}
    found.sort(key=lambda triple: triple.subject not in sources)
    return found


def laid_out(triples: list[ox.Triple], prefix_map: dict[str, str]) -> str:
    """Return triples that are in order as the blocks of a document, which may name blank nodes and triple terms, too."""
    wanted = used(triples, prefix_map)
    data = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=wanted) or b""
    lines = data.decode().split("\n")
    header = "".join(f"{line}\n" for line in sorted(lines[: len(wanted)]))
    return header + _BLOCK_START.sub("\n", "\n".join(lines[len(wanted) :]))


def used(triples: Iterable[ox.Triple], prefix_map: dict[str, str]) -> dict[str, str]:
    """Return the prefixes that triples need, sorted."""
    found = "\n".join(_iris(triples))
    return {prefix: iri for prefix, iri in sorted(prefix_map.items()) if iri in found}


def canonical(data: bytes, prefix_map: dict[str, str], *, path: object = None) -> str:
    """Return a graph file in canonical form; one with comments is refused, since they would be lost."""
    line = comment_line(data.decode("utf-8", "replace"))
    if line:
        raise InputError("a comment would be lost; make it a skos:note or remove it", path=path, line=line)
    return serialize(parse(data, path=path), prefix_map)


def comment_line(text: str) -> int | None:
    """Return the number of the first line with a comment, or None.

    >>> comment_line('<urn:a#b> <urn:p> "# no" .') is None
    True
    >>> comment_line('<urn:a> <urn:p> 1 .' + chr(10) + '# yes')
    2
    """
    return _line_of("comment", text)


def _line_of(piece: str, text: str) -> int | None:
    found = next((match for match in _PIECE.finditer(text) if match[piece]), None)
    return text.count("\n", 0, found.start()) + 1 if found else None


def write(path: Path, triples: Iterable[ox.Triple], prefix_map: dict[str, str]) -> bool:
    """Write a graph file in canonical form; return whether it changed."""
    text = serialize(triples, prefix_map)
    if path.exists() and path.read_bytes() == text.encode():
        return False
    replace(path, text.encode())
    return True


def replace(path: Path, data: bytes) -> None:
    """Put data in the place of a file in one step: a crash or a full disk leaves the old file whole.

    The new bytes go to a file beside it, which is synced and renamed; then the folder is synced. StorageError where that fails.
    """
    import tempfile

    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise StorageError(f"cannot write here: {error.strerror}", path=path) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(temporary).replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StorageError(f"cannot write: {error.strerror}", path=path) from None
    finally:  # also where somebody interrupts
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()


def sync_folder(folder: Path) -> None:
    """Make what was put into a folder, or taken out of it, last through a crash."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _line_order(triple: ox.Triple) -> tuple[str, int, str, str]:
    predicate = triple.predicate.value
    return (str(triple.subject), _LEADING.get(predicate, len(_LEADING)), predicate, str(triple.object))


def _refuse_blank_nodes(triples: list[ox.Triple]) -> None:
    for triple in triples:
        blank = next((term for term in (triple.subject, triple.object) if isinstance(term, ox.BlankNode)), None)
        if blank is not None:
            raise InputError(f"the blank node {blank} has no place in a graph file; give it an IRI")


def _iris(triples: Iterable[ox.Triple]) -> Iterator[str]:
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode) and term.value != names.TYPE:
                yield term.value
            elif isinstance(term, ox.Literal) and term.datatype.value not in _IMPLICIT:
                yield term.datatype.value
            elif isinstance(term, ox.Triple):
                yield from _iris([term])
