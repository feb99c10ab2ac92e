"""Merging and renaming entities: everything follows, nothing is lost, what conflicts is refused, and the way back is byte for byte."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import index, journal, mappings, names, text, triples, turtle, workspace
from kg.checks import check_workspace
from kg.entities import merge, relabel, rename, undo
from kg.entities.rewriting import GraphFiles
from kg.errors import InputError, StorageError
from kg.lookup import Lookup, living
from kg.mappings import Mapping, MappingSet
from kg.model import Claim, Entity, Literal, Passage, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conftest import Run

    from kg.entities import Change
    from kg.workspace import Workspace

    RunKg = Callable[..., Run]

ROOT = Path(__file__).parents[1]
NAMES = names.prefixes()
WIKIDATA = "http://www.wikidata.org/entity/"


def ent(name: str) -> str:
    return NAMES["ent"] + name


def bytes_of(space: Workspace) -> dict[str, bytes]:
    """Return the files of a workspace, without what kg keeps for itself."""
    found = (path for path in space.root.rglob("*") if path.is_file() and not path.relative_to(space.root).parts[0].startswith("."))
    return {path.relative_to(space.root).as_posix(): path.read_bytes() for path in found}


def loaded(space: Workspace) -> index.Index:
    return index.load(space)


def rules(space: Workspace) -> list[str]:
    return sorted(f"{finding.rule}: {finding.message}" for finding in check_workspace(index.load(space, foreign=False)))


def copied(target: Path, root: Path = ROOT) -> Workspace:
    for name in ("ontology", "graph", "queries"):
        shutil.copytree(root / name, target / name, dirs_exist_ok=True)
    return workspace.find(target)


# The article's graph


@pytest.fixture
def article_space(tmp_path: Path) -> Workspace:
    """A copy of the checkout's graph, with no more links than a test gives it."""
    space = copied(tmp_path / "article")
    for path in (space.links_file, space.candidates_file):
        path.unlink(missing_ok=True)
    shutil.rmtree(space.graph_dir / "snapshots", ignore_errors=True)
    return space


def places(found: index.Index, iri: str) -> set[tuple[str, str]]:
    """Return where an entity stands in claims: claim and property."""
    quads = found.store.quads_for_pattern(None, None, ox.NamedNode(iri), ox.DefaultGraph())
    return {(quad.subject.value, quad.predicate.value) for quad in quads if isinstance(quad.subject, ox.NamedNode)}


def test_every_claim_of_both_is_found_by_the_one_that_stays(article_space: Workspace) -> None:
    before = bytes_of(article_space)
    was = loaded(article_space)
    both = places(was, ent("insecurity")) | places(was, ent("terrorism"))
    merge(was, "ent:insecurity", "terrorism").write()
    now = loaded(article_space)
    assert places(now, ent("terrorism")) == both | {(ent("insecurity"), names.DCTERMS + "isReplacedBy")}
    assert places(now, ent("insecurity")) == set()
    assert [len(each.all_claims) for each in (now, was)] == [len(was.all_claims)] * 2
    assert [claim.passages for claim in now.all_claims] == [claim.passages for claim in was.all_claims]
    assert rules(article_space) == []
    assert {"insecurity", "security concerns"} <= {*now.entities[ent("terrorism")].alt_labels}
    assert undo(article_space).words == "the merge of ent:insecurity into ent:terrorism"
    assert bytes_of(article_space) == before


def test_nothing_but_the_claims_of_the_two_and_their_blocks_changes(article_space: Workspace) -> None:
    before = bytes_of(article_space)["graph/ra.ttl"].decode().splitlines()
    merge(loaded(article_space), "ent:insecurity", "ent:terrorism").write()
    after = bytes_of(article_space)["graph/ra.ttl"].decode().splitlines()
    assert len(before) == len(after)
    assert all(old.replace("ent:insecurity", "ent:terrorism") == new for old, new in zip(before, after, strict=True))


def test_the_old_name_stays_as_deprecated_with_its_label_and_definition(article_space: Workspace) -> None:
    merge(loaded(article_space), "ent:insecurity", "ent:terrorism").write()
    said = (article_space.graph_dir / "entities.ttl").read_text(encoding="utf-8")
    assert (
        'ent:insecurity rdfs:label "insecurity"@en ;\n\tdcterms:isReplacedBy ent:terrorism ;\n\towl:deprecated true ;\n'
        '\tskos:definition "A lack of safety, and the worry that it causes."@en .\n'
    ) in said
    assert ent("insecurity") not in loaded(article_space).entities


def test_a_rename_takes_all_claims_along_and_keeps_the_definition(article_space: Workspace) -> None:
    before, was = bytes_of(article_space), loaded(article_space)
    rename(was, "ent:taliban", "the-taliban", label="the Taliban movement").write()
    now = loaded(article_space)
    assert places(now, ent("the-taliban")) - {(ent("taliban"), names.DCTERMS + "isReplacedBy")} == places(was, ent("taliban"))
    entity, old = now.entities[ent("the-taliban")], was.entities[ent("taliban")]
    assert (entity.types, entity.definition, entity.label) == (old.types, old.definition, "the Taliban movement")
    assert {*entity.alt_labels} == {*old.alt_labels, "Taliban"}
    assert rules(article_space) == []
    undo(article_space)
    assert bytes_of(article_space) == before


def test_another_label_keeps_the_old_one_and_what_was_another_name_is_so_no_more(article_space: Workspace) -> None:
    relabel(loaded(article_space), "Taliban", "Taliban militants").write()
    entity = loaded(article_space).entities[ent("taliban")]
    assert (entity.label, entity.alt_labels) == ("Taliban militants", ("Taliban", "Taliban representatives"))
    assert rules(article_space) == []


@pytest.mark.parametrize("words", ["ent:taliban", "<https://w3id.org/claimgraph/entity/taliban>", "taliban", "TALIBAN MILITANTS"])
def test_a_query_by_an_old_name_is_about_the_new_one(article_space: Workspace, run_kg: RunKg, words: str) -> None:
    rename(loaded(article_space), "ent:taliban", "the-movement", label="the movement").write()
    done = run_kg("query", "who-says-what", "-p", "who", words, "-f", "json", cwd=article_space.root)
    rows = json.loads(done.out)["results"]["bindings"]
    assert {row["who"]["value"] for row in rows} == {ent("the-movement")}
    said = "kg: ent:taliban is an old name of ent:the-movement\n"
    assert done.err == (said if "entity" in words or ":" in words else "")


def test_a_query_text_with_an_old_name_is_told_of_the_new_one(article_space: Workspace, run_kg: RunKg) -> None:
    rename(loaded(article_space), "ent:taliban", "the-movement").write()
    done = run_kg("query", "-e", "SELECT ?c { ?c kg:claimant ent:taliban }", "-f", "csv", cwd=article_space.root)
    assert (done.code, done.out.split()) == (0, ["c"])
    assert "kg: ent:taliban is an old name of ent:the-movement\n" in done.err


def test_a_map_about_an_old_name_is_about_the_new_one(article_space: Workspace) -> None:
    from kg.view.scope import entity

    rename(loaded(article_space), "ent:taliban", "the-movement").write()
    assert entity(loaded(article_space), "ent:taliban") == ent("the-movement")


def test_a_sheet_with_an_old_name_gives_the_claims_of_the_new_one(article_space: Workspace, article: str) -> None:
    from kg.sheet import export_sheet, import_sheet

    found = loaded(article_space)
    source = found.sources[NAMES["src"] + "ra"]
    sheet = export_sheet(found, source, text=article)
    assert "ent:taliban" in sheet
    rename(found, "ent:taliban", "the-movement", label="the movement").write()
    now = loaded(article_space)
    assert not import_sheet(now, source, sheet.encode(), text=article).changed
    by_label = sheet.replace("ent:taliban,", "Taliban,")
    assert by_label != sheet
    assert not import_sheet(now, source, by_label.encode(), text=article).changed


def test_completion_offers_the_new_name_and_not_the_old_one(article_space: Workspace, run_kg: RunKg) -> None:
    rename(loaded(article_space), "ent:taliban", "the-movement").write()
    words = {"_KG_COMPLETE": "zsh_complete", "COMP_WORDS": "kg query claims-about -p entity Talib", "COMP_CWORD": "5"}
    offered = run_kg(cwd=article_space.root, **words).out
    assert "ent\\:the-movement" in offered
    assert "ent\\:taliban\n" not in offered


def test_an_old_address_leads_to_the_new_one(article_space: Workspace) -> None:
    from kg.serve.complete import things
    from kg.serve.resources import dereference

    rename(loaded(article_space), "ent:taliban", "the-movement").write()
    found = loaded(article_space)
    reply = dereference(found, "entity/taliban", "text/turtle")
    assert (reply.status, reply.headers["Location"]) == (301, "/entity/the-movement")
    assert dereference(found, "entity/the-movement", "text/turtle").status == 303
    assert ent("taliban") not in {each.iri for each in things(found, "taliban", limit=50)}


def test_saved_queries_that_name_it_are_told_and_left(article_space: Workspace) -> None:
    path = article_space.queries_dir / "cq" / "mine.rq"
    path.write_text("#+ summary: Mine.\nSELECT * {\n  ?c ?p ent:taliban }  # ent:taliban-anti-western-rhetoric\n", encoding="utf-8")
    full = article_space.queries_dir / "cq" / "full.rq"
    full.write_text(f"PREFIX e: <{NAMES['ent']}>\nSELECT * {{ e:taliban ?p <{ent('taliban')}> }}\n", encoding="utf-8")
    other = article_space.queries_dir / "cq" / "other.rq"
    other.write_text("SELECT * { ?c ?p ent:taliban-anti-western-rhetoric }", encoding="utf-8")
    change = rename(loaded(article_space), "ent:taliban", "the-movement")
    told = [line for line in change.lines if line.startswith("saved queries")]
    assert len(told) == 1
    assert "queries/cq/full.rq:2, queries/cq/mine.rq:3" in told[0]
    assert "other.rq" not in told[0]
    assert told[0].endswith("; write ent:the-movement there")
    assert path not in {each.path for each in change.replacements}


# A small graph of our own


SENTENCES = 24
WORDS = " ".join(f"The keeper of mill {number} said so." for number in range(SENTENCES)) + "\n"
KINDS = ("Person", "Organization", "Organization", "GovernmentOrganization", "Thing", "Place", "City", "Organization")
SOURCE = Source(iri=NAMES["src"] + "ml", label="Mills", identifier=text.identifier(WORDS), length=len(WORDS), language="en")
NOBODY = ent("author-of-ml")


def passage(number: int) -> Passage:
    sentence = text.sentences(WORDS)[number]
    digest = text.passage_digest(SOURCE.identifier, sentence.start, sentence.end, WORDS[sentence.start : sentence.end])
    iri = f"{NAMES['passage']}ml-{sentence.start}-{sentence.end}"
    numbers: dict[str, Any] = {"start": sentence.start, "end": sentence.end, "paragraph": sentence.paragraph, "sentence": sentence.number}
    return Passage(iri=iri, source=SOURCE.iri, digest=digest, **numbers)


PASSAGES = tuple(passage(number) for number in range(SENTENCES))


def claim(number: int, subject: str, relation: str, target: str | Literal, claimant: str, **more: Any) -> Claim:
    defaults: dict[str, Any] = {"polarity": "affirmed", "certainty": "certain", "kind": "state", "status": "accepted"}
    return Claim(
        iri=f"{NAMES['claim']}ml-{number:03}",
        label=f"Somebody said number {number}.",
        subject=subject,
        relation=names.REL + relation,
        object=target,
        claimant=claimant,
        **(defaults | {"passages": (PASSAGES[number].iri,)} | more),
    )


def entity(number: int, **more: Any) -> Entity:
    defaults: dict[str, Any] = {
        "label": f"mill {number}",
        "types": (names.SCHEMA + KINDS[number % len(KINDS)],),
        "definition": f"The mill with the number {number}.",
        "alt_labels": (f"works {number}",),
    }
    return Entity(iri=ent(f"mill-{number}"), **(defaults | more))


AUTHOR = Entity(iri=NOBODY, label="author", types=(names.SCHEMA + "Person",), definition="Whoever wrote this.")


def write(folder: Path, claims: Sequence[Claim], entities: Sequence[Entity], *, extra: Sequence[ox.Triple] = ()) -> Workspace:
    """Write a workspace whose check finds nothing but what these claims and entities are at fault for."""
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    (folder / "graph").mkdir(exist_ok=True)
    used = {iri for each in claims for iri in each.passages}
    said = [*triples.source_to_triples(replace(SOURCE, creator=NOBODY)), *extra]
    for each in PASSAGES:
        said += triples.passage_to_triples(each if each.iri in used else replace(each, no_claim="none here"))
    said += [triple for each in claims for triple in triples.claim_to_triples(each)]
    turtle.write(folder / "graph" / "ml.ttl", said, NAMES)
    described = [triple for each in (AUTHOR, *entities) for triple in triples.entity_to_triples(each)]
    turtle.write(folder / "graph" / "entities.ttl", described, NAMES)
    return workspace.find(folder)


CLAIMS = (
    claim(1, ent("mill-1"), "opposes", ent("mill-3"), NOBODY),
    claim(2, ent("mill-5"), "troubledBy", ent("mill-1"), ent("mill-2"), reported_by=ent("mill-1")),
    claim(3, ent("mill-2"), "describedAs", Literal("old", language="en"), ent("mill-1"), reported_by=NOBODY),
    claim(4, ent("mill-2"), "metWith", ent("mill-0"), NOBODY),
    claim(5, f"{NAMES['claim']}ml-001", "supports", f"{NAMES['claim']}ml-004", NOBODY, creator=ent("mill-1")),
    claim(6, ent("mill-4"), "metWith", ent("mill-0"), NOBODY),
    claim(7, ent("mill-6"), "metWith", ent("mill-7"), NOBODY),
)
ENTITIES = tuple(entity(number) for number in range(8))


@pytest.fixture
def mills(tmp_path: Path) -> Workspace:
    return write(tmp_path / "mills", CLAIMS, ENTITIES)


def test_every_position_follows_and_the_check_is_as_before(mills: Workspace) -> None:
    old = rules(mills)
    change = merge(loaded(mills), "mill 1", "mill 7")
    assert "4 claims in ml.ttl will name ent:mill-7: 1 as subject, 1 as object, 1 as claimant, 1 as reporter, 1 as creator" in change.lines
    change.write()
    assert ent("mill-1").encode() not in (mills.graph_dir / "ml.ttl").read_bytes()
    assert b"ent:mill-1 " not in (mills.graph_dir / "ml.ttl").read_bytes()
    found = loaded(mills)
    assert [places(found, ent("mill-7")) >= {(f"{NAMES['claim']}ml-{number:03}", role)} for number, role in (
        (2, names.OBJECT), (2, names.REPORTED_BY), (3, names.CLAIMANT), (5, names.CREATOR))] == [True] * 4  # fmt: skip
    assert rules(mills) == old


def test_the_file_of_derived_claims_follows_too(mills: Workspace) -> None:
    derived = replace(
        claim(1, ent("mill-1"), "metWith", ent("mill-3"), ent("mill-2"), passages=()),
        iri=NAMES["claim"] + "derived-001",
        derived_from=(f"{NAMES['claim']}ml-001",),
    )
    turtle.write(mills.file_of("derived"), triples.claim_to_triples(derived), NAMES)
    merge(loaded(mills), "ent:mill-1", "ent:mill-7").write()
    assert b"rdf:subject ent:mill-7" in mills.file_of("derived").read_bytes()
    undo(mills)
    assert b"rdf:subject ent:mill-1" in mills.file_of("derived").read_bytes()


def test_an_import_follows_too_and_comes_back_with_the_same_bytes(mills: Workspace) -> None:
    lines = f'<{ent("one")}> <{names.PREF_LABEL}> "one"@en .\n<urn:x> <urn:p> <{ent("mill-1")}> .\n'
    lines += f'<urn:x> <urn:p> "01"^^<{names.XSD}integer> .\n'
    path = mills.graph_dir / "bulk.nt.gz"
    path.write_bytes(gzip.compress(lines.encode(), mtime=7))
    before = bytes_of(mills)
    merge(loaded(mills), "ent:mill-1", "ent:mill-7").write()
    assert gzip.decompress(path.read_bytes()).decode() == lines.replace("mill-1>", "mill-7>")
    undo(mills)
    assert bytes_of(mills) == before


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: data[:300] + b"\xff" * 100 + data[400:]], ids=["cut", "damaged"])
def test_an_import_that_is_damaged_is_named(mills: Workspace, run_kg: RunKg, damage: Callable[[bytes], bytes]) -> None:
    data = gzip.compress("".join(f"<urn:a{number}> <urn:b> <urn:c> .\n" for number in range(5000)).encode())
    (mills.graph_dir / "bulk.nt.gz").write_bytes(damage(data))
    with pytest.raises(InputError, match=r"bulk\.nt\.gz: the compressed file is damaged, or ends too early"):
        GraphFiles(mills)
    for command in (["query", "-e", "ASK {?s ?p ?o}"], ["check"], ["export", "-f", "nquads"]):
        done = run_kg(*command, cwd=mills.root)
        assert (done.code, done.err.count("\n")) == (3, 1), command
        assert "the compressed file" in done.err


def test_a_chain_of_names_ends_in_the_one_in_use(mills: Workspace) -> None:
    rename(loaded(mills), "ent:mill-1", "first").write()
    rename(loaded(mills), "ent:first", "second").write()
    merge(loaded(mills), "ent:second", "ent:mill-7").write()
    found = loaded(mills)
    assert {living(found, ent(name)) for name in ("mill-1", "first", "second")} == {ent("mill-7")}
    assert ox.NamedNode(ent("mill-7")) in found.said_of(ent("mill-1"))[names.DCTERMS + "isReplacedBy"]
    assert Lookup(NAMES, index=found).find("mill 1") == [ent("mill-7")]


def test_a_label_in_use_is_before_one_that_was_given_up(mills: Workspace) -> None:
    rename(loaded(mills), "ent:mill-1", "first", label="the first").write()
    assert Lookup(NAMES, index=loaded(mills)).find("mill 1") == [ent("first")]
    relabel(loaded(mills), "ent:mill-7", "mill 1").write()
    assert Lookup(NAMES, index=loaded(mills)).find("Mill 1") == [ent("mill-7")]


def test_an_unnamed_author_who_is_called_otherwise_is_no_second_one(mills: Workspace) -> None:
    from kg.sources import register

    rename(loaded(mills), "ent:author-of-ml", "keeper").write()
    (mills.graph_dir / "ml.ttl").unlink()
    found = register(loaded(mills), WORDS.encode(), key="ml")
    assert (found.source.creator, found.author) == (ent("keeper"), None)


def test_a_circle_of_names_written_by_hand_leads_nowhere_and_is_an_error(mills: Workspace) -> None:
    path = mills.graph_dir / "entities.ttl"
    circle = "".join(
        f"<{ent(one)}> <{names.OWL}deprecated> true ; <{names.LABEL}> '{one}'@en ; <{names.DCTERMS}isReplacedBy> <{ent(other)}> .\n"
        for one, other in (("a", "b"), ("b", "a"))
    )
    turtle.write(path, turtle.parse(path.read_bytes() + circle.encode()), NAMES)
    found = loaded(mills)
    assert living(found, ent("a")) in {ent("a"), ent("b")}
    assert sum("leads to no name that is in use" in each for each in rules(mills)) == 2


def test_claims_that_say_the_same_of_different_passages_are_kept_and_told(mills: Workspace) -> None:
    change = merge(loaded(mills), "ent:mill-4", "ent:mill-2")
    assert "claim:ml-004, claim:ml-006 will say the same, of different passages; all are kept" in change.lines
    change.write()
    assert len(loaded(mills).all_claims) == len(CLAIMS)


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ("Thing", "City", {"City"}),
        ("Organization", "GovernmentOrganization", {"GovernmentOrganization"}),
        ("GovernmentOrganization", "Organization", {"GovernmentOrganization"}),
        ("Place", "Country", {"Country"}),
        ("Thing", "Thing", {"Thing"}),
    ],
)
def test_types_that_go_together_become_the_narrower(tmp_path: Path, one: str, other: str, kept: set[str]) -> None:
    kinds = [entity(number, types=(names.SCHEMA + kind,)) for number, kind in ((0, one), (1, other))]
    space = write(tmp_path, [], kinds)
    merge(loaded(space), "ent:mill-0", "ent:mill-1").write()
    assert {names.local_name(kind) for kind in loaded(space).entities[ent("mill-1")].types} == kept


def test_labels_are_neither_lost_nor_there_twice(tmp_path: Path) -> None:
    one = entity(0, types=(names.SCHEMA + "Place",), label="Mill", alt_labels=("the mill", "the old mill"))
    other = entity(1, types=(names.SCHEMA + "Place",), label="the mill", alt_labels=("Mill", "works"))
    space = write(tmp_path, [], [one, other])
    merge(loaded(space), "ent:mill-0", "ent:mill-1").write()
    found = loaded(space).entities[ent("mill-1")]
    assert (found.label, found.alt_labels) == ("the mill", ("Mill", "the old mill", "works"))


def test_a_missing_definition_is_taken_over(tmp_path: Path) -> None:
    space = write(tmp_path, [], [entity(2), entity(7, definition=None)])
    change = merge(loaded(space), "ent:mill-2", "ent:mill-7")
    assert "ent:mill-7 has no definition and takes that of ent:mill-2" in change.lines
    change.write()
    assert loaded(space).entities[ent("mill-7")].definition == "The mill with the number 2."
    assert names.DEFINITION not in loaded(space).said_of(ent("mill-2"))


# Refusals


def refusal(space: Workspace, work: Callable[[index.Index], Change]) -> str:
    """Return the one line that refuses a change, which has left everything as it was."""
    before = bytes_of(space)
    with pytest.raises(InputError) as error:
        work(loaded(space)).write()
    assert bytes_of(space) == before
    assert not (space.root / journal.FOLDER).exists()
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 3
    return str(error.value)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("ent:mill-0", "ent:mill-5", "ent:mill-0 is a schema:Person, ent:mill-5 is a schema:Place, and nothing is both; correct the type"),
        ("ent:mill-1", "mill 1", "ent:mill-1 and mill 1 are ent:mill-1 both; name two entities"),
        ("ent:mil-1", "ent:mill-5", "there is no entity 'ent:mil-1'; did you mean ent:mill-1"),
        ("Dr: Who", "ent:mill-5", "there is no entity 'Dr: Who'; "),
        ("ent:mill-1", "", "there is no entity ''; write its id, as in ent:NAME, or its label"),
        (
            "claim:ml-001",
            "ent:mill-5",
            "claim:ml-001 is no entity; entities are named https://w3id.org/claimgraph/entity/…, as in ent:NAME",
        ),
        ("ent:mill-6", "ent:mill-5", ""),
        ("ent:mill-1", "ent:mill-3", "claim:ml-001 relates ent:mill-1 and ent:mill-3 to each other; correct the claim first where that is"),
        ("ent:mill-1", "ent:mill-2", "claim:ml-002 has one of ent:mill-1 and ent:mill-2 report the other; correct the claim first"),
    ],
)
def test_what_conflicts_is_refused_in_one_line(mills: Workspace, one: str, other: str, words: str) -> None:
    if not words:  # a city is a place
        merge(loaded(mills), one, other).write()
        return
    said = refusal(mills, lambda found: merge(found, one, other))
    assert words in said


def test_a_party_that_reports_the_other_is_refused(tmp_path: Path) -> None:
    claims = [claim(1, ent("mill-3"), "describedAs", Literal("x", language="en"), ent("mill-1"), reported_by=ent("mill-2"))]
    space = write(tmp_path, claims, ENTITIES)
    said = refusal(space, lambda found: merge(found, "ent:mill-1", "ent:mill-2"))
    assert said.startswith("claim:ml-001 has one of ent:mill-1 and ent:mill-2 report the other; ")


@pytest.mark.parametrize("polarity", ["affirmed", "denied"])
def test_a_claim_that_tells_the_two_apart_is_refused_whatever_its_status(tmp_path: Path, polarity: str) -> None:
    claims = [claim(1, ent("mill-2"), "comparesWith", ent("mill-1"), NOBODY, polarity=polarity, status="rejected")]
    space = write(tmp_path, claims, ENTITIES)
    assert "claim:ml-001 relates ent:mill-1 and ent:mill-2" in refusal(space, lambda found: merge(found, "ent:mill-1", "ent:mill-2"))


def test_two_claims_that_would_be_one_are_refused_and_neither_is_dropped(tmp_path: Path) -> None:
    same = {"passages": (PASSAGES[3].iri,)}
    claims = [
        claim(1, ent("mill-1"), "metWith", ent("mill-3"), NOBODY, **same),
        claim(2, ent("mill-2"), "metWith", ent("mill-3"), NOBODY, **same),
    ]
    space = write(tmp_path, claims, ENTITIES)
    said = refusal(space, lambda found: merge(found, "ent:mill-1", "ent:mill-2"))
    assert said == "claim:ml-001, claim:ml-002 would say the same of the same passage; remove one of the two claims first"


def test_a_replaced_entity_can_neither_be_merged_nor_renamed_nor_its_name_used_again(mills: Workspace) -> None:
    merge(loaded(mills), "ent:mill-1", "ent:mill-7").write()
    after = bytes_of(mills)
    cases: list[tuple[Callable[[index.Index], Change], str]] = [
        (lambda found: merge(found, "ent:mill-1", "ent:mill-3"), "ent:mill-1 was replaced by ent:mill-7 already; name ent:mill-7 instead"),
        (lambda found: merge(found, "ent:mill-3", "ent:mill-1"), "ent:mill-1 was replaced by ent:mill-7 already"),
        (lambda found: rename(found, "ent:mill-1", "x"), "ent:mill-1 was replaced by ent:mill-7 already"),
        (lambda found: rename(found, "ent:mill-7", "mill-1"), "ent:mill-1 is an old name of ent:mill-7, and names are never used again"),
    ]
    for work, words in cases:
        with pytest.raises(InputError, match=words):
            work(loaded(mills))
    assert bytes_of(mills) == after


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("Mill One", "'Mill One' cannot be an id; use lower-case letters, digits and hyphens, as in ent:river-office"),
        ("x" * 65, "cannot be an id"),
        ("claim:ml-001", "cannot be an id"),
        ("ent:mill-2", "ent:mill-2 is an entity already, 'mill 2'; choose another id, or use kg entity merge"),
        ("mill-1", "ent:mill-1 has this id already"),
    ],
)
def test_an_id_that_cannot_be_is_refused(mills: Workspace, new: str, words: str) -> None:
    assert words in refusal(mills, lambda found: rename(found, "ent:mill-1", new))


@pytest.mark.parametrize(
    ("label", "words"),
    [
        (" ", "' ' cannot be a label; it is some words on one line"),
        ("a\nb", "cannot be a label"),
        ("MILL 2", "'MILL 2' is the label of ent:mill-2 already; choose another, or make the two one with kg entity merge"),
        ("mill 1", "ent:mill-1 has the label 'mill 1' already; choose another"),
    ],
)
def test_a_label_that_cannot_be_is_refused(mills: Workspace, label: str, words: str) -> None:
    assert words in refusal(mills, lambda found: relabel(found, "ent:mill-1", label))


def test_the_party_of_derived_claims_keeps_its_name(article_space: Workspace) -> None:
    for work in (
        lambda found: rename(found, "ent:claimgraph-workspace", "us"),
        lambda found: merge(found, "ent:claimgraph-workspace", "ent:taliban"),
    ):
        assert "ent:claimgraph-workspace is the claimant of all derived claims" in refusal(article_space, work)


def test_a_label_of_two_entities_is_asked_about(tmp_path: Path) -> None:
    space = write(tmp_path, [], [entity(0, label="mill"), entity(1, label="Mill"), entity(2)])
    said = refusal(space, lambda found: merge(found, "mill", "ent:mill-2"))
    assert said == "'mill' may be any of ent:mill-0, ent:mill-1; write which"


def test_a_comment_in_a_file_that_would_be_rewritten_is_refused(mills: Workspace) -> None:
    path = mills.file_of("ml")
    path.write_bytes(path.read_bytes() + b"# a thought\n")
    assert "a comment would be lost" in refusal(mills, lambda found: merge(found, "ent:mill-1", "ent:mill-7"))


def test_the_bundled_workspace_is_refused(run_kg: RunKg, tmp_path: Path) -> None:
    for arguments in (["merge", "ent:taliban", "ent:russia", "--yes"], ["rename", "ent:taliban", "x", "--dry-run"], ["undo"]):
        done = run_kg("entity", *arguments, cwd=tmp_path)
        assert (done.code, done.out, len(done.err.splitlines())) == (6, "", 1)
        assert "the bundled one cannot be changed" in done.err


# Links


def link(subject: str, target: str, **more: Any) -> Mapping:
    defaults: dict[str, Any] = {
        "predicate_id": mappings.EXACT,
        "mapping_justification": "https://w3id.org/semapv/vocab/ManualMappingCuration",
        "subject_label": subject,
    }
    return Mapping(subject_id=ent(subject), object_id=target, **(defaults | more))


def with_links(space: Workspace, links: Sequence[Mapping], candidates: Sequence[Mapping] = ()) -> Workspace:
    for path, rows in ((space.links_file, links), (space.candidates_file, candidates)):
        if rows:
            mappings.write(path, MappingSet(tuple(rows)), space.prefixes)
    return space


def rows_of(path: Path) -> set[tuple[str, str, str, str]]:
    found = mappings.read(path).mappings
    return {(names.local_name(row.subject_id), row.subject_label, row.predicate_modifier, names.local_name(row.object_id)) for row in found}


def test_links_follow_also_those_that_say_not_and_come_back(mills: Workspace) -> None:
    links = [link("mill-1", WIKIDATA + "Q1"), link("mill-1", WIKIDATA + "Q2", predicate_modifier="Not"), link("mill-3", WIKIDATA + "Q3")]
    candidates = [
        link("mill-1", WIKIDATA + "Q1"),
        link("mill-7", WIKIDATA + "Q2"),
        link("mill-1", ent("mill-7")),
        link("mill-1", WIKIDATA + "Q9"),
    ]
    space = with_links(mills, links, candidates)
    before = bytes_of(space)
    change = merge(loaded(space), "ent:mill-1", "ent:mill-7")
    assert "2 links follow in links.sssom.tsv" in change.lines
    assert "2 candidates follow in candidates.sssom.tsv; 2 are left out, saying what others say" in change.lines
    assert "1 candidate between the two in candidates.sssom.tsv goes: the merge settles it" in change.lines
    change.write()
    assert rows_of(space.links_file) == {("mill-7", "mill 7", "", "Q1"), ("mill-7", "mill 7", "Not", "Q2"), ("mill-3", "mill-3", "", "Q3")}
    assert rows_of(space.candidates_file) == {("mill-7", "mill 7", "", "Q9")}
    assert (
        mappings.canonical(space.links_file.read_bytes(), space.prefixes, path=space.links_file).encode() == space.links_file.read_bytes()
    )
    undo(space)
    assert bytes_of(space) == before


def test_the_link_of_the_one_that_stays_is_kept_where_both_have_it(mills: Workspace) -> None:
    links = [link("mill-1", WIKIDATA + "Q1", comment="looked up"), link("mill-7", WIKIDATA + "Q1", comment="known")]
    space = with_links(mills, links)
    change = merge(loaded(space), "ent:mill-1", "ent:mill-7")
    assert "1 link follows in links.sssom.tsv; 1 is left out, saying what others say" in change.lines
    change.write()
    assert [row.comment for row in mappings.read(space.links_file).mappings] == ["known"]


@pytest.mark.parametrize(
    ("links", "words"),
    [
        (
            [link("mill-1", WIKIDATA + "Q1"), link("mill-7", WIKIDATA + "Q2")],
            "ent:mill-1 has the exactMatch wd:Q1, and ent:mill-7 has the exactMatch wd:Q2 (line LAST): a thing has one exact",
        ),
        (
            [link("mill-1", WIKIDATA + "Q1"), link("mill-7", WIKIDATA + "Q1", predicate_modifier="Not")],
            "ent:mill-1 has the exactMatch wd:Q1, and ent:mill-7 has the exactMatch (Not) wd:Q1",
        ),
        ([link("mill-1", ent("mill-7"), predicate_modifier="Not")], "this row is about ent:mill-1 and ent:mill-7; remove it first"),
        ([link("mill-1", ent("mill-7"), predicate_id=mappings.BROAD)], "this row is about ent:mill-1 and ent:mill-7; remove it first"),
    ],
)
def test_links_that_conflict_are_refused_with_their_line(mills: Workspace, links: list[Mapping], words: str) -> None:
    said = refusal(with_links(mills, links), lambda found: merge(found, "ent:mill-1", "ent:mill-7"))
    last = mills.links_file.read_text(encoding="utf-8").count("\n")
    assert words.replace("LAST", str(last)) in said
    assert said.startswith(f"{mills.links_file}:{last - len(links) + 1}: ")


@pytest.mark.parametrize("ends", [("mill-1", "mill-7"), ("mill-7", "mill-1")])
def test_a_link_that_says_that_two_are_one_is_taken_up_by_their_merge_and_comes_back(mills: Workspace, ends: tuple[str, str]) -> None:
    space = with_links(mills, [link(ends[0], ent(ends[1])), link("mill-1", WIKIDATA + "Q1")])
    before = bytes_of(space)
    change = merge(loaded(space), "ent:mill-1", "ent:mill-7")
    assert {
        "1 link follows in links.sssom.tsv",
        "1 link between the two in links.sssom.tsv goes: the merge settles it",
    } <= set(change.lines)
    change.write()
    assert rows_of(space.links_file) == {("mill-7", "mill 7", "", "Q1")}
    undo(space)
    assert bytes_of(space) == before


def test_links_to_two_data_sets_do_not_conflict(mills: Workspace) -> None:
    links = [link("mill-1", WIKIDATA + "Q1"), link("mill-7", "https://sws.geonames.org/1/")]
    merge(loaded(with_links(mills, links)), "ent:mill-1", "ent:mill-7").write()
    assert {row[3] for row in rows_of(mills.links_file)} == {"Q1", ""}


def test_the_label_in_links_is_the_new_one(mills: Workspace) -> None:
    space = with_links(mills, [link("mill-1", WIKIDATA + "Q1")])
    rename(loaded(space), "ent:mill-1", "first", label="the first mill").write()
    assert rows_of(space.links_file) == {("first", "the first mill", "", "Q1")}
    relabel(loaded(space), "ent:first", "number one").write()
    assert rows_of(space.links_file) == {("first", "number one", "", "Q1")}


# The way back


def test_there_is_nothing_to_take_back_at_first_and_after_it_was_taken_back(mills: Workspace) -> None:
    with pytest.raises(InputError, match="there is no merge or rename to take back here; git has the state before"):
        undo(mills)
    relabel(loaded(mills), "ent:mill-1", "one").write()
    undo(mills)
    with pytest.raises(InputError, match="there is no merge or rename to take back here"):
        undo(mills)


def test_a_file_that_was_changed_since_is_named_and_nothing_is_taken_back(mills: Workspace) -> None:
    merge(loaded(mills), "ent:mill-1", "ent:mill-7").write()
    path = mills.file_of("ml")
    path.write_bytes(path.read_bytes() + b"\n")
    before = bytes_of(mills)
    with pytest.raises(InputError) as error:
        undo(mills)
    assert str(error.value).startswith(
        f"{path}: this file was changed since the merge of ent:mill-1 into ent:mill-7, which therefore cannot be"
    )
    assert "git has the state before" in str(error.value)
    assert bytes_of(mills) == before


def test_a_name_that_another_file_uses_since_is_not_taken_away(mills: Workspace) -> None:
    rename(loaded(mills), "ent:mill-1", "first").write()
    after = bytes_of(mills)
    for path in (mills.file_of("more"), mills.links_file, mills.candidates_file):
        if path.suffix == ".ttl":
            turtle.write(path, triples.claim_to_triples(claim(9, ent("first"), "backs", NOBODY, NOBODY)), NAMES)
        else:
            mappings.write(path, MappingSet((link("first", WIKIDATA + "Q1"),)), NAMES)
        with pytest.raises(InputError) as error:
            undo(mills)
        words = "ent:first came with the rename of ent:mill-1 to ent:first, and this file names it since; change that first"
        assert str(error.value) == f"{path}: {words}"
        path.unlink()
        assert bytes_of(mills) == after
    undo(mills)
    assert ent("first") not in loaded(mills).entities


def test_the_record_is_small_open_to_everybody_and_none_of_gits(mills: Workspace) -> None:
    before = bytes_of(mills)
    merge(loaded(mills), "ent:mill-1", "ent:mill-7").write()
    kept = {path.name for path in (mills.root / ".kg").iterdir()}
    assert kept == {".gitignore", "undo.zip"}
    assert (mills.root / ".kg" / ".gitignore").read_text(encoding="utf-8").splitlines()[-1] == "*"
    with zipfile.ZipFile(mills.root / ".kg" / "undo.zip") as record:
        record.extractall(mills.root, members=[name for name in record.namelist() if name.startswith("graph/")])
    assert bytes_of(mills) == before


@pytest.mark.skipif(os.name != "posix", reason="this system has no modes of files")
def test_the_record_is_for_nobody_who_may_not_read_the_files(mills: Workspace) -> None:
    mills.file_of("ml").chmod(0o600)
    merge(loaded(mills), "ent:mill-1", "ent:mill-7").write()
    assert (mills.root / ".kg" / "undo.zip").stat().st_mode & 0o777 == 0o600
    assert mills.file_of("ml").stat().st_mode & 0o777 == 0o600


def harm(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Write a record again with other contents."""
    with zipfile.ZipFile(path) as record:
        files = {name: record.read(name) for name in record.namelist()}
    contents = json.loads(files["change.json"])
    change(contents)
    files["change.json"] = json.dumps(contents).encode()
    with zipfile.ZipFile(path, "w") as record:
        for name, data in files.items():
            record.writestr(name, data)


@pytest.mark.parametrize("name", ["../secret.ttl", "/etc/passwd", "ontology/kg.ttl", "graph/../kg.toml", "graph/linked.ttl"])
def test_a_record_that_reaches_out_of_the_graph_is_refused(mills: Workspace, tmp_path: Path, name: str) -> None:
    merge(loaded(mills), "ent:mill-1", "ent:mill-7").write()
    (tmp_path / "secret.ttl").write_text("secret", encoding="utf-8")
    (mills.graph_dir / "linked.ttl").symlink_to(tmp_path / "secret.ttl")
    path = mills.root / ".kg" / "undo.zip"
    harm(path, lambda contents: contents["files"][0].update(path=name))
    before = bytes_of(mills)
    with pytest.raises(StorageError, match="this record is damaged"):
        undo(mills)
    assert bytes_of(mills) == before


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no zip", b"{}"])
def test_a_damaged_record_is_refused(mills: Workspace, data: bytes) -> None:
    merge(loaded(mills), "ent:mill-1", "ent:mill-7").write()
    (mills.root / ".kg" / "undo.zip").write_bytes(data)
    with pytest.raises(StorageError, match="this record is damaged"):
        undo(mills)


def test_a_link_in_place_of_the_folder_of_records_is_not_followed(mills: Workspace, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (mills.root / ".kg").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="this is no folder of the workspace's own"):
        relabel(loaded(mills), "ent:mill-1", "one").write()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_that_changed_while_it_was_worked_out_is_left(mills: Workspace) -> None:
    change = merge(loaded(mills), "ent:mill-1", "ent:mill-7")
    path = mills.file_of("ml")
    path.write_bytes(path.read_bytes() + b"\n")
    before = bytes_of(mills)
    with pytest.raises(InputError, match="this file was changed in the meantime"):
        change.write()
    assert bytes_of(mills) == before


# Cut off at any moment

WORK = """
import os, signal, sys
from pathlib import Path
from kg import workspace
from kg.entities import merge, undo
from kg.index import load

space, kind, moment, when = workspace.find(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
steps = 0

def cut(name, real):
    def step(self, *arguments, **options):
        global steps
        steps += 1
        if (steps, when) == (moment, "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        found = real(self, *arguments, **options)
        if (steps, when) == (moment, "after"):
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    setattr(Path, name, step)

change = merge(load(space), "ent:mill-1", "ent:mill-7") if kind == "merge" else None
cut("replace", Path.replace)
cut("unlink", Path.unlink)
change.write() if change else undo(space)
print(steps)
"""


@pytest.mark.skipif(not hasattr(os, "kill") or os.name != "posix", reason="this system has no SIGKILL")
@pytest.mark.parametrize("kind", ["merge", "undo"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_change_that_is_killed_at_any_step_is_whole_or_taken_back(mills: Workspace, kind: str, when: str) -> None:
    """Each step is a file that is replaced or removed; a killed process leaves the others as they are."""
    space = with_links(mills, [link("mill-1", WIKIDATA + "Q1")])
    before = bytes_of(space)
    merge(loaded(space), "ent:mill-1", "ent:mill-7").write()
    after = bytes_of(space)
    seen, halves = set[bool](), 0
    for moment in range(1, 40):
        if bytes_of(space) == (after if kind == "merge" else before):
            undo(space) if kind == "merge" else merge(loaded(space), "ent:mill-1", "ent:mill-7").write()
        done = subprocess.run([sys.executable, "-c", WORK, str(space.root), kind, str(moment), when], check=False, capture_output=True)
        if done.returncode == 0 and int(done.stdout) < moment:
            break
        assert done.returncode in {0, -9}, done.stderr.decode()  # a file that is not there was to be removed: not a step that ends
        for path in space.graph_dir.glob(".*"):
            path.unlink()  # what a killed writer was writing beside its file
        is_half = bytes_of(space) not in (before, after)
        halves += is_half
        if is_half:
            assert journal.pending(space)
            assert any("was cut off, or is under way" in each for each in rules(space))
        journal.settle(space)
        assert not journal.pending(space)
        seen.add(bytes_of(space) == after)
        assert bytes_of(space) in (before, after)
    else:
        pytest.fail("it never came to its end")
    assert seen == {True, False}
    assert halves >= 2


def test_the_next_command_that_writes_takes_back_what_was_cut_off_and_kg_check_names_it(mills: Workspace, run_kg: RunKg) -> None:
    before = bytes_of(mills)
    done = subprocess.run([sys.executable, "-c", WORK, str(mills.root), "merge", "7", "after"], check=False, capture_output=True)
    assert done.returncode == -9
    assert bytes_of(mills) != before
    checked = run_kg("check", cwd=mills.root)
    assert checked.code == 1
    assert ".kg/change.zip: error: a change of several files was cut off, or is under way; kg entity undo takes back" in checked.out
    refused = run_kg("entity", "merge", "ent:mill-4", "ent:mill-7", "--dry-run", cwd=mills.root)
    assert (refused.code, refused.err) == (
        3,
        "kg: .kg/change.zip: a change of entities is under way, or was cut off; wait for it, or take it back with kg entity undo\n",
    )
    formatted = run_kg("fmt", cwd=mills.root)
    assert formatted.err.startswith("kg: the merge of ent:mill-1 into ent:mill-7 had been cut off; what there was of it was taken back\n")
    assert bytes_of(mills) == before


def test_undo_takes_back_what_was_cut_off_and_no_more(mills: Workspace, run_kg: RunKg) -> None:
    relabel(loaded(mills), "ent:mill-4", "four").write()
    before = bytes_of(mills)
    subprocess.run([sys.executable, "-c", WORK, str(mills.root), "merge", "5", "after"], check=False, capture_output=True)
    done = run_kg("entity", "undo", cwd=mills.root)
    assert (done.code, done.err.count("\n")) == (0, 1)
    assert "had been cut off" in done.err
    assert bytes_of(mills) == before
    assert "took back the new label of ent:mill-4" in run_kg("entity", "undo", cwd=mills.root).err


def test_what_was_changed_after_it_was_cut_off_is_never_overwritten(mills: Workspace, run_kg: RunKg) -> None:
    subprocess.run([sys.executable, "-c", WORK, str(mills.root), "merge", "7", "after"], check=False, capture_output=True)
    path = mills.graph_dir / "entities.ttl"
    path.write_bytes(path.read_bytes() + b"\n")
    before = bytes_of(mills)
    done = run_kg("fmt", cwd=mills.root)
    assert done.code == 3
    assert "was cut off, and this file was changed since; put it back as it was, or remove .kg/change.zip to keep all files" in done.err
    assert bytes_of(mills) == before


@pytest.mark.parametrize("moment", range(6))
def test_a_file_that_cannot_be_written_leaves_all_as_before(mills: Workspace, moment: int, monkeypatch: pytest.MonkeyPatch) -> None:
    space = with_links(mills, [link("mill-1", WIKIDATA + "Q1")])
    before, real, steps = bytes_of(space), turtle.replace, iter(range(100))

    def full(path: Path, data: bytes) -> None:
        if next(steps) == moment:
            raise StorageError("cannot write: No space left on device", path=path)
        real(path, data)

    monkeypatch.setattr(turtle, "replace", full)
    change = merge(loaded(space), "ent:mill-1", "ent:mill-7")
    with suppress(StorageError):
        change.write()
    is_done = next(steps) <= moment
    assert (bytes_of(space) == before) is not is_done
    assert not journal.pending(space)


# As a command


def test_a_merge_says_what_it_does_and_undo_takes_it_back(mills: Workspace, run_kg: RunKg) -> None:
    before = bytes_of(mills)
    shown = run_kg("entity", "merge", "ent:mill-1", "ent:mill-7", "--dry-run", cwd=mills.root)
    assert (shown.code, shown.out) == (0, "")
    assert shown.err.splitlines()[:2] == [
        "kg: ent:mill-7 “mill 7” stays: schema:Organization, “The mill with the number 7.”",
        "kg: ent:mill-1 “mill 1” goes: schema:Organization, “The mill with the number 1.”; its name is deprecated and leads to ent:mill-7",
    ]
    assert shown.err.endswith("kg: nothing was written (--dry-run)\n")
    assert bytes_of(mills) == before
    done = run_kg("entity", "merge", "ent:mill-1", "ent:mill-7", "--yes", cwd=mills.root)
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith(shown.err.removesuffix("kg: nothing was written (--dry-run)\n"))
    assert "kg: wrote graph/entities.ttl, graph/ml.ttl\n" in done.err
    undone = run_kg("entity", "undo", cwd=mills.root)
    words = "kg: took back the merge of ent:mill-1 into ent:mill-7: graph/entities.ttl, graph/ml.ttl as before\n"
    assert (undone.code, undone.out, undone.err) == (0, "", words)
    assert bytes_of(mills) == before


def test_where_nobody_can_be_asked_nothing_is_done_without_yes(mills: Workspace, run_kg: RunKg) -> None:
    before = bytes_of(mills)
    done = run_kg("entity", "merge", "ent:mill-1", "ent:mill-7", cwd=mills.root)
    assert (done.code, done.err) == (2, "kg: nobody can be asked here; look at it with --dry-run, and do it with --yes\n")
    assert bytes_of(mills) == before
    done = run_kg("entity", "rename", "ent:mill-1", "--yes", cwd=mills.root)
    assert (done.code, done.err) == (2, "kg: what is it to be called? give a new id, or --label WORDS\n")


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 1), (b"\n", 1)])
def test_on_a_terminal_it_asks(mills: Workspace, kg_command: list[str], answer: bytes, code: int) -> None:
    pty = pytest.importorskip("pty", reason="this system has no terminals")
    before = bytes_of(mills)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*kg_command, "entity", "merge", "ent:mill-1", "ent:mill-7"],
        cwd=mills.root,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.write(ours, answer)
    out, err = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == code
    assert "take up ent:mill-1 “mill 1” into ent:mill-7 “mill 7”, which stays? [y/N]" in err.decode()
    assert out == b""
    assert (bytes_of(mills) == before) is (code == 1)


def test_of_writers_at_once_each_does_its_own(mills: Workspace, kg_command: list[str]) -> None:
    pairs = [("ent:mill-1", "ent:mill-7"), ("ent:mill-4", "ent:mill-5"), ("ent:mill-2", "ent:mill-3"), ("ent:mill-1", "ent:mill-3")]
    running = [
        subprocess.Popen([*kg_command, "entity", "merge", *pair, "--yes"], cwd=mills.root, stderr=subprocess.PIPE, text=True)
        for pair in pairs
    ]
    said = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running][1:3] == [0, 0], said
    assert sorted((running[0].returncode, running[3].returncode))[1] == 3, said
    found = loaded(mills)
    assert living(found, ent("mill-4")) == ent("mill-5")
    assert living(found, ent("mill-2")) == ent("mill-3")
    assert len(found.all_claims) == len(CLAIMS)
    assert not journal.pending(mills)


# Any order of changes


STEPS = st.lists(
    st.tuples(st.sampled_from(["merge", "merge", "rename", "label", "undo"]), st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=6
)
RELATIONS = ("metWith", "opposes", "troubledBy", "hasTiesWith")
CORPORA = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from(RELATIONS), st.integers(0, 7), st.integers(0, 7), st.one_of(st.none(), st.integers(0, 7))),
    min_size=3,
    max_size=SENTENCES - 2,
)


def corpus(rows: list[tuple[int, str, int, int, int | None]]) -> list[Claim]:
    return [
        claim(
            number,
            ent(f"mill-{subject}"),
            relation,
            ent(f"mill-{target}"),
            ent(f"mill-{claimant}"),
            reported_by=None if reporter in (None, claimant) else ent(f"mill-{reporter}"),
        )
        for number, (subject, relation, target, claimant, reporter) in enumerate(rows)
        if subject != target
    ]


def changed(space: Workspace, step: tuple[str, int, int], number: int) -> Change | None:
    """Work a step out and write it; None where it is refused."""
    kind, one, other = step
    found = loaded(space)
    in_use = sorted(iri for iri in found.entities if "mill" in iri or "new" in iri)
    first, second = (names.compact(in_use[at % len(in_use)], NAMES) for at in (one, other))
    try:
        if kind == "merge":
            change = merge(found, first, second)
        elif kind == "rename":
            change = rename(found, first, f"new-{number}-{other}", label=f"New {number}" if other % 2 else None)
        else:
            change = relabel(found, first, f"label {number} {other}")
        change.write()
    except InputError:
        return None
    return change


def follow(found: index.Index, one: Claim) -> Claim:
    target = living(found, one.object) if isinstance(one.object, str) else one.object
    reporter = living(found, one.reported_by) if one.reported_by else None
    return replace(one, subject=living(found, one.subject), object=target, claimant=living(found, one.claimant), reported_by=reporter)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=CORPORA, steps=STEPS)
def test_whatever_is_merged_and_renamed_no_claim_name_or_link_is_lost(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str, int, int, int | None]], steps: list[tuple[str, int, int]]
) -> None:
    organizations = [entity(number, types=(names.SCHEMA + "Organization",)) for number in range(8)]
    space = write(tmp_path_factory.mktemp("any"), corpus(rows), organizations)
    with_links(space, [link(f"mill-{number}", f"https://data{number}.example/{number}") for number in range(8)])
    first, faults = loaded(space), {each.partition(":")[0] for each in rules(space)} | {"named-description"}
    labels = {label: each.iri for each in first.entities.values() for label in (each.label, *each.alt_labels)}
    states, last = [bytes_of(space)], False
    for number, step in enumerate(steps):
        if step[0] == "undo":
            if last:
                undo(space)
                states.pop()
                assert bytes_of(space) == states[-1]
            else:
                with pytest.raises(InputError):
                    undo(space)
            last = False
        elif changed(space, step, number):
            states.append(bytes_of(space))
            last = True
        assert bytes_of(space) == states[-1]
    now = loaded(space)
    assert [follow(now, each) for each in first.all_claims] == [*now.all_claims]
    for label, iri in labels.items():
        assert Lookup(NAMES, index=now).find(label) == [living(now, iri)]
    rows_now = {(row.subject_id, row.object_id) for row in mappings.read(space.links_file).mappings}
    assert rows_now == {(living(now, ent(f"mill-{number}")), f"https://data{number}.example/{number}") for number in range(8)}
    assert {each.partition(":")[0] for each in rules(space)} <= faults
