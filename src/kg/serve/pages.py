"""Where the pages for people have their addresses.

Here, in the server itself, requests become jobs and problems become words on a page; what is to be seen is made by `kg.serve.sights`, in a
worker.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from starlette.routing import Route

from . import render
from .asked import base
from .gate import respond
from .jobs import Reply, problem
from .negotiation import best

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

__all__ = ["for_people", "is_wanted", "routes", "see"]

_PROBLEM, _HTML = "application/problem+json", "text/html"
_DATA = [
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "application/json",
    "application/xml",
    "text/csv",
    "text/tab-separated-values",
    "text/turtle",
    "application/n-triples",
    "application/ld+json",
    "application/rdf+xml",
    "application/n-quads",
    "application/trig",
    _PROBLEM,
]
_WHOLE_MAP = "/map"
_ASKING = ("/", "/sparql")
_FIELDS = 200


def routes() -> list[Route]:
    """Return the addresses of pages, of the files that they ask for, and of everything that the workspace names."""
    return [Route("/static/{name}", _Reading(_asset)), Route("/{path:path}", _Reading(see))]


class _Reading:
    """A function from request to reply as an application that only reads."""

    def __init__(self, function: Any) -> None:
        self._function = function

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        is_reading = scope["method"] in {"GET", "HEAD"}
        reply = await self._function(scope) if is_reading else problem(405, "this is read by GET")
        await respond(send, reply if is_reading else Reply(405, reply.body, reply.media_type, {"Allow": "GET, HEAD"}))


def is_wanted(accept: str) -> bool:
    """Tell whether a person is asking: HTML is wanted more than any data, by name.

    >>> is_wanted("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), is_wanted("*/*"), is_wanted("")
    (True, False, False)
    """
    return best(accept, [*_DATA, _HTML]) == _HTML


async def see(scope: Scope, form: bytes = b"") -> Reply:
    """Return what is to be seen at an address; `form` is what came in the body of a POST."""
    accept = _header(scope, b"accept")
    path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("ascii", "replace")
    fields = (form or scope["query_string"]).decode("utf-8", "replace")
    if path == _WHOLE_MAP and not fields:
        return await _whole_map(scope, accept)
    reply = for_people(await _ask(scope, path, fields, accept), accept, fields, path)
    tag = reply.headers.get("ETag")
    is_had = tag and tag in _header(scope, b"if-none-match").replace("W/", "").split(", ")
    return Reply(304, headers=reply.headers) if is_had else reply


async def _ask(scope: Scope, path: str, fields: str, accept: str) -> Reply:
    job = {"kind": "page", "path": path, "query": fields, "accept": accept, "host": base(scope)}
    reply: Reply = await scope["app"].state.pool.ask(job)
    return reply


async def _whole_map(scope: Scope, accept: str) -> Reply:
    """Return the map of everything, drawn once for each generation of the files; a browser that has it already is told so."""
    state = scope["app"].state
    generation = state.pool.generation
    tag = f'"{generation[:32]}"'
    if _header(scope, b"if-none-match") == tag:
        return Reply(304, headers={"ETag": tag, "Cache-Control": "no-cache"})
    drawn = getattr(state, "whole_map", None)
    if drawn is None or drawn[0] != generation:
        reply = await _ask(scope, _WHOLE_MAP, "", accept)
        if reply.status != 200:  # noqa: PLR2004  anything else is a problem
            return for_people(reply, accept, "")
        reply = Reply(200, reply.body, reply.media_type, {**reply.headers, "ETag": tag})
        drawn = state.whole_map = (generation, reply)
    found: Reply = drawn[1]
    return found


def for_people(reply: Reply, accept: str, fields: str, path: str = "") -> Reply:
    """Return a problem as a page where a person asks: under the text in the editor where that was run, else with the way back to it."""
    if reply.media_type != _PROBLEM or not is_wanted(accept):
        return reply
    values = dict(parse_qsl(fields, errors="replace")) if fields.count("&") < _FIELDS else {}
    problem = {"line": None, **json.loads(reply.body), "source": "", "is_busy": "Retry-After" in reply.headers}
    shared: dict[str, Any] = {"status": reply.status, "headers": reply.headers, "site": "claimgraph", "digest": "", "problem": problem}
    if path in _ASKING and values.get("query"):
        text, view = values["query"].replace("\r\n", "\n"), values.get("view", "table")
        return render.page("stopped.html.j2", here="ask", text=text, view=view, found=None, prefixes=(), **shared)
    return render.page("problem.html.j2", here="", again=_again(path, values), **shared)


def _again(path: str, values: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the way back from a problem to what was asked, and its words."""
    if values.get("query"):
        return f"/sparql#query={quote(values['query'], safe='')}", "Change the query"
    _, first, name, *_ = (*path.split("/"), "", "", "")
    return (f"/queries/{name}", "Back to the query") if first in {"queries", "map"} and name else None


async def _asset(scope: Scope) -> Reply:
    name = scope["path_params"]["name"]
    if name not in render.ASSETS:
        return problem(404, "there is no such file")
    found = render.asset(name)
    return Reply(304, headers=found.headers) if _header(scope, b"if-none-match") == found.headers["ETag"] else found


def _header(scope: Scope, name: bytes) -> str:
    return ", ".join(value.decode("latin-1") for given, value in scope["headers"] if given == name)
