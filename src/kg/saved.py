"""Saved queries: the files `queries/**/*.rq`, plain SPARQL under a flat header.

::

    #+ summary: Who says what
    #+ description: More about it, in one line.
    #+ tags: claims, people
    #+ param: who | iri | required | whose claims
    #+ param: since | date | optional | claims about this day or later
    #+ param: most | integer | 20 | how many

A parameter is an ordinary variable of the query. Its type is `iri` (a thing, by id or label), more closely `claim`, `claimant` or
`relation`; `certainty`, `kind`, `modality` or `polarity`, with the values of that list; `stance` (-1, 0 or 1); `month` (YYYY-MM, a string
to the query); or string, langString, integer, decimal, double, boolean, date, dateTime, gYear. The third field holds `required`, `optional`
or a default. Checks add `problem` and `solution`. A query is known by the name of its file, whatever folder it is in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from . import guard
from .errors import InputError, KgError, UsageError, unreadable
from .lookup import Lookup
from .parameters import Parameter, outermost_variables, to_term

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SavedQuery", "check_file", "find", "find_all", "parse", "read"]

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HEADER = re.compile(r"#\+\s*([A-Za-z]+)\s*:\s*(.*?)\s*")
_WORDS = ("summary", "description", "tags", "problem", "solution")
_PARAM_FIELDS = 4


class SavedQuery(NamedTuple):
    """A query with its header; `problem` and `solution` are empty unless it is a check."""

    name: str
    path: Path | None
    text: str
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    problem: str = ""
    solution: str = ""

    @property
    def has_header(self) -> bool:
        """Whether it says what it is for; a query without a header is asked once, as it stands."""
        return bool(self.summary or self.description or self.tags or self.parameters)


def find_all(folder: Path) -> dict[str, Path]:
    """Return the saved queries below a folder by name; InputError where a name is malformed, used twice or leads out of the folder."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.rq")):
        if not NAME.fullmatch(path.stem):
            raise InputError("the name of a saved query is lower-case letters, digits and hyphens, at most 64", path=path)
        if path.stem in found:
            raise InputError(f"this name is taken by {found[path.stem]}; rename one of them", path=path)
        _refuse_way_out(path, folder)
        found[path.stem] = path
    return found


def find(folder: Path, name: str) -> SavedQuery:
    """Return the saved query of this name; UsageError with the nearest names where there is none."""
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name of a saved query: lower-case letters, digits and hyphens, at most 64; kg queries lists them")
    path = next(iter(sorted(folder.rglob(f"{name}.rq"))), None)
    if path is None:
        from difflib import get_close_matches

        near = get_close_matches(name, [candidate.stem for candidate in folder.rglob("*.rq")], n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "kg queries lists them"
        raise UsageError(f"there is no saved query {name!r}; {hint}")
    _refuse_way_out(path, folder)
    return read(path)


def read(path: Path) -> SavedQuery:
    """Read a query file; InputError with the line where its header is wrong."""
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is not UTF-8; save the file as UTF-8", path=path) from None
    except OSError as error:
        raise unreadable(error, path) from None
    return parse(text, path=path)


def parse(text: str, *, path: Path | None = None, name: str = "") -> SavedQuery:
    r"""Return the query with its header; a text without header has no summary and no parameters.

    >>> query = parse("#+ summary: All\n#+ param: s | iri | optional | of what\nSELECT * { ?s ?p ?o }")
    >>> query.summary, query.parameters[0].type
    ('All', 'iri')
    >>> parse("#+ sumary: All\nASK {}")
    Traceback (most recent call last):
    kg.errors.InputError: 1: the header key 'sumary' is unknown; known are summary, description, tags, problem, solution, param
    """
    words: dict[str, str] = {}
    parameters: list[Parameter] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#+"):
            continue
        match = _HEADER.fullmatch(line)
        if not match:
            raise InputError("a header line reads '#+ key: words'", path=path, line=number)
        if match[1] == "param":
            parameters.append(_parameter(match[2], [known.name for known in parameters], path, number))
        elif match[1] not in _WORDS:
            raise InputError(f"the header key {match[1]!r} is unknown; known are {', '.join(_WORDS)}, param", path=path, line=number)
        elif match[1] in words or not match[2]:
            raise InputError(f"the header key {match[1]!r} is {'repeated' if match[2] else 'empty'}", path=path, line=number)
        else:
            words[match[1]] = match[2]
    tags = tuple(tag.strip() for tag in words.pop("tags", "").split(",") if tag.strip())
    return SavedQuery(name or (path.stem if path else ""), path, text, tags=tags, parameters=tuple(parameters), **words)


def check_file(path: Path) -> SavedQuery:
    """Return the query of a file that keeps every rule for saved queries; InputError with the line of the first it breaks.

    It has a summary, is complete SPARQL without added prefixes, gives its rows in one order, and each parameter is a variable of the
    outermost group of its WHERE, with a default of its type.
    """
    query = read(path)
    if not query.summary:
        raise InputError("the header has no summary; add '#+ summary: …'", path=path, line=1)
    try:
        tokens = guard.check(query.text)
    except KgError as error:
        raise InputError(error.message, path=path, line=error.line, column=error.column) from None
    _check_syntax(query.text, path)
    words = [token.text.upper() for token in tokens if token.kind == "word"]
    if "SELECT" in words and "ORDER" not in words:
        raise InputError("the rows come in no order; add ORDER BY over what tells them apart", path=path, line=1)
    for parameter in query.parameters:
        _check_parameter(parameter, tokens, path)
    return query


def _refuse_way_out(path: Path, folder: Path) -> None:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError("this link leads out of the folder of saved queries; put the file itself there", path=path)
    if path.exists() and not path.is_file():
        raise InputError("this is no ordinary file; put the query itself there", path=path)


def _parameter(text: str, taken: list[str], path: Path | None, line: int) -> Parameter:
    fields = [field.strip() for field in text.split("|")]
    if len(fields) != _PARAM_FIELDS or not all(fields):
        raise InputError("a parameter reads '#+ param: name | type | required, optional or a default | words'", path=path, line=line)
    name, kind, need, words = fields
    try:
        parameter = Parameter(name, kind, need == "required", None if need in {"required", "optional"} else need, words, line)
        parameter.check()
    except UsageError as error:
        raise InputError(error.message, path=path, line=line) from None
    if name in taken:
        raise InputError(f"the parameter {name!r} is declared twice", path=path, line=line)
    return parameter


def _check_syntax(text: str, path: Path) -> None:
    try:
        ox.Store().query(text)
    except SyntaxError as error:
        match = re.match(r"error at (\d+):(\d+): (.*)", error.msg or "", re.DOTALL)
        line, column, message = (int(match[1]), int(match[2]), match[3]) if match else (1, 1, error.msg or "")
        first = " ".join(message.split())[:100]
        raise InputError(f"not complete SPARQL: {first}", path=path, line=line, column=column) from None


def _check_parameter(parameter: Parameter, tokens: list[guard.Token], path: Path) -> None:
    found = {token.text[1:] for token in tokens if token.kind == "var"}
    if parameter.name not in found:
        raise InputError(f"the parameter {parameter.name!r} does not occur in the query", path=path, line=parameter.line)
    if parameter.name not in outermost_variables(tokens):
        message = f"the parameter {parameter.name!r} occurs only in a nested group; use it in the outermost group of the WHERE, too"
        raise InputError(message, path=path, line=parameter.line)
    if parameter.default is not None and not parameter.is_thing:
        try:
            to_term(parameter, parameter.default, Lookup({}))
        except UsageError as error:
            raise InputError(error.message, path=path, line=parameter.line) from None
