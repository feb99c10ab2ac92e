"""`kg link review`: a person decides about candidates, one by one in the terminal, or on a page to take elsewhere."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ..errors import KgError, UsageError
from ..results import counted
from .asking import check_output, deliver
from .options import check_suffix, say, writes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..linking.decisions import Change, Decision
    from ..linking.review import Option, Question
    from . import App

_KEYS = (
    "a number: accept it, 1 close 0.8: in which sense (exact, close, broad, narrow, related) and how sure, where you say so | "
    "n: none of these | s: skip | m: put in another IRI | u: undo the last | q: quit"
)
_BANDS = ("exact", "review")


class _Done(NamedTuple):
    """A decision that was written, and what the files were after it."""

    subject: str
    words: str
    decisions: list[Decision]
    change: Change
    after: tuple[bytes | None, bytes | None]


@click.command()
@click.argument("entities", metavar="[ENTITY]...", nargs=-1)
@click.option("--band", type=click.Choice(_BANDS), help="Only candidates of this band.")
@click.option("--reviewer", metavar="NAME", help="Who decides; it is kept with each decision.  [default: KG_REVIEWER, else you are asked]")
@click.option(
    "--checked",
    metavar="WORDS",
    help="How you check, such as “read its page”; it is kept with each decision.  [default: KG_CHECKED, else you are asked]",
)
@click.option("--page", "page_file", type=click.Path(path_type=Path), metavar="FILE.html", help="Write a page of check boxes instead.")
@click.pass_obj
def review(
    app: App, *, entities: tuple[str, ...], band: str | None, reviewer: str | None, checked: str | None, page_file: Path | None
) -> None:
    """Decide about the candidates that wait, of all entities or of each ENTITY: accept one, none of them, or put in another IRI.

    Each decision is written at once, with who decided and when, to graph/links.sssom.tsv: to stop at any moment loses none. What is
    rejected is kept there, too, and never asked again.

    What is accepted says how it was checked: in the words of --checked, or with a number from 0 to 1 for how sure it is (1 0.8). A word
    before that says in which sense, where not as proposed: 1 close 0.8, m broad Q42.

    With --page the candidates go to one HTML file that works without a network and without kg; what is decided on it is saved there as a
    file, which kg link apply checks and takes over.

    Example: kg link review --page review.html
    """
    from ..linking import review as room
    from ..sheet.holdings import refuse_bundled
    from ..view.scope import entity

    if page_file is None:
        refuse_bundled(app.workspace)
    else:
        check_output(app, page_file, [])
        check_suffix(page_file, (".html", ".htm"))
    only = frozenset(entity(app.index, words) for words in entities)
    rows = room.waiting(app.workspace, only=only, band=band)
    if not rows:
        say(f"no candidate waits for a decision; {app.command('link suggest')} looks for new ones")
        return
    if page_file is not None:
        _write_page(app, page_file, room.questions(app.index, rows), reviewer, checked)
        return
    session = _Session(app, only, band, _reviewer(reviewer), _checked(checked))
    try:
        session.run()
    finally:
        session.conclude()


def _write_page(app: App, path: Path, asked: Sequence[Question], reviewer: str | None, checked: str | None) -> None:
    from ..linking import page

    name, how = reviewer or os.environ.get("KG_REVIEWER", ""), checked or os.environ.get("KG_CHECKED", "")
    deliver(page.build(app.workspace, asked, reviewer=name, checked=how), path, is_terminal=False)
    count = sum(len(question.options) for question in asked)
    found = f"{counted(count, 'candidate')} for {counted(len(asked), 'thing')}"
    say(f"wrote {path}: {found}; next: save decisions there, then {app.command('link apply FILE')}")


def _reviewer(given: str | None) -> str:
    from ..linking.decisions import reviewer_of

    name = given or os.environ.get("KG_REVIEWER", "")
    if not name and sys.stdin.isatty():
        name = click.prompt("Your name, which is kept with each decision")
    return reviewer_of(name)


def _checked(given: str | None) -> str:
    from ..linking.decisions import checked_of

    said = given or os.environ.get("KG_CHECKED", "")
    if not said and sys.stdin.isatty():
        said = click.prompt("How do you check? It is kept with each decision; leave it empty to say how sure you are of each", default="",
                            show_default=False, prompt_suffix=": ")  # fmt: skip
    return checked_of(said)


class _Session:
    """One sitting: what was decided in it, what was skipped, who decides, and how they check."""

    def __init__(self, app: App, only: frozenset[str], band: str | None, reviewer: str, checked: str) -> None:
        self.app, self.only, self.band, self.reviewer, self.checked = app, only, band, reviewer, checked
        self.numbers: dict[str, list[Option]] = {}
        self.skipped: set[str] = set()
        self.done: list[_Done] = []
        self.current = ""

    def run(self) -> None:
        """Ask until nothing waits, or the person has had enough."""
        from ..linking import review

        while True:
            rows = review.waiting(self.app.workspace, only=self.only, band=self.band)
            left = [iri for iri in rows if iri not in self.skipped]
            if not left:
                return
            subject = self.current if self.current in left else left[0]
            self.current = subject
            (asked,) = review.questions(self.app.index, {subject: rows[subject]})
            _show(asked, self._numbered(asked), len(left))
            if not self._answer(asked):
                return

    def conclude(self) -> None:
        """Say what was decided in this sitting, however it ended."""
        accepted = sum(each.words.startswith("accepted ") for each in self.done)
        more = f", {len(self.skipped):,} skipped" if self.skipped else ""
        say(f"{accepted:,} accepted, {len(self.done) - accepted:,} rejected{more}; every decision is written")
        tell_merges(self.app, [decision for each in self.done for decision in each.decisions])

    def _numbered(self, asked: Question) -> list[tuple[Option, str]]:
        """Return the candidates of a thing in the order in which this sitting first showed them, with what became of those decided."""
        from ..linking.candidates import key_of

        now = {key_of(option.mapping): option for option in asked.options}
        known = self.numbers.setdefault(asked.subject, [])
        numbered = {key_of(option.mapping) for option in known}
        known += [option for key, option in now.items() if key not in numbered]
        made = {(each.subject, each.predicate, each.target): f"{each.verdict}ed" for done in self.done for each in done.decisions}
        keys = [key_of(option.mapping) for option in known]
        return [(now.get(key, option), "" if key in now else made.get(key, "settled")) for key, option in zip(keys, known, strict=True)]

    def _answer(self, asked: Question) -> bool:
        """Ask for one key and do what it says; return whether to go on."""
        try:
            said = click.prompt("Which", prompt_suffix="? ").strip()
        except click.Abort:
            if sys.stdin.isatty():
                raise
            return False  # the end of what was piped in
        if said.casefold() in {"q", "quit"}:
            return False
        try:
            self._do(said, asked)
        except KgError as error:
            _say(f"  {error.message}")
        return True

    def _do(self, said: str, asked: Question) -> None:
        from ..linking.decisions import REJECT

        key, _, rest = said.casefold().partition(" ")
        if rest and key not in {"m", "manual"} and not key.isdigit():
            raise UsageError(f"{said[:20]!r} is no answer here: {_KEYS}")
        numbered = self._numbered(asked)
        if key in {"s", "skip"}:
            self.skipped.add(asked.subject)
        elif key in {"u", "undo"}:
            self._undo()
        elif key in {"n", "none"}:
            rejected = [_decision(option, REJECT) for option in asked.options]
            self._write(asked.subject, rejected, f"none of {len(rejected)} for {asked.label}")
        elif key in {"m", "manual"}:
            self._put_in(asked, said.partition(" ")[2] or click.prompt("Which IRI (such as Q42, or close Q42 0.8)", prompt_suffix="? "))
        elif key.isascii() and key.isdigit() and 0 < int(key[:6]) <= len(numbered):
            option, became = numbered[int(key[:6]) - 1]
            if became:
                raise UsageError(f"{key} is {became} already; u takes the last decision back")
            self._accept(asked, option, rest)
        else:
            raise UsageError(f"{said[:20]!r} is no answer here: {_KEYS}")

    def _accept(self, asked: Question, option: Option, rest: str) -> None:
        from ..linking.decisions import ACCEPT, judged

        sense, sure = judged(rest)
        self._take(asked, _decision(option, ACCEPT, sure, sense))

    def _put_in(self, asked: Question, said: str) -> None:
        """Accept what the person says that it is: a candidate after all, or another IRI."""
        from ..linking.decisions import ACCEPT, Decision, manual_of
        from ..mappings import EXACT

        target, sense, sure = manual_of(said)
        chosen = next((option for option in asked.options if option.mapping.object_id == target), None)
        if chosen:
            self._take(asked, _decision(chosen, ACCEPT, sure, sense))
            return
        decision = Decision(asked.subject, EXACT, target, ACCEPT, is_manual=True, confidence=sure, sense=sense)
        _say(f"  to be written: {asked.label}, {_sense(decision)}: <{target}>, of which no label is known here")
        if not sys.stdin.isatty() or click.confirm("  Is that it?"):
            self._take(asked, decision)

    def _take(self, asked: Question, decision: Decision) -> None:
        """Write what is accepted; once more a question where it says that the thing is another territory than it is said to be."""
        from ..linking.apart import other_territory, territory_of
        from ..mappings import EXACT

        target = decision.target
        other = other_territory(asked.linked, target) if decision.meant == EXACT else ""
        if other:
            _say(f"  {target} is {territory_of(target)}, but {asked.label} is said to be {territory_of(other)} ({other})")
            if not _confirmed("  Accept both?"):
                _say("  nothing was written")
                return
        proposed = decision.predicate if not decision.is_manual else EXACT
        words = f" as {_sense(decision)}" if decision.meant != proposed else ""
        self._write(asked.subject, [decision], f"accepted {target} for {asked.label}{words}")

    def _write(self, subject: str, decisions: list[Decision], words: str) -> None:
        from ..linking.decisions import plan

        @writes
        def write(app: App) -> None:
            today = date.today().isoformat()  # noqa: DTZ011  where they sit
            change = plan(app.workspace, decisions, reviewer=self.reviewer, day=today, checked=self.checked)
            self.done.append(_Done(subject, words, decisions, change, change.write()))

        write(self.app)
        _say(f"  {words}")

    def _undo(self) -> None:
        if not self.done:
            raise UsageError("nothing was decided in this sitting; correct graph/links.sssom.tsv by hand")
        last = self.done[-1]

        @writes
        def take_back(app: App) -> None:  # noqa: ARG001  what the lock is of
            last.change.undo(last.after)

        take_back(self.app)
        self.done.pop()
        self.skipped.discard(last.subject)
        self.current = last.subject
        _say(f"  undone: {last.words}")


def tell_merges(app: App, decisions: Sequence[Decision]) -> None:
    """Say what makes one entity of those that were found to be the same."""
    from ..linking.decisions import merges

    for one, other in merges(app.workspace, decisions):
        say(f"next: {app.command(f'entity merge {one} {other} --dry-run')}, of which the second stays")


def _confirmed(words: str) -> bool:
    """Ask for a yes; the end of what is piped in is none."""
    try:
        return click.confirm(words)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        return False


def _decision(option: Option, verdict: str, confidence: float | None = None, sense: str = "") -> Decision:
    from ..linking.decisions import Decision

    row = option.mapping
    return Decision(row.subject_id, row.predicate_id, row.object_id, verdict, confidence=confidence, sense=sense)


def _sense(decision: Decision) -> str:
    from ..linking.review import SENSES

    return SENSES.get(decision.meant, decision.meant)


def _show(asked: Question, numbered: Sequence[tuple[Option, str]], left: int) -> None:
    """Show a thing with what is known of it here, and what it may be elsewhere."""
    types = f", {', '.join(asked.types)}" if asked.types else ""
    _say("")
    _say(bold=asked.label, rest=f" ({asked.curie}){types}; {left:,} to go")
    for words in (asked.definition, f"also called {', '.join(asked.names)}" if asked.names else ""):
        if words:
            _say(f"  {words}")
    for claim in asked.claims:
        _say(f"  - {claim}")
    if asked.more_claims:
        _say(f"  - and {asked.more_claims:,} more claims")
    group = ""
    for number, (option, became) in enumerate(numbered, start=1):
        if option.territory != group:
            group = option.territory
            _say(f"  these are {group}:" if group else "  others:")
        _show_option(number, option, became)
    _say(f"  [{_KEYS}]")


def _show_option(number: int, option: Option, became: str) -> None:
    row = option.mapping
    called = f"{option.sense}: {row.object_label or option.identifier}"
    if became:
        _say(f"{number:3}  {became}: {called}")
        return
    _say(f"{number:3}  ", bold=called)
    _say(f"     {option.place} {option.identifier} <{row.object_id}>; {option.score}, band {option.band}")
    _say(f"     {row.comment}")


def _say(text: str = "", *, bold: str = "", rest: str = "") -> None:
    """Write a line of which a part may be bold, where there is a terminal to show that; nothing in the data can style it."""
    from ..results import printable

    click.echo(printable(text) + (click.style(printable(bold), bold=True) if bold else "") + printable(rest))
