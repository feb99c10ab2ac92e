"""`kg export`: the workspace as RDF, as a network, as tables or as entities, for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import results
from ..export import FORMATS, Export, Wanted, format_of, write
from ..export import export as exported
from .remote import timed_endpoint_options
from .scope import asked_for, inputs_of, scope_options

if TYPE_CHECKING:
    from . import App

_WITH = {"raw": ("csv", "edges"), "context": ("jsonld",)}
_FOR_FILES = {"csv", "parquet"}


class _Name(click.Choice[str]):
    """The name of a format, or the suffix of its files: ttl is turtle."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        by_suffix = {form.suffix.removeprefix("."): name for name, form in FORMATS.items() if form.suffix}
        return super().convert(value if value in FORMATS else by_suffix.get(value.lower(), value), param, ctx)


def _listed() -> str:
    """Return the formats with what they leave out, for the help."""
    groups: dict[str, list[str]] = {}
    for name, form in FORMATS.items():
        groups.setdefault(form.omits, []).append(f"{name + form.suffix.rjust(20 - len(name))}  {form.title}")
    parts = []
    for omits, lines in groups.items():
        parts.append("\b\n" + "\n".join(lines) + (f"\n\nThese leave out {omits}." if omits else "\n\nThese hold everything."))
    return "\n\n".join(parts)


_HELP = f"""Write what the workspace holds in a format of other programs: RDF, networks, tables, entities of FollowTheMoney.

RDF is what the files of graph/ say; with options that say which claims, those accepted claims and what is said of everything that they
mention. A network is the accepted claims: a node an entity, an edge a claim. The same files give the same bytes. Denied claims are never
links of FollowTheMoney, nor triples of nanopublications.

{_listed()}

Example: kg export -o claims.gexf --about ent:taliban
"""


@click.command(help=_HELP)
@click.option("-f", "--format", "name", metavar="FORMAT", type=_Name([*FORMATS]), help="The format; else from the suffix of -o.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file, or for csv a folder or a .zip; else standard output.")
@click.option(
    "--context",
    metavar="URL",
    help="With jsonld: name the context by this address instead of holding it; -f context writes what stands there.",
)
@click.option("--raw", is_flag=True, help="With csv and edges: leave cells that a spreadsheet takes for formulas as they are.")
@scope_options
@timed_endpoint_options
@click.pass_obj
def export(app: App, /, *, name: str | None, output: Path | None, context: str | None, raw: bool, **scope: Any) -> None:  # noqa: D103  its help is above
    name = _format(name, output, raw=raw, context=context)
    if output is not None:
        app.workspace.check_output(output, inputs_of(scope))
    made = exported(_wanted(app, context=context, raw=raw, **scope), name)
    if output is not None:
        _refuse_folder(made, output)
        write(made, output)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(made.files[""])
        sys.stdout.buffer.flush()
    for words in (f"{output or name}: {made.summary}", *made.notes):
        click.echo(f"kg: {results.printable(words)}", err=True)


def _wanted(app: App, *, context: str | None, raw: bool, **scope: Any) -> Wanted:
    index = app.asked_index
    if not any(value is not None for value in scope.values()):
        return Wanted(index, context=context, raw=raw)
    asked = asked_for(index, seconds=app.seconds, **scope)
    return Wanted(index, asked.claims(index.claims, index.labels), context, raw)


def _format(name: str | None, output: Path | None, **options: Any) -> str:
    """Return the format that is asked for; click.UsageError where there is none, or an option does not go with it."""
    if name is None and output is None:
        raise click.UsageError(f"in which format? name it with -f: {', '.join(FORMATS)}; or the file with -o, such as -o claims.gexf")
    found = name or format_of(output or Path())
    for option, wanted in _WITH.items():
        if options[option] and found not in wanted:
            raise click.UsageError(f"--{option} is for -f {' and '.join(wanted)}, not for {found}")
    if output is None and found in _FOR_FILES:
        raise click.UsageError(f"{found} is not for a terminal; name where it goes with -o")
    return found


def _refuse_folder(made: Export, output: Path) -> None:
    if len(made.files) == 1 and output.is_dir():
        raise click.UsageError(f"{output} is a folder; name a file")
    if len(made.files) > 1 and output.is_file() and output.suffix.lower() != ".zip":
        raise click.UsageError(f"{output} is a file, and these are {len(made.files)}; name a folder or a .zip")
