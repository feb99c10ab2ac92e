"""A worker: answers one job after the other, each under limits that hold even while native code runs."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from time import process_time
from typing import TYPE_CHECKING, Any

from ..errors import LimitError
from ..limits import Limits, confine
from . import jobs, wire

if TYPE_CHECKING:
    import socket

    from .loaded import Loaded

__all__ = ["end_with_parent", "work"]

_SPARE_SECONDS = 1.0  # the server ends a worker at the deadline; the alarm is for the case that there is no server any more
_DIE_WITH_PARENT = 1
_CONFINED = 0.05  # seconds of processor time after which the limits are set anew: a job that is over by then needs no others
_KEPT = 4  # a worker that has kept more than this part of what a query may take gives way to a fresh one


def work(channel: socket.socket, loaded: Loaded, settings: dict[str, Any], *, parent: int) -> None:
    """Answer jobs until the server closes the channel or this worker has grown."""
    _detach(parent)
    limits = Limits(**settings["limits"])
    start = _resident()
    most = (limits.memory or 0) // _KEPT
    confined_until = 0.0
    while (job := wire.read_job(channel)) is not None:
        signal.setitimer(signal.ITIMER_REAL, (limits.seconds or 0) and limits.seconds + _SPARE_SECONDS)
        if process_time() > confined_until:
            confine(limits)
            confined_until = process_time() + _CONFINED
        loaded.begin()
        try:
            reply = jobs.answer(loaded, {**job, "rows": limits.rows, "size": limits.size, "generation": settings["generation"]})
            is_last = most > 0 and _resident() - start > most
        except MemoryError:
            reply, is_last = jobs.problem_of(LimitError("the query needs more memory than a query may take here; ask for less")), True
        wire.write_reply(channel, reply, is_last=is_last)
        signal.setitimer(signal.ITIMER_REAL, 0)  # who waits for a job has no deadline
        if is_last:
            return


def _detach(parent: int) -> None:
    """Die with the zygote where the system can do that, and keep native last words out of the server's log."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    if os.getppid() != parent:
        os._exit(1)
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


def end_with_parent() -> None:
    """Have the kernel end this process with the one that started it, where the system can do that."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _resident() -> int:
    """Return how many bytes of memory this process has held at most."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
