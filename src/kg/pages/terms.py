"""The terms of the ontology as one reads about them: what each is, in which words, with an example, and how it relates to others."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ..triples import Term as Node
    from .shown import Cell, Shown

__all__ = ["Family", "Term", "Terms", "anchor"]

_BROADER = names.RDFS + "subPropertyOf"
_EXAMPLE, _NOTATION, _SCHEME = names.SKOS + "example", names.SKOS + "notation", names.SKOS + "inScheme"
_DOMAIN = names.RDFS + "domain"
_SAID = {
    names.RDFS + "subClassOf": "kind of",
    names.OWL + "disjointWith": "never also",
    _BROADER: "narrower than",
    _DOMAIN: "said of",
    names.RDFS + "range": "takes",
    names.OWL + "inverseOf": "inverse of",
    names.USUAL_KIND: "usual kind",
    names.SKOS + "exactMatch": "matches exactly",
    names.SKOS + "closeMatch": "close to",
    names.SKOS + "broadMatch": "narrower than",
    names.SKOS + "narrowMatch": "broader than",
    names.SKOS + "relatedMatch": "related to",
    names.OWL + "deprecated": "deprecated",
    names.DCTERMS + "isReplacedBy": "replaced by",
}
_TRAITS = {
    names.OWL + "FunctionalProperty": "one at most",
    names.OWL + "SymmetricProperty": "both ways",
    names.OWL + "TransitiveProperty": "goes on",
    names.OWL + "AnnotationProperty": "annotation",
}
_STANCES = {"-1": "hostile", "1": "cooperative"}
_TOLD = {
    *(names.TYPE, names.LABEL, names.PREF_LABEL, names.DEFINITION, names.INVERSE_LABEL, names.STANCE),
    *(_EXAMPLE, _NOTATION, _SCHEME, names.SKOS + "topConceptOf", names.RDFS + "isDefinedBy"),
}
MAPPINGS = {iri: words for iri, words in _SAID.items() if iri.endswith(("Match", "subClassOf"))}


class Term(NamedTuple):
    """A term: its names, its meaning, what else is said of it, how often it is used, and the narrower terms below it."""

    iri: str
    anchor: str
    curie: str
    href: str
    label: str
    inverse: str
    definition: str
    example: str
    traits: list[str]
    facts: list[tuple[str, list[Cell]]]
    uses: int
    narrower: list[Term]


class Family(NamedTuple):
    """Terms that belong together, under a name of their own where they have one."""

    anchor: str
    title: str
    words: str
    terms: list[Term]


class Terms:
    """The terms of an index as they are shown on one page; `page_of` gives the page of a term alone."""

    def __init__(self, shown: Shown, page_of: Callable[[str], str]) -> None:
        self._shown = shown
        self._page_of = page_of
        self._index = shown.index
        self._uses = _uses(shown)

    def classes(self) -> list[Term]:
        """Return the classes of the ontology."""
        return [self._term(iri) for iri in self._own(names.OWL + "Class")]

    def properties(self) -> list[Family]:
        """Return the properties of the ontology by what they are said of."""
        kinds = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
        iris = sorted({iri for kind in kinds for iri in self._own(names.OWL + kind)}, key=self._order)
        families: dict[str, list[Term]] = defaultdict(list)
        for iri in iris:
            domain = next((term.value for term in self._said(iri).get(_DOMAIN, ()) if isinstance(term, ox.NamedNode)), "")
            families[domain].append(self._term(iri, without={_DOMAIN}))
        ordered = sorted(families.items(), key=lambda pair: (not pair[0], -len(pair[1]), pair[0]))
        return [
            Family(f"of-{names.local_name(iri) or 'anything'}", f"of a {self._shown.name(iri)}" if iri else "of anything", "", found)
            for iri, found in ordered
        ]

    def schemes(self) -> list[Family]:
        """Return the value lists, each with its values."""
        found = []
        for iri in self._subjects(names.TYPE, names.SKOS + "ConceptScheme"):
            if iri.startswith((names.KG, names.BASE + "plover/")):
                values = [self._term(each) for each in sorted(self._subjects(_SCHEME, iri), key=self._order)]
                term = self._term(iri)
                found.append(Family(term.anchor, term.label, term.definition, values))
        return sorted(found, key=lambda family: (family.anchor == "plover", family.title.casefold()))

    def relations(self) -> list[Term]:
        """Return the relations: those that are below no other, with the narrower ones under them."""
        every = self._subjects(names.TYPE, names.RELATION)
        broader = {iri: [each.value for each in self._said(iri).get(_BROADER, ()) if isinstance(each, ox.NamedNode)] for iri in every}
        below: dict[str, list[str]] = defaultdict(list)
        for iri, above in broader.items():
            for each in [each for each in above if each in broader and each != iri][:1]:
                below[each].append(iri)
        placed = {iri for found in below.values() for iri in found}
        return [self._tree(iri, below, frozenset()) for iri in sorted(set(every) - placed, key=self._order)]

    def _tree(self, iri: str, below: Mapping[str, Sequence[str]], above: frozenset[str]) -> Term:
        inner = [self._tree(each, below, above | {iri}) for each in sorted(below.get(iri, ()), key=self._order) if each not in above]
        return self._term(iri, without={_BROADER} if above else set())._replace(narrower=inner)

    def anchors(self) -> set[str]:
        """Return the anchors that the page of the terms has."""
        families = [*self.properties(), *self.schemes()]
        every = [*self.classes(), *self.relations(), *(term for family in families for term in family.terms)]
        found = {family.anchor for family in families}
        while every:
            term = every.pop()
            found.add(term.anchor)
            every += term.narrower
        return found

    def mappings(self) -> list[tuple[Cell, str, list[Cell]]]:
        """Return what ties own terms to those of others: the term, how, and what it is tied to."""
        rows = []
        for predicate, words in MAPPINGS.items():
            quads = self._index.store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph())
            targets = defaultdict(list)
            for quad in quads:
                if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode) and _is_own(quad.subject.value):
                    targets[quad.subject.value].append(quad.object.value)
            rows += [(self._shown.thing(iri), words, [self._shown.thing(each) for each in sorted(found)]) for iri, found in targets.items()]
        return sorted(rows, key=lambda row: (row[0].text.casefold(), row[0].href, row[1]))

    def _term(self, iri: str, *, without: Iterable[str] = ()) -> Term:
        shown, said = self._shown, self._said(iri)
        left_out = _TOLD | set(without)
        return Term(
            iri=iri,
            anchor=anchor(iri),
            curie=shown.curie(iri),
            href=self._page_of(iri),
            label=shown.label(iri) or names.local_name(iri),
            inverse=_text(said, names.INVERSE_LABEL),
            definition=_text(said, names.DEFINITION),
            example=_text(said, _EXAMPLE),
            traits=self._traits(said),
            facts=[self._fact(key, terms) for key, terms in sorted(said.items()) if key not in left_out],
            uses=self._uses[iri],
            narrower=[],
        )

    def _fact(self, predicate: str, terms: Sequence[Node]) -> tuple[str, list[Cell]]:
        cells = [self._shown.cell(term) for term in sorted(terms, key=str)]
        return _SAID.get(predicate) or self._shown.name(predicate), cells

    def _traits(self, said: Mapping[str, Sequence[Node]]) -> list[str]:
        stances = (_STANCES.get(term.value) for term in said.get(names.STANCE, ()) if isinstance(term, ox.Literal))
        kinds = (_TRAITS.get(term.value) for term in said.get(names.TYPE, ()) if isinstance(term, ox.NamedNode))
        return [*(each for each in stances if each), *sorted(each for each in kinds if each)]

    def _said(self, iri: str) -> Mapping[str, list[Node]]:
        return self._index.said_of(iri)

    def _order(self, iri: str) -> tuple[str, str]:
        return (self._shown.label(iri) or iri).casefold(), iri

    def _own(self, kind: str) -> list[str]:
        return sorted((iri for iri in self._subjects(names.TYPE, kind) if iri.startswith(names.KG)), key=self._order)

    def _subjects(self, predicate: str, target: str) -> list[str]:
        quads = self._index.store.quads_for_pattern(None, ox.NamedNode(predicate), ox.NamedNode(target), ox.DefaultGraph())
        return sorted({quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)})


def anchor(iri: str) -> str:
    """Return the anchor of a term on the page: what follows the `#` of its name, where it has one.

    >>> anchor(names.KG + "Claim"), anchor(names.REL + "metWith")
    ('Claim', 'relation-metWith')
    """
    return iri[len(names.KG) :] if iri.startswith(names.KG) else iri.removeprefix(names.BASE).strip("/").replace("/", "-")


def _is_own(iri: str) -> bool:
    return iri.startswith((names.KG, names.REL, names.BASE + "plover/"))


def _uses(shown: Shown) -> Counter[str]:
    """Count how many accepted claims use each relation and value."""
    found: Counter[str] = Counter()
    for claim in shown.index.claims:
        found[claim.relation] += 1
        found.update(names.KG + value for value in (claim.polarity, claim.certainty, claim.kind, claim.status, claim.modality) if value)
    return found


def _text(said: Mapping[str, Sequence[Node]], key: str) -> str:
    literals = [term for term in said.get(key, ()) if isinstance(term, ox.Literal)]
    english = [term.value for term in literals if term.language == "en"]
    return min(english or [term.value for term in literals], default="")
