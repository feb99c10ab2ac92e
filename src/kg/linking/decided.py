"""A file of decisions: what the review page saves and `kg link apply` checks before anything is written.

It is JSON, and every decision in it carries the digest of the candidate as the page showed it. A candidate that is not pending in this
workspace, one that has changed since, a decision that is neither accept nor reject: each refuses the file as a whole.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import mappings
from ..errors import InputError, KgError
from ..sssom.reading import is_date
from . import candidates, decisions
from .decisions import ACCEPT, REJECT, WORDS, Decision
from .review import digest_of

if TYPE_CHECKING:
    from ..workspace import Workspace

__all__ = ["FORMAT", "Saved", "read"]

FORMAT = "kg link decisions 1"
SIZE = 16 * 2**20
"""How many bytes such a file may have."""
_MOST = 100_000
_FIELDS = {"format", "workspace", "reviewer", "checked", "date", "decisions", "manual"}
_DECISION = {"subject", "predicate", "object", "digest", "decision"}
_SENSE = frozenset({"sense"})
_MANUAL = {"subject", "object"}


class Saved(NamedTuple):
    """A file of decisions that was found good."""

    reviewer: str
    day: str
    decisions: tuple[Decision, ...]
    checked: str = ""


def read(workspace: Workspace, data: bytes, *, path: object = None) -> Saved:
    """Read a file of decisions against the candidates that are pending now; InputError says what is wrong and with which decision."""
    found = _object(data, path)
    if found.get("workspace") != workspace.base:
        raise InputError(f"these decisions are about {str(found.get('workspace'))[:80]!r}, not about this workspace", path=path)
    day, name, checked = found.get("date"), found.get("reviewer"), found.get("checked", "")
    if not isinstance(day, str) or not is_date(day):
        raise InputError("the date of these decisions is no YEAR-MONTH-DAY", path=path)
    if not isinstance(name, str):
        raise InputError("these decisions have no reviewer; name one on the page", path=path)
    if not isinstance(checked, str):
        raise InputError("how these decisions were checked is no text", path=path)
    waiting = {candidates.key_of(row): row for row in candidates.pending(workspace)}
    made = [_decision(each, waiting, number, path) for number, each in enumerate(_list(found, "decisions", path), start=1)]
    subjects = {row.subject_id for row in waiting.values()}
    put_in = [_manual(each, subjects, number, path) for number, each in enumerate(_list(found, "manual", path), start=1)]
    if not made and not put_in:
        raise InputError("this file has no decisions", path=path)
    try:
        return Saved(decisions.reviewer_of(name), day, (*made, *put_in), decisions.checked_of(checked))
    except KgError as error:
        raise InputError(error.message, path=path) from None


def _object(data: bytes, path: object) -> dict[str, Any]:
    if len(data) > SIZE:
        raise InputError(f"this file is larger than {SIZE // 2**20} MiB; the review page saves none so large", path=path)
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InputError("this is no file of decisions; save one from the page that kg link review --page makes", path=path)
    if unknown := found.keys() - _FIELDS:
        raise InputError(f"a file of decisions has no {min(unknown)[:40]!r}", path=path)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands in one object twice: readers differ about which of them counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _list(found: dict[str, Any], name: str, path: object) -> list[Any]:
    listed = found.get(name, [])
    if not isinstance(listed, list) or len(listed) > _MOST:
        raise InputError(f"{name!r} in this file is no list that can be read", path=path)
    return listed


def _decision(found: Any, waiting: dict[tuple[str, str, str], mappings.Mapping], number: int, path: object) -> Decision:
    where = f"decision {number}"
    said = _texts(found, _DECISION, where, path, may_have=_SENSE)
    subject, predicate, target = key = (said["subject"], said["predicate"], said["object"])
    row = waiting.get(key)
    if row is None:
        raise InputError(
            f"{where}: {target[:200]} is no candidate of {subject[:200]} that waits: decided already, or gone; make the page again",
            path=path,
        )
    if said["digest"] != digest_of(row):
        raise InputError(f"{where}: the candidate {target[:200]} has changed since the page was made; make it again", path=path)
    if said["decision"] not in {ACCEPT, REJECT}:
        raise InputError(f"{where}: {said['decision'][:40]!r} is neither {ACCEPT} nor {REJECT}", path=path)
    sense = said.get("sense", "")
    if sense and (sense not in WORDS or said["decision"] == REJECT):
        raise InputError(f"{where}: {sense[:40]!r} is no sense to {said['decision']} it in; {ACCEPT} takes {', '.join(WORDS)}", path=path)
    return Decision(subject, predicate, target, said["decision"], sense=WORDS.get(sense, ""))


def _manual(found: Any, subjects: set[str], number: int, path: object) -> Decision:
    where = f"target {number} that was put in by hand"
    said = _texts(found, _MANUAL, where, path)
    if said["subject"] not in subjects:
        raise InputError(
            f"{where}: {said['subject'][:200]} has no candidates that wait: decided already, or gone; make the page again",
            path=path,
        )
    try:
        target, sense, sure = decisions.manual_of(said["object"])
        return Decision(said["subject"], mappings.EXACT, target, ACCEPT, is_manual=True, confidence=sure, sense=sense)
    except KgError as error:
        raise InputError(f"{where}: {error.message}", path=path) from None


def _texts(found: Any, fields: set[str], where: str, path: object, *, may_have: frozenset[str] = frozenset()) -> dict[str, str]:
    if not isinstance(found, dict) or found.keys() - may_have != fields or not all(isinstance(value, str) for value in found.values()):
        raise InputError(f"{where}: it must have {', '.join(sorted(fields))}, each a text, and nothing else", path=path)
    return found
