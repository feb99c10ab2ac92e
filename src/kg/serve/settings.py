"""What `kg serve` is told: where it listens, what a query may take, and how patient it is with clients."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from ..limits import Limits

__all__ = ["LIMITS", "Settings"]

LIMITS = Limits(seconds=10.0, cpu=10.0, memory=512 * 1024**2, rows=250_000, size=64 * 1024**2)
"""What a query may take unless the options say otherwise."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve; the defaults are those of the command line.

    `names` are the hosts that a request may name beside this machine's own, `origins` the pages of other sites that may ask (`*` is
    all). `workers` answer quick questions and `long` more those that take longer. `connections` may be in work at once and `clients` be
    connected; who sends or reads nothing for `patience` seconds is cut. `poll` is how often the files are looked at, and
    `loading` how long changed ones may take to load, in seconds.
    """

    host: str = "127.0.0.1"
    port: int = 3030
    limits: Limits = LIMITS
    workers: int = field(default_factory=lambda: 2 * (os.cpu_count() or 2) + 1)
    long: int = 8
    names: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    logs_text: bool = False
    connections: int = 64
    clients: int = 900
    patience: float = 9.0
    head: int = 16 * 1024
    body: int = 1024 * 1024
    poll: float = 1.0
    loading: float = 300.0
