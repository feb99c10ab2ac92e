"""Which claims a view is about: those near an entity, of a claimant, of a time, or that a query names. Pure functions on claims."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ..dates import bounds
from ..errors import InputError, UsageError
from ..results import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from ..answers import Answer
    from ..index import Index
    from ..model import Claim, Literal

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


class Scope(NamedTuple):
    """What is asked for, IRIs as they are; all of it has to hold. Nothing asked for is everything."""

    about: str | None = None
    hops: int = 1
    claimants: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    chosen: Collection[str] | None = None

    def claims(self, claims: Sequence[Claim], labels: Mapping[str, str]) -> tuple[Claim, ...]:
        """Return the claims in scope, in their order; InputError where there is none."""
        kept = self.kept(claims)
        if claims and not kept:
            raise InputError(f"none of the {len(claims):,} claims is in this scope: {self.words(labels)}{self._spoken(claims)}")
        return kept

    def kept(self, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        """Return the claims in scope, in their order, if any."""
        found: Iterable[Claim] = claims
        if self.chosen is not None:
            found = (claim for claim in found if claim.iri in self.chosen)
        if self.claimants:
            found = (claim for claim in found if claim.claimant in self.claimants)
        if self.since or self.until:
            found = within(found, since=self.since, until=self.until)
        if self.about:
            found = near(tuple(found), self.about, hops=self.hops)
        return tuple(found)

    def _spoken(self, claims: Sequence[Claim]) -> str:
        """Return what to ask for where nothing is said about a thing that says something itself."""
        if not self.about or self.claimants:
            return ""
        said = self._replace(about=None, claimants=(self.about,)).kept(claims)
        return f"; but it makes {counted(len(said), 'claim')}: --claimant in place of --about" if said else ""

    def words(self, labels: Mapping[str, str]) -> str:
        """Return the scope as people say it; nothing for everything."""
        hops = "" if self.hops == 1 else f" and what is within {self.hops} hops of it"
        parts = [
            f"about {labels.get(self.about, self.about)}{hops}" if self.about else "",
            "said by " + " or ".join(labels.get(iri, iri) for iri in self.claimants) if self.claimants else "",
            f"since {self.since}" if self.since else "",
            f"until {self.until}" if self.until else "",
            "chosen by a query" if self.chosen is not None else "",
        ]
        return ", ".join(part for part in parts if part)


def asked_for(
    index: Index,
    *,
    about: str | None = None,
    hops: int = 1,
    claimant: str | None = None,
    since: str | None = None,
    until: str | None = None,
    query: str | None = None,
) -> Scope:
    """Return the scope that is asked for in words: entities by IRI, CURIE or label, the query as text or by its name."""
    if hops < 1:
        raise UsageError(f"{hops} hops lead nowhere; 1 gives the claims about an entity")
    return Scope(
        about=entity(index, about) if about else None,
        hops=hops,
        claimants=(entity(index, claimant),) if claimant else (),
        since=since,
        until=until,
        chosen=answered(index, query) if query else None,
    )


def entity(index: Index, words: str) -> str:
    """Return the IRI that words stand for; UsageError where there is no such thing, or several."""
    import pyoxigraph as ox

    from ..lookup import Lookup
    from ..parameters import Parameter, to_term

    labels = {each.iri: each.label for each in index.entities.values()}
    found = to_term(Parameter("entity", "iri"), words, Lookup(index.workspace.prefixes, labels, index=index))
    if not isinstance(found, ox.NamedNode) or found.value not in index.labels:
        raise UsageError(f"nothing here is called {words}; kg stats --network lists the entities")
    return found.value


def answered(index: Index, query: str) -> frozenset[str]:
    """Return the claims that the answer to a query names, the query as text or by its name."""
    from .. import saved
    from ..parameters import terms_of
    from ..query import run

    asked = saved.find(index.workspace.queries_dir, query) if saved.NAME.fullmatch(query) else saved.parse(query)
    values = terms_of(asked.parameters, {}, index.workspace.prefixes, index=index)
    return chosen_by(run(index, asked.text, values=values, explain=False), index.claims)


def near(claims: Sequence[Claim], iri: str, *, hops: int = 1) -> tuple[Claim, ...]:
    """Return the claims with an end within so many hops of a thing: with 1 those about it, with 2 also those about their other ends.

    A claim about a claim is about what that claim joins, too: it counts as one of its ends.
    """
    by_end: dict[str | Literal, list[Claim]] = defaultdict(list)
    for claim in claims:
        for end in {claim.subject, claim.object, claim.iri}:
            by_end[end].append(claim)
    found: set[str] = set()
    edge: set[str | Literal] = {iri}
    seen: set[str | Literal] = set()
    for _ in range(hops):
        reached = [claim for end in edge for claim in by_end[end] if claim.iri != end]
        found.update(claim.iri for claim in reached)
        seen |= edge
        edge = {end for claim in reached for end in (claim.subject, claim.object, claim.iri)} - seen
    return tuple(claim for claim in claims if claim.iri in found)


def within(claims: Iterable[Claim], *, since: str | None = None, until: str | None = None) -> tuple[Claim, ...]:
    """Return the claims whose time shares a day with that from `since` to `until` (EDTF or ISO 8601); those without a time are out."""
    first = _bound(since, at=0) if since else None
    last = _bound(until, at=1) if until else None
    if first and last and first > last:
        raise UsageError(f"nothing is since {since} and until {until}; the first is later than the second")
    return tuple(
        claim
        for claim in claims
        if (claim.since or claim.until)
        and (not last or not claim.since or claim.since <= last)
        and (not first or not claim.until or claim.until >= first)
    )


def _bound(words: str, *, at: int) -> date | None:
    try:
        return bounds(words)[at]
    except InputError as error:
        raise UsageError(error.message) from None


def chosen_by(answer: Answer, claims: Iterable[Claim]) -> frozenset[str]:
    """Return the claims that an answer names: in any column of its rows, or as subjects of its triples."""
    import pyoxigraph as ox

    known = {claim.iri for claim in claims}
    if answer.form == "boolean":
        raise UsageError("a query that answers yes or no names no claims; let it SELECT or CONSTRUCT them")
    terms = (term for row in answer.rows for term in row) if answer.form == "solutions" else (each.subject for each in answer.triples)
    return frozenset(term.value for term in terms if isinstance(term, ox.NamedNode) and term.value in known)


def labels_in(index: Index, language: str) -> dict[str, str]:
    """Return the labels in a language, preferred ones before others; InputError where there are none, with the languages there are.

    `de` stands for `de-AT`, too. What has no label of its own in it has that of what it is exactly linked to, where a snapshot has one.
    """
    import pyoxigraph as ox

    from .. import names

    if not _LANGUAGE.fullmatch(language):
        raise UsageError(f"{language[:40]!r} is no language tag, such as en, de or pt-BR")
    found: dict[str, tuple[int, str]] = {}
    spoken: set[str] = set()
    for rank, predicate in enumerate((names.PREF_LABEL, names.LABEL)):
        for iri, tag, words in _labels(index, predicate):
            spoken.add(tag)
            if _is_in(tag, language):
                found[iri] = min((rank, words), found.get(iri, (rank, words)))
    if not found:
        raise InputError(f"nothing has a label in {language!r}; there are labels in {', '.join(sorted(spoken - {''})) or 'no language'}")
    for quad in index.store.quads_for_pattern(None, ox.NamedNode(names.SKOS + "exactMatch"), None, ox.DefaultGraph()):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode) and quad.object.value in found:
            rank, words = found[quad.object.value]
            found[quad.subject.value] = min((rank + 2, words), found.get(quad.subject.value, (rank + 2, words)))
    return {iri: label for iri, (_, label) in found.items()}


def inverses_in(index: Index, language: str) -> dict[str, str]:
    """Return what relations are called the other way round, in a language."""
    from .. import names

    return {iri: words for iri, tag, words in _labels(index, names.INVERSE_LABEL) if _is_in(tag, language)}


def tongues(index: Index) -> dict[str, str]:
    """Return the languages of those labels shown that are not English."""
    from .. import names

    every = [row for predicate in (names.LABEL, names.PREF_LABEL) for row in _labels(index, predicate)]
    shown = [(iri, tag) for iri, tag, words in every if tag and index.labels.get(iri) == words]
    english = {iri for iri, tag in shown if _is_in(tag, "en")}
    return {iri: tag for iri, tag in shown if iri not in english}


def _is_in(tag: str, language: str) -> bool:
    return f"{tag}-".startswith(f"{language.lower()}-")


def _labels(index: Index, predicate: str) -> Iterator[tuple[str, str, str]]:
    """Yield each label with the IRI of what it names and its language, nothing for none."""
    import pyoxigraph as ox

    for quad in index.store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph()):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            yield quad.subject.value, (quad.object.language or "").lower(), quad.object.value
