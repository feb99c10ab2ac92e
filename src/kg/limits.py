"""How much time and room a query may take, and how a process of its own is held to it.

pyoxigraph has no timeout, no way to stop and no limit on memory, so a limit holds only in a process that can be ended from outside: a child
is `confine`d by the kernel, and its parent ends it at the deadline. What a child died of is told by `reason`.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from .errors import LimitError, UsageError

__all__ = ["DEFAULT", "Kind", "Limits", "bytes_of", "confine", "exceeded", "leave_networks", "reason", "seconds_of"]

Kind: TypeAlias = Literal["seconds", "cpu", "memory", "rows", "size"]
OPTIONS = {"seconds": "--timeout", "cpu": "--max-cpu", "memory": "--max-memory", "rows": "--max-rows", "size": "--max-size"}
"""The option of the command line that each limit is set by."""
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|)")
_AMOUNT = re.compile(r"(\d{1,15})([KMG]?)(?:iB|B)?", re.IGNORECASE)
_UNITS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_POWERS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}
_NO_ROOM = (
    *(b"memory allocation", b"capacity overflow", b"MemoryError", b"bad_alloc"),
    *(b"failed to spawn thread", b"can't start new thread", b"Cannot allocate memory"),
)
"""What is said last where memory runs out: by Rust, Python, C++ and the system."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take; None is no limit.

    `seconds` are those of a clock on the wall, `cpu` those of the processor. `memory` counts the bytes on top of what the process has when
    it is confined, `rows` those of the answer or its triples, and `size` the bytes of the answer as it is written.
    """

    seconds: float | None = None
    cpu: float | None = None
    memory: int | None = None
    rows: int | None = None
    size: int | None = None


DEFAULT = Limits(seconds=30.0, cpu=60.0, memory=768 * 1024**2, rows=1_000_000, size=256 * 1024**2)
"""What a query on the command line may take unless its options say otherwise."""


def confine(limits: Limits) -> bool:
    """Hold this process to its limits on memory and processor time, and let it leave no core file; False where the system cannot.

    Only the soft limits are set: a worker that answers several queries is confined again before each.
    """
    try:
        import resource
    except ImportError:  # Windows
        return False
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        if limits.memory is not None:
            _lower(resource.RLIMIT_AS, _present_size() + limits.memory)
        if limits.cpu is not None:
            used = resource.getrusage(resource.RUSAGE_SELF)
            _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + limits.cpu) + 1)  # whole seconds, and never early
    except (ValueError, OSError):  # macOS knows the limit on memory and does not take it
        return False
    return True


def _lower(kind: int, soft: int) -> None:
    import resource

    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _present_size() -> int:
    """Return the bytes of address space that this process has now."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # no Linux: what it had at most is the nearest that can be known
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def leave_networks() -> bool:
    """Leave every network, the loopback too, for good, with all processes that are forked from here; False where the system cannot.

    No text of a query reaches out from here, however it is read. Files and sockets that are open stay so. Linux alone can do it: for the
    superuser, and in a user namespace of its own for everybody else; the superuser would lose rights over files of others by that.
    """
    if sys.platform != "linux":
        return False
    return _unshare(_NEW_NETWORK if os.geteuid() == 0 else _NEW_NETWORK | _NEW_USER)


def _unshare(flags: int) -> bool:
    if sys.version_info >= (3, 12):
        try:
            os.unshare(flags)
        except OSError:
            return False
        return True
    try:
        import ctypes

        return bool(ctypes.CDLL(None).unshare(flags) == 0)
    except (ImportError, OSError, AttributeError):  # a Python or a C library that has no such thing
        return False


def reason(status: int, words: bytes = b"") -> Kind | None:
    """Return which limit ended a child, from its wait status and its last words on standard error; None where none did.

    SIGKILL is the parent's: the deadline.
    """
    if not os.WIFSIGNALED(status):
        return "memory" if os.WEXITSTATUS(status) and any(mark in words for mark in _NO_ROOM) else None
    by = os.WTERMSIG(status)
    if by == signal.SIGXCPU:
        return "cpu"
    if by in {signal.SIGKILL, signal.SIGALRM}:
        return "seconds"
    return "memory" if by in {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS} else None


def exceeded(kind: Kind, limits: Limits, what: str = "the query", *, at: str = "") -> LimitError:
    """Return the error for what came to a limit, at some part of it: it names the limit and its option.

    >>> str(exceeded("seconds", Limits(seconds=0.5)))
    'the query took longer than 500 ms and was stopped; ask for less, or allow more with --timeout'
    >>> str(exceeded("rows", Limits(rows=1000)))
    'the answer has more than 1,000 rows and was stopped; ask for less, or allow more with --max-rows'
    >>> str(exceeded("seconds", Limits(seconds=60), "the check", at="gap-violation"))
    'the check took longer than 60 s and was stopped at gap-violation; correct that, or allow more with --timeout'
    """
    limit = getattr(limits, kind)
    said = {
        "seconds": lambda: f"{what} took longer than {_time(limit)}",
        "cpu": lambda: f"{what} took more than {_time(limit)} of processor time",
        "memory": lambda: f"{what} needs more than {_room(limit)} of memory" if limit else f"{what} needs more memory than there is",
        "rows": lambda: f"the answer has more than {limit:,} rows",
        "size": lambda: f"the answer is larger than {_room(limit)}",
    }[kind]()
    return LimitError(f"{said} and was stopped{f' at {at}; correct that' if at else '; ask for less'}, or allow more with {OPTIONS[kind]}")


def _time(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"


def _room(size: int) -> str:
    power = next((power for power in (1024**3, 1024**2, 1024) if size % power == 0 and size >= power), 1)
    return f"{size // power:,} {({1024**3: 'GiB', 1024**2: 'MiB', 1024: 'KiB'}).get(power, 'bytes')}"


def seconds_of(text: str) -> float | None:
    """Return the seconds of a duration; None for 0, which is no limit. UsageError where it is no duration.

    >>> seconds_of("500ms"), seconds_of("30s"), seconds_of("2m"), seconds_of("0")
    (0.5, 30.0, 120.0, None)
    >>> seconds_of("soon")
    Traceback (most recent call last):
    kg.errors.UsageError: 'soon' is no duration; write for example 500ms, 30s or 2m, and 0 for none
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is no duration; write for example 500ms, 30s or 2m, and 0 for none")
    return float(match[1]) * _UNITS[match[2]] or None


def bytes_of(text: str) -> int | None:
    """Return the bytes of an amount; None for 0, which is no limit. UsageError where it is no amount.

    >>> bytes_of("768M"), bytes_of("2GiB"), bytes_of("0")
    (805306368, 2147483648, None)
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is no amount of bytes; write for example 64M or 2G, and 0 for none")
    return int(match[1]) * _POWERS[match[2].upper()] or None
