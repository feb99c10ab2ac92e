"""Which of the forms that can be given a client likes best (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["best"]

_LENGTH, _WISHES = 2048, 32
"""How much of a header is read, and how many wishes: no browser has half as many, and each is held against every offer."""
_QUALITY = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


def best(accept: str, offers: Sequence[str]) -> str | None:
    """Return the offer that an Accept header likes best, the first of several that it likes as much; None where it takes none.

    What stands behind the first 32 wishes, or behind 2 KB, is not read.

    >>> best("text/csv;q=0.5, application/json", ["text/csv", "application/json"])
    'application/json'
    >>> best("*/*;q=0.1, text/*", ["application/json", "text/csv"]), best("", ["text/csv"]), best("image/png", ["text/csv"])
    ('text/csv', 'text/csv', None)
    >>> best("text/csv;q=0, */*", ["text/csv", "application/json"])
    'application/json'
    """
    if len(accept) > _LENGTH:
        accept = accept[:_LENGTH].rpartition(",")[0] or accept[:_LENGTH]
    return _best(accept, tuple(offers))


@lru_cache(maxsize=64)  # clients ask again as they asked before
def _best(accept: str, offers: tuple[str, ...]) -> str | None:
    wishes = [_wish(part) for part in accept.split(",", _WISHES)[:_WISHES] if part.strip()]
    if not wishes:
        return offers[0]
    liked = [_quality(offer, wishes) for offer in offers]
    most = max(liked)
    return offers[liked.index(most)] if most > 0 else None


def _quality(offer: str, wishes: Sequence[tuple[str, float]]) -> float:
    """Return how much an offer is liked: what the closest wish says of it."""
    fitting = (wish for wish in wishes if _fits(wish[0], offer))
    return max(fitting, key=lambda wish: _closeness(wish[0]), default=("", 0.0))[1]


def _wish(part: str) -> tuple[str, float]:
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((piece[2:].strip() for piece in parameters if piece.startswith("q=")), "1")
    return media_type, float(quality) if _QUALITY.fullmatch(quality) else 0.0


def _fits(wish: str, offer: str) -> bool:
    return wish in {offer, "*/*", "*"} or (wish.endswith("/*") and offer.startswith(wish[:-1]))


def _closeness(wish: str) -> int:
    return 0 if wish in {"*/*", "*"} else 1 if wish.endswith("/*") else 2
