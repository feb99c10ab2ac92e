"""Everything that kg raises on purpose.

::

    KgError
    ├── UsageError      2  the command or call was put together wrongly
    ├── InputError      3  a file, a table or a text cannot be accepted, or is not there
    ├── QueryError      4  a query cannot be run as it is written
    ├── LimitError      5  a limit on time, size or depth was reached
    ├── StorageError    6  a file or an index cannot be read or written
    ├── RefusedError    7  something that needs permission was not permitted
    └── RemoteError     7  another host did not answer as it should

The number is the exit code of the command line. A file that is named and is not there, or is a folder, is input that cannot be accepted;
one that is there, and that the system does not let us read or write, is storage: `unreadable` tells them apart.

Each error is one sentence that says what is wrong, where, and what to do next; its place (path, line, column) and the names it is about
stay available as attributes.
"""

from __future__ import annotations

__all__ = ["InputError", "KgError", "LimitError", "QueryError", "RefusedError", "RemoteError", "StorageError", "UsageError", "unreadable"]


class KgError(Exception):
    """The common parent; `str()` gives `PATH:LINE:COLUMN: message`, as far as the place is known.

    >>> str(KgError("the quote is empty", path="claims.csv", line=3, column=14))
    'claims.csv:3:14: the quote is empty'
    >>> str(KgError("nothing to do"))
    'nothing to do'
    """

    exit_code = 3

    def __init__(
        self, message: str, *, path: object = None, line: int | None = None, column: int | None = None, source: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = None if path is None else str(path)
        self.line = line
        self.column = column
        self.source = source
        """The line of text that the error is about, where one is worth showing."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        return f"{place}: {self.message}" if place else self.message


class UsageError(KgError):
    """The command or call was put together wrongly."""

    exit_code = 2


class InputError(KgError):
    """A file, a table or a text cannot be accepted."""

    exit_code = 3


class QueryError(KgError):
    """A query cannot be run as it is written."""

    exit_code = 4


class LimitError(KgError):
    """A limit on time, size or depth was reached."""

    exit_code = 5


class StorageError(KgError):
    """A file or an index cannot be read or written."""

    exit_code = 6


class RefusedError(KgError):
    """Something that needs permission, such as reaching another host, was not permitted."""

    exit_code = 7


class RemoteError(KgError):
    """Another host did not answer, or not as it should; `status` is that of HTTP, where it answered with one."""

    exit_code = 7

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


def unreadable(error: OSError, path: object) -> KgError:
    """Return the error for a file that was named and cannot be read.

    >>> str(unreadable(FileNotFoundError(2, "No such file or directory"), "a.ttl"))
    'a.ttl: there is no such file; check its name'
    >>> unreadable(PermissionError(13, "Permission denied"), "a.ttl").exit_code
    6
    """
    if isinstance(error, IsADirectoryError):
        return InputError("this is a folder; name a file", path=path)
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return InputError("there is no such file; check its name", path=path)
    return StorageError(f"cannot read: {error.strerror or error}", path=path)
