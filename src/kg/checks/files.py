"""The files of `graph/`: their names, where they lead, and what only shows file by file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import journal, names
from ..errors import InputError
from ..workspace import SNAPSHOTS
from .findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..workspace import Workspace
    from .findings import Block, Places

RULE = "files"
_STEM = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PATTERNS = {"claim": re.compile(r"[/#:]claim/([^/#]+)-[0-9]+$"), "source": re.compile(r"[/#:]source/([^/#]+)$")}


def find(workspace: Workspace, places: Places) -> list[Finding]:
    """Return a change that was cut off, the graph files with bad names, those that are not read, and claims in a wrong file or in two."""
    return [*_cut_off(workspace), *_names(workspace), *_not_read(workspace), *_claims(places)]


def _cut_off(workspace: Workspace) -> Iterator[Finding]:
    path = journal.pending(workspace)
    if path:
        words = "a change of several files was cut off, or is under way; kg entity undo takes back what there is of it"
        yield Finding(path, None, "error", words, RULE)


def _stem(path: Path) -> str:
    return path.name.removesuffix(".ttl").removesuffix(".nt.gz").removesuffix(".sssom.tsv")


def _names(workspace: Workspace) -> Iterator[Finding]:
    seen: dict[str, Path] = {}
    for path in workspace.data_files:
        stem = _stem(path)
        if not _STEM.fullmatch(stem):
            words = "the name of a graph file is lower-case letters, digits and hyphens, at most 64, the first no hyphen; rename it"
            yield Finding(path, None, "error", words, RULE)
        other = seen.setdefault(workspace.graph_iri(path).casefold(), path)
        if other != path:
            yield Finding(
                path, None, "error", f"{other.name} is the same named graph, as case counts for nothing; rename one of them", RULE
            )


def _not_read(workspace: Workspace) -> Iterator[Finding]:
    snapshots = workspace.graph_dir / SNAPSHOTS
    known = {*workspace.data_files, workspace.candidates_file, snapshots}
    inside = snapshots.iterdir() if snapshots.is_dir() else []
    for path in sorted([*workspace.graph_dir.iterdir(), *inside]):
        if path not in known and path.suffix != ".md" and not path.name.startswith("."):
            endings = ".ttl" if path.parent == snapshots else ".ttl and .nt.gz"
            words = f"kg does not read this, only {endings} right in this folder; convert it, or keep it elsewhere"
            yield Finding(path, None, "warning", words, RULE)


def _claims(places: Places) -> Iterator[Finding]:
    """Find what the store cannot tell any more: claims with a block in two files, and derived claims in the file of a source."""
    blocks = [(_iri(form, places), block) for form, found in places.blocks.items() for block in found]
    sources = {block.path: key for iri, block in blocks if (key := _key(iri, "source"))}
    seen: dict[str, Block] = {}
    for iri, block in blocks:
        key = _key(iri, "claim")
        if not key:
            continue
        shown, first = names.compact(iri, places.prefix_map), seen.setdefault(iri, block)
        if first.path != block.path:
            message = f"{shown}: {first.path.name} describes this claim too, in line {first.start}; keep one of the two"
            yield Finding(block.path, block.start, "error", message, RULE)
        if sources.get(block.path, key) != key and _is_derived(block, places):
            message = f"{shown}: this was derived from claims, but stands in the file of a source; move it to graph/derived.ttl"
            yield Finding(block.path, block.start, "error", message, RULE)


def _is_derived(block: Block, places: Places) -> bool:
    said = [line.split() for line in block.lines]
    return any(
        words[0] == "prov:wasDerivedFrom" and any(_key(_iri(word, places), "claim") for word in words[1:]) for words in said if words
    )


def _iri(form: str, places: Places) -> str:
    try:
        return names.expand(form, places.prefix_map)
    except InputError:
        return ""


def _key(iri: str, kind: str) -> str:
    """Return the key in the IRI of a claim or a source; empty where it is none."""
    found = _PATTERNS[kind].search(iri)
    return found[1] if found else ""
