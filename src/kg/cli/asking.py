"""How `kg query` works: what is asked for is done in a child under limits, and delivered here, whole or not at all."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import confined, query, results
from ..errors import UsageError
from ..limits import exceeded, leave_networks
from .options import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ..answers import Answer, Term
    from ..confined import Desk
    from ..guard import Token
    from ..index import Index
    from ..limits import Limits
    from ..saved import SavedQuery
    from . import App

TERMINAL_LIMIT = 1000
_SECRETS = ("KG_ENDPOINT_USER", "KG_ENDPOINT_PASSWORD", "KG_ENDPOINT_TOKEN")
PATIENCE = 5.0
"""How many seconds it may take to find out why a query found nothing, once it has been answered."""


class Wanted(NamedTuple):
    """The options of `kg query`."""

    parameters: tuple[tuple[str, str], ...]
    format_: str | None
    output: Path | None
    limit: int | None
    labels: bool | None
    passages: bool | None
    raw: bool
    files: tuple[Path, ...]
    data_format: str | None
    engine: str
    map_file: Path | None
    is_timed: bool
    is_shown: bool
    is_explained: bool
    curl_url: str | None
    hosts: tuple[str, ...]

    @property
    def is_terminal(self) -> bool:
        """Whether the answer goes to a screen."""
        return self.output is None and sys.stdout.isatty()

    @property
    def chosen_format(self) -> str | None:
        """The format that is asked for, by name or by the suffix of the file."""
        return self.format_ or (results.format_of(self.output) if self.output else None)


class Job(NamedTuple):
    """A query and what is wanted of it; its methods are the work of the child."""

    app: App
    asked: SavedQuery
    wanted: Wanted
    limits: Limits
    width: int | None

    def answer(self, desk: Desk) -> list[str]:
        """Hand in the answer as it is written; return what people should know about it."""
        watch = _Watch()
        index, values = self._loaded()
        if self.app.endpoint_url is not None or self.wanted.hosts:
            from .. import client  # noqa: F401  importing it is part of loading

            self.app.seconds = self.limits.seconds or 0
        if self.app.endpoint_url is None and not self.wanted.hosts:
            stay_here(self.asked.text, engine=self.wanted.engine)
        watch.lap("loaded")
        desk.begin()
        found = self._found(index, values)
        watch.lap("answered")
        name = self.wanted.chosen_format or results.default_format(found, is_terminal=self.width is not None)
        done: dict[str, Any] = {
            "data": self._written(index, found, name),
            "notes": getattr(index, "warnings", []),
            "cut": found.cut,
            "form": found.form,
        }
        watch.lap("written")
        if self.wanted.map_file:
            done["map"], done["map_summary"] = _map(self.app.asked_index if self.app.endpoint_url else index, found, self.wanted.map_file)
            watch.lap("drawn")
        desk.settle(done | {"times": watch.laps, "count": len(found), "notes": getattr(index, "warnings", [])}, within=PATIENCE)
        if self.app.endpoint_url:
            return found.warnings
        told = query.remarks(index, found, self.asked.text, values=values, summary=self.asked.summary)
        return [*found.warnings, *self._old_names(index, values or {}), *told]

    def explanation(self, desk: Desk) -> bytes:
        """Hand in the steps as they are measured, and return their table."""
        from .. import explain

        index, values = self._loaded()
        stay_here(self.asked.text, engine=self.wanted.engine)
        desk.begin()
        found = []
        for step in explain.steps(index, self.asked.text, values=values, engine=self.wanted.engine):
            found.append(step)
            desk.settle(self._steps(found))
        return self._steps(found)

    def text(self, desk: Desk) -> bytes:
        """Return the query as it runs anywhere, or as a command line for an endpoint."""
        from .. import portable

        index, values = self._loaded()
        desk.begin()
        text, tokens = query.bound(self.asked.text, values, allow_hosts=self.wanted.hosts)
        text = portable.standalone(text, tokens, index.workspace.prefixes)
        if self.wanted.curl_url is not None:
            text = self._curl(text, tokens)
        return (text.rstrip("\n") + "\n").encode()

    def _curl(self, text: str, tokens: Sequence[Token]) -> str:
        """Return the command line that asks an endpoint for the rows that the index gives, if `kg push` has been there."""
        from .. import names, portable
        from ..remote import default_graph_of

        url = self.wanted.curl_url or self.app.endpoint_url
        if not url:
            raise UsageError("--curl needs the address of an endpoint; write --curl URL, or --curl with --endpoint URL")
        words = {token.text.upper() for token in tokens if token.kind == "word"}
        space = self.app.workspace
        graph = default_graph_of(space) if self.app.default_graph is None else self.app.default_graph
        dataset: dict[str, list[str]] = {}
        if graph and "FROM" not in words:
            dataset["default-graph-uri"] = [graph]
            if "GRAPH" in words:
                dataset["named-graph-uri"] = [*map(space.graph_iri, space.data_files), names.PLAIN]
        return portable.curl(text, tokens, url, accept=portable.ACCEPTED.get(self.wanted.chosen_format or ""), dataset=dataset)

    def outer_limits(self) -> Limits:
        """Return the limits of the child: one that asks an endpoint keeps to its time by itself, and has to tell who did not."""
        if self.app.endpoint_url is None or self.limits.seconds is None:
            return self.limits
        return replace(self.limits, seconds=self.limits.seconds + PATIENCE)

    def _loaded(self) -> tuple[Index, Mapping[str, Term] | None]:
        index = _index(self.app, self.wanted.files, self.wanted.data_format)
        return index, _values(self.asked, self.wanted.parameters, index)

    def _old_names(self, index: Index, values: Mapping[str, Term]) -> list[str]:
        """Return what is to be said of parameters that name an entity as it was called before: what is called so now was asked about."""
        from pyoxigraph import NamedNode

        from .. import diagnosis, names

        prefixes = index.workspace.prefixes
        given = (value for name, value in self.wanted.parameters if isinstance(values.get(name), NamedNode))
        ids = (value for value in given if value.partition(":")[0] in prefixes or value.startswith("<"))
        return diagnosis.old_names((names.expand(value, prefixes) for value in ids), index)

    def _found(self, index: Index, values: Mapping[str, Term] | None) -> Answer:
        """Return the answer of the index, or that of the endpoint where one is named."""
        text, limit = self.asked.text, self._limit()
        endpoint = self.app.endpoint()
        if endpoint is not None:
            return endpoint.ask(text, values=values, limit=limit, summary=self.asked.summary, limits=self.limits)
        engine, hosts = self.wanted.engine, self.wanted.hosts
        return query.run(index, text, values=values, engine=engine, limit=limit, explain=False, limits=self.limits, federate=hosts)

    def _limit(self) -> int | None:
        to_screen = self.width is not None and self.wanted.chosen_format in {None, "table"}
        return TERMINAL_LIMIT if self.wanted.limit is None and to_screen else self.wanted.limit

    def _written(self, index: Index, found: Answer, name: str) -> bytes:
        wanted = self.wanted
        for_people = results.FORMATS[name].shows_labels
        if for_people if wanted.passages is None else wanted.passages:
            from ..answers import with_passages

            found = with_passages(found, index.store)
        shown = index.labels if (for_people if wanted.labels is None else wanted.labels) else None
        style = results.Style(index.workspace.prefixes, shown, raw=wanted.raw, width=self.width)
        data = results.write(found, name, style).encode()
        if self.limits.size is not None and len(data) > self.limits.size:
            raise exceeded("size", self.limits)
        return data

    def _steps(self, found: list[Any]) -> bytes:
        from ..explain import as_answer

        name = self.wanted.chosen_format or ("table" if self.width is not None else "csv")
        return results.write(as_answer(found), name, results.Style(width=self.width)).encode()


class _Watch:
    """How long each stage takes."""

    def __init__(self) -> None:
        self.laps: list[tuple[str, float]] = []
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps.append((stage, now - self._last))
        self._last = now


def ask(app: App, asked: SavedQuery, wanted: Wanted, limits: Limits) -> None:
    """Do what is wanted under limits, and deliver it; a text that is refused is refused before anything is loaded."""
    query.bound(asked.text, None, allow_hosts=wanted.hosts)
    job = Job(app, asked, wanted, limits, width() if wanted.is_terminal else None)
    if wanted.is_shown or wanted.curl_url is not None:
        deliver(confined.run(job.text, limits).value, wanted.output, is_terminal=wanted.is_terminal)
        if wanted.curl_url is not None and any(name in os.environ for name in _SECRETS):
            say("the command holds no user, password or token; give curl --netrc, or -H with the token, as the endpoint needs")
    elif wanted.is_explained:
        _explain(job)
    else:
        _answer(job)


def stay_here(text: str, *, engine: str = query.ENGINES[0]) -> None:
    """Leave the networks in a child whose query might reach out if the guard had misread it; no other query pays for that."""
    if engine != query.ENGINES[0] or "service" in text.casefold() or "\\u" in text.casefold():
        leave_networks()


def _answer(job: Job) -> None:
    done = confined.run(job.answer, job.outer_limits())
    found = done.settled
    for words in [*found["notes"], *(done.value or [])]:
        say(words)
    if done.stopped:
        say("what is to be said about the terms of the query, and about finding nothing, could not be found out in time")
    if job.wanted.map_file:
        deliver(found["map"], job.wanted.map_file, is_terminal=False)
        say(f"wrote {job.wanted.map_file}: {found['map_summary']}")
    deliver(found["data"], job.wanted.output, is_terminal=job.wanted.is_terminal)
    if found["cut"] is not None:
        say(f"{found['cut']:,} of more {'rows' if found['form'] == 'solutions' else found['form']}; raise --limit")
    if job.wanted.is_timed:
        say(", ".join(f"{stage} in {seconds * 1000:,.1f} ms" for stage, seconds in found["times"]))


def _explain(job: Job) -> None:
    done = confined.run(job.explanation, job.limits)
    deliver(done.value or done.settled, job.wanted.output, is_terminal=job.wanted.is_terminal)
    if done.stopped:
        raise exceeded(done.stopped, job.limits)


def _map(index: Index, found: Answer, path: Path) -> tuple[bytes, str]:
    from ..view import View
    from ..view.scope import Scope, chosen_by

    chosen = chosen_by(found, index.claims)
    if not chosen:
        raise UsageError("the answer names no accepted claim that a map could show; let the query SELECT claims, or leave --view out")
    view = View(index, scope=Scope(chosen=chosen))
    return (view.svg() if path.suffix.lower() == ".svg" else view.html()).encode(), view.summary


def _index(app: App, files: tuple[Path, ...], data_format: str | None) -> Index:
    if app.endpoint_url is not None:
        from ..remote import LocalNames

        return LocalNames(app.workspace)
    if not files:
        return app.index
    from ..data import load

    return load(app.workspace, files, format=data_format)


def _values(asked: SavedQuery, given: tuple[tuple[str, str], ...], index: Index) -> dict[str, Term] | None:
    if not given and not asked.parameters:
        return None
    from ..parameters import terms_of

    names = [name for name, _ in given]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"the parameter {name!r} is given twice; give it once")
    return terms_of(asked.parameters, dict(given), index.workspace.prefixes, index=index, is_saved=asked.has_header)


def check_endpoint(app: App, wanted: Wanted) -> None:
    """Refuse options that an endpoint has no part in."""
    given = {
        "--data": wanted.files,
        "--engine": wanted.engine != query.ENGINES[0],
        "--federate": wanted.hosts,
        "--explain": wanted.is_explained,
    }
    for option, is_given in given.items():
        if app.endpoint_url and is_given:
            raise UsageError(f"{option} is for questions that are answered here; leave out {option} or --endpoint")
    if app.default_graph is not None and not app.endpoint_url:
        raise UsageError("--default-graph is for an endpoint; name one with --endpoint, or use FROM in the query")


def check_output(app: App, output: Path | None, inputs: list[Path]) -> None:
    """Refuse a target that cannot be written or that would be overwritten while it is read, before any work is done."""
    if output is None:
        return
    if output.is_dir():
        raise UsageError("the output is a folder; name a file in it", path=output)
    if output.exists() and not output.is_file():
        raise UsageError("the output is no ordinary file; leave -o out to write to a pipe", path=output)
    app.workspace.check_output(output, inputs)
    if not output.resolve().parent.is_dir():
        raise UsageError("the folder of the output does not exist; create it first", path=output)
    if not os.access(output if output.exists() else output.resolve().parent, os.W_OK):
        raise UsageError("the output may not be written; name another file or change its permissions", path=output)


def deliver(text: str | bytes, output: Path | None, *, is_terminal: bool) -> None:
    """Write a text to a file in one step, or to the standard output; a terminal gets no control characters."""
    data = text if isinstance(text, bytes) else text.encode()
    if output is not None:
        from ..turtle import replace

        replace(output, data)
        return
    if is_terminal:
        data = results.printable(data.decode(), keep_lines=True).encode()
    sys.stdout.flush()
    sys.stdout.buffer.write(data)  # UTF-8 and these line ends wherever it runs
    sys.stdout.buffer.flush()


def width() -> int:
    """Return how many columns the terminal has."""
    import shutil

    return shutil.get_terminal_size().columns
