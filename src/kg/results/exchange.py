"""Answers for other programs: SPARQL's JSON and XML, and triples as Turtle, N-Triples and JSON-LD. Terms are written as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .. import names
from . import cells
from .rows import spelled

if TYPE_CHECKING:
    from ..answers import Answer, Term
    from .cells import Style

_STRING = re.compile(r'(<[^>\s]*>|"(?:[^"\\]|\\.)*+")(?:@([A-Za-z0-9-]+))?')
_XML_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RESULTS = "http://www.w3.org/2005/sparql-results#"


def json(answer: Answer, style: Style) -> str:
    """Return SPARQL 1.1 results in JSON; with labels, each IRI that has one carries it under `label`."""
    from json import dumps

    if answer.form == "boolean":
        return dumps({"head": {}, "boolean": answer.boolean}) + "\n"
    bindings = [
        {name: _binding(term, answer, style) for name, term in zip(answer.variables, row, strict=True) if term is not None}
        for row in answer.rows
    ]
    return dumps({"head": {"vars": answer.variables}, "results": {"bindings": bindings}}, ensure_ascii=False, indent=1) + "\n"


def xml(answer: Answer, style: Style) -> str:
    """Return SPARQL results in XML; with labels, an IRI becomes its label and CURIE as a literal.

    Characters that XML 1.0 cannot hold, such as NUL, become U+FFFD.
    """
    head = "".join(f'<variable name="{_escaped(name)}"/>' for name in answer.variables)
    if answer.form == "boolean":
        body = f"<boolean>{'true' if answer.boolean else 'false'}</boolean>"
    else:
        body = "<results>\n" + "".join(_result(answer, row, style) for row in answer.rows) + "</results>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="{_RESULTS}">\n<head>{head}</head>\n{body}\n</sparql>\n'


def turtle(answer: Answer, style: Style) -> str:
    """Return the triples in Turtle, sorted."""
    said = "\n".join(map(str, answer.triples))
    used = {prefix: iri for prefix, iri in style.prefixes.items() if iri in said}
    text = _serialized(answer, ox.RdfFormat.TURTLE, used)
    if not answer.spellings:
        return text
    return _STRING.sub(lambda match: match[1] + (f"@{answer.spellings.get(match[2], match[2])}" if match[2] else ""), text)


def ntriples(answer: Answer, style: Style) -> str:  # noqa: ARG001  every writer has the same face
    """Return the triples in N-Triples, sorted."""
    lines = sorted(f"{t.subject} {t.predicate} {spelled(t.object, answer)} .\n" for t in set(answer.triples))
    return "".join(lines)


def jsonld(answer: Answer, style: Style) -> str:  # noqa: ARG001  every writer has the same face
    """Return the triples in expanded JSON-LD, sorted; language tags are in lower case."""
    return _serialized(answer, ox.RdfFormat.JSON_LD, {}) + "\n"


def _serialized(answer: Answer, form: ox.RdfFormat, prefixes: dict[str, str]) -> str:
    data = ox.serialize(sorted(set(answer.triples), key=str), format=form, prefixes=prefixes)
    return (data or b"").decode()


def _binding(term: Term, answer: Answer, style: Style) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        label = (style.labels or {}).get(term.value)
        return {"type": "uri", "value": term.value, **({"label": label} if label else {})}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = zip(("subject", "predicate", "object"), term, strict=True)
        return {"type": "triple", "value": {name: _binding(part, answer, style) for name, part in parts}}
    return {"type": "literal", "value": term.value, **_kind(term, answer)}


def _kind(literal: ox.Literal, answer: Answer) -> dict[str, str]:
    if literal.language is not None:
        return {"xml:lang": answer.spellings.get(literal.language, literal.language)}
    return {} if literal.datatype.value == names.XSD + "string" else {"datatype": literal.datatype.value}


def _result(answer: Answer, row: tuple[Term | None, ...], style: Style) -> str:
    pairs = [(name, term) for name, term in zip(answer.variables, row, strict=True) if term is not None]
    return (
        "<result>"
        + "".join(f'<binding name="{_escaped(name)}">{_element(term, answer, style)}</binding>' for name, term in pairs)
        + "</result>\n"
    )


def _element(term: Term, answer: Answer, style: Style) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<uri>{_escaped(term.value)}</uri>" if style.labels is None else f"<literal>{_escaped(cells.short(term, style))}</literal>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{_escaped(term.value)}</bnode>"
    if isinstance(term, ox.Triple):
        parts = zip(("subject", "predicate", "object"), term, strict=True)
        return "<triple>" + "".join(f"<{name}>{_element(part, answer, style)}</{name}>" for name, part in parts) + "</triple>"
    attributes = "".join(f' {name}="{_escaped(value)}"' for name, value in _kind(term, answer).items())
    return f"<literal{attributes}>{_escaped(term.value)}</literal>"


def _escaped(text: str) -> str:
    clean = _XML_FORBIDDEN.sub("\ufffd", text)
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("\r", "&#13;")
