"""A new workspace: the folders that every workspace has, with the ontology and the queries that work on any graph, and no claims yet."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from . import names, saved
from .errors import InputError, StorageError, UsageError
from .settings import FILE, check_base
from .workspace import Workspace, bundled_root, find

_GENERAL = "general"
_OF_THE_ONTOLOGY = "ontology"
"""The tag of the saved queries that belong into every workspace."""

_IGNORED = ".gitignore"
_WRITTEN = """\
# What kg view -o map.html and kg site -o site write: made anew from the graph at any time.
/map.html
/site/
"""
_SETTINGS = """\
# What the IRIs of this workspace begin with: an address that stays yours. Change it before the first source is added. From then on
# names begin with it: after a change kg check says what is to be replaced, and what is published keeps its names for ever.
base = "{base}"

# Prefixes of your own, beside those that kg knows, such as that of relations of your own: described in a file of ontology/ as those
# of ontology/relations.ttl are, and named in a namespace of yours that ends in /relation/.
# prefixes = {{ my = "{base}relation/" }}

# Who publishes the data set, whom to ask about it, and what it is about, for its description in VoID and DCAT, which kg site and
# kg serve publish. What is not stated here is not said there.
# publisher = {{ name = "River Archive", url = "https://example.org/" }}
# contact = {{ name = "Editors", email = "editors@example.org" }}
# keywords = ["rivers", "ferries"]
"""

_README = """\
# The graph

Each file here is a named graph: `entities.ttl` the entities of all sources, one `.ttl` per source with its claims and passages.
The files are the database: edit them through `kg sheet`, or by hand followed by `kg fmt` and `kg check`.

    kg source add TEXT.txt                                                     # register a text; the text itself is not stored
    kg sheet import CLAIMS.csv --text TEXT.txt --source src:KEY --new-entities # its claims, one row a claim
    kg coverage --text TEXT.txt                                                # which sentences are not accounted for yet
    kg check --text TEXT.txt                                                   # the rules of the model, and every passage
    kg source update KEY NEW.txt --old OLD.txt                                 # the text was changed: find its passages again
"""


def create(directory: str | Path, *, base: str | None = None) -> Workspace:
    """Make an empty workspace in a folder that is not there yet, or is empty.

    `base` is what its IRIs begin with, else `https://example.org/FOLDER/`. StorageError where the folder holds something, or cannot be
    written; the folder becomes a workspace with the last step, so what fails half-way is none.
    """
    target = Path(directory).absolute()
    address = base or f"https://example.org/{names.slug(target.name) or 'workspace'}/"
    try:
        check_base(address)
    except InputError as error:
        raise UsageError(error.message) from None
    _refuse_occupied(target)
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target, prefix=".kg-init-") as beside:
            _fill(Path(beside), address)
            for name in (FILE, _IGNORED, "graph", "queries", "ontology"):
                (Path(beside) / name).replace(target / name)
    except OSError as error:
        raise StorageError(f"cannot make a workspace here: {error.strerror or error}", path=directory) from None
    return find(target)


def _refuse_occupied(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise StorageError("this is no folder; name one that is not there yet", path=target)
    if target.is_dir() and any(target.iterdir()):
        raise StorageError("the folder is not empty; name one that is not there yet", path=target)


def _fill(root: Path, base: str) -> None:
    (root / FILE).write_text(_SETTINGS.format(base=base), encoding="utf-8", newline="\n")
    (root / _IGNORED).write_text(_WRITTEN, encoding="utf-8", newline="\n")
    (root / "graph").mkdir()
    (root / "graph" / "README.md").write_text(_README, encoding="utf-8", newline="\n")
    (root / "graph" / "entities.ttl").write_bytes(b"")
    (root / "queries").mkdir()
    bundled = bundled_root()
    shutil.copytree(bundled / "ontology", root / "ontology", copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(".*"))
    for path in saved.find_all(bundled / "queries").values():
        below = path.relative_to(bundled)
        tags = saved.read(path).tags
        if _GENERAL in tags or ("checks" in below.parts and _OF_THE_ONTOLOGY not in tags):
            (root / below).parent.mkdir(parents=True, exist_ok=True)
            (root / below).write_text(_with_base(path.read_text(encoding="utf-8"), base), encoding="utf-8", newline="\n")


def _with_base(query: str, base: str) -> str:
    """Return a query whose prefixes for claims, entities, passages, sources and graphs are those of the new workspace."""
    ours, theirs = names.prefixes(), names.prefixes(base)
    for prefix, namespace in ours.items():
        if namespace != theirs[prefix]:
            query = query.replace(namespace, theirs[prefix])
    return query
