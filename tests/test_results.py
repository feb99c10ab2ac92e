from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from kg import documents, names, results
from kg.answers import Answer, Term, with_passages
from kg.errors import UsageError
from kg.results import layout

ENT, UNIT = names.BASE + "entity/", "http://qudt.org/vocab/unit/"
PREFIXES = names.prefixes()
LABELS = {ENT + "ann": "Ann", ENT + "long": "A party whose name is long enough to be cut somewhere"}


def node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def typed(value: str, kind: str) -> ox.Literal:
    return ox.Literal(value, datatype=node(names.XSD + kind))


EXACT = [
    typed("01", "integer"),
    typed("1.50", "decimal"),
    typed("PT60M", "duration"),
    ox.Literal("colour", language="en"),
    ox.Literal('a "b"\n\\ c\t,'),
    typed("abc", "integer"),
]
ROWS = Answer("solutions", ["x"], [(term,) for term in EXACT], spellings={"en": "EN"})
TRIPLES = Answer("triples", triples=[ox.Triple(node("urn:a"), node("urn:b"), term) for term in EXACT], spellings={"en": "EN"})


def test_every_format_says_what_it_has_no_place_for() -> None:
    answers = {"solutions": ROWS, "triples": TRIPLES, "boolean": Answer("boolean", boolean=True)}
    for name, writer in results.FORMATS.items():
        for form, answer in answers.items():
            if form in writer.forms:
                assert results.write(answer, name)
            else:
                with pytest.raises(UsageError, match=f"{name} has no place"):
                    results.write(answer, name)


def test_json_and_xml_and_tsv_keep_every_literal_as_it_is() -> None:
    bound = [row["x"] for row in json.loads(results.write(ROWS, "json"))["results"]["bindings"]]
    assert [item["value"] for item in bound] == [term.value for term in EXACT]
    assert bound[0]["datatype"] == names.XSD + "integer"
    assert bound[3]["xml:lang"] == "EN"
    found = list(ET.fromstring(results.write(ROWS, "xml")).iter("{http://www.w3.org/2005/sparql-results#}literal"))  # noqa: S314  our own
    assert [item.text for item in found] == [term.value for term in EXACT]
    assert found[3].get("{http://www.w3.org/XML/1998/namespace}lang") == "EN"
    lines = results.write(ROWS, "tsv").splitlines()
    assert lines[0] == "?x"
    assert lines[1:] == [str(term).replace("@en", "@EN") for term in EXACT]


@pytest.mark.parametrize("name", ["nt", "ttl", "jsonld"])
def test_triples_come_back_as_they_went(name: str) -> None:
    text = results.write(TRIPLES, name, results.Style(PREFIXES))
    document = documents.read(text.encode(), format=name)
    assert {str(quad.object) for quad in document.quads} == {str(term) for term in EXACT}
    assert document.spellings == ({} if name == "jsonld" else {"en": "EN"})


def test_turtle_is_what_rdflib_reads_too() -> None:
    graphs = [rdflib.Graph().parse(data=results.write(TRIPLES, name, results.Style(PREFIXES)), format=name) for name in ("nt", "ttl")]
    assert isomorphic(*graphs)


def test_a_chain_of_blank_nodes_is_written() -> None:
    nodes = [ox.BlankNode(f"b{n}") for n in range(5001)]
    answer = Answer("triples", triples=[ox.Triple(nodes[n], node("urn:b"), nodes[n + 1]) for n in range(5000)])
    for name in ("ttl", "jsonld", "nt"):
        assert len(documents.read(results.write(answer, name).encode(), format=name).quads) == 5000


def test_triple_terms_are_written_as_such() -> None:
    inner = ox.Triple(node("urn:a"), node("urn:b"), typed("01", "integer"))
    answer = Answer("triples", triples=[ox.Triple(node("urn:c"), node("urn:d"), inner)])
    for name in ("nt", "ttl"):
        assert documents.read(results.write(answer, name).encode(), format=name).quads[0].object == inner
    rows = Answer("solutions", ["x"], [(inner,)])
    assert json.loads(results.write(rows, "json"))["results"]["bindings"][0]["x"]["type"] == "triple"
    assert results.write(rows, "tsv").splitlines()[1].startswith("<<( <urn:a> <urn:b> ")


NASTY = ['=HYPERLINK("http://evil")', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\rx"]


def test_cells_that_begin_like_formulas_are_guarded_unless_raw() -> None:
    answer = Answer("solutions", ["x"], [(ox.Literal(text),) for text in NASTY])
    guarded = [row[0] for row in csv.reader(io.StringIO(results.write(answer, "csv"), newline=""))][1:]
    assert guarded == ["'" + text for text in NASTY]
    raw = [row[0] for row in csv.reader(io.StringIO(results.write(answer, "csv", results.Style(raw=True)), newline=""))][1:]
    assert raw == NASTY


def test_negative_numbers_stay_numbers_and_words_of_that_type_do_not() -> None:
    answer = Answer(
        "solutions", ["x"], [(typed("-1", "integer"),), (typed("+1.50", "decimal"),), (ox.Literal("-1"),), (typed("=1", "integer"),)]
    )
    assert results.write(answer, "csv").split() == ["x", "-1", "+1.50", "'-1", "'=1"]


def test_csv_quotes_what_must_be_quoted() -> None:
    answer = Answer("solutions", ["x", "y"], [(node("urn:a,b"), ox.Literal('say "x"\nand y')), (None, ox.Literal(" z"))])
    text = results.write(answer, "csv")
    assert text == 'x,y\r\n"urn:a,b","say ""x""\nand y"\r\n," z"\r\n'


def test_controls_reach_no_terminal() -> None:
    text = "a\x00\x1b[31m\x9b\u202e\u2066\u200f\x7f\udc80"
    shown = results.printable(text)
    assert shown == "a\\u0000\\u001b[31m\\u009b\\u202e\\u2066\\u200f\\u007f\\udc80"
    table = results.write(Answer("solutions", ["x"], [(ox.Literal("a\x1b[2Jb\nc"),)]), "table")
    assert "\\u001b[2Jb\\u000ac" in table
    assert results.printable("a\n\tb\x1b", keep_lines=True) == "a\n\tb\\u001b"


def test_markdown_is_only_text() -> None:
    text = results.write(Answer("solutions", ["x"], [(ox.Literal("<img onerror=x> | [a](javascript:b) `c`"),)]), "md")
    assert "\\<img onerror=x\\> \\| \\[a\\](javascript:b) \\`c\\`" in text
    assert len(text.splitlines()) == 3


def test_people_see_labels_and_machines_see_names() -> None:
    answer = Answer("solutions", ["who", "what"], [(node(ENT + "ann"), node(names.KG + "denied"))])
    style = results.Style(PREFIXES, LABELS)
    assert results.write(answer, "table", style).splitlines()[2].split("  ") == ["Ann (ent:ann)", "denied"]
    assert results.write(answer, "csv").splitlines()[1] == f"{ENT}ann,{names.KG}denied"
    assert results.write(answer, "csv", style).splitlines()[1] == "Ann (ent:ann),kg:denied"
    assert json.loads(results.write(answer, "json", style))["results"]["bindings"][0]["who"]["label"] == "Ann"


def test_figures_stand_with_their_units() -> None:
    pairs = [("4", "PERCENT"), ("289000000", "CCY_USD"), ("2", "DAY"), ("1", "DAY"), ("12.5", "KiloM")]
    answer = Answer("solutions", ["value", "unit"], [(typed(value, "decimal"), node(UNIT + unit)) for value, unit in pairs])
    lines = [line.strip() for line in results.write(answer, "table", results.Style(PREFIXES)).splitlines()]
    assert lines[0] == "value"
    assert lines[2:] == ["4 %", "289,000,000 USD", "2 days", "1 day", "12.5 KiloM"]
    assert results.write(answer, "csv").splitlines()[2] == f"289000000,{UNIT}CCY_USD"


CLAIM_LABEL = "A party whose name is long denies that anybody was there"
CLAIMS = Answer(
    "solutions",
    ["claim", "label", "who", "polarity", "modality", "value", "unit"],
    [
        (node(ENT + "c1"), ox.Literal(CLAIM_LABEL), node(ENT + "ann"), node(names.KG + "denied"), None, None, None),
        (node(ENT + "c2"), ox.Literal("Four came"), node(ENT + "long"), node(names.KG + "affirmed"), None, typed("4", "integer"), None),
    ],
)
CLAIM_LABELS = {**LABELS, ENT + "c1": CLAIM_LABEL, ENT + "c2": "Four came", names.KG + "denied": "denied"}


def at_width(answer: Answer, width: int | None) -> list[str]:
    return results.write(answer, "table", results.Style(PREFIXES, CLAIM_LABELS, width=width)).splitlines()


def test_long_texts_share_the_width_of_a_table_and_short_ones_keep_theirs() -> None:
    assert at_width(CLAIMS, 78) == [
        "claim   label                     who                    polarity  value",
        "------  ------------------------  ---------------------  --------  -----",
        "ent:c1  A party whose name is     Ann (ent:ann)          denied",
        "        long denies that anybody",
        "        was there",
        "",
        "ent:c2  Four came                 A party whose name is  affirmed      4",
        "                                  long enough to be cut",
        "                                  somewhere (ent:long)",
    ]


def test_a_table_too_narrow_to_read_becomes_records() -> None:
    assert at_width(CLAIMS, 50) == [
        "claim     ent:c1",
        "label     A party whose name is long denies that",
        "          anybody was there",
        "who       Ann (ent:ann)",
        "polarity  denied",
        "",
        "claim     ent:c2",
        "label     Four came",
        "who       A party whose name is long enough to be",
        "          cut somewhere (ent:long)",
        "polarity  affirmed",
        "value     4",
    ]


def test_a_table_without_a_width_is_as_wide_as_it_takes() -> None:
    lines = at_width(CLAIMS, None)
    assert lines[0].split() == ["claim", "label", "who", "polarity", "value"]
    assert lines[2].split("  ")[:2] == ["ent:c1", CLAIM_LABEL]
    assert len(lines) == 4
    assert at_width(CLAIMS, len(max(lines, key=len))) == lines


def test_few_wrapped_rows_stand_without_blank_lines() -> None:
    rows = [(ox.Literal(text),) for text in ("one", "two", "three and four and five")]
    lines = at_width(Answer("solutions", ["x"], list(rows)), 16)
    assert lines == ["x", "--------------", "one", "two", "three and four", "and five"]


def test_markdown_keeps_every_column_on_one_line() -> None:
    lines = results.write(CLAIMS, "md", results.Style(PREFIXES, CLAIM_LABELS)).splitlines()
    assert [cell.strip() for cell in lines[0].split("|")[1:-1]] == ["claim", "label", "who", "polarity", "modality", "value"]
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == ["ent:c1", CLAIM_LABEL, "Ann (ent:ann)", "denied", "", ""]
    assert len(lines) == 4


def test_a_label_is_left_out_only_in_the_row_that_says_it() -> None:
    rows = [(node(ENT + "ann"), ox.Literal("Ann")), (node(ENT + "ann"), ox.Literal("Anna"))]
    assert [line.split("  ")[0] for line in at_width(Answer("solutions", ["who", "name"], list(rows)), None)[2:]] == [
        "ent:ann",
        "Ann (ent:ann)",
    ]


def test_values_of_the_lists_lose_their_prefix_only_where_no_other_thing_could_be_meant() -> None:
    denied, certain = node(names.KG + "denied"), node(names.KG + "certain")
    mixed = Answer("solutions", ["x"], [(denied,), (ox.Literal("denied"),)])
    assert at_width(mixed, None)[2:] == ["kg:denied", "denied"]
    same = results.Style(PREFIXES, {denied.value: "so", certain.value: "so"})
    assert results.write(Answer("solutions", ["x"], [(denied,), (certain,)]), "table", same).splitlines()[2:] == ["kg:denied", "kg:certain"]
    assert results.write(Answer("solutions", ["x"], [(denied,), (None,)]), "table", results.Style(PREFIXES)).splitlines()[2] == "kg:denied"
    assert results.write(mixed, "csv").split() == ["x", denied.value, "denied"]


def test_words_that_look_like_other_types_stay_words() -> None:
    rows = [(ox.Literal("False"), ox.Literal("None 1_000")), (ox.Literal("no " * 30 + "end"), ox.Literal("1e5"))]
    for width in (40, 16, None):
        text = results.write(Answer("solutions", ["x", "y"], list(rows)), "table", results.Style(width=width))
        assert all(words in text for words in ("False", "None 1_000", "1e5", "end"))
        assert text.count("no ") + text.count("no\n") == 30


def test_wide_and_combining_letters_count_as_a_terminal_counts_them() -> None:
    rows = [(ox.Literal("ab"), ox.Literal("漢字" * 10)), (ox.Literal("cd"), ox.Literal("e\u0301" * 30))]
    assert at_width(Answer("solutions", ["n", "words"], list(rows)), 34) == [
        "n   words",
        "--  ------------------------------",
        "ab  " + "漢字" * 7 + "漢",
        "    " + "字" + "漢字" * 2,
        "cd  " + "e\u0301" * 30,
    ]


@given(st.text(), st.integers(min_value=2, max_value=30))
def test_wrapping_loses_nothing_but_spaces_and_keeps_the_width(text: str, width: int) -> None:
    shown = results.printable(text)
    lines = layout.wrapped(shown, width)
    assert "".join("".join(lines).split()) == "".join(shown.split())
    assert all(layout.columns(line) <= width for line in lines)


def test_control_characters_stay_escaped_when_wrapped() -> None:
    text = results.write(Answer("solutions", ["x"], [(ox.Literal("a\nb \x1b[31m " * 20),)]), "table", results.Style(width=24))
    assert "\x1b" not in text
    assert "".join(text.split()).count("\\u001b[31m") == 20


def test_columns_that_only_repeat_the_passage_are_left_out_of_tables() -> None:
    variables = ["c", "paragraph", "sentence", "start", "end"]
    first = (node("urn:c"), typed("2", "integer"), typed("7", "integer"), typed("9", "integer"), typed("12", "integer"))
    found = with_passages(Answer("solutions", variables, [first, (node("urn:d"), None, None, None, None)]), passage_store())
    assert at_width(found, None) == [
        "c        passage",
        "-------  ------------------------",
        "<urn:c>  ¶2 s7 9-12, ¶3 s10 20-25",
        "<urn:d>",
    ]
    assert results.write(found, "csv").splitlines()[0] == "c,paragraph,sentence,start,end,passage"
    second = (node("urn:c"), typed("2", "integer"), typed("10", "integer"), typed("20", "integer"), typed("25", "integer"))
    other = with_passages(Answer("solutions", variables, [first, second]), passage_store())
    assert at_width(other, None)[0].split() == ["c", "sentence", "start", "end", "passage"]


def test_rows_without_columns_and_no_rows_are_shown() -> None:
    assert results.write(Answer("solutions", [], [(), ()]), "table") == "2 rows without columns\n"
    assert results.write(Answer("solutions", ["x"], []), "table").splitlines()[0] == "x"
    assert results.write(Answer("solutions", ["x"], []), "csv") == "x\r\n"
    assert at_width(Answer("solutions", ["x", "y"], [(None, None)]), 80)[0].split() == ["x", "y"]
    assert at_width(Answer("solutions", ["letters", "figures"], []), 12) == ["no rows of", "letters,", "figures"]
    assert at_width(Answer("solutions", ["letters" * 3, "x"], [(None, None)]), 12) == ["letters" * 3]


def test_suffixes_name_formats() -> None:
    from pathlib import Path

    assert [results.format_of(Path(name)) for name in ("a.csv", "a.TTL", "a.srx", "a.markdown")] == ["csv", "ttl", "xml", "md"]
    with pytest.raises(UsageError, match="names no format"):
        results.format_of(Path("a.doc"))


def passage_store() -> ox.Store:
    store = ox.Store()
    text = (
        "@prefix kg: <https://w3id.org/claimgraph/ontology#> . <urn:c> a kg:Claim ; kg:passage <urn:p1>, <urn:p2> ."
        "<urn:d> a kg:Claim . <urn:p1> kg:paragraph 3 ; kg:sentence 10 ; kg:start 20 ; kg:end 25 ."
        "<urn:p2> kg:paragraph 2 ; kg:sentence 7 ; kg:start 9 ; kg:end 12 ."
    )
    store.load(text.encode(), ox.RdfFormat.TURTLE)
    return store


def test_a_row_with_a_claim_says_where_the_text_says_it() -> None:
    answer = Answer("solutions", ["n", "c"], [(ox.Literal("x"), node("urn:c")), (ox.Literal("y"), node("urn:d"))], cut=2)
    found = with_passages(answer, passage_store())
    assert found.variables == ["n", "c", "passage"]
    assert [row[2] for row in found.rows] == [ox.Literal("¶2 s7 9-12, ¶3 s10 20-25"), None]
    assert found.cut == 2


def test_rows_with_several_claims_say_of_each_where_the_text_says_it() -> None:
    rows = [(node("urn:c"), typed("7", "integer"), node("urn:d"), typed("1", "integer"), node("urn:p1"))]
    answer = Answer("solutions", ["denial", "denialSentence", "reply", "replySentence", "x"], list(rows))
    found = with_passages(answer, passage_store())
    assert found.variables == ["denial", "denialPassage", "denialSentence", "reply", "replyPassage", "replySentence", "x"]
    assert [found.rows[0][1], found.rows[0][4]] == [ox.Literal("¶2 s7 9-12, ¶3 s10 20-25"), None]
    assert list(found.repeated) == ["denialSentence"]


def test_rows_about_a_claim_leave_the_other_claims_alone() -> None:
    answer = Answer("solutions", ["subject", "claim"], [(node("urn:c"), node("urn:d"))])
    found = with_passages(answer, passage_store())
    assert (found.variables, found.rows[0][2]) == (["subject", "claim", "passage"], None)


def test_a_column_named_value_takes_in_the_unit_of_its_name() -> None:
    variables = ["oneValue", "otherValue", "oneUnit", "otherUnit"]
    row = (typed("4", "decimal"), typed("20000", "decimal"), node(UNIT + "PERCENT"), node(UNIT + "CCY_EUR"))
    assert at_width(Answer("solutions", variables, [row]), None)[2].split() == ["4", "%", "20,000", "EUR"]


def test_rows_without_claims_or_with_passages_are_left_alone() -> None:
    store = passage_store()
    for answer in (Answer("solutions", ["x"], [(node("urn:p1"),)]), Answer("solutions", ["passage"], [(node("urn:c"),)]), TRIPLES):
        assert with_passages(answer, store) is answer


def test_each_line_of_jsonl_is_a_row() -> None:
    answer = Answer(
        "solutions",
        ["who", "n", "is"],
        [
            (node(ENT + "ann"), typed("1.50", "decimal"), typed("true", "boolean")),
            (ox.Literal('a "b"\n\u2028\x1b', language="en"), typed("01", "integer"), None),
            (ox.BlankNode("b"), typed("NaN", "double"), typed("yes", "boolean")),
        ],
    )
    lines = results.write(answer, "jsonl").splitlines()
    assert lines[0] == f'{{"who": "{ENT}ann", "n": 1.50, "is": true}}'
    assert [json.loads(line) for line in lines[1:]] == [
        {"who": 'a "b"\n\u2028\x1b', "n": "01"},
        {"who": "_:b", "n": "NaN", "is": "yes"},
    ]
    assert json.loads(results.write(answer, "jsonl", results.Style(PREFIXES, LABELS)).splitlines()[0])["who"] == "Ann (ent:ann)"
    assert results.write(Answer("boolean", boolean=True), "jsonl") == "true\n"


HOSTILE = '<img src=x onerror="alert(1)">\u202e</td>'


def test_a_page_shows_hostile_text_as_text_and_asks_for_nothing() -> None:
    rows: list[tuple[Term | None, ...]] = [
        (ox.Literal(HOSTILE), node("javascript:alert(1)")),
        (ox.Literal("b"), node('https://example.org/"a'.replace('"', "%22"))),
    ]
    page = results.write(Answer("solutions", ["<b>", "link"], rows), "html")
    assert page.startswith("<!DOCTYPE html>")
    assert "<img" not in page
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;\\u202e&lt;/td&gt;" in page
    assert "<b>" not in page
    assert [link.split('"')[0] for link in page.split('href="')[1:]] == ["https://example.org/%22a"]
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "src=" not in page.replace("src=x", "")


def test_the_policy_of_a_page_lets_its_own_style_in_and_no_other() -> None:
    import base64
    import hashlib

    page = results.write(ROWS, "html")
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert f"style-src 'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in page
    assert " style=" not in page


def test_a_page_has_the_columns_of_the_table_and_says_how_many_rows() -> None:
    rows: list[tuple[Term | None, ...]] = [(node(ENT + "ann"), typed("40000", "integer"), node(UNIT + "PERCENT"), None)] * 2
    answer = Answer("solutions", ["who", "value", "unit", "nothing"], rows, cut=2)
    page = results.write(answer, "html", results.Style(PREFIXES, LABELS))
    assert "<caption>2 of more rows</caption>" in page
    link = f'<a href="{ENT}ann" rel="noreferrer noopener">Ann (ent:ann)</a>'
    assert f'<tr><td class="short">{link}</td><td class="number">40,000 %</td></tr>' in page
    assert "nothing" not in page
    assert "<p>false</p>" in results.write(Answer("boolean"), "html")
    assert "<caption>6 triples</caption>" in results.write(TRIPLES, "html")


@pytest.mark.parametrize(("name", "form"), [("a.jsonl", "jsonl"), ("a.ndjson", "jsonl"), ("a.html", "html"), ("A.HTM", "html")])
def test_the_suffix_of_a_file_names_these_formats_too(name: str, form: str) -> None:
    from pathlib import PurePath

    assert results.format_of(PurePath(name)) == form
