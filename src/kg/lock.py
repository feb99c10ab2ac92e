"""One writer at a time: a lock on a workspace, held from before its files are read until they are written.

The lock is the kernel's, on the file `.kg.lock` in the root of the workspace: it ends with the process that holds it, however that ends.
The file tells others who that is, and is gone when nobody writes. Who only reads takes no lock, as files are replaced in one step.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from .errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FILE", "held"]

FILE = ".kg.lock"
SECONDS = 10.0
"""How long a second writer waits for the first."""
_PAUSE = 0.05
_SHOWN = 200


@contextmanager
def held(root: Path, words: str, *, seconds: float = SECONDS) -> Iterator[None]:
    """Hold the lock on a workspace; `words` tell others what for. StorageError names the other process where it does not let go in time.

    Where the system has no such locks (Windows) nothing is held.
    """
    try:
        import fcntl  # noqa: F401  not everywhere
    except ImportError:
        yield
        return
    path = root / FILE
    handle = _taken(path, seconds)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()} {words[:_SHOWN]}\n".encode())
        yield
    finally:
        with suppress(OSError):
            path.unlink()  # while it is held: who waits for it sees that it is another file now
        os.close(handle)


def _taken(path: Path, seconds: float) -> int:
    until = time.monotonic() + seconds
    while True:
        handle = _try(path)
        if handle is not None:
            return handle
        if time.monotonic() >= until:
            raise StorageError(f"another process is writing here: {_holder(path)}; try again when it is done", path=path.parent)
        time.sleep(_PAUSE)


def _try(path: Path) -> int | None:
    """Return the open lock file if nobody else holds it."""
    import fcntl

    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StorageError(f"cannot write here: {error.strerror}", path=path.parent) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_still(path, handle):
            return handle
    except BlockingIOError:
        pass
    except OSError as error:
        os.close(handle)
        raise StorageError(f"cannot lock this folder: {error.strerror}", path=path.parent) from None
    os.close(handle)
    return None


def _is_still(path: Path, handle: int) -> bool:
    """Tell whether the file of this name is the one that is open: its last holder may have removed it in between."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _holder(path: Path) -> str:
    """Return who holds the lock, as far as it has said so."""
    try:
        process, _, words = path.read_text(encoding="utf-8", errors="replace").strip().partition(" ")
    except OSError:
        return "a kg that has just ended"
    return f"{words} (process {process})" if words else "kg"
