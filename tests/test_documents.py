from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from loopback import running

from kg import documents
from kg.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="urn:a:">\n'
END = b"</rdf:RDF>"
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(9))
XSD = "http://www.w3.org/2001/XMLSchema#"

REFUSED = {
    # A encoding
    "UTF-16 with mark": ("ttl", "<urn:a> <urn:b> 1 .".encode("utf-16"), "UTF-16, convert to UTF-8"),
    "UTF-16 without mark": ("ttl", "<urn:a> <urn:b> 1 .".encode("utf-16-le"), "UTF-16"),
    "byte FF": ("ttl", b'<urn:a> <urn:b> "\xff" .', "byte 0xFF"),
    "overlong": ("nt", b'<urn:a> <urn:b> "\xc0\x80" .', "byte 0xC0"),
    "surrogate in IRI": ("ttl", b"<urn:\\uD800> <urn:b> 1 .", "D800"),
    # B syntax
    "undefined prefix": ("ttl", b"x:a <urn:b> 1 .", "prefix x:"),
    "unterminated string": ("ttl", b'<urn:a> <urn:b> "open .\n', "end of file"),
    "stray bracket": ("ttl", b"<urn:a> <urn:b> 1 ] .", "]"),
    "blank predicate": ("ttl", b"<urn:a> _:b 1 .", "predicate"),
    "language and datatype": ("ttl", b'<urn:a> <urn:b> "x"@en^^<urn:d> .', "\\^\\^"),
    "langString without language": ("nt", b'<urn:a> <urn:b> "x"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> .', "langString"),
    "HTML page": ("ttl", b"<!DOCTYPE html>\n<html></html>", "HTML page"),
    "conflict markers": ("ttl", b"<urn:a> <urn:b> 1 .\n<<<<<<< HEAD\n", "merge conflict"),
    "N3 rule": ("ttl", b"{ ?x <urn:b> ?y } => { ?y <urn:b> ?x } .", "{"),
    "unclosed graph": ("trig", b"<urn:g> { <urn:a> <urn:b> 1 . ", "end"),
    "literal graph": ("trig", b'"g" { <urn:a> <urn:b> 1 . }', "graph name"),
    "five terms": ("nq", b"<urn:a> <urn:b> <urn:c> <urn:d> <urn:e> .", "dot"),
    "cut line": ("nt", b"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b", "end of file"),
    # C terms
    "space in IRI": ("ttl", b"<urn:a b> <urn:b> 1 .", "code point"),
    "newline in IRI": ("ttl", b"<urn:a\nb> <urn:b> 1 .", "code point"),
    "NUL in IRI": ("nt", b"<urn:a\x00b> <urn:b> <urn:c> .", "code point"),
    "percent": ("ttl", b"<urn:a%zz> <urn:b> 1 .", "percent"),
    "relative": ("ttl", b"<a> <urn:b> 1 .", "scheme"),
    # D JSON-LD
    "NaN": ("jsonld", b'{"@id": "urn:a",\n"urn:b": NaN}', "N"),
    "lone surrogate": ("jsonld", b'{"@id": "urn:a", "urn:b": "\\ud800"}', "end of file"),
    "remote context": ("jsonld", b'{"@context": "http://127.0.0.1:9/c", "@id": "urn:a"}', "lies elsewhere"),
    "remote context in a list": ("jsonld", b'{"@context": [{}, "http://127.0.0.1:9/c"], "@id": "urn:a"}', "lies elsewhere"),
    "remote context in a term": ("jsonld", b'{"@context": {"t": {"@id": "urn:t", "@context": "http://127.0.0.1:9/"}}}', "lies elsewhere"),
    "import": ("jsonld", b'{"@context": {"@import": "http://127.0.0.1:9/c"}, "@id": "urn:a"}', "lies elsewhere"),
    "file context": ("jsonld", b'{"@context": "file:///etc/hostname", "@id": "urn:a"}', "lies elsewhere"),
    "nested 1000": ("jsonld", b'{"urn:a":' * 1000, "nested deeper than 100"),
    "nested 10000": ("jsonld", b"[" * 10_000, "nested deeper than 100"),
    "id with space": ("jsonld", b'{"@id": "urn:a b", "urn:b": 1}', "is no IRI"),
    "nested id with space": ("jsonld", b'{"@id": "urn:a", "urn:b": {"@id": "http://a b"}}', "is no IRI"),
    "typed id with space": ("jsonld", b'{"@context": {"k": {"@id": "urn:k", "@type": "@id"}}, "@id": "urn:a", "k": "u v"}', "is no IRI"),
    "relative id": ("jsonld", b'{"@id": "a", "urn:b": 1}', "relative IRI"),
    # E XML
    "DOCTYPE": ("rdf", b'<!DOCTYPE x [<!ENTITY a "b">]>\n' + RDF + END, "DOCTYPE"),
    "billion laughs": ("rdf", b'<!DOCTYPE x [<!ENTITY l0 "ha">' + LAUGHS + b"]>" + RDF + END, "DOCTYPE"),
    "external entity": ("rdf", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + RDF + END, "DOCTYPE"),
    "external DTD": ("rdf", b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/d">' + RDF + END, "DOCTYPE"),
    "wrong end tag": ("rdf", RDF + b'<rdf:Description rdf:about="urn:x"><a:b>1</a:c></rdf:Description>' + END, "mismatched"),
    "cut document": ("rdf", RDF + b'<rdf:Description rdf:about="urn:x"><a:b>1</a:b></rdf:Description>', "not well-formed"),
    "rdf:li attribute": ("rdf", RDF + b'<rdf:Description rdf:about="urn:x" rdf:li="1"/>' + END, "not a valid attribute"),
    "UTF-7": ("rdf", b'<?xml version="1.0" encoding="UTF-7"?>' + RDF + END, "UTF-7"),
    # F nesting
    "triple terms": ("ttl", b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 100_000, "nested deeper than 16"),
    "triple terms in N-Triples": ("nt", b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 17, "nested deeper than 16"),
}


@pytest.mark.parametrize(("form", "data", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_refused_in_one_line_with_its_place(form: str, data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        documents.read(data, format=form, path=f"bad.{form}")
    assert str(caught.value).startswith(f"bad.{form}:{caught.value.line}:")
    assert "\n" not in str(caught.value)


ACCEPTED = {
    "byte order mark": ("ttl", b"\xef\xbb\xbf<urn:a> <urn:b> <urn:c> .", "<urn:c>"),
    "NUL": ("ttl", b'<urn:a> <urn:b> "x\x00y" .', '"x\\u0000y"'),
    "C1": ("ttl", b'<urn:a> <urn:b> "x\xc2\x9by" .', '"x\x9by"'),
    "bidi": ("ttl", '<urn:a> <urn:b> "x\u202ey" .'.encode(), '"x\u202ey"'),
    "noncharacter": ("ttl", '<urn:a> <urn:b> "\uffff" .'.encode(), '"\\uFFFF"'),
    "not NFC": ("ttl", '<urn:a> <urn:b> "e\u0301" .'.encode(), '"e\u0301"'),
    "odd port": ("ttl", b"<urn:a> <urn:b> <http://x:99999999/> .", "<http://x:99999999/>"),
    "script IRI": ("ttl", b"<urn:a> <urn:b> <javascript:alert(1)> .", "<javascript:alert(1)>"),
    "ill-typed": ("ttl", b'<urn:a> <urn:b> "abc"^^<http://www.w3.org/2001/XMLSchema#integer> .', f'"abc"^^<{XSD}integer>'),
    "no such day": ("ttl", b'<urn:a> <urn:b> "2020-02-30"^^<http://www.w3.org/2001/XMLSchema#date> .', f'"2020-02-30"^^<{XSD}date>'),
    "leading zero": ("ttl", b"<urn:a> <urn:b> 01 .", f'"01"^^<{XSD}integer>'),
    "trailing zero": ("ttl", b"<urn:a> <urn:b> 1.50 .", f'"1.50"^^<{XSD}decimal>'),
    "triple term": ("ttl", b"<urn:a> <urn:b> <<( <urn:c> <urn:d> <urn:e> )>> .", "<urn:c> <urn:d> <urn:e>"),
    "conflict words in a string": ("ttl", b'<urn:a> <urn:b> "x <<<<<<< HEAD" .', '"x <<<<<<< HEAD"'),
    "XML": ("rdf", RDF + b'<rdf:Description rdf:about="urn:a"><a:b>x</a:b></rdf:Description>' + END, '"x"'),
    "JSON-LD": ("jsonld", b'{"@context": {"b": "urn:b"}, "@id": "urn:a", "b": "x"}', '"x"'),
}


@pytest.mark.parametrize(("form", "data", "written"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_odd_but_right_is_kept_as_it_is(form: str, data: bytes, written: str) -> None:
    document = documents.read(data, format=form)
    assert [str(quad.object) for quad in document.quads] == [written]
    assert document.warnings == []


def test_triple_terms_sixteen_deep_are_read() -> None:
    data = b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 16 + b"1" + b" )>>" * 16 + b" ."
    assert len(documents.read(data, format="ttl").quads) == 1


def test_shifts_inside_strings_and_names_are_no_nesting() -> None:
    data = b'<urn:a> <urn:b> "' + b"<< " * 50 + b'" , """' + b"<<(" * 50 + b'""" . # ' + b"<<" * 50
    assert len(documents.read(data, format="ttl").quads) == 2


def test_a_chain_of_blank_nodes_is_read() -> None:
    assert len(documents.read(b"<urn:a> <urn:b> " + b"[ <urn:b> " * 5000 + b"1" + b"]" * 5000 + b".", format="ttl").quads) == 5001


def test_large_names_and_many_prefixes_are_read() -> None:
    assert documents.read(b"<urn:" + b"a" * 1_000_000 + b"> <urn:b> _:" + b"c" * 1_000_000 + b" .", format="ttl").quads
    many = b"".join(b"@prefix p%d: <urn:%d:> .\n" % (n, n) for n in range(100_000))
    assert [str(quad.subject) for quad in documents.read(many + b"p7:x <urn:b> 1 .", format="ttl").quads] == ["<urn:7:x>"]


@pytest.mark.parametrize("form", ["nt", "ttl", "nq", "trig"])
def test_a_term_too_long_for_the_parser_is_refused_with_its_line(form: str) -> None:
    with pytest.raises(InputError, match="a term is too long to be read") as caught:
        documents.read(b'<urn:a> <urn:b> "short" .\n<urn:a> <urn:b> "' + b"x" * (20 * 2**20) + b'" .\n', format=form)
    assert caught.value.line == 2


def test_a_prefix_holds_from_where_it_is_set() -> None:
    quads = documents.read(b"@prefix x: <urn:1:> . x:a <urn:b> 1 . @prefix x: <urn:2:> . x:a <urn:b> 1 .", format="ttl").quads
    assert [str(quad.subject) for quad in quads] == ["<urn:1:a>", "<urn:2:a>"]


def test_an_empty_document_is_warned_about() -> None:
    for form, data in (("ttl", b"# nothing\n"), ("jsonld", b"{}"), ("rdf", RDF + END)):
        assert documents.read(data, format=form, path="x").warnings == ["x: no triples were read"]


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b'{"@id": "urn:a", "name": "x", "urn:b": 1}', ["'name'"]),
        (b'{"@context": null, "@id": "urn:a", "name": "x", "age": 1}', ["'name'", "'age'"]),
        (b'{"@context": {"n": "urn:n"}, "@graph": [{"@id": "urn:a", "n": {"m": 1}}]}', ["'m'"]),
        (b'{"@id": "urn:a", "@foo": 1, "urn:b": 1}', ["'@foo'"]),
        (b'{"@id": "urn:a", "@type": "Thing", "urn:b": 1}', ["'Thing'"]),
        (b'{"@context": {"@vocab": "urn:v:", "x": null}, "@id": "urn:a", "x": 1, "y": 2}', ["'x'"]),
    ],
)
def test_keys_that_mean_nothing_are_named(data: bytes, keys: list[str]) -> None:
    warnings = documents.read(data, format="jsonld").warnings
    assert all(key in warnings[0] for key in keys)


@pytest.mark.parametrize(
    "data",
    [
        b'{"@context": {"@vocab": "urn:v:"}, "@id": "urn:a", "@type": "T", "n": {"m": 1}}',
        b'{"@context": {"id": "@id", "type": "@type", "n": {"@id": "urn:n", "@container": "@language"}}, "id": "urn:a", "n": {"en": "x"}}',
        b'{"@context": {"@base": "https://example.org/", "n": {"@id": "urn:n", "@type": "@id"}}, "@id": "a", "n": "b"}',
        b'{"@context": {"n": {"@id": "urn:n", "@context": {"m": "urn:m"}}}, "@id": "urn:a", "n": {"m": 1}}',
        b'{"@context": {"n": {"@id": "urn:n", "@type": "@json"}}, "@id": "urn:a", "n": {"any": "thing"}}',
    ],
)
def test_contexts_inside_the_document_give_keys_their_meaning(data: bytes) -> None:
    document = documents.read(data, format="jsonld")
    assert document.quads
    assert document.warnings == []


@pytest.fixture
def connections() -> Iterator[list[str]]:
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with running(HTTPServer(("127.0.0.1", 0), Handler)) as address:
        seen.append(f"{address}/")
        yield seen


def test_nothing_is_fetched(connections: list[str]) -> None:
    address = connections.pop()
    for form, text in (
        ("jsonld", f'{{"@context": "{address}c"}}'),
        ("jsonld", f'{{"@context": {{"@import": "{address}c"}}}}'),
        ("rdf", f'<!DOCTYPE x SYSTEM "{address}d"><x/>'),
        ("rdf", f'<!DOCTYPE x [<!ENTITY a SYSTEM "{address}e">]><x>&a;</x>'),
    ):
        with pytest.raises(InputError):
            documents.read(text.encode(), format=form)
    assert connections == []


def test_lines_are_found_where_the_parser_names_none() -> None:
    data = RDF + b"\n\n" + b'<rdf:Description rdf:about="urn:x y"/>\n' + b"\n" * 100 + END
    with pytest.raises(InputError) as caught:
        documents.read(data, format="rdf", path="x.rdf")
    assert caught.value.line == 4


def test_the_suffix_names_the_format(tmp_path: Path) -> None:
    path = tmp_path / "x.nt"
    path.write_bytes(b"<urn:a> <urn:b> <urn:c> .\n")
    assert documents.read_file(path).quads == [ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c"))]
    with pytest.raises(InputError, match="names no RDF format"):
        documents.read_file(tmp_path / "x.doc")
    with pytest.raises(InputError, match="there is no such file; check its name"):
        documents.read_file(tmp_path / "missing.nt")
    with pytest.raises(UsageError, match="no suffix"):
        documents.read_file("-")


def test_language_tags_are_remembered_as_written() -> None:
    assert documents.read(b'<urn:a> <urn:b> "x"@EN-us , "y"@de .', format="ttl").spellings == {"en-us": "EN-us"}
    mixed = documents.read(b'<urn:a> <urn:b> "x"@EN , "y"@en .', format="ttl")
    assert mixed.spellings == {}
    assert "written in several ways" in mixed.warnings[0]


def test_look_alike_hosts_are_noticed() -> None:
    assert documents.mixed_scripts("https://ex\u0430mple.org/") == ["CYRILLIC", "LATIN"]
    assert documents.mixed_scripts("https://xn--exmple-4nf.org/") == ["CYRILLIC", "LATIN"]
    assert documents.mixed_scripts("https://example.org/\u0430") == []
    assert documents.mixed_scripts("urn:\u0430b") == []


def test_deep_xml_is_refused_before_it_takes_time() -> None:
    deep = '<rdf:Description xmlns:x="urn:x:"><x:p>' * 20_000
    document = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{deep}'
    with pytest.raises(InputError, match="nested deeper than 200"):
        documents.read(document.encode(), format="rdf")


def test_xml_within_the_limit_is_read() -> None:
    links = '<rdf:Description><x:p xmlns:x="urn:x:">' * 90
    ends = "</x:p></rdf:Description>" * 90
    document = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{links}end{ends}</rdf:RDF>'
    assert len(documents.read(document.encode(), format="rdf").quads) == 90
