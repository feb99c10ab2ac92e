"""Run OWL tools of the Java world on ontologies, in a process of its own: `python owl_judge.py profile|classify FILE.rdf…`, JSON on stdout.

The OWL API (with its OWL 2 DL profile checker) and the HermiT reasoner are in the one jar that owlready2 carries; JPype calls them.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def main(task: str, *files: str) -> None:
    jpype, owlready2 = (import_module(name) for name in ("jpype", "owlready2"))  # neither has types
    jpype.startJVM("-Xmx700m", classpath=[str(Path(str(owlready2.__file__)).parent / "hermit" / "HermiT.jar")])
    java = {name: jpype.JClass(f"org.semanticweb.owlapi.{name}") for name in ("apibinding.OWLManager", "profiles.OWL2DLProfile")}
    source = jpype.JClass("org.semanticweb.owlapi.io.StringDocumentSource")
    ontologies = [
        java["apibinding.OWLManager"]
        .createOWLOntologyManager()
        .loadOntologyFromOntologyDocument(source(Path(file).read_text(encoding="utf-8")))
        for file in files
    ]
    if task == "profile":
        checker = java["profiles.OWL2DLProfile"]()
        found: Any = {file: [str(v) for v in checker.checkOntology(o).getViolations()] for file, o in zip(files, ontologies, strict=True)}
    else:
        found = _classify(jpype, ontologies[0])
    json.dump(found, sys.stdout)


def _classify(jpype: Any, ontology: Any) -> dict[str, Any]:
    """Return whether an ontology is consistent, which classes cannot have members, and the inferred types of each named individual."""
    configuration = jpype.JClass("org.semanticweb.HermiT.Configuration")()
    configuration.ignoreUnsupportedDatatypes = True  # xsd:date and EDTF are in no OWL 2 datatype map
    reasoner = jpype.JClass("org.semanticweb.HermiT.Reasoner")(configuration, ontology)
    if not reasoner.isConsistent():
        return {"consistent": False}
    empty = [str(one.getIRI()) for one in reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()]
    types = {
        str(one.getIRI()): sorted(str(kind.getIRI()) for kind in reasoner.getTypes(one, False).getFlattened())  # noqa: FBT003  not only direct ones
        for one in ontology.getIndividualsInSignature()
    }
    return {"consistent": True, "unsatisfiable": empty, "types": types}


if __name__ == "__main__":
    main(*sys.argv[1:])
