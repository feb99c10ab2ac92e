"""SHACL shapes, read into plain constraints: the part of SHACL that `kg` evaluates itself.

https://www.w3.org/TR/shacl/. What is read here is listed at the head of `ontology/shapes.ttl`. Anything else is refused by the name of its
shape, so that no rule is silently left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import guard, names, turtle
from ..errors import InputError, KgError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..triples import Term

SH = names.SH
COMPONENTS = (
    *("minCount", "maxCount", "class", "datatype", "nodeKind", "hasValue", "in", "closed"),
    *("minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "minLength", "maxLength", "pattern"),
    *("languageIn", "uniqueLang", "equals", "disjoint", "lessThan", "lessThanOrEquals"),
)
"""The parameters that each make one constraint."""
LISTS = frozenset(["in", "languageIn"])
LOGICAL = ("or", "and", "xone", "not")
"""The parameters that hold shapes."""
TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf")
SEVERITIES = {"Violation": "error", "Warning": "warning", "Info": "info"}

_ABOUT = frozenset(
    ["name", "description", "order", "group", "message", "severity", "path", "property", "sparql", "flags", "ignoredProperties"]
)
_KNOWN = frozenset([*COMPONENTS, *LOGICAL, *TARGETS, *_ABOUT, "deactivated"])
_IN_SPARQL = frozenset(["select", "prefixes", "message", "deactivated"])
_REFUSED_WORDS = frozenset(["MINUS", "VALUES", "FROM", "CONSTRUCT", "ASK", "DESCRIBE"])
_TRUE = ("true", "1")
_INSIDE = frozenset(["class", "datatype", "nodeKind", "in", "languageIn", "pattern", "minLength", "maxLength", "hasValue", *LOGICAL])
_INSIDE_COUNTS = {("minCount", "1"), ("maxCount", "0")}


class Path(NamedTuple):
    """The way from a focus node to its values: a property, the inverse of one, or several properties one after the other."""

    steps: tuple[str, ...]
    is_inverse: bool = False

    @property
    def iri(self) -> str | None:
        """The property, where the path is no more than that."""
        return self.steps[0] if len(self.steps) == 1 and not self.is_inverse else None


class Target(NamedTuple):
    """Which nodes a shape is about: `kind` is one of `TARGETS`."""

    kind: str
    iri: str


class Constraint(NamedTuple):
    """One constraint of one shape: `parameter` is its name in SHACL, `value` what the shape gives for it.

    `value` is a term, a tuple of terms (`in`, `languageIn`, and for `closed` the properties that are allowed) or the text of a query
    (`sparql`). `inner` has the constraints of each shape that a logical one holds; `flags` belongs to `pattern`.
    """

    shape: str
    parameter: str
    value: Term | tuple[Term, ...] | str
    targets: tuple[Target, ...]
    path: Path | None
    severity: str
    message: str
    flags: str = ""
    inner: tuple[tuple[Constraint, ...], ...] = ()

    @property
    def component(self) -> str:
        """The name of its component, as in a validation report."""
        if self.parameter == "sparql":
            return "SPARQLConstraintComponent"
        return self.parameter[0].upper() + self.parameter[1:] + "ConstraintComponent"


def read(data: bytes, *, path: object = None) -> tuple[Constraint, ...]:
    """Return the constraints of a shapes file; InputError, naming the shape, where one cannot be evaluated."""
    return tuple(_Reader(turtle.parse(data, path=path), path).constraints())


class _Reader:
    """Reads the triples of a shapes file."""

    def __init__(self, triples: list[ox.Triple], path: object) -> None:
        self.path = path
        self.said: dict[Term, dict[str, list[Term]]] = {}
        for triple in triples:
            self.said.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)

    def constraints(self) -> Iterator[Constraint]:
        for subject, said in self.said.items():
            if names.OWL + "imports" in said:
                raise self.error(subject, "imports another graph, which kg does not fetch; copy its shapes into this file")
            targets = tuple(
                Target(kind, term.value) for kind in TARGETS for term in said.get(SH + kind, ()) if isinstance(term, ox.NamedNode)
            )
            if targets:
                yield from self.shape(subject, targets, None)
            self.check_is_used(subject, said)

    def check_is_used(self, subject: Term, said: dict[str, list[Term]]) -> None:
        """Refuse a target of a kind that is not known, wherever it stands: its shape would never be read."""
        for predicate in said:
            name = predicate.removeprefix(SH)
            if name.startswith("target") and name != predicate and name not in TARGETS:
                known = ", ".join(f"sh:{kind}" for kind in TARGETS)
                raise self.error(subject, f"uses sh:{name}, which kg check does not know; use {known}")

    def shape(self, shape: Term, targets: tuple[Target, ...], path: Path | None) -> Iterator[Constraint]:
        said = self.said.get(shape, {})
        if self.is_true(said, "deactivated"):
            return
        self.check_is_known(shape, said)
        common = (targets, self.path_of(shape, said) or path, self.severity(said), self.message(shape, said))
        for parameter in COMPONENTS:
            for term in said.get(SH + parameter, ()):
                yield from self.constraint(shape, parameter, term, common)
        for parameter in LOGICAL:
            for term in said.get(SH + parameter, ()):
                inner = tuple(self.inner(shape, item) for item in ([term] if parameter == "not" else self.items(term)))
                yield Constraint(self.name(shape), parameter, term, *common, inner=inner)
        for term in said.get(SH + "sparql", ()):
            yield from self.sparql(shape, term, common)
        for term in said.get(SH + "property", ()):
            yield from self.shape(term, targets, None)

    def check_is_known(self, shape: Term, said: dict[str, list[Term]]) -> None:
        for predicate in said:
            if predicate.startswith(SH) and predicate.removeprefix(SH) not in _KNOWN:
                words = f"uses sh:{predicate.removeprefix(SH)}, which kg check does not know; write it otherwise, or leave it out"
                raise self.error(shape, words)
        if said.get(SH + "path") and said.get(SH + "property"):
            raise self.error(shape, "has property shapes below its path, which kg check does not know; give them a target of their own")
        for pattern in said.get(SH + "pattern", ()):
            flags = "".join(self.text(flag) for flag in said.get(SH + "flags", ()))
            if not ox.Store().query(f"ASK {{ FILTER(COALESCE(IF(REGEX('', {pattern}, {ox.Literal(flags)}), true, true), false)) }}"):
                raise self.error(shape, f"has the sh:pattern {pattern}, which is no regular expression of XPath; correct it")

    def constraint(
        self, shape: Term, parameter: str, term: Term, common: tuple[tuple[Target, ...], Path | None, str, str]
    ) -> Iterator[Constraint]:
        said = self.said[shape]
        value: Term | tuple[Term, ...] = term
        if parameter in LISTS:
            value = tuple(self.items(term))
        elif parameter in {"closed", "uniqueLang"}:
            if str(getattr(term, "value", "")) not in _TRUE:
                return
            value = tuple(self.allowed(said)) if parameter == "closed" else term
        flags = "".join(self.text(flag) for flag in said.get(SH + "flags", ()))
        yield Constraint(self.name(shape), parameter, value, *common, flags if parameter == "pattern" else "")

    def inner(self, outer: Term, shape: Term) -> tuple[Constraint, ...]:
        """Return the constraints of a shape that stands inside a logical one."""
        found = tuple(self.shape(shape, (), None))
        for one in found:
            counts = (one.parameter, self.text(one.value) if isinstance(one.value, ox.Literal) else "")
            if one.parameter not in _INSIDE and counts not in _INSIDE_COUNTS:
                raise self.error(
                    outer, f"holds a shape with sh:{one.parameter}, which kg check does not know there; give it a shape of its own"
                )
        return found

    def sparql(self, shape: Term, node: Term, common: tuple[tuple[Target, ...], Path | None, str, str]) -> Iterator[Constraint]:
        said = self.said.get(node, {})
        if self.is_true(said, "deactivated"):
            return
        unknown = next((iri.removeprefix(SH) for iri in said if iri.startswith(SH) and iri.removeprefix(SH) not in _IN_SPARQL), None)
        if unknown or not said.get(SH + "select"):
            raise self.error(node, f"uses sh:{unknown}, which kg check does not know" if unknown else "has no sh:select; give it one")
        if common[1]:
            raise self.error(node, "stands in a property shape; put it into the node shape, where kg check knows it")
        text = self.text(said[SH + "select"][0])
        self.check_query(node, text)
        targets, path, severity, message = common
        own = self.message(node, said) if said.get(SH + "message") else message
        yield Constraint(self.name(shape), "sparql", self.prefixes(said) + text, targets, path, severity, own)

    def check_query(self, node: Term, text: str) -> None:
        """Refuse what SHACL forbids in such a query (section 5.2.1), what reaches out, and what cannot be joined with the targets."""
        try:
            tokens = guard.check(text)
        except KgError as error:
            raise self.error(node, f"holds a query that kg does not run: {error.message}") from None
        words = [token.text.upper() for token in tokens if token.kind == "word"]
        refused = next((word for word in words if word in _REFUSED_WORDS), None) or ("SELECT" if words.count("SELECT") != 1 else None)
        if refused:
            raise self.error(node, f"holds a query with {refused} where none may stand; write one plain SELECT")

    def prefixes(self, said: dict[str, list[Term]]) -> str:
        found = []
        for ontology in said.get(SH + "prefixes", ()):
            for declaration in self.said.get(ontology, {}).get(SH + "declare", ()):
                parts = self.said.get(declaration, {})
                found.append(f"PREFIX {self.text(parts[SH + 'prefix'][0])}: <{self.text(parts[SH + 'namespace'][0])}>\n")
        return "".join(found)

    def allowed(self, said: dict[str, list[Term]]) -> Iterator[Term]:
        for head in said.get(SH + "ignoredProperties", ()):
            yield from self.items(head)
        for shape in said.get(SH + "property", ()):
            path = self.path_of(shape, self.said.get(shape, {}))
            if path and path.iri:
                yield ox.NamedNode(path.iri)

    def path_of(self, shape: Term, said: dict[str, list[Term]]) -> Path | None:
        for term in said.get(SH + "path", ()):
            if isinstance(term, ox.NamedNode):
                return Path((term.value,))
            parts = self.said.get(term, {})
            inverse = next(iter(parts.get(SH + "inversePath", ())), None)
            if isinstance(inverse, ox.NamedNode):
                return Path((inverse.value,), is_inverse=True)
            steps = tuple(self.items(term)) if names.RDF + "first" in parts else ()
            if steps and all(isinstance(step, ox.NamedNode) for step in steps):
                return Path(tuple(self.name(step) for step in steps))
            raise self.error(
                shape, "has a path that kg check does not know; use a property, sh:inversePath of one, or a list of properties"
            )
        return None

    def items(self, head: Term) -> Iterator[Term]:
        seen = set()
        while head != ox.NamedNode(names.RDF + "nil"):
            said = self.said.get(head, {})
            if head in seen or not said.get(names.RDF + "first") or not said.get(names.RDF + "rest"):
                raise InputError("a list has no end; write it as ( one two )", path=self.path)
            seen.add(head)
            yield said[names.RDF + "first"][0]
            head = said[names.RDF + "rest"][0]

    def severity(self, said: dict[str, list[Term]]) -> str:
        found = next((term.value for term in said.get(SH + "severity", ()) if isinstance(term, ox.NamedNode)), SH + "Violation")
        return SEVERITIES.get(found.removeprefix(SH), "error")

    def message(self, shape: Term, said: dict[str, list[Term]]) -> str:
        found = next((self.text(term) for term in said.get(SH + "message", ())), None)
        return found or f"the shape {self.name(shape)} is not satisfied; see ontology/shapes.ttl"

    def is_true(self, said: dict[str, list[Term]], name: str) -> bool:
        return any(self.text(term) in _TRUE for term in said.get(SH + name, ()))

    def text(self, term: Term) -> str:
        return term.value if isinstance(term, ox.Literal) else str(term)

    def name(self, shape: Term) -> str:
        return shape.value if isinstance(shape, ox.NamedNode) else str(shape)

    def error(self, shape: Term, words: str) -> InputError:
        return InputError(f"the shape {self.name(shape)} {words}", path=self.path)
