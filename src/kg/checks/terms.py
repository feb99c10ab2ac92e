"""The table of terms in `ontology/README.md`, generated from the ontology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names, turtle
from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ..triples import Term

BEGIN, END = "<!-- terms: written by kg fmt -->", "<!-- end of terms -->"
_KINDS = {
    names.OWL + "Class": "class",
    names.OWL + "ObjectProperty": "property of things",
    names.OWL + "DatatypeProperty": "property of values",
    names.OWL + "AnnotationProperty": "annotation",
}


def updated(text: str, files: Iterable[Path], prefix_map: dict[str, str], *, path: object = None) -> str:
    """Return a document with the table between its two markers rewritten; InputError where they are missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(f"the table of terms has lost its markers; put back {BEGIN} and {END}", path=path)
    return f"{before}{BEGIN}\n\n{table(files, prefix_map)}\n{END}{after}"


def table(files: Iterable[Path], prefix_map: dict[str, str]) -> str:
    """Return Markdown tables of the classes and properties, the values, and the relations that the files define."""
    said: dict[str, dict[str, list[Term]]] = {}
    for file in files:
        for triple in turtle.parse(file.read_bytes(), path=file):
            said.setdefault(getattr(triple.subject, "value", ""), {}).setdefault(triple.predicate.value, []).append(triple.object)
    own = {iri: about for iri, about in said.items() if about.get(names.RDFS + "isDefinedBy")}
    return "\n".join([*_properties(own, prefix_map), "", *_values(own, prefix_map), "", *_relations(own, prefix_map), ""])


def _properties(own: dict[str, dict[str, list[Term]]], prefix_map: dict[str, str]) -> Iterable[str]:
    yield "| term | what | meaning | example |"
    yield "|---|---|---|---|"
    for iri, about in own.items():
        kind = next((_KINDS[value] for value in _all(about, names.TYPE) if value in _KINDS), None)
        if kind and iri.startswith(names.KG):
            words = (
                f"`{names.compact(iri, prefix_map)}`",
                kind,
                _one(about, names.SKOS + "definition"),
                _one(about, names.SKOS + "example"),
            )
            yield f"| {' | '.join(map(_cell, words))} |"


def _values(own: dict[str, dict[str, list[Term]]], prefix_map: dict[str, str]) -> Iterable[str]:
    yield "| value | of | meaning |"
    yield "|---|---|---|"
    for iri, about in own.items():
        for scheme in _all(about, names.SKOS + "inScheme"):
            of = _one(own.get(scheme, {}), names.PREF_LABEL)
            yield f"| `{names.compact(iri, prefix_map)}` | {_cell(of)} | {_cell(_one(about, names.SKOS + 'definition'))} |"


def _relations(own: dict[str, dict[str, list[Term]]], prefix_map: dict[str, str]) -> Iterable[str]:
    yield "| relation | below | stance | meaning |"
    yield "|---|---|---|---|"
    for iri, about in own.items():
        if names.RELATION in _all(about, names.TYPE):
            parents = ", ".join(f"`{names.compact(parent, prefix_map)}`" for parent in _all(about, names.RDFS + "subPropertyOf"))
            stance = _one(about, names.STANCE)
            yield f"| `{names.compact(iri, prefix_map)}` | {parents} | {stance} | {_cell(_one(about, names.SKOS + 'definition'))} |"


def _all(about: dict[str, list[Term]], predicate: str) -> list[str]:
    return [str(getattr(term, "value", term)) for term in about.get(predicate, ())]


def _one(about: dict[str, list[Term]], predicate: str) -> str:
    return next(iter(_all(about, predicate)), "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
