"""`kg query` and `kg queries`."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import results, saved
from ..errors import InputError, UsageError
from ..query import ENGINES, run

if TYPE_CHECKING:
    from ..answers import Answer, Term
    from ..index import Index
    from ..saved import SavedQuery
    from . import App

_TERMINAL_LIMIT = 1000
_FILE_SUFFIX, _CHECK_SUFFIX = ".rq", "-violation"


def _complete_name(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from ..workspace import find

    root = ctx.find_root().params.get("directory")
    return sorted(path.stem for path in find(root).queries_dir.rglob("*" + _FILE_SUFFIX) if path.stem.startswith(incomplete))


_format_option = click.option(
    "-f", "--format", "format_", type=click.Choice(list(results.FORMATS)), help="The format; else from the suffix of -o, else table or csv."
)


class _Query(click.Command):
    """The command `kg query`, which says how a parameter is written where it is written with `=`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for flag, value in pairwise(args):
            name, equals, rest = value.partition("=")
            if flag in {"-p", "--param"} and equals and name.isidentifier():
                raise click.UsageError(f"-p takes NAME VALUE, two words: write -p {name} {rest or 'VALUE'}", ctx)
        return super().parse_args(ctx, args)


@click.command(cls=_Query)
@click.argument("target", metavar="[NAME|FILE.rq|-]", required=False, shell_complete=_complete_name)
@click.option("-e", "--expression", metavar="SPARQL", help="The query itself; the prefixes of the workspace are known.")
@click.option(
    "-p",
    "--param",
    "parameters",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="The value of a parameter, a thing by its id, its label or an alternative label; repeat for more.",
)
@_format_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file, whole or not at all.")
@click.option("--limit", type=click.IntRange(min=0), help=f"At most this many rows; a table on a terminal stops at {_TERMINAL_LIMIT:,}.")
@click.option("--labels/--iris", default=None, help="Labels and CURIEs, or whole IRIs; tables and md show labels unless told.")
@click.option("--passages/--no-passages", default=None, help="Say where the text says each claim; tables and md do unless told.")
@click.option("--raw", is_flag=True, help="Leave cells that a spreadsheet takes for formulas as they are.")
@click.option(
    "--data", "files", multiple=True, type=click.Path(path_type=Path), help="Ask this RDF file instead; repeat for more, - for stdin."
)
@click.option(
    "--data-format", type=click.Choice(["ttl", "trig", "nt", "nq", "jsonld", "rdf"]), help="The format of --data; else its suffix."
)
@click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True, help="What answers.")
@click.pass_context
def query(
    ctx: click.Context,
    *,
    target: str | None,
    expression: str | None,
    parameters: tuple[tuple[str, str], ...],
    format_: str | None,
    output: Path | None,
    limit: int | None,
    labels: bool | None,
    passages: bool | None,
    raw: bool,
    files: tuple[Path, ...],
    data_format: str | None,
    engine: str,
) -> None:
    """Ask a SPARQL query: a saved one by name, a file, -e TEXT, or standard input.

    Example: kg query who-says-what -p who ent:taliban -o claims.csv
    """
    asked = _asked(ctx, target, expression)
    _check_output(ctx.obj, output, [*files, *([asked.path] if asked.path else [])])
    chosen = format_ or (results.format_of(output) if output else None)
    is_terminal = output is None and sys.stdout.isatty()
    if limit is None and is_terminal and chosen in {None, "table"}:
        limit = _TERMINAL_LIMIT
    index = _index(ctx.obj, files, data_format)
    answer = run(index, asked.text, values=_values(asked, parameters, index), engine=engine, limit=limit, summary=asked.summary)
    for warning in answer.warnings:
        _say(warning)
    name = chosen or results.default_format(answer, is_terminal=is_terminal)
    for_people = results.FORMATS[name].shows_labels
    if for_people if passages is None else passages:
        answer = _with_passages(answer, index)
    shown = index.labels if (for_people if labels is None else labels) else None
    style = results.Style(index.workspace.prefixes, shown, raw=raw, width=_width() if is_terminal else None)
    _deliver(results.write(answer, name, style), output, is_terminal=is_terminal)
    if answer.cut is not None:
        _say(f"{answer.cut:,} of more {'rows' if answer.form == 'solutions' else answer.form}; raise --limit")


@click.group(invoke_without_command=True)
@_format_option
@click.option("--all", "is_whole", is_flag=True, help="List the queries of kg check, too.")
@click.pass_context
def queries(ctx: click.Context, *, format_: str | None, is_whole: bool) -> None:
    """List the saved queries with their parameters; show or check them.

    Example: kg queries show who-says-what
    """
    if ctx.invoked_subcommand:
        return
    import pyoxigraph as ox

    from ..answers import Answer

    app: App = ctx.obj
    rows = []
    paths = saved.find_all(app.workspace.queries_dir)
    listed = [path for name, path in paths.items() if is_whole or not name.endswith(_CHECK_SUFFIX)]
    for path in listed:
        found = saved.read(path)
        needs = ", ".join(item.name if item.is_required else f"[{item.name}]" for item in found.parameters)
        rows.append((ox.Literal(found.name), ox.Literal(found.summary), ox.Literal(needs)))
    answer = Answer("solutions", ["name", "summary", "parameters"], sorted(rows, key=str))
    is_terminal = sys.stdout.isatty()
    name = format_ or results.default_format(answer, is_terminal=is_terminal)
    _deliver(results.write(answer, name, results.Style(width=_width() if is_terminal else None)), None, is_terminal=is_terminal)
    if len(listed) < len(paths):
        _say(f"{len(paths) - len(listed)} queries of kg check are left out; --all lists them")


@queries.command()
@click.argument("name", shell_complete=_complete_name)
@click.pass_obj
def show(app: App, name: str) -> None:
    """Show what a saved query is for, its parameters and its text.

    Example: kg queries show who-says-what
    """
    found = saved.find(app.workspace.queries_dir, name)
    lines = [f"{found.name}: {found.summary}"]
    lines += [words for words in (found.description, found.problem, found.solution) if words]
    lines += [f"tags: {', '.join(found.tags)}"] if found.tags else []
    from ..lookup import Lookup

    lookup = Lookup(app.workspace.prefixes, index=app.index) if any(item.is_thing for item in found.parameters) else None
    for item in found.parameters:
        need = "required" if item.is_required else f"else {item.default}" if item.default else "optional"
        lines.append(f"  {item.example(lookup)}    {item.words} ({item.type}, {need})")
    body = "".join(line for line in found.text.splitlines(keepends=True) if not line.startswith("#+"))
    _deliver("\n".join(lines) + "\n\n" + body.strip("\n") + "\n", None, is_terminal=sys.stdout.isatty())


@queries.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Check the header and the syntax of saved queries: all, or the FILES named.

    Example: kg queries check
    """
    app: App = ctx.obj
    paths = list(files) or list(saved.find_all(app.workspace.queries_dir).values())
    problems = 0
    for path in paths:
        try:
            saved.check_file(path)
        except InputError as error:
            problems += 1
            click.echo(results.printable(str(error)))
    _say(f"{len(paths)} saved queries checked, {problems} with a problem")
    if problems:
        ctx.exit(1)


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


def _index(app: App, files: tuple[Path, ...], data_format: str | None) -> Index:
    if not files:
        return app.index
    from ..data import load

    data = load(app.workspace, files, format=data_format)
    for warning in data.warnings:
        _say(warning)
    return data


def _with_passages(answer: Answer, index: Index) -> Answer:
    from ..answers import with_passages

    return with_passages(answer, index.store)


def _values(asked: SavedQuery, given: tuple[tuple[str, str], ...], index: Index) -> dict[str, Term] | None:
    if not given and not asked.parameters:
        return None
    from ..parameters import terms_of

    names = [name for name, _ in given]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"the parameter {name!r} is given twice; give it once")
    return terms_of(asked.parameters, dict(given), index.workspace.prefixes, index=index, is_saved=asked.has_header)


def _check_output(app: App, output: Path | None, inputs: list[Path]) -> None:
    """Refuse a target that cannot be written or that would be overwritten while it is read, before any work is done."""
    if output is None:
        return
    if output.is_dir():
        raise UsageError("the output is a folder; name a file in it", path=output)
    if output.exists() and not output.is_file():
        raise UsageError("the output is no ordinary file; leave -o out to write to a pipe", path=output)
    if any(source.exists() and output.exists() and source.samefile(output) for source in inputs):
        raise UsageError("the output is also an input; write to another file", path=output)
    if not output.resolve().parent.is_dir():
        raise UsageError("the folder of the output does not exist; create it first", path=output)
    if not os.access(output if output.exists() else output.resolve().parent, os.W_OK):
        raise UsageError("the output may not be written; name another file or change its permissions", path=output)
    app.workspace.check_output(output)


def _deliver(text: str, output: Path | None, *, is_terminal: bool) -> None:
    if output is not None:
        from ..turtle import replace

        replace(output, text.encode())
        return
    if is_terminal:
        text = results.printable(text, keep_lines=True)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())  # UTF-8 and these line ends wherever it runs
    sys.stdout.buffer.flush()


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def _say(words: str) -> None:
    click.echo(f"kg: {results.printable(words)}", err=True)
