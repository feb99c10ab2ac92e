"""One generation of the files, as the server sees it: its zygote, and the workers that answer from it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from . import log, wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from .jobs import Reply

__all__ = ["Generation", "Gone", "Worker"]

_HOUSE = Path(__file__).parents[2]
_ZYGOTE = "import sys; sys.path.insert(0, sys.argv[1]); from kg.serve.zygote import main; main(int(sys.argv[2]))"
"""The zygote is of this very package, whatever stands in the current folder."""
_LOWEST = 15
_LAST_SECONDS = 3.0
_DESCRIPTORS = 8


class Gone(Exception):  # noqa: N818  an end that the pool expects, not an error
    """A worker ended before it replied; `status` is its wait status, None where nobody knows it."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status


class Worker(asyncio.Protocol):
    """A worker process at the other end of a socket."""

    def __init__(self, pid: int, generation: Generation) -> None:
        self.pid, self.generation = pid, generation
        self.is_lowered = self.is_last = self.is_gone = self.is_ended = False
        self.started = 0.0
        self._cpu = 0.0
        self._reply: asyncio.Future[tuple[Reply, bool]] | None = None
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it may be given a further job."""
        return not (self.is_lowered or self.is_last or self.is_gone)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the way to the process."""
        self._transport = cast("asyncio.Transport", transport)  # a socket makes no other

    def data_received(self, data: bytes) -> None:
        """Read on, until the reply is whole."""
        self._buffer += data
        if len(self._buffer) < wire.HEAD.size:
            return
        head, body = wire.HEAD.unpack_from(self._buffer)
        end = wire.HEAD.size + head
        if len(self._buffer) >= end + body:
            found = wire.reply_of(bytes(self._buffer[wire.HEAD.size : end]), bytes(self._buffer[end : end + body]))
            self._buffer.clear()
            if self._reply and not self._reply.done():
                self._reply.set_result(found)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        """Take note that the process has closed its end."""
        self.is_gone = True
        self.generation.left(self)

    def ended(self, status: int | None) -> None:
        """Take what the process ended with; the log is told of a signal that is not ours."""
        if status is not None and os.WIFSIGNALED(status) and not self.is_ended:
            log.write("worker lost", pid=self.pid, signal=signal.Signals(os.WTERMSIG(status)).name)
        if self._reply and not self._reply.done():
            self._reply.set_exception(Gone(status))

    async def ask(self, frame: bytes) -> Reply:
        """Return its reply to a job; Gone where it ends before."""
        assert self._transport is not None  # noqa: S101  it is connected before anybody has it
        self.started, self._cpu = time.monotonic(), self._processor_time()
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(frame)
        reply, self.is_last = await self._reply
        return reply

    def spent(self) -> float:
        """Return the seconds of processor time of the running job; seconds of the clock where the system does not tell."""
        return self._processor_time() - self._cpu if self._cpu else time.monotonic() - self.started

    def _processor_time(self) -> float:
        if sys.platform != "linux":
            return 0.0
        try:
            return time.clock_gettime((~self.pid << 3) | 2)  # the clock of another process, as clock_getcpuclockid(3) makes it
        except OSError:
            return 0.0

    def lower(self) -> None:
        """Let everybody else go first; there is no way back, so this is its last job."""
        self.is_lowered = True
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _LOWEST)

    def end(self) -> None:
        """End the process now, whatever it does."""
        self.is_last = True
        if not self.is_gone:
            self.is_ended = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)  # nobody has taken its wait status yet, so the id is still its own
        if self._transport:
            self._transport.close()


class Generation:
    """A zygote with its workers; `worker_came` is told of each that is ready, `came` ends when the files are loaded."""

    def __init__(self, root: Path, settings: dict[str, Any], worker_came: Callable[[Worker], None]) -> None:
        self.loop = asyncio.get_running_loop()
        self.loaded: asyncio.Future[dict[str, Any]] = self.loop.create_future()
        self.facts: dict[str, Any] = {}
        self.workers: set[Worker] = set()
        self.pending = 0
        self.is_gone = False
        self._came = worker_came
        self._ended: dict[int, Worker] = {}
        self._buffer = b""
        self._descriptors: list[int] = []
        self._channel, theirs = socket.socketpair()
        self._channel.setblocking(False)  # noqa: FBT003  the only way to say it
        self._process = subprocess.Popen(  # noqa: S603  this Python, this package
            [sys.executable, "-P", "-c", _ZYGOTE, str(_HOUSE), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        self.loop.add_reader(self._channel.fileno(), self._read)
        self._order(wire.line(root=str(root), settings=settings))

    def fork(self) -> None:
        """Ask for one more worker."""
        self.pending += 1
        self._order(wire.line(order="fork"))

    def left(self, worker: Worker) -> None:
        """Take note that a worker has closed its end; its wait status comes later."""
        self.workers.discard(worker)
        self._ended[worker.pid] = worker
        worker.end()
        if self.is_gone:
            self._ended.pop(worker.pid).ended(None)
        else:
            self._order(wire.line(order="reap", pid=worker.pid))

    def end(self, why: str = "") -> None:
        """End the zygote and all of its workers; `why` it failed where it is still loading."""
        for worker in list(self.workers):
            worker.end()
        if not self.loaded.done():
            self._process.kill()  # it would go on loading
        self._lost(why)

    async def wait(self) -> None:
        """Wait until the zygote has ended, which it does by itself."""
        try:
            await asyncio.to_thread(self._process.wait, _LAST_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _order(self, words: bytes) -> None:
        if not self.is_gone:
            try:
                self._channel.sendall(words)  # a few bytes to a process that reads them at once
            except OSError:
                self._lost()

    def _read(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._channel, 1 << 16, _DESCRIPTORS)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        if not data:
            self._lost()
            return
        self._descriptors += descriptors
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for words in lines:
            self._take(json.loads(words))

    def _take(self, message: dict[str, Any]) -> None:
        event = message.pop("event")
        if event in {"ready", "failed"} and not self.loaded.done():
            self.facts = message if event == "ready" else {}
            self.loaded.set_result({"event": event, **message})
        elif event == "worker":
            task = self.loop.create_task(self._connect(message["pid"], self._descriptors.pop(0)))
            task.add_done_callback(lambda done: done.result())
        elif event == "reaped" and message["pid"] in self._ended:
            self._ended.pop(message["pid"]).ended(message["status"])

    async def _connect(self, pid: int, descriptor: int) -> None:
        channel = socket.socket(fileno=descriptor)
        channel.setblocking(False)  # noqa: FBT003  the only way to say it
        worker = Worker(pid, self)
        await self.loop.connect_accepted_socket(lambda: worker, channel)
        self.pending -= 1
        self.workers.add(worker)
        if self.is_gone:
            worker.end()
        else:
            self._came(worker)

    def _lost(self, why: str = "") -> None:
        """Take note that the zygote is gone, or let it go."""
        if self.is_gone:
            return
        self.is_gone = True
        self.loop.remove_reader(self._channel.fileno())
        self._channel.close()
        for worker in list(self.workers):
            worker.end()
        for worker in self._ended.values():
            worker.ended(None)
        self._ended.clear()
        if not self.loaded.done():
            why = why or "the process that loads the files ended early"
            self.loaded.set_result({"event": "failed", "message": why, "code": 6})
