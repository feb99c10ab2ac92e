"""claimgraph: who said that, about whom, when, how sure, where exactly, and who says otherwise.

>>> import kg
>>> ws = kg.open()
>>> ws.query("contradictions").first["denialLabel"]
'The Taliban deny that Afghanistan is troubled by terrorism.'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import InputError, KgError, LimitError, QueryError, RefusedError, StorageError, UsageError
    from .session import Session, open  # noqa: A004  # kg.open(), as one opens a file

__all__ = [
    "InputError",
    "KgError",
    "LimitError",
    "QueryError",
    "RefusedError",
    "Session",
    "StorageError",
    "UsageError",
    "open",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that `kg` on the command line starts fast."""
    if name not in __all__:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(".session" if name in {"Session", "open"} else ".errors", __name__), name)
