"""What goes into an export and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..index import Index
    from ..model import Claim


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported: an index, and of it all, or accepted claims with what they mention.

    `context` is the address where the JSON-LD context is published, for documents that name it instead of holding it. `raw` leaves the
    cells of CSV as they are, also those that a spreadsheet takes for formulas.
    """

    index: Index
    claims: Sequence[Claim] | None = None
    context: str | None = None
    raw: bool = False


class Export(NamedTuple):
    """The files by name, a single one without; how much that is in words; and what is to be said of them."""

    files: Mapping[str, bytes]
    summary: str
    notes: Sequence[str] = ()


def single(data: bytes, summary: str, *notes: str) -> Export:
    """Return an export of one file."""
    return Export({"": data}, summary, notes)
