from __future__ import annotations

import pytest

from kg import guard
from kg.errors import KgError, QueryError, RefusedError

MANY = 10_000
TOO_MUCH = {
    "brackets": "SELECT * {?s ?p ?o FILTER(" + "(" * MANY,
    "braces": "SELECT * " + "{" * MANY,
    "nots": "SELECT * {FILTER(" + "!" * MANY + "?x)}",
    "sums": "SELECT (1" + "+1" * MANY + " AS ?x) {}",
    "ifs": "SELECT (" + "IF(" * 1000,
    "exists": "SELECT * {" + "FILTER EXISTS {" * 1000,
    "unions": "SELECT * {" + " UNION ".join(["{?s ?p ?o}"] * 1000) + "}",
    "patterns": "SELECT * {" + "".join(f"?s{n} ?p ?o . " for n in range(800)) + "}",
    "predicate lists": "SELECT * { ?s " + "; ".join(["?p ?o"] * 800) + "}",
    "object lists": "SELECT * { ?s ?p " + ", ".join(["?o"] * 800) + "}",
    "collections": "SELECT * { ?s ?p (" + "1 " * 800 + ")}",
    "path steps": "SELECT * {?s " + "/".join(["<urn:p>"] * 1000) + " ?o}",
    "words run together": "SELECT * {FILTER(" + "true-" * MANY + "true)}",
    "old triple terms": "SELECT * {" + "<<" * MANY,
    "size": "ASK {} #" + "x" * 10_000_000,
    "size in bytes": "ASK {} #" + "я" * 140_000,
    "backslashes": 'ASK {?s ?p "' + "\\" * 200_000,
    "backslashes in a long string": 'ASK {?s ?p """' + "\\" * 200_001,
    "quotes": 'ASK {?s ?p "' + "'" * 200_000,
    "dots": "a." * 100_000,
    "half open names": "<a" * 100_000,
}


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_would_kill_an_engine_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        guard.check(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_limits_let_through_what_stands_at_them() -> None:
    guard.check("SELECT * {" + "".join(f"?s{n} ?p ?o . " for n in range(guard.PATTERNS)) + "}")
    guard.check("SELECT (" + "(" * (guard.DEPTH - 1) + "1" + ")" * (guard.DEPTH - 1) + " AS ?x) {}")
    with pytest.raises(QueryError, match="200 triple patterns"):
        guard.check("SELECT * {" + "".join(f"?s{n} ?p ?o . " for n in range(guard.PATTERNS + 1)) + "}")


def test_a_long_block_of_values_counts_for_nothing() -> None:
    rows = "\n".join(f"(<urn:{n}> -{n} 'x'@en '2020-01-01'^^<urn:d>)" for n in range(1000))
    guard.check(f"SELECT * WHERE {{ VALUES (?a ?b ?c ?d) {{ {rows} }} ?a ?b ?c }}")


def test_counting_goes_on_after_a_block_of_values() -> None:
    with pytest.raises(QueryError, match="operators"):
        guard.check("SELECT * { VALUES ?x { 1 } FILTER(" + "!" * 500 + "?x) }")


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("ASK {\n ?s ?p 'x }", 2, 8, "quote"),
        ("ASK {\n ?s ?p ?o", 1, 5, "'{' is never closed"),
        ("ASK { ?s ?p ?o )", 1, 16, "another kind"),
        ("ASK { } }", 1, 9, "closes nothing"),
        ("ASK { ?s \\u003fp ?o }", 1, 10, "backslash"),
        ("ASK {} ASK {}", 1, 8, "second query"),
        ("SELECT * {}\n;\nSELECT * {}", 3, 1, "second query"),
    ],
)
def test_what_is_wrong_has_its_place(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        guard.check(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.source == text.split("\n")[line - 1]


def test_a_very_long_line_is_not_shown() -> None:
    with pytest.raises(QueryError) as caught:
        guard.check("ASK { ?s ?p '" + "x" * 1000)
    assert caught.value.source is None


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "PREFIX kg: <urn:k> DELETE WHERE { ?s ?p ?o }",
        "clear all",
        "DROP GRAPH <urn:g>",
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_updates_are_queries_that_cannot_be_run(text: str) -> None:
    with pytest.raises(QueryError, match="update"):
        guard.check(text)


REACHING_OUT = [
    "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE # hidden\n <http://127.0.0.1/> { ?s ?p ?o } }",
    "PREFIX x: <http://127.0.0.1/> SELECT * { SERVICE x:y { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1/> SELECT * { SERVICE:y { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { ?s a <urn:x>.SERVICE<http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { ?s a x:y.SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://127.0.0.1/> { ?s ?p ?o } } }",
    "SELECT * { ?s ?p 'a' SERVICE ?where { ?s ?p ?o } }",
    'SELECT ("\\u0022 AS ?x) { SERVICE <http://127.0.0.1/> {} } #") {}',
    "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "LOAD <http://127.0.0.1/>",
    "load silent <file:///etc/hostname> INTO GRAPH <urn:g>",
    "PREFIX x: <urn:x> ; LOAD <http://127.0.0.1/>",
]


@pytest.mark.parametrize("text", REACHING_OUT)
def test_reaching_out_is_refused_in_every_disguise(text: str) -> None:
    with pytest.raises(RefusedError, match="not on the allow-list"):
        guard.check(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p 'SERVICE <http://127.0.0.1/> { }' }",
        'SELECT * { ?s ?p """a " SERVICE <x> { """ }',
        "SELECT * { ?s ?p ?o } # SERVICE <http://127.0.0.1/> {}",
        "SELECT * { ?s <urn:SERVICE> ?service }",
        "SELECT * { ?s schema:serviceType ent:service-of-x ; schema:load ?LOAD }",
        "SELECT * { ?s ?p 'it''s' }".replace("''", "\\'"),
    ],
)
def test_the_words_alone_reach_nowhere(text: str) -> None:
    guard.check(text)


def test_an_allowed_host_passes_and_only_that_one() -> None:
    guard.check("ASK { SERVICE SILENT <https://example.org/sparql> { ?s ?p ?o } }", allow_hosts=["example.org"])
    for text in (
        "ASK { SERVICE <https://example.org.evil/> { ?s ?p ?o } }",
        "ASK { SERVICE <https://example.org@127.0.0.1/> { ?s ?p ?o } }",
        "ASK { SERVICE ?x { ?s ?p ?o } }",
        "ASK { SERVICE",
    ):
        with pytest.raises(KgError) as caught:
            guard.check(text, allow_hosts=["example.org"])
        assert caught.value.exit_code == 7


def test_tokens_cover_the_text_but_space_and_comments() -> None:
    text = "SELECT ?x WHERE { ?x <urn:p>/^:q+ '''it's''' , \"\", 1.5e3 , \"a\"@en-GB . _:b a kg:Claim } # end"
    joined = "".join(token.text for token in guard.tokens(text))
    assert joined == text.partition(" #")[0].replace(" ", "")
    assert all(text.startswith(token.text, token.start) for token in guard.tokens(text))


COULD_BE_A_COMPARISON = {
    "a keyword in the angles": "SELECT * { FILTER(?a<?b)SERVICE#>\n<http://127.0.0.1/>{?s ?p ?o} FILTER(?a<?b&&(?c>?d)) }",
    "a quote after two angles": "SELECT * { FILTER(?a<<http://x'>||true) SERVICE <http://127.0.0.1/> {} FILTER(?a<<http://x'>||true) }",
    "a comment after two angles": "SELECT * { FILTER(true||?a<<u:#>)SERVICE<http://127.0.0.1/>{}FILTER(true||?a<<u:b>\n) }",
    "a comment after one angle": 'SELECT * { FILTER(?a<#> """\n?b) SERVICE <http://127.0.0.1/> {} FILTER(?a<#> """\n?b) }',
    "at most": "SELECT * { FILTER(?a<=?b)SERVICE#>\n<http://127.0.0.1/>{} FILTER(?a<=?b&&(?c>?d)) }",
    "after a bracket": "SELECT * { FILTER((?a)<?b)SERVICE#>\n<http://127.0.0.1/>{} FILTER(?a<?b&&(?c>?d)) }",
    "a prefixed name": "PREFIX x: <urn:x> SELECT * { FILTER(?a<x:b)SERVICE#>\n<http://127.0.0.1/>{} FILTER(?a<?b&&(?c>?d)) }",
    "glued to true": "SELECT * { FILTER(true<?b)SERVICE#>\n<http://127.0.0.1/>{} FILTER(?a<?b&&(?c>?d)) }",
    "in a projection": "SELECT (?a<?b)SERVICE#>\n<http://127.0.0.1/> { ?s ?p ?o FILTER(?a<?b&&(?c>?d)) }",
    "brackets": f"SELECT * {{ FILTER(?a<{'(' * 20_000}1{')' * 20_000}&&?c>?d) }}",
    "signs": f"SELECT * {{ FILTER(?a<{'!' * 20_000}?b&&?c>?d) }}",
    "sums": f"SELECT * {{ FILTER(?a<1{'+1' * 20_000}&&?c>?d) }}",
}


@pytest.mark.parametrize("text", COULD_BE_A_COMPARISON.values(), ids=COULD_BE_A_COMPARISON)
def test_what_an_engine_may_read_as_a_comparison_hides_nothing(text: str) -> None:
    with pytest.raises(QueryError, match="may begin a comparison or an IRI"):
        guard.check(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o FILTER(?a < ?b && ?c > ?d) }",
        "SELECT * { ?s ?p ?o FILTER(?a <?b && ?c> ?d) }",
        "SELECT * { ?s <#p> <#o> . ?s <urn:a#b> <urn:c(d)> FILTER(?p IN (<#a>, <urn:a#b>) || ?p = <#c>) }",
        "SELECT * { ?s ?p (<http://a.example/x#y> <http://a.example/o'b>) . VALUES (?a ?b) { (<#a> <#b>) } }",
        "PREFIX x: <urn:x#> SELECT (COUNT(DISTINCT ?a) AS ?n) { ?s (<#a>/<#b>|^<#c>) ?o }",
    ],
)
def test_iris_and_comparisons_as_people_write_them_pass(text: str) -> None:
    assert guard.check(text)
