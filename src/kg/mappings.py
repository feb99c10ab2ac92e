"""Mappings between names of a workspace and names that others use; `graph/links.sssom.tsv` is a set of them.

Identifiers are CURIEs in the file and whole IRIs here. Each accepted row is one triple; a row with the modifier `Not` says that somebody
has looked and found the two to be different, and never becomes one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import names
from .errors import InputError, unreadable
from .sssom.reading import is_accepted, rows_of
from .sssom.slots import MATCHES, NOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Map
    from pathlib import Path

    from .sssom.header import Value

__all__ = ["BROAD", "CLOSE", "EXACT", "NARROW", "NOT", "RELATED"]
__all__ += ["Mapping", "MappingSet", "canonical", "parse", "read", "serialize", "triples", "write"]

EXACT, CLOSE, BROAD, NARROW, RELATED = (names.SKOS + name + "Match" for name in ("exact", "close", "broad", "narrow", "related"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """One row: what is mapped to what, how, why, by whom and how sure. Identifiers are whole IRIs.

    `more` has the cells of the other columns that SSSOM knows, and of those that the set declares, as they are written; `line` is where
    the row stands in its file.
    """

    subject_id: str
    predicate_id: str
    object_id: str
    mapping_justification: str = ""
    subject_label: str = ""
    predicate_modifier: str = ""
    object_label: str = ""
    author_id: tuple[str, ...] = ()
    author_label: tuple[str, ...] = ()
    reviewer_id: tuple[str, ...] = ()
    reviewer_label: tuple[str, ...] = ()
    mapping_source: str = ""
    mapping_tool: str = ""
    mapping_tool_version: str = ""
    mapping_date: str = ""
    confidence: float | None = None
    match_string: tuple[str, ...] = ()
    similarity_score: float | None = None
    similarity_measure: str = ""
    comment: str = ""
    more: tuple[tuple[str, str], ...] = ()
    line: int | None = field(default=None, compare=False)

    @property
    def is_accepted(self) -> bool:
        """Whether the row says that the two belong together, and not that they do not, or that nothing was found."""
        return is_accepted(self.predicate_modifier, self.object_id)

    @property
    def settled(self) -> frozenset[tuple[str, ...]]:
        """What the row settles where somebody decided so: its pair in its sense; an accepted one the pair in every other sense, too."""
        in_its_sense = (self.subject_id, self.predicate_id, self.object_id)
        return frozenset([in_its_sense, (self.subject_id, self.object_id)] if self.is_accepted else [in_its_sense])


@dataclass(frozen=True, slots=True)
class MappingSet:
    """Mappings with what is said of them as a whole; `prefixes` is the `curie_map` of the file, `metadata` the rest of its header.

    The declarations in `extension_definitions` have whole IRIs, too.
    """

    mappings: tuple[Mapping, ...] = ()
    metadata: Map[str, Value] = field(default_factory=dict)
    prefixes: Map[str, str] = field(default_factory=dict)

    @property
    def accepted(self) -> tuple[Mapping, ...]:
        """The rows that say that two names belong together."""
        return tuple(mapping for mapping in self.mappings if mapping.is_accepted)


def read(path: Path, *, missing_ok: bool = False) -> MappingSet:
    """Read a mapping set; InputError with file and line where it cannot be accepted. `missing_ok`: no file is a set without mappings."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        if missing_ok:
            return MappingSet()
        raise unreadable(error, path) from None
    except OSError as error:
        raise unreadable(error, path) from None
    return parse(data, path=path)


def parse(data: bytes, *, path: object = None) -> MappingSet:
    r"""Read a mapping set from its bytes.

    >>> rows = b"subject_id\tpredicate_id\tobject_id\nent:a\tskos:exactMatch\tskos:b\n"
    >>> parse(b"#curie_map:\n#  ent: https://example.org/\n" + rows).mappings[0].subject_id
    'https://example.org/a'
    """
    metadata, prefixes, rows = rows_of(data, path)
    return MappingSet(tuple(Mapping(**row) for row in rows), metadata, prefixes)


def triples(mappings: MappingSet | Iterable[Mapping]) -> Iterator[ox.Triple]:
    """Yield the triple of each accepted row that is a mapping: of one with another predicate, such as owl:sameAs, there is none."""
    for mapping in mappings.mappings if isinstance(mappings, MappingSet) else mappings:
        if mapping.is_accepted and mapping.predicate_id in MATCHES:
            yield ox.Triple(ox.NamedNode(mapping.subject_id), ox.NamedNode(mapping.predicate_id), ox.NamedNode(mapping.object_id))


def serialize(mapping_set: MappingSet, prefix_map: Map[str, str], *, name: str = "links") -> str:
    """Return a mapping set in canonical form; `name` is that of its graph, for a set that says no `mapping_set_id` of its own."""
    from .sssom.writing import text_of

    rows, said, declared = mapping_set.mappings, mapping_set.metadata, mapping_set.prefixes
    return text_of(rows, said, declared=declared, prefix_map=prefix_map, name=name)


def canonical(data: bytes, prefix_map: Map[str, str], *, path: Path) -> str:
    """Return the bytes of a mapping set in canonical form."""
    return serialize(parse(data, path=path), prefix_map, name=path.name.partition(".")[0])


def write(path: Path, mapping_set: MappingSet, prefix_map: Map[str, str]) -> bool:
    """Write a mapping set in canonical form, in one step; return whether the file changed. The caller holds the lock of the workspace.

    InputError, and nothing is written, where the set could not be read back.
    """
    from .turtle import replace

    text = serialize(mapping_set, prefix_map, name=path.name.partition(".")[0]).encode("utf-8", "backslashreplace")
    if path.exists() and path.read_bytes() == text:
        return False
    try:
        parse(text)
    except InputError as error:
        raise InputError(f"this would not be readable: {error.message}", path=path) from None
    replace(path, text)
    return True
