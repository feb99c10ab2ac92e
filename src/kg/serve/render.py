"""Pages from templates: text is text everywhere, nothing runs that is not a file of this server, nothing is asked of any other."""

from __future__ import annotations

import hashlib
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ..pages import templates
from .jobs import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ASSETS", "POLICY", "asset", "html", "page"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""What a page may do: only files of this server, no inline script or style, no other server, no frame but our own."""
ASSETS = {
    "serve.css": ("text/css; charset=utf-8", ("view/colours.css", "pages/pages.css", "pages/ontology.css", "serve/serve.css")),
    "serve.js": ("text/javascript; charset=utf-8", ("serve/serve.js",)),
    "editor.js": ("text/javascript; charset=utf-8", ("serve/editor.js",)),
}
"""The files that pages ask for, by name: media type, and the files of the package that each is made of."""

_TITLES = {400: "That cannot be asked", 403: "That is not asked here", 413: "That is too large", 503: "The query was stopped"}


def page(template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **words: Any) -> Reply:
    """Return a page: a template filled with words."""
    if words.get("problem"):
        words["problem"] = {**words["problem"], "title": _title_of(words["problem"])}
    return html(templates.fill("serve", template, **words), status, headers)


def html(text: str, status: int = 200, headers: Mapping[str, str] | None = None, policy: str = POLICY) -> Reply:
    """Return a reply that is a page."""
    said = {"Content-Security-Policy": policy, "Vary": "Accept", "Cache-Control": "no-cache", **(headers or {})}
    return Reply(status, text.encode("utf-8", "replace"), "text/html; charset=utf-8", said)


@cache
def asset(name: str) -> Reply:
    """Return a file that pages ask for, with what tells a browser whether it has this one already."""
    media_type, parts = ASSETS[name]
    body = templates.files(*parts).encode()
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": "no-cache"}
    return Reply(200, body, media_type, headers)


def _title_of(problem: Mapping[str, Any]) -> str:
    """Return what is the matter in words of its own; those of HTTP sound as if the server were down.

    >>> _title_of({"status": 503}), _title_of({"status": 503, "is_busy": True}), _title_of({"status": 404})
    ('The query was stopped', 'The server is busy', 'Not Found')
    """
    status = int(problem["status"])
    return "The server is busy" if problem.get("is_busy") else _TITLES.get(status) or HTTPStatus(status).phrase
