"""`kg queries`: the saved queries, listed, shown and checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import results, saved
from ..errors import InputError
from .asking import deliver, width
from .options import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from . import App

_CHECK_SUFFIX = "-violation"
format_option = click.option(
    "-f", "--format", "format_", type=click.Choice(list(results.FORMATS)), help="The format; else from the suffix of -o, else table or csv."
)


def complete(what: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Return what completes a word; it is imported when a shell asks."""

    def completed(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from . import completion

        return (completion.query if what == "query" else completion.parameter)(ctx, incomplete)

    return completed


@click.group(invoke_without_command=True)
@format_option
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
    deliver(results.write(answer, name, results.Style(width=width() if is_terminal else None)), None, is_terminal=is_terminal)
    if len(listed) < len(paths):
        say(f"{len(paths) - len(listed)} queries of kg check are left out; --all lists them")


@queries.command()
@click.argument("name", shell_complete=complete("query"))
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
    deliver("\n".join(lines) + "\n\n" + body.strip("\n") + "\n", None, is_terminal=sys.stdout.isatty())


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
    say(f"{len(paths)} saved queries checked, {problems} with a problem")
    if problems:
        ctx.exit(1)
