"""Decisions about candidates: each is written at once, with who decided and when, and moves its candidate to `graph/links.sssom.tsv`.

An accepted candidate becomes a link; a rejected one a row with the modifier `Not`, so that nobody is asked twice. All decisions of one call
are written, or none. The links are written first: were the candidates not written after them, what is decided is not asked again all the
same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .. import mappings, names, targets
from ..errors import InputError, KgError, StorageError, UsageError
from ..sssom.extensions import NAME, definitions_of
from ..sssom.header import DEFINITIONS
from ..sssom.slots import CHECKED
from . import candidates
from .suggestion import MANUAL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..mappings import Mapping, MappingSet
    from ..sssom.extensions import Definitions
    from ..workspace import Workspace

__all__ = ["ACCEPT", "REJECT", "WORDS", "Change", "Decision"]
__all__ += ["checked_of", "confidence_of", "judged", "manual", "manual_of", "merges", "plan", "reviewer_of"]

ACCEPT, REJECT = "accept", "reject"
WORDS = {
    "exact": mappings.EXACT,
    "close": mappings.CLOSE,
    "broad": mappings.BROAD,
    "narrow": mappings.NARROW,
    "related": mappings.RELATED,
}
"""The word for each sense in which something can be accepted: `broad` is what is wider than the thing here."""
_LONGEST = 200
_SURE = re.compile(r"0?\.[0-9]{1,3}|[01]|1\.0{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about one candidate, and how sure of it they said they are, from 0 to 1.

    `predicate` is the sense in which it was proposed, `sense` the one in which it is accepted, where that is another. `is_manual` where the
    target is no candidate but was put in by hand.
    """

    subject: str
    predicate: str
    target: str
    verdict: str
    is_manual: bool = False
    confidence: float | None = None
    sense: str = ""

    @property
    def meant(self) -> str:
        """The predicate that is written."""
        return self.sense or self.predicate


@dataclass(frozen=True, slots=True)
class Change:
    """Decisions that were found good: what they make of links and candidates. `write` and `undo` want the lock of the workspace."""

    workspace: Workspace
    links: MappingSet
    candidates: MappingSet
    before: tuple[bytes | None, bytes | None]

    def write(self) -> tuple[bytes | None, bytes | None]:
        """Write both files, and return what they are now; where the second cannot be written, the first is as it was."""
        mappings.write(self.workspace.links_file, self.links, self.workspace.prefixes)
        try:
            candidates.write(self.workspace, self.candidates)
        except KgError:
            self._restore()
            raise
        return _bytes(self.workspace)

    def undo(self, after: tuple[bytes | None, bytes | None]) -> None:
        """Put the files back as they were before, where they are still as `write` left them; StorageError otherwise."""
        if _bytes(self.workspace) != after:
            raise StorageError("links or candidates were changed since; correct graph/links.sssom.tsv by hand", path=self.workspace.root)
        self._restore()

    def _restore(self) -> None:
        from ..turtle import replace as put

        for path, data in zip(_files(self.workspace), self.before, strict=True):
            if data is None:
                path.unlink(missing_ok=True)
            elif not path.exists() or path.read_bytes() != data:
                put(path, data)


def plan(workspace: Workspace, decided: Sequence[Decision], *, reviewer: str, day: str, checked: str = "") -> Change:
    """Return what decisions change, all or none of it; `day` is YEAR-MONTH-DAY. Nothing is written yet; the caller holds the lock.

    `checked` says how the reviewer checks. InputError where a decision is about what is no candidate (any more), or contradicts a link or
    another decision, and where something is accepted without a word of how it was checked, or a number of how sure that is.
    """
    waiting = {candidates.key_of(row): row for row in candidates.pending(workspace)}
    before = _bytes(workspace)
    links = mappings.read(workspace.links_file, missing_ok=True)
    proposed = mappings.read(workspace.candidates_file, missing_ok=True)
    rows = [_row(waiting, each, reviewer, day, checked) for each in decided]
    _refuse_contradictions(links.mappings, rows)
    after = replace(_knowing(links, proposed, rows), mappings=(*links.mappings, *rows))
    settled = candidates.decided(after)
    left = tuple(row for row in waiting.values() if not settled.settles(row))
    return Change(workspace, after, replace(proposed, mappings=left), before)


def manual(text: str) -> str:
    """Return the IRI that somebody put in by hand, as its data set writes it; UsageError or InputError where it can be no target.

    >>> manual("https://www.wikidata.org/wiki/Q889")
    'http://www.wikidata.org/entity/Q889'
    >>> manual("Afghanistan")
    Traceback (most recent call last):
    kg.errors.InputError: 'Afghanistan' is no identifier that kg knows; write the whole IRI
    """
    iri = targets.normalise(text)
    fault = targets.fault(iri)
    if fault:
        raise UsageError(fault)
    return iri


def manual_of(text: str) -> tuple[str, str, float | None]:
    """Return what somebody put in by hand: an IRI, in which sense and how sure they are, where they say so.

    >>> manual_of("Q889 0.9"), manual_of("close Q889")[1].rpartition("#")[2]
    (('http://www.wikidata.org/entity/Q889', '', 0.9), 'closeMatch')
    """
    words = text.split()
    sense = WORDS.get(words[0].casefold(), "") if words else ""
    target, *rest = words[bool(sense) :] or [""]
    after, sure = judged(" ".join(rest))
    return manual(target), after or sense, sure


def judged(text: str) -> tuple[str, float | None]:
    """Return in which sense somebody accepts, and how sure they are, where they say so; UsageError where it is neither.

    >>> judged("close 0.8")[0].rpartition("#")[2], judged(" 0.8"), judged("")
    ('closeMatch', ('', 0.8), ('', None))
    """
    word, _, rest = text.strip().partition(" ")
    sense = WORDS.get(word.casefold(), "")
    return sense, confidence_of(rest if sense else text)


def confidence_of(text: str) -> float | None:
    """Return how sure somebody says they are, from 0 to 1, or None where they say nothing; UsageError where it is no such number.

    >>> confidence_of(" 0.8"), confidence_of("")
    (0.8, None)
    """
    said = text.strip()
    if said and not _SURE.fullmatch(said):
        words = (
            f"{said[:20]!r} is no confidence; it is a number from 0 to 1, such as 0.8, and before it may stand one of {', '.join(WORDS)}"
        )
        raise UsageError(words)
    return float(said) if said else None


def reviewer_of(name: str) -> str:
    """Return the name of a reviewer as it is kept; UsageError where it is none."""
    kept = " ".join(name.split())
    if not kept or len(kept) > _LONGEST or not kept.isprintable():
        raise UsageError("a reviewer has a name of at most 200 letters, on one line; give it with --reviewer or KG_REVIEWER")
    return kept


def checked_of(words: str) -> str:
    """Return how a reviewer checks, as it is kept; empty where they do not say, UsageError where it is no line of words."""
    kept = " ".join(words.split())
    if len(kept) > _LONGEST or not kept.isprintable():
        raise UsageError("how you check is said in at most 200 letters, on one line; give it with --checked or KG_CHECKED")
    return kept


def merges(workspace: Workspace, decided: Sequence[Decision]) -> list[tuple[str, str]]:
    """Return the pairs of entities of the workspace that decisions say are one, of which `kg entity merge` makes one."""
    own = workspace.prefixes["ent"]
    accepted = [each for each in decided if each.verdict == ACCEPT and each.meant == mappings.EXACT]
    pairs = [(each.subject, each.target) for each in accepted if each.subject.startswith(own) and each.target.startswith(own)]
    return [(names.compact(one, workspace.prefixes), names.compact(other, workspace.prefixes)) for one, other in pairs]


def _row(waiting: dict[tuple[str, str, str], Mapping], decision: Decision, reviewer: str, day: str, checked: str) -> Mapping:
    """Return the row of the links that a decision makes.

    `similarity_score` stays what the candidate says; `confidence` is how sure the reviewer is, and only where they say so: that of somebody
    else, whom the row no longer names, becomes a remark.
    """
    found = _found(waiting, decision)
    is_accepted = decision.verdict == ACCEPT
    if is_accepted and decision.meant not in targets.MATCHES:
        raise InputError(f"{decision.meant} is no mapping; a link is one of skos:exactMatch, close, broad, narrow and relatedMatch")
    if decision.subject == decision.target:
        raise InputError(f"{decision.subject} cannot be linked to itself")
    if is_accepted and decision.confidence is None and not checked:
        raise InputError(
            f"nothing says how {decision.target} was checked; say how you check (--checked WORDS), or how sure you are, such as 0.8"
        )
    return replace(
        found,
        predicate_id=decision.meant if is_accepted else decision.predicate,
        predicate_modifier="" if is_accepted else mappings.NOT,
        mapping_justification=MANUAL,
        author_label=(reviewer,),
        mapping_date=day,
        confidence=decision.confidence,
        comment=_comment(found, checked),
        line=None,
    )


def _found(waiting: dict[tuple[str, str, str], Mapping], decision: Decision) -> Mapping:
    """Return the candidate that a decision is about; a new one where the target was put in by hand."""
    found = waiting.get((decision.subject, decision.predicate, decision.target))
    label = next((row.subject_label for row in waiting.values() if row.subject_id == decision.subject), None)
    if label is None or (found is None and not decision.is_manual):
        raise InputError(f"{decision.target} is no candidate for {decision.subject} that waits for a decision; run kg link suggest again")
    return found or mappings.Mapping(
        subject_id=decision.subject,
        subject_label=label,
        predicate_id=decision.predicate,
        object_id=decision.target,
        comment="Put in by hand.",
    )


def _comment(found: Mapping, checked: str) -> str:
    """Return how it was checked, in the words of the reviewer, and behind that how it was found, in those of the tool."""
    said = found.comment if found.confidence is None else f"{found.comment} Proposed with confidence {found.confidence:g}.".strip()
    return "; ".join(filter(None, (checked and f"{CHECKED} {checked}", said and (f"found: {said}" if checked else said))))


def _knowing(links: MappingSet, proposed: MappingSet, rows: Sequence[Mapping]) -> MappingSet:
    """Return the links with what the further cells of rows need, too: prefixes, and columns that the set of candidates adds to SSSOM."""
    if not any(row.more for row in rows):
        return links
    mine, theirs = (definitions_of(each.metadata) for each in (links, proposed))
    meanings = ((links.prefixes, proposed.prefixes), (_by_name(mine), _by_name(theirs)))
    clash = next((name for here, there in meanings for name in there if here.get(name, there[name]) != there[name]), None)
    if clash:
        raise InputError(f"{clash!r} means one thing in the links and another in the candidates; give it one meaning in both files")
    metadata = {**links.metadata, DEFINITIONS: (*theirs, *mine)}
    return replace(links, prefixes={**proposed.prefixes, **links.prefixes}, metadata=metadata)


def _by_name(definitions: Definitions) -> dict[str, object]:
    return {each[NAME]: each for each in definitions}


def _refuse_contradictions(links: Sequence[Mapping], rows: Sequence[Mapping]) -> None:
    """Refuse a pair that is decided twice in one sense, or accepted in two, and a second exact match of a thing in one data set."""
    settled = {key for row in links for key in row.settled}
    matches = {(row.subject_id, targets.set_of(row.object_id)): row.object_id for row in links if candidates.is_match(row)}
    for row in rows:
        if not settled.isdisjoint(row.settled):
            raise InputError(f"{row.subject_id} and {row.object_id} are decided about already, or twice here")
        settled |= row.settled
        if candidates.is_match(row):
            place = (row.subject_id, targets.set_of(row.object_id))
            if place in matches:
                raise InputError(
                    f"{row.subject_id} cannot be exactly {row.object_id} and exactly {matches[place]}, which are things of one data set"
                )
            matches[place] = row.object_id


def _files(workspace: Workspace) -> tuple[Path, Path]:
    return workspace.links_file, workspace.candidates_file


def _bytes(workspace: Workspace) -> tuple[bytes | None, bytes | None]:
    first, second = (path.read_bytes() if path.exists() else None for path in _files(workspace))
    return first, second
