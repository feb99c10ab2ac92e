"""A workspace: the folders `ontology/`, `graph/` and `queries/`, which are the database.

`find` takes the folder it is given, else the nearest ancestor that is a workspace, else the data set that comes with kg.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from . import names
from .errors import InputError, StorageError, UsageError
from .settings import FILE as SETTINGS
from .settings import About, read

if TYPE_CHECKING:
    from collections.abc import Iterable

SNAPSHOTS = "snapshots"
_KEY = re.compile(r"\w[\w.-]*")
_LENGTH = re.compile(rb'length>?\s+"?(\d{1,18})')
_BYTES_OF_A_CHARACTER = 12
"""How many bytes a file may have, at the most, for one character of its normal form."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where the files of a workspace are, and what its IRIs begin with.

    `base` is where its entities, claims, passages, sources and graphs have their IRIs; `prefixes` the prefix map that follows from it,
    with those that `kg.toml` adds.
    `about` is what it states of itself for those who find it published.
    """

    root: Path
    base: str = names.BASE
    is_bundled: bool = False
    about: About = field(default_factory=About)
    own_prefixes: tuple[tuple[str, str], ...] = ()
    prefixes: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prefixes", dict(sorted((names.prefixes(self.base) | dict(self.own_prefixes)).items())))

    @property
    def called(self) -> str:
        """What messages call it."""
        return "the bundled data set" if self.is_bundled else f"the workspace {self.root}"

    @property
    def graph_dir(self) -> Path:
        """The folder of the graph files."""
        return self.root / "graph"

    @property
    def queries_dir(self) -> Path:
        """The folder of the saved queries."""
        return self.root / "queries"

    @property
    def ontology_files(self) -> list[Path]:
        """The files of the ontology that queries see, sorted; the shapes are not among them."""
        return sorted(path for path in (self.root / "ontology").glob("*.ttl") if path.name != "shapes.ttl")

    @property
    def shapes_file(self) -> Path:
        """The SHACL shapes."""
        return self.root / "ontology" / "shapes.ttl"

    @property
    def graph_files(self) -> list[Path]:
        """The graph files, sorted: Turtle by hand, gzipped N-Triples for large imports."""
        return sorted([*self.graph_dir.glob("*.ttl"), *self.graph_dir.glob("*.nt.gz")])

    @property
    def links_file(self) -> Path:
        """The mappings between names of the workspace and those of others; it need not be there."""
        return self.graph_dir / "links.sssom.tsv"

    @property
    def candidates_file(self) -> Path:
        """The mappings that nobody has decided yet, which are never loaded; it need not be there."""
        return self.graph_dir / "candidates.sssom.tsv"

    @property
    def snapshot_files(self) -> list[Path]:
        """What was brought in from other data sets about the linked entities, sorted."""
        return sorted((self.graph_dir / SNAPSHOTS).glob("*.ttl"))

    @property
    def data_files(self) -> list[Path]:
        """All files of `graph/` that queries see, each a named graph: the graph files, the links and the snapshots."""
        links = [self.links_file] if os.path.lexists(self.links_file) else []
        return [*self.graph_files, *links, *self.snapshot_files]

    def graph_iri(self, path: Path) -> str:
        """Return the IRI of the named graph that a file of `graph/` is.

        >>> space = Workspace(Path("/w"), base="https://example.org/")
        >>> space.graph_iri(space.links_file), space.graph_iri(space.graph_dir / "snapshots" / "wikidata.ttl")
        ('https://example.org/graph/links', 'https://example.org/graph/snapshots/wikidata')
        """
        folder = f"{SNAPSHOTS}/" if path.parent.name == SNAPSHOTS and path.parent.parent == self.graph_dir else ""
        return self.prefixes["graph"] + folder + path.name.partition(".")[0]

    @property
    def default_graph_iri(self) -> str:
        """The IRI by which a remote endpoint has the default graph, which is the union of all files; no file has this name."""
        return self.base + "default-graph"

    def file_of(self, key: str) -> Path:
        """Return the graph file of the source with this key; InputError for what is no key, such as a source under another base.

        >>> Workspace(Path("/w")).file_of("https://example.org/source/town")
        Traceback (most recent call last):
        kg.errors.InputError: the source 'https://example.org/source/town' is not named src:KEY under the base ...
        """
        if not _KEY.fullmatch(key):
            words = f"the source {key[:200]!r} is not named src:KEY under the base {self.base} of {SETTINGS}; kg check says what to do"
            raise InputError(words, path=self.graph_dir)
        return self.graph_dir / f"{key}.ttl"

    def refuse_ways_out(self) -> None:
        """Refuse files that lie elsewhere or are none, before anything of them is read; InputError.

        What lies elsewhere is nobody's business here, and to read what is no ordinary file, such as a pipe, may never end. The
        folder of the ontology may be shared by a link; a graph, and a single file, are the workspace's own.
        """
        root = self.root.resolve()
        linked = [path for path in self.ontology_files if path.is_symlink()]
        candidates = [self.candidates_file] if os.path.lexists(self.candidates_file) else []
        own = [*self.data_files, *candidates]
        for path in [*linked, *own]:
            if not _is_inside(path, root):
                raise InputError("this link leads out of the workspace; put the file itself there", path=path)
        for path in [*self.ontology_files, *own]:
            if path.exists() and not path.is_file():
                raise InputError("this is no ordinary file; move it out of the folder, or give it another name", path=path)
            if not _is_text(path.name):
                raise InputError("the name of this file is not UTF-8; give it another", path=ascii(path.name))

    def check_output(self, path: Path, inputs: Iterable[Path] = ()) -> None:
        """Refuse to write an answer, a page or a table over what the workspace is made of; UsageError.

        That is its own files, what is read for that answer (`inputs`), and the texts of its sources: it has no other copy of these.
        """
        try:
            target = path.resolve()
        except (OSError, RuntimeError):  # RuntimeError: a link to itself, before Python 3.13
            raise UsageError(f"{path} leads nowhere: a link in it leads back to itself; give another place") from None
        kept = [(self.root / name).resolve() for name in ("ontology", "graph", "queries")]
        if target == (self.root / SETTINGS).resolve() or any(target.is_relative_to(folder) for folder in kept):
            raise UsageError(f"{path} belongs to the workspace; write to a place outside ontology/, graph/ and queries/")
        if target.exists() and any(each.exists() and each.samefile(target) for each in inputs):
            raise UsageError("the output is also an input; write to another file", path=path)
        holder = self._holder_of(target)
        if holder:
            known = f"graph/{holder.name}"
            raise UsageError(f"this is the text of a source ({known}), and may be its only copy; write to another file", path=path)

    def _holder_of(self, path: Path) -> Path | None:
        """Return the Turtle file that registers the text in a file as a source, if any; only a file about as long as a source is read."""
        from .text import identifier, normal_form

        try:
            size = path.stat().st_size if path.is_file() else 0
            held = {file: file.read_bytes() for file in self.graph_dir.glob("*.ttl")} if size else {}
            lengths = (int(each) for data in held.values() for each in _LENGTH.findall(data))
            if not any(length <= size <= _BYTES_OF_A_CHARACTER * length + 3 for length in lengths):
                return None
            digest = identifier(normal_form(path.read_bytes())).encode()
        except (OSError, InputError):
            return None
        return next((file for file, data in sorted(held.items()) if digest in data), None)

    def digest(self) -> str:
        """Return the SHA-256 of all that is served, in hexadecimal: the same files and statements of `kg.toml`, the same digest."""
        import hashlib

        found = hashlib.sha256(f"{self.base} {self.about!r}".encode())
        for path in [*self.ontology_files, *self.data_files]:
            found.update(f"\n{path.relative_to(self.root).as_posix()} ".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
        return found.hexdigest()


def _is_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a link to itself
        return False


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def find(directory: str | Path | None = None) -> Workspace:
    """Return the workspace of a folder: itself, where one is named, else the nearest above the current folder, else the bundled one.

    StorageError where the named folder is none.
    """
    if directory is not None:
        root = Path(directory).resolve()
        if not _is_workspace(root):
            raise StorageError("this is no kg workspace (no ontology/kg.ttl and graph/); kg init makes one", path=directory)
        return _open(root)
    here = Path.cwd().resolve()
    nearest = next((folder for folder in (here, *here.parents) if _is_workspace(folder)), None)
    return _open(nearest or bundled_root(), is_bundled=nearest is None)


def bundled_root() -> Path:
    """Return the folder of the data set that comes with kg: inside an installed package, or the checkout that it runs from."""
    inside = Path(__file__).parent / "bundled"
    return inside if inside.is_dir() else Path(__file__).parents[2]


def _is_workspace(folder: Path) -> bool:
    return (folder / "ontology" / "kg.ttl").is_file() and (folder / "graph").is_dir()


def _open(root: Path, *, is_bundled: bool = False) -> Workspace:
    stated = read(root / SETTINGS)
    return Workspace(root, base=stated.base, is_bundled=is_bundled, about=stated.about, own_prefixes=stated.prefixes)
