"""What a query answers: rows, triples, or yes and no. Data only; `kg.query` makes it, `kg.results` writes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pyoxigraph as ox

from . import names

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
PASSAGE_COLUMN = "passage"


class _Place(NamedTuple):
    """Where a passage is, under the names of the properties that say so."""

    paragraph: int
    sentence: int
    start: int
    end: int


@dataclass(slots=True)
class Answer:
    """The answer to one query.

    `form` is solutions, triples or boolean, and the fields for it are filled. `cut` is the limit that cut the rows or triples, if one did.
    `warnings` are words for people. `spellings` gives language tags as the data writes them. `repeated` names the columns that say nothing
    which the passage column does not say.
    """

    form: str
    variables: list[str] = field(default_factory=list)
    rows: list[tuple[Term | None, ...]] = field(default_factory=list)
    triples: list[ox.Triple] = field(default_factory=list)
    boolean: bool = False
    cut: int | None = None
    warnings: list[str] = field(default_factory=list)
    spellings: Mapping[str, str] = field(default_factory=dict)
    repeated: Collection[str] = ()

    def __len__(self) -> int:
        """Return how many rows or triples there are; a yes or no is one."""
        return len(self.rows) if self.form == "solutions" else len(self.triples) if self.form == "triples" else 1


def with_passages(answer: Answer, store: ox.Store) -> Answer:
    """Return the rows with a column that says where the text says the first claim of each row: paragraph, sentence, code points.

    The answer itself comes back where it has no claims, or where it shows passages already.
    """
    if answer.form != "solutions" or PASSAGE_COLUMN in answer.variables:
        return answer
    column = next((number for number in range(len(answer.variables)) if _are_claims(answer.rows, number, store)), None)
    if column is None:
        return answer
    found = {term: _places_of(term, store) for term in dict.fromkeys(row[column] for row in answer.rows)}
    places = [found[row[column]] for row in answer.rows]
    rows = [(*row, ox.Literal(", ".join(map(_shown, at))) if at else None) for row, at in zip(answer.rows, places, strict=True)]
    return replace(answer, variables=[*answer.variables, PASSAGE_COLUMN], rows=rows, repeated=_repeated(answer, places))


def _are_claims(rows: list[tuple[Term | None, ...]], column: int, store: ox.Store) -> bool:
    """Tell whether the first row has a claim there; a query that mixes claims with other things in one column is read by its first row."""
    term = rows[0][column] if rows else None
    claim = ox.Quad(term, ox.NamedNode(names.RDF + "type"), ox.NamedNode(names.CLAIM)) if isinstance(term, ox.NamedNode) else None
    return claim is not None and claim in store


def _places_of(term: Term | None, store: ox.Store) -> list[_Place]:
    if not isinstance(term, ox.NamedNode):
        return []
    passages = [quad.object for quad in store.quads_for_pattern(term, ox.NamedNode(names.HAS_PASSAGE), None, ox.DefaultGraph())]
    return sorted(place for place in (_place(passage, store) for passage in passages) if place)


def _place(passage: Term, store: ox.Store) -> _Place | None:
    if not isinstance(passage, ox.NamedNode):
        return None
    found = {
        quad.predicate.value: quad.object.value
        for quad in store.quads_for_pattern(passage, None, None, ox.DefaultGraph())
        if isinstance(quad.object, ox.Literal)
    }
    wanted = (names.PARAGRAPH, names.SENTENCE, names.START, names.END)
    return _Place(*(int(found[name]) for name in wanted)) if all(found.get(name, "").isdigit() for name in wanted) else None


def _shown(place: _Place) -> str:
    return f"¶{place.paragraph} s{place.sentence} {place.start}-{place.end}"


def _repeated(answer: Answer, places: list[list[_Place]]) -> list[str]:
    """Return the names of columns that say of each row where its passages begin or end, which the passages say themselves."""
    return [name for name in _Place._fields if name in answer.variables and _repeats(answer, name, places)]


def _repeats(answer: Answer, name: str, places: list[list[_Place]]) -> bool:
    column = answer.variables.index(name)
    outermost = max if name == "end" else min
    pairs = [(row[column], at) for row, at in zip(answer.rows, places, strict=True)]
    return all(
        term is None or (isinstance(term, ox.Literal) and bool(at) and term.value == str(outermost(getattr(place, name) for place in at)))
        for term, at in pairs
    )
