"""`kg query`."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import confined, saved
from ..errors import InputError
from ..limits import DEFAULT, Limits, bytes_of, seconds_of
from ..query import ENGINES
from . import asking
from .options import Amount, check_suffix, say
from .queries import complete, format_option
from .remote import endpoint_options, federate_option

if TYPE_CHECKING:
    from ..saved import SavedQuery
    from . import App

_FILE_SUFFIX = ".rq"


DURATION = Amount("duration", seconds_of)
_SIZE = Amount("size", bytes_of)


class _Query(click.Command):
    """The command `kg query`, which says how a parameter is written where it is written with `=`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for flag, value in pairwise(args):
            name, equals, rest = value.partition("=")
            if flag in {"-p", "--param"} and equals and name.isidentifier():
                raise click.UsageError(f"-p takes NAME VALUE, two words: write -p {name} {rest or 'VALUE'}", ctx)
        return super().parse_args(ctx, args)


@click.command(cls=_Query)
@click.argument("target", metavar="[NAME|FILE.rq|-]", required=False, shell_complete=complete("query"))
@click.option("-e", "--expression", metavar="SPARQL", help="The query itself; the prefixes of the workspace are known.")
@click.option(
    "-p",
    "--param",
    "parameters",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    shell_complete=complete("parameter"),
    help="The value of a parameter, a thing by its id, its label or an alternative label; repeat for more.",
)
@format_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file, whole or not at all.")
@click.option(
    "--limit", type=click.IntRange(min=0), help=f"How many rows you want; a table on a terminal stops at {asking.TERMINAL_LIMIT:,}."
)
@click.option("--labels/--iris", default=None, help="Labels and CURIEs, or whole IRIs; table, md and html show labels unless told.")
@click.option("--passages/--no-passages", default=None, help="Say where the text says each claim; table, md and html do unless told.")
@click.option("--raw", is_flag=True, help="Leave cells that a spreadsheet takes for formulas as they are.")
@click.option(
    "--data", "files", multiple=True, type=click.Path(path_type=Path), help="Ask this RDF file instead; repeat for more, - for stdin."
)
@click.option(
    "--data-format", type=click.Choice(["ttl", "trig", "nt", "nq", "jsonld", "rdf"]), help="The format of --data; else its suffix."
)
@click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True, help="What answers.")
@endpoint_options
@federate_option
@click.option(
    "--view", "map_file", type=click.Path(path_type=Path), metavar="MAP.html", help="Draw the claims of the answer too, as kg view does."
)
@click.option("--time", "is_timed", is_flag=True, help="Say how long loading, answering and writing took.")
@click.option(
    "--explain",
    "is_explained",
    is_flag=True,
    help="Instead of the answer, how many rows there are after each part of the query, and the time to count them; the engine's own plan "
    "cannot be had from Python.",
)
@click.option(
    "--show", "is_shown", is_flag=True, help="Instead of asking, show the query with its prefixes and parameters, to run anywhere."
)
@click.option(
    "--curl",
    "curl_url",
    is_flag=False,
    flag_value="",
    metavar="[URL]",
    help="Instead of asking, show a command line that asks this endpoint the same, or that of --endpoint; never a password.",
)
@click.option(
    "--timeout",
    type=DURATION,
    metavar="DURATION",
    help="Stop a query that takes longer, not counting the loading of the data: 500ms, 30s, 2m; 0 for no limit.  [default: 30s]",
)
@click.option("--max-cpu", type=DURATION, metavar="DURATION", help="Stop a query that takes more processor time.")
@click.option("--max-memory", type=_SIZE, metavar="SIZE", help="Stop a query that needs more memory on top of the data.  [default: 768M]")
@click.option("--max-rows", type=click.IntRange(min=0), metavar="N", help=f"Refuse an answer with more rows.  [default: {DEFAULT.rows:,}]")
@click.option("--max-size", type=_SIZE, metavar="SIZE", help="Refuse an answer that is larger as it is written.  [default: 256M]")
@click.pass_context
def query(
    ctx: click.Context,
    /,
    *,
    target: str | None,
    expression: str | None,
    timeout: float | None,
    max_cpu: float | None,
    max_memory: int | None,
    max_rows: int | None,
    max_size: int | None,
    **options: Any,
) -> None:
    """Ask a SPARQL query: a saved one by name, a file, -e TEXT, or standard input.

    --limit says how many rows you want. --timeout and --max-... are for safety: a query that comes to one of them ends with exit code 5 and
    one line, and prints and writes nothing; 0 takes a limit away.

    Example: kg query who-says-what -p who ent:taliban -o claims.csv
    """
    wanted = asking.Wanted(**options)
    if wanted.curl_url and "://" not in wanted.curl_url:
        raise click.UsageError(f"--curl takes an address, which {wanted.curl_url!r} is not; put the name of a query before it", ctx)
    asked = _asked(ctx, target, expression)
    if sum((wanted.is_shown, wanted.is_explained, wanted.curl_url is not None)) > 1:
        raise click.UsageError("--show, --curl and --explain each stand instead of the answer; give one of them", ctx)
    asking.check_endpoint(ctx.obj, wanted)
    for output in (wanted.output, wanted.map_file):
        asking.check_output(ctx.obj, output, [*wanted.files, *([asked.path] if asked.path else [])])
    if wanted.map_file:
        check_suffix(wanted.map_file)
    asking.ask(ctx.obj, asked, wanted, _limits(timeout, max_cpu, max_memory, max_rows, max_size))


def _limits(seconds: float | None, cpu: float | None, memory: int | None, rows: int | None, size: int | None) -> Limits:
    """Return the limits that the options ask for: 0 is none, and who sets the time on the wall is not stopped by the processor's."""
    given = {"seconds": seconds, "cpu": 0 if cpu is None and seconds is not None else cpu, "memory": memory, "rows": rows, "size": size}
    if not confined.IS_ENFORCED and any(given[name] for name in ("seconds", "cpu", "memory")):
        say("this system cannot stop a query: --timeout, --max-cpu and --max-memory are not enforced")
    chosen: dict[str, Any] = {name: getattr(DEFAULT, name) if value is None else value or None for name, value in given.items()}
    return Limits(**chosen)


def _asked(ctx: click.Context, target: str | None, expression: str | None) -> SavedQuery:
    """Return the query that the arguments name, from wherever it comes."""
    if expression is not None:
        if target is not None:
            raise click.UsageError("give either a query's name or -e, not both", ctx)
        return saved.parse(expression)
    if target is None or target == "-":
        if sys.stdin.isatty():
            raise click.UsageError("there is no query: name a saved one, a file, or give -e", ctx)
        text = _decoded(sys.stdin.buffer.read())
        if not text.strip():
            raise click.UsageError("standard input holds no query: name a saved one, a file, or give -e", ctx)
        return saved.parse(text)
    if target.endswith(_FILE_SUFFIX):
        return saved.read(Path(target))
    app: App = ctx.obj
    return saved.find(app.workspace.queries_dir, target)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is not UTF-8; save the query as UTF-8", path="standard input") from None
