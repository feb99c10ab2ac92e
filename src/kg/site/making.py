"""The folder in which a site is made, beside the one that it will be; what is left of it where its build was killed goes with the next.

A folder is ours to remove if it holds a mark with its own name, which a copy by another name does not. Its build is alive as long as it
holds the lock on the folder: the kernel's, which ends with the process, however that ends.
"""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

__all__ = ["MARK", "OLD", "begin", "discard", "lookalikes", "sweep"]

MARK = ".kg-site"
"""The file that says that its folder is being made, or removed; a site that is done has none."""
OLD = ".old"
"""What the name of a folder ends in that gives way to the new site."""


def begin(target: Path) -> tuple[Path, int | None]:
    """Make a marked folder beside a target; return it with its lock, which is to be closed when all is done.

    It is called while the lock on the parent is held, as `sweep` is, so that nobody takes what is just begun for dead.
    """
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        (made / MARK).write_bytes(os.fsencode(made.name))
        return made, _locked(made)
    except OSError:
        discard(made)
        raise


def sweep(target: Path) -> None:
    """Remove what dead builds for a target have left behind."""
    for left in [*lookalikes(target), *lookalikes(target, OLD)]:
        with suppress(OSError):
            handle = _locked(left) if _is_marked(left) else None
            if handle is not None:
                try:
                    discard(left)
                finally:
                    os.close(handle)


def lookalikes(target: Path, suffix: str = "") -> list[Path]:
    """Return what has a name like those of the folders of builds for a target: eight letters, as mkdtemp gives them."""
    return sorted(target.parent.glob(f".{glob.escape(target.name)}.????????{suffix}"))


def discard(folder: Path) -> None:
    """Remove a folder as far as the disk lets us; its mark goes last, so that what is killed here is known for what it is."""
    if not folder.is_dir():
        return
    with suppress(OSError):
        if not _is_marked(folder):
            (folder / MARK).write_bytes(os.fsencode(folder.name))
        for entry in list(os.scandir(folder)):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != MARK:
                Path(entry).unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _is_marked(folder: Path) -> bool:
    mark = folder / MARK
    try:
        is_there = mark.is_file() and not folder.is_symlink()
        return is_there and mark.read_bytes() == os.fsencode(folder.name)
    except OSError:
        return False


def _locked(folder: Path) -> int | None:
    """Return a folder opened and locked; None where a living build has the lock, or the system has no such locks to tell."""
    try:
        import fcntl
    except ImportError:
        return None
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
