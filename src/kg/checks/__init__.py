"""Checks: what is wrong with a graph, where, and what to do about it.

`check_workspace` looks at the files of a workspace: their form, the shapes, the violation queries, the bounds of dates, the links, and
passages against the texts that are given. `check_document` looks at any RDF file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import documents, names
from ..errors import StorageError
from ..index import load
from . import base, bounds, files, form, links, literals, passages, shapes, violations, wording
from .evaluate import evaluate
from .findings import Finding, Places, order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ..index import Index
    from ..saved import SavedQuery
    from ..workspace import Workspace
    from .evaluate import Asking, Violation
    from .shapes import Constraint

__all__ = ["Checked", "Finding", "Places", "check_document", "check_workspace", "look_at", "look_at_document", "read_shapes"]

_PARTS_OF_CLAIMS = frozenset([names.SUBJECT, names.CLAIMANT, names.POLARITY])


class Checked(NamedTuple):
    """What was found, and how many shapes and queries were asked: nothing found by none says nothing."""

    findings: list[Finding]
    shapes: int
    queries: int


def read_shapes(workspace: Workspace) -> tuple[Constraint, ...]:
    """Return the constraints of the shapes of a workspace; StorageError where there are none."""
    try:
        data = workspace.shapes_file.read_bytes()
    except OSError as error:
        raise StorageError(f"cannot read: {error.strerror or error}", path=workspace.shapes_file) from None
    found = shapes.read(data, path=workspace.shapes_file)
    if not found:
        raise StorageError("the shapes hold no rule to check; put back the file that kg init makes", path=workspace.shapes_file)
    return found


def check_workspace(index: Index, *, texts: Iterable[Path] = (), with_pyshacl: bool = False, seconds: float | None = None) -> list[Finding]:
    """Return everything that is to be corrected in a workspace, by file and line.

    `with_pyshacl` has the shapes evaluated by pySHACL, which may take so many `seconds`, instead of by kg.
    """
    return look_at(index, texts=texts, with_pyshacl=with_pyshacl, seconds=seconds).findings


def look_at(
    index: Index,
    *,
    texts: Iterable[Path] = (),
    with_pyshacl: bool = False,
    seconds: float | None = None,
    asking: Asking | None = None,
) -> Checked:
    """Do what `check_workspace` does, and say with what; `asking` is entered with the name of each shape and query as it is asked."""
    workspace = index.workspace
    workspace.refuse_ways_out()
    index = _own(index)
    constraints, queries = read_shapes(workspace), _read_queries(workspace)
    places = Places([*workspace.graph_files, *workspace.ontology_files], workspace.prefixes)
    found = form.find(workspace, form.files(workspace)) + files.find(workspace, places)
    broken = _second_opinion(index, constraints, seconds) if with_pyshacl else evaluate(index.store, constraints, asking=asking)
    found += (_to_finding(violation, places) for violation in broken)
    found += violations.find(index.store, queries, places, asking=asking)
    found += base.find(workspace, index.store)
    found += bounds.find(index.store, places)
    found += links.find(workspace, index.store)
    for path in texts:
        found += passages.find(index.store, path, places)
        found += wording.find(index.store, path, places)
    return Checked(sorted(set(found), key=order), _shapes_in(constraints), len(queries))


def _own(index: Index) -> Index:
    """Return the index without links and snapshots: the shapes are about what the workspace itself says."""
    is_own = not index.has_foreign or index.workspace.data_files == index.workspace.graph_files
    return index if is_own else load(index.workspace, foreign=False)


def check_document(workspace: Workspace, path: Path, *, format: str | None = None) -> list[Finding]:  # noqa: A002  the word users know
    """Return what is to be corrected in an RDF file: ill-typed literals, IRIs of mixed scripts, and, if it holds claims, the shapes.

    A mapping set (`.sssom.tsv`) is looked at as the links of the workspace are. The ontology of the workspace says what relations there
    are. InputError where the file cannot be read.
    """
    return look_at_document(workspace, path, format=format).findings


def look_at_document(workspace: Workspace, path: Path, *, format: str | None = None) -> Checked:  # noqa: A002  the word users know
    """Do what `check_document` does, and say with what."""
    if path.name.endswith(".sssom.tsv") and format is None:
        return Checked(sorted(set(links.find_in(path, workspace, load(workspace, foreign=False).store)), key=order), 0, 0)
    document = documents.read_file(path, format=format)
    found = [Finding(path, None, "warning", words.removeprefix(f"{path}: "), "document") for words in document.warnings]
    found += _odd_terms(document.quads, path, workspace)
    asked = 0
    if _holds_claims(document.quads):
        constraints = read_shapes(workspace)
        asked = _shapes_in(constraints)
        places = Places([path], workspace.prefixes)
        store = _with_ontology(workspace, document.quads)
        mine = {quad.subject for quad in document.quads}
        broken = (violation for violation in evaluate(store, constraints) if violation.focus in mine)
        found += (_in_file(_to_finding(violation, places), path) for violation in broken)
        found += (_in_file(finding, path) for finding in bounds.find(store, places))
    return Checked(sorted(set(found), key=order), asked, 0)


def _holds_claims(quads: list[ox.Quad]) -> bool:
    """Tell whether there are claims, or what has the parts of one: a claim without its type is to be found too."""
    claim = ox.NamedNode(names.CLAIM)
    return any(quad.predicate.value in _PARTS_OF_CLAIMS or (quad.predicate.value == names.TYPE and quad.object == claim) for quad in quads)


def _read_queries(workspace: Workspace) -> list[SavedQuery]:
    folder = workspace.queries_dir / "checks"
    found = violations.read_all(folder)
    if not found:
        raise StorageError("no violation query is here (*-violation.rq); put back those that kg init makes", path=folder)
    return found


def _shapes_in(constraints: Iterable[Constraint]) -> int:
    return len({one.shape for one in constraints})


def _second_opinion(index: Index, constraints: tuple[Constraint, ...], seconds: float | None) -> list[Violation]:
    from . import reference

    return reference.evaluate(index.store, index.workspace.shapes_file, constraints, seconds=seconds)


def _to_finding(violation: Violation, places: Places) -> Finding:
    one = violation.constraint
    return places.finding(
        one.severity,
        one.message,
        rule=names.local_name(one.shape),
        subject=violation.focus,
        predicate=violation.path,
        value=violation.value,
    )


def _in_file(finding: Finding, path: Path) -> Finding:
    return finding if finding.path else finding._replace(path=path)


def _with_ontology(workspace: Workspace, quads: list[ox.Quad]) -> ox.Store:
    store = ox.Store()
    for file in workspace.ontology_files:
        store.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE)
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return store


def _odd_terms(quads: list[ox.Quad], path: Path, workspace: Workspace) -> list[Finding]:
    terms = dict.fromkeys(term for quad in quads for term in (quad.subject, quad.predicate, quad.object, quad.graph_name))
    lines = path.read_bytes().decode("utf-8", "replace").splitlines() if path.is_file() else []
    found = []
    for literal in literals.ill_typed(quad.object for quad in quads):
        datatype = names.compact(literal.datatype.value, workspace.prefixes)
        message = f'"{literal.value[:60]}" is no {datatype}; correct the value or the datatype'
        found.append(Finding(path, _line_with(lines, literal.value), "error", message, "ill-typed"))
    for term in terms:
        scripts = documents.mixed_scripts(term.value) if isinstance(term, ox.NamedNode) else []
        if scripts:
            message = (
                f"the host of {term} mixes letters of {' and '.join(scripts)}, which look alike; make sure that it is the one you mean"
            )
            found.append(Finding(path, _line_with(lines, getattr(term, "value", "")), "warning", message, "mixed-script"))
    return found


def _line_with(lines: list[str], text: str) -> int | None:
    return next((number for number, line in enumerate(lines, start=1) if text in line), None)
