"""Which territory a name in another data set stands for, as the table of territories has it: what is one of them is no other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from .. import targets
from ..errors import UsageError
from . import table

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["other_territory", "territory_of"]


@cache
def _known() -> dict[str, str]:
    """Return the names of territories by the IRIs that stand for them; none where the table is not installed."""
    try:
        entries = table.load().entries.values()
    except UsageError:
        return {}
    wikidata, iso = targets.PREFIXES["wd"], targets.PREFIXES["iso3166"]
    others = {wikidata + item: entry.name for entry in entries for item in entry.other_qids}
    codes = {iso + entry.iso: entry.name for entry in entries if entry.iso}
    return {**others, **codes, **{wikidata + entry.qid: entry.name for entry in entries}}


def territory_of(iri: str) -> str:
    """Return the name of the territory that an IRI stands for; empty where the table knows none, or is not installed.

    >>> territory_of("http://www.wikidata.org/entity/Q657"), territory_of("https://example.org/1")
    ('Chad', '')
    """
    return _known().get(iri, "")


def other_territory(linked: Iterable[str], iri: str) -> str:
    """Return the first of some IRIs that stands for another territory than this one does; empty where none does."""
    mine = territory_of(iri)
    return next((each for each in linked if mine and territory_of(each) not in {"", mine}), "")
