"""The filters of the page: for each what it is called, its values, and the value of every claim in it.

The time of a claim may touch several years: in that facet a claim has a first and a last value, and all those between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from typing import TYPE_CHECKING, Any

from .. import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from ..model import Claim
    from .data import PageData

_UNDATED = "undated"
_PERIODS_AT_MOST = 600
_DECEMBER = 12
_COLUMNS = frozenset({"claimant", "polarity", "certainty", "kind", "relation"})
"""The facets whose values are those of a field of the claims."""
_ORDERS: Mapping[str, Sequence[str]] = {"polarity": names.POLARITIES, "certainty": names.CERTAINTIES, "kind": names.KINDS}


def facets(data: PageData) -> list[dict[str, Any]]:
    """Return each facet with its values and the value of every claim in it."""
    found = [
        _things(data, "claimant", "Who says so", lambda claim: claim.claimant),
        *(_listed(data, key, key.capitalize()) for key in _ORDERS),
        _things(data, "relation", "Relation", lambda claim: claim.relation),
        _topics(data),
        _times(data.claims),
    ]
    if len({source_of(data, claim) for claim in data.claims}) > 1:
        found.append(_things(data, "source", "Source", lambda claim: source_of(data, claim)))
    return found


def source_of(data: PageData, claim: Claim) -> str:
    """Return the source of the first passage of a claim, nothing where it has none."""
    first = next((data.index.passages[iri] for iri in claim.passages if iri in data.index.passages), None)
    return first.source if first else ""


def _things(data: PageData, key: str, title: str, value: Callable[[Claim], str]) -> dict[str, Any]:
    """Return a facet of things that have IRIs, those of most claims first."""
    chosen = [value(claim) for claim in data.claims]
    often = Counter(chosen)
    order = sorted(often, key=lambda iri: (-often[iri], data.label(iri), iri))
    values = [{"id": data.curie(iri), "label": data.label(iri) if iri else "none"} | data.tongue(iri) for iri in order]
    return _facet(key, title, values, chosen, order)


def _listed(data: PageData, key: str, title: str) -> dict[str, Any]:
    """Return a facet of a list of values, in the order of that list."""
    chosen = [getattr(claim, key) for claim in data.claims]
    order = sorted(set(chosen), key=_ORDERS[key].index)
    values = [{"id": value, "label": data.words.get(value, value)} | data.tongue(names.KG + value) for value in order]
    return _facet(key, title, values, chosen, order)


def _topics(data: PageData) -> dict[str, Any]:
    chosen = [data.nodes[subject]["kind"] for subject, _ in data.ends]
    order = sorted(set(chosen))
    return _facet("topic", "Speaks of a", [{"id": kind, "label": kind} for kind in order], chosen, order)


def _facet(key: str, title: str, values: list[dict[str, Any]], chosen: Sequence[str], order: Sequence[str]) -> dict[str, Any]:
    number = {value: at for at, value in enumerate(order)}
    shared = {"column": key} if key in _COLUMNS else {}
    return {"key": key, "title": title, "values": values, **shared, "of": [number[value] for value in chosen]}


def _times(claims: Sequence[Claim]) -> dict[str, Any]:
    """Return the times that claims touch: `of` is the first of each claim, `to` its last; an open end reaches to the end of the facet."""
    spans = [(claim.since, claim.until) for claim in claims]
    length = len("2021-08") if len({(since or until).year for since, until in spans if since or until}) == 1 else len("2021")  # type: ignore[union-attr]
    order = _periods(spans, length)
    undated = len(order)
    first = [_place(bisect_left, order, since, until, length) for since, until in spans]
    last = [_place(bisect_right, order, until, since, length, none=undated) - 1 if since or until else undated for since, until in spans]
    values = [*order, _UNDATED] if undated in first else order
    return {"key": "time", "title": "Time", "values": [{"id": each, "label": each} for each in values], "of": first, "to": last}


def _place(
    bisect: Callable[[list[str], str], int], order: list[str], here: date | None, there: date | None, length: int, *, none: int = 0
) -> int:
    """Return the place of one end of a time among the periods; of an open end `none`, of no time at all the place after them."""
    if here:
        return bisect(order, here.isoformat()[:length])
    return none if there else len(order)


def _periods(spans: Sequence[tuple[date | None, date | None]], length: int) -> list[str]:
    """Return the periods in which something begins or ends, and unless they are very many all those between that something touches."""
    ends = sorted({end for span in spans for end in span if end})
    written = sorted({end.isoformat()[:length] for end in ends})
    if not ends:
        return written
    every = list(_between(written[0], written[-1]))
    if len(every) > _PERIODS_AT_MOST:
        return written
    steps = Counter[int]()
    for since, until in spans:
        if since or until:
            steps[bisect_left(every, since.isoformat()[:length]) if since else 0] += 1
            steps[bisect_right(every, until.isoformat()[:length]) if until else len(every)] -= 1
    touching, found = 0, []
    for at, period in enumerate(every):
        touching += steps[at]
        if touching or period in written:
            found.append(period)
    return found


def _between(first: str, last: str) -> Iterator[str]:
    """Yield every year, or every month, from the first to the last.

    >>> list(_between("2020-11", "2021-01")), list(_between("0998", "1000"))
    (['2020-11', '2020-12', '2021-01'], ['0998', '0999', '1000'])
    """
    year, month = int(first[:4]), int(first[5:] or 0)
    while (period := f"{year:04}-{month:02}" if month else f"{year:04}") <= last:
        yield period
        year, month = (year, month + 1) if 0 < month < _DECEMBER else (year + 1, min(month, 1))
