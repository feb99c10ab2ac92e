"""What a query answers: rows, triples, or yes and no. Data only; `kg.query` makes it, `kg.results` writes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pyoxigraph as ox

from . import names

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
CLAIM_COLUMN, PASSAGE_COLUMN = "claim", "passage"


class _Place(NamedTuple):
    """Where a passage is, under the names of the properties that say so; in the order of the text."""

    start: int
    end: int
    paragraph: int
    sentence: int


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
    """Return the rows with where the text says each claim: paragraph, sentence and code points of each passage.

    Rows about one claim, the only one or the one in the column `claim`, get a last column `passage`. Rows that hold several get one after
    each: `denialPassage` after `denial`. The answer itself comes back where it has no claims, or where it shows passages already.
    """
    if answer.form != "solutions" or PASSAGE_COLUMN in answer.variables:
        return answer
    columns = [number for number in range(len(answer.variables)) if _are_claims(answer.rows, number, store)]
    if CLAIM_COLUMN in answer.variables and answer.variables.index(CLAIM_COLUMN) in columns:
        columns = [answer.variables.index(CLAIM_COLUMN)]
    if not columns:
        return answer
    terms = {row[column] for row in answer.rows for column in columns}
    found = {term: _places_of(term, store) for term in terms}
    repeated = [name for column in columns for name in _repeated(answer, column, found)]
    if len(columns) == 1:
        return _with_column(answer, PASSAGE_COLUMN, columns[0], len(answer.variables), found, repeated)
    for column in reversed(columns):
        name = answer.variables[column] + PASSAGE_COLUMN.capitalize()
        if name not in answer.variables:
            answer = _with_column(answer, name, column, column + 1, found, repeated)
    return answer


def _with_column(  # noqa: PLR0917  the steps of one function
    answer: Answer, name: str, of: int, at: int, places: Mapping[Term | None, list[_Place]], repeated: list[str]
) -> Answer:
    cells = [ox.Literal(", ".join(map(_shown, places[row[of]]))) if places[row[of]] else None for row in answer.rows]
    rows = [(*row[:at], cell, *row[at:]) for row, cell in zip(answer.rows, cells, strict=True)]
    return replace(answer, variables=[*answer.variables[:at], name, *answer.variables[at:]], rows=rows, repeated=repeated)


def _are_claims(rows: list[tuple[Term | None, ...]], column: int, store: ox.Store) -> bool:
    """Tell whether a column has claims, and nothing else."""
    kind, claim = ox.NamedNode(names.RDF + "type"), ox.NamedNode(names.CLAIM)
    terms = {row[column] for row in rows} - {None}
    return bool(terms) and all(isinstance(term, ox.NamedNode) and ox.Quad(term, kind, claim) in store for term in terms)


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
    wanted = (names.START, names.END, names.PARAGRAPH, names.SENTENCE)
    return _Place(*(int(found[name]) for name in wanted)) if all(found.get(name, "").isdigit() for name in wanted) else None


def _shown(place: _Place) -> str:
    return f"¶{place.paragraph} s{place.sentence} {place.start}-{place.end}"


def _repeated(answer: Answer, column: int, places: Mapping[Term | None, list[_Place]]) -> list[str]:
    """Return the names of columns that say of each row where its first passage is, which the passages say themselves."""
    own = answer.variables[column]
    pairs = [(field, name) for field in _Place._fields for name in (field, own + field.capitalize())]
    return [name for field, name in pairs if name in answer.variables and _repeats(answer, name, field, column, places)]


def _repeats(answer: Answer, name: str, field: str, column: int, places: Mapping[Term | None, list[_Place]]) -> bool:
    shown = answer.variables.index(name)
    for row in answer.rows:
        term, at = row[shown], places[row[column]]
        if term is not None and not (isinstance(term, ox.Literal) and at and term.value == str(getattr(at[0], field))):
            return False
    return True
