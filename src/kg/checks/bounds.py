"""`kg:from` and `kg:until` recomputed from `kg:when`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names
from ..dates import bounds
from ..errors import InputError
from .evaluate import rows

if TYPE_CHECKING:
    import pyoxigraph as ox

    from ..triples import Term
    from .findings import Finding, Places

RULE = "bounds"
_DISTINCT = f"""SELECT DISTINCT ?when ?from ?until WHERE {{
?claim <{names.WHEN}> ?when OPTIONAL {{ ?claim <{names.FROM}> ?from }} OPTIONAL {{ ?claim <{names.UNTIL}> ?until }} }}"""
_ALL = _DISTINCT.replace("SELECT DISTINCT", "SELECT ?claim")


def find(store: ox.Store, places: Places) -> list[Finding]:
    """Return the claims whose bounds are not those of their `kg:when`; each distinct combination is computed once."""
    wrong: dict[tuple[Term | None, ...], list[tuple[str, str]]] = {}
    for row in rows(store, _DISTINCT):
        faults = _faults(row)
        if faults:
            wrong[_key(row)] = faults
    if not wrong:
        return []
    found = []
    for row in rows(store, _ALL):
        for predicate, message in wrong.get(_key(row), ()):
            value = row.get("from" if predicate == names.FROM else "until" if predicate == names.UNTIL else "when")
            found.append(places.finding("error", message, rule=RULE, subject=row["claim"], predicate=predicate, value=value))
    return found


def _key(row: dict[str, Term]) -> tuple[Term | None, ...]:
    return (row["when"], row.get("from"), row.get("until"))


def _faults(row: dict[str, Term]) -> list[tuple[str, str]]:
    when = str(getattr(row["when"], "value", row["when"]))
    try:
        wanted = bounds(when)
    except InputError as error:
        return [(names.WHEN, f"{error.message}; correct it")]
    found = []
    for predicate, name, day in ((names.FROM, "from", wanted[0]), (names.UNTIL, "until", wanted[1])):
        said = str(getattr(row[name], "value", row[name])) if name in row else None
        right = None if day is None else day.isoformat()
        if said != right:
            change = f"write {right}" if right else "remove it"
            found.append((predicate, f"kg:when {when!r} has {f'the bound {right}' if right else 'no bound'} here; {change}"))
    return found
