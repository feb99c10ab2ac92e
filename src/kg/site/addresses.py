"""Which file of the site a thing has: a safe name for any IRI, and no two things with one.

Own things keep the path that they have below the base of the workspace, so that a redirect needs no table: `entity/taliban.html`. A name
that is no safe file name everywhere (other letters, `..`, percent signs, very long, the same but for capitals) is written as what is
left of it and a digest of the IRI. What others have named and the workspace speaks of is in `other/`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names, targets
from ..pages.addresses import ONTOLOGY, OWN, SHARED, below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..index import Index

__all__ = ["FOLDERS", "Addresses", "Relative", "folder_of"]

OTHER = "other"
FOLDERS = (*OWN, *SHARED, ONTOLOGY, OTHER)
"""The folders with things in them, by what kind of thing it is."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(?:\.|$)|index$", re.IGNORECASE)
_KEPT, _DIGITS = 40, 12


class Addresses:
    """The files of all things that have a page: `file` gives the path without a suffix, such as `entity/taliban`."""

    def __init__(self, index: Index) -> None:
        self._base = index.workspace.base
        self._files = _files(_things(index), self._base)

    def __iter__(self) -> Iterator[str]:
        """Go through the IRIs of all things that have a page, folder by folder."""
        return iter(self._files)

    def file(self, iri: str) -> str:
        """Return the path of a thing from the root of the site, without a suffix; empty where it has no page."""
        return self._files.get(iri, "")


class Relative:
    """The addresses as a page sees them that lies so many folders deep."""

    def __init__(self, addresses: Addresses, depth: int) -> None:
        self.addresses = addresses
        self.root = "../" * depth

    def href(self, iri: str) -> str:
        """Return the page of a thing; what has none is where it says, if that is on the web."""
        file = self.addresses.file(iri)
        return f"{self.root}{file}.html" if file else iri if names.is_web(iri) else ""


def folder_of(iri: str, base: str) -> tuple[str, str]:
    """Return the folder of an IRI and what it is called there.

    >>> folder_of("https://example.org/entity/a/b", "https://example.org/"), folder_of(names.KG + "Claim", "https://example.org/")
    (('entity', 'a/b'), ('ontology', 'Claim'))
    >>> folder_of(names.REL, "https://example.org/"), folder_of("http://www.wikidata.org/entity/Q889", "https://example.org/")
    (('relation', ''), ('other', 'wd.Q889'))
    """
    if iri.startswith(names.KG) or iri == names.KG[:-1]:
        return ONTOLOGY, iri[len(names.KG) :]
    if iri in {f"{names.BASE}{kind}/" for kind in SHARED}:
        return iri[len(names.BASE) : -1], ""
    folder, _, local = below(iri, base).partition("/")
    if folder:
        return folder, local
    curie = names.compact(iri, _prefixes(base))
    return OTHER, curie.strip("<>") if curie.startswith("<") else curie.replace(":", ".", 1)


def _files(iris: Iterable[str], base: str) -> dict[str, str]:
    """Return the path of each IRI; of names that differ in capitals only, those in small letters alone stay as they are."""
    placed = {iri: folder_of(iri, base) for iri in iris}
    often = Counter((folder, local.casefold()) for folder, local in placed.values())
    found = {}
    for iri, (folder, local) in sorted(placed.items(), key=lambda pair: (FOLDERS.index(pair[1][0]), pair[1][1], pair[0])):
        is_shared = often[folder, local.casefold()] > 1 and local != local.lower()
        found[iri] = f"{folder}/{_name(local, iri, is_shared=is_shared) if local else 'index'}"
    return found


def _name(local: str, iri: str, *, is_shared: bool) -> str:
    """Return a name as it is where it is safe on every disk and in every address, else what can be kept of it and a digest.

    >>> _name("taliban", "urn:a", is_shared=False), _name("../Kabul%2F..", "urn:a", is_shared=False)
    ('taliban', 'kabul-2f~558181ea170c')
    """
    if _NAME.fullmatch(local) and not local.endswith(".") and not _DEVICES.match(local) and not is_shared:
        return local
    digest = hashlib.sha256(iri.encode()).hexdigest()[:_DIGITS]
    plain = unicodedata.normalize("NFKD", local).encode("ascii", "ignore").decode()  # an address that was published stays
    return f"{names.slug(plain)[:_KEPT].strip('-')}~{digest}"


def _things(index: Index) -> set[str]:
    """Return the IRIs that have a page: all own ones, and of others those that something is said of, classes, and units."""
    base, found = index.workspace.base, {index.workspace.graph_iri(path) for path in index.workspace.data_files}
    found.add(names.KG[:-1])
    kinds, named = {names.TYPE, names.UNIT}, set()
    for quad in index.store.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        predicate, target = quad.predicate.value, quad.object
        named.add(predicate)
        if isinstance(quad.subject, ox.NamedNode):
            found.add(quad.subject.value)
        if isinstance(target, ox.NamedNode):
            (found if predicate in kinds else named).add(target.value)
    return found | {iri for iri in named - found if folder_of(iri, base)[0] != OTHER}


@cache
def _prefixes(base: str) -> dict[str, str]:
    return {**targets.PREFIXES, **names.prefixes(base)}
