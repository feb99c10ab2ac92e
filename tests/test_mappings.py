"""Mapping sets: what a file says and what the records have of it, the canonical form, and every way in which a file can be wrong."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import index, mappings, names, workspace
from kg.errors import InputError, StorageError
from kg.mappings import Mapping, MappingSet
from kg.serve.files import state_of
from kg.sssom import extensions, header
from kg.sssom.reading import CELL, pairs_of

if TYPE_CHECKING:
    from pathlib import Path

ENT = names.prefixes()["ent"]
WD = "http://www.wikidata.org/entity/"
HEAD = "#curie_map:\n#  ent: https://w3id.org/claimgraph/entity/\n#  wd: http://www.wikidata.org/entity/\n"
COLUMNS = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tconfidence"
ROW = "ent:mill\tskos:exactMatch\t\twd:Q44494\tsemapv:ManualMappingCuration\t0.9"
GOOD = f"{HEAD}{COLUMNS}\n{ROW}\n"
MILL = Mapping(
    subject_id=ENT + "mill",
    predicate_id=mappings.EXACT,
    object_id=WD + "Q44494",
    mapping_justification="https://w3id.org/semapv/vocab/ManualMappingCuration",
    confidence=0.9,
)


def parse(text: str | bytes) -> MappingSet:
    return mappings.parse(text if isinstance(text, bytes) else text.encode(), path="links.tsv")


def fault(text: str | bytes) -> str:
    with pytest.raises(InputError) as raised:
        parse(text)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def canonical(mapping_set: MappingSet) -> str:
    return mappings.serialize(mapping_set, names.prefixes())


def test_what_could_not_be_read_back_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "links.sssom.tsv"
    path.write_text(GOOD)
    for row in (replace(MILL, mapping_date="2031-02-30"), replace(MILL, object_id=WD + "%zz"), replace(MILL, comment="x" * (CELL + 1))):
        with pytest.raises(InputError, match="would not be readable"):
            mappings.write(path, MappingSet((row,)), names.prefixes())
        assert path.read_text() == GOOD


@pytest.mark.parametrize("predicate", [names.OWL + "sameAs", names.TYPE, names.SKOS + "related"])
def test_a_row_that_is_no_mapping_never_becomes_a_statement(tmp_path: Path, predicate: str) -> None:
    path = tmp_path / "links.sssom.tsv"
    found = MappingSet((replace(MILL, predicate_id=predicate),))
    mappings.write(path, found, names.prefixes())
    assert list(mappings.triples(found)) == []
    assert list(pairs_of(path.read_bytes(), path)) == []


PADDING = "\t" * COLUMNS.count("\t")


def _cell(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))


@pytest.mark.parametrize("is_quoted", [True, False])
def test_a_set_that_was_in_a_spreadsheet_is_the_same_set(*, is_quoted: bool) -> None:
    head = HEAD + '#license: "https://rights.example/by 4"\n#mapping_set_title: Links\n'
    before = parse(f"{head}{COLUMNS}\n{ROW}\n")
    lines = [(_cell(line) if is_quoted else line) + PADDING for line in head.splitlines()]
    rows = [COLUMNS, ROW]
    if is_quoted:
        rows = ["\t".join(_cell(cell) if cell else "" for cell in row.split("\t")) for row in rows]
    after = parse("\r\n".join([*lines, *rows, PADDING, ""]).encode("utf-8-sig"))
    assert after == before
    assert after.metadata["license"] == "https://rights.example/by 4"


def test_a_long_value_may_go_on_in_the_next_line_as_sssom_py_writes_it() -> None:
    head = "# comment: 'one:\n#   two'\n# creator_label:\n# - A\n# curie_map:\n#   ent: https://w3id.org/claimgraph/entity/\n"
    more = "#   wd: http://www.wikidata.org/entity/\n# mapping_set_title: What is\n#   called elsewhere\n"
    found = parse(f"{head}{more}{COLUMNS}\n{ROW}\n")
    assert found.metadata == {"comment": "one: two", "creator_label": ("A",), "mapping_set_title": "What is called elsewhere"}
    assert "kg reads 'key: value'" in fault(f"# comment: a\n#   b: c\n{COLUMNS}\n{ROW}\n")


def test_what_the_header_says_of_all_rows_is_looked_at_as_in_a_row() -> None:
    table = f"{COLUMNS}\n{ROW}\n"
    assert "'2031-02-30' is no date" in fault(f"{HEAD}#mapping_date: 2031-02-30\n{table}")
    assert "it has one value" in fault(f"{HEAD}#mapping_tool:\n#- A\n#- B\n{table}")


def test_what_the_header_says_stays_there_where_rows_say_otherwise() -> None:
    found = parse(f"{HEAD}#mapping_tool: A\n{COLUMNS}\tmapping_tool\n{ROW}\tB\n")
    assert (found.mappings[0].mapping_tool, found.metadata["mapping_tool"]) == ("B", "A")
    assert parse(canonical(found)).metadata["mapping_tool"] == "A"


def test_a_label_with_a_character_that_no_table_takes_can_be_read_back() -> None:
    [row] = parse(canonical(MappingSet((replace(MILL, subject_label="Mill\0stone"),)))).mappings
    assert row.subject_label == "Mill\ufffdstone"


def test_a_row_is_read_with_whole_names_and_its_line() -> None:
    [row] = parse(GOOD).mappings
    assert row == MILL
    assert row.line == 5


def test_an_accepted_row_is_a_triple_and_one_that_denies_is_none() -> None:
    rows = [MILL, Mapping(subject_id=ENT + "mill", predicate_id=mappings.EXACT, object_id=WD + "Q1", predicate_modifier=mappings.NOT)]
    rows.append(Mapping(subject_id=ENT + "mill", predicate_id=mappings.EXACT, object_id="https://w3id.org/sssom/NoTermFound"))
    found = MappingSet(tuple(rows))
    assert found.accepted == (MILL,)
    assert [str(triple.object) for triple in mappings.triples(found)] == [f"<{WD}Q44494>"]


@pytest.mark.parametrize(
    "text", [GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD, GOOD + "\n\n", HEAD.replace("#", "# ") + f"{COLUMNS}\n{ROW}"]
)
def test_line_ends_marks_and_spaces_of_other_programs_are_read_over(text: str) -> None:
    assert parse(text).mappings == (MILL,)


def test_quoted_cells_may_hold_anything() -> None:
    text = GOOD.replace("confidence", "comment").replace("0.9", '"a ""tab""\tand\na line"') + ROW.replace("0.9", "plain") + "\n"
    first, second = parse(text).mappings
    assert first.comment == 'a "tab"\tand\na line'
    assert (first.line, second.line) == (5, 7)


def test_what_the_header_says_of_all_rows_is_said_of_each_and_written_there() -> None:
    found = parse(f"#mapping_date: 2026-01-02\n{GOOD}")
    assert found.mappings[0].mapping_date == "2026-01-02"
    assert "#mapping_date" not in canonical(found)
    assert "\t2026-01-02\t" in canonical(found)


def test_columns_that_are_only_passed_on_come_back_with_their_prefixes() -> None:
    text = GOOD.replace("#  wd:", "#  obo: http://purl.obolibrary.org/obo/\n#  wd:").replace(COLUMNS, COLUMNS + "\tobject_source")
    found = parse(text.replace("\t0.9", "\t0.9\tobo:x"))
    assert found.mappings[0].more == (("object_source", "obo:x"),)
    assert "#  obo: " in canonical(found)
    assert parse(canonical(found)).mappings == found.mappings


EXTENDED = f"""#curie_map:
#  far: https://atlas.example/
{HEAD.partition(chr(10))[2]}#comment: ours
#extension_definitions:
#- slot_name: ext_mood
#  property: far:b
#  type_hint: xsd:integer
#- slot_name: seen-by
#  property: far:a
#  type_hint: linkml:Uriorcurie
#- slot_name: ext_bare
#license: https://rights.example/by
#mapping_set_id: https://sets.example/1
#ext_bare: of all
subject_id\tpredicate_id\text_mood\tobject_id\tseen-by\tsee_also
ent:mill\tskos:exactMatch\t007\twd:Q44494\tfar:Ann\thttps://said.example/
ent:mill\tskos:closeMatch\t\twd:Q1\t\t
"""


EXTENDED_IN_ORDER = """#comment: ours
#extension_definitions:
#- slot_name: ext_bare
#- slot_name: seen-by
#  property: far:a
#  type_hint: linkml:Uriorcurie
#- slot_name: ext_mood
#  property: far:b
#  type_hint: xsd:integer
#license: https://rights.example/by
#mapping_set_id: https://sets.example/1
#ext_bare: of all
""".splitlines()
"""By their properties; ext_bare has http://sssom.invalid/ext_bare, and it is a key of the header, behind those of SSSOM."""


def indented(text: str) -> str:
    """Return a set as SSSOM's own examples have it: the declarations indented below their key."""
    return re.sub("^#(- |  (?:property|type_hint))", r"#  \1", text, flags=re.MULTILINE)


@pytest.mark.parametrize("text", [EXTENDED, indented(EXTENDED), re.sub("^#", "# ", EXTENDED, flags=re.MULTILINE)])
def test_what_a_set_adds_to_sssom_is_kept_behind_what_sssom_has(text: str) -> None:
    found = parse(text)
    assert dict(found.mappings[0].more) == {"ext_mood": "007", "seen-by": "far:Ann", "see_also": "https://said.example/"}
    written = canonical(found)
    lines = written.splitlines()
    head, columns = lines[lines.index("#comment: ours") : -3], lines[-3]
    assert head == EXTENDED_IN_ORDER
    assert columns.endswith("\tsee_also\tcomment\tseen-by\text_mood")
    assert lines[-1].endswith("\thttps://said.example/\t\tfar:Ann\t007")
    assert "#  far: https://atlas.example/" in lines
    again = parse(written)
    assert canonical(again) == written
    assert [dict(row.more) for row in again.mappings] == [dict(row.more) for row in reversed(found.mappings)]
    assert extensions.definitions_of(again.metadata)[1]["property"] == "https://atlas.example/a"


def test_a_declaration_that_nothing_uses_is_not_written() -> None:
    found = parse(EXTENDED)
    some = canonical(replace(found, mappings=found.mappings[1:], metadata={**found.metadata, "ext_bare": ""}))
    assert "extension_definitions" not in some
    assert "far" not in some


def test_a_column_that_a_record_has_and_no_set_declares_is_declared_when_it_is_written() -> None:
    text = canonical(MappingSet((replace(MILL, more=(("ext_mood", "good"),)),)))
    assert "#extension_definitions:\n#- slot_name: ext_mood\n#license" in text
    assert parse(text).mappings[0].more == (("ext_mood", "good"),)


@pytest.mark.parametrize(
    ("was", "becomes", "column"),
    [
        ("#- slot_name: ext_mood\n", "#- slot_name: my mood\n", "my mood"),
        ("#- slot_name: ext_mood\n", "#- slot_name: ext_mood\n#  range: x\n", "ext_mood"),
        ("property: far:b", "property: near:b", "ext_mood"),
        ("property: far:b", "property: far:a", "seen-by"),
        ("type_hint: xsd:integer", "type_hint: integer", "ext_mood"),
    ],
)
def test_a_declaration_that_sssom_does_not_take_declares_nothing(was: str, becomes: str, column: str) -> None:
    text = EXTENDED.replace(was, becomes).replace("\text_mood", "\tmy mood" if column == "my mood" else "\text_mood")
    assert f"SSSOM has no column {column!r}, and its declaration in extension_definitions is none" in fault(text)
    found = parse(text.replace(f"\t{column}", "\tsubject_source"))
    assert column not in {each["slot_name"] for each in extensions.definitions_of(found.metadata)}


def test_what_sssom_has_is_not_declared_anew() -> None:
    found = parse(EXTENDED.replace("slot_name: ext_mood", "slot_name: confidence").replace("\text_mood", "\tsubject_source"))
    assert "confidence" not in {each["slot_name"] for each in extensions.definitions_of(found.metadata)}


def test_a_slip_of_the_pen_is_no_addition_that_hides_a_denial() -> None:
    assert "nearest: predicate_modifier" in fault(GOOD.replace("predicate_modifier", "predicate_modifer"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"\xff\xfe" + GOOD.encode("utf-16-le"), "links.tsv: the mapping set is UTF-16"),
        (GOOD.encode() + b"ent:caf\xe9", "links.tsv:6: the mapping set is not UTF-8"),
        (GOOD.encode() + b"ent:\xc0\x80", "links.tsv:6: the mapping set is not UTF-8"),
        (GOOD + "ent:\0", "links.tsv:6: a NUL character"),
        ("", "links.tsv:1: the table lacks subject_id, predicate_id, object_id"),
        (HEAD, "links.tsv:4: the table lacks subject_id"),
        ("<!DOCTYPE html><html>\n", "links.tsv:1: SSSOM has no column"),
        (GOOD.replace("\t", ","), "links.tsv:4: the cells are separated by commas; save the table with tabs"),
        (GOOD.replace("\t", ";"), "links.tsv:4: the cells are separated by semicolons"),
        (
            GOOD.replace("subject_id", "subjectid"),
            "links.tsv:4: SSSOM has no column 'subjectid'; nearest: subject_id; a column of your own",
        ),
        (GOOD.replace("confidence", "my mood"), "links.tsv:4: SSSOM has no column 'my mood'; a column of your own is declared in ext"),
        (EXTENDED.replace("far:Ann", "near:Ann"), "links.tsv:18: seen-by 'near:Ann' has no prefix of the curie_map of this file"),
        (
            EXTENDED.replace("#  type_hint: xsd", "#  property: far:c\n#  type_hint: xsd"),
            "links.tsv:9: 'property' stands in this header twice",
        ),
        (EXTENDED.replace("#- slot_name: ext_mood\n", ""), "links.tsv:7: kg reads 'key: value'"),
        (EXTENDED.replace("#extension_definitions", "#creator_label"), "links.tsv:7: kg reads 'key: value'"),
        (GOOD.replace("confidence", "subject_id"), "links.tsv:4: the column 'subject_id' stands there 2 times"),
        (GOOD.replace("\tobject_id", "").replace("\twd:Q44494", ""), "links.tsv:4: the table lacks object_id"),
        (GOOD + "ent:mill\tskos:exactMatch\n", "links.tsv:6: the row has 2 cells, the header has 6"),
        (GOOD + ROW + "\tmore\n", "links.tsv:6: the row has 7 cells, the header has 6"),
        (GOOD + "<<<<<<< HEAD\n", "links.tsv:6: the row has 1 cell"),
        (GOOD + ROW.replace("ent:mill", ""), "links.tsv:6: subject_id is empty"),
        (GOOD + ROW.replace("wd:Q44494", ""), "links.tsv:6: object_id is empty"),
        (GOOD + ROW.replace("wd:", "wikidata:"), "links.tsv:6: object_id 'wikidata:Q44494' has no prefix of the curie_map"),
        (GOOD + ROW.replace("ent:mill", "mill"), "links.tsv:6: subject_id 'mill' has no prefix"),
        (GOOD + ROW.replace("wd:Q44494", "wd:x> <urn:q> <urn:evil"), "links.tsv:6: object_id 'wd:x> <urn:q> <urn:evil' makes no IRI"),
        (GOOD + ROW.replace("0.9", "1.5"), "links.tsv:6: confidence '1.5' is no number from 0 to 1"),
        (GOOD + ROW.replace("0.9", "-0.1"), "links.tsv:6: confidence '-0.1' is no number"),
        (GOOD + ROW.replace("0.9", "nan"), "links.tsv:6: confidence 'nan' is no number"),
        (GOOD + ROW.replace("0.9", "high"), "links.tsv:6: confidence 'high' is no number"),
        (GOOD + ROW.replace("Match\t\t", "Match\tnot\t"), "links.tsv:6: predicate_modifier 'not' is no modifier"),
        (GOOD.replace("confidence", "mapping_date"), "links.tsv:5: mapping_date '0.9' is no date"),
        (GOOD.replace("confidence", "mapping_date").replace("0.9", "2026-02-30"), "links.tsv:5: mapping_date '2026-02-30' is no date"),
        (GOOD + ROW.replace("0.9", "x" * 10_000_000), f"links.tsv:6: a cell is longer than {CELL:,} characters"),
        (GOOD + ROW.replace("0.9", '"' + "x" * 10_000_000 + '"'), f"links.tsv:6: a cell is longer than {CELL:,} characters"),
        (GOOD + ROW.replace("0.9", '"0.9'), "links.tsv:6: a cell that begins with a quotation mark here is never closed"),
        (GOOD + ROW.replace("0.9", '"0.9"x'), "links.tsv:6: this is no well-formed table"),
        (GOOD.replace("#curie_map:", "#curie_map: {ent: x}"), "links.tsv:1: kg reads 'key: value'"),
        (GOOD.replace("#  wd:", "#  ent:"), "links.tsv:3: 'ent' stands in this header twice"),
        (GOOD.replace("#curie_map:", "# a comment\n#curie_map:"), "links.tsv:1: "),
        ("## a comment\n" + GOOD, "links.tsv:1: a comment in this header would be lost"),
        ("#comment: |\n#  several\n" + GOOD, "links.tsv:1: kg reads 'key: value'"),
        ('#comment: "never closed\n' + GOOD, "links.tsv:1: this quoted text is not closed"),
        ("#curie_map: no map\n" + GOOD.partition("\n")[2], "links.tsv:1: kg reads 'key: value'"),
    ],
)
def test_each_fault_is_told_in_one_line_with_its_place(text: str | bytes, words: str) -> None:
    assert fault(text).startswith(words)


def test_a_header_that_says_something_else_by_curie_map_is_refused() -> None:
    assert "curie_map has a line" in fault("#curie_map: none\n" + GOOD.partition(COLUMNS)[1] + "\n")


def test_a_long_header_is_read_in_time_that_grows_with_it() -> None:
    many = "".join(f"#  p{number}: http://example.org/{number}/\n" for number in range(100_000))
    assert len(parse(GOOD.replace("#  ent:", many + "#  ent:")).prefixes) == 100_002


def test_the_canonical_form_has_its_columns_and_rows_in_order_whatever_the_file_had() -> None:
    other = Mapping(subject_id=ENT + "bridge", predicate_id=mappings.CLOSE, object_id=WD + "Q12280", author_label=("A|B", "C"))
    one, two = MappingSet((MILL, other)), MappingSet((other, MILL, MILL))
    assert canonical(one) == canonical(two)
    lines = canonical(one).splitlines()
    table = [line for line in lines if not line.startswith("#")]
    assert table[0].startswith(
        "subject_id\tsubject_label\tpredicate_id\tpredicate_modifier\tobject_id\tobject_label\tmapping_justification"
    )
    assert [line.partition("\t")[0] for line in table[1:]] == ["ent:bridge", "ent:mill"]
    assert "\tA\\|B|C\t" in table[1]
    assert lines[0] == "#curie_map:"
    assert "#license: https://w3id.org/sssom/license/unspecified" in lines
    assert f"#mapping_set_id: {names.BASE}graph/links" in lines


def test_a_further_mapping_is_a_further_line() -> None:
    other = Mapping(
        subject_id=ENT + "bridge", predicate_id=mappings.EXACT, object_id=WD + "Q1", predicate_modifier=mappings.NOT, comment="no"
    )
    before, after = canonical(MappingSet((MILL,))).splitlines(), canonical(MappingSet((MILL, other))).splitlines()
    assert len(after) == len(before) + 1
    assert [line for line in after if line not in before] == [next(line for line in after if "\tNot\t" in line)]


def test_prefixes_are_those_that_are_needed_and_a_new_one_is_made_where_none_fits() -> None:
    odd = Mapping(subject_id=ENT + "mill", predicate_id=mappings.RELATED, object_id="https://odd.example/id?x=1")
    found = canonical(MappingSet((odd,), prefixes={"unused": "https://unused.example/"}))
    assert "unused" not in found
    assert "#  ns1: https://odd.example/id?x=\n" in found
    assert parse(found).mappings == (odd,)


def test_a_prefix_of_the_file_stays_where_the_workspace_has_another() -> None:
    text = GOOD.replace("#  wd:", "#  wikidata:").replace("wd:Q", "wikidata:Q")
    assert "wikidata:Q44494" in canonical(parse(text))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=30)
IRIS = st.text(string.ascii_letters + string.digits + "/#:=_-.~()%é", min_size=1, max_size=20).map("https://example.org/x".__add__)


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


@given(
    st.lists(
        st.builds(
            Mapping,
            subject_id=IRIS.filter(_is_iri),
            predicate_id=st.sampled_from([mappings.EXACT, mappings.BROAD]),
            object_id=IRIS.filter(_is_iri),
            subject_label=TEXTS,
            comment=TEXTS,
            author_label=st.lists(TEXTS.filter(lambda text: text and not text.endswith("\\")), max_size=3).map(tuple),
            confidence=st.sampled_from([None, 0.0, 0.5, 0.123, 1.0]),
            predicate_modifier=st.sampled_from(["", mappings.NOT]),
            more=st.dictionaries(st.sampled_from(["ext_a", "ext-b.c", "é"]), TEXTS.filter(bool)).map(dict.items).map(sorted).map(tuple),
        ),
        max_size=5,
    ),
    st.dictionaries(st.text("abc_", min_size=1, max_size=5).map("x".__add__), TEXTS.filter(bool), max_size=3),
)
def test_what_is_written_is_read_as_it_was_and_written_the_same(rows: list[Mapping], metadata: dict[str, str]) -> None:
    text = canonical(MappingSet(tuple(rows), metadata))
    again = parse(text)
    assert set(again.mappings) == set(rows)
    assert again.metadata.items() >= metadata.items()
    assert canonical(again) == text


@given(TEXTS)
def test_a_text_in_a_header_comes_back(text: str) -> None:
    lines = header.write("key", text)
    assert header.read(lines, None) == {"key": text}


def test_a_file_is_written_when_it_changes_and_only_then(tmp_path: Path) -> None:
    path = tmp_path / "links.sssom.tsv"
    assert mappings.read(path, missing_ok=True) == MappingSet()
    with pytest.raises(InputError, match="no such file"):
        mappings.read(path)
    assert mappings.write(path, MappingSet((MILL,)), names.prefixes())
    assert not mappings.write(path, mappings.read(path), names.prefixes())
    assert mappings.read(path).mappings == (MILL,)


def test_a_set_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        mappings.write(tmp_path / "nowhere" / "links.sssom.tsv", MappingSet((MILL,)), names.prefixes())


# The files of a workspace


@pytest.fixture
def space(root: Path, tmp_path: Path) -> workspace.Workspace:
    """Return a workspace of one entity, two links of which one is denied, a candidate and a snapshot."""
    for folder in ("ontology", "queries"):
        (tmp_path / folder).symlink_to(root / folder)
    (tmp_path / "graph" / "snapshots").mkdir(parents=True)
    found = workspace.find(tmp_path)
    mill = f'<{ENT}mill> a <{names.SCHEMA}Place> ; <{names.PREF_LABEL}> "mill"@en .'
    (found.graph_dir / "entities.ttl").write_text(mill)
    found.links_file.write_text(GOOD + ROW.replace("\t\twd:Q44494", "\tNot\twd:Q1") + "\n")
    found.candidates_file.write_text(GOOD.replace("Q44494", "Q2"))
    (found.graph_dir / "snapshots" / "mills.ttl").write_text(f'<{WD}Q44494> <{names.LABEL}> "Mühle"@de .')
    return found


def graphs(loaded: index.Index) -> dict[str, int]:
    loaded.add_graphs()
    prefix = loaded.workspace.prefixes["graph"]
    found = {graph.value.removeprefix(prefix): graph for graph in loaded.store.named_graphs() if isinstance(graph, ox.NamedNode)}
    return {name: sum(1 for _ in loaded.store.quads_for_pattern(None, None, None, graph)) for name, graph in sorted(found.items())}


def test_links_and_snapshots_are_part_of_the_default_graph_and_graphs_of_their_own_and_candidates_are_not(
    space: workspace.Workspace,
) -> None:
    loaded = index.load(space)
    assert {name: size for name, size in graphs(loaded).items() if "/" not in name or name.startswith("snap")} == {
        "entities": 2,
        "links": 1,
        "snapshots/mills": 1,
    }
    answer: Any = loaded.store.query(f"SELECT ?label {{ <{ENT}mill> <{mappings.EXACT}> ?it . ?it <{names.LABEL}> ?label }}")
    assert [row["label"].value for row in answer] == ["Mühle"]
    assert not any(list(loaded.store.quads_for_pattern(None, None, ox.NamedNode(WD + each), None)) for each in ("Q1", "Q2"))


def test_without_what_is_foreign_only_the_workspace_itself_is_loaded(space: workspace.Workspace) -> None:
    loaded = index.load(space, foreign=False)
    assert not list(loaded.store.quads_for_pattern(None, ox.NamedNode(mappings.EXACT), None, ox.DefaultGraph()))


@pytest.mark.parametrize("name", ["links.sssom.tsv", "snapshots/mills.ttl"])
def test_the_digest_follows_links_and_snapshots(space: workspace.Workspace, name: str) -> None:
    before = space.digest()
    path = space.graph_dir / name
    path.write_text(path.read_text() + "\n")
    assert space.digest() != before


def test_the_digest_does_not_follow_candidates(space: workspace.Workspace) -> None:
    before = space.digest()
    space.candidates_file.unlink()
    assert space.digest() == before


@pytest.mark.parametrize("name", ["links.sssom.tsv", "candidates.sssom.tsv", "snapshots/mills.ttl"])
def test_links_candidates_and_snapshots_that_lie_elsewhere_are_refused(
    space: workspace.Workspace, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "file"
    path = space.graph_dir / name
    elsewhere.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(elsewhere)
    with pytest.raises(InputError, match="leads out of the workspace"):
        index.load(space)
    elsewhere.unlink()
    with pytest.raises(InputError, match="leads out of the workspace"):
        index.load(space)


def test_a_folder_of_snapshots_that_lies_elsewhere_is_refused(space: workspace.Workspace, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "snapshots"
    (space.graph_dir / "snapshots").rename(elsewhere)
    (space.graph_dir / "snapshots").symlink_to(elsewhere)
    with pytest.raises(InputError, match="leads out of the workspace"):
        index.load(space)


def test_a_broken_set_is_told_with_its_line_by_whoever_loads_it(space: workspace.Workspace, run_kg: Any) -> None:
    space.links_file.write_text(GOOD + "ent:mill\n")
    done = run_kg("query", "-e", "ASK { ?s ?p ?o }", cwd=space.root)
    assert done.code == 3
    assert done.err == f"kg: {space.links_file}:6: the row has 1 cell, the header has 6\n"


def test_a_question_loads_neither_csv_nor_the_records(space: workspace.Workspace) -> None:
    space.links_file.write_text('#mapping_set_version: "1.0"\n' + space.links_file.read_text())
    code = (
        "import sys; from kg import index, workspace; index.load(workspace.find(sys.argv[1])); "
        "print(sorted({'csv', 'json', 'hashlib', 'yaml', 'kg.mappings', 'kg.targets', 'kg.sssom.writing'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(space.root)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", ["links.sssom.tsv", "snapshots/mills.ttl"])
def test_a_server_sees_that_links_and_snapshots_change_come_and_go(space: workspace.Workspace, name: str) -> None:
    path = space.graph_dir / name
    states = [state_of(space)]
    path.write_text(path.read_text() + "\n\n")
    states.append(state_of(space))
    path.unlink()
    states.append(state_of(space))
    assert len(set(states)) == 3
    space.candidates_file.unlink()
    assert state_of(space) == states[-1]
