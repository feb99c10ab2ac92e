"""The data set as files to take away: the canonical N-Quads, whose SHA-256 is the content hash, and what `kg export` writes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from .. import canonicalization, context
from ..description import Distribution
from ..errors import InputError, LimitError
from ..export import Wanted, export
from ..index import triples_in
from .site import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..index import Index
    from .site import Site

__all__ = ["files"]

STEM = "data"
_EXPORTS = {
    "turtle": ("ttl", "Turtle, all files as one", "text/turtle"),
    "jsonld": ("jsonld", f"JSON-LD, a graph for each file; its words are those of {context.NAME}", "application/ld+json"),
}
"""What else `kg export` writes for a site: suffix, title and media type by the name of the format."""


def files(site: Site) -> Iterator[File]:
    """Yield the data set in each form."""
    canonical = _canonical(site.index)
    if canonical is not None:
        yield _dump(site, "nq", "Canonical N-Quads (RDFC-1.0), a graph for each file", "application/n-quads", canonical)
    yield File(context.NAME, context.document(site.index))
    for name, (suffix, title, media_type) in _EXPORTS.items():
        try:
            made = export(Wanted(site.index), name)
        except InputError:  # something is said that the format has no place for; the others have it
            continue
        yield _dump(site, suffix, title, media_type, made.files[""])


def _dump(site: Site, suffix: str, title: str, media_type: str, data: bytes) -> File:
    """Return a file, and keep what the description says of it."""
    path = f"{STEM}.{suffix}"
    site.dumps.append(Distribution(path, title, media_type, len(data), hashlib.sha256(data).hexdigest()))
    return File(path, data)


def _canonical(index: Index) -> bytes | None:
    """Return the canonical form of the data set; None where it could not be found in time."""
    try:
        lines = canonicalization.lines((index.workspace.graph_iri(path), triples_in(path)) for path in index.workspace.data_files)
    except LimitError:
        return None
    return b"".join(line + b"\n" for line in lines)
