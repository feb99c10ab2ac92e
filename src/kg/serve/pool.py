"""The workers of the server: who answers next, who has gone on for too long, and which generation of the files is served.

A few workers answer at any time. One that has taken a moment of processor time gives its place to a fresh one and goes on at the lowest
priority, so that quick questions stay quick however many slow ones are on; of those there are at most so many, and where they would keep
others waiting, the latest is turned away. At the deadline a worker is ended, whatever it does, and a fresh one takes its place.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
from collections import deque
from typing import TYPE_CHECKING, Any, Self

from .. import limits as run_limits
from ..errors import InputError, LimitError, StorageError
from . import log, wire
from .files import state_of
from .generation import Generation, Gone
from .jobs import problem, problem_of

if TYPE_CHECKING:
    from ..workspace import Workspace
    from .files import State
    from .generation import Worker
    from .jobs import Job, Reply
    from .settings import Settings

__all__ = ["Pool"]

_MOMENT = 0.2
"""How many seconds of processor time are quick."""
_GLANCE = 0.05
"""How many are while others wait, and how often running jobs are looked at."""
_WAIT = 10.0
"""How many seconds a job may wait for a worker."""
_FOREVER = 3600.0
_TIMES = 2
_LIMITS: dict[int, run_limits.Kind] = {signal.SIGXCPU: "cpu", signal.SIGABRT: "memory"}
"""The limits that end a worker from within, by the signal that it dies of: the system's, and that of native code without memory."""
_BUSY = "the server is busy with slow queries; ask again in a moment"


class Pool:
    """Everything that answers jobs. It is entered before the first and left after the last."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self.workspace, self.settings = workspace, settings
        self.error: str | None = None
        """Why the files as they are now could not be loaded; None where they are what is served."""
        self._first: Generation | None = None
        self._current: Generation | None = None
        self._old: set[Generation] = set()
        self._idle: list[Worker] = []
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._busy: set[Worker] = set()
        self._long: set[Worker] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        seen = state_of(self.workspace)
        self._first = first = self._begin()
        found = await first.loaded
        if found["event"] == "failed":
            await first.wait()
            raise (InputError if found["code"] == InputError.exit_code else StorageError)(found["message"])
        self._serve_from(first)
        self._watch = asyncio.create_task(self._keep_up(seen))
        return self

    def give_up(self) -> None:
        """End the loading that is waited for, if any: whoever started it has changed their mind."""
        if self._first and not self._first.loaded.done():
            self._first.end()

    async def __aexit__(self, *_: object) -> None:
        if self._watch:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        ending = [*self._old, *([self._current] if self._current else [])]
        for generation in ending:
            generation.end()
        for generation in ending:
            await generation.wait()
        await asyncio.gather(*self._ending)

    @property
    def facts(self) -> dict[str, Any]:
        """What is served: the digest of the files and counts; how many workers there are and what they do."""
        current = self._current.facts if self._current else {}
        alive = [worker for generation in [self._current, *self._old] if generation for worker in generation.workers]
        workers = {"alive": len(alive), "idle": len(self._idle), "slow": len(self._long), "waiting": len(self._waiting)}
        return {"generation": current.get("digest"), **{k: v for k, v in current.items() if k != "digest"}, "workers": workers}

    @property
    def generation(self) -> str:
        """The digest of the files that are served."""
        return str(self._current.facts.get("digest")) if self._current else ""

    async def ask(self, job: Job) -> Reply:
        """Return the reply of a worker to a job, or the problem that it met; that of a lost one goes to another, as jobs only read."""
        frame = wire.write_job(job)
        spent = 0.0
        for _ in range(_TIMES):
            try:
                worker = self._idle_worker() or await self._next_worker()
            except TimeoutError:
                return problem(503, _BUSY)
            run = _Run(self, worker, spent=spent)
            reply = await run.reply(frame)
            if reply is not None:
                return reply
            spent = run.spent
        return problem(503, "the worker was lost; ask again")

    def _idle_worker(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.is_usable:
                self._busy.add(worker)
                return worker
        return None

    async def _next_worker(self) -> Worker:
        """Return the next worker that is free; who came first is served first. TimeoutError where that takes too long."""
        self._refill()
        place: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(_WAIT):
                return await place
        except (asyncio.CancelledError, TimeoutError):
            if place.done() and not place.cancelled():  # it came in the very turn in which the wait was over
                self.release(place.result())
            raise

    def _free(self, worker: Worker) -> None:
        """Give a worker to who waits longest, or keep it."""
        if worker.generation is not self._current or not worker.is_usable:
            worker.end()
            return
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                self._busy.add(worker)
                place.set_result(worker)
                return
        self._idle.append(worker)

    def release(self, worker: Worker) -> None:
        """Take a worker back after its job."""
        self._busy.discard(worker)
        self._long.discard(worker)
        self._free(worker)
        self._refill()
        for old in [old for old in self._old if not any(busy.generation is old for busy in self._busy)]:
            self._old.discard(old)
            self._retire(old)

    def overdue(self, worker: Worker) -> bool:
        """Move a worker that has taken its moment out of the way; False where others wait and all places of slow ones are taken."""
        worker.lower()
        if len(self._long) < self.settings.long:
            self._long.add(worker)
            self._refill()
        return worker in self._long or not self.is_waited_for

    def is_long(self, worker: Worker) -> bool:
        """Whether a worker has one of the places of slow queries."""
        return worker in self._long

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits for a worker."""
        return any(not place.done() for place in self._waiting)

    def _refill(self) -> None:
        current = self._current
        if current is None or current.is_gone:
            return
        quick = sum(worker not in self._long for worker in current.workers) + current.pending
        for _ in range(self.settings.workers - quick):
            current.fork()

    def _begin(self) -> Generation:
        settings = {"limits": dataclasses.asdict(self.settings.limits)}
        return Generation(self.workspace.root, settings, self._free)

    def _serve_from(self, new: Generation) -> None:
        """Let all further jobs be answered from a generation; jobs under way end in theirs."""
        old, self._current = self._current, new
        self._refill()
        if old is None:
            return
        idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()
        if any(worker.generation is old for worker in self._busy):
            self._old.add(old)
        else:
            self._retire(old)

    def _retire(self, generation: Generation) -> None:
        """End a generation, and take the wait status of its zygote once there is one."""
        generation.end()
        task = asyncio.create_task(generation.wait())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _keep_up(self, served: State) -> None:
        """Look at the files now and then, and serve them anew once they have changed and come to rest."""
        last = served
        while True:
            await asyncio.sleep(self.settings.poll)
            self._refill()
            now = state_of(self.workspace)
            is_gone = self._current is None or self._current.is_gone
            if now != last or (now == served and not is_gone):
                last = now
                continue
            served = now
            await self._renew()

    async def _renew(self) -> None:
        new = self._begin()
        try:
            await asyncio.wait([new.loaded], timeout=self.settings.loading)
        finally:
            if not new.loaded.done():
                new.end(f"the files could not be loaded in {self.settings.loading:g} s")
        found = new.loaded.result()
        if found["event"] == "failed":
            self.error = found["message"]
            log.write("load failed", error=self.error, served=self.generation)
        elif found["digest"] == self.generation and self._current and not self._current.is_gone:
            self.error = None
            new.end()
        else:
            self.error = None
            log.write("generation", **new.facts)
            self._serve_from(new)
            return
        await new.wait()


class _Run:
    """One job in one worker: its moment, its deadline, and what it ended with."""

    def __init__(self, pool: Pool, worker: Worker, *, spent: float = 0.0) -> None:
        self._pool, self._worker = pool, worker
        self._loop = asyncio.get_running_loop()
        self._why: Reply | None = None
        self._start = self._loop.time() - spent
        self._timer: asyncio.TimerHandle | None = self._loop.call_later(self._rest(_GLANCE), self._look)

    @property
    def spent(self) -> float:
        """How many seconds the job has taken, with those in a worker before."""
        return self._loop.time() - self._start

    async def reply(self, frame: bytes) -> Reply | None:
        """Return what the worker replies, or why it was ended; None where it was lost."""
        try:
            return await self._worker.ask(frame)
        except Gone as gone:
            return self._why or self._explained(gone.status)
        except asyncio.CancelledError:
            self._worker.end()  # who asked is gone
            raise
        finally:
            if self._timer:
                self._timer.cancel()
            self._pool.release(self._worker)

    def _rest(self, most: float) -> float:
        """Return the seconds to the next look: those of the deadline at the most."""
        seconds = self._pool.settings.limits.seconds
        return most if seconds is None else min(most, self._start + seconds - self._loop.time())

    def _look(self) -> None:
        """See whether the deadline has come or the moment is over."""
        rest = (_GLANCE if self._pool.is_waited_for else _MOMENT) - self._worker.spent()
        if self._rest(1.0) <= 0:
            self._stop(self._exceeded("seconds"))
        elif rest <= 0 and not self._pool.overdue(self._worker):
            self._stop(problem(503, _BUSY))
        else:
            soon = _FOREVER if rest <= 0 and self._pool.is_long(self._worker) else _GLANCE
            self._timer = self._loop.call_later(self._rest(soon), self._look)

    def _stop(self, why: Reply) -> None:
        self._why, self._timer = why, None
        self._worker.end()

    def _exceeded(self, kind: run_limits.Kind) -> Reply:
        error = run_limits.exceeded(kind, self._pool.settings.limits)
        return problem_of(LimitError(error.message.partition(";")[0] + "; ask for less"))

    def _explained(self, status: int | None) -> Reply | None:
        if status is None:
            return None
        if not os.WIFSIGNALED(status):
            return problem(500, "the worker ended without a reply; see the log of the server")
        by = os.WTERMSIG(status)
        if by == signal.SIGALRM and self._rest(1.0) <= 0:  # its own clock, where ours was held up
            return self._exceeded("seconds")
        return self._exceeded(_LIMITS[by]) if by in _LIMITS else None
