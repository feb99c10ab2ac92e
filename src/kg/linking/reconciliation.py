"""Candidates of a reconciliation service: Wikidata's, a library's, or `kg serve` of another workspace.

It speaks the Reconciliation Service API v0.2 (https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/) and reads
what services of v0.1 answer. The manifest is read first: it says what the ids stand for (`identifierSpace`), where a person can look at a
candidate (`view`), how many queries fit into a request (`batchSize`), and which types it knows (`defaultTypes`).

Requests go through `kg.client`, so only the host that was named is asked, within a deadline and up to a number of bytes. What comes back is
somebody else's: a candidate that cannot be read is left out, with a word about it; an answer that cannot be read is a RemoteError of one
sentence. An id becomes an IRI only where the identifier space is a prefix of IRIs: a wrong identifier is worse than none.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from ..client import SECONDS, Client, authority_of, parse_url
from ..errors import RemoteError
from ..wire import Deadline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["Answer", "Candidate", "Query", "Service", "connect", "reconcile"]

SIZE = 8 * 2**20
"""How many bytes an answer may have."""
BATCH, LARGEST = 10, 100
"""How many queries go into a request where the manifest says nothing, and at most, whatever it says."""
LIMIT = 5
"""How many candidates are asked for, unless a query says otherwise."""
_ACCEPT = {"application/json": 1.0, "*/*": 0.1}
_FORM = "application/x-www-form-urlencoded"
_TOO_LARGE = 413
_UNAUTHORISED = (401, 403)
_LONGEST, _LONGEST_ID, _MOST_TYPES = 500, 2000, 20
_IRI = re.compile(r"https?://[^/]|urn:[A-Za-z0-9]")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_JOINERS = "\u200c\u200d"  # invisible, and part of how Persian and Hindi words are written
_PREFIX_ENDS = "/#:=?_-"


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: words, types, and properties, each an id of the service with a value.

    Types that the manifest does not name are not sent: a service may refuse what it does not know.
    """

    text: str
    types: tuple[str, ...] = ()
    limit: int = LIMIT
    properties: tuple[tuple[str, str], ...] = ()

    def as_json(self, known: Collection[str] = ()) -> dict[str, Any]:
        """Return the query as it is sent to a service that knows some types.

        >>> Query("Kabul", types=("Q515", "Q1")).as_json({"Q515"})
        {'query': 'Kabul', 'limit': 5, 'type': 'Q515', 'type_strict': 'should'}
        """
        sent: dict[str, Any] = {"query": self.text, "limit": self.limit}
        types = [each for each in self.types if each in known]
        if types:
            sent |= {"type": types if len(types) > 1 else types[0], "type_strict": "should"}
        if self.properties:
            sent["properties"] = [{"pid": pid, "v": value} for pid, value in self.properties]
        return sent


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may be meant. `score` is on the scale of its service; `is_match` that the service is sure.

    `name` and `description` are one line each without control characters or tags, and still words of a stranger: escape them.
    """

    id: str
    iri: str
    name: str
    score: float
    is_match: bool = False
    types: tuple[tuple[str, str], ...] = ()
    description: str = ""
    page: str = ""


class Answer(NamedTuple):
    """The candidates for a query, best first, and what had to be left out."""

    query: Query
    candidates: tuple[Candidate, ...]
    remarks: tuple[str, ...] = ()


class _Unusable(Exception):  # noqa: N818  a way out, caught where it was begun
    """A candidate cannot be used; its words say why."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service whose manifest was read."""

    url: str
    name: str
    identifier_space: str
    view: str = ""
    versions: tuple[str, ...] = ("0.1",)
    batch_size: int = BATCH
    types: tuple[str, ...] = ()
    client: Client = field(default_factory=lambda: Client([]), repr=False, compare=False)
    seconds: float = SECONDS

    def iri_of(self, identifier: str) -> str:
        """Return the IRI of an id; empty where it would be none.

        >>> Service("", "Wikidata", "http://www.wikidata.org/entity/").iri_of("Q889")
        'http://www.wikidata.org/entity/Q889'
        >>> Service("", "", "http://example.org/ns/viaf").iri_of("12"), Service("", "", "http://example.org/").iri_of("a b")
        ('', '')
        """
        is_prefix = bool(self.identifier_space) and self.identifier_space[-1] in _PREFIX_ENDS
        iri = identifier if _IRI.match(identifier) else self.identifier_space + identifier if is_prefix else ""
        return iri if _is_iri(iri) else ""

    def page_of(self, identifier: str) -> str:
        """Return the address at which a person can look at a thing; empty where the service names none."""
        return self.view.replace("{{id}}", quote(identifier, safe="")) if self.view else ""

    def ask(self, queries: Iterable[Query]) -> Iterator[Answer]:
        """Yield the answer to each query, in order, a batch at a time; RemoteError where the service fails, with what it said."""
        waiting = iter(queries)
        while batch := tuple(islice(waiting, self.batch_size)):
            yield from self._ask(batch)

    def _ask(self, batch: tuple[Query, ...]) -> Iterator[Answer]:
        asked = {f"q{number}": query for number, query in enumerate(batch) if query.text.strip() or query.properties}
        try:
            found = self._send(asked) if asked else {}
        except RemoteError as error:
            if error.status != _TOO_LARGE or len(batch) == 1:
                raise
            half = len(batch) // 2
            yield from self._ask(batch[:half])
            yield from self._ask(batch[half:])
            return
        for number, query in enumerate(batch):
            key = f"q{number}"
            yield self.answer_of(query, found.get(key)) if key in asked else Answer(query, (), ("there are no words to look for",))

    def _send(self, asked: dict[str, Query]) -> dict[str, Any]:
        queries = json.dumps({key: query.as_json(self.types) for key, query in asked.items()}, ensure_ascii=False)
        found = _asked(self, "POST", urlencode({"queries": queries.encode("utf-8", "replace")}).encode())
        if not found.keys() & asked.keys():
            said = words_of(found.get("message") or found.get("error") or found.get("detail"))
            raise RemoteError(f"{self.url} answers none of the queries{f': {said[:160]}' if said else ''}")
        return found

    def answer_of(self, query: Query, found: Any) -> Answer:
        """Read what the service answers to one query."""
        results = found.get("result") if isinstance(found, dict) else None
        if not isinstance(results, list):
            return Answer(query, (), ("the service gives no result for this query",))
        candidates: dict[str, Candidate] = {}
        left_out: Counter[str] = Counter()
        for result in results[: 4 * query.limit]:
            try:
                candidate = self._candidate(result)
            except _Unusable as reason:
                left_out[str(reason)] += 1
            else:
                candidates.setdefault(candidate.iri, candidate)
        ordered = sorted(candidates.values(), key=lambda each: -each.score)[: query.limit]
        remarks = (f"{number} of its candidates left out: {reason}" for reason, number in left_out.items())
        return Answer(query, tuple(ordered), tuple(remarks))

    def _candidate(self, found: Any) -> Candidate:
        if not isinstance(found, dict):
            raise _Unusable("no object")
        identifier = found.get("id")
        if isinstance(identifier, int) and not isinstance(identifier, bool):
            identifier = str(identifier)
        if not isinstance(identifier, str) or not identifier:
            raise _Unusable("no id")
        iri = self.iri_of(identifier)
        if not iri:
            raise _Unusable(f"the id {words_of(identifier)[:60]!r} makes no IRI with the identifier space {self.identifier_space[:80]!r}")
        name = words_of(found.get("name"))
        if not name:
            raise _Unusable("no name")
        score = _number(found.get("score"))
        if score is None:
            raise _Unusable("a score that is no number")
        is_match = found.get("match") is True
        return Candidate(
            identifier, iri, name, score, is_match, _types(found.get("type")), words_of(found.get("description")), self.page_of(identifier)
        )


def connect(url: str, *, seconds: float = SECONDS, private: bool = False, size: int = SIZE) -> Service:
    """Read the manifest of a service; RemoteError where there is none that can be used.

    `seconds` is how long each request may take, all tries together; `private` lets the name of its host lead into a private network.
    """
    parsed = parse_url(url)
    client = Client([authority_of(parsed)], private=private, size=size)
    bare = Service(str(parsed), "", "", client=client, seconds=seconds)
    manifest = _asked(bare, "GET")
    if not isinstance(manifest.get("name"), str) or not isinstance(manifest.get("identifierSpace"), str):
        raise RemoteError(f"{bare.url} gives no manifest of a reconciliation service: it has no name, or no identifierSpace")
    space = manifest["identifierSpace"].strip()
    if not _is_iri(space):
        raise RemoteError(f"{bare.url} names no identifier space that is an IRI, so that its ids name nothing")
    versions = manifest.get("versions")
    given = tuple(words_of(version)[:20] for version in islice(versions, 20)) if isinstance(versions, list) else ("0.1",)
    if not any(version.startswith("0.") for version in given):
        raise RemoteError(f"{bare.url} speaks the Reconciliation Service API {', '.join(given) or '(none)'}; kg speaks 0.2 and 0.1")
    return Service(
        bare.url,
        words_of(manifest["name"]),
        space,
        _view(manifest.get("view")),
        given,
        _batch_size(manifest.get("batchSize")),
        tuple(identifier for identifier, _ in _types(manifest.get("defaultTypes"))),
        client,
        seconds,
    )


def reconcile(
    url: str, queries: Iterable[Query | str], *, limit: int = LIMIT, seconds: float = SECONDS, private: bool = False
) -> list[Answer]:
    """Return the answers of a service to queries, or to words alone, in their order."""
    service = connect(url, seconds=seconds, private=private)
    return list(service.ask(query if isinstance(query, Query) else Query(query, limit=limit) for query in queries))


def words_of(found: object) -> str:
    r"""Return what a stranger wrote as one line of plain words; empty where it is no text.

    >>> words_of("<b>Kabul</b>\n\u202e\x1b[31m city"), words_of(["Kabul"])
    ('Kabul [31m city', '')
    """
    if not isinstance(found, str):
        return ""
    plain = _TAG.sub("", found[: 4 * _LONGEST])
    return " ".join("".join(letter if letter.isprintable() or letter in _JOINERS else " " for letter in plain).split())[:_LONGEST]


def _asked(service: Service, method: str, content: bytes | None = None) -> dict[str, Any]:
    """Return the JSON object that a service answers with."""
    kind = _FORM if content is not None else ""
    try:
        reply = service.client.send(
            method, service.url, deadline=Deadline(service.seconds), accept=_ACCEPT, content=content, content_type=kind
        )
    except RemoteError as error:
        if error.status in _UNAUTHORISED:
            raise RemoteError(
                f"{service.url} wants authentication ({error.status}), which kg gives to no service", status=error.status
            ) from None
        raise
    try:
        found = json.loads(reply.body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        raise RemoteError(f"{service.url} does not answer in JSON; is this the address of a reconciliation service?") from None
    if not isinstance(found, dict):
        raise RemoteError(f"{service.url} answers with no object of JSON; is this the address of a reconciliation service?")
    return found


def _is_iri(text: str) -> bool:
    if not _IRI.match(text) or len(text) > _LONGEST_ID or any(ord(letter) <= ord(" ") for letter in text):
        return False
    try:
        ox.NamedNode(text)
        text.encode()
    except ValueError:
        return False
    return True


def _number(found: object) -> float | None:
    """Return a score; services of old send some as text."""
    if isinstance(found, bool) or not isinstance(found, (int, float, str)):
        return None
    try:
        number = float(found)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _types(found: object) -> tuple[tuple[str, str], ...]:
    """Return types, each its id and its name; they come as objects, as ids, or as a single one."""
    listed = found if isinstance(found, list) else [found]
    pairs = ((each.get("id"), each.get("name")) if isinstance(each, dict) else (each, each) for each in listed[:_MOST_TYPES])
    return tuple((words_of(identifier), words_of(name) or words_of(identifier)) for identifier, name in pairs if words_of(identifier))


def _view(found: object) -> str:
    """Return the template of pages; empty where it leads to none."""
    url = found.get("url") if isinstance(found, dict) else None
    usable = isinstance(url, str) and "{{id}}" in url and _is_iri(url.replace("{{id}}", "1")) and url.startswith("http")
    return url if isinstance(url, str) and usable else ""


def _batch_size(found: object) -> int:
    return min(found, LARGEST) if isinstance(found, int) and not isinstance(found, bool) and found > 0 else BATCH
