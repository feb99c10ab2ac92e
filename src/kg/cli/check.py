"""Commands that look after the files: `kg check`, `kg fmt`."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..checks import Finding
    from . import App

_FILES = click.argument("files", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path))


@click.command()
@_FILES
@click.option(
    "--text",
    "texts",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The text of a source: its passages are checked against it. It is read, never stored.",
)
@click.option("--shacl", "with_pyshacl", is_flag=True, help="Have pySHACL evaluate the shapes, as a second opinion; slow.")
@click.option("--timeout", "seconds", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="How long pySHACL may take.")
@click.pass_obj
def check(app: App, files: tuple[Path, ...], texts: tuple[Path, ...], seconds: float | None, *, with_pyshacl: bool) -> None:
    """Check the workspace, or any RDF FILE, and say in which line what is to be corrected.

    Exits 0 when nothing is (warnings allowed), 1 when something is, 3 or more when it could not be checked.

    Example: kg check --text ../ferry.txt
    """
    from ..checks import files as graph_files
    from ..checks import look_at, look_at_document

    if files and (texts or with_pyshacl):
        raise UsageError("--text and --shacl go with the whole workspace, not with FILE; leave one of them out")
    _refuse_missing([*files, *texts])
    if files:
        checked = [look_at_document(app.workspace, path) for path in files]
        about = _counted(len(files), "file")
    else:
        graph_files.refuse_ways_out(app.workspace)  # before anything is loaded
        checked = [look_at(app.index, texts=texts, with_pyshacl=with_pyshacl, seconds=seconds)]
        about = _counted(len(app.workspace.graph_files), "graph file")
    asked = f"{_counted(max(one.shapes for one in checked), 'shape')} and {_counted(max(one.queries for one in checked), 'query')}"
    found = [finding for one in checked for finding in one.findings]
    _tell(found)
    counted = Counter(finding.severity for finding in found)
    words = ", ".join(_counted(counted[severity], severity) for severity in ("error", "warning") if counted[severity])
    click.echo(f"checked {about} by {asked}: {words or 'nothing to correct'}", err=True)
    if counted["error"]:
        raise click.exceptions.Exit(1)


@click.command()
@_FILES
@click.option("--check", "only_check", is_flag=True, help="Change nothing; name the files that would change, and exit 1 if there are any.")
@click.pass_obj
def fmt(app: App, files: tuple[Path, ...], *, only_check: bool) -> None:
    """Put graph files into canonical form, and the table of terms in ontology/README.md in order.

    A file with comments is refused, since they would be lost.

    Example: kg fmt --check graph/ferry.ttl
    """
    from ..checks import files as graph_files
    from ..checks import form

    _refuse_missing(files)
    graph_files.refuse_ways_out(app.workspace)
    paths = list(files) or form.files(app.workspace)
    if only_check:
        found = form.find(app.workspace, paths)
        _tell(found)
        click.echo(f"checked {_counted(len(paths), 'file')}: {len(found) or 'none'} to change", err=True)
        if found:
            raise click.exceptions.Exit(1)
        return
    changed = [path for path in paths if form.write(app.workspace, path)]
    for path in changed:
        click.echo(f"wrote {_near(path)}", err=True)
    if not changed:
        click.echo("nothing to change", err=True)


def _refuse_missing(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_dir() or not path.exists():
            raise InputError("this is a folder; name a file" if path.is_dir() else "there is no such file; check its name", path=path)


def _tell(found: Iterable[Finding]) -> None:
    from ..results import printable

    for finding in found:
        click.echo(printable(str(finding._replace(path=_near(finding.path) if finding.path else None))))


def _near(path: Path) -> Path:
    """Return a path as it is shorter to read: from the current folder, where it lies below it."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  links stay as they are written
    here = Path.cwd()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else path


def _counted(number: int, noun: str) -> str:
    many = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else many}"
