"""The endpoint: SPARQL 1.1 Protocol for queries, the service description, VoID, and how the server is."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from starlette.routing import Route

from .. import guard
from . import pages
from .asked import FORM, Answered, No, ask, base, check_reading, fields_of, header, media_type_of, only
from .gate import NOTES
from .jobs import Reply

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

__all__ = ["answered", "endpoint", "routes"]

_ALLOWED = {"Allow": "GET, HEAD, POST, OPTIONS"}
_QUERY, _UPDATE = "application/sparql-query", "application/sparql-update"
_READ_ONLY = "this endpoint is read-only: edit the files of the workspace instead"
_PROTOCOL = ("query", "update", "default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri")


def routes() -> list[Route]:
    """Return what is answered here."""
    return [
        Route("/sparql", answered, name="sparql"),
        Route("/.well-known/void", Answered(_void)),
        Route("/health", Answered(_health)),
        Route("/openapi.json", Answered(_openapi)),
    ]


async def endpoint(scope: Scope, receive: Receive) -> Reply:
    """Answer a request of the SPARQL protocol."""
    if scope["method"] == "OPTIONS":
        return Reply(204, headers=_ALLOWED)
    if scope["method"] not in {"GET", "HEAD", "POST"}:
        raise No(405, f"queries are asked by GET or POST; {_READ_ONLY}", **_ALLOWED)
    fields = fields_of(scope["query_string"])
    is_for_people = pages.is_wanted(header(scope, b"accept"))
    body = b""
    if scope["method"] == "POST":
        body = (await receive())["body"]
        query, fields = _posted(media_type_of(scope), body, fields)
    else:
        if "update" in fields:
            raise No(400, f"an update is not asked by GET, and {_READ_ONLY}")
        if not fields.keys() & set(_PROTOCOL):
            return await (pages.see(scope) if is_for_people else _about(scope))
        query = only(fields, "query")
    _note(scope, query)
    if len(query) > guard.SIZE:
        raise No(413, f"the query is larger than {guard.SIZE // 1024} KB")
    if is_for_people and media_type_of(scope) in {FORM, ""}:
        return await pages.see(scope, body)
    job = {
        "kind": "sparql",
        "query": query,
        "accept": header(scope, b"accept"),
        "base": base(scope) + scope["path"],
        "default": fields.get("default-graph-uri", []),
        "named": fields.get("named-graph-uri", []),
    }
    return await ask(scope, job)


answered = Answered(endpoint)
"""The endpoint as an application of its own."""


def _posted(media_type: str, body: bytes, fields: dict[str, list[str]]) -> tuple[str, dict[str, list[str]]]:
    """Return the query of a POST and the fields that go with it."""
    if media_type == FORM:
        _check_free(fields)
        for name, values in fields_of(body).items():
            fields[name] = [*fields.get(name, []), *values]
        if "update" in fields:
            raise No(400 if "query" in fields else 403, _READ_ONLY)
        return only(fields, "query"), fields
    if media_type == _UPDATE:
        raise No(403, _READ_ONLY)
    if media_type != _QUERY:
        raise No(415, f"a query is posted as {_QUERY} or {FORM}", **{"Accept-Post": f"{_QUERY}, {FORM}"})
    _check_free(fields)
    return _decoded(body), fields


def _check_free(fields: dict[str, list[str]]) -> None:
    """Refuse an address that asks besides what is posted."""
    if fields.keys() & {"query", "update"}:
        raise No(400, "what is asked stands in the body; the address may not hold another query")


def _decoded(body: bytes) -> str:
    try:
        return body.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        raise No(400, "the query is not UTF-8") from None


def _note(scope: Scope, query: str) -> None:
    """Let the log tell queries apart without their text, which may be private; with it where that was asked for."""
    scope[NOTES]["query"] = hashlib.sha256(query.encode("utf-8", "replace")).hexdigest()[:16]
    scope[NOTES]["length"] = len(query)
    if scope["app"].state.settings.logs_text:
        scope[NOTES]["text"] = query


async def _about(scope: Scope) -> Reply:
    """Answer a program that asks nothing: the service description."""
    return await ask(scope, {"kind": "service", "accept": header(scope, b"accept"), "host": base(scope)})


async def _void(scope: Scope, _receive: Receive) -> Reply:
    check_reading(scope)
    return await ask(scope, {"kind": "void", "accept": header(scope, b"accept"), "host": base(scope)})


async def _health(scope: Scope, _receive: Receive) -> Reply:
    check_reading(scope)
    pool = scope["app"].state.pool
    found = {"status": "stale" if pool.error else "ok", **pool.facts, "error": pool.error}
    return Reply(200, (json.dumps(found) + "\n").encode(), "application/json", {"Cache-Control": "no-store"})


async def _openapi(scope: Scope, _receive: Receive) -> Reply:
    from .openapi import DESCRIPTION

    check_reading(scope)
    return Reply(200, json.dumps(DESCRIPTION).encode(), "application/json")
