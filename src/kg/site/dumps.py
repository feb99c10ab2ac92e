"""The data set as files to take away: what `kg export` writes. The SHA-256 of the canonical N-Quads among them is the content hash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from .. import context
from ..description import Distribution
from ..errors import InputError, LimitError
from ..export import FORMATS, Wanted, export, zipped
from .site import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..export import Format
    from .site import Site

__all__ = ["files"]

STEM = "data"
_EXPORTS = {
    "nquads": ("nq", "application/n-quads"),
    "trig": ("trig", "application/trig"),
    "turtle": ("ttl", "text/turtle"),
    "turtle12": ("1.2.ttl", "text/turtle"),
    "jsonld": ("jsonld", "application/ld+json"),
    "rdfxml": ("rdf", "application/rdf+xml"),
    "csv": ("csv.zip", "application/zip"),
    "gexf": ("gexf", "application/gexf+xml"),
    "graphml": ("graphml", "application/graphml+xml"),
    "cytoscape": ("cyjs", "application/json"),
    "nodelink": ("json", "application/json"),
}
"""What `kg export` writes for a site: suffix and media type by the name of the format."""
_STANDARDS = {"turtle12": "https://www.w3.org/TR/rdf12-turtle/"}
"""What a form follows that its media type does not tell: who reads Turtle of RDF 1.1 cannot read that of 1.2."""


def files(site: Site) -> Iterator[File]:
    """Yield the data set in each form that has a place for it, and the context of its JSON-LD."""
    yield File(context.NAME, context.document(site.index))
    for name, (suffix, media_type) in _EXPORTS.items():
        try:
            made = export(Wanted(site.index), name)
        except (InputError, LimitError):  # something is said that the format has no place for; the others have it
            continue
        data = made.files[""] if list(made.files) == [""] else zipped(made)
        yield _dump(site, suffix, FORMATS[name], media_type, data, standard=_STANDARDS.get(name, ""))


def _dump(site: Site, suffix: str, form: Format, media_type: str, data: bytes, *, standard: str) -> File:
    """Return a file, and keep what the description says of it."""
    path = f"{STEM}.{suffix}"
    title = f"{form.title}; left out: {form.omits}" if form.omits else form.title
    site.dumps.append(Distribution(path, title, media_type, len(data), hashlib.sha256(data).hexdigest(), standard))
    return File(path, data)
