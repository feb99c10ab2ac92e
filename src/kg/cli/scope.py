"""The options that say which claims are wanted, shared by the commands that show or write some of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..index import Index
    from ..view.scope import Scope

Command = TypeVar("Command", bound="Callable[..., Any]")
_OPTIONS = (
    click.option("--about", metavar="ENTITY", help="Only the claims about this entity: an IRI, a CURIE or a label."),
    click.option("--hops", type=click.IntRange(min=1), help="With --about: also what is so many claims away.  [default: 1]"),
    click.option("--claimant", metavar="ENTITY", help="Only what this entity says."),
    click.option("--since", metavar="DATE", help="Only what is true of this time or later: 2021, 2021-08, 2021-08-15, any EDTF."),
    click.option("--until", metavar="DATE", help="Only what is true of this time or earlier."),
    click.option(
        "--query", metavar="NAME|FILE", help="Only the claims that this query names: a SELECT or a CONSTRUCT; --timeout holds for it."
    ),
)


def scope_options(command: Command) -> Command:
    """Let a command say which claims are wanted; all of what is said has to hold."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def inputs_of(scope: Mapping[str, Any]) -> list[Path]:
    """Return the file that the options read, if any."""
    return [Path(scope["query"])] if scope["query"] else []


def asked_for(index: Index, *, query: str | None, hops: int | None, seconds: float | None, **scope: str | None) -> Scope:
    """Return the scope that the options ask for."""
    from ..view.scope import asked_for as asked

    if hops and not scope["about"]:
        raise click.UsageError("--hops counts from an entity; name it with --about ENTITY")
    found = asked(index, hops=hops or 1, **scope)
    return found._replace(chosen=_chosen(index, _query(query), seconds)) if query else found


def _chosen(index: Index, query: str, seconds: float | None) -> frozenset[str]:
    """Return the claims that a query names, asked in a child under limits."""
    from .. import confined
    from ..limits import DEFAULT, exceeded, leave_networks
    from ..view.scope import answered

    def work(desk: confined.Desk) -> list[str]:
        leave_networks()
        desk.settle(None)
        desk.begin()
        return sorted(answered(index, query))

    limits = DEFAULT if seconds is None else replace(DEFAULT, seconds=seconds or None, cpu=None)
    done = confined.run(work, limits)
    if done.stopped == "seconds":
        raise exceeded(done.stopped, limits)
    if done.stopped:
        raise LimitError("the query of --query needs more than it may take and was stopped; ask for less")
    return frozenset(done.value)


def _query(name: str) -> str:
    """Return the text of a query in a file, else the name of a saved one."""
    from .. import saved

    return name if saved.NAME.fullmatch(name) and not Path(name).is_file() else saved.read(Path(name)).text
