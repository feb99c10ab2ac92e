"""What a query answers: rows, triples, or yes and no. Data only; `kg.query` makes it, `kg.results` writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from . import names

if TYPE_CHECKING:
    from collections.abc import Mapping

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
PASSAGE_COLUMN = "passage"


@dataclass(slots=True)
class Answer:
    """The answer to one query.

    `form` is solutions, triples or boolean, and the fields for it are filled. `cut` is the limit that cut the rows or triples, if one did.
    `warnings` are words for people. `spellings` gives language tags as the data writes them.
    """

    form: str
    variables: list[str] = field(default_factory=list)
    rows: list[tuple[Term | None, ...]] = field(default_factory=list)
    triples: list[ox.Triple] = field(default_factory=list)
    boolean: bool = False
    cut: int | None = None
    warnings: list[str] = field(default_factory=list)
    spellings: Mapping[str, str] = field(default_factory=dict)

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
    places = {row[column]: _place_of(row[column], store) for row in answer.rows}
    rows = [(*row, ox.Literal(places[row[column]]) if places[row[column]] else None) for row in answer.rows]
    return Answer(
        "solutions", [*answer.variables, PASSAGE_COLUMN], rows, cut=answer.cut, warnings=answer.warnings, spellings=answer.spellings
    )


def _are_claims(rows: list[tuple[Term | None, ...]], column: int, store: ox.Store) -> bool:
    """Tell whether the first row has a claim there; a query that mixes claims with other things in one column is read by its first row."""
    term = rows[0][column] if rows else None
    claim = ox.Quad(term, ox.NamedNode(names.RDF + "type"), ox.NamedNode(names.CLAIM)) if isinstance(term, ox.NamedNode) else None
    return claim is not None and claim in store


def _place_of(term: Term | None, store: ox.Store) -> str:
    if not isinstance(term, ox.NamedNode):
        return ""
    passages = [quad.object for quad in store.quads_for_pattern(term, ox.NamedNode(names.HAS_PASSAGE), None, ox.DefaultGraph())]
    places = sorted(place for place in (_numbers(passage, store) for passage in passages) if place)
    if not places:
        return ""
    paragraph, sentence, start, end = places[0]
    return f"¶{paragraph} s{sentence} {start}-{end}" + (f" +{len(places) - 1}" if len(places) > 1 else "")


def _numbers(passage: Term, store: ox.Store) -> tuple[int, ...]:
    if not isinstance(passage, ox.NamedNode):
        return ()
    found = {
        quad.predicate.value: quad.object.value
        for quad in store.quads_for_pattern(passage, None, None, ox.DefaultGraph())
        if isinstance(quad.object, ox.Literal)
    }
    wanted = (names.PARAGRAPH, names.SENTENCE, names.START, names.END)
    return tuple(int(found[name]) for name in wanted) if all(found.get(name, "").isdigit() for name in wanted) else ()
