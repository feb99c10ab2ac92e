"""The command line: parse, call one function, echo. Each command is imported when it is called, so that starting stays fast.

Results go to standard output, words to standard error. Exit codes: 0 done, 1 a check found something, 2 usage, 3 bad input,
4 bad query, 5 limit reached, 6 index or disk, 7 refused, or another host failed, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

import click

from ..errors import KgError, StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..index import Index
    from ..remote import Endpoint
    from ..workspace import Workspace

_ROOMS = {
    "check": "check",
    "coverage": "author",
    "export": "export",
    "entity": "entity",
    "fmt": "check",
    "init": "author",
    "link": "link",
    "push": "remote",
    "queries": "queries",
    "query": "ask",
    "serve": "serve",
    "sheet": "author",
    "site": "site",
    "source": "author",
    "stats": "network",
    "view": "network",
}
_FORMER = {"project": "export"}
"""Names that commands had, which go on working."""


class App:
    """What the commands share: the workspace of `--dir` or of the current folder, found and loaded on first use."""

    def __init__(self, directory: str | None) -> None:
        self.directory = directory
        self.endpoint_url: str | None = None
        self.default_graph: str | None = None
        self.seconds: float | None = None

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace that the command works on."""
        from ..workspace import find

        return find(self.directory)

    @cached_property
    def index(self) -> Index:
        """The loaded workspace."""
        from ..index import load

        return load(self.workspace)

    def endpoint(self) -> Endpoint | None:
        """Return the endpoint of `--endpoint`, where it is given."""
        if self.endpoint_url is None:
            return None
        from ..remote import SECONDS, Endpoint

        seconds = SECONDS if self.seconds is None else self.seconds
        return Endpoint(self.endpoint_url, self.workspace, default_graph=self.default_graph, seconds=seconds or None)

    @cached_property
    def asked_index(self) -> Index:
        """What a command looks at: the loaded workspace, or what the endpoint of `--endpoint` has."""
        endpoint = self.endpoint()
        return endpoint.index() if endpoint else self.index

    def command(self, words: str) -> str:
        """Return a command as the user would have to type it from here: with `--dir` where it was given."""
        from shlex import quote

        return f"kg --dir {quote(self.directory)} {words}" if self.directory else f"kg {words}"

    def graph_file(self, key: str) -> str:
        """Return the path of a graph file from where the user stands."""
        return os.path.relpath(self.workspace.file_of(key))


class _LazyGroup(click.Group):
    """A group that imports the module of a command when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return sorted(_ROOMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        name = _FORMER.get(cmd_name, cmd_name)
        room = _ROOMS.get(name)
        return getattr(import_module(f".{room}", __name__), name.replace("-", "_")) if room else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in _ROOMS | _FORMER:
            from difflib import get_close_matches

            near = get_close_matches(args[0], _ROOMS, n=1)
            ctx.fail(f"there is no command {args[0]!r}" + (f"; did you mean {near[0]!r}?" if near else "; kg --help lists them"))
        return super().resolve_command(ctx, args)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--dir", "directory", metavar="DIR", help="The workspace; else the nearest one above the current folder, else the bundled one."
)
@click.version_option(package_name="claimgraph", prog_name="kg")
@click.pass_context
def kg(ctx: click.Context, directory: str | None) -> None:
    """Ask who said what about whom, when, how sure, where exactly, and who says otherwise.

    Example: kg query who-says-what -p who ent:taliban
    """
    ctx.obj = App(directory)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    try:
        if sys.stdout is None:  # closed before the start (kg … >&-)
            raise StorageError("there is no standard output to write to")
        if "_KG_COMPLETE" in os.environ:
            from . import completion  # noqa: F401  it tells click about bash
        code = kg.main(args=arguments, prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away (kg … | head): nothing is left to say, and nothing may be said at exit either.
        _drop_output()
        code = 0
    except OSError as error:
        _drop_output()
        click.echo(f"kg: cannot write to the standard output: {error.strerror or error}", err=True)
        code = StorageError.exit_code
    except (KgError, click.ClickException) as error:
        code = _tell(error)
    except (KeyboardInterrupt, click.Abort):
        click.echo("kg: interrupted", err=True)
        code = 130
    if arguments is None:
        _leave(code)
    raise SystemExit(code)


def _leave(code: int | None) -> None:
    """End the process at once where nobody has asked to be called at its end: to take all modules apart takes longer than a query."""
    import atexit

    if getattr(atexit, "_ncallbacks", lambda: 1)() == 0:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.flush()
        os._exit(code or 0)


def _drop_output() -> None:
    """Send what is still waiting to be written nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(error: KgError | click.ClickException) -> int:
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    from ..results import printable

    click.echo(f"kg: {printable(str(error))}", err=True)
    if error.source is not None:
        click.echo(printable(error.source), err=True)
        click.echo(" " * ((error.column or 1) - 1) + "^", err=True)
    return error.exit_code
