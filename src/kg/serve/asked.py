"""What a request says, read for the rooms that answer programs; and a way out where it says nothing that can be answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .gate import respond
from .jobs import Reply, problem

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["FORM", "Answered", "No", "ask", "base", "check_reading", "fields_of", "header", "media_type_of", "only"]

FORM = "application/x-www-form-urlencoded"
_FIELDS = 200


class No(Exception):  # noqa: N818  a way out, caught where it was begun
    """The request asks nothing that can be answered; `reply` says why."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        found = problem(status, detail)
        self.reply = Reply(status, found.body, found.media_type, {**found.headers, **headers})


class Answered:
    """A function from request to reply as an application of its own, without what wraps ordinary routes."""

    def __init__(self, function: Any) -> None:
        self._function = function

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI has it."""
        try:
            reply = await self._function(scope, receive)
        except No as no:
            reply = no.reply
        accept = header(scope, b"accept")
        if reply.media_type == "application/problem+json" and "text/html" in accept and "json" not in accept:
            reply = Reply(reply.status, reply.body, "text/plain; charset=utf-8", reply.headers)
        await respond(send, reply)


async def ask(scope: Scope, job: dict[str, Any]) -> Reply:
    """Hand a job to a worker and return its reply."""
    reply: Reply = await scope["app"].state.pool.ask(job)
    return reply


def fields_of(data: bytes) -> dict[str, list[str]]:
    """Return the fields of a form or of an address, each with all its values."""
    if not data:
        return {}
    try:
        pairs = parse_qsl(data.decode(), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError:
        raise No(400, "the fields are not UTF-8") from None
    except ValueError:
        raise No(400, f"there are more than {_FIELDS} fields") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def only(fields: dict[str, list[str]], name: str) -> str:
    """Return the value of a field that must be there, and once."""
    values = fields.get(name, [])
    if len(values) != 1:
        raise No(400, f"the field {name!r} is missing" if not values else f"the field {name!r} is given {len(values)} times; ask one query")
    return values[0]


def media_type_of(scope: Scope) -> str:
    """Return the media type of what is posted; only UTF-8 is."""
    media_type, *parameters = (part.strip().lower() for part in header(scope, b"content-type").split(";"))
    charset = next((part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")), "utf-8")
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise No(415, "a query is posted in UTF-8")
    return media_type


def header(scope: Scope, name: bytes) -> str:
    """Return a header, its values joined; empty where it is missing."""
    return ", ".join(value.decode("latin-1") for given, value in scope["headers"] if given == name)


def base(scope: Scope) -> str:
    """Return scheme and host of the server as the client wrote them."""
    return f"{scope['scheme']}://{header(scope, b'host')}"


def check_reading(scope: Scope) -> None:
    """Refuse a request that does not just read."""
    if scope["method"] not in {"GET", "HEAD"}:
        raise No(405, "this is read by GET", Allow="GET, HEAD")
