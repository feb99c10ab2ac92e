"""The endpoint: SPARQL 1.1 Protocol for queries, the service description, VoID, and how the server is."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.routing import Route

from .. import guard
from . import pages
from .gate import NOTES, respond
from .jobs import Reply, problem

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["answered", "endpoint", "routes"]

_ALLOWED = {"Allow": "GET, HEAD, POST, OPTIONS"}
_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_FIELDS = 200
_READ_ONLY = "this endpoint is read-only: edit the files of the workspace instead"
_PROTOCOL = ("query", "update", "default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri")


class _No(Exception):  # noqa: N818  a way out, caught where it was begun
    """The request asks no query; `reply` says why."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        found = problem(status, detail)
        self.reply = Reply(status, found.body, found.media_type, {**found.headers, **headers})


def routes() -> list[Route]:
    """Return what is answered here."""
    return [
        Route("/sparql", answered, name="sparql"),
        Route("/.well-known/void", _Answered(_void)),
        Route("/health", _Answered(_health)),
        Route("/openapi.json", _Answered(_openapi)),
    ]


class _Answered:
    """A function from request to reply as an application of its own, without what wraps ordinary routes."""

    def __init__(self, function: Any) -> None:
        self._function = function

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            reply = await self._function(scope, receive)
        except _No as no:
            reply = no.reply
        accept = _header(scope, b"accept")
        if reply.media_type == "application/problem+json" and "text/html" in accept and "json" not in accept:
            reply = Reply(reply.status, reply.body, "text/plain; charset=utf-8", reply.headers)
        await respond(send, reply)


async def endpoint(scope: Scope, receive: Receive) -> Reply:
    """Answer a request of the SPARQL protocol."""
    if scope["method"] == "OPTIONS":
        return Reply(204, headers=_ALLOWED)
    if scope["method"] not in {"GET", "HEAD", "POST"}:
        raise _No(405, f"queries are asked by GET or POST; {_READ_ONLY}", **_ALLOWED)
    fields = _fields(scope["query_string"])
    is_for_people = pages.is_wanted(_header(scope, b"accept"))
    body = b""
    if scope["method"] == "POST":
        body = (await receive())["body"]
        query, fields = _posted(_media_type(scope), body, fields)
    else:
        if "update" in fields:
            raise _No(400, f"an update is not asked by GET, and {_READ_ONLY}")
        if not fields.keys() & set(_PROTOCOL):
            return await (pages.see(scope) if is_for_people else _about(scope))
        query = _only(fields, "query")
    _note(scope, query)
    if len(query) > guard.SIZE:
        raise _No(413, f"the query is larger than {guard.SIZE // 1024} KB")
    if is_for_people and _media_type(scope) in {_FORM, ""}:
        return await pages.see(scope, body)
    job = {
        "kind": "sparql",
        "query": query,
        "accept": _header(scope, b"accept"),
        "base": _base(scope) + scope["path"],
        "default": fields.get("default-graph-uri", []),
        "named": fields.get("named-graph-uri", []),
    }
    return await _ask(scope, job)


async def _ask(scope: Scope, job: dict[str, Any]) -> Reply:
    reply: Reply = await scope["app"].state.pool.ask(job)
    return reply


answered = _Answered(endpoint)
"""The endpoint as an application of its own."""


def _posted(media_type: str, body: bytes, fields: dict[str, list[str]]) -> tuple[str, dict[str, list[str]]]:
    """Return the query of a POST and the fields that go with it."""
    if media_type == _FORM:
        _check_free(fields)
        for name, values in _fields(body).items():
            fields[name] = [*fields.get(name, []), *values]
        if "update" in fields:
            raise _No(400 if "query" in fields else 403, _READ_ONLY)
        return _only(fields, "query"), fields
    if media_type == _UPDATE:
        raise _No(403, _READ_ONLY)
    if media_type != _QUERY:
        raise _No(415, f"a query is posted as {_QUERY} or {_FORM}", **{"Accept-Post": f"{_QUERY}, {_FORM}"})
    _check_free(fields)
    return _decoded(body), fields


def _check_free(fields: dict[str, list[str]]) -> None:
    """Refuse an address that asks besides what is posted."""
    if fields.keys() & {"query", "update"}:
        raise _No(400, "what is asked stands in the body; the address may not hold another query")


def _fields(data: bytes) -> dict[str, list[str]]:
    if not data:
        return {}
    try:
        pairs = parse_qsl(data.decode(), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError:
        raise _No(400, "the fields are not UTF-8") from None
    except ValueError:
        raise _No(400, f"there are more than {_FIELDS} fields") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _only(fields: dict[str, list[str]], name: str) -> str:
    values = fields.get(name, [])
    if len(values) != 1:
        raise _No(
            400, f"the field {name!r} is missing" if not values else f"the field {name!r} is given {len(values)} times; ask one query"
        )
    return values[0]


def _decoded(body: bytes) -> str:
    try:
        return body.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        raise _No(400, "the query is not UTF-8") from None


def _media_type(scope: Scope) -> str:
    media_type, *parameters = (part.strip().lower() for part in _header(scope, b"content-type").split(";"))
    charset = next((part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")), "utf-8")
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise _No(415, "a query is posted in UTF-8")
    return media_type


def _header(scope: Scope, name: bytes) -> str:
    return ", ".join(value.decode("latin-1") for given, value in scope["headers"] if given == name)


def _note(scope: Scope, query: str) -> None:
    """Let the log tell queries apart without their text, which may be private; with it where that was asked for."""
    scope[NOTES]["query"] = hashlib.sha256(query.encode("utf-8", "replace")).hexdigest()[:16]
    scope[NOTES]["length"] = len(query)
    if scope["app"].state.settings.logs_text:
        scope[NOTES]["text"] = query


async def _about(scope: Scope) -> Reply:
    """Answer a program that asks nothing: the service description."""
    return await _ask(scope, {"kind": "service", "accept": _header(scope, b"accept"), "host": _base(scope)})


async def _void(scope: Scope, _receive: Receive) -> Reply:
    _check_reading(scope)
    return await _ask(scope, {"kind": "void", "accept": _header(scope, b"accept"), "host": _base(scope)})


def _base(scope: Scope) -> str:
    return f"{scope['scheme']}://{_header(scope, b'host')}"


async def _health(scope: Scope, _receive: Receive) -> Reply:
    _check_reading(scope)
    pool = scope["app"].state.pool
    found = {"status": "stale" if pool.error else "ok", **pool.facts, "error": pool.error}
    return Reply(200, (json.dumps(found) + "\n").encode(), "application/json", {"Cache-Control": "no-store"})


async def _openapi(scope: Scope, _receive: Receive) -> Reply:
    from .openapi import DESCRIPTION

    _check_reading(scope)
    return Reply(200, json.dumps(DESCRIPTION).encode(), "application/json")


def _check_reading(scope: Scope) -> None:
    if scope["method"] not in {"GET", "HEAD"}:
        raise _No(405, "this is read by GET", Allow="GET, HEAD")
