"""The map of `kg view` under an address: everything, a part of it, or the claims that an answer names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from .. import query, saved
from ..errors import InputError, UsageError
from ..pages import forms, result
from . import render
from .shown import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..index import Index
    from .jobs import Reply

__all__ = ["page"]

POLICY = "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
"""The page's own policy lets its own scripts run and nothing else; here stands who may frame it, which a page cannot say itself."""
_WAYS = (("Ask", "/sparql"), ("Saved queries", "/queries/"))
"""The other pages of this server, which the page by itself does not know."""
_SCOPE = ("about", "claimant", "since", "until")
_WHOLE: WeakKeyDictionary[Index, str] = WeakKeyDictionary()


def page(index: Index, steps: Sequence[str], values: Mapping[str, str]) -> Reply:
    """Return the map that an address asks for: of a saved query and its parameters, of a query, of a scope, or of everything."""
    from ..view import View
    from ..view.scope import Scope, asked_for

    given = {name: value for name, value in values.items() if value.strip()}
    if [step for step in steps if step]:
        found = saved.find(index.workspace.queries_dir, steps[0])
        back = f"/queries/{found.name}?{urlencode(given)}#result"
        title, scope = found.summary.rstrip("."), Scope(chosen=_chosen(index, found, given))
        return _drawn(View(index, title=title, scope=scope, ways=[("The query", back), *_WAYS]).html())
    if "query" in given:
        found = saved.parse(given["query"])
        back = f"/sparql?{urlencode({'query': given['query']})}#result"
        scope = Scope(chosen=_chosen(index, found, {}))
        return _drawn(View(index, title="The claims of an answer", scope=scope, ways=[("The query", back), *_WAYS]).html())
    unknown = set(given) - {*_SCOPE, "hops"}
    if unknown:
        raise UsageError(f"a map takes query, {', '.join(_SCOPE)} and hops, not {min(unknown)!r}")
    if not given:
        return _whole(index)
    hops = given.get("hops", "1")
    if not hops.isdigit():
        raise UsageError(f"{hops!r} hops lead nowhere; give a number")
    scope = asked_for(index, hops=min(int(hops), 9), **{name: given[name] for name in _SCOPE if name in given})
    return _drawn(View(index, scope=scope, ways=_WAYS).html())


def _whole(index: Index) -> Reply:
    """Return the whole map, drawn once for each generation of the files."""
    if index not in _WHOLE:
        from ..view import View

        _WHOLE[index] = View(index, ways=_WAYS).html()
    return _drawn(_WHOLE[index])


def _drawn(text: str) -> Reply:
    """Return the page of a map."""
    return render.html(text, policy=POLICY)


def _chosen(index: Index, found: saved.SavedQuery, given: Mapping[str, str]) -> frozenset[str]:
    filled = forms.fill(found, given, Shown(index), offers=False)
    if not filled.is_ready:
        raise UsageError("; ".join(filled.errors) or f"the parameter {filled.missing[0]!r} is missing")
    claims = result.claims_in(query.run(index, found.text, values=filled.terms, explain=False), index)
    if not claims:
        raise InputError("this answer names no claims, and a map draws claims; let the query SELECT them")
    return frozenset(claims)
