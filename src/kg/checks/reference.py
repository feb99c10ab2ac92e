"""The second opinion: the same shapes through pySHACL, in a process of its own that can be stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from ..errors import LimitError, UsageError
from .evaluate import Violation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..triples import Term
    from .shapes import Constraint

_FIRST, _PER_TRIPLE, _SMALL = 4, 0.002, 8000
_PATIENCE = 4
_MEMORY = 2 * 2**30
_CPU_SIGNAL = getattr(signal, "SIGXCPU", None)


def time_limit(triples: int) -> int:
    """Return how many seconds pySHACL may compute for a graph of so many triples unless the caller says otherwise.

    Seconds of the processor, as on a busy machine those of the clock say little; the clock gets four times as many.
    """
    return _FIRST + int(_PER_TRIPLE * max(0, triples - _SMALL))


def evaluate(store: ox.Store, shapes_file: Path, constraints: Iterable[Constraint], *, seconds: float | None = None) -> list[Violation]:
    """Return what pySHACL finds in the default graph of a store; LimitError where it takes longer than it may.

    `constraints` are those of the shapes file as `kg` reads them: only shapes that `kg` knows get here, so that none reaches out.
    """
    known = {(one.shape, one.component): one for one in constraints}
    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        data = Path(folder) / "data.nt"
        data.write_bytes(store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b"")
        report = _run(data, shapes_file, seconds, time_limit(len(store)))
    found = {_violation(result, known) for result in report}
    return sorted(found, key=lambda one: (str(one.focus), one.constraint.shape, one.constraint.parameter, one.path or "", str(one.value)))


def _run(data: Path, shapes_file: Path, seconds: float | None, computing: int) -> list[dict[str, list[str] | None]]:
    own_limit = "0" if seconds else str(computing)
    seconds = seconds or computing * _PATIENCE
    command = [sys.executable, "-m", "kg.checks.second_opinion", str(data), str(shapes_file), str(_MEMORY), own_limit]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL)  # noqa: S603  our own interpreter
    except subprocess.TimeoutExpired:
        raise _stopped(seconds, shapes_file) from None
    if _CPU_SIGNAL and done.returncode == -_CPU_SIGNAL:
        raise _stopped(computing, shapes_file)
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"it ended with {done.returncode}"]
        if "No module named 'pyshacl'" in words[-1]:
            raise UsageError("--shacl needs pySHACL; install it with: pip install 'claimgraph[shacl]'")
        raise LimitError(f"pySHACL could not finish: {words[-1][:200]}; leave --shacl out", path=shapes_file)
    report: list[dict[str, list[str] | None]] = json.loads(done.stdout)
    return report


def _stopped(seconds: float, shapes_file: Path) -> LimitError:
    message = f"pySHACL took longer than {seconds:g} s and was stopped; give it more with --timeout, or leave --shacl out"
    return LimitError(message, path=shapes_file)


def _violation(result: dict[str, list[str] | None], known: dict[tuple[str, str], Constraint]) -> Violation:
    shape, component, path = (_term(result[name]) for name in ("sourceShape", "sourceConstraintComponent", "resultPath"))
    constraint = known[str(getattr(shape, "value", "")), names.local_name(str(getattr(component, "value", "")))]
    value = _term(result["value"])
    focus = _term(result["focusNode"])
    if focus is None:
        raise LimitError("pySHACL gave a result without a focus node; leave --shacl out")
    return Violation(focus, path.value if isinstance(path, ox.NamedNode) else None, value, constraint)


def _term(parts: list[str] | None) -> Term | None:
    if not parts:
        return None
    kind, text, language, datatype = parts
    if kind == "iri":
        return ox.NamedNode(text)
    if kind == "blank":
        return ox.BlankNode(text)
    return ox.Literal(text, language=language) if language else ox.Literal(text, datatype=ox.NamedNode(datatype) if datatype else None)
