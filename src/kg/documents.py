"""Read an RDF document of unknown origin: all of it or nothing.

Turtle, TriG, N-Triples, N-Quads, JSON-LD and RDF/XML are read with pyoxigraph, never leniently. What the parser would die of, fetch or
silently drop is found by a linear look at the text before it: nesting, DOCTYPE, remote contexts, a document cut in the middle.

RDF 1.2 is accepted: triple terms, annotations and `<< >>` subjects, nested at most 16 deep, are read as the parser reads them. The rdflib
engine and the files of `graph/` know no triple terms and refuse them.

Relative IRIs are refused unless the document sets a base or the caller gives one: a name must not depend on where a file lies.

The parser keeps every literal as it is written, with one exception: it writes language tags in lower case. `Document.spellings` has them as
written, where a document writes one in a single way, for the writers of `kg.results`.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from typing import NamedTuple, NoReturn

import pyoxigraph as ox

from . import names
from .errors import InputError, UsageError, unreadable

__all__ = ["FORMATS", "Document", "format_of", "mixed_scripts", "read", "read_file"]

FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}
"""The formats by name, which is also the usual suffix."""
_OTHER_SUFFIXES = {"turtle": "ttl", "ntriples": "nt", "nquads": "nq", "json": "jsonld", "xml": "rdf", "owl": "rdf"}
QUOTED_DEPTH = 16
"""How deep triple terms may be nested."""
XML_DEPTH = 200
"""How deep elements of RDF/XML may be nested; the parser takes time that grows with the square of it."""

_UTF8_MARK = b"\xef\xbb\xbf"
_POSITION = re.compile(r"^Parser error (?:at|between) line [^:]*: ")
_NESTING = re.compile(
    rb"""\"\"\"(?:[^"\\]++|\\[\s\S]|"(?!""))*+\"\"\"|'''(?:[^'\\]++|\\[\s\S]|'(?!''))*+'''"""
    rb"""|"(?:[^"\\\r\n]++|\\.)*+"|'(?:[^'\\\r\n]++|\\.)*+'|\#[^\r\n]*+|<[^\x00-\x20<>"{}|^`]*+>|(?P<open><<)|(?P<close>>>)|(?P<quote>["'])"""
)
_LANGUAGE_TAGS = {
    "jsonld": re.compile(rb'"@language"\s*:\s*"([A-Za-z0-9-]+)"'),
    "rdf": re.compile(rb"""xml:lang\s*=\s*["']([A-Za-z0-9-]+)["']"""),
}
_LANGUAGE_TAG = re.compile(rb"""["']@([A-Za-z]+(?:-[A-Za-z0-9]+)*)""")
_XML_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_CONFLICT = re.compile(rb"^<<<<<<< ", re.MULTILINE)
_CONFUSABLE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}


class Document(NamedTuple):
    """What a document says, what was odd about it, and how it writes the language tags that it does not write in lower case."""

    quads: list[ox.Quad]
    warnings: list[str]
    spellings: dict[str, str]


def format_of(path: str | Path) -> str:
    """Return the format that the suffix of a path names.

    >>> format_of("claims.ttl"), format_of("map.owl")
    ('ttl', 'rdf')
    >>> format_of("claims.txt")
    Traceback (most recent call last):
    kg.errors.InputError: claims.txt: the suffix names no RDF format; known are .ttl, .trig, .nt, .nq, .jsonld, .rdf
    """
    suffix = Path(path).suffix[1:].lower()
    name = _OTHER_SUFFIXES.get(suffix, suffix)
    if name not in FORMATS:
        raise InputError(f"the suffix names no RDF format; known are {', '.join('.' + name for name in FORMATS)}", path=path)
    return name


def read_file(path: str | Path, *, format: str | None = None, base: str | None = None, rename_blank_nodes: bool = False) -> Document:  # noqa: A002  the word users know
    """Read a file, or standard input for `-`; the suffix names the format unless `format` does."""
    if str(path) == "-":
        if format is None:
            raise UsageError("standard input has no suffix; name the format of the data")
        return read(sys.stdin.buffer.read(), format=format, path="standard input", base=base, rename_blank_nodes=rename_blank_nodes)
    name = format or format_of(path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise unreadable(error, path) from None
    return read(data, format=name, path=path, base=base, rename_blank_nodes=rename_blank_nodes)


def read(data: bytes, *, format: str, path: object = None, base: str | None = None, rename_blank_nodes: bool = False) -> Document:  # noqa: A002
    r"""Read a document, all of it or nothing; InputError with path, line and column where it cannot be accepted.

    >>> read(b"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> .", format="nt", path="cut.nt")
    Traceback (most recent call last):
    kg.errors.InputError: cut.nt:2:17: The object of a triple must be an IRI, a blank node or a literal
    >>> read(b'<urn:a> <urn:b> "c"@EN .', format="ttl").spellings
    {'en': 'EN'}
    >>> read(b"", format="ttl", path="empty.ttl").warnings
    ['empty.ttl: no triples were read']
    """
    data = _check_encoding(data, path)
    warnings = _check_text(data, format, path, base)
    quads = _parse(data, format, path, base, rename_blank_nodes=rename_blank_nodes)
    if not quads:
        warnings.append("no triples were read")
    spellings, odd = _spellings(data, format)
    where = "" if path is None else f"{path}: "
    return Document(quads, [where + warning for warning in warnings + odd], spellings)


def mixed_scripts(iri: str) -> list[str]:
    r"""Return the scripts that the host of an IRI mixes, if it mixes some whose letters look alike.

    >>> mixed_scripts("https://ex\u0430mple.org/")
    ['CYRILLIC', 'LATIN']
    >>> mixed_scripts("https://example.org/\u0430")
    []
    """
    import unicodedata

    host = iri.partition("://")[2].partition("/")[0]
    labels = [label[4:].encode().decode("punycode", "replace") if label.startswith("xn--") else label for label in host.split(".")]
    scripts = {unicodedata.name(letter, "?").split()[0] for label in labels for letter in label if letter.isalpha()}
    found = sorted(scripts & _CONFUSABLE)
    return found if len(found) > 1 else []


def _check_encoding(data: bytes, path: object) -> bytes:
    """Return the text as UTF-8 without byte order mark; the parsers say too little about other encodings, or accept them."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:2]:
        raise InputError("this is UTF-16, convert to UTF-8", path=path, line=1, column=1)
    data = data.removeprefix(_UTF8_MARK)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        message = f"byte 0x{data[error.start]:02X} is not UTF-8 here; save the file as UTF-8"
        raise _error(message, path, data, error.start) from None
    return data


def _check_text(data: bytes, name: str, path: object, base: str | None) -> list[str]:
    """Refuse what the parser would die of or let through; return warnings about what it would drop."""
    if name == "rdf":
        _check_xml(data, path)
    elif name == "jsonld":
        from . import jsonld

        return jsonld.check(data.decode(), path=path, has_base=base is not None)
    else:
        _check_quoted_depth(data, path)
        if data[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
            raise InputError("this is an HTML page, not RDF; download the data itself", path=path, line=1, column=1)
        if conflict := _CONFLICT.search(data):
            raise _error("an unresolved merge conflict begins here; settle it first", path, data, conflict.start())
    return []


def _check_quoted_depth(data: bytes, path: object) -> None:
    depth = 0
    for match in _NESTING.finditer(data) if data.count(b"<<") > QUOTED_DEPTH else ():
        if match["quote"]:
            return  # never closed: the parser stops here, too
        depth += bool(match["open"]) - bool(match["close"])
        if depth > QUOTED_DEPTH:
            raise _error(f"triple terms are nested deeper than {QUOTED_DEPTH}", path, data, match.start())


def _check_xml(data: bytes, path: object) -> None:
    """Refuse a DOCTYPE before its first entity, and XML that is not well-formed: the RDF parser takes a cut document for a whole one."""
    from xml.parsers import expat

    encoding = _XML_ENCODING.match(data)
    if encoding and encoding[1].upper() not in {b"UTF-8", b"US-ASCII"}:
        raise InputError(
            f"the encoding {encoding[1].decode()} is not read, convert to UTF-8", path=path, line=1, column=encoding.start(1) + 1
        )
    parser = expat.ParserCreate()
    depth = 0

    def refuse(message: str) -> NoReturn:
        raise InputError(message, path=path, line=parser.CurrentLineNumber, column=parser.CurrentColumnNumber + 1)

    def enter(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > XML_DEPTH:
            refuse(f"elements are nested deeper than {XML_DEPTH}")

    def leave(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = lambda *_: refuse("a DOCTYPE is not accepted; remove it and write its entities out")
    parser.StartElementHandler, parser.EndElementHandler = enter, leave
    try:
        parser.Parse(data, True)  # noqa: FBT003  expat takes no keywords
    except expat.ExpatError as error:
        raise InputError(
            f"not well-formed XML: {expat.ErrorString(error.code)}", path=path, line=error.lineno, column=error.offset + 1
        ) from None


def _parse(data: bytes, name: str, path: object, base: str | None, *, rename_blank_nodes: bool) -> list[ox.Quad]:
    try:
        return list(ox.parse(data, FORMATS[name], base_iri=base, rename_blank_nodes=rename_blank_nodes))
    except SyntaxError as error:
        message = _POSITION.sub("", error.msg or "not valid").replace("\n", " ")
        line = error.lineno or _line_of_error(data, name, base)
        raise InputError(names.with_declaration(message), path=path, line=line, column=error.offset) from None
    except ValueError as error:
        raise InputError(str(error), path=path, line=1) from None
    except MemoryError as error:
        if not str(error):  # of this process, and not of the parser, which has a limit of its own
            raise
        lines = data.split(b"\n")
        raise InputError("a term is too long to be read", path=path, line=lines.index(max(lines, key=len)) + 1) from None


def _line_of_error(data: bytes, name: str, base: str | None) -> int:
    """Return the line that the parser stops at when it does not say so itself: it is given one line at a time."""
    reader = _LineReader(data)
    try:
        for _ in ox.parse(reader, FORMATS[name], base_iri=base):
            pass
    except SyntaxError:
        return data.count(b"\n", 0, max(reader.tell() - 1, 0)) + 1
    return 1


class _LineReader(io.BytesIO):
    """A file that hands out at most one line per read."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the rest of the line."""
        return self.readline(size)


def _spellings(data: bytes, name: str) -> tuple[dict[str, str], list[str]]:
    found: dict[str, set[str]] = {}
    for match in set(_LANGUAGE_TAGS.get(name, _LANGUAGE_TAG).findall(data)):
        written = match.decode()
        found.setdefault(written.lower(), set()).add(written)
    single = {tag: min(written) for tag, written in found.items() if len(written) == 1 and tag not in written}
    odd = [
        f"the language tag {tag} is written in several ways; it is kept in lower case" for tag, written in found.items() if len(written) > 1
    ]
    return single, odd


def _error(message: str, path: object, data: bytes, offset: int) -> InputError:
    start = data.rfind(b"\n", 0, offset) + 1
    column = len(data[start:offset].decode(errors="replace")) + 1
    return InputError(message, path=path, line=data.count(b"\n", 0, offset) + 1, column=column)
