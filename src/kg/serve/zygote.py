"""The process that loads one generation of the files and forks workers from it; `kg.serve.generation` starts it.

It has one thread and answers nothing itself, so that a fork is whole and takes milliseconds. The server asks it over a socket, one line a
message: `fork` gives a worker, whose end of a socket goes to the server; `reap` takes the wait status of a worker that has ended, and not
before, so that no process id is used twice while the server may still signal it. When the server is gone, it ends its workers and itself.
Where the system allows it, it leaves all networks first, so that no query of any worker reaches another host.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
import traceback
from typing import Any

from .. import workspace
from ..errors import KgError, unreadable
from ..limits import leave_networks
from . import sights, wire
from .loaded import Loaded
from .offered import offered_by
from .worker import end_with_parent, work

__all__ = ["main"]

_TRIES = 5


def main(descriptor: int) -> None:
    """Serve the server at the other end of a socket until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
    channel = socket.socket(fileno=descriptor)
    leave_networks()  # it speaks over this socket alone, and so do its workers
    end_with_parent()  # also while it loads, when it does not listen
    orders = wire.read_line(channel)
    if not orders:
        return
    try:
        loaded, digest = _load(orders["root"])
    except KgError as error:
        channel.sendall(wire.line(event="failed", message=_told(error, orders["root"]), code=error.exit_code))
        return
    except OSError as error:  # a file that is listed and gone, or may not be read
        channel.sendall(wire.line(event="failed", message=_told(unreadable(error, error.filename), orders["root"]), code=6))
        return
    except MemoryError:
        channel.sendall(wire.line(event="failed", message="the files need more memory than there is", code=5))
        return
    gc.collect()
    gc.freeze()  # the collector would write to every page that the workers share
    channel.sendall(wire.line(event="ready", digest=digest, **_facts(loaded)))
    _serve(channel, loaded, {"generation": digest, **orders["settings"]})


def _told(error: KgError, root: str) -> str:
    """Return an error with its file as the workspace has it: where on this machine that lies is not for everybody."""
    return str(error).replace(f"{root}{os.sep}", "")


def _load(root: str) -> tuple[Loaded, str]:
    """Load the files together with everything that workers would otherwise each make; again where they changed meanwhile."""
    for _ in range(_TRIES):
        space = workspace.find(root)
        space.refuse_ways_out()
        before = space.digest()
        loaded = Loaded.of(space)
        loaded.labels, loaded.entities, loaded.shown_hash  # noqa: B018  made here once, shared by all workers
        sights.warm(loaded)
        offered_by(loaded).prepare()
        if space.digest() == before:
            return loaded, before
    raise KgError("the files change faster than they can be read")


def _facts(loaded: Loaded) -> dict[str, int | str]:
    return {"content": loaded.shown_hash, "claims": len(loaded.claims), "entities": len(loaded.entities), "triples": loaded.size}


def _serve(channel: socket.socket, loaded: Loaded, settings: dict[str, Any]) -> None:
    children: set[int] = set()
    try:
        while message := wire.read_line(channel):
            if message["order"] == "fork":
                children.add(_fork(channel, loaded, settings))
            elif message["pid"] in children:
                _, status = os.waitpid(message["pid"], 0)
                children.discard(message["pid"])
                channel.sendall(wire.line(event="reaped", pid=message["pid"], status=status))
    except OSError:
        pass  # the server is gone
    finally:
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _fork(channel: socket.socket, loaded: Loaded, settings: dict[str, Any]) -> int:
    """Make a worker and send the server its end of their socket."""
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        channel.close()
        ours.close()
        words = os.dup(2)
        try:
            work(theirs, loaded, settings, parent=parent)
        finally:
            if sys.exc_info()[0] is not None:
                os.write(words, wire.line(event="error", traceback=traceback.format_exc()))
            os._exit(0)  # nothing of the zygote is cleaned up twice
    theirs.close()
    socket.send_fds(channel, [wire.line(event="worker", pid=pid)], [ours.fileno()])
    ours.close()
    return pid
