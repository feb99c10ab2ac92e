"""Work in a process of its own that can be ended: how the command line keeps a query to its limits.

The child is forked, so it needs no time to start and nothing is handed over; it loads the data itself, then says `begin`: from there on the
limits hold. What it hands in arrives whole or not at all. It ends with its parent, however that ends: its end of a pipe tells the kernel.
Where a system has no fork the work is done in this process, without limits on time and memory; `IS_ENFORCED` says so.
"""

from __future__ import annotations

import marshal
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from . import errors
from .limits import confine, exceeded, reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from .limits import Kind, Limits

__all__ = ["IS_ENFORCED", "Desk", "Done", "run"]

IS_ENFORCED = hasattr(os, "fork")
"""Whether limits on time and memory hold on this system."""
_HEAD = 8
_PIECE = 1024 * 1024
_LAST_WORDS = 8192
_AT_ONCE = 500
_BEGIN, _SETTLED, _DONE, _FAILED = b"B", b"S", b"D", b"F"


class Done(NamedTuple):
    """What work came to: `settled` is what it had handed in last, `value` what it returned in the end.

    Where it was stopped after it had settled something, `stopped` is the limit that did it.
    """

    settled: Any = None
    value: Any = None
    stopped: Kind | None = None


class Desk:
    """Where the work in the child hands in: plain values only (numbers, text, bytes, lists, tuples, dictionaries)."""

    def __init__(self, limits: Limits, handle: int | None = None) -> None:
        self._limits, self._handle = limits, handle
        self.settled: Any = None

    def begin(self) -> None:
        """Say that what could not be limited is done, such as loading the data: the clock starts, the memory is counted from here."""
        if self._handle is not None:
            confine(self._limits)
            self._send(_BEGIN, None)

    def settle(self, value: Any, *, within: float | None = None) -> None:
        """Hand in what stands whatever comes after it, which may take so many seconds at most."""
        self.settled = value
        self._send(_SETTLED, (value, within))

    def _send(self, kind: bytes, value: Any) -> None:
        if self._handle is None:
            return
        data = marshal.dumps(value)
        head = kind + len(data).to_bytes(_HEAD, "big")
        if len(data) < _AT_ONCE:  # in one piece, so that several threads may hand in
            _write(self._handle, head + data)
        else:
            _write(self._handle, head)
            _write(self._handle, data)

    def close(self, value: Any) -> None:
        """Hand in the last value."""
        self._send(_DONE, value)

    def fail(self, error: errors.KgError) -> None:
        """Hand in an error."""
        self._send(_FAILED, (type(error).__name__, error.message, error.path, error.line, error.column, error.source))


def run(work: Callable[[Desk], Any], limits: Limits, *, what: str = "the query") -> Done:
    """Do work under limits and return what it came to; LimitError where a limit ended it before it had settled anything.

    A KgError of the work is raised here, and an interruption (Ctrl-C) ends the child at once. `what` the work is, the LimitError says.
    """
    if not IS_ENFORCED:
        desk = Desk(limits)
        value = work(desk)
        return Done(desk.settled, value)
    _fill_gaps()
    answers, words, leash = os.pipe(), os.pipe(), os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _be_child(work, limits, answers, words, leash, parent)
    for handle in (answers[1], words[1], leash[0]):
        os.close(handle)
    watch = _Watch(child, answers[0], words[0], limits, what)
    try:
        return watch.result()
    finally:
        watch.end()
        for handle in (answers[0], words[0], leash[1]):
            os.close(handle)


def _fill_gaps() -> None:
    """Open nothing in the place of a standard stream that is closed, so that no pipe gets its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def _be_child(  # noqa: PLR0917  what a fork hands down
    work: Callable[[Desk], Any], limits: Limits, answers: tuple[int, int], words: tuple[int, int], leash: tuple[int, int], parent: int
) -> NoReturn:
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
        for handle in (answers[0], words[0], leash[1]):
            os.close(handle)
        os.dup2(words[1], 2)
        _end_with_parent(leash[0], parent)
        desk = Desk(limits, answers[1])
        try:
            desk.close(work(desk))
        except errors.KgError as error:
            desk.fail(error)
        status = 0
    finally:  # a fork must never run on into its parent's code
        try:
            if status:
                _say_last_words()
        finally:
            os._exit(status)


def _say_last_words() -> None:
    """Tell the parent what went wrong here, on standard error."""
    if isinstance(sys.exception(), MemoryError):  # no room for more than this word
        _write(2, b"MemoryError")
        return
    import traceback

    _write(2, traceback.format_exc()[-_LAST_WORDS:].encode("utf-8", "replace"))


def _end_with_parent(leash: int, parent: int) -> None:
    """Have the kernel end this process, also within native code, when the parent's end of the leash closes."""
    import fcntl

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(leash, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(leash, fcntl.F_SETFL, fcntl.fcntl(leash, fcntl.F_GETFL) | getattr(os, "O_ASYNC", 0))
    if os.getppid() != parent:
        os._exit(1)


def _write(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


class _Watch:
    """The parent's side: what has come from the child, and until when it may go on."""

    def __init__(self, child: int, answers: int, words: int, limits: Limits, what: str) -> None:
        import select

        self.child, self.answers, self.words, self.limits, self.what = child, answers, words, limits, what
        self.poll = select.poll()
        self.poll.register(answers, select.POLLIN)
        self.poll.register(words, select.POLLIN)
        self.last_words = b""
        self.deadline: float | None = None
        self.has_settled = False
        self.settled: Any = None
        self.is_ended = self.is_late = False
        self.status = 0

    def result(self) -> Done:
        while True:
            head = self._receive(1 + _HEAD)
            data = self._receive(int.from_bytes(head[1:], "big")) if head is not None else None
            if head is None or data is None:
                return self._stopped()
            kind, value = bytes(head[:1]), marshal.loads(data)  # noqa: S302  our own child wrote it
            if kind == _BEGIN:
                self._allow(self.limits.seconds)
            elif kind == _SETTLED:
                self.settled, self.has_settled = value[0], True
                self._allow(value[1])
            elif kind == _DONE:
                return Done(self.settled, value)
            else:
                raise _error(*value)

    def end(self) -> None:
        """End the child if it still runs, and wait for it."""
        if not self.is_ended:
            self.is_ended = True
            os.kill(self.child, signal.SIGKILL)
            _, self.status = os.waitpid(self.child, 0)

    def _allow(self, seconds: float | None) -> None:
        if seconds is not None:
            until = time.monotonic() + seconds
            self.deadline = until if self.deadline is None else min(self.deadline, until)

    def _receive(self, size: int) -> bytearray | None:
        """Return the next bytes from the child; None where it ended or its time is over."""
        data = bytearray(size)
        view, done = memoryview(data), 0
        while done < size:
            left = None if self.deadline is None else self.deadline - time.monotonic()
            if left is not None and left <= 0:
                self.is_late = True
                return None
            ready = {handle for handle, _ in self.poll.poll(None if left is None else left * 1000 + 1)}
            if self.words in ready:
                self._hear()
            if self.answers in ready:
                got = os.readv(self.answers, [view[done : done + _PIECE]])
                if not got:
                    return None
                done += got
        return data

    def _hear(self) -> None:
        heard = os.read(self.words, _LAST_WORDS)
        self.last_words = (self.last_words + heard)[-_LAST_WORDS:]
        if not heard:
            self.poll.unregister(self.words)

    def _stopped(self) -> Done:
        if self.is_late:
            self.end()
        else:
            self._wait()
        kind = "seconds" if self.is_late else reason(self.status, self.last_words)
        if kind is None:
            raise RuntimeError(self.last_words.decode("utf-8", "replace") or f"the process of the query ended with {self.status}")
        if kind == "seconds" and not self.is_late:
            kind = "memory"  # killed by the system, not by us
        if self.has_settled:
            return Done(self.settled, stopped=kind)
        raise exceeded(kind, self.limits, self.what)

    def _wait(self) -> None:
        """Take in the last words of a child that has closed its end, and how it ended."""
        while heard := os.read(self.words, _LAST_WORDS):
            self.last_words = (self.last_words + heard)[-_LAST_WORDS:]
        self.is_ended = True
        _, self.status = os.waitpid(self.child, 0)


def _error(  # noqa: PLR0917  the fields of an error
    name: str, message: str, path: str | None, line: int | None, column: int | None, source: str | None
) -> errors.KgError:
    error: errors.KgError = getattr(errors, name)(message)
    error.path, error.line, error.column, error.source = path, line, column, source
    return error
