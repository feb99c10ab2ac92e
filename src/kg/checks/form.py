"""The form of graph files: what `kg fmt` writes."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from .. import mappings, turtle
from ..errors import InputError, StorageError
from . import terms
from .findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from ..workspace import Workspace

RULE = "form"


def files(workspace: Workspace) -> list[Path]:
    """Return the files whose form is checked: those of `graph/` that are not compressed, and the table of terms in ontology/README.md."""
    others = [workspace.candidates_file, workspace.root / "ontology" / "README.md"]
    return [*(path for path in workspace.data_files if path.suffix != ".gz"), *(path for path in others if path.is_file())]


def formatted(workspace: Workspace, path: Path) -> tuple[bytes, bytes]:
    """Return a file as it is and as it should be; InputError where it cannot be put into form."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StorageError(f"cannot read: {error.strerror or error}", path=path) from None
    if path.suffix == ".md":
        return data, terms.updated(data.decode(), workspace.ontology_files, workspace.prefixes, path=path).encode()
    if path.name.endswith(".sssom.tsv"):
        return data, mappings.canonical(data, workspace.prefixes, path=path).encode()
    if path.suffix != ".ttl":
        raise InputError("kg fmt knows Turtle files (.ttl) and mapping sets (.sssom.tsv) only", path=path)
    return data, turtle.canonical(data, workspace.prefixes, path=path).encode()


def write(workspace: Workspace, path: Path) -> bool:
    """Put a file into form; return whether it changed."""
    old, new = formatted(workspace, path)
    if old != new:
        turtle.replace(path, new)
    return old != new


def find(workspace: Workspace, paths: list[Path]) -> list[Finding]:
    """Return the files that are not in form, each with its first line that differs."""
    found = []
    for path in paths:
        try:
            old, new = formatted(workspace, path)
        except InputError as error:
            found.append(Finding(path, error.line, "error", error.message, RULE))
            continue
        if old != new:
            message = "this line is not in canonical form; kg fmt puts the file into it"
            found.append(Finding(path, _first_difference(old, new), "error", message, RULE))
    return found


def _first_difference(old: bytes, new: bytes) -> int:
    r"""Return the number of the first line that differs.

    >>> _first_difference(b"a\nb\n", b"a\nc\n")
    2
    """
    pairs = zip_longest(old.split(b"\n"), new.split(b"\n"))
    return next((number for number, (one, other) in enumerate(pairs, start=1) if one != other), 1)
