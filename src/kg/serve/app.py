"""The application: which address is answered by which room, and how a job goes to a worker and comes back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response

from .endpoint import answered
from .gate import Gate
from .jobs import Reply, problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from .jobs import Job
    from .pool import Pool

__all__ = ["ROOMS", "create_app", "hand", "to_response"]

ROOMS = ["endpoint", "reconcile", "pages"]
"""The rooms of this folder that have a function `routes()`, which returns a list of Starlette's routes; the first that fits answers."""


def create_app(pool: Pool) -> ASGIApp:
    """Return the application whose jobs a pool answers; the pool is entered by who runs it."""
    routes = [route for room in ROOMS for route in import_module(f".{room}", __package__).routes()]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _told})
    app.router.redirect_slashes = False
    app.state.pool, app.state.workspace, app.state.settings = pool, pool.workspace, pool.settings
    return Gate(app, pool.settings, quick={"/sparql": answered})


async def _told(_request: Request, error: Exception) -> Response:
    """Return what Starlette itself refuses, such as an unknown address, in the form of all other problems."""
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    found = problem(status, {404: "there is nothing at this address", 405: "this address takes no such method"}.get(status, "refused"))
    return to_response(Reply(status, found.body, found.media_type, headers or {}))


async def hand(request: Request, job: Job) -> Response:
    """Hand a job to a worker and return its reply."""
    reply: Reply = await request.app.state.pool.ask(job)
    return to_response(reply)


def to_response(reply: Reply) -> Response:
    """Return a reply as Starlette has it."""
    return Response(reply.body, reply.status, dict(reply.headers), reply.media_type or None)
