"""What kg.sheet promises: a table and a graph file are two forms of one thing, and what is wrong is said with row and column."""

# ruff: noqa: RUF001  # the texts here have curly quotes and dashes on purpose

import csv
import io
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import index, names, scaffold, sheet, sources, text, triples, turtle
from kg.errors import InputError, StorageError
from kg.model import Claim, Literal, Passage
from kg.sheet import table
from kg.workspace import Workspace

FERRY = Path(__file__).parent / "data" / "ferry"
TOWN = text.normal_form((FERRY / "town.txt").read_bytes())
SHEET = (FERRY / "claims.csv").read_bytes()
NEEDED = "label,subject,relation,object,quote\n"

NO_UNIT = "such as unit:PERCENT, unit:CCY_EUR or, for counted things, unit:NUM"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the ferry with the source registered and its sheet imported."""
    made = scaffold.create(tmp_path_factory.mktemp("sheet") / "ferry")
    sources.register(index.load(made), (FERRY / "town.txt").read_bytes(), key="town", title="The Quarrel at Lorn Bend").write()
    loaded = index.load(made)
    sheet.import_sheet(loaded, sources.named(loaded, "town"), SHEET, text=TOWN, new_entities=True).write()
    return made.root


@pytest.fixture
def ferry(template: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(template, tmp_path / "ferry")
    return Workspace(tmp_path / "ferry", base="https://example.org/ferry/")


def take(ferry: Workspace, data: bytes | str, *, with_text: bool = True, new_entities: bool = False) -> sheet.Import:
    loaded = index.load(ferry)
    raw = data.encode() if isinstance(data, str) else data
    return sheet.import_sheet(
        loaded, sources.named(loaded, "town"), raw, text=TOWN if with_text else None, new_entities=new_entities, path="claims.csv"
    )


def give(ferry: Workspace, *, with_text: bool = True) -> str:
    loaded = index.load(ferry)
    return sheet.export_sheet(loaded, sources.named(loaded, "town"), text=TOWN if with_text else None)


def rows_of(data: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data, newline="")))


def table_of(rows: list[dict[str, str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(dict.fromkeys(column for row in rows for column in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def with_row(**cells: str) -> str:
    """A sheet of one good row, with some of its cells changed."""
    row = {
        "label": "It is so.",
        "subject": "ent:vell",
        "relation": "rel:wants",
        "object": "ent:ostrow",
        "quote": "Vell wants a bridge instead",
    }
    return table_of([row | cells])


def problems(ferry: Workspace, data: bytes | str, **options: bool) -> list[str]:
    before = {path: path.read_bytes() for path in ferry.graph_files}
    with pytest.raises(sheet.SheetError) as caught:
        take(ferry, data, **options).write()
    assert {path: path.read_bytes() for path in ferry.graph_files} == before
    return [str(problem) for problem in caught.value.problems]


# Reading a sheet


def test_the_first_sheet_makes_claims_passages_and_entities(ferry: Workspace) -> None:
    loaded = index.load(ferry)
    claim = {names.local_name(claim.iri): claim for claim in loaded.all_claims}
    ent = ferry.prefixes["ent"]
    assert sorted(claim) == [f"town-{number:03}" for number in range(1, 10)]
    denial, record, paid = claim["town-004"], claim["town-005"], claim["town-007"]
    assert (denial.polarity, denial.claimant, denial.reported_by) == ("denied", ent + "council-of-vell", ent + "author-of-town")
    assert (record.since, record.until, record.kind) == (date(2031, 3, 9), date(2031, 3, 9), "event")
    assert (paid.value, paid.unit, paid.since, paid.until) == (
        Decimal(40000), "http://qudt.org/vocab/unit/CCY_EUR", date(2030, 1, 1), date(2030, 12, 31)
    )  # fmt: skip
    assert claim["town-003"].object == Literal("a theft of the river", language="en")
    assert (claim["town-006"].subject, claim["town-006"].object) == (record.iri, denial.iri)
    assert (claim["town-001"].claimant, claim["town-001"].certainty, claim["town-001"].status) == (
        ent + "author-of-town",
        "certain",
        "accepted",
    )
    assert loaded.entities[ent + "lorn-ferry"].label == "Lorn ferry"
    [silent] = [passage for passage in loaded.passages.values() if passage.no_claim]
    assert (TOWN[silent.start : silent.end], silent.no_claim) == ("So runs the river, and so runs the quarrel.", "a closing flourish")


def test_every_passage_carries_the_digest_of_its_place(ferry: Workspace) -> None:
    for passage in index.load(ferry).passages.values():
        assert passage.digest == text.passage_digest(text.identifier(TOWN), passage.start, passage.end, TOWN[passage.start : passage.end])


def test_no_quote_is_stored(ferry: Workspace) -> None:
    written = b"".join(path.read_bytes() for path in ferry.graph_files).decode()
    for row in rows_of(SHEET.decode()):
        assert row["quote"] not in written


def test_a_second_import_of_the_same_sheet_changes_nothing(ferry: Workspace) -> None:
    again = take(ferry, SHEET)
    assert (again.added, again.changed, again.removed, again.write()) == ([], [], [], False)


def test_only_five_columns_are_needed_and_a_byte_order_mark_is_dropped(ferry: Workspace) -> None:
    data = "\ufeff" + NEEDED + "Vell wants a bridge.,Vell,wants,bridge at Lorn Bend,Vell wants a bridge instead\n"
    [claim] = take(ferry, data).claims
    assert (claim.claimant, claim.kind) == (ferry.prefixes["ent"] + "author-of-town", "demand")


@pytest.mark.parametrize("subject", ["ent:vell", "vell", "Vell", " Vell ", "<https://example.org/ferry/entity/vell>"])
@pytest.mark.parametrize("relation", ["rel:wants", "wants"])
def test_a_name_may_be_a_curie_a_local_name_a_label_or_an_iri(ferry: Workspace, subject: str, relation: str) -> None:
    [claim] = take(ferry, with_row(subject=subject, relation=relation)).claims
    assert (claim.subject, claim.relation) == (ferry.prefixes["ent"] + "vell", names.REL + "wants")


@pytest.mark.parametrize(
    "name", ["5", "005", "claim:005", "claim:5", "claim:town-005", "The inspectors record that Vell closed the ferry on 9 March 2031."]
)
def test_a_claim_may_be_named_by_number_curie_or_label(ferry: Workspace, name: str) -> None:
    rows = rows_of(SHEET.decode())
    rows[5]["subject"] = name
    assert take(ferry, table_of(rows)).claims[5].subject == ferry.prefixes["claim"] + "town-005"


def test_a_label_of_two_entities_asks_which(ferry: Workspace) -> None:
    path = ferry.graph_dir / "entities.ttl"
    other = turtle.parse(path.read_bytes().replace(b"ent:vell ", b"ent:vell-river "))
    turtle.write(path, [*turtle.parse(path.read_bytes()), *other], ferry.prefixes)
    assert problems(ferry, with_row(subject="Vell")) == [
        "claims.csv:2: column subject: 'Vell' may be any of ent:vell, ent:vell-river; write which"
    ]


@pytest.mark.parametrize(
    ("cell", "literal"),
    [
        ("a fine thing", Literal("a fine thing", language="en")),
        ('"une belle chose"@fr', Literal("une belle chose", language="fr")),
        ('"plain"', Literal("plain")),
        ('"2031-03-09"^^xsd:date', Literal("2031-03-09", datatype=names.XSD + "date")),
        ('"ent:vell"', Literal("ent:vell")),
        ("'=1+1", Literal("=1+1", language="en")),
    ],
)
def test_words_are_in_the_language_of_the_source_unless_they_say_otherwise(ferry: Workspace, cell: str, literal: Literal) -> None:
    [claim] = take(ferry, with_row(relation="rel:describedAs", object=cell)).claims
    assert claim.object == literal


def test_two_quotes_are_two_passages_and_a_long_quote_is_one_a_sentence(ferry: Workspace) -> None:
    two = take(ferry, with_row(quote="Vell wants || Ostrow, the town paid")).passages
    assert [TOWN[p.start : p.end] for p in two] == ["Vell wants", "Ostrow, the town paid"]
    long = take(ferry, with_row(quote="ferry in 2030. What Comes Next Vell wants a bridge")).passages
    assert [(TOWN[p.start : p.end], p.sentence, p.paragraph) for p in long] == [("ferry in 2030.", 5, 2), ("Vell wants a bridge", 6, 3)]


def test_which_of_several_places_is_meant_is_said_behind_the_quote_or_by_the_passage(ferry: Workspace) -> None:
    places = text.find_quote(TOWN, "the ferry")
    assert len(places) == 5
    [second] = take(ferry, with_row(quote="the ferry [2]")).passages
    assert (second.start, second.end) == places[1]
    [third] = take(ferry, with_row(quote="the ferry", passage="{}-{}".format(*places[2]))).passages
    assert (third.start, third.end) == places[2]


def test_offsets_that_a_spreadsheet_made_a_date_of_do_no_harm_beside_a_quote(ferry: Workspace) -> None:
    [passage] = take(ferry, with_row(passage="12-Oct")).passages
    assert TOWN[passage.start : passage.end] == "Vell wants a bridge instead"
    assert "'12-Oct' is no passage" in problems(ferry, with_row(quote="", passage="12-Oct"))[0]


def test_a_row_without_number_is_the_claim_with_its_label_or_a_new_one(ferry: Workspace) -> None:
    rows = rows_of(SHEET.decode())
    for row in rows:
        row["claim"] = ""
    rows[5] |= {"subject": "claim:005", "object": "claim:004"}
    rows.insert(0, rows[0] | {"label": "Ostrow wants the ferry.", "relation": "rel:wants"})
    found = take(ferry, table_of(rows))
    assert [names.local_name(iri) for iri in found.added] == ["town-010"]
    assert (found.changed, found.removed) == ([], [])


def test_numbers_of_removed_claims_are_never_used_again(ferry: Workspace) -> None:
    rows = rows_of(SHEET.decode())
    short = table_of([row for row in rows if row["claim"] != "009"])
    first = take(ferry, short)
    assert [names.local_name(iri) for iri in first.removed] == ["town-009"]
    first.write()
    assert b"claim:town-009 owl:deprecated true ." in ferry.file_of("town").read_bytes()
    later = take(ferry, table_of([row for row in rows if row["claim"] != "009"] + [rows[0] | {"claim": "", "label": "Another."}]))
    assert [names.local_name(iri) for iri in later.added] == ["town-010"]
    take(ferry, SHEET).write()
    assert b"deprecated" not in ferry.file_of("town").read_bytes()


def test_an_import_says_what_it_adds_changes_and_removes(ferry: Workspace) -> None:
    rows = rows_of(SHEET.decode())
    rows[0]["certainty"] = "possible"
    rows[1] |= {"claim": "012"}
    found = take(ferry, table_of(rows))
    assert [[names.local_name(iri) for iri in iris] for iris in (found.added, found.changed, found.removed)] == [
        ["town-012"],
        ["town-001"],
        ["town-002"],
    ]


def test_what_a_sheet_cannot_hold_stays_in_the_file(ferry: Workspace) -> None:
    path = ferry.file_of("town")
    more = (
        "@prefix claim: <https://example.org/ferry/claim/> . @prefix src: <https://example.org/ferry/source/> . "
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix dcterms: <http://purl.org/dc/terms/> . "
        'claim:town-001 rdfs:label "On use le bac."@fr ; dcterms:isReplacedBy claim:town-002 . src:town dcterms:rights "theirs" .'
    )
    extra = turtle.parse(more.encode())
    turtle.write(path, [*turtle.parse(path.read_bytes()), *extra], ferry.prefixes)
    rows = rows_of(SHEET.decode())
    rows[0]["certainty"] = "possible"
    take(ferry, table_of(rows)).write()
    assert set(extra) <= set(turtle.parse(path.read_bytes()))


def test_new_entities_take_their_name_and_label_from_the_cell(ferry: Workspace) -> None:
    rows = [
        rows_of(with_row(label=f"Claim {number}.", subject=name))[0]
        for number, name in enumerate(["ent:mill-at-vell", "Città Vella’s Mill", "old-bridge"])
    ]
    found = take(ferry, table_of(rows), new_entities=True)
    assert {names.local_name(entity.iri): (entity.label, entity.types) for entity in found.created} == {
        "mill-at-vell": ("mill at vell", (names.SCHEMA + "Thing",)),
        "citta-vellas-mill": ("Città Vella’s Mill", (names.SCHEMA + "Thing",)),
        "old-bridge": ("old bridge", (names.SCHEMA + "Thing",)),
    }


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("Øresund", "oresund"),
        ("Łódź", "lodz"),
        ("Straße nach Vell", "strasse-nach-vell"),
        ("Москва", "moskva"),
        ("Подъезд Ньютона", "podezd-nyutona"),
        ("Чайи\u0306", "chayy"),
        ("王伟", "wangwei"),
        ("Αθήνα", "athina"),
    ],
)
def test_a_new_id_has_every_letter_of_its_name_in_any_script_and_the_label_is_the_name(ferry: Workspace, name: str, local: str) -> None:
    [entity] = take(ferry, with_row(subject=name), new_entities=True).created
    assert (names.local_name(entity.iri), entity.label) == (local, name)


def test_two_names_that_would_have_one_id_are_not_made_one(ferry: Workspace) -> None:
    def sheet_of(*cells: str) -> str:
        return table_of([rows_of(with_row(label=f"Claim {number}.", subject=name))[0] for number, name in enumerate(cells)])

    way = "write ent:wangwei for both where they are one, else ent:NAME with another NAME for one of them"
    with pytest.raises(InputError, match=f"'王薇' and '王伟' would both be ent:wangwei; {way}"):
        take(ferry, sheet_of("王伟", "王薇"), new_entities=True)
    assert len(take(ferry, sheet_of("Città Vella", "citta-vella", "CITTA VELLA"), new_entities=True).created) == 1
    take(ferry, table_of([*rows_of(SHEET.decode()), *rows_of(sheet_of("王伟"))]), new_entities=True).write()
    with pytest.raises(InputError, match="'王薇' is unknown; its id would be ent:wangwei, which is '王伟'; write ent:wangwei where"):
        take(ferry, sheet_of("王薇"), new_entities=True)


@pytest.mark.parametrize(("name", "why"), [("…!", "no id can be made of it"), ("long " * 20, "its id would have more than 64 letters")])
def test_a_name_that_gives_no_id_is_told_so(ferry: Workspace, name: str, why: str) -> None:
    with pytest.raises(InputError, match=f"{why}; write ent:NAME, in a-z, 0-9 and hyphens, and put the label right in entities.ttl"):
        take(ferry, with_row(subject=name), new_entities=True)


def test_an_id_that_was_made_otherwise_stays(ferry: Workspace) -> None:
    path = ferry.graph_dir / "entities.ttl"
    said = path.read_text(encoding="utf-8")
    path.write_text(said.replace("ent:vell ", "ent:resund ").replace('"Vell"@en', '"Øresund"@en'), encoding="utf-8")
    found = take(ferry, with_row(subject="Øresund", object="ent:lorn-ferry"), new_entities=True)
    assert (found.created, found.claims[0].subject) == ((), ferry.prefixes["ent"] + "resund")


def test_a_new_entity_that_looks_like_an_old_one_is_pointed_out(ferry: Workspace) -> None:
    found = take(ferry, with_row(subject="council of Vel"), new_entities=True)
    [near] = found.near.values()
    assert near == ferry.prefixes["ent"] + "council-of-vell"
    rows = [
        rows_of(with_row(label=f"Claim {name}.", subject=name))[0] for name in ("ent:herring-gulls", "ent:herring-gull", "ent:water-mill")
    ]
    twice = take(ferry, table_of(rows), new_entities=True)
    assert twice.near == {ferry.prefixes["ent"] + "herring-gull": ferry.prefixes["ent"] + "herring-gulls"}


def test_entities_that_nothing_uses_any_more_are_named(ferry: Workspace) -> None:
    first = take(ferry, table_of([*rows_of(SHEET.decode()), rows_of(with_row(subject="Brant Company"))[0]]), new_entities=True)
    assert first.unused == ()
    first.write()
    again = take(ferry, table_of([*rows_of(SHEET.decode()), rows_of(with_row(subject="Brandt Company"))[0]]), new_entities=True)
    assert again.unused == (ferry.prefixes["ent"] + "brant-company",)
    assert again.near == {ferry.prefixes["ent"] + "brandt-company": ferry.prefixes["ent"] + "brant-company"}


def test_a_derived_claim_needs_no_quote_and_is_the_workspaces(ferry: Workspace) -> None:
    rows = [*rows_of(SHEET.decode()), rows_of(with_row(label="It follows.", quote=""))[0] | {"derived_from": "004 005"}]
    derived = take(ferry, table_of(rows), new_entities=True).claims[-1]
    assert derived.claimant == ferry.prefixes["ent"] + "claimgraph-workspace"
    assert derived.derived_from == tuple(ferry.prefixes["claim"] + f"town-{number}" for number in ("004", "005"))
    assert derived.passages == ()


# What is wrong


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"subject": "ent:vel"}, "column subject: 'ent:vel' is unknown; nearest: ent:vell"),
        ({"subject": "Counsil of Vell"}, "column subject: 'Counsil of Vell' is unknown; nearest: ent:council-of-vell"),
        ({"subject": "claim:077"}, "column subject: 'claim:077' is unknown; write it as in ent:name, claim:007 or an exact label"),
        ({"subject": " "}, "column subject: it is empty"),
        ({"object": ""}, "column object: it is empty"),
        ({"relation": ""}, "column relation: it is empty"),
        ({"label": ""}, "column label: it is empty; write one plain sentence in your own words"),
        ({"label": "Two\nlines."}, "column label: it has a line break; a label is one plain sentence"),
        ({"relation": "rel:wnats"}, "column relation: the relation 'rel:wnats' is unknown; nearest: rel:wants"),
        ({"relation": "rel:describedAs"}, "column object: this relation takes words, not the name 'ent:ostrow'; in quotation"),
        ({"polarity": "denyed"}, "column polarity: 'denyed' is none of affirmed, denied; nearest: denied"),
        ({"status": "final"}, "column status: 'final' is none of draft, accepted, rejected"),
        ({"when": "March 2031"}, "column when: 'March 2031' is no date; write 2029-05-04, 2029-05 or 2029; kg sheet --help"),
        ({"when": "2031-02-30"}, "column when: there is no day 2031-02-30; write 2029-05-04, 2029-05 or 2029; kg sheet --help"),
        ({"when": "2031/2030"}, "column when: '2031/2030' ends before it begins"),
        ({"value": "40,000", "unit": "unit:NUM"}, "column value: '40,000' is no plain decimal number, such as 289000000 or 0.5"),
        ({"value": "4"}, f"column unit: a figure needs its unit, {NO_UNIT}"),
        ({"unit": "unit:NUM"}, "column value: a unit needs its figure"),
        ({"value": "4", "unit": "two words"}, f"column unit: 'two words' is no unit, {NO_UNIT}"),
        ({"value": "4", "unit": "PERCENT"}, "column unit: 'PERCENT' is no unit; nearest: unit:PERCENT"),
        ({"value": "4", "unit": "unit:percent"}, "column unit: 'unit:percent' is no unit; nearest: unit:PERCENT"),
        ({"value": "4", "unit": "Dollars"}, "column unit: 'Dollars' is no unit; nearest: unit:CCY_USD"),
        ({"value": "4", "unit": "unti:NUM"}, "column unit: 'unti:NUM' is no unit; nearest: unit:NUM"),
        ({"subject": "LORN FERY"}, "column subject: 'LORN FERY' is unknown; nearest: ent:lorn-ferry"),
        ({"subject": "closed"}, "column subject: 'closed' is unknown; --new-entities creates it"),
        ({"relation": "REL:WANTS"}, "column relation: the relation 'REL:WANTS' is unknown; nearest: rel:wants"),
        ({"relation": "lorn-ferry"}, "column relation: the relation 'lorn-ferry' is unknown; kg query relations explains each"),
        ({"reported_by": "author of the source"}, "column reported_by: the claimant relays nothing; empty this cell"),
        ({"quote": "Vell wants the moon"}, "column quote: the quote is not in the text; nearest: sentence 6, which begins “Vell wants a"),
        ({"quote": "xyzzy"}, "column quote: the quote is not in the text"),
        ({"quote": "the ferry"}, "column quote: the quote stands 5 times in the text (sentences 1, 2, 3, 4, 5); make it"),
        ({"quote": "the ferry [6]"}, "column quote: the quote stands 5 times in the text, so there is no [6]"),
        ({"quote": "What Comes Next"}, "column quote: 537-552 holds no part of a sentence; headings carry no claims"),
        ({"quote": ""}, "column quote: a claim needs a quote of the text, a passage, or the claims it was derived from"),
        ({"quote": "", "passage": "9-3"}, "column quote: '9-3' is no passage, such as 1320-1345"),
        ({"quote": "", "passage": "670-9999"}, "column quote: 670-9999 holds no part of a sentence; headings carry no claims"),
        ({"claim": "claim:1"}, "column claim: 'claim:1' stands there twice"),
        ({"claim": "claim:other-001"}, "column claim: 'claim:other-001' is no claim of this source, such as 007 or claim:town-007"),
        ({"no_claim": "no reason"}, "column label: a row with no_claim has a quote and nothing else; empty this cell"),
        ({"derived_from": "005", "claimant": "Vell"}, "column derived_from: a derived claim has no passage; empty this cell or the quote"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_its_row_and_column(ferry: Workspace, cells: dict[str, str], message: str) -> None:
    rows = [*rows_of(SHEET.decode()), {**rows_of(with_row())[0], **cells}]
    assert problems(ferry, table_of(rows))[0].startswith(f"claims.csv:12: {message}")


def test_a_relation_is_also_found_by_the_words_that_define_it(ferry: Workspace) -> None:
    [message] = problems(ferry, with_row(relation="shutdown closings"))
    assert "rel:closed" in message
    assert message.endswith(
        "; kg query relations explains each; "
        "one of your own: prefixes in kg.toml, a block as in ontology/relations.ttl in ontology/own.ttl, kg fmt"
    )


def test_a_faulty_relation_is_said_once_and_spoils_no_other_row(ferry: Workspace) -> None:
    path = ferry.root / "ontology" / "relations.ttl"
    text_of = path.read_text(encoding="utf-8")
    path.write_text(text_of + '\nrel:ferries a kg:Relation ; rdfs:label "ferries"@en .\n', encoding="utf-8")
    assert take(ferry, with_row()).claims
    rows = [rows_of(with_row(label=f"Claim {number}.", relation="rel:ferries", object="some words"))[0] for number in range(3)]
    rows[2]["polarity"] = "no"
    found = problems(ferry, table_of(rows))
    line = text_of.count("\n") + 2
    assert found == [
        f"ontology: rel:ferries has no stance (ontology/relations.ttl:{line}); kg check says more",
        "claims.csv:4: column polarity: 'no' is none of affirmed, denied",
    ]


def test_a_sheet_without_any_place_is_one_problem(ferry: Workspace) -> None:
    data = "label,subject,relation,object\nA.,Vell,wants,Ostrow\nB.,Vell,wants,Ostrow\n"
    assert problems(ferry, data) == [
        "claims.csv:1: the header has neither quote nor passage; add a column quote with the words of the text that say each claim"
    ]


def test_all_problems_are_said_at_once_in_the_order_of_the_rows(ferry: Workspace) -> None:
    rows = rows_of(SHEET.decode())
    rows[0]["subject"], rows[0]["quote"], rows[7]["polarity"] = "ent:lorn-fery", "nowhere", "no"
    found = problems(ferry, table_of(rows) + "too,few\n")
    assert [message.split(":")[1] for message in found] == ["2", "2", "9", "12"]


def test_the_line_of_a_row_counts_the_lines_inside_its_cells(ferry: Workspace) -> None:
    first = rows_of(with_row(note="one\ntwo\nthree"))[0]
    data = table_of([first, first | {"label": "Other.", "subject": "nobody-at-all"}])
    assert problems(ferry, data)[0].startswith("claims.csv:5: column subject")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "1: the header lacks label, subject, relation, object; "),
        ("Vell wants a bridge.,Vell,wants,bridge\n", "1: there is no column 'vell wants a bridge.'; "),
        ("label,subject,relation,quote\n", "1: the header lacks object; "),
        ("label,subject,subject,relation,object\n", "1: the column 'subject' stands there 2 times"),
        ("label,subject,relatoin,relation,object\n", "1: there is no column 'relatoin'; nearest: relation"),
        ("label,subject,relation,object,\n", "1: a column has no name"),
        ("label;subject;relation;object\nx;y;z;w\n", "1: the cells are separated by semicolons; save the table as CSV with commas"),
        ("label\tsubject\trelation\tobject\nx\ty\tz\tw\n", "1: the cells are separated by tabs; save the table as CSV with commas"),
        (NEEDED + "a,b,c\n", "2: the row has 3 cells, the header has 5"),
        (NEEDED + "\n,,,,\na,b,c,d,e,f\n", "4: the row has 6 cells, the header has 5"),
        (NEEDED + "a,b,c,d,\0\n", "2: a NUL character has no place in a table"),
        (NEEDED + 'a,b,c,d,"e\n', "2: a cell that begins with a quotation mark here is never closed"),
        (NEEDED + 'a,b,c,d,"e"f\n', "2: this is no well-formed CSV: "),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_line(ferry: Workspace, data: str, message: str) -> None:
    assert problems(ferry, data)[0].startswith(f"claims.csv:{message}")


@pytest.mark.parametrize(
    ("data", "words"), [(NEEDED.encode("utf-16"), "UTF-16"), (NEEDED.encode() + b"\xff", "claims.csv:2: the sheet is not UTF-8")]
)
def test_a_table_that_is_not_utf_8_is_refused(ferry: Workspace, data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        take(ferry, data)


def test_a_cell_of_100_megabytes_is_refused_with_its_line(ferry: Workspace) -> None:
    data = NEEDED.encode() + b"fine,a,b,c,d\n" + b"x" * 100_000_000 + b",a,b,c,d\n"
    assert problems(ferry, data) == ["claims.csv:3: a cell is longer than 131,072 characters"]


@pytest.mark.parametrize(
    "cell", ["x> <urn:q> <urn:evil", "ent:x> <urn:q> <urn:evil", "<urn:x> <urn:q>", "ent:x\\u003E", "ent:../x", "a\x1bb", "http://x y/"]
)
@pytest.mark.parametrize("column", ["subject", "object", "claimant", "reported_by", "derived_from", "relation", "unit", "claim", "creator"])
def test_no_cell_can_smuggle_an_iri_in(ferry: Workspace, cell: str, column: str) -> None:
    if column == "derived_from":
        data = with_row(derived_from=cell, quote="")
    else:
        data = with_row(**{column: cell}, **({"value": "1"} if column == "unit" else {}))
    assert all(f"column {column}: " in message for message in problems(ferry, data, new_entities=True))


def test_a_sheet_may_not_leave_out_what_another_source_speaks_about(ferry: Workspace) -> None:
    other = replace(index.load(ferry).all_claims[5], iri=ferry.prefixes["claim"] + "other-001", passages=())
    turtle.write(ferry.file_of("other"), triples.claim_to_triples(other), ferry.prefixes)
    rows = [row for row in rows_of(SHEET.decode()) if row["claim"] not in {"004", "006"}]
    assert problems(ferry, table_of(rows)) == [
        "claims.csv:1: the sheet leaves out claim:town-004, which claim:other-001 refers to; keep its row, or change that claim first"
    ]


def test_a_graph_file_with_a_comment_is_not_rewritten(ferry: Workspace) -> None:
    path = ferry.file_of("town")
    path.write_bytes(path.read_bytes() + b"# by hand\n")
    with pytest.raises(InputError, match="a comment would be lost"):
        take(ferry, SHEET)


def test_the_bundled_workspace_is_not_written_to(ferry: Workspace) -> None:
    with pytest.raises(StorageError, match="kg init DIR makes one"):
        take(Workspace(ferry.root, base=ferry.base, is_bundled=True), SHEET)


def test_another_text_is_refused(ferry: Workspace) -> None:
    loaded = index.load(ferry)
    with pytest.raises(InputError, match=r"this is not the text that src:town was registered with \(its digest differs\)"):
        sheet.import_sheet(loaded, sources.named(loaded, "town"), SHEET, text=TOWN + "More.")


def test_quotes_without_the_text_are_refused_but_known_passages_are_not(ferry: Workspace) -> None:
    assert "name the text with --text FILE" in problems(ferry, SHEET, with_text=False)[0]
    assert take(ferry, give(ferry, with_text=False), with_text=False).changed == []
    assert "is no passage of the graph" in problems(ferry, with_row(quote="", passage="43-82"), with_text=False)[0]


def test_a_failure_between_the_two_files_leaves_a_workspace_that_loads(ferry: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ferry.file_of("town").read_bytes()
    found = take(ferry, with_row(subject="A new town"), new_entities=True)
    once = turtle.replace

    def fail(path: Path, data: bytes) -> None:
        if path.name == "town.ttl":
            raise StorageError("cannot write: No space left on device", path=path)
        once(path, data)

    monkeypatch.setattr(turtle, "replace", fail)
    with pytest.raises(StorageError):
        found.write()
    assert ferry.file_of("town").read_bytes() == before
    assert ferry.prefixes["ent"] + "a-new-town" in index.load(ferry).entities


# Writing a sheet, and both ways


@pytest.mark.parametrize("with_text", [True, False])
def test_export_and_import_give_the_same_bytes(ferry: Workspace, *, with_text: bool) -> None:
    before = ferry.file_of("town").read_bytes()
    found = take(ferry, give(ferry, with_text=with_text), with_text=with_text)
    assert turtle.serialize(found.held.with_records(found.claims, found.passages), ferry.prefixes).encode() == before


def test_an_export_with_the_text_needs_no_offsets(ferry: Workspace) -> None:
    rows = [row | {"passage": ""} for row in rows_of(give(ferry))]
    found = take(ferry, table_of(rows))
    assert (
        turtle.serialize(found.held.with_records(found.claims, found.passages), ferry.prefixes).encode()
        == ferry.file_of("town").read_bytes()
    )


def test_an_export_says_which_of_several_places_a_quote_means(ferry: Workspace) -> None:
    take(ferry, with_row(quote="the ferry [2]")).write()
    assert [row["quote"] for row in rows_of(give(ferry))] == ["the ferry [2]"]


def test_an_export_without_the_text_holds_none_of_its_quotes(ferry: Workspace) -> None:
    assert {row["quote"] for row in rows_of(give(ferry, with_text=False))} == {""}


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://evil")', "=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''@x"])
def test_no_cell_of_an_export_runs_as_a_formula(ferry: Workspace, cell: str) -> None:
    exact = with_row(label=table.guarded(cell), note=table.guarded(cell))
    take(ferry, exact).write()
    [row] = rows_of(give(ferry))
    assert row["label"] == row["note"] == "'" + cell
    assert take(ferry, give(ferry)).claims[0].label == cell


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n\"a,")))
def test_one_guard_goes_on_and_comes_off(cell: str) -> None:
    assert table.unguarded(table.guarded(cell)) == cell
    assert table.guarded(cell)[:1] not in set("=+-@\t\r")


WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\n"), min_size=1, max_size=20)
TRICKY = st.text(alphabet=st.sampled_from("|\\ 'a\"=,;@^\r\t"), min_size=1, max_size=12)
FILLED = (WORDS | TRICKY).filter(str.strip)
NOTES = st.sets(FILLED | st.sampled_from(["a\nb", "a || b", "a |\\| b"]), max_size=3).map(lambda notes: tuple(sorted(notes)))
LITERALS = st.one_of(
    st.builds(Literal, FILLED | st.just(""), language=st.sampled_from([None, "en", "fr"])),
    st.builds(Literal, FILLED | st.sampled_from(["ent:vell", '"x"@en']), datatype=st.sampled_from([None, names.XSD + "date", "urn:x:y"])),
)


@st.composite
def claims(draw: st.DrawFn, number: int, ferry: Workspace, known: list[str]) -> tuple[Claim, list[tuple[int, int]]]:
    ent = ferry.prefixes["ent"]
    party = st.sampled_from([ent + "vell", ent + "council-of-ostrow", ent + "ada-quill"])
    when, since, until = draw(
        st.sampled_from([(None, None, None), ("2031-03", date(2031, 3, 1), date(2031, 3, 31)), ("1991/..", date(1991, 1, 1), None)])
    )
    value = draw(st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
    objects: st.SearchStrategy[str | Literal] = LITERALS if (in_words := draw(st.booleans())) else party | st.sampled_from(known)
    derived = draw(st.booleans())
    sentence = draw(st.sampled_from(text.sentences(TOWN)))
    start = draw(st.integers(sentence.start, sentence.end - 1))
    end = draw(st.integers(start + 1, sentence.end))
    claimant = draw(party)
    claim = Claim(
        iri=f"{ferry.prefixes['claim']}town-{number:03}",
        label=draw(FILLED),
        subject=draw(party | st.sampled_from(known)),
        relation=names.REL + ("describedAs" if in_words else "wants"),
        object=draw(objects),
        claimant=claimant,
        reported_by=draw(st.none() | party.filter(lambda iri: iri != claimant)),
        polarity=draw(st.sampled_from(names.POLARITIES)),
        certainty=draw(st.sampled_from(names.CERTAINTIES)),
        modality=draw(st.none() | st.sampled_from(names.MODALITIES)),
        kind=draw(st.sampled_from(names.KINDS)),
        status=draw(st.sampled_from(names.STATUSES)),
        when=when,
        since=since,
        until=until,
        value=value,
        unit=None if value is None else draw(st.sampled_from(["http://qudt.org/vocab/unit/NUM", "http://qudt.org/vocab/currency/X"])),
        derived_from=tuple(draw(st.sets(st.sampled_from(known), min_size=1))) if derived else (),
        notes=draw(NOTES),
        creator=draw(st.none() | party),
        modified=draw(st.none() | st.dates(min_value=date(1000, 1, 1))),
    )
    return claim, [] if derived else [(start, end)]


def passage_of(ferry: Workspace, start: int, end: int, *, no_claim: str | None = None) -> Passage:
    sentence = text.sentence_at(text.sentences(TOWN), start, end)
    assert sentence
    source = ferry.prefixes["src"] + "town"
    digest = text.passage_digest(text.identifier(TOWN), start, end, TOWN[start:end])
    iri = f"{ferry.prefixes['passage']}town-{start}-{end}"
    return Passage(
        iri=iri,
        source=source,
        start=start,
        end=end,
        paragraph=sentence.paragraph,
        sentence=sentence.number,
        digest=digest,
        no_claim=no_claim,
    )


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_claims_come_back_from_their_sheet_byte_for_byte(ferry: Workspace, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 4))
    known = [f"{ferry.prefixes['claim']}town-{number:03}" for number in range(1, count + 1)]
    made = [data.draw(claims(number, ferry, known)) for number in range(1, count + 1)]
    held = sheet.holdings.read(ferry, sources.named(index.load(ferry), "town"))
    passages = {p.iri: p for _, spans in made for p in (passage_of(ferry, *span) for span in spans)}
    reason = data.draw(st.none() | FILLED)
    if reason:
        last = text.sentences(TOWN)[-1]
        silent = passage_of(ferry, last.start, last.end, no_claim=reason)
        passages[silent.iri] = silent
    records = [replace(claim, passages=tuple(passage_of(ferry, *span).iri for span in spans)) for claim, spans in made]
    kept = replace(held, claims={})
    turtle.write(ferry.file_of("town"), kept.with_records(records, passages.values()), ferry.prefixes)
    before = ferry.file_of("town").read_bytes()
    for with_text in (True, False):
        found = take(ferry, give(ferry, with_text=with_text), with_text=with_text)
        assert (found.changed, found.added, found.removed) == ([], [], [])
        assert turtle.serialize(found.held.with_records(found.claims, found.passages), ferry.prefixes).encode() == before


@pytest.mark.parametrize("with_text", [True, False])
def test_the_first_article_comes_back_from_its_sheet_byte_for_byte(article: str, article_index: index.Index, *, with_text: bool) -> None:
    source = sources.of_text(article_index, article)
    words = article if with_text else None
    exported = sheet.export_sheet(article_index, source, text=words)
    found = sheet.import_sheet(article_index, source, exported.encode(), text=words)
    assert (found.changed, found.added, found.removed, found.created) == ([], [], [], ())
    written = turtle.serialize(found.held.with_records(found.claims, found.passages), article_index.workspace.prefixes)
    assert written.encode() == found.held.path.read_bytes()
