"""Checks: what is wrong with a graph, where, and what to do about it.

`check_workspace` looks at the files of a workspace: their form, the shapes, the violation queries, the bounds of dates, and passages
against the texts that are given. `check_document` looks at any RDF file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import documents, names
from ..errors import StorageError
from . import bounds, form, literals, passages, shapes, violations
from .evaluate import evaluate
from .findings import Finding, Places, order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ..index import Index
    from ..workspace import Workspace
    from .evaluate import Violation
    from .shapes import Constraint

__all__ = ["Finding", "Places", "check_document", "check_workspace", "read_shapes"]


def read_shapes(workspace: Workspace) -> tuple[Constraint, ...]:
    """Return the constraints of the shapes of a workspace."""
    try:
        data = workspace.shapes_file.read_bytes()
    except OSError as error:
        raise StorageError(f"cannot read: {error.strerror or error}", path=workspace.shapes_file) from None
    return shapes.read(data, path=workspace.shapes_file)


def check_workspace(index: Index, *, texts: Iterable[Path] = (), with_pyshacl: bool = False, seconds: float | None = None) -> list[Finding]:
    """Return everything that is to be corrected in a workspace, by file and line.

    `with_pyshacl` has the shapes evaluated by pySHACL, which may take so many `seconds`, instead of by kg.
    """
    workspace = index.workspace
    constraints = read_shapes(workspace)
    places = Places([*workspace.graph_files, *workspace.ontology_files], workspace.prefixes)
    found = form.find(workspace, form.files(workspace))
    broken = _second_opinion(index, constraints, seconds) if with_pyshacl else evaluate(index.store, constraints)
    found += (_to_finding(violation, places) for violation in broken)
    found += violations.find(index.store, violations.read_all(workspace.queries_dir / "checks"), places)
    found += bounds.find(index.store, places)
    for path in texts:
        found += passages.find(index.store, path, places)
    return sorted(set(found), key=order)


def check_document(workspace: Workspace, path: Path, *, format: str | None = None) -> list[Finding]:  # noqa: A002  the word users know
    """Return what is to be corrected in an RDF file: ill-typed literals, IRIs of mixed scripts, and, if it holds claims, the shapes.

    The ontology of the workspace says what relations there are. InputError where the file cannot be read.
    """
    document = documents.read_file(path, format=format)
    found = [Finding(path, None, "warning", words.removeprefix(f"{path}: "), "document") for words in document.warnings]
    found += _odd_terms(document.quads, path, workspace)
    claim = ox.NamedNode(names.CLAIM)
    if any(quad.predicate.value == names.TYPE and quad.object == claim for quad in document.quads):
        places = Places([path], workspace.prefixes)
        store = _with_ontology(workspace, document.quads)
        mine = {quad.subject for quad in document.quads}
        broken = (violation for violation in evaluate(store, read_shapes(workspace)) if violation.focus in mine)
        found += (_in_file(_to_finding(violation, places), path) for violation in broken)
        found += (_in_file(finding, path) for finding in bounds.find(store, places))
    return sorted(set(found), key=order)


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
