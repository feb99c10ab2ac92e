"""What people see, made in a worker: the page to ask on, the saved queries, the pages of things, and what a script completes."""

from __future__ import annotations

import re
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode

from .. import query, results, saved
from ..errors import InputError, KgError, LimitError, UsageError
from ..pages import documents, forms, ontology, portrait, result
from ..pages.addresses import ONTOLOGY
from . import complete, maps, render, resources
from .jobs import Reply, problem, problem_of
from .shown import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ..answers import Answer
    from ..index import Index
    from .jobs import Job

__all__ = ["EXAMPLE", "page", "warm"]

EXAMPLE = """# Who denies what? Change it, and press Ctrl+Enter.
SELECT ?claim ?label ?claimant
WHERE {
  ?claim kg:polarity kg:denied ;
         kg:claimant ?claimant ;
         rdfs:label ?label .
}
ORDER BY ?claim
"""
LONGEST_LINK = 6000
"""How many characters a query may take in an address: servers and browsers begin to refuse not far above."""
_VIEWS = ("table", "map", "timeline")
_DATA_TYPES = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "jsonl": "application/x-ndjson",
    "xml": "application/sparql-results+xml",
    "md": "text/markdown",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
}
_CHECK = "-violation"


class Asked(NamedTuple):
    """A request for a page: its path as it was sent, the values that came with it, and what the client can read.

    `host` is scheme and host as the client has them, empty where nobody asked over HTTP.
    """

    path: str
    values: dict[str, str]
    accept: str
    rows: int | None
    host: str = ""

    @property
    def steps(self) -> list[str]:
        """The path, step by step."""
        return [unquote(step) for step in self.path.strip("/").split("/")]


def page(index: Index, job: Job) -> Reply:
    """Return what is to be seen at an address; errors of kg are pages or documents of their own."""
    values = dict(reversed(parse_qsl(job["query"], keep_blank_values=True, errors="replace")))
    asked = Asked(job["path"], values, job["accept"], job.get("rows"), job.get("host", ""))
    reply = _made(index, asked)
    size = job.get("size")
    if size is not None and len(reply.body) > size:
        raise LimitError(f"the answer is larger than {size:,} bytes; ask for less")
    return reply


def _made(index: Index, asked: Asked) -> Reply:
    kind = asked.steps[0]
    if kind.startswith("sparql."):
        return _download(index, saved.parse(asked.values.get("query", "")), {}, kind.partition(".")[2], asked)
    make = _PAGES.get(kind)
    return make(index, asked) if make else resources.dereference(index, asked.path.lstrip("/"), asked.accept)


def warm(index: Index) -> None:
    """Make here, before workers are forked, what each of them would else make for its first page."""
    from .. import view  # noqa: F401  the rooms that draw take a while to import

    render.page("problem.html.j2", problem={"status": 404, "detail": ""}, again="", here="", **site(index))


def site(index: Index) -> dict[str, Any]:
    """Return what every page says of the workspace."""
    titles = [source.title or source.label for source in index.sources.values()]
    return {"site": titles[0] if len(titles) == 1 else "Who says what about whom", "digest": index.shown_hash}


def _ask(index: Index, asked: Asked) -> Reply:
    """Return the page to ask on, with the answer where there is a query."""
    text = asked.values.get("query", "").replace("\r\n", "\n")
    view = _view(asked.values.get("view", ""))
    found, error, status = None, None, 200
    if text.strip():
        try:
            found = _answered(index, text)
        except KgError as raised:
            error, status = raised, problem_of(raised).status
    address = {"query": text} if text.strip() else {}
    return render.page(
        "ask.html.j2",
        status=status,
        text=text or EXAMPLE,
        view=view,
        found=found,
        problem=_told(error, status),
        here="ask",
        saved_queries=_listed(index, checks=False),
        prefixes=index.workspace.prefixes,
        counts=_counts(index),
        is_too_long=len(urlencode(address)) > LONGEST_LINK,
        **_ways(lambda view: "/sparql?" + urlencode(address | ({"view": view} if view != "table" else {}))),
        **_frames("/map?" + urlencode(address)),
        download=lambda name: f"/sparql.{name}?" + urlencode(address),
        **site(index),
    )


def _queries(index: Index, asked: Asked) -> Reply:
    """Return the list of saved queries, or one of them as a form, in one of its views, or its rows as a file."""
    steps = [step for step in asked.steps[1:] if step]
    if not steps:
        return _list(index, asked)
    name, _, suffix = steps[0].partition(".")
    try:
        found = saved.find(index.workspace.queries_dir, name)
    except UsageError as error:
        return problem(404, error.message)
    if suffix and len(steps) == 1:
        filled = forms.fill(found, asked.values, Shown(index), offers=False)
        if not filled.is_ready:
            raise UsageError("; ".join(filled.errors) or f"the parameter {filled.missing[0]!r} is missing")
        return _download(index, found, filled.terms, suffix, asked)
    if len(steps) > 2 or suffix or (steps[1:] and steps[1] not in _VIEWS[1:]):  # noqa: PLR2004  name and view
        return problem(404, "there is no such page of a saved query")
    return _form(index, asked, found, _view(steps[1] if steps[1:] else ""))


def _list(index: Index, asked: Asked) -> Reply:
    words, tag = asked.values.get("q", "").strip(), asked.values.get("tag", "")
    every = _listed(index, checks=True)
    fitting = [each for each in every if _fits(each, words, tag)]
    return render.page(
        "queries.html.j2",
        here="queries",
        words=words,
        tag=tag,
        tags=sorted({tag for each in every for tag in each.tags}),
        questions=[each for each in fitting if not each.name.endswith(_CHECK)],
        checks=[each for each in fitting if each.name.endswith(_CHECK)],
        **site(index),
    )


def _form(index: Index, asked: Asked, found: saved.SavedQuery, view: str) -> Reply:
    filled = forms.fill(found, asked.values, Shown(index))
    answer, error, status = None, None, 200
    if filled.is_ready:
        try:
            answer = _answered(index, found.text, terms=filled.terms, summary=found.summary)
        except KgError as raised:
            error, status = raised, problem_of(raised).status
    given = {name: value for name, value in asked.values.items() if value.strip()}
    text = forms.final_text(found, filled.terms if answer else {}, index.workspace.prefixes)
    path = f"/queries/{found.name}"
    return render.page(
        "query.html.j2",
        status=400 if filled.errors and not error else status,
        here="queries",
        query=found,
        filled=filled,
        text=text,
        is_asked=bool(given),
        view=view,
        found=answer,
        problem=_told(error, status),
        change="/sparql?" + urlencode({"query": text}),
        try_it=_example(path, filled),
        is_too_long=False,
        **_ways(lambda view: _with(path if view == "table" else f"{path}/{view}", given)),
        **_frames(_with(f"/map/{found.name}", given)),
        download=lambda name: _with(f"{path}.{name}", given),
        **site(index),
    )


def _example(path: str, filled: forms.Filled) -> tuple[str, str]:
    """Return the address of a form filled with examples, and the examples, for those who want to see what it does."""
    values = {field.name: field.example for field in filled.fields if field.is_required and field.example}
    return (_with(path, values), ", ".join(values.values())) if values and filled.missing else ("", "")


def _with(path: str, values: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(values)}" if values else path


def _ways(address: Any) -> dict[str, Any]:
    return {"ways": {view: address(view) for view in _VIEWS}}


def _frames(address: str) -> dict[str, Any]:
    return {"map_href": address, "frames": {"map": address, "timeline": f"{address}#view=timeline"}}


def _view(name: str) -> str:
    return name if name in _VIEWS else _VIEWS[0]


def _answered(index: Index, text: str, *, terms: Mapping[str, Any] | None = None, summary: str = "") -> dict[str, Any]:
    """Ask, and return the answer as the page shows it, with the time that it took."""
    began = perf_counter()
    answer = query.run(index, text, values=terms, limit=result.SHOWN, summary=summary)
    taken = perf_counter() - began
    return {"result": result.shown(answer, Shown(index)), "milliseconds": max(1, round(1000 * taken))}


def _told(error: KgError | None, status: int) -> dict[str, Any] | None:
    """Return an error as a page tells it: what, where, and the line itself with a caret."""
    if error is None:
        return None
    caret = " " * (error.column - 1) + "^" if error.source is not None and error.column else ""
    return {
        "status": status,
        "detail": forms.for_people(error.message),
        "line": error.line,
        "column": error.column,
        "source": error.source or "",
        "caret": caret,
    }


def _download(index: Index, found: saved.SavedQuery, terms: Mapping[str, Any], name: str, asked: Asked) -> Reply:
    """Return an answer as a file."""
    if name not in _DATA_TYPES or name not in results.FORMATS:
        return problem(404, f"answers are here as {', '.join(each for each in _DATA_TYPES if each in results.FORMATS)}")
    answer: Answer = query.run(index, found.text, values=dict(terms), limit=asked.rows, explain=False)
    if answer.cut is not None:
        return problem(413, f"the answer has more than {answer.cut:,} rows; let the query LIMIT them")
    style = results.Style(index.workspace.prefixes, index.labels if results.FORMATS[name].shows_labels else None)
    headers = {"Content-Disposition": f'attachment; filename="{found.name or "answer"}.{name}"', "Cache-Control": "no-cache"}
    media_type = _DATA_TYPES[name] + ("; charset=utf-8" if _DATA_TYPES[name].startswith("text/") else "")
    return Reply(200, results.write(answer, name, style).encode(), media_type, headers)


def _listed(index: Index, *, checks: bool) -> Sequence[saved.SavedQuery]:
    """Return the saved queries by name; one that cannot be used is there with what is wrong with it, and the others all the same."""
    folder = index.workspace.queries_dir
    found: dict[str, saved.SavedQuery] = {}
    for path in sorted(folder.rglob("*.rq"), key=lambda path: path.stem):
        if checks or not path.stem.endswith(_CHECK):
            found.setdefault(path.stem, _read(path, folder))
    return list(found.values())


def _read(path: Path, folder: Path) -> saved.SavedQuery:
    wrong = "a saved query is a file of the folder, its name lower-case letters, digits and hyphens"
    if saved.NAME.fullmatch(path.stem) and path.is_file() and path.resolve().is_relative_to(folder.resolve()):
        try:
            return saved.read(path)
        except InputError as error:
            wrong = error.message
    return saved.SavedQuery(path.stem, None, "", description=f"It cannot be used: {wrong}")


def _fits(each: saved.SavedQuery, words: str, tag: str) -> bool:
    text = " ".join([each.name, each.summary, each.description, *each.tags, *(parameter.words for parameter in each.parameters)]).casefold()
    return (not tag or tag in each.tags) and all(word in text for word in words.casefold().split())


def _counts(index: Index) -> dict[str, int]:
    return {"claims": len(index.claims), "entities": len(index.entities), "sources": len(index.sources)}


def _thing(index: Index, asked: Asked) -> Reply:
    """Return the page of a thing: of the workspace by its path, of anything else by its IRI."""
    path = asked.path.lstrip("/").partition("/")[2]
    iri = asked.values.get("iri", "") if not path else resources.find(index, path)
    if not iri or not documents.is_known(index, iri):
        return problem(404, f"there is nothing here by the name {(unquote(path) or iri)[:200]}")
    shown = Shown(index)
    place = resources.place_of(index, iri) if path or shown.path(iri) else ""
    headers = {"Link": resources.links(place)} if place else {}
    shared = {"here": "", "documents": resources.offered(place), **site(index)}
    if path == ONTOLOGY:
        return render.page("ontology.html.j2", headers=headers, relations_href="", **ontology.guide(shown, shown.page), **shared)
    starts = {key: int(value) for key, value in asked.values.items() if re.fullmatch(r"\d{1,9}", value)}
    about = portrait.portrait(shown, iri, starts)
    is_mapped = any(part.key in {"about", "says"} for part in about.parts)
    map_href = "/map?" + urlencode({"about": f"<{iri}>"}) if is_mapped else ""
    if about.card:
        map_href = "/map#" + urlencode({"at": about.curie}) if about.card.claim.status == "accepted" else ""
    named = {} if path else {"iri": iri}
    turn = lambda part, start: "?" + urlencode({**named, part: start})  # noqa: E731  a template calls it
    return render.page("thing.html.j2", headers=headers, about=about, map_href=map_href, turn=turn, **shared)


def _data(index: Index, asked: Asked) -> Reply:
    return resources.document(index, asked.path.lstrip("/").partition("/")[2], asked.host)


def _find(index: Index, asked: Asked) -> Reply:
    """Lead to what has just this name, else return the list of what has it in part."""
    words = asked.values.get("q", "").strip()
    exact = complete.exactly(index, words)
    if len(exact) == 1:
        return Reply(303, b"", "", {"Location": Shown(index).href(exact[0])})
    return render.page("find.html.j2", here="", words=words, things=complete.things(index, words, limit=100), **site(index))


def _complete(index: Index, asked: Asked) -> Reply:
    import json

    found = complete.suggestions(index, asked.values.get("word", ""), kind=asked.values.get("type", ""))
    return Reply(200, json.dumps({"items": found}, ensure_ascii=False).encode(), "application/json", {"Cache-Control": "no-cache"})


def _map(index: Index, asked: Asked) -> Reply:
    return maps.page(index, asked.steps[1:], asked.values)


_PAGES = {
    "": _ask,
    "sparql": _ask,
    "queries": _queries,
    "map": _map,
    "page": _thing,
    "data": _data,
    "find": _find,
    "complete": _complete,
}
