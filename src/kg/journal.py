"""Several files of `graph/` changed as one: all of them or none, also where the process is killed in between, and back again by `undo`.

Before the first file is replaced, the record of the change is written: what it is called, the digests of each file before and after, and
the files as they were. With it a change that was cut off is taken back (`settle`), and the last one that was not can be (`undo`). Both look
at digests first, so that nothing is lost that somebody has written since.

The record is a zip file, `.kg/change.zip` while the files are being replaced and `.kg/undo.zip` afterwards: without kg, unpacking it in the
root of the workspace does the same. It is no part of the data, and git is told to leave it alone.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from operator import and_
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from . import turtle
from .errors import InputError, KgError, StorageError, unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .workspace import Workspace

__all__ = ["FOLDER", "Record", "Replacement", "Undone", "last", "pending", "replace_all", "settle", "undo"]

FOLDER = ".kg"
"""The folder in the root of a workspace for what kg keeps beside the data."""
_NEW, _PENDING, _LAST, _CONTENTS = "new.zip", "change.zip", "undo.zip", "change.json"
_IGNORED = b"# What kg keeps for itself, such as the way back from the last change of entities; no part of the data.\n*\n"
_GIT = "git has the state before, where the workspace is kept in it"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A file, its bytes as they were read, and those that take their place."""

    path: Path
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Undone:
    """A change that was taken back: what it was, and the files that are as before."""

    words: str
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What a record says: what the change was, the names that came with it, each file with its digest afterwards and its bytes before."""

    words: str
    names: tuple[str, ...]
    files: tuple[tuple[Path, str, bytes], ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that the change has replaced."""
        return tuple(path for path, _, _ in self.files)

    def changed(self) -> dict[Path, bool | None]:
        """Tell for each file whether it is as the change has it; None where it is neither so nor as before."""
        found = {}
        for path, after, before in self.files:
            now = _digest(_bytes(path))
            found[path] = True if now == after else False if now == _digest(before) else None
        return found


def replace_all(workspace: Workspace, replacements: Sequence[Replacement], *, words: str, names: Sequence[str] = ()) -> None:
    """Replace files in this order, all or none. The caller holds the lock of the workspace.

    `words` say what the change is, `names` the IRIs that come with it, which nothing may use that stays when it is taken back.

    InputError where one of them is not as it was read; StorageError where one cannot be written, and then the others are as before.
    """
    for each in replacements:
        if _bytes(each.path) != each.before:
            raise InputError("this file was changed in the meantime; run the command again", path=each.path)
    folder = _folder(workspace.root)
    _keep(
        folder,
        _packed(workspace.root, replacements, {"words": words, "names": [*names]}),
        reduce(and_, (each.path.stat().st_mode & 0o666 for each in replacements)),
    )
    is_done = False
    try:
        for each in replacements:
            turtle.replace(each.path, each.after)
        _rename(folder, _PENDING, _LAST)
        is_done = True
    finally:  # also where somebody interrupts
        if not is_done:
            with suppress(KgError):  # what cannot be taken back now is by the next command that writes
                settle(workspace)


def pending(workspace: Workspace) -> Path | None:
    """Return the record of a change that is under way, or was cut off."""
    return _kept(workspace.root, _PENDING)


def settle(workspace: Workspace) -> Undone | None:
    """Take back a change that was cut off, and return it; None where there is none, or all of it had been written.

    The caller holds the lock of the workspace. InputError where somebody has changed one of its files since, which is then left.
    """
    path = pending(workspace)
    if path is None:
        return None
    record = _read(workspace.root, path)
    changed = record.changed()
    for each, state in changed.items():
        if state is None:
            way = f"put it back as it was, or remove {FOLDER}/{_PENDING} to keep all files as they are now; {_GIT}"
            raise InputError(f"{record.words} was cut off, and this file was changed since; {way}", path=each)
    if all(changed.values()):
        _rename(path.parent, _PENDING, _LAST)
        return None
    return _taken_back(path, record, changed)


def last(workspace: Workspace) -> Record:
    """Return the record of the last change; InputError where there is none."""
    path = _kept(workspace.root, _LAST)
    if path is None:
        raise InputError(f"there is no merge or rename to take back here; {_GIT}")
    return _read(workspace.root, path)


def undo(workspace: Workspace) -> Undone:
    """Take the last change back, byte for byte; the caller holds the lock of the workspace.

    InputError where there is none, or where one of its files was changed since.
    """
    record, path = last(workspace), workspace.root / FOLDER / _LAST
    changed = record.changed()
    for each, state in changed.items():
        if not state:
            words = f"this file was changed since {record.words}, which therefore cannot be taken back; {_GIT}"
            raise InputError(words, path=each)
    _rename(path.parent, _LAST, _PENDING)  # from here on it is a change that was cut off
    return _taken_back(path.parent / _PENDING, record, changed)


def _taken_back(path: Path, record: Record, changed: dict[Path, bool | None]) -> Undone:
    """Put the files back that a change has replaced, the last one first, and remove its record."""
    for each, _, before in reversed(record.files):
        if changed[each]:
            turtle.replace(each, before)
    try:
        path.unlink()
    except OSError as error:
        raise StorageError(f"cannot remove: {error.strerror or error}", path=path) from None
    return Undone(record.words, tuple(changed))


def _kept(root: Path, name: str) -> Path | None:
    """Return a record where it is there; what a link leads to is none."""
    path = root / FOLDER / name
    return path if path.is_file() and not (path.is_symlink() or path.parent.is_symlink()) else None


def _keep(folder: Path, data: bytes, mode: int) -> None:
    """Write the record of a change that begins now, for nobody's eyes that may not see the files."""
    path = folder / _NEW
    try:
        path.unlink(missing_ok=True)
        path.touch(mode, exist_ok=False)
    except OSError as error:
        raise StorageError(f"cannot write here: {error.strerror or error}", path=folder) from None
    turtle.replace(path, data)
    _rename(folder, _NEW, _PENDING)


def _packed(root: Path, replacements: Sequence[Replacement], said: dict[str, object]) -> bytes:
    from io import BytesIO
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    listed = [
        {"path": each.path.relative_to(root).as_posix(), "before": _digest(each.before), "after": _digest(each.after)}
        for each in replacements
    ]
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        contents = json.dumps(said | {"files": listed}, ensure_ascii=False, indent=1)
        archive.writestr(ZipInfo(_CONTENTS), contents.encode(), ZIP_DEFLATED)
        for entry, each in zip(listed, replacements, strict=True):
            archive.writestr(ZipInfo(entry["path"]), each.before, ZIP_DEFLATED)
    return packed.getvalue()


def _read(root: Path, path: Path) -> Record:
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as archive:
            contents = json.loads(archive.read(_CONTENTS))
            files = tuple(
                (_target(root, entry["path"]), str(entry["after"]), _checked(archive.read(entry["path"]), entry["before"]))
                for entry in contents["files"]
            )
            return Record(str(contents["words"]), tuple(map(str, contents["names"])), files)
    except (BadZipFile, EOFError, KeyError, TypeError, ValueError, NotImplementedError) as error:
        raise StorageError(f"this record is damaged ({error}); remove it, and see with kg check how the files are", path=path) from None
    except OSError as error:
        raise unreadable(error, path) from None


def _target(root: Path, name: str) -> Path:
    """Return the file that a record names; ValueError where a change of `graph/` would have nothing to do with it."""
    path = root.joinpath(*PurePosixPath(name).parts)
    if ".." in path.parts or not path.resolve().is_relative_to((root / "graph").resolve()):
        raise ValueError(f"{name[:80]!r} is no file of graph/")
    return path


def _checked(data: bytes, digest: str) -> bytes:
    if _digest(data) != digest:
        raise ValueError("a digest differs")
    return data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(error, path) from None


def _folder(root: Path) -> Path:
    """Return the folder of the records, made where it is not there; a link in its place is not followed."""
    folder = root / FOLDER
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise StorageError("this is no folder of the workspace's own; remove it", path=folder)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot write here: {error.strerror or error}", path=folder) from None
    if not (folder / ".gitignore").exists():
        turtle.replace(folder / ".gitignore", _IGNORED)
    return folder


def _rename(folder: Path, old: str, new: str) -> None:
    try:
        (folder / old).replace(folder / new)
        turtle.sync_folder(folder)
    except OSError as error:
        raise StorageError(f"cannot write: {error.strerror or error}", path=folder / new) from None
