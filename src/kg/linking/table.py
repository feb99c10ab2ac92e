"""The table of territories that comes with `rigour`: their names in many languages, their Wikidata ids, and which names are clear.

`rigour` (https://github.com/opensanctions/rigour, MIT) is an extra: `pip install 'claimgraph[link]'`. Its names are in two
tiers: the strong ones are names of the territory; the weak ones are names in other languages, and adjectives, misspellings, parts and
former names as well. Strong ones, too, hold some adjectives and cities; `kg.linking.doubts` says what is taken for clear.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ..errors import UsageError
from . import doubts
from .wording import core, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Entry", "Reading", "Table", "load"]

INSTALL = "candidates from territories need rigour and rapidfuzz: pip install 'claimgraph[link]'"
_TELLING = words_of(
    "north south east west northern southern eastern western democratic peoples socialist soviet dr british us u s new central"
)
"""Words by which two states tell their one name apart."""
_PLAIN_FORMS = words_of("the of and republic kingdom state")
_STATE_FORMS = words_of("republic kingdom empire emirate union federation ssr commonwealth dominion protectorate")
_NOT_FIRST = "the table has it among further names: it may be an adjective, a part, a city, a former name or one of another language"
_RESERVED = words_of("ac cp cq dg ea eu ic ip ta un xk zz")
_SHORT = 4
_ALPHA = 2


class Entry(NamedTuple):
    """A territory as the table has it; `code` is the table's own, mostly that of ISO 3166 in small letters."""

    code: str
    name: str
    full_name: str
    qid: str
    other_qids: tuple[str, ...]
    is_country: bool
    is_historical: bool
    has_alpha3: bool

    @property
    def iso(self) -> str:
        """The code that ISO 3166-1 assigns, in capitals; empty where it has none (any more), or where others use one that it reserves."""
        is_assigned = len(self.code) == _ALPHA and self.has_alpha3 and not self.is_historical and self.code not in _RESERVED
        return self.code.upper() if is_assigned else ""

    @property
    def is_part(self) -> bool:
        """Whether it is a part of a state: a province, a canton, an emirate."""
        return "-" in self.code and not self.is_country


class Reading(NamedTuple):
    """What a name may mean: one territory, or several, and why that is not clear; `doubt` is empty where it is."""

    entries: tuple[Entry, ...]
    spelled: str
    doubt: str = ""


class Table:
    """The names of the territories, each normalised as `rigour` does it: letters of other scripts in Latin, no accents, no punctuation."""

    def __init__(self, rows: list[dict[str, object]], version: str) -> None:
        self.version = version
        self.entries = {entry.code: entry for entry in map(_entry, rows)}
        self.strong: dict[str, str] = {}
        self.weak: dict[str, str] = {}
        self.spelled: dict[str, str] = {}
        self._first: dict[str, set[str]] = defaultdict(set)
        self._cores_of: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            self._add(row)
        self._shared = self._shared_cores()

    def key(self, name: str) -> str:
        """Return a name as it is compared."""
        from rigour.territories.util import normalize_territory_name

        return normalize_territory_name(name)

    def read(self, name: str) -> Reading | None:
        """Return what a name may mean; None where the table has no such name."""
        key = self.key(name)
        shared = self._shared.get(" ".join(sorted(key.split())), ()) if key not in self.strong else ()
        code = self.strong.get(key) or self.weak.get(key)
        codes = tuple(dict.fromkeys([*shared, *([code] if code else [])]))
        if not key or not codes:
            return None
        entries = tuple(self.entries[each] for each in codes)
        spelled = self.spelled.get(key, name)
        if key in doubts.SHARED:
            return Reading(entries, spelled, f"it may mean {doubts.SHARED[key]}")
        if len(entries) > 1:
            return Reading(entries, spelled, f"it may mean {' or '.join(entry.name for entry in entries)}")
        return Reading(entries, spelled, self._doubt(name, key, entries[0]))

    def doubt_of_item(self, name: str, entry: Entry) -> str:
        """Return why the item of a territory may not be exactly what a name of it denotes; empty where it is."""
        if entry.code in doubts.ITEMS:
            return doubts.ITEMS[entry.code]
        if entry.other_qids and not entry.is_country:
            return "the table knows several items for this territory"
        key = self.key(name)
        if entry.other_qids and _STATE_FORMS & set(key.split()) and key not in {self.key(entry.name), self.key(entry.full_name)}:
            return "this name of the state may be that of one of its regimes, for which there are other items"
        return ""

    def _doubt(self, name: str, key: str, entry: Entry) -> str:
        if entry.code in doubts.NO_TERRITORY:
            return f"the table lists it, but it is {doubts.NO_TERRITORY[entry.code]}"
        if key in self._first[entry.code]:
            is_short = entry.is_part and len(key) <= _SHORT
            return "so short a name of a part of a state may mean something else" if is_short else ""
        if key in doubts.CLEAR.get(entry.code, "").split("|") or (" " in key and core(key) in self._cores_of[entry.code]):
            return ""
        return self._doubt_of_foreign(name, entry) if doubts.is_foreign_script(name) else _NOT_FIRST

    def _doubt_of_foreign(self, name: str, entry: Entry) -> str:
        if doubts.is_adjective(name):
            return "it may be the word for the people or the language"
        if doubts.is_form_of_state(name):
            return "it says a form of the state, and may be the name of one of its regimes"
        return "a city may have the same name" if entry.is_part else ""

    def _add(self, row: dict[str, object]) -> None:
        code = str(row["code"])
        for name in (row["name"], row.get("full_name", row["name"])):
            self._first[code].add(self.key(str(name)))
            self._cores_of[code].add(core(self.key(str(name))))
        for name in (row["name"], row.get("full_name", row["name"]), *_list(row, "names_strong")):
            key = self.key(str(name))
            self.strong[key] = code
            self.spelled.setdefault(key, str(name))
        for name in _list(row, "names_weak"):
            key = self.key(str(name))
            self.weak.setdefault(key, code)
            self.spelled.setdefault(key, str(name))

    def _shared_cores(self) -> dict[str, tuple[str, ...]]:
        """Return the names that several territories have once the words that tell them apart are gone, such as Korea.

        What is the name of a territory as it stands (Guinea, Ireland) is its own.
        """
        found: dict[str, set[str]] = defaultdict(set)
        for entry in self.entries.values():
            for name in {entry.name, entry.full_name} if entry.has_alpha3 or entry.is_part else ():
                words = [word for word in self.key(name).split() if word not in _TELLING | _PLAIN_FORMS]
                found[" ".join(sorted(words))].add(entry.code)
        return {key: tuple(sorted(codes)) for key, codes in found.items() if len(codes) > 1 and key}


@cache
def load() -> Table:
    """Return the table of the installed `rigour`; UsageError says what to install where there is none."""
    try:
        from importlib.metadata import version

        import rapidfuzz  # noqa: F401  part of the same extra
        from rigour._core import territories_jsonl
    except ImportError:
        raise UsageError(INSTALL) from None
    rows = [json.loads(line) for line in territories_jsonl().splitlines() if line.strip()]
    return Table(rows, version("rigour"))


def _entry(row: Mapping[str, object]) -> Entry:
    return Entry(
        code=str(row["code"]),
        name=str(row["name"]),
        full_name=str(row.get("full_name", row["name"])),
        qid=str(row["qid"]),
        other_qids=tuple(map(str, _list(row, "other_qids"))),
        is_country=bool(row.get("is_country")),
        is_historical=bool(row.get("is_historical")),
        has_alpha3=bool(row.get("alpha3")),
    )


def _list(row: Mapping[str, object], name: str) -> list[object]:
    found = row.get(name)
    return found if isinstance(found, list) else []
