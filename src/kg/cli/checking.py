"""How `kg check` works: the shapes and queries of a workspace are asked in a child under limits, as they may be anybody's."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .. import confined
from ..limits import Limits, exceeded, leave_networks
from ..results import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..checks import Checked, Finding
    from ..confined import Desk
    from . import App

LIMITS = Limits(seconds=60.0, memory=768 * 1024**2)
"""What a check may take unless its options say otherwise."""
_PATIENCE = 600.0
"""With pySHACL, which keeps a limit of its own, the rest of the check has this long."""
_NAMED = 4


class Asked(NamedTuple):
    """What is to be checked: the workspace, or the files."""

    app: App
    files: tuple[Path, ...] = ()
    texts: tuple[Path, ...] = ()
    seconds: float | None = None
    with_pyshacl: bool = False

    def check(self, desk: Desk) -> tuple[list[str], dict[str, int], str]:
        """Return the findings line by line, how many there are of each severity, and by what was checked."""
        checked = self._files(desk) if self.files else [self._workspace(desk)]
        found = joined(finding for one in checked for finding in one.findings)
        shapes, queries = max(one.shapes for one in checked), max(one.queries for one in checked)
        by = f"{counted(shapes, 'shape')} and {counted(queries, 'query', 'queries')}"
        return [line(finding) for finding in found], dict(Counter(finding.severity for finding in found)), by

    def _files(self, desk: Desk) -> list[Checked]:
        from ..checks import look_at_document

        desk.begin()
        return [look_at_document(self.app.workspace, path) for path in self.files]

    def _workspace(self, desk: Desk) -> Checked:
        from ..checks import look_at
        from ..index import load

        index = load(self.app.workspace, foreign=False)
        leave_networks()
        desk.begin()
        running: dict[str, int] = {}

        @contextmanager
        def asking(name: str) -> Iterator[None]:
            running[name] = running.get(name, 0) + 1
            desk.settle(list(running))
            yield
            running[name] -= 1
            if not running[name]:
                del running[name]
            desk.settle(list(running))

        return look_at(index, texts=self.texts, with_pyshacl=self.with_pyshacl, seconds=self.seconds or None, asking=asking)


def run(asked: Asked, limits: Limits = LIMITS) -> tuple[list[str], dict[str, int], str]:
    """Check under limits; LimitError names what was being asked when a limit came."""
    if asked.with_pyshacl:
        limits = Limits(seconds=_PATIENCE + (asked.seconds or 0))
    elif asked.seconds is not None:
        limits = Limits(seconds=asked.seconds or None, memory=limits.memory)
    done = confined.run(asked.check, limits, what="the check")
    if done.stopped:
        raise exceeded(done.stopped, limits, "the check", at=", ".join(sorted(done.settled)[:_NAMED]))
    lines, counts, by = done.value
    return lines, counts, by


def joined(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in order, the warnings about one thing in one place as one."""
    found: list[Finding] = []
    for finding in findings:
        subject, _, words = finding.message.partition(" ")
        last = found[-1] if found else finding
        same = ("warning", finding.path, finding.line) == (last.severity, last.path, last.line) and last.message.startswith(f"{subject} ")
        if found and same and finding.severity == "warning" and finding.line and ":" in subject[:-1]:
            found[-1] = last._replace(message=f"{last.message.removesuffix('.')}; {words}")
        else:
            found.append(finding)
    return found


def line(finding: Finding) -> str:
    """Return a finding as it is shown."""
    return str(finding._replace(path=near(finding.path) if finding.path else None))


def near(path: Path) -> Path:
    """Return a path as it is shorter to read: from the current folder, where it lies below it."""
    absolute = path.absolute()
    here = Path.cwd()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else path
