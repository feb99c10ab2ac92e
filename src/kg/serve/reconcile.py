"""Where the reconciliation service has its addresses: the entities of the workspace for OpenRefine and others, by its API v0.2.

Requests become jobs here; what is answered is made by `kg.serve.reconciled`, in a worker. The service is asked as the specification says:
by GET without fields for the manifest, by GET or POST of a form with `queries` or `extend`. A page of another site may ask where
`--allow-origin` says so, which is also where previews may be framed. JSONP, which v0.2 leaves to services, is refused: any page could read
the workspace by it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.routing import Route

from .asked import FORM, Answered, No, ask, base, check_reading, fields_of, media_type_of, only
from .jobs import Reply

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

__all__ = ["PATH", "routes"]

PATH = "/reconcile"
"""Where the service is offered, and what all its addresses begin with."""
_ALLOWED = {"Allow": "GET, HEAD, POST, OPTIONS"}
_ASKED = ("queries", "extend")
_KINDS = ("entity", "type", "property")
_CURSOR, _MOST = 9, 1000
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\[\]:_-]+|\*")


def routes() -> list[Route]:
    """Return what is answered here."""
    return [
        Route(PATH, Answered(_service)),
        Route(f"{PATH}/suggest/{{kind}}", Answered(_suggest)),
        Route(f"{PATH}/flyout/{{kind}}", Answered(_flyout)),
        Route(f"{PATH}/preview", Answered(_preview)),
        Route(f"{PATH}/properties", Answered(_propose)),
    ]


async def _service(scope: Scope, receive: Receive) -> Reply:
    """Answer at the endpoint of the service: its manifest, or what a batch asks."""
    if scope["method"] == "OPTIONS":
        return Reply(204, headers=_ALLOWED)
    if scope["method"] not in {"GET", "HEAD", "POST"}:
        raise No(405, "the service is asked by GET or POST", **_ALLOWED)
    fields = _fields(scope)
    if scope["method"] == "POST":
        if media_type_of(scope) != FORM:
            raise No(415, f"a batch is posted as {FORM}", **{"Accept-Post": FORM})
        for name, values in fields_of((await receive())["body"]).items():
            fields[name] = [*fields.get(name, []), *values]
    given = [name for name in _ASKED if name in fields]
    if len(given) > 1:
        raise No(400, "the fields 'queries' and 'extend' are asked one at a time")
    if given:
        return await _job(scope, do=given[0], text=only(fields, given[0]))
    if scope["method"] == "POST" or "query" in fields:
        raise No(400, 'a batch of queries is asked in the field \'queries\', such as {"q0": {"query": "Kabul"}}')
    return await _job(scope, do="manifest", host=base(scope), at=PATH)


async def _suggest(scope: Scope, _receive: Receive) -> Reply:
    fields = _reading(scope)
    kind = _kind(scope)
    return await _job(scope, do="suggest", of=kind, prefix=only(fields, "prefix")[:_MOST], cursor=_number(fields, "cursor"))


async def _flyout(scope: Scope, _receive: Receive) -> Reply:
    return await _job(scope, do="flyout", id=only(_reading(scope), "id")[:_MOST], of=_kind(scope))


async def _preview(scope: Scope, _receive: Receive) -> Reply:
    identifier = only(_reading(scope), "id")[:_MOST]
    framed_by = [origin for origin in scope["app"].state.settings.origins if _ORIGIN.fullmatch(origin)]
    return await _job(scope, do="preview", of="entity", id=identifier, framed_by=framed_by)


async def _propose(scope: Scope, _receive: Receive) -> Reply:
    fields = _reading(scope)
    return await _job(scope, do="propose", type=only(fields, "type")[:_MOST], limit=min(_number(fields, "limit"), _MOST))


async def _job(scope: Scope, **said: object) -> Reply:
    return await ask(scope, {"kind": "reconcile", **said})


def _fields(scope: Scope) -> dict[str, list[str]]:
    fields = fields_of(scope["query_string"])
    if "callback" in fields:
        raise No(400, "JSONP is not offered; start kg serve with --allow-origin and the address of the page that asks")
    return fields


def _reading(scope: Scope) -> dict[str, list[str]]:
    """Return the fields of an address that is only read."""
    check_reading(scope)
    return _fields(scope)


def _kind(scope: Scope) -> str:
    kind: str = scope["path_params"]["kind"]
    if kind not in _KINDS:
        raise No(404, f"there is nothing at this address; {', '.join(_KINDS)} are suggested")
    return kind


def _number(fields: dict[str, list[str]], name: str) -> int:
    """Return the number that a field gives; 0 where it is missing."""
    given = only(fields, name) if fields.get(name) else "0"
    if not (given.isascii() and given.isdigit() and len(given) <= _CURSOR):
        raise No(400, f"the field {name!r} must be a whole number")
    return int(given)
