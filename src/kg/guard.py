r"""The pre-flight over query text, before any engine sees it.

Engines parse by recursion and follow `SERVICE` wherever it leads: a query of 20 KB can kill the process, one of 60 bytes can reach another
host. So the text is first read token by token, once, without recursion, and stops at the first limit it passes. What is refused here is
refused on every engine.

The words that reach out are looked for generously, because Oxigraph takes `SERVICE:x`, `trueSERVICE<x>` and `SERVICESILENT` for the keyword
and rdflib expands `\u0053` before it parses. Inside strings, comments and IRIs they are only words.

The engines read without tokens: after an operand within round brackets, `<?b)SERVICE#>` is a comparison to them and an IRI by the grammar's
rule of the longest match. What could be read both ways and would hide something from one of the readings is refused.

A query within the limits may still be slow: patterns that share only a variable in predicate position take Oxigraph's planner seconds from
about 100 of them on, and near the limit of 200 longer than anyone waits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypedDict

from .errors import QueryError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["DEPTH", "OPERATORS", "PATTERNS", "SIZE", "Place", "Token", "check", "place_of", "tokens"]

SIZE = 256 * 1024
"""How many bytes of UTF-8 a query may have."""
DEPTH = 64
"""How deep brackets may be nested."""
OPERATORS = 400
"""How many operators, path steps and graph keywords a query may have, `VALUES` rows not counted."""
PATTERNS = 200
"""How many triple patterns a query may have."""

_TOKEN = re.compile(
    r"""
    (?P<space>   [ \t\r\n]++ | \#[^\r\n]*+ )
  | (?P<iri>     <(?:[^\x00-\x20<>"{}|^`\\]++|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+> )
  | (?P<string>  \"\"\"(?:[^"\\]++|\\[\s\S]|"(?!""))*+\"\"\" | '''(?:[^'\\]++|\\[\s\S]|'(?!''))*+'''
               | "(?!"")(?:[^"\\\r\n]++|\\.)*+" | '(?!'')(?:[^'\\\r\n]++|\\.)*+' | ""(?!") | ''(?!') )
  | (?P<var>     [?$]\w++ )
  | (?P<blank>   _:\w(?:[\w-]++|\.++(?=[\w-]))*+ )
  | (?P<name>    (?:[^\W\d_](?:[\w-]++|\.++(?=[\w-]))*+)? : (?:(?:[\w:-]|%[0-9A-Fa-f]{2}|\\[^\w\s])++|\.++(?=[\w:%\\-]))*+ )
  | (?P<word>    [^\W\d_](?:[\w-]++|\.++(?=[\w-]))*+ )
  | (?P<number>  (?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)? )
  | (?P<lang>    @[A-Za-z]++(?:-[A-Za-z0-9]++)*+ )
  | (?P<open>    [(\[{] )
  | (?P<close>   [)\]}] )
  | (?P<op>      \^\^ | && | \|\| | != | <= | >= | << | >> | [\s\S] )
    """,
    re.VERBOSE,
)
_QUOTES = ('"', "'")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_OPENER = {")": "(", "]": "[", "}": "{"}
_COUNTED_WORDS = frozenset(["UNION", "OPTIONAL", "MINUS", "EXISTS", "FILTER", "GRAPH", "BIND", "IN", "VALUES", "SELECT"])
_UPDATE_WORDS = frozenset(["INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"])
_FORMS = frozenset(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"])
_UNMISTAKABLE = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.-]*:(?://.*|[\w.:%~@-]*)|(?!true|false)[A-Za-z_][\w./%~-]*|)>")
"""IRIs that cannot be the rest of a comparison, as no operand goes on like that, or that hide nothing if they are."""
_TERMS = frozenset(["iri", "string", "var", "blank", "name", "number"])
_BEFORE_PATTERN = frozenset([".", ";", ",", "{", "[", "}", ")"])
_SHOWN_LINE = 200
_OLD_TRIPLE_WEIGHT = 7  # each `<<` may open a level that no bracket shows: 400 operators then are 57 levels


class Token(NamedTuple):
    """A piece of a query: `kind` is iri, string, var, blank, name, word, number, lang, open, close or op; `start` its offset."""

    kind: str
    text: str
    start: int


class Place(TypedDict):
    """Where something stands in a text, as the errors take it; `source` is the line itself, unless it is very long."""

    line: int
    column: int
    source: str | None


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query without space and comments; QueryError at an unclosed quote.

    >>> [token.text for token in tokens("ASK { ?s a kg:Claim } # why")]
    ['ASK', '{', '?s', 'a', 'kg:Claim', '}']
    """
    for match in _TOKEN.finditer(text):  # every character is a token at the least, so none is passed over
        kind = match.lastgroup
        if kind == "space" or kind is None:
            continue
        piece = match[0]
        if piece in _QUOTES:
            raise QueryError("this quote is never closed; add the missing one", **place_of(text, match.start()))
        yield Token(kind, piece, match.start())


def check(text: str, *, allow_hosts: Collection[str] = ()) -> list[Token]:
    r"""Return the tokens of a query that is safe to hand to an engine.

    QueryError where it is too large, too deep, unclosed, an update or more than one query; RefusedError where it reaches out to a host
    that is not among `allow_hosts`.

    >>> len(check("SELECT * WHERE { ?s ?p ?o }"))
    8
    >>> check("ASK { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    kg.errors.RefusedError: 1:7: SERVICE is not on the allow-list: kg query asks no host but those that --federate names
    >>> check("SELECT * WHERE { ?s ?p 'open }")
    Traceback (most recent call last):
    kg.errors.QueryError: 1:24: this quote is never closed; add the missing one
    """
    _check_size(text)
    found = _scan(text, allow_hosts)
    if "\\u" in text or "\\U" in text:  # an engine may expand these before it parses: both readings must be safe
        _scan(_ESCAPE.sub(_expanded, text), allow_hosts)
    return found


def place_of(text: str, offset: int) -> Place:
    r"""Return the place of an offset in a text.

    >>> place_of("ASK {\n ?s }", 7)
    {'line': 2, 'column': 2, 'source': ' ?s }'}
    """
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : len(text) if end < 0 else end].rstrip("\r")
    return {"line": text.count("\n", 0, offset) + 1, "column": offset - start + 1, "source": line if len(line) <= _SHOWN_LINE else None}


def _check_size(text: str) -> None:
    try:
        size = len(text) if len(text) > SIZE else len(text.encode())
    except UnicodeEncodeError as error:
        raise QueryError("the query is not valid UTF-8; save it as UTF-8", **place_of(text, error.start)) from None
    if size > SIZE:
        raise QueryError(f"the query is larger than {SIZE // 1024} KB; put data into a file and read it with --data")


def _expanded(match: re.Match[str]) -> str:
    try:
        return chr(int(match[1] or match[2], 16))
    except (ValueError, OverflowError):
        return match[0]


def _scan(text: str, allow_hosts: Collection[str]) -> list[Token]:
    scan = _Scan(text, allow_hosts)
    for token in tokens(text):
        scan.take(token)
    scan.finish()
    return scan.found


class _Scan:
    """What is known of a query so far: one step per token, no step looks back further than one token."""

    def __init__(self, text: str, allow_hosts: Collection[str]) -> None:
        self.text, self.allow_hosts = text, allow_hosts
        self.found: list[Token] = []
        self.brackets: list[Token] = []
        self.operators = self.patterns = self.forms = 0
        self.values_from: int | None = None  # the bracket depth at which the running VALUES block began
        self.service: Token | None = None
        self.update: Token | None = None

    def take(self, token: Token) -> None:
        before = self.found[-1] if self.found else None
        self.found.append(token)
        if before and token.text[0] == "<":
            self._take_angle(before, token)
        if self.service:
            self._take_endpoint(token)
        if token.kind in {"word", "name", "blank"}:
            self._take_name(token)
        elif token.kind == "open":
            self._open(token)
        elif token.kind == "close":
            self._close(token)
        elif token.kind == "op":
            self._take_operator(token)
        if before and self.brackets:
            self._take_pattern(before, token)

    def _take_angle(self, before: Token, token: Token) -> None:
        """Refuse what may be a comparison to an engine: it stands after an operand, in round brackets that are no row of data."""
        is_after_operand = before.kind not in {"op", "open"}
        is_expression = bool(self.brackets) and self.brackets[-1].text == "(" and not self.values_from
        is_double = token.text == "<<" or (token.kind == "iri" and not _UNMISTAKABLE.fullmatch(token.text))
        if is_after_operand and is_expression and is_double:
            self._fail("this '<' may begin a comparison or an IRI; put a space after it, or write the IRI in full", token)

    def finish(self) -> None:
        if self.service:
            self._refuse(self.service)
        if self.brackets:
            self._fail(f"this '{self.brackets[-1].text}' is never closed", self.brackets[-1])
        if self.update:
            self._fail("this is an update; kg query only reads: edit the files of graph/ instead", self.update)

    def _take_name(self, token: Token) -> None:
        lowered = token.text.lower()
        head = lowered if token.kind == "word" else lowered.partition(":")[0]
        if "service" in head or ".service" in lowered:
            self._take_service(token)
        if token.kind == "word" and lowered.startswith("load"):
            raise RefusedError("LOAD is not on the allow-list: kg query reads no other host or file", **place_of(self.text, token.start))
        if not self.values_from:
            self._count_operators(head.count("-") + head.count("."), token)
        if token.kind == "word":
            self._take_word(token, lowered.upper())

    def _take_word(self, token: Token, word: str) -> None:
        if word in _COUNTED_WORDS:
            self._count_operators(1, token)
        if word == "VALUES":
            self.values_from = len(self.brackets) + 1
        if self.brackets:
            return
        if word in _UPDATE_WORDS:
            self.update = self.update or token
        if word in _FORMS:
            self.forms += 1
            if self.forms > 1:
                self._fail("a second query begins here; ask one at a time", token)

    def _take_service(self, token: Token) -> None:
        if token.text.upper() != "SERVICE" or not self.allow_hosts:
            self._refuse(token)
        self.service = token

    def _take_endpoint(self, token: Token) -> None:
        """Let a plain `SERVICE <iri>` of an allowed host pass; a variable or a prefixed name could be any host."""
        if self.service is None or token.text.upper() == "SILENT":
            return
        authority = token.text[1:-1].partition("://")[2].partition("/")[0] if token.kind == "iri" else ""
        if authority not in self.allow_hosts:
            self._refuse(self.service, authority)
        self.service = None

    def _refuse(self, token: Token, host: str = "") -> NoReturn:
        words = f"SERVICE{f' of {host}' if host else ''} is not on the allow-list: kg query asks no host but those that --federate names"
        raise RefusedError(words, **place_of(self.text, token.start))

    def _open(self, token: Token) -> None:
        self.brackets.append(token)
        if len(self.brackets) > DEPTH:
            self._fail(f"brackets are nested deeper than {DEPTH}", token)
        if token.text == "{":
            self._count_operators(1, token)

    def _close(self, token: Token) -> None:
        if not self.brackets or self.brackets[-1].text != _OPENER[token.text]:
            self._fail(
                f"this '{token.text}' closes nothing" if not self.brackets else f"this '{token.text}' closes a bracket of another kind",
                token,
            )
        self.brackets.pop()
        if self.values_from and len(self.brackets) < self.values_from and token.text == "}":
            self.values_from = None

    def _take_operator(self, token: Token) -> None:
        if token.text == "\\":
            self._fail("this backslash stands outside quotes", token)
        if token.text not in {".", ";", ","}:
            self._count_operators(_OLD_TRIPLE_WEIGHT if token.text == "<<" else 1, token)

    def _take_pattern(self, before: Token, token: Token) -> None:
        """Count a triple pattern where it begins: at the term after a separator, a bracket or a filter."""
        is_term = token.kind in _TERMS or token.text in {"(", "[", "a"}
        if self.brackets[-1].text != "(":
            if is_term and before.text in _BEFORE_PATTERN:
                self._count_patterns(1, token)
        elif token.kind in _TERMS and before.kind in _TERMS:
            self._count_patterns(2, token)  # two terms side by side in round brackets: a collection, two triples an item

    def _count_operators(self, number: int, token: Token) -> None:
        self.operators += 0 if self.values_from else number
        if self.operators > OPERATORS:
            self._fail(f"the query has more than {OPERATORS} operators, path steps and groups", token)

    def _count_patterns(self, number: int, token: Token) -> None:
        self.patterns += 0 if self.values_from else number
        if self.patterns > PATTERNS:
            self._fail(f"the query has more than {PATTERNS} triple patterns", token)

    def _fail(self, message: str, token: Token) -> NoReturn:
        raise QueryError(message, **place_of(self.text, token.start))
