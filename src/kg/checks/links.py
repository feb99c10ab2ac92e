"""Links and snapshots: whether each row says what it should and leads where it means to, and where a snapshot is from."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import mappings, names, targets, turtle
from ..errors import InputError
from ..mappings import MappingSet
from ..sssom import header
from ..sssom.slots import BUILT_IN, CHECKED, MATCHES
from ..workspace import SNAPSHOTS
from .findings import Finding, Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ..mappings import Mapping
    from ..workspace import Workspace

RULE = "links"
_SAME_AS = names.OWL + "sameAs"
_JUSTIFICATIONS = "https://w3id.org/semapv/vocab/"
_ORIGIN = (names.DCTERMS + "source", names.DERIVED_FROM)
_TIME = (names.PROV + "generatedAtTime", names.DCTERMS + "created", names.MODIFIED)


def find(workspace: Workspace, store: ox.Store) -> list[Finding]:
    """Return what is wrong with links, candidates and snapshots; `store` has what the workspace itself says."""
    said, proposed = _read(workspace.links_file), _read(workspace.candidates_file)
    links, candidates = said.mappings, proposed.mappings
    found = [*_prefixes(said, workspace.links_file, workspace), *_prefixes(proposed, workspace.candidates_file, workspace)]
    found += [*_rows(links, workspace.links_file, workspace, store), *_pairs(links, workspace.links_file)]
    found += _rows(candidates, workspace.candidates_file, workspace, store, are_decided=False)
    found += _decided(candidates, links, workspace.candidates_file)
    for path in workspace.snapshot_files:
        found += _snapshot(path, workspace)
    return found


def find_in(path: Path, workspace: Workspace, store: ox.Store) -> list[Finding]:
    """Return what is wrong with any mapping set from the workspace; InputError where it cannot be read."""
    whole = mappings.read(path)
    rows, are_decided = whole.mappings, path.name != workspace.candidates_file.name
    return [
        *_prefixes(whole, path, workspace),
        *_rows(rows, path, workspace, store, are_decided=are_decided),
        *(_pairs(rows, path) if are_decided else ()),
    ]


def _read(path: Path) -> MappingSet:
    """Return what a file holds; nothing where it cannot be read, which `kg.checks.form` tells."""
    try:
        return mappings.read(path, missing_ok=True)
    except InputError:
        return MappingSet()


def _prefixes(found: MappingSet, path: Path, workspace: Workspace) -> Iterator[Finding]:
    """Find the prefixes that mean something else in a file than everywhere else here: its rows are read as the file says."""
    known = {**targets.PREFIXES, **workspace.prefixes, **BUILT_IN}
    for prefix, space in sorted(found.prefixes.items()):
        if known.get(prefix, space) != space:
            words = (
                f"the prefix {prefix} is {space} here and {known[prefix]} elsewhere; the rows mean what it is here, give it another name"
            )
            yield Finding(path, header.line_of(prefix, path.read_bytes()), "warning", words, RULE)


def _rows(rows: Iterable[Mapping], path: Path, workspace: Workspace, store: ox.Store, *, are_decided: bool = True) -> Iterator[Finding]:
    for row in rows:
        for severity, words in _faults(row, workspace, store):
            yield Finding(path, row.line, severity, words, RULE)
        if are_decided and row.is_accepted:
            for severity, words in _unsaid(row):
                yield Finding(path, row.line, severity, f"{_shown(row, workspace)}: {words}", RULE)


def _faults(row: Mapping, workspace: Workspace, store: ox.Store) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the three names of a row."""
    for iri in (row.subject_id, row.object_id):
        is_own = iri.startswith((workspace.base, names.BASE))
        if (is_own or iri == row.subject_id) and not _is_known(iri, store):
            what = "names nothing in this workspace" if is_own else "is no name of this workspace; a link begins at one"
            yield "error", f"{names.compact(iri, workspace.prefixes)} {what}"
    if row.predicate_id == _SAME_AS:
        yield "error", "owl:sameAs would make all that anybody says of the one true of the other; write skos:exactMatch"
    elif row.predicate_id not in MATCHES:
        shown = names.compact(row.predicate_id, workspace.prefixes)
        yield "error", f"{shown} is no mapping; write skos:exactMatch, closeMatch, broadMatch, narrowMatch or relatedMatch"
    fault = targets.fault(row.object_id)
    if fault:
        yield "error", f"{row.object_id}: {fault}"


def _unsaid(row: Mapping) -> Iterator[tuple[str, str]]:
    """Yield what an accepted row should say about itself, and does not."""
    if not row.mapping_justification.startswith(_JUSTIFICATIONS):
        yield "error", "mapping_justification is missing; say how it came about, such as semapv:ManualMappingCuration"
    has_words = row.comment.casefold().startswith(CHECKED)
    if row.mapping_tool and not has_words and row.confidence is None:
        yield (
            "error",
            f"a tool found this, and its words and score are no check; say it in comment, after “{CHECKED}”, or in confidence",
        )
    elif not (row.comment or row.mapping_source or any(column == "see_also" for column, _ in row.more)):
        yield "error", "nothing says how this was checked; say it in comment, mapping_source or see_also"
    elif row.confidence is None and not has_words:
        yield "warning", "confidence is missing; say how sure this is, from 0 to 1"


def _pairs(rows: Iterable[Mapping], path: Path) -> Iterator[Finding]:
    """Find the rows that contradict or repeat another."""
    said: dict[tuple[str, str, str], Mapping] = {}
    by_subject: dict[tuple[str, str], Mapping] = {}
    by_target: dict[str, Mapping] = {}
    for row in rows:
        first = said.setdefault((row.subject_id, row.predicate_id, row.object_id), row)
        if first is not row:
            is_same = first.is_accepted == row.is_accepted
            words = "says what this row says" if is_same else "says the contrary of this row"
            yield Finding(path, row.line, "error", f"line {first.line} {words}; keep one of the two", RULE)
        elif row.is_accepted and row.predicate_id == mappings.EXACT and not _is_inside(row):
            target_set = targets.set_of(row.object_id)
            other = by_subject.setdefault((row.subject_id, target_set), row)
            if other is not row:
                words = (
                    f"line {other.line} has another exact match of this subject there; at most one is, make the other close or take it out"
                )
                yield Finding(path, row.line, "error", words, RULE)
            other = by_target.setdefault(row.object_id, row)
            if other is not row:
                words = f"line {other.line} has the same target as the exact match of another subject; one is not it, or both are one"
                yield Finding(path, row.line, "error", words, RULE)


def _is_inside(row: Mapping) -> bool:
    """Tell whether both names are of one set: two names of the workspace for one thing."""
    return targets.set_of(row.subject_id) == targets.set_of(row.object_id)


def _decided(candidates: Iterable[Mapping], links: Iterable[Mapping], path: Path) -> Iterator[Finding]:
    decided = {key: row for row in links for key in row.settled}
    for row in candidates:
        link = next((decided[key] for key in sorted(row.settled) if key in decided), None)
        if link:
            words = f"this is decided: line {link.line} of links.sssom.tsv; take the candidate out"
            yield Finding(path, row.line, "warning", words, RULE)


def _snapshot(path: Path, workspace: Workspace) -> Iterator[Finding]:
    """Find a snapshot that does not say where it is from, and what it says in the names or the words of the workspace."""
    try:
        triples = turtle.parse(path.read_bytes(), path=path)
    except InputError:
        return  # `kg.checks.form` tells
    own = workspace.graph_iri(path)
    about: dict[str, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        about[getattr(triple.subject, "value", "")].append(triple)
    said = {triple.predicate.value for triple in about.get(own, ())}
    for predicates, words in ((_ORIGIN, "where it is from (dcterms:source)"), (_TIME, "when it was made (prov:generatedAtTime)")):
        if said.isdisjoint(predicates):
            message = f"a snapshot says {words}; say it of graph:{SNAPSHOTS}/{path.stem}, as kg link pull does"
            yield Finding(path, None, "error", message, RULE)
    places = Places([path], workspace.prefixes)
    for triple in triples:
        words = _misplaced(triple, own, workspace)
        if words:
            yield places.finding("error", words, rule=RULE, subject=triple.subject, predicate=triple.predicate.value, value=triple.object)


def _misplaced(triple: ox.Triple, own: str, workspace: Workspace) -> str:
    """Return why a triple has no place in a snapshot; nothing where it has."""
    subject = getattr(triple.subject, "value", "")
    if subject != own and subject.startswith((workspace.base, names.BASE)):
        return "a snapshot holds what others say of their things; say this in a graph file"
    kind = getattr(triple.object, "value", "") if triple.predicate.value == names.TYPE else triple.predicate.value
    if kind.startswith((names.KG, names.REL)):
        return "a snapshot makes no claims; take this out"
    return ""


def _is_known(iri: str, store: ox.Store) -> bool:
    return next(store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph()), None) is not None


def _shown(row: Mapping, workspace: Workspace) -> str:
    return f"{names.compact(row.subject_id, workspace.prefixes)} {names.compact(row.object_id, workspace.prefixes)}"
