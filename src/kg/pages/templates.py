"""Templates filled with words: text is text everywhere, whatever it holds, and nothing in it is invisible."""

from __future__ import annotations

from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from .. import names
from ..results import counted
from ..view.data import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jinja2

__all__ = ["files", "fill", "templates", "version"]


def fill(room: str, template: str, **words: Any) -> str:
    """Return a template of a room, or of this one, filled with words."""
    return templates(room).get_template(template).render(version=version(), **words)


@cache
def version() -> str:
    """Return the version of the package."""
    return metadata.version("claimgraph")


@cache
def templates(room: str) -> jinja2.Environment:
    """Return the templates of a room of the house, and behind them those that rooms share."""
    import jinja2

    def load(name: str) -> str | None:
        return _read(room, name) or _read("pages", name)

    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"exact": _exact, "many": counted, "query": _query, "local": _local}
    found.tests["web"] = names.is_web
    return found


def files(*paths: str) -> str:
    """Return files of the package, by room and name, as one: style sheets that build on each other, for one."""
    return "".join(_read(*path.split("/")) or "" for path in paths)


def _read(room: str, name: str) -> str | None:
    found = resources.files(__package__.rpartition(".")[0]).joinpath(room, name)
    return found.read_text(encoding="utf-8") if found.is_file() else None


def _shown(value: Any) -> Any:
    """Return what a template writes: text in which nothing is invisible or turns other text around."""
    return visible(value) if type(value) is str else value


def _exact(words: str) -> Any:
    """Return text to the letter, escaped: what a form sends back must be what it was given."""
    from markupsafe import escape

    return escape(words)


def _query(values: Mapping[str, str]) -> str:
    return urlencode(values)


def _local(words: str) -> str:
    return quote(words, safe="")
