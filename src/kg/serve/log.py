"""The log: one line of JSON each, on standard error."""

from __future__ import annotations

import json
import sys
import time

__all__ = ["write"]


def write(event: str, **words: object) -> None:
    """Write one line; control characters are escaped, so that no terminal obeys them."""
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03}Z"
    try:
        sys.stderr.write(json.dumps({"time": stamp, "event": event, **words}) + "\n")
        sys.stderr.flush()
    except OSError:
        pass  # nobody reads the log any more; that is no reason to stop serving
