"""What a worker answers: a registry of kinds of jobs, and the replies that they give.

A job is a dictionary that JSON can hold, with its `kind`; the function of that kind makes a `Reply` of it and of the loaded index. It runs
in a worker that is held to limits and may be ended at any moment, so it changes nothing outside itself. To add a kind, write the function
and name it in `KINDS`; `hand` of `kg.serve.app` passes a job to a worker and gives its reply to the client.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import InputError, KgError, LimitError, QueryError, RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..index import Index

Job: TypeAlias = "Mapping[str, Any]"
__all__ = ["KINDS", "Job", "Reply", "answer", "problem", "problem_of"]

KINDS = {
    "sparql": "sparql.answer",
    "service": "description.service",
    "void": "description.void",
    "page": "sights.page",
    "reconcile": "reconciled.answer",
}
"""Where the function of each kind of job is: room of this folder and name in it, imported on first use."""

_STATUS = {UsageError: 400, InputError: 400, QueryError: 400, RefusedError: 403}
_STOPPED = 503
_TOO_LARGE = 413
_TITLES = {
    400: "Bad request",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    408: "Request too slow",
    413: "Too large",
    415: "Unsupported media type",
    421: "Misdirected request",
    431: "Headers too large",
    500: "Internal error",
    503: "Stopped or busy",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the client: the status, headers, and the whole body, since limits are counted before the status is sent."""

    status: int
    body: bytes = b""
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def problem(status: int, detail: str, **more: object) -> Reply:
    r"""Return a problem as RFC 9457 has it, in one line.

    >>> problem(406, "only RDF here").body
    b'{"type": "about:blank", "title": "Not acceptable", "status": 406, "detail": "only RDF here"}\n'
    """
    said = {"type": "about:blank", "title": _TITLES.get(status, "Problem"), "status": status, "detail": detail, **more}
    headers = {"Retry-After": "1"} if status == _STOPPED else {}
    return Reply(status, (json.dumps(said, ensure_ascii=False) + "\n").encode("utf-8", "replace"), "application/problem+json", headers)


def problem_of(error: KgError) -> Reply:
    """Return the problem that an error is; limits on rows and bytes are 413, those on time and memory 503."""
    if isinstance(error, LimitError):
        found = problem(_TOO_LARGE if error.message.startswith("the answer ") else _STOPPED, error.message)
        return replace(found, headers={})  # no Retry-After: it would be stopped again
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)
    place = {name: value for name, value in (("line", error.line), ("column", error.column)) if value is not None}
    return problem(status, error.message, **place)


def answer(index: Index, job: Job) -> Reply:
    """Return the reply of a worker to a job; errors of kg are problems, and so is a file that can no longer be read."""
    if job["kind"] not in KINDS:
        return problem(500, f"there is no job {job['kind']!r}")
    try:
        return _function(job["kind"])(index, job)
    except KgError as error:
        return problem_of(error)
    except OSError as error:
        return problem(500, f"a file of the workspace cannot be read: {error.strerror or error}")


@cache
def _function(kind: str) -> Callable[[Index, Job], Reply]:
    room, _, name = KINDS[kind].rpartition(".")
    found: Callable[[Index, Job], Reply] = getattr(import_module(f".{room}", __package__), name)
    return found
