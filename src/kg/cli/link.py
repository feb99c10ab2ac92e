"""`kg link`: what entities of the workspace are called elsewhere, and what is said of them there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..results import FORMATS as _OF_ANSWERS
from .asking import check_output, deliver
from .linking import apply, suggest
from .pull import pull
from .reviewing import review

if TYPE_CHECKING:
    from . import App

_SSSOM = "sssom"
_SUFFIXES = {
    ".tsv": _SSSOM,
    ".ttl": "ttl",
    ".nt": "nt",
    ".jsonld": "jsonld",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".md": "md",
    ".html": "html",
}


@click.group()
def link() -> None:
    """Tie entities to other linked data: look for candidates, decide about them, and bring here what others say.

    Example: kg link suggest
    """


@click.command()
@click.option(
    "-f", "--format", "format_", type=click.Choice([_SSSOM, *_OF_ANSWERS]), help="The format; else from the suffix of -o, else sssom."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file, whole or not at all.")
@click.option("--target", metavar="NAME", help="Only links to this data set: wikidata, geonames, dbpedia, iso3166, plover, …")
@click.option("--raw", is_flag=True, help="In tables, leave cells that a spreadsheet would run as they are.")
@click.pass_obj
def export(app: App, format_: str | None, output: Path | None, target: str | None, *, raw: bool) -> None:
    """Write the links out: as a mapping set (SSSOM), as triples (ttl, nt, jsonld), or as a table (csv, md, …).

    Triples are those of the accepted links; the others have the denied ones, too, marked Not.

    Example: kg link export --target wikidata -o wikidata.csv
    """
    from .. import mappings
    from ..linking import exported

    if format_ is None and output is not None and output.suffix.lower() not in _SUFFIXES:
        raise UsageError(f"the suffix of {output.name} names no format; name one with -f")
    chosen = format_ or (_SUFFIXES[output.suffix.lower()] if output else _SSSOM)
    check_output(app, output, [])
    app.workspace.refuse_ways_out()
    links = mappings.read(app.workspace.links_file, missing_ok=True)
    if target:
        links = exported.of_target(links, target)
    text = exported.export(links, chosen, app.workspace, raw=raw)
    deliver(text, output, is_terminal=output is None and sys.stdout.isatty())


for command in (apply, export, pull, review, suggest):
    link.add_command(command)
