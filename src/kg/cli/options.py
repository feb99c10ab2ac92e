"""What several commands share: values that options take, and the lock of those that write into the workspace."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

from ..errors import UsageError, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from ..index import Index
    from ..journal import Undone
    from . import App

P = ParamSpec("P")
_ONLY_LOOKS = ("only_check", "dry_run")


class Amount(click.ParamType):  # type: ignore[type-arg]  # generic for the type checker only
    """A duration or a size, read by a function of `kg.limits`; 0 stands for no limit."""

    def __init__(self, name: str, read: Callable[[str], float | None]) -> None:
        self.name = name
        self.read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; None would be no option at all."""
        try:
            return self.read(value) or 0
        except UsageError as error:
            self.fail(error.message, param, ctx)


def writes(command: Callable[Concatenate[App, P], None]) -> Callable[Concatenate[App, P], None]:
    """Let a command hold the lock of the workspace from before it reads the files, unless its options say that it only looks."""

    @wraps(command)
    def locked(app: App, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if app.workspace.is_bundled or any(kwargs.get(name) for name in _ONLY_LOOKS):  # the bundled one is refused
            return command(app, *args, **kwargs)
        with hold(app, settle=True):
            return command(app, *args, **kwargs)

    return locked


@contextmanager
def hold(app: App, *, settle: bool = False) -> Iterator[None]:
    """Hold the lock of the workspace, and first `settle` what another command began to write and could not end."""
    from shlex import join

    from ..lock import held

    with held(app.workspace.root, join(["kg", *sys.argv[1:]])):
        if settle:
            from .. import journal

            cut_off = journal.settle(app.workspace)
            if cut_off:
                say_settled(cut_off)
        yield


def say_settled(cut_off: Undone) -> None:
    """Say what was taken back."""
    say(f"{cut_off.words} had been cut off; what there was of it was taken back")


def check_suffix(path: Path, suffixes: tuple[str, ...] = (".html", ".htm", ".svg")) -> None:
    """Refuse to write a page or a picture to a file that is not called like one."""
    if path.suffix.lower() not in suffixes:
        raise UsageError(f"the suffix names no format; known are {', '.join(suffixes)}", path=path)


def texts_of(index: Index, files: Iterable[Path]) -> list[str]:
    """Return the texts in files; InputError where one is that of no source."""
    from ..sources import of_text
    from ..text import normal_form

    found = []
    for path in files:
        try:
            found.append(normal_form(path.read_bytes(), path=path))
        except OSError as error:
            raise unreadable(error, path) from None
        of_text(index, found[-1], path=path)
    return found


def say(words: str) -> None:
    """Say something to the person at the screen."""
    from ..results import printable

    click.echo(f"kg: {printable(words)}", err=True)
