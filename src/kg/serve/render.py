"""Pages from templates: text is text everywhere, nothing runs that is not a file of this server, nothing is asked of any other."""

from __future__ import annotations

import hashlib
from functools import cache
from http import HTTPStatus
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from ..view.data import visible
from .jobs import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jinja2

__all__ = ["ASSETS", "POLICY", "asset", "html", "page"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""What a page may do: only files of this server, no inline script or style, no other server, no frame but our own."""
ASSETS = {
    "serve.css": ("text/css; charset=utf-8", ("../view/colours.css", "serve.css")),
    "serve.js": ("text/javascript; charset=utf-8", ("serve.js",)),
    "editor.js": ("text/javascript; charset=utf-8", ("editor.js",)),
}
"""The files that pages ask for, by name: media type, and the files of the package that each is made of."""

_TITLES = {400: "That cannot be asked", 403: "That is not asked here", 413: "That is too large", 503: "The query was stopped"}


def page(template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **words: Any) -> Reply:
    """Return a page: a template filled with words."""
    return html(_environment().get_template(template).render(version=metadata.version("claimgraph"), **words), status, headers)


def html(text: str, status: int = 200, headers: Mapping[str, str] | None = None, policy: str = POLICY) -> Reply:
    """Return a reply that is a page."""
    said = {"Content-Security-Policy": policy, "Vary": "Accept", "Cache-Control": "no-cache", **(headers or {})}
    return Reply(status, text.encode("utf-8", "replace"), "text/html; charset=utf-8", said)


@cache
def asset(name: str) -> Reply:
    """Return a file that pages ask for, with what tells a browser whether it has this one already."""
    media_type, parts = ASSETS[name]
    body = b"".join(_file(part).encode() for part in parts)
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": "no-cache"}
    return Reply(200, body, media_type, headers)


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(_file),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"exact": _exact, "many": _many, "query": _query, "local": _local}
    found.globals |= {"title_of": _title_of}
    return found


def _title_of(problem: Mapping[str, Any]) -> str:
    """Return what is the matter in words of its own; those of HTTP sound as if the server were down.

    >>> _title_of({"status": 503}), _title_of({"status": 503, "is_busy": True}), _title_of({"status": 404})
    ('The query was stopped', 'The server is busy', 'Not Found')
    """
    status = int(problem["status"])
    return "The server is busy" if problem.get("is_busy") else _TITLES.get(status) or HTTPStatus(status).phrase


def _file(name: str) -> str:
    found = resources.files(__package__)
    for step in name.split("/"):
        found = resources.files(__package__.rpartition(".")[0]) if step == ".." else found.joinpath(step)
    return found.read_text(encoding="utf-8")


def _shown(value: Any) -> Any:
    """Return what a template writes: text in which nothing is invisible or turns other text around."""
    return visible(value) if type(value) is str else value


def _exact(words: str) -> Any:
    """Return text to the letter, escaped: what a form sends back must be what it was given."""
    from markupsafe import escape

    return escape(words)


def _many(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> _many(1, "row"), _many(1200, "entity", "entities")
    ('1 row', '1,200 entities')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _query(values: Mapping[str, str]) -> str:
    return urlencode(values)


def _local(words: str) -> str:
    return quote(words, safe="")
