"""Commands for writing a graph: `kg init`, `kg source`, `kg sheet`, `kg coverage`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ..errors import InputError, LimitError, UsageError, unreadable
from ..results import counted, printable
from .options import say, writes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..coverage import Covered
    from ..model import Source
    from ..sheet import Import, SheetError
    from . import App

_FILE = click.Path()
_TEXT = click.option("--text", "text_file", type=_FILE, metavar="FILE", help="The text of the source; it is read, never stored.")
_SOURCE = click.option(
    "--source", "source_name", metavar="src:KEY", help="The source; not needed where the text, or being the only one, tells."
)
_MOST_PROBLEMS = 50
_MOST_DOUBTS = 10
_FIRST = 3


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--base", metavar="IRI", help="What the IRIs of the workspace begin with.  [default: https://example.org/DIR/]")
def init(directory: str, base: str | None) -> None:
    """Make an empty workspace in DIR: the ontology, the general queries, and a graph without claims.

    Example: kg init ferry
    """
    from shlex import quote

    from ..scaffold import create

    made = create(directory, base=base)
    say(f"made an empty workspace in {directory}, with IRIs that begin with {made.base} (kg.toml)")
    say(f"next: cd {quote(directory)}; kg source add TEXT.txt --title …")


@click.group()
def source() -> None:
    """Register the texts whose claims are recorded; a text itself is never stored.

    Example: kg source add ../town.txt --title "The ferry at Lorn Bend" --date 2031-03
    """


@source.command()
@click.argument("file", type=_FILE)
@click.option("--id", "key", metavar="KEY", help="Its key: lower-case letters, digits, hyphens.  [default: from the file name]")
@click.option("--title", help="The title of the text.")
@click.option("--author", metavar="NAME", help="Who wrote it, by name or as ent:….  [default: an unnamed “author of the source”]")
@click.option("--date", "published", metavar="EDTF", help="When it was published, such as 2031-03.")
@click.option("--language", metavar="TAG", help="Its language.  [default: en]")
@click.pass_obj
@writes
def add(
    app: App, file: str, *, key: str | None, title: str | None, author: str | None, published: str | None, language: str | None
) -> None:
    """Register the text in FILE by its digest and length, with what is known about it.

    Example: kg source add ../town.txt --title "The ferry at Lorn Bend" --author "Mira Holt" --date 2031-03
    """
    from shlex import quote

    from ..names import compact
    from ..sources import key_from_name, register

    chosen = key or key_from_name(file)
    prefixes = app.workspace.prefixes
    found = register(app.index, _bytes(file), key=chosen, title=title, author=author, published=published, language=language, path=file)
    changed = found.write()
    author_name = compact(found.source.creator or "", prefixes) + (" (new)" if found.author else "")
    verb = "registered" if found.is_new else "updated" if changed else "already registered, nothing to change:"
    say(f"{verb} src:{chosen}: {found.sentences} sentences, {found.source.length} characters, author {author_name}")
    if found.is_new:
        say(f"wrote {app.graph_file(chosen)}; the text itself is not stored")
    say(f"next: {app.command(f'sheet import CLAIMS.csv --text {quote(file)} --source src:{chosen} --new-entities')}")


@source.command()
@click.argument("key", metavar="KEY")
@click.argument("new", metavar="NEW", type=_FILE)
@click.option("--old", required=True, metavar="OLD", type=_FILE, help="The text as it was registered; it is read, never stored.")
@click.pass_obj
@writes
def update(app: App, key: str, new: str, *, old: str) -> None:
    """Take over a text that was changed: each passage is found again in NEW by the words that it has in OLD; all or nothing.

    What is no longer found is listed with its claims. Claims keep their numbers; the passages get the names of their new places.

    Example: kg source update town town-2.txt --old town.txt
    """
    from shlex import quote

    from ..sheet import SheetError
    from ..sheet.renewal import renew
    from ..sources import named
    from ..text import normal_form

    before, after = normal_form(_bytes(old), path=old), normal_form(_bytes(new), path=new)
    try:
        found = renew(app.index, named(app.index, key), before, after, old_path=old, new_path=new)
    except SheetError as error:
        _refuse(error, "nothing was changed", new)
    changed = found.write()
    numbers = f"{counted(len(found.held.passages), 'passage')} found again, {counted(found.sentences, 'sentence')}"
    say(f"src:{found.held.key}: {numbers}, {found.source.length} characters")
    say(f"wrote {app.graph_file(found.held.key)}" if changed else "nothing to write: the graph says all this already")
    say(f"next: {app.command(f'check --text {quote(new)}')}; {app.command(f'coverage --text {quote(new)} --missing')}")


@source.command("list")
@click.pass_obj
def list_(app: App) -> None:
    """List the sources with their key, title, author, date, length and number of claims.

    Example: kg source list
    """
    from ..names import compact

    index = app.index
    rows = []
    for iri, record in sorted(index.sources.items()):
        mine = {passage.iri for passage in index.passages.values() if passage.source == iri}
        count = sum(not mine.isdisjoint(claim.passages) for claim in index.all_claims)
        author = index.labels.get(record.creator or "", record.creator or "")
        rows.append([compact(iri, app.workspace.prefixes), record.label, author, record.published or "", str(record.length), str(count)])
    _table(["source", "title", "author", "date", "characters", "claims"], rows)


@click.group()
def sheet() -> None:
    """Take the claims of a source to a spreadsheet and back: CSV, one row a claim.

    \b
    label        one plain sentence in your own words
    subject      ent:name, a label, or 007 for a claim of this sheet
    relation     rel:name or its label; kg query relations explains each
    object       as subject; words for a relation that takes words, or "words"@fr
    quote        the words of the text that say it, only used to find the passage;
                 several: a || b; which of several equal ones: the river [2]
    -- these may be missing or empty --
    claim        its number; else the one with this label, else the next free one
    claimant     who is committed to it; else the author of the source
    reported_by  who relays it
    polarity     affirmed (else), denied
    certainty    certain (else), probable, possible, unspecified
    modality     ought, demanded, planned, asked
    kind         event, state, statistic, …; else the usual one of the relation
    when         EDTF: 2031, 2031-03, 2030/2031-03, 1991/..
    value, unit  a figure such as 40000, with unit:CCY_EUR, unit:PERCENT, unit:NUM (qudt.org)
    derived_from instead of a quote: the claims it follows from, 007 009
    note         what the triple cannot hold; several: a || b
    status       accepted (else), draft, rejected
    no_claim     in a row with nothing else but a quote: why it carries no claim
    passage      instead of a quote: offsets such as 1320-1345

    Claims are accepted unless the sheet says otherwise, since only accepted claims reach queries and views.

    Example: kg sheet import claims.csv --text town.txt --source src:town
    """  # noqa: D301  # \b keeps click from joining the lines


@sheet.command("export")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, writable=True), metavar="FILE", help="Write there instead of to the standard output."
)
@_SOURCE
@_TEXT
@click.pass_obj
def export(app: App, output: str | None, source_name: str | None, text_file: str | None) -> None:
    """Write the claims of a source as CSV; with the text its quotes too, else only their offsets.

    Cells that a spreadsheet would run as formulas get a ' in front, which the import takes away again. A file begins with a byte order
    mark, without which some spreadsheets garble curly quotes; the standard output has none.

    Example: kg sheet export -o claims.csv --text town.txt
    """
    from ..sheet import export_sheet
    from ..turtle import replace

    if output:
        app.workspace.check_output(Path(output), [Path(text_file)] if text_file else [])
    found, text = _source_and_text(app, source_name, text_file)
    data = export_sheet(app.index, found, text=text)
    if output:
        replace(Path(output), data.encode("utf-8-sig"))
        say(f"wrote {output}; kg sheet import takes it back")
    else:
        click.echo(data.encode(), nl=False)


@sheet.command("import")
@click.argument("file", type=_FILE)
@_TEXT
@_SOURCE
@click.option("--new-entities", is_flag=True, help="Create the entities that are not there yet.")
@click.option("--remove", is_flag=True, help="Remove the claims that the sheet leaves out; without it such a sheet is refused.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.pass_obj
@writes
def import_(
    app: App, file: str, text_file: str | None, source_name: str | None, *, new_entities: bool, remove: bool, dry_run: bool
) -> None:
    """Replace the claims of a source by those of the sheet in FILE; all or nothing.

    The sheet is the whole truth about its source: a claim that it leaves out is removed, with --remove only. kg sheet --help explains the
    columns.

    Example: kg sheet import claims.csv --text town.txt --source src:town --new-entities
    """
    from ..sheet import SheetError, import_sheet

    found, text = _source_and_text(app, source_name, text_file)
    try:
        result = import_sheet(app.index, found, _bytes(file), text=text, new_entities=new_entities, path=file)
    except SheetError as error:
        _refuse(error, "nothing was imported", file)
    if result.removed and not remove:
        raise InputError(_would_remove(app, result), path=file)
    _tell_import(app, result)
    if dry_run:
        say("nothing was written (--dry-run)")
        return
    changed = result.write()
    say(f"wrote {app.graph_file(result.held.key)}" if changed else "nothing to write: the graph says all this already")
    say(checked(app, text_file))
    say(f"next: {app.command('query who-says-what')}; {app.command('view -o map.html')}")


def _refuse(error: SheetError, outcome: str, file: str) -> NoReturn:
    """Tell every problem, and end with their number; a single one is said as it is."""
    if len(error.problems) == 1:
        raise error
    _tell_all(error.problems)
    raise InputError(f"{len(error.problems)} problems, {outcome}", path=file)


def _would_remove(app: App, result: Import) -> str:
    named = _named(app, result.removed, most=_FIRST)
    numbers = f"{len(result.removed)} of the {counted(len(result.held.claims), 'claim')} of src:{result.held.key}"
    numbered = ", put the number of each claim whose label was changed into the column claim" if result.added else ""
    return f"the sheet leaves out {numbers} ({named}); add their rows (kg sheet export gives them){numbered}, or remove them with --remove"


def _named(app: App, iris: Sequence[str], *, most: int) -> str:
    from ..names import compact

    return ", ".join(compact(iri, app.workspace.prefixes) for iri in iris[:most]) + (" …" if len(iris) > most else "")


def checked(app: App, text_file: str | None = None) -> str:
    """Check the workspace as it is now, and say in a line what was found."""
    from .checking import Asked, run

    try:
        _, tally, _ = run(Asked(app, texts=(Path(text_file),) if text_file else ()))
    except LimitError as error:
        return f"not checked: {error.message}"
    found = " and ".join(counted(tally[kind], kind) for kind in ("error", "warning") if tally.get(kind))
    return f"checked: {found}; {app.command('check')} lists them" if found else "checked: nothing to correct"


def _tell_all(problems: Sequence[InputError]) -> None:
    for problem in problems[:_MOST_PROBLEMS]:
        say(str(problem))
    if len(problems) > _MOST_PROBLEMS:
        say(f"… and {len(problems) - _MOST_PROBLEMS} more")


def _tell_import(app: App, result: Import) -> None:
    reasons = sum(bool(passage.no_claim) for passage in result.passages)
    say(
        f"src:{result.held.key}: {counted(len(result.claims), 'claim')} ({len(result.added)} added, {len(result.changed)} changed, "
        f"{len(result.removed)} removed), {counted(len(result.passages), 'passage')}, {reasons} of them without a claim"
    )
    if result.removed:
        say(f"removed: {_named(app, result.removed, most=_MOST_PROBLEMS)}")
    entities = app.graph_file("entities")
    if result.created:
        created = [entity.iri for entity in result.created]
        numbers = counted(len(created), "new entity", "new entities")
        say(f"{numbers} for {entities}, to be given a type and a definition: {_named(app, created, most=_MOST_PROBLEMS)}")
    if result.unused:
        numbers = counted(len(result.unused), "unused entity", "unused entities")
        say(f"{numbers}, to be removed from {entities}: {_named(app, result.unused, most=_MOST_PROBLEMS)}")
    for iri, near in list(result.near.items())[:_MOST_DOUBTS]:
        say(f"is {_named(app, [iri], most=1)} a misspelling of {_named(app, [near], most=1)}?")
    if len(result.near) > _MOST_DOUBTS:
        say(f"… and {len(result.near) - _MOST_DOUBTS} more new names that look like others")


@click.command()
@click.option("--text", "text_file", type=_FILE, metavar="FILE", required=True, help="The text; its digest tells whose it is.")
@_SOURCE
@click.option("--words", type=click.IntRange(0, 8), default=8, show_default=True, help="How many of the first words of a sentence to show.")
@click.option("--missing", is_flag=True, help="Only the sentences that are not accounted for.")
@click.pass_context
def coverage(ctx: click.Context, text_file: str, source_name: str | None, words: int, *, missing: bool) -> None:
    """Show for each sentence of a text its claims, or why it carries none; exit 1 where a sentence has neither.

    Example: kg coverage --text town.txt
    """
    from ..coverage import coverage as cover

    app: App = ctx.obj
    found, text = _source_and_text(app, source_name, text_file)
    rows = cover(app.index, found, text or "")
    _coverage_table(app, found, [row for row in rows if not (missing and row.is_accounted_for)], text or "", words)
    done = sum(row.is_accounted_for for row in rows)
    click.echo(f"{done} of {len(rows)} sentences accounted for")
    if done < len(rows):
        ctx.exit(1)


def _coverage_table(app: App, found: Source, rows: Sequence[Covered], text: str, words: int) -> None:
    from ..coverage import beginning
    from ..names import local_name

    own = f"{app.workspace.prefixes['claim']}{local_name(found.iri)}-"
    headers = ["sentence", "paragraph", "claims", "reason"] + (["begins"] if words else [])
    cells = []
    for row in rows:
        claims = " ".join(iri.removeprefix(own) if iri.startswith(own) else local_name(iri) for iri in row.claims)
        shown = [str(row.number), str(row.paragraph), claims, row.reason]
        cells.append(shown + ([beginning(text, row, words=words)] if words else []))
    if cells:
        _table(headers, cells)


def _source_and_text(app: App, source_name: str | None, text_file: str | None) -> tuple[Source, str | None]:
    """Return the source that the options mean, and the text where it is given; they must belong together."""
    from ..sources import named, of_text
    from ..text import normal_form

    index = app.index
    if text_file:
        text = normal_form(_bytes(text_file), path=text_file)
        return of_text(index, text, name=source_name, path=text_file), text
    if source_name is None and len(index.sources) != 1:
        raise UsageError("which source? name it with --source src:KEY; kg source list shows them")
    return named(index, source_name) if source_name else next(iter(index.sources.values())), None


def _bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise unreadable(error, file) from None


def _table(headers: list[str], rows: list[list[str]]) -> None:
    from tabulate import tabulate

    shown = [[printable(cell) for cell in row] for row in rows]
    click.echo(tabulate(shown, headers, tablefmt="simple", disable_numparse=True))
