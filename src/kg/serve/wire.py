"""How server, zygote and workers talk: lines of JSON about workers, and frames with jobs and replies."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

from .jobs import Reply

if TYPE_CHECKING:
    import socket

    from .jobs import Job

__all__ = ["HEAD", "line", "read_job", "read_line", "reply_of", "write_job", "write_reply"]

HEAD = struct.Struct("!IQ")
"""Before each frame: how many bytes of JSON and how many of a body follow."""
_PIECE = 1 << 16


def line(**words: object) -> bytes:
    """Return a message about workers as one line."""
    return json.dumps(words).encode() + b"\n"


def read_line(channel: socket.socket) -> dict[str, Any]:
    """Return the next message about workers; an empty one where the other side is gone."""
    found = bytearray()
    while not found.endswith(b"\n"):
        try:
            piece = channel.recv(1)  # a line ends where it ends: what follows it may be a message of its own
        except OSError:
            return {}
        if not piece:
            return {}
        found += piece
    read: dict[str, Any] = json.loads(found)
    return read


def write_job(job: Job) -> bytes:
    """Return a job as one frame."""
    head = json.dumps(job).encode()
    return HEAD.pack(len(head), 0) + head


def read_job(channel: socket.socket) -> dict[str, Any] | None:
    """Return the next job; None where there will be none."""
    start = _exactly(channel, HEAD.size)
    head = start and _exactly(channel, HEAD.unpack(start)[0])
    return json.loads(head) if head else None


def write_reply(channel: socket.socket, reply: Reply, *, is_last: bool) -> None:
    """Send a reply as one frame; `is_last` says that this worker takes no further job."""
    head = json.dumps([reply.status, reply.media_type, dict(reply.headers), is_last]).encode()
    start = HEAD.pack(len(head), len(reply.body)) + head
    if len(reply.body) < _PIECE:
        channel.sendall(start + reply.body)
    else:
        channel.sendall(start)
        channel.sendall(reply.body)


def reply_of(head: bytes, body: bytes) -> tuple[Reply, bool]:
    """Return the reply of a frame, and whether its worker takes no further job."""
    status, media_type, headers, is_last = json.loads(head)
    return Reply(status, body, media_type, headers), is_last


def _exactly(channel: socket.socket, count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        piece = channel.recv(min(count - len(found), _PIECE))
        if not piece:
            return b""
        found += piece
    return bytes(found)
