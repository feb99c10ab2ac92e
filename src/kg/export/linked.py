"""JSON-LD in the words of the one context of the workspace: what the files of `graph/` say, or any triples as a document of their own."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .. import context as contexts
from .. import names
from ..errors import InputError
from .rdf import graphs_of, quantity, refuse_new, union
from .wanted import Export, Wanted, single

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..index import Index
    from ..triples import Term

_STRING = names.XSD + "string"


def jsonld(wanted: Wanted) -> Export:
    """Return a document with a node a graph, which holds its context, or names the address where that is published."""
    graphs = graphs_of(wanted)
    refuse_new(union(graphs), "JSON-LD")
    own = contexts.published(wanted.index)
    words = _Words(own)
    nodes: list[Any] = []
    for graph, said in graphs.items():
        inside = words.nodes(said)
        nodes += [{"@id": words.iri(graph), "@graph": inside}] if graph else inside
    return single(_laid_out(wanted.context or own, nodes), quantity(graphs))


def document(index: Index, said: Sequence[ox.Triple]) -> bytes:
    """Return triples as a small document, which holds those words of the context that it speaks; InputError as for the whole."""
    refuse_new(said, "JSON-LD")
    own = contexts.published(index)
    words = _Words(own)
    nodes = words.nodes(said)
    return _laid_out({word: own[word] for word in own if word == "@version" or word in words.spoken}, nodes)


def context(wanted: Wanted) -> Export:
    """Return the context as a document of its own."""
    return single(contexts.document(wanted.index), "the context of the JSON-LD")


def _laid_out(context: object, nodes: Iterable[dict[str, Any]]) -> bytes:
    """Return a document with a node a line: readable, and two versions of it can be compared."""
    inner = ",\n".join(_lines(node) for node in nodes)
    return f'{{"@context": {json.dumps(context, ensure_ascii=False)},\n"@graph": [\n{inner}\n]}}\n'.encode()


def _lines(node: dict[str, Any]) -> str:
    if "@graph" not in node:
        return json.dumps(node, ensure_ascii=False)
    inner = ",\n".join(json.dumps(each, ensure_ascii=False) for each in node["@graph"])
    return f'{{"@id": {json.dumps(node["@id"], ensure_ascii=False)}, "@graph": [\n{inner}\n]}}'


def _one(values: Any) -> Any:
    return values[0] if isinstance(values, list) and len(values) == 1 else values


class _Words:
    """Terms as they are written under a context; `spoken` are those of its words and prefixes that were needed."""

    def __init__(self, context: dict[str, Any]) -> None:
        self._context = context
        self._prefixes = {word: iri for word, iri in context.items() if isinstance(iri, str) and iri.endswith(("/", "#", ":"))}
        self._terms: dict[str, tuple[str, dict[str, str]]] = {}
        self._classes = {iri: word for word, iri in context.items() if isinstance(iri, str) and word not in self._prefixes}
        for word, definition in context.items():
            if isinstance(definition, dict):
                self._terms[definition["@id"]] = (word, definition)
        self.iri: Callable[[str], str] = cache(self._iri)
        self.spoken: set[str] = set()

    def nodes(self, said: Iterable[ox.Triple]) -> list[dict[str, Any]]:
        """Return a node a subject, in the order of the graph files."""
        from .. import turtle

        found: dict[object, dict[str, Any]] = {}
        for triple in turtle.ordered(said):
            node = found.setdefault(triple.subject, {"@id": self._name(triple.subject)})
            key, value = self._entry(triple.predicate.value, triple.object)
            node.setdefault(key, []).append(value)
        return [{key: _one(values) for key, values in node.items()} for node in found.values()]

    def _iri(self, iri: str) -> str:
        curie = names.compact(iri, self._prefixes)
        if not curie.startswith("<"):
            self.spoken.add(curie.partition(":")[0])
            return curie
        scheme, _, rest = iri.partition(":")
        if scheme in self._context and not rest.startswith("//"):
            raise InputError(f"<{iri}> would be read as {scheme}: and a name in JSON-LD, where that is a prefix; turtle can write it")
        return iri

    def _name(self, term: object) -> str:
        return self.iri(term.value) if isinstance(term, ox.NamedNode) else str(term)

    def _spoken(self, word: str) -> str:
        self.spoken.add(word)
        return word

    def _entry(self, predicate: str, term: Term) -> tuple[str, Any]:
        if predicate == names.TYPE and isinstance(term, ox.NamedNode):
            return "@type", self._spoken(self._classes.get(term.value, "")) or self.iri(term.value)
        word, definition = self._terms.get(predicate, ("", {}))
        return self._spoken(word) or self.iri(predicate), self._value(term, definition)

    def _value(self, term: Term, definition: dict[str, str]) -> Any:
        if not isinstance(term, ox.Literal):
            return self._name(term) if definition.get("@type") == "@id" else {"@id": self._name(term)}
        if term.language:
            return term.value if definition.get("@language") == term.language else {"@value": term.value, "@language": term.language}
        kind = term.datatype.value
        if kind == definition.get("@type", "" if "@language" in definition else _STRING):
            return term.value
        return {"@value": term.value} if kind == _STRING else {"@value": term.value, "@type": self.iri(kind)}
