"""Commands that make one entity of two, or give one another name: `kg entity`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ..errors import InputError, UsageError
from .options import hold, say, say_settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..entities import Change
    from ..index import Index
    from . import App

    _Work = Callable[[Index], Change]

_YES = click.option("-y", "--yes", is_flag=True, help="Do not ask; needed where nobody is there to be asked.")
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")


@click.group()
def entity() -> None:
    """Make one entity of two, or give one another name. Claims, links and all other references follow; nothing is lost.

    A name that is given up stays, as deprecated and with what replaces it, and whoever asks for it is led there. The last change can be
    taken back as long as its files are as it left them.

    Example: kg entity merge ent:the-mill ent:mill
    """


@entity.command()
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@_YES
@_DRY_RUN
@click.pass_obj
def merge(app: App, old: str, new: str, *, yes: bool, dry_run: bool) -> None:
    """Have the entity A taken up by the entity B: B stays, A goes. Both by id or label.

    What claims say of A or by A they say of B then; the names of A become other names of B. Refused where the types of the two or their
    exact links to one data set differ, where a claim relates the two, and where two claims would say the same of the same passage.

    Example: kg entity merge ent:the-mill ent:mill --dry-run
    """
    from ..entities import merge as work

    _carry_out(app, lambda index: work(index, old, new), yes=yes, dry_run=dry_run)


@entity.command()
@click.argument("old", metavar="A")
@click.argument("new", metavar="[NEW]", required=False)
@click.option("--label", metavar="WORDS", help="Its new label; the old one stays as another name. Without NEW only the label changes.")
@_YES
@_DRY_RUN
@click.pass_obj
def rename(app: App, old: str, new: str | None, *, label: str | None, yes: bool, dry_run: bool) -> None:
    """Give the entity A, by id or label, the id NEW, or another label.

    Example: kg entity rename ent:mill water-mill --label "the water mill"
    """
    from ..entities import relabel
    from ..entities import rename as work

    if new is None and label is None:
        raise UsageError("what is it to be called? give a new id, or --label WORDS")
    _carry_out(
        app, lambda index: relabel(index, old, label or "") if new is None else work(index, old, new, label=label), yes=yes, dry_run=dry_run
    )


@entity.command()
@click.pass_obj
def undo(app: App) -> None:
    """Take the last merge or rename back, byte for byte.

    Refused where one of its files was changed since, or another one names what came with it. Kept is the way back from one change, in
    .kg/, which is no part of the data; what lies further back git knows, where the workspace is kept in it.

    Example: kg entity undo
    """
    from .. import journal
    from ..entities import undo as work

    _refuse_bundled(app)
    with hold(app):
        cut_off = journal.settle(app.workspace)
        if cut_off:
            say_settled(cut_off)
            return
        done = work(app.workspace)
    say(f"took back {done.words}: {_files(done.paths)} as before")


def _carry_out(app: App, work: _Work, *, yes: bool, dry_run: bool) -> None:
    """Say what would change, ask, and change it; what was shown is done, or nothing."""
    _refuse_bundled(app)
    if dry_run:
        _tell(_worked_out(app, work))
        say("nothing was written (--dry-run)")
        return
    shown = None if yes else _agreed(_worked_out(app, work))
    with hold(app, settle=True):
        change = _worked_out(app, work)
        if shown is None:
            _tell(change)
        elif shown != change:
            raise InputError("the workspace was changed in the meantime, and nothing was written; run the command again")
        change.write()
    paths = tuple(each.path for each in change.replacements)
    say(f"wrote {_files(paths)}")
    say(_checked(app))
    say(f"next: {app.command('entity undo')} takes it back, as long as these files stay as they are")


def _worked_out(app: App, work: _Work) -> Change:
    from .. import journal
    from ..index import load

    path = journal.pending(app.workspace)
    if path:
        way = f"wait for it, or take it back with {app.command('entity undo')}"
        raise InputError(f"a change of entities is under way, or was cut off; {way}", path=os.path.relpath(path))
    return work(load(app.workspace))


def _agreed(change: Change) -> Change:
    """Return the change that was shown, and that somebody has said yes to."""
    if not (sys.stdin and sys.stdin.isatty()):
        raise UsageError("nobody can be asked here; look at it with --dry-run, and do it with --yes")
    _tell(change)
    if not click.confirm(f"kg: {change.question}", err=True):
        raise click.exceptions.Exit(1)
    return change


def _tell(change: Change) -> None:
    for line in change.lines:
        say(line)


def _checked(app: App) -> str:
    from .author import checked

    return checked(app)


def _files(paths: tuple[object, ...]) -> str:
    return ", ".join(os.path.relpath(str(path)) for path in paths)


def _refuse_bundled(app: App) -> None:
    from ..sheet.holdings import refuse_bundled

    refuse_bundled(app.workspace)
