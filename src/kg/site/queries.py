"""The saved queries with their answers: a page for each, its rows as files, and the list of all of them by tag.

A query is asked in a process of its own that keeps to the limits of the site; one that does not answer within them has a page that says so.
Where a parameter must have a value, it is asked with an example that has an answer, if one is found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from .. import confined, query, results, saved
from ..errors import KgError, LimitError
from ..pages import forms, result, templates
from .site import File

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..answers import Answer
    from ..confined import Desk
    from ..pages.forms import Filled
    from ..saved import SavedQuery
    from .site import Site

__all__ = ["files"]

_CHECK = "-violation"
_EVERYWHERE = ("article", "check", "general", "warning")
"""Tags that say where a query belongs, and nothing of what it asks."""
_DATA = {"solutions": ("csv", "json"), "boolean": ("json",), "triples": ("ttl", "jsonld")}
_NAMES = {"csv": "CSV", "json": "JSON", "ttl": "Turtle", "jsonld": "JSON-LD"}


class Asked(NamedTuple):
    """A saved query as the list has it: what came of it in a word, and whether it is a check."""

    query: SavedQuery
    verdict: str
    is_check: bool


def files(site: Site) -> Iterator[File]:
    """Yield the pages of the saved queries with their rows beside them, and the list."""
    site.index.add_graphs()
    every = [saved.read(path) for _, path in sorted(saved.find_all(site.index.workspace.queries_dir).items())]
    for name in ("layout.html.j2", "frame.html.j2", "macros.html.j2", "query.html.j2"):
        templates.templates("site").get_template(name)  # here once, and not in the process of each query
    listed = []
    for each in every:
        made, verdict = _made(site, each)
        yield from made
        listed.append(Asked(each, verdict, each.name.endswith(_CHECK)))
    yield _list(site, listed)


def _list(site: Site, listed: Sequence[Asked]) -> File:
    questions = [each for each in listed if not each.is_check]
    tags = sorted({tag for each in questions for tag in each.query.tags if tag not in _EVERYWHERE})
    groups = [(tag, [each for each in questions if tag in each.query.tags]) for tag in tags]
    rest = [each for each in questions if not set(each.query.tags) & set(tags)]
    return site.page(
        "queries/index.html",
        "queries.html.j2",
        here="queries",
        count=len(questions),
        groups=[*groups, *([("other", rest)] if rest else [])],
        checks=[each for each in listed if each.is_check],
    )


def _made(site: Site, asked: SavedQuery) -> tuple[list[File], str]:
    """Return the page of a saved query and its rows as files, and what came of it in a word."""
    path = f"queries/{asked.name}.html"
    shown = site.shown(path)
    fields = forms.fill(asked, {}, shown).fields
    examples = {field.name: field.example for field in fields if field.is_required and field.example}
    filled = forms.fill(asked, examples, shown)
    problem = ""
    if filled.is_ready:
        try:
            done = confined.run(lambda desk: _answered(desk, site, asked, filled), site.limits, what="the query")
        except KgError as error:
            problem = _told(error)
        else:
            return [File(name, data) for name, data in done.value[0]], done.value[1]
    missing = (
        f"Nothing here was found to ask it about: no value of {', '.join(filled.missing)} that was tried has an answer."
        if filled.missing
        else ""
    )
    words = problem or missing or forms.for_people("; ".join(filled.errors))
    return [_page(site, asked, filled, None, problem=words)], "no answer"


def _answered(desk: Desk, site: Site, asked: SavedQuery, filled: Filled) -> tuple[list[tuple[str, bytes]], str]:
    """Ask, in the process that can be ended, and return the files that tell the answer, and the answer in a word."""
    desk.begin()
    answer = query.run(site.index, asked.text, values=filled.terms, limits=site.limits, summary=asked.summary)
    style = results.Style(site.index.workspace.prefixes)
    data = {name: results.write(answer, name, style).encode("utf-8", "replace") for name in _DATA[answer.form]}
    found = [_page(site, asked, filled, answer, formats=list(data))]
    found += [File(f"queries/{asked.name}.{name}", body) for name, body in data.items()]
    return [(file.path, file.data) for file in found], _verdict(answer)


def _verdict(answer: Answer) -> str:
    if answer.form == "boolean":
        return "yes" if answer.boolean else "no"
    return results.counted(len(answer), "row" if answer.form == "solutions" else "triple")


def _page(  # noqa: PLR0917  what one page is made of
    site: Site, asked: SavedQuery, filled: Filled, answer: Answer | None, formats: Sequence[str] = (), problem: str = ""
) -> File:
    path, is_check = f"queries/{asked.name}.html", asked.name.endswith(_CHECK)
    found = result.shown(_first(answer), site.shown(path)) if answer is not None else None
    return site.page(
        path,
        "query.html.j2",
        here="queries",
        query=asked,
        is_check=is_check,
        tags=[] if is_check else [tag for tag in asked.tags if tag not in _EVERYWHERE],
        fields=filled.fields,
        command=_command(asked, filled),
        text=forms.final_text(asked, filled.terms if filled.is_ready else {}, site.index.workspace.prefixes),
        result=found,
        total=0 if answer is None else len(answer),
        formats=[(name, _NAMES[name]) for name in formats],
        problem=problem,
    )


def _first(answer: Answer) -> Answer:
    """Return the rows that stand on the page."""
    if len(answer) <= result.SHOWN:
        return answer
    return replace(answer, rows=answer.rows[: result.SHOWN], triples=answer.triples[: result.SHOWN], cut=result.SHOWN)


def _command(asked: SavedQuery, filled: Filled) -> str:
    """Return how the same is asked on the command line."""
    import shlex

    fields = (field for field in filled.fields if field.is_required and field.name in filled.terms)
    given = [word for field in fields for word in ("-p", field.name, field.value)]
    return shlex.join(["kg", "query", asked.name, *given])


def _told(error: KgError) -> str:
    """Return why there is no answer, without the way in which the command line would ask for another."""
    message = forms.for_people(error.message)
    return message.partition("; ask for less")[0] if isinstance(error, LimitError) else message
