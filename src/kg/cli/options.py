"""Kinds of values that options of several commands take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


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
