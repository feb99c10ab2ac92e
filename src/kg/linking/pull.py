"""What another data set says of the things that are linked to it, brought here as a snapshot: a file that queries join with claims offline.

A snapshot holds names and chosen properties of the targets of accepted links, and one block about itself: where it is from, when it was
made, what was asked for. It is replaced as a whole or not at all, and the same answers make the same bytes, but for the time.

What an answer says beyond what it was asked for is left out and counted (`kg.linking.statements`). An answer that cannot be read, or is
cut, ends the pull, and the old snapshot stays.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import mappings, names, targets, turtle
from ..errors import InputError, RemoteError, StorageError, UsageError, unreadable
from ..workspace import SNAPSHOTS
from .statements import DIRECT, NAMES, PROPERTIES, Sieve, standard

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from ..remote import Endpoint
    from ..workspace import Workspace

__all__ = ["Fetched", "Stored", "Wish", "begin_of", "fetch", "file_of", "languages_of", "licence_of", "properties_of", "query", "requests"]
__all__ += ["name_of", "refuse_other", "snapshot", "store", "things"]

_VOID = names.prefixes()["void"]
BATCH = 50
"""How many things are asked about in one request."""
MOST = 2_000
"""How many statements about one thing are taken."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")
_BARE = re.compile(r"P[1-9][0-9]*")
_WEB = re.compile(r"https?://[^\x00-\x20<>\"{}|\\^`]+")
_COLUMNS = ("thing", "property", "value")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: statements with these properties, beside the names; texts in these languages, in lower case, or in none."""

    properties: tuple[str, ...] = tuple(PROPERTIES)
    languages: tuple[str, ...] = ("en",)

    def __post_init__(self) -> None:
        for tag in self.languages or ("",):
            if not _LANGUAGE.fullmatch(tag):
                raise UsageError(f"{tag[:40]!r} is no language tag; give tags with commas between them, such as en,ru,fa")

    @property
    def predicates(self) -> tuple[str, ...]:
        """The properties that are asked for, those of names among them."""
        return tuple(dict.fromkeys((*NAMES, *self.properties)))


class Fetched(NamedTuple):
    """What came back: statements; the things that were asked for, and which of them nothing is said of; what was left out, and why.

    `elsewhere` is how many more things were asked for, of data sets that the endpoint knows nothing of.
    """

    triples: frozenset[ox.Triple]
    asked: tuple[str, ...]
    unanswered: tuple[str, ...]
    elsewhere: int
    dropped: Mapping[str, int]


class Stored(NamedTuple):
    """What became of a snapshot: its file, and how many statements about things it has more and fewer than the one before."""

    path: Path
    added: int
    gone: int


def properties_of(words: Iterable[str], workspace: Workspace) -> tuple[str, ...]:
    """Return the IRIs of properties: `wdt:P1082`, any other CURIE, an IRI, or `P1082`, which is Wikidata's. None is the usual ones.

    >>> from pathlib import Path
    >>> from kg.workspace import Workspace
    >>> properties_of(["P1082", "skos:notation"], Workspace(Path("w")))
    ('http://www.wikidata.org/prop/direct/P1082', 'http://www.w3.org/2004/02/skos/core#notation')
    """
    found = []
    for word in words:
        iri = DIRECT + word if _BARE.fullmatch(word) else names.expand(word, {"wdt": DIRECT, **targets.PREFIXES, **workspace.prefixes})
        try:
            found.append(ox.NamedNode(iri).value)
        except ValueError:
            raise UsageError(f"{word!r} is no property; write it as wdt:P1082, or its whole IRI") from None
        if iri.startswith((workspace.base, names.BASE)):
            raise UsageError(f"{word} is a property of this workspace; a snapshot has only what others say of their things")
    return tuple(dict.fromkeys(found or PROPERTIES))


def languages_of(words: str) -> tuple[str, ...]:
    """Return the tags of a list with commas, as they are compared.

    >>> languages_of("en, pt-BR,en")
    ('en', 'pt-br')
    """
    return tuple(dict.fromkeys(tag.strip().lower() for tag in words.split(",") if tag.strip()))


def begin_of(target: str) -> str:
    """Return what the IRIs of a data set begin with, the data set given by its name, or as a beginning itself; nothing for all.

    >>> begin_of("Wikidata"), begin_of("https://example.org/place/")
    ('http://www.wikidata.org/entity/', 'https://example.org/place/')
    """
    spaces = {known.key: known.space for known in targets.TARGETS}
    if target and target.lower() not in spaces and "://" not in target:
        raise UsageError(f"{target[:80]!r} is no data set here; name one of {', '.join(spaces)}, or what its IRIs begin with")
    return spaces.get(target.lower(), target)


def name_of(target: str) -> str:
    """Return how the snapshot of a data set is called where nobody says: like the data set; that of all is called wikidata.

    >>> name_of("dbpedia"), name_of("https://sws.geonames.org/"), name_of("")
    ('dbpedia', 'geonames', 'wikidata')
    """
    begin = begin_of(target)
    key = next((known.key for known in targets.TARGETS if begin.startswith(known.space)), None) if begin else "wikidata"
    if key is None:
        raise UsageError(f"no data set here is known to begin with {target[:80]}; say with --name how the snapshot is called")
    return key


def licence_of(iri: str) -> str:
    """Return the address of a licence, or nothing; UsageError where it is none."""
    if iri and not _WEB.fullmatch(iri):
        raise UsageError(f"{iri[:80]!r} is no address of a licence; write it as in https://creativecommons.org/publicdomain/zero/1.0/")
    return iri


def things(workspace: Workspace, *, begin: str = "", close: bool = False, entities: Collection[str] = ()) -> tuple[str, ...]:
    """Return what the entities are linked to by accepted exact links, with `close` also by close ones; InputError where that is nothing.

    `begin` is what the IRIs begin with; `entities` are those whose links count, all of them unless some are named.
    """
    workspace.refuse_ways_out()
    wanted = {mappings.EXACT, mappings.CLOSE} if close else {mappings.EXACT}
    found = {
        link.object_id
        for link in mappings.read(workspace.links_file, missing_ok=True).accepted
        if link.predicate_id in wanted
        and link.subject_id.startswith(workspace.prefixes["ent"])
        and (not entities or link.subject_id in entities)
        and link.object_id.startswith(begin)
        and not link.object_id.startswith((workspace.base, names.BASE))
    }
    if not found:
        words = f"no {'' if close else 'exact '}link {'of these entities ' if entities else ''}leads to {begin or 'another data set'}"
        raise InputError(f"{words}; kg link suggest finds candidates", path=workspace.links_file)
    return tuple(sorted(found))


def query(wish: Wish, about: Iterable[str] = ()) -> str:
    """Return the query for the statements about some things; about none, the part that all requests share.

    >>> print(query(Wish(properties=(), languages=("en", "fa")), ["urn:a", "urn:b"]).replace(" ".join(f"<{iri}>" for iri in NAMES), "…"))
    SELECT DISTINCT ?thing ?property ?value WHERE {
      VALUES ?thing { <urn:a> <urn:b> }
      VALUES ?property { … }
      ?thing ?property ?value
      FILTER (!isLiteral(?value) || LCASE(LANG(?value)) IN ("", "en", "fa"))
    }
    """
    listed = " ".join(f"<{iri}>" for iri in about)
    return "\n".join(
        [
            f"SELECT DISTINCT {' '.join('?' + name for name in _COLUMNS)} WHERE {{",
            *([f"  VALUES ?thing {{ {listed} }}"] if listed else []),
            f"  VALUES ?property {{ {' '.join(f'<{iri}>' for iri in wish.predicates)} }}",
            "  ?thing ?property ?value",
            "  FILTER (!isLiteral(?value) || LCASE(LANG(?value)) IN ({}))".format(", ".join(f'"{tag}"' for tag in ("", *wish.languages))),
            "}",
        ]
    )


def requests(about: Sequence[str], wish: Wish) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the things of each request with its query."""
    for start in range(0, len(about), BATCH):
        some = tuple(about[start : start + BATCH])
        yield some, query(wish, some)


def fetch(endpoint: Endpoint, about: Sequence[str], wish: Wish) -> Fetched:
    """Return what an endpoint says of things; RemoteError where one request fails, an answer is cut, or it knows none of them."""
    sieve = Sieve(wish.predicates, wish.languages, endpoint.workspace.base)
    dropped: Counter[str] = Counter()
    kept = frozenset(triple for some, text in requests(about, wish) for triple in _said(endpoint, text, some, sieve, dropped))
    known = {triple.subject.value for triple in kept if isinstance(triple.subject, ox.NamedNode)}
    if not known:
        but = " but " + ", ".join(f"{number:,} {words}" for words, number in sorted(dropped.items())) if dropped else ""
        raise RemoteError(f"{endpoint.url} says nothing of the {len(about):,} things that it was asked about{but}")
    spaces = {targets.set_of(iri) for iri in known}
    asked = tuple(iri for iri in about if targets.set_of(iri) in spaces)
    return Fetched(kept, asked, tuple(iri for iri in asked if iri not in known), len(about) - len(asked), dropped)


def _said(endpoint: Endpoint, text: str, about: Collection[str], sieve: Sieve, dropped: Counter[str]) -> Iterator[ox.Triple]:
    """Ask one request and yield the statements that may stay; those that may not are counted by their reasons."""
    answer = endpoint.ask(text, explain=False)
    if answer.warnings:
        raise RemoteError(f"{answer.warnings[0]}; nothing of it is used")
    if answer.form != "solutions" or set(answer.variables) != set(_COLUMNS):
        raise RemoteError(f"{endpoint.url} answers with other columns than it was asked for; is this the address of a SPARQL endpoint?")
    columns = [answer.variables.index(name) for name in _COLUMNS]
    taken: Counter[str] = Counter()
    for row in answer.rows:
        subject, predicate, value = (standard(row[column]) for column in columns)
        why = sieve.fault(subject, predicate, value, about)
        if why:
            dropped[why] += 1
        elif isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
            taken[subject.value] += 1
            if taken[subject.value] > MOST:
                raise RemoteError(f"{endpoint.url} says more than {MOST:,} things of {subject.value}; name fewer properties or languages")
            yield ox.Triple(subject, predicate, value)


def snapshot(fetched: Fetched, wish: Wish, endpoint: Endpoint, *, graph: str, made: datetime, licence: str = "") -> list[ox.Triple]:
    """Return what a snapshot says: what was fetched, and the block about itself, whose subject is the IRI of its named graph."""
    from datetime import UTC

    answered = len(fetched.asked) - len(fetched.unanswered)
    words = (
        f"What {endpoint.url} says of linked things: {len(fetched.asked):,} were asked about, {answered:,} are known there. "
        "The query is what all requests have in common; each also names its things."
    )
    said: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (names.TYPE, ox.NamedNode(names.PROV + "Entity")),
        (names.TYPE, ox.NamedNode(_VOID + "Dataset")),
        (names.DCTERMS + "description", ox.Literal(words, language="en")),
        (names.DCTERMS + "source", ox.NamedNode(endpoint.url)),
        (_VOID + "sparqlEndpoint", ox.NamedNode(endpoint.url)),
        (names.PROV + "generatedAtTime", _typed(f"{made.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "dateTime")),
        (names.SH + "select", ox.Literal(query(wish))),
        (_VOID + "entities", _typed(str(answered), "integer")),
        (_VOID + "triples", _typed(str(len(fetched.triples)), "integer")),
        *((names.LANGUAGE, ox.Literal(tag)) for tag in wish.languages),
        *((names.SCHEMA + "variableMeasured", ox.NamedNode(iri)) for iri in wish.predicates),
        *([(names.DCTERMS + "license", ox.NamedNode(licence))] if licence else []),
    ]
    return [*fetched.triples, *(ox.Triple(ox.NamedNode(graph), ox.NamedNode(predicate), value) for predicate, value in said)]


def store(endpoint: Endpoint, name: str, fetched: Fetched, wish: Wish, *, made: datetime, licence: str = "") -> Stored:
    """Put what was fetched in the place of the snapshot of this name, in one step; the caller holds the lock of the workspace."""
    workspace = endpoint.workspace
    path = file_of(workspace, name)
    graph = workspace.graph_iri(path)
    new = snapshot(fetched, wish, endpoint, graph=graph, made=made, licence=licence)
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot write here: {error.strerror}", path=path.parent) from None
    if not path.parent.resolve().is_relative_to(workspace.root.resolve()):
        raise InputError("this link leads out of the workspace; put the folder itself there", path=path.parent)
    workspace.refuse_ways_out()
    refuse_other(endpoint, name)
    before = {triple for triple in _read(path) if triple.subject != ox.NamedNode(graph)}
    turtle.write(path, new, workspace.prefixes)
    return Stored(path, len(fetched.triples - before), len(before - fetched.triples))


def refuse_other(endpoint: Endpoint, name: str) -> None:
    """Refuse to put what an endpoint says in the place of what another one said; InputError names that one."""
    path = file_of(endpoint.workspace, name)
    about = ox.NamedNode(endpoint.workspace.graph_iri(path))
    said = [each.object for each in _read(path) if each.subject == about and each.predicate.value == _VOID + "sparqlEndpoint"]
    if said and ox.NamedNode(endpoint.url) not in said:
        was = getattr(said[0], "value", "")
        words = f"this snapshot is from {was}, not from {endpoint.url}; call the new one otherwise with --name, or delete this one first"
        raise InputError(words, path=path)


def _read(path: Path) -> list[ox.Triple]:
    """Return what a snapshot says; nothing where it is not there, or damaged, which a new one mends."""
    try:
        return turtle.parse(path.read_bytes(), path=path)
    except (FileNotFoundError, InputError):
        return []
    except OSError as error:
        raise unreadable(error, path) from None


def file_of(workspace: Workspace, name: str) -> Path:
    """Return the file of a snapshot; UsageError where nothing may be called so, StorageError where there is no workspace to write to."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name[:80]!r} is no name of a snapshot: lower-case letters, digits and hyphens, at most 64")
    if workspace.is_bundled:
        raise StorageError("there is no workspace here, and the bundled one cannot be changed; kg init DIR makes one, then cd DIR")
    return workspace.graph_dir / SNAPSHOTS / f"{name}.ttl"


def _typed(text: str, name: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(names.XSD + name))
