"""Sources: a text is registered by digest, length and what is known about it, and recognised again by its digest. It is not stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from . import names, triples, turtle
from .dates import bounds
from .errors import InputError
from .lookup import living
from .model import Entity, Source
from .sheet import add_entities
from .sheet.holdings import read_triples, refuse_bundled
from .sheet.lookup import ANONYMOUS, Lookup
from .text import another_text, identifier, normal_form, sentences, unregistered

if TYPE_CHECKING:
    import pyoxigraph as ox

    from .index import Index
    from .workspace import Workspace

_KEY = re.compile(r"(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_RESERVED = {"derived", "entities", "links"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Registration:
    """A source that is ready to be written, with its author where that is a new entity; `write` writes both."""

    workspace: Workspace
    source: Source
    author: Entity | None
    sentences: int
    is_new: bool
    triples: tuple[ox.Triple, ...]

    def write(self) -> bool:
        """Write the author, then the source; return whether anything changed."""
        changed = self.author is not None and add_entities(self.workspace, [self.author])
        path = self.workspace.file_of(key_of(self.source, self.workspace))
        return turtle.write(path, self.triples, self.workspace.prefixes) or changed


def register(
    index: Index,
    data: bytes,
    *,
    key: str,
    title: str | None = None,
    author: str | None = None,
    published: str | None = None,
    language: str | None = None,
    path: object = None,
) -> Registration:
    """Register a text under a key; nothing is written before `Registration.write`.

    `author` is the name of a person, or the CURIE of an entity; without it the author is an entity of their own, "author of the source".
    A text that is registered already under this key keeps its claims, and what is given replaces what was known about it.
    """
    refuse_bundled(index.workspace)
    text = normal_form(data, path=path)
    _check(key, language, published)
    source = Source(iri=index.workspace.prefixes["src"] + key, label=title or key, identifier=identifier(text), length=len(text))
    old = _refuse_taken(index, source, key)
    count = len(sentences(text, language=language or "en"))
    if not count:
        raise InputError("the text has no sentence", path=path)
    given: dict[str, Any] = {"title": title, "published": published, "language": language, "label": title}
    source = replace(old or replace(source, language="en"), **{field: value for field, value in given.items() if value})
    created = None
    if author or source.creator is None:
        iri, created = _author(index, key, author, title)
        source = replace(source, creator=iri)
    kept = _kept(index, old) if old else []
    return Registration(index.workspace, source, created, count, old is None, (*kept, *triples.source_to_triples(source)))


def key_from_name(path: str) -> str:
    """Return the key that a file name suggests; InputError where it suggests none.

    >>> key_from_name("texts/Town Hall, 3 May.txt")
    'town-hall-3-may'
    """
    key = names.slug(PurePath(path).stem)
    if not _KEY.fullmatch(key):
        raise InputError(f"the file name {PurePath(path).name!r} suggests no key; name one with --id")
    return key


def key_of(source: Source, workspace: Workspace) -> str:
    """Return the key of a source, which names its file."""
    return source.iri.removeprefix(workspace.prefixes["src"])


def named(index: Index, name: str) -> Source:
    """Return the source that `src:KEY`, or `KEY`, names."""
    prefixes = index.workspace.prefixes
    iri = prefixes["src"] + name.removeprefix("src:")
    if iri not in index.sources:
        raise InputError(f"there is no source {name[:64]!r}; {_known(index)}")
    return index.sources[iri]


def of_text(index: Index, text: str, *, name: str | None = None, path: object = None) -> Source:
    """Return the source whose text this is, recognised by its digest; it must be the one that `name` names, where that is given."""
    digest = identifier(text)
    wanted = named(index, name) if name else next(iter(index.sources.values())) if len(index.sources) == 1 else None
    found = next((source for source in index.sources.values() if source.identifier == digest), None)
    if wanted and wanted.identifier != digest:
        said = another_text(key_of(wanted, index.workspace), path)
        other = f"; it is that of {names.compact(found.iri, index.workspace.prefixes)}" if found else ""
        raise InputError(said.partition("; ")[0] + other if found else said)
    if found is None:
        keys = [key_of(source, index.workspace) for _, source in sorted(index.sources.items())]
        raise InputError(f"this text belongs to no source; {unregistered(keys, path)}", path=path)
    return wanted or found


def _known(index: Index) -> str:
    known = ", ".join(names.compact(iri, index.workspace.prefixes) for iri in sorted(index.sources)[:10])
    elsewhere = (
        "; kg check says why not as src:KEY" if any(not iri.startswith(index.workspace.prefixes["src"]) for iri in index.sources) else ""
    )
    return f"registered are {known}{elsewhere}" if known else "none is registered yet"


def _check(key: str, language: str | None, published: str | None) -> None:
    if not _KEY.fullmatch(key) or key in _RESERVED:
        raise InputError(f"{key[:80]!r} cannot be the key of a source; use lower-case letters, digits and hyphens, as in ferry-2031")
    if language and not _LANGUAGE.fullmatch(language):
        raise InputError(f"{language[:64]!r} is no language tag, such as en or pt-BR")
    if published:
        bounds(published)


def _refuse_taken(index: Index, source: Source, key: str) -> Source | None:
    """Return the source that has this key and this text already; InputError where the key or the text is taken otherwise."""
    for known in index.sources.values():
        short = names.compact(known.iri, index.workspace.prefixes)
        if known.identifier == source.identifier and known.iri != source.iri:
            raise InputError(f"this text is registered already, as {short}")
        if known.iri == source.iri and known.identifier != source.identifier:
            way = "choose another key with --id, or take a changed text over with kg source update"
            raise InputError(f"{short} is another text (its digest differs); {way}")
    path = index.workspace.file_of(key)
    if source.iri not in index.sources and path.exists():
        raise InputError("this file is there already and holds no source; choose another key with --id", path=path)
    return index.sources.get(source.iri)


def _author(index: Index, key: str, author: str | None, title: str | None) -> tuple[str, Entity | None]:
    """Return the IRI of the author, and the entity where it is new."""
    if author:
        lookup = Lookup(index, key, {}, new_entities=True)
        iri = lookup.thing(author)
        definition = f"The author of {title or key!r}."
    else:
        iri, lookup = living(index, f"{index.workspace.prefixes['ent']}author-of-{key}"), None
        definition = f"Whoever wrote src:{key}, whose author is not named."
    if iri in index.entities:
        return iri, None
    label = lookup.created[iri].label if lookup and iri in lookup.created else _anonymous(index, key)
    return iri, Entity(iri=iri, label=label, types=(names.SCHEMA + "Person",), definition=definition)


def _anonymous(index: Index, key: str) -> str:
    taken = any(entity.label == ANONYMOUS for entity in index.entities.values())
    return f"{ANONYMOUS} {key}" if taken else ANONYMOUS


def _kept(index: Index, old: Source) -> list[ox.Triple]:
    """Return what the file of a source says, the source itself apart."""
    gone = set(triples.source_to_triples(old))
    return [triple for triple in read_triples(index.workspace.file_of(key_of(old, index.workspace))) if triple not in gone]
