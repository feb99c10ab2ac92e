"""The review page: the candidates as one HTML file with boxes to check, which needs no network and no kg to be decided on.

The page holds what it shows as HTML, escaped, and one script of ours that knows nothing but the page: it counts, warns of contradictions,
and saves the decisions as a file for `kg link apply`. It works from `file://`; its policy lets it load nothing and send nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names, targets
from ..inline import policy_hashes, trusted
from ..pages.templates import files, fill
from .apart import territory_of
from .decided import FORMAT
from .decisions import WORDS
from .review import SENSES, digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..workspace import Workspace
    from .review import Question

__all__ = ["build"]


def build(workspace: Workspace, asked: Sequence[Question], *, reviewer: str = "", checked: str = "") -> str:
    """Return the page of what is asked; `reviewer` and `checked` are put into the fields for the name and for how they check."""
    script, style = files("linking/review.js"), files("view/colours.css", "linking/review.css")
    return fill(
        "linking",
        "review.html.j2",
        questions=asked,
        count=sum(len(question.options) for question in asked),
        workspace=workspace.base,
        reviewer=reviewer,
        checked=checked,
        format=FORMAT,
        script=trusted(script),
        style=trusted(style),
        script_hash=trusted(policy_hashes(script)),
        style_hash=trusted(policy_hashes(style)),
        digest=digest_of,
        space=targets.set_of,
        words={predicate: word for word, predicate in WORDS.items()},
        senses=SENSES,
        territory=territory_of,
        link=_link,
    )


def _link(iri: str) -> str:
    """Return where the name of a thing leads in a browser: itself, where that can be; nothing else becomes a link."""
    return iri if names.is_web(iri) else ""
