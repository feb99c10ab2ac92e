"""The review page: the candidates as one HTML file with boxes to check, which needs no network and no kg to be decided on.

The page holds what it shows as HTML, escaped, and one script of ours that knows nothing but the page: it counts, warns of contradictions,
and saves the decisions as a file for `kg link apply`. It works from `file://`; its policy lets it load nothing and send nothing.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from .. import mappings, targets
from ..pages.templates import files, fill
from .decided import FORMAT
from .review import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..workspace import Workspace
    from .review import Question

__all__ = ["build"]

_PAGES = ("http://", "https://")


def build(workspace: Workspace, asked: Sequence[Question], *, reviewer: str = "") -> str:
    """Return the page of what is asked; `reviewer` is put into the field for the name."""
    script, style = files("linking/review.js"), files("view/colours.css", "linking/review.css")
    return fill(
        "linking",
        "review.html.j2",
        questions=asked,
        count=sum(len(question.options) for question in asked),
        workspace=workspace.base,
        reviewer=reviewer,
        format=FORMAT,
        script=_trusted(script),
        style=_trusted(style),
        script_hash=_trusted(_hash(script)),
        style_hash=_trusted(_hash(style)),
        digest=digest_of,
        space=targets.set_of,
        exact=mappings.EXACT,
        link=_link,
    )


def _link(iri: str) -> str:
    """Return where the name of a thing leads in a browser: itself, where that can be; nothing else becomes a link."""
    return iri if iri.startswith(_PAGES) else ""


def _hash(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


def _trusted(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704  our own files, and their hashes
