"""What goes into an export and what comes out of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from .. import names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..index import Index
    from ..model import Claim

_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,148}[A-Za-z0-9])?")


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


def key_of(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return a name of letters, digits, dots and hyphens for an IRI: its own where it is one of the workspace, else part of its digest.

    >>> key_of("https://w3id.org/claimgraph/claim/ra-001", names.prefixes()), key_of("urn:x", names.prefixes())
    ('claim-ra-001', 'iri-1ff30242f9f3364b74666328c5a75a04')
    """
    key = names.compact(iri, {prefix: prefixes[prefix] for prefix in ("claim", "ent", "src")}).replace(":", "-", 1)
    return key if _KEY.fullmatch(key) else f"iri-{sha256(iri.encode()).hexdigest()[:32]}"
