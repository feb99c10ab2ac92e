"""`kg link suggest` and `kg link apply`: candidates for links, and decisions that were made on a page."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import results
from ..errors import InputError, UsageError, unreadable
from ..results import counted
from .asking import check_output, deliver, width
from .options import say, writes
from .reviewing import tell_merges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..answers import Answer, Term
    from ..linking.origins import Found, Thing
    from ..linking.suggestion import Suggestion
    from . import App

_FORMATS = [name for name, writer in results.FORMATS.items() if "solutions" in writer.forms]
_COLUMNS = ("name", "band", "score", "kind", "predicate", "target", "label", "why")
_MOST_REMARKS = 10
_MOST_LETTERS = 60
_LARGEST_LIST = 64 * 2**20


@click.command()
@click.argument("entities", metavar="[ENTITY]...", nargs=-1)
@click.option(
    "--from",
    "origins",
    multiple=True,
    metavar="territories|labels|URL",
    help="Where from: states and other territories (needs the extra claimgraph[link]), names in the workspace, the address of a "
    "reconciliation service, or that of a SPARQL endpoint after sparql:. Only hosts named here are asked. Repeat for more.  "
    "[default: territories]",
)
@click.option("--names", "list_file", type=click.Path(), metavar="FILE", help="Names, one a line (- for stdin), instead of entities.")
@click.option("-f", "--format", "format_", type=click.Choice(_FORMATS), help="The format for --names; else a table, or CSV in a pipe.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="For --names: write to this file, whole or not at all.")
@click.option("--raw", is_flag=True, help="For --names: leave cells that a spreadsheet takes for formulas as they are.")
@click.pass_obj
def suggest(
    app: App,
    *,
    entities: tuple[str, ...],
    origins: tuple[str, ...],
    list_file: str | None,
    format_: str | None,
    output: Path | None,
    raw: bool,
) -> None:
    """Find candidates for links of all entities, or of each ENTITY, each with a score, a band and the reason in words.

    They go to graph/candidates.sssom.tsv and wait there for kg link review: nothing is ever accepted by itself, and what somebody decided
    about, either way, does not come again. The band `exact` is one name of one territory; everything else is of the band `review`. A home
    in parentheses, as in "Citizen (Afghanistan)", is proposed as related to what has the name, not as the same.

    With --names the workspace stays as it is, and the candidates of a list of names are printed, at least one row for each name: that of
    a name without any has the band `none`, and its other cells are empty.

    Example: kg link suggest --from territories --from labels
    """
    chosen = list(dict.fromkeys(origins or ("territories",)))
    if list_file is not None:
        if entities:
            raise UsageError("give entities or --names, not both")
        _list(app, list_file, chosen, format_, output, raw=raw)
        return
    if format_ or output or raw:
        raise UsageError(
            "-f, -o and --raw are for --names; candidates of entities go to graph/candidates.sssom.tsv, which kg link review shows"
        )
    _renew(app, entities=entities, origins=chosen)


def _renew(app: App, *, entities: tuple[str, ...], origins: Sequence[str]) -> None:
    from ..index import load
    from ..linking import candidates
    from ..linking.origins import ask_all, things_of, tool_of
    from ..view.scope import entity

    _refuse_bundled(app)
    things = things_of(app.index, [entity(app.index, words) for words in entities])
    found = _told(ask_all(origins, things, app.index))  # which may take long, and holds no lock
    labels = {thing.key: thing.label for thing in things}

    @writes
    def write(app: App) -> None:
        existing = load(app.workspace, foreign=False).entities  # which may be others than when it was asked about them
        done = candidates.renew(app.workspace, found, labels, {tool_of(origin) for origin in origins}, existing=existing)
        waiting = candidates.pending(app.workspace)
        path = os.path.relpath(app.workspace.candidates_file)
        numbers = f"{done.kept:,} as before, {done.gone:,} gone, {done.decided:,} decided before"
        say(f"{counted(done.added, 'new candidate')}, {numbers} ({path})")
        if waiting:
            about = len({row.subject_id for row in waiting})
            say(f"{counted(len(waiting), 'candidate')} for {counted(about, 'thing')} wait; next: {app.command('link review')}")

    write(app)


def _told(answer: Found) -> dict[str, list[Suggestion]]:
    """Return what origins suggest, by thing, once their remarks are said."""
    for words in answer.remarks[:_MOST_REMARKS]:
        say(words)
    if len(answer.remarks) > _MOST_REMARKS:
        say(f"and {len(answer.remarks) - _MOST_REMARKS:,} more remarks like these")
    return answer.suggestions


def _list(app: App, list_file: str, origins: Sequence[str], format_: str | None, output: Path | None, *, raw: bool) -> None:
    from ..linking.origins import ask_all, things_of_names

    path = None if list_file == "-" else Path(list_file)
    check_output(app, output, [path] if path else [])
    things = things_of_names(_lines(path))
    found = _told(ask_all(origins, things, app.index))
    _deliver(app, _answer(things, found), format_, output, raw=raw)
    _say_bands(found)


def _deliver(app: App, answer: Answer, format_: str | None, output: Path | None, *, raw: bool) -> None:
    is_terminal = output is None and sys.stdout.isatty()
    name = format_ or (results.format_of(output) if output else "table" if is_terminal else "csv")
    style = results.Style(app.workspace.prefixes, raw=raw, width=width() if is_terminal else None)
    deliver(results.write(answer, name, style), output, is_terminal=is_terminal)


def _say_bands(found: dict[str, list[Suggestion]]) -> None:
    """Say how many names are in which band, and which have no candidate."""
    from ..linking.suggestion import EXACT, NONE, REVIEW, band_of_name

    names: dict[str, list[str]] = {EXACT: [], REVIEW: [], NONE: []}
    for name, each in found.items():
        names[band_of_name(each)].append(name)
    exact, review, none = names.values()
    first = ", ".join([*(name[:_MOST_LETTERS] for name in none[:_MOST_REMARKS]), *(["…"] if len(none) > _MOST_REMARKS else [])])
    say(f"{counted(len(found), 'name')}: {len(exact):,} with a candidate of the band exact, {len(review):,} to review, "
        f"{len(none):,} without any{first and f': {first}'}")  # fmt: skip
    if homes := sum(all(one.kind == "home" for one in found[name] if one.band == EXACT) for name in exact):
        say(f"for {homes:,} of the band exact it is the home alone (skos:relatedMatch), not the thing itself")


def _lines(path: Path | None) -> list[str]:
    from ..text import decode

    try:
        data = sys.stdin.buffer.read(_LARGEST_LIST + 1) if path is None else _read(path)
    except OSError as error:
        raise unreadable(error, path or "standard input") from None
    if len(data) > _LARGEST_LIST:
        raise InputError(f"the list is larger than {_LARGEST_LIST // 2**20} MiB; cut it into several", path=path or "standard input")
    return decode(data, path=path or "standard input", what="list").split("\n")


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LARGEST_LIST + 1)


def _answer(things: Sequence[Thing], found: dict[str, list[Suggestion]]) -> Answer:
    """Return the candidates as a table; a name without any has a row, too, so that the table can be joined with its list."""
    import pyoxigraph as ox

    from ..answers import Answer
    from ..linking.suggestion import NONE

    nothing = (ox.Literal(NONE), *[None] * (len(_COLUMNS) - 2))
    rows = [(ox.Literal(thing.label), *cells) for thing in things for cells in list(map(_cells, found[thing.key])) or [nothing]]
    return Answer("solutions", list(_COLUMNS), rows)


def _cells(found: Suggestion) -> tuple[Term | None, ...]:
    """Return what the table says of a candidate, behind the name that it is for."""
    import pyoxigraph as ox

    from .. import names

    return (
        ox.Literal(found.band),
        ox.Literal(f"{found.score:.3f}", datatype=ox.NamedNode(names.XSD + "decimal")),
        ox.Literal(found.kind),
        ox.NamedNode(found.predicate),
        ox.NamedNode(found.target),
        ox.Literal(found.label),
        ox.Literal(found.why),
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and say what it would do; write nothing.")
@click.pass_obj
@writes
def apply(app: App, *, file: Path, dry_run: bool) -> None:
    """Take over the decisions that the page of kg link review saved in FILE: all of them, or none.

    Each must be about a candidate that waits here now and is as the page showed it, or a target that was put in by hand. Accepted ones
    become links, rejected ones are kept with the modifier Not (graph/links.sssom.tsv).

    Exit codes: 0 done, 3 the file is refused, 6 disk.

    Example: kg link apply decisions-2031-03-01.json
    """
    from ..linking import decided, decisions
    from ..linking.decisions import ACCEPT

    _refuse_bundled(app)
    try:
        with file.open("rb") as opened:
            data = opened.read(decided.SIZE + 1)
    except OSError as error:
        raise unreadable(error, file) from None
    saved = decided.read(app.workspace, data, path=file)
    change = decisions.plan(app.workspace, saved.decisions, reviewer=saved.reviewer, day=saved.day, checked=saved.checked)
    accepted = sum(each.verdict == ACCEPT for each in saved.decisions)
    numbers = f"{accepted:,} accepted, {len(saved.decisions) - accepted:,} rejected by {saved.reviewer} on {saved.day}"
    if dry_run:
        say(f"would be written: {numbers}; nothing was changed")
        return
    change.write()
    say(f"wrote {os.path.relpath(app.workspace.links_file)}: {numbers}")
    tell_merges(app, saved.decisions)


def _refuse_bundled(app: App) -> None:
    from ..sheet.holdings import refuse_bundled

    refuse_bundled(app.workspace)
