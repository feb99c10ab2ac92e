"""The site in its folder: a whole new tree takes the place of the old one, and what others have put there stays.

A manifest lists what was written. A folder that holds files and no manifest is nobody's to overwrite, nor is a file in it that is not
listed, or that somebody has changed since.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import StorageError, UsageError
from ..lock import held
from .making import MARK, OLD, begin, discard, lookalikes, sweep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .site import File

__all__ = ["MANIFEST", "Written", "replace"]

MANIFEST = "manifest.json"
"""The file that lists the others, with the SHA-256 of each."""
_GENERATOR = "kg site"


class Written(NamedTuple):
    """What was written: how many files, how many bytes, and how many files of others stay where they were."""

    files: int
    size: int
    kept: int


def replace(folder: Path, files: Iterable[File], about: Mapping[str, str]) -> Written:
    """Put a site in the place of the one in a folder, all or nothing; `about` is what the manifest says beside the files.

    UsageError where the folder holds anything that would be lost; StorageError where it cannot be written.
    """
    target = folder.resolve()
    try:
        _checked(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with held(target.parent, "kg site"):
            sweep(target)
            _settle(target)
            made, lock = begin(target)
    except OSError as error:
        raise StorageError(f"cannot write here: {error.strerror or error}", path=folder) from None
    try:
        listed, size = _write(made, files, about)
        with held(target.parent, "kg site"):
            _settle(target)
            kept = _kept(target, _checked(target), listed)  # another kg site may have written here in the meantime
            made.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o755)
            _swap(made, target, kept)
    except OSError as error:
        raise StorageError(f"cannot write: {error.strerror}", path=folder) from None
    finally:  # also where somebody interrupts
        discard(made)
        if lock is not None:
            os.close(lock)
    return Written(len(listed) + 1, size, len(kept))


def _checked(target: Path) -> dict[str, str]:
    own = _own_files(target)
    _refuse_changed(target, own)
    return own


def _settle(target: Path) -> None:
    """Finish what was killed while a new site took the place of the old one: what others have put there is not lost with the old one.

    It is called while the lock is held, so that nobody is at work on what is found.
    """
    for old in lookalikes(target, OLD):
        if old.is_symlink() or not (old / MANIFEST).is_file():
            continue  # somebody else's
        if not target.exists():
            old.rename(target)
            continue
        for name in _kept(old, _own_files(old), _own_files(target)):
            if not os.path.lexists(target / name):
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (old / name).rename(target / name)
        discard(old)


def _own_files(target: Path) -> dict[str, str]:
    """Return the files of the site that is in a folder, with their digests; UsageError where something else is in it."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return {}
    if not target.is_dir():
        raise UsageError(f"{target} is a file; give a folder for the site")
    try:
        found: Any = json.loads((target / MANIFEST).read_bytes())
        is_own = found["generator"] == _GENERATOR and isinstance(found["files"], dict)
    except (OSError, ValueError, KeyError, TypeError):
        is_own = False
    if not is_own:
        raise UsageError(f"{target} holds files that kg site did not write; give an empty folder, or one that has an earlier site")
    return {str(path): str(digest) for path, digest in found["files"].items()}


def _refuse_changed(target: Path, own: Mapping[str, str]) -> None:
    """Refuse to replace files that somebody has changed."""
    for name, digest in own.items():
        path = target / name
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise UsageError(f"{path} was changed since kg site wrote it, and would be lost; move it elsewhere or delete it")


def _write(made: Path, files: Iterable[File], about: Mapping[str, str]) -> tuple[dict[str, str], int]:
    """Write the new tree and its manifest; return the digests of its files, and its size."""
    listed: dict[str, str] = {}
    folders: set[str] = set()
    size = 0
    for name, data in files:
        parent = name.rpartition("/")[0]
        if parent not in folders:
            (made / parent).mkdir(parents=True, exist_ok=True)
            folders.add(parent)
        with (made / name).open("xb") as file:  # two files with one name would be a fault of ours
            file.write(data)
        listed[name] = hashlib.sha256(data).hexdigest()
        size += len(data)
    manifest = {"generator": _GENERATOR, **about, "files": dict(sorted(listed.items()))}
    text = json.dumps(manifest, ensure_ascii=False, indent=0) + "\n"
    (made / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return listed, size + len(text.encode())


def _kept(target: Path, own: Mapping[str, str], listed: Mapping[str, str]) -> list[str]:
    """Return what in the folder is not of the earlier site, to be moved to the new one; UsageError where that has a file of this name."""
    taken = {name.casefold() for name in (*listed, MANIFEST)}
    mixed = {parent.casefold() for name in (*own, *listed) for parent in _parents(name)}
    found = list(_foreign(target, "", {*own, MANIFEST, MARK}, mixed)) if target.exists() else []
    for name in found:
        if name.casefold() in taken | mixed:
            raise UsageError(f"{target / name} is not of the earlier site, and the new one has a file there; move it elsewhere")
    return found


def _foreign(target: Path, below: str, own: set[str], mixed: set[str]) -> Iterator[str]:
    """Yield what is not the site's own: files, and folders as a whole where the site has nothing in them."""
    for entry in sorted(os.scandir(target / below), key=lambda entry: entry.name):
        name = f"{below}/{entry.name}" if below else entry.name
        if entry.is_dir(follow_symlinks=False) and name.casefold() in mixed:
            yield from _foreign(target, name, own, mixed)
        elif name not in own:
            yield name


def _parents(name: str) -> list[str]:
    return [str(parent) for parent in PurePosixPath(name).parents][:-1]


def _swap(made: Path, target: Path, kept: list[str]) -> None:
    """Rename the new folder to the place of the old one, and move what stays; the old one comes back where that fails."""
    old = made.with_name(made.name + OLD)
    had = target.exists()
    if had:
        target.rename(old)
    is_done = False
    try:
        made.rename(target)
        (target / MARK).unlink()
        for name in kept:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (old / name).rename(target / name)
        is_done = True
    finally:  # also where somebody interrupts
        if not is_done:
            _undo(made, target, old, kept, had=had)
    if had:
        old.rename(made)  # nothing in it is missed now; it goes as what was made goes


def _undo(made: Path, target: Path, old: Path, kept: list[str], *, had: bool) -> None:
    for name in kept:
        if os.path.lexists(target / name) and not os.path.lexists(old / name):
            (target / name).rename(old / name)
    if target.exists():
        target.rename(made)
    if had:
        old.rename(target)
