"""The workspace for other programs: as RDF, networks, tables or entities. Each format says in one sentence what it leaves out.

RDF is what the files of `graph/` say, to the letter. A network is the accepted claims, nodes and edges as `kg.projection` has them. The
same files and the same wishes give the same bytes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from ..errors import StorageError, UsageError
from .wanted import Export, Wanted

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FORMATS", "Export", "Format", "Wanted", "export", "format_of", "write", "zipped"]


class Format(NamedTuple):
    """A format: the room that writes it, the suffix of its files, how people call it, and what it leaves out."""

    room: str
    suffix: str
    title: str
    omits: str = ""


_GRAPHS = "which file says what; trig, nquads and jsonld keep it"
_NETWORK = "claims that are not accepted, sources, where passages are, links, snapshots, entities that no claim is about"
_FLAT = f"{_NETWORK}; lists are joined by bars"
_MONEY = (
    "claims that are not accepted, digests of passages, links except to the same in Wikidata and ISO 3166, snapshots, entities that no "
    "claim names; denial, certainty, modality and figures have no fields and stand in words; a denied, hedged or derived claim is a note "
    "alone, never a link between things"
)
_NANOPUBS = (
    "claims that are not accepted, what entities are called and what they are, links, snapshots; a denied, hedged or derived claim stands "
    "as its description alone, never as a bare triple"
)
FORMATS: dict[str, Format] = {
    "trig": Format("rdf", ".trig", "TriG, a graph a file"),
    "nquads": Format("rdf", ".nq", "canonical N-Quads: their SHA-256 is the content hash"),
    "jsonld": Format("linked", ".jsonld", "JSON-LD, a graph a file"),
    "turtle": Format("rdf", ".ttl", "Turtle", _GRAPHS),
    "rdfxml": Format("rdf", ".rdf", "RDF/XML", _GRAPHS),
    "turtle12": Format("rdf", "", "Turtle of RDF 1.2, each claim a reifier of its triple", _GRAPHS),
    "context": Format("linked", "", "the context of the JSON-LD, to be published", "the data"),
    "gexf": Format("network", ".gexf", "GEXF, for Gephi", _FLAT),
    "graphml": Format("network", ".graphml", "GraphML", _FLAT),
    "cytoscape": Format("network", ".cyjs", "JSON of Cytoscape and Cytoscape.js", _NETWORK),
    "nodelink": Format("network", ".json", "node-link JSON, as networkx reads it", _NETWORK),
    "csv": Format("tables", ".zip", "nodes.csv and edges.csv with CSVW metadata, in a folder or a .zip", _FLAT),
    "edges": Format("tables", ".csv", "CSV of the edges alone: a row a claim", f"{_FLAT}; definitions, types and other names of entities"),
    "parquet": Format("tables", ".parquet", "Parquet, a row a claim", f"{_NETWORK}; types and other names of entities"),
    "ftm": Format("ftm", ".ftm.json", "FollowTheMoney: each claim a note, plain ones links, too", _MONEY),
    "nanopub": Format("nanopub", "", "TriG of nanopublications, one a claim, unsigned", _NANOPUBS),
}
"""The formats by name. Those without a suffix are written where they are asked for by name."""


def export(wanted: Wanted, name: str) -> Export:
    """Return what is wanted in one of the `FORMATS`; InputError where it has no place for something that is said."""
    form = FORMATS.get(name)
    if form is None:
        raise UsageError(f"no format is called {name!r}; there are {', '.join(FORMATS)}")
    made: Export = getattr(import_module(f".{form.room}", __name__), name)(wanted)
    return made._replace(notes=(*((f"left out: {form.omits}",) if form.omits else ()), *made.notes))


def format_of(path: Path) -> str:
    """Return the format that a path names by its suffix; a folder is one of tables.

    >>> from pathlib import Path
    >>> format_of(Path("claims.gexf")), format_of(Path("claims.csv")), format_of(Path("tables/")), format_of(Path("a.ftm.json"))
    ('gexf', 'edges', 'csv', 'ftm')
    """
    file = path.name.lower() if path.suffix else ".zip"
    fitting = [name for name, form in FORMATS.items() if form.suffix and file.endswith(form.suffix)]
    if fitting:
        return max(fitting, key=lambda name: len(FORMATS[name].suffix))
    if path.is_dir():
        return "csv"
    known = ", ".join(form.suffix for form in FORMATS.values() if form.suffix)
    raise UsageError(f"{path}: the suffix names no format; known are {known}; others are named with -f")


def write(made: Export, path: Path) -> None:
    """Write an export to a file, whole or not at all; several files into a folder, which is made, or into one .zip."""
    from ..turtle import replace

    if list(made.files) == [""]:
        replace(path, made.files[""])
    elif path.suffix.lower() == ".zip":
        replace(path, zipped(made))
    else:
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"cannot write here: {error.strerror or error}", path=path) from None
        for name, data in made.files.items():
            replace(path / name, data)


def zipped(made: Export) -> bytes:
    """Return the files as one archive that bears no time."""
    from io import BytesIO
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, data in made.files.items():
            entry = ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, ZIP_DEFLATED)
    return out.getvalue()
