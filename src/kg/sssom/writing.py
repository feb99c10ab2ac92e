"""SSSOM/TSV in its canonical form: what is the same is written the same, and a further mapping is a further line.

The form: the header with `curie_map` and the others by name, columns in the order of SSSOM, rows sorted by their cells in that order, LF.
What the set adds to SSSOM comes last, by property. Only the prefixes and the additions that something needs are declared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import targets
from . import extensions, header
from .slots import ALWAYS, BUILT_IN, COLUMNS, FIELDS, MANY, MANY_REFERENCES, NUMBERS, REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Mapping as Map

    from .header import Value

UNSPECIFIED = BUILT_IN["sssom"] + "license/unspecified"
"""The licence of a set that names none; SSSOM wants one."""
_FIELDS = [column for column in COLUMNS if column in FIELDS]
_NOTHING = ("", ())
_TO_QUOTE = re.compile('[\t\n\r"]')
_LOCAL = re.compile(r"[^\s|\"<>{}\\^`\x00-\x20]+")
_NAMESPACE = re.compile(r"(.*[/#:=])(.+)", re.DOTALL)


def text_of(mappings: Sequence[Any], said: Map[str, Value], *, declared: Map[str, str], prefix_map: Map[str, str], name: str) -> str:
    """Return a mapping set in canonical form: records with the fields of a `kg.mappings.Mapping`, and what is `said` of all of them."""
    prefixes = _Prefixes(declared, prefix_map)
    rows = [_cells(mapping, prefixes) for mapping in mappings]
    used = set(ALWAYS).union(*rows)
    said = {key: value for key, value in said.items() if value}
    own = extensions.used_of(extensions.definitions_of(said), used, said)
    names = [each[extensions.NAME] for each in own]
    columns = [column for column in (*COLUMNS, *names) if column in used]
    lines = sorted({tuple(row.get(column, "") for column in columns) for row in rows})
    metadata: dict[str, Value] = {
        "license": UNSPECIFIED,
        "mapping_set_id": prefix_map.get("graph", "urn:") + name,
        **{key: value for key, value in said.items() if key != header.DEFINITIONS},
    }
    prefixes.keep(metadata, (cell for mapping in mappings for _, cell in mapping.more))
    if own:
        metadata[header.DEFINITIONS] = tuple(extensions.compacted(each, prefixes.compact) for each in own)
    head = header.write("curie_map", prefixes.used) if prefixes.used else []
    for key in sorted(metadata, key=lambda key: (names.index(key) if key in names else -1, key)):
        head += header.write(key, metadata[key])
    table = ["\t".join(map(_quoted, line)) for line in (columns, *lines)]
    return "".join(f"{line}\n" for line in [*(f"#{line}" for line in head), *table])


class _Prefixes:
    """The prefixes that a set may use: those that it declares, then those of the workspace and the common targets, then new ones."""

    def __init__(self, declared: Map[str, str], known: Map[str, str]) -> None:
        self.known = {**BUILT_IN, **targets.PREFIXES, **known, **declared}
        self._declared = declared
        self.used: dict[str, str] = {}
        self._seen: dict[str, str] = {}

    def compact(self, iri: str) -> str:
        """Return the CURIE of an IRI; where no prefix fits, one is made for it."""
        if iri not in self._seen:
            fitting = [prefix for prefix, space in self.known.items() if iri.startswith(space) and _LOCAL.fullmatch(iri, len(space))]
            prefix = max(fitting, key=self._rank) if fitting else self._made(iri)
            self.used[prefix] = self.known[prefix]
            self._seen[iri] = f"{prefix}:{iri[len(self.known[prefix]) :]}"
        return self._seen[iri]

    def keep(self, metadata: Map[str, Value], cells: Iterable[str]) -> None:
        """Keep the declared prefixes that are used where nothing is expanded: in the header, and in columns that are only passed on."""
        entries = (value for entry in metadata.values() for value in ([entry] if isinstance(entry, str) else entry))
        said = [value for value in entries if isinstance(value, str)]
        begun = {part.partition(":")[0] for text in (*said, *cells) for part in text.split("|")}
        self.used |= {prefix: space for prefix, space in self._declared.items() if prefix in begun}

    def _rank(self, prefix: str) -> tuple[int, bool, str]:
        return len(self.known[prefix]), prefix in self._declared, prefix

    def _made(self, iri: str) -> str:
        parts = _NAMESPACE.fullmatch(iri)
        space = parts[1] if parts else iri
        prefix = next(name for name in (f"ns{number}" for number in range(1, len(self.known) + 2)) if name not in self.known)
        self.known[prefix] = space
        return prefix


def _cells(mapping: Any, prefixes: _Prefixes) -> dict[str, str]:
    found: dict[str, str] = dict(mapping.more)
    for column in _FIELDS:
        value = getattr(mapping, column)
        if value is None or value in _NOTHING:
            continue
        if column in MANY:
            found[column] = "|".join(_escaped(prefixes.compact(one) if column in MANY_REFERENCES else one) for one in value)
        elif column in REFERENCES:
            found[column] = prefixes.compact(value)
        else:
            found[column] = f"{value:.3f}".rstrip("0").rstrip(".") if column in NUMBERS else value
    return {column: cell.replace("\0", "\ufffd") for column, cell in found.items()}


def _escaped(value: str) -> str:
    return value.replace("|", "\\|")


def _quoted(cell: str) -> str:
    return '"{}"'.format(cell.replace('"', '""')) if _TO_QUOTE.search(cell) else cell
