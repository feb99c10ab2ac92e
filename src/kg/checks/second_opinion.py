"""The process that `kg.checks.reference` starts: N-Triples and shapes in, the results of a validation report out, as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

FIELDS = ("focusNode", "resultPath", "value", "sourceShape", "sourceConstraintComponent")


def main(data_path: str, shapes_path: str, memory: str, seconds: str) -> None:
    """Validate, and write one object per result to standard output."""
    _limit(int(memory), int(seconds))
    import pyshacl
    from rdflib import RDF, SH, Graph

    data = Graph().parse(data_path, format="nt")
    shapes = Graph().parse(shapes_path, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False, js=False, do_owl_imports=False)
    results = report.subjects(RDF.type, SH.ValidationResult)
    json.dump([{name: _parts(report.value(result, SH[name])) for name in FIELDS} for result in results], sys.stdout)


def _parts(term: Any) -> list[str] | None:
    """Return a term of rdflib as kind, text, language and datatype."""
    from rdflib import BNode, Literal

    if term is None:
        return None
    if isinstance(term, Literal):
        return ["literal", str(term), term.language or "", str(term.datatype or "")]
    return ["blank" if isinstance(term, BNode) else "iri", str(term), "", ""]


def _limit(memory: int, seconds: int) -> None:
    """Bound what this process may use: bytes of memory, and seconds of computing unless 0."""
    try:
        import resource
    except ImportError:  # not on Windows, where the time limit stands alone
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


if __name__ == "__main__":
    main(*sys.argv[1:])
