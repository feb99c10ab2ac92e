"""Commands that look after the files: `kg check`, `kg fmt`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError, unreadable
from ..limits import bytes_of, seconds_of
from ..results import counted, printable
from .checking import LIMITS, Asked, line, near, run
from .options import Amount, writes

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
@click.option(
    "--timeout",
    "seconds",
    type=Amount("duration", seconds_of),
    metavar="DURATION",
    help="How long it may take after loading: 500ms, 30s, 2m; 0 for no limit. With --shacl, how long pySHACL may.  [default: 60s]",
)
@click.option(
    "--max-memory", "memory", type=Amount("size", bytes_of), metavar="SIZE", help="How much memory on top of the data.  [default: 768M]"
)
@click.pass_obj
def check(
    app: App, files: tuple[Path, ...], texts: tuple[Path, ...], seconds: float | None, memory: int | None, *, with_pyshacl: bool
) -> None:
    """Check the workspace, any RDF FILE, or a mapping set, and say in which line what is to be corrected.

    Exits 0 when nothing is (warnings allowed), 1 when something is, 3 or more when it could not be checked.

    Example: kg check --text ../ferry.txt
    """
    if files and (texts or with_pyshacl):
        raise UsageError("--text and --shacl go with the whole workspace, not with FILE; leave one of them out")
    _refuse_missing([*files, *texts])
    asked = Asked(app, files, texts, seconds, with_pyshacl=with_pyshacl)
    lines, tally, by = run(asked, LIMITS if memory is None else replace(LIMITS, memory=memory or None))
    for each in lines:
        click.echo(printable(each))
    about = counted(len(files), "file") if files else counted(len(app.workspace.data_files), "graph file")
    words = ", ".join(counted(tally[severity], severity) for severity in ("error", "warning") if tally.get(severity))
    click.echo(f"checked {about} by {by}: {words or 'nothing to correct'}", err=True)
    if tally.get("error"):
        raise click.exceptions.Exit(1)


@click.command()
@_FILES
@click.option("--check", "only_check", is_flag=True, help="Change nothing; name the files that would change, and exit 1 if there are any.")
@click.pass_obj
@writes
def fmt(app: App, files: tuple[Path, ...], *, only_check: bool) -> None:
    """Put the files of graph/ into canonical form, mapping sets too, and the table of terms in ontology/README.md in order.

    A file with comments is refused, since they would be lost.

    Example: kg fmt --check graph/ferry.ttl
    """
    from ..checks import form

    _refuse_missing(files)
    app.workspace.refuse_ways_out()
    paths = list(files) or form.files(app.workspace)
    if only_check:
        found = form.find(app.workspace, paths)
        _tell(found)
        click.echo(f"checked {counted(len(paths), 'file')}: {len(found) or 'none'} to change", err=True)
        if found:
            raise click.exceptions.Exit(1)
        return
    changed = [path for path in paths if form.write(app.workspace, path)]
    for path in changed:
        click.echo(f"wrote {near(path)}", err=True)
    if not changed:
        click.echo("nothing to change", err=True)


def _refuse_missing(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_dir():
            raise unreadable(IsADirectoryError(), path)
        if not path.exists():
            raise unreadable(FileNotFoundError(), path)


def _tell(found: Iterable[Finding]) -> None:
    for finding in found:
        click.echo(printable(line(finding)))
