"""What is wrong with a query that no engine can parse, in the words of people and at the place where it is.

A parser says where it could not go on, which is often a word or a line later, and what it would have taken there, which is much. So the
mistakes that people make are looked for first: one pass over the tokens, without recursion, that knows the shape of SPARQL and no more. It
is asked only about queries that an engine has refused, and where it finds nothing the engine's own words stand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .guard import Token

__all__ = ["Mistake", "find"]

_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_TERMS = {"iri", "string", "var", "blank", "name", "number"}
_NO_PREDICATE = {"string", "blank", "number"}
_IN_GROUP = {"OPTIONAL", "MINUS", "UNION", "LATERAL"}
_PATH = {"/", "|", "^", "*", "+", "?", "!"}
_PARTS = ("subject", "predicate", "object")
_FORMS = {"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"}


class Mistake(NamedTuple):
    """What is wrong, as a sentence, and the offset in the text where it is."""

    words: str
    start: int


def find(text: str, tokens: Sequence[Token]) -> Mistake | None:
    """Return the first mistake of a query that is known here; None where there is none.

    >>> from kg.guard import tokens
    >>> text = "SELECT * { ?s kg:claimant . ?s ?p ?o }"
    >>> find(text, list(tokens(text)))
    Mistake(words="the triple '?s kg:claimant' has no object", start=26)
    """
    if any(token.text == "<<" for token in tokens):  # RDF 1.2 has shapes of its own
        return None
    found = [_relative(tokens), _clauses(tokens, len(text.rstrip())), _Groups(text, tokens).first()]
    return min((one for one in found if one), key=lambda one: one.start, default=None)


def _relative(tokens: Sequence[Token]) -> Mistake | None:
    if any(token.text.upper() == "BASE" for token in tokens):
        return None
    one = next((token for token in tokens if token.kind == "iri" and not _SCHEME.match(token.text)), None)
    words = "is relative, and the query has no BASE; write it whole, or with a prefix"
    return Mistake(f"the IRI {one.text[:60]} {words}", one.start) if one else None


def _clauses(tokens: Sequence[Token], end: int) -> Mistake | None:
    """Look at what stands outside of groups: the variables of SELECT, WHERE, and what orders and groups."""
    depth = 0
    for number, token in enumerate(tokens):
        after = tokens[number + 1] if number + 1 < len(tokens) else None
        word, at = token.text.upper(), after.start if after else end
        found = None
        if word == "SELECT":
            found = _selected(tokens, number + 1, end)
        elif word in {"ORDER", "GROUP"} and token.kind == "word" and (after is None or after.text.upper() != "BY"):
            found = Mistake(f"{word} is followed by BY: write {word} BY", at)
        elif word == "WHERE" and (after is None or after.text != "{"):
            found = Mistake("WHERE is followed by a group in braces: WHERE { … }", at)
        elif word in {"ASC", "DESC"} and depth == 0 and (after is None or after.text != "("):
            found = Mistake(f"{word} stands before what it sorts, with brackets: {word}(?name)", token.start)
        depth += (token.kind == "open") - (token.kind == "close")
        if found:
            return found
    return None


def _selected(tokens: Sequence[Token], number: int, end: int) -> Mistake | None:
    """Look at the variables of a SELECT."""
    count = 0
    while number < len(tokens):
        token = tokens[number]
        word = token.text.upper()
        if word in {"WHERE", "FROM"} or token.text in {"{", "}"}:
            break
        if token.text == ",":
            return Mistake("the variables of SELECT stand side by side, without commas", token.start)
        if token.kind == "word" and word not in {"DISTINCT", "REDUCED"}:
            return Mistake(f"SELECT takes what is computed in brackets and with a name: ({token.text}(…) AS ?name)", token.start)
        if token.text == "(":
            last = _closing(tokens, number)
            if tokens[last - 2].text.upper() != "AS" or tokens[last - 1].kind != "var":
                return Mistake("what SELECT computes needs a name: (… AS ?name)", tokens[last].start)
            number = last
        count += token.kind == "var" or token.text in {"*", "("}
        number += 1
    at = tokens[number].start if number < len(tokens) else end
    return None if count else Mistake("SELECT names nothing; write SELECT * or the variables that you want", at)


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """Return where the bracket at this place is closed; the guard has seen to it that it is."""
    depth = 0
    for number in range(opening, len(tokens)):
        depth += (tokens[number].kind == "open") - (tokens[number].kind == "close")
        if depth == 0:
            return number
    return len(tokens) - 1


class _Triple:
    """The triple that is being read: its terms so far, and what opened the group that it stands in."""

    def __init__(self, opened_by: str, count: int = 0) -> None:
        self.opened_by = opened_by
        self.count = count
        self.start: int | None = None
        self.end = 0
        self.is_whole = False  # a blank node with properties may stand alone
        self.in_path = False  # the predicate goes on
        self.is_query = False  # a SELECT inside a group: its variables and its order are no triples


class _Groups:
    """One pass over the triples of all groups; templates of CONSTRUCT are groups, too."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text, self.tokens = text, tokens
        self.at = 0
        self.open: list[_Triple] = []

    def first(self) -> Mistake | None:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            found = self._take(token)
            if found:
                return found
        return None

    def _take(self, token: Token) -> Mistake | None:  # noqa: C901, PLR0911  one case a kind of token
        if token.text == "{":
            found = self._end(token) if self.open else None
            self.open.append(_Triple("{"))
            return found
        if not self.open or (self.open[-1].is_query and token.text != "}"):
            if token.text.upper() == "VALUES":
                self._pass_values()
            return None
        if token.text == "[":
            self.open.append(_Triple("[", 1))
        elif token.text in {"}", "]"}:
            return self._close(token)
        elif token.text == "(":
            return self._round(token)
        elif token.text in {".", ";", ","}:
            return self._separator(token)
        elif token.kind == "word" and token.text not in {"a", "true", "false"}:
            return self._word(token, token.text.upper())
        elif token.kind in _TERMS or token.kind == "word":
            return self._term(token)
        elif token.text == "^^":
            self.at += 1  # the datatype belongs to its literal
        elif token.kind == "op":
            return self._operator(token)
        return None

    def _term(self, token: Token, *, is_whole: bool = False) -> Mistake | None:
        triple = self.open[-1]
        if triple.in_path:
            triple.in_path, triple.end = False, token.start + len(token.text)
            return None
        if triple.count == len(_PARTS):
            return Mistake(f"a '.', ';' or ',' is missing before {token.text[:40]!r}", token.start)
        if triple.count == 1 and token.kind in _NO_PREDICATE:
            return Mistake(f"a predicate is a name or a variable, which {token.text[:40]} is not", token.start)
        triple.start = token.start if triple.start is None else triple.start
        triple.count, triple.end, triple.is_whole = triple.count + 1, token.start + len(token.text), is_whole and triple.count == 0
        return None

    def _separator(self, token: Token) -> Mistake | None:
        triple = self.open[-1]
        if token.text == ".":
            found = self._end(token)
            triple.count, triple.start, triple.is_whole = 0, None, False
            return found
        if triple.count == len(_PARTS) or (token.text == ";" and (triple.count == 1) and self.tokens[self.at - 2].text == ";"):
            triple.count = 1 if token.text == ";" else 2
            return None
        what = "a predicate and its object" if token.text == ";" else "an object"
        return self._missing(triple, token) or Mistake(f"'{token.text}' stands after {what}", token.start)

    def _operator(self, token: Token) -> Mistake | None:
        triple = self.open[-1]
        if token.text in _PATH and triple.count in {1, 2}:
            triple.in_path = token.text in {"/", "|"} or (token.text in {"^", "!"} and triple.in_path)
            return None
        if token.text in {"+", "-"}:  # the sign of a number
            return None
        return Mistake(f"{token.text!r} cannot stand in a triple; a condition goes into FILTER(…)", token.start)

    def _round(self, token: Token) -> Mistake | None:
        """Take a collection for one term, and round brackets of a path for a part of it."""
        self.at = _closing(self.tokens, self.at - 1) + 1
        return self._term(token, is_whole=True)

    def _close(self, token: Token) -> Mistake | None:
        found = self._end(token)
        self.open.pop()
        if found is None and token.text == "]" and self.open:
            found = self._term(token, is_whole=True)
        return found

    def _end(self, token: Token) -> Mistake | None:
        """Look at a triple that ends before a token, and begin another."""
        triple = self.open[-1]
        found = self._missing(triple, token)
        if triple.opened_by == "{":
            triple.count, triple.start, triple.is_whole = 0, None, False
        return found

    def _missing(self, triple: _Triple, token: Token) -> Mistake | None:
        before = self.tokens[self.at - 2].text
        is_after_semicolon = triple.count == 1 and before == ";"
        if triple.count in {0, len(_PARTS)} or triple.is_whole or is_after_semicolon or (triple.opened_by == "[" and triple.count == 1):
            return None
        if before == ",":
            return Mistake("an object is missing after ','", token.start)
        said = " ".join(self.text[triple.start or 0 : triple.end].split())
        missing = " and no ".join(_PARTS[triple.count :])
        return Mistake(f"the triple {said[-60:]!r} has no {missing}", token.start)

    def _word(self, token: Token, word: str) -> Mistake | None:
        found = self._end(token)
        if found:
            return found
        self.open[-1].is_query = word == "SELECT"
        after = self.tokens[self.at] if self.at < len(self.tokens) else token
        if word == "FILTER":
            return self._filter(after)
        if word == "BIND":
            return self._bind(after)
        if word == "VALUES":
            self._pass_values()
        elif word == "GRAPH":
            self.at += 1
        elif word in _IN_GROUP and after.text != "{":
            return Mistake(f"{word} is followed by a group in braces: {word} {{ … }}", after.start)
        return None

    def _pass_values(self) -> None:
        """Pass over the rows of VALUES."""
        while self.at < len(self.tokens) and self.tokens[self.at].text != "{":
            self.at += 1
        self.at = _closing(self.tokens, self.at) + 1

    def _filter(self, after: Token) -> Mistake | None:
        """Look at what follows FILTER: brackets, a call, or EXISTS with a group, which is read as every group."""
        if after.text != "(":
            word = after.text.upper()
            if word in {"NOT", "EXISTS"}:
                self.at += 1 + (word == "NOT")
                return self._exists(after, word)
            called = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else after
            if called.text != "(" or after.kind not in {"word", "name", "iri"}:
                return Mistake("FILTER takes its condition in brackets: FILTER(…)", after.start)
            self.at += 1
        self.at = _closing(self.tokens, self.at) + 1
        return None

    def _exists(self, after: Token, word: str) -> Mistake | None:
        if word == "NOT" and self.tokens[self.at - 1].text.upper() != "EXISTS":
            return Mistake("FILTER takes its condition in brackets: FILTER(!…), or FILTER NOT EXISTS { … }", after.start)
        return None

    def _bind(self, after: Token) -> Mistake | None:
        if after.text != "(":
            return Mistake("BIND takes what it computes in brackets, with a name: BIND(… AS ?name)", after.start)
        last = _closing(self.tokens, self.at)
        if self.tokens[last - 2].text.upper() != "AS" or self.tokens[last - 1].kind != "var":
            return Mistake("what BIND computes needs a name: BIND(… AS ?name)", self.tokens[last].start)
        self.at = last + 1
        return None
