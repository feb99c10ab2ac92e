"""What several commands share: values that options take, and the lock of those that write into the workspace."""

from __future__ import annotations

import sys
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

from ..errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

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
        from shlex import join

        from ..lock import held

        with held(app.workspace.root, join(["kg", *sys.argv[1:]])):
            return command(app, *args, **kwargs)

    return locked
