"""Candidates for links: what is suggested and why, who decides, and what is never asked again."""

from __future__ import annotations

import csv
import json
import os
import select
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from served import copy_of_workspace

from kg import index, mappings, names, scaffold, sheet
from kg import workspace as workspaces
from kg.checks import links as links_check
from kg.cli import App, kg
from kg.errors import InputError, KgError, StorageError, UsageError
from kg.linking import candidates, decided, decisions, origins, page, review, table, territories
from kg.linking.decisions import ACCEPT, REJECT, Decision
from kg.linking.doubles import doubles
from kg.linking.suggestion import EXACT, REVIEW, SIMILAR, Suggestion
from kg.model import Entity
from kg.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Run
    from served import Served

    from kg.workspace import Workspace

WD = "http://www.wikidata.org/entity/"
COUNTRY, PERSON, THING = (names.SCHEMA + name for name in ("Country", "Person", "Thing"))
sys.path.append(str(Path(__file__).parent / "benchmarks"))
import linking as benchmark  # noqa: E402  which is no test

pytest_plugins = ("served",)

DOUBTFUL = """
    russian Estonian Qatari Ukrainian Turkmen Magyar Romani Chechen Afghan American French Trinidad Tobago Tunis Island Tahiti Mann Samara
    Perm Bryansk Basel Svalbard Holland Burma Ceylon Siam Macedonia Kurdistan Kashmir Punjab Washington Victoria Bosnia Yugoslavia
    Grenadines Ulster Киев афганец украинский أفغاني 俄罗斯人
"""
HOSTILE = '</script><script>window.pwned=1</script>\u202e=1+1"\x1b[31m'


def entity(space: Workspace, key: str, label: str, *types: str, also: tuple[str, ...] = ()) -> Entity:
    return Entity(iri=space.prefixes["ent"] + key, label=label, types=types or (THING,), definition=f"About {key}.", alt_labels=also)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A workspace with a few entities and no links."""
    made = scaffold.create(tmp_path / "w")
    sheet.add_entities(
        made,
        [
            entity(made, "chad", "Chad", COUNTRY),
            entity(made, "chad-holt", "Chad", PERSON),
            entity(made, "congo", "Congo", COUNTRY),
            entity(made, "police", "Police (Peru)", names.GROUP),
            entity(made, "harbour", "Aldmoor harbour", names.SCHEMA + "Place"),
            entity(made, "harbor", "Aldmoor harbor", names.SCHEMA + "Place"),
        ],
    )
    return made


@pytest.fixture
def link(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Run `kg link …` in the workspace, with lines for its standard input; what it echoes, and says on standard error."""
    monkeypatch.delenv("KG_REVIEWER", raising=False)
    monkeypatch.setenv("KG_CHECKED", "read its page")
    monkeypatch.chdir(space.root)

    def run(*arguments: str, keys: str = "") -> tuple[int, str, str]:
        done = CliRunner().invoke(kg, ["link", *arguments], input=keys, obj=App(None))
        if isinstance(done.exception, KgError):
            return done.exception.exit_code, done.stdout, str(done.exception)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    return run


def waiting(space: Workspace) -> set[tuple[str, str]]:
    own = space.prefixes["ent"]
    return {(row.subject_id.removeprefix(own), row.object_id.removeprefix(own)) for row in candidates.pending(space)}


def links(space: Workspace) -> tuple[mappings.Mapping, ...]:
    return mappings.read(space.links_file, missing_ok=True).mappings


def files(space: Workspace) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(space.graph_dir.iterdir()) if path.is_file()}


# Names


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("Kosovo", "Q1246"),
        ("USSR", "Q15180"),
        ("\u0421\u0421\u0421\u0420", "Q15180"),  # USSR in Russian
        ("Россия", "Q159"),
        ("俄罗斯", "Q159"),
        ("阿富汗", "Q889"),
        ("Deutschland", "Q183"),
        ("Cote d'Ivoire", "Q1008"),
        ("Republic of the Congo", "Q971"),
        ("Virgin Islands, U.S.", "Q11703"),
        ("Georgia", "Q230"),
    ],
)
def test_a_name_of_one_territory_is_exact(name: str, item: str) -> None:
    assert benchmark.find(name) == ({item: "territory"}, {})


@pytest.mark.parametrize(
    ("name", "items"),
    [
        ("Korea", {"Q423", "Q884"}),
        ("Congo", {"Q971", "Q974"}),
        ("Virgin Islands", {"Q11703", "Q25305"}),
        ("Denmark", {"Q35", "Q756617"}),
        ("Netherlands", {"Q55", "Q29999"}),
        ("Western Sahara", {"Q6250", "Q40362"}),
        ("Crimea", {"Q7835"}),
    ],
)
def test_a_name_that_two_share_goes_to_review_with_both(name: str, items: set[str]) -> None:
    found = benchmark.find(name)
    assert not found.exact
    assert items <= found.review.keys()


def test_adjectives_parts_cities_and_faults_of_the_table_are_never_exact() -> None:
    doubtful = DOUBTFUL.split()
    doubtful += ["England and Wales", "РЕСПУБЛИКА ПАРАГВАЙ", "New York", "Holy See", "Islamic Emirate of Afghanistan", "European Union"]
    assert [name for name in doubtful if benchmark.find(name).exact] == []


@pytest.mark.parametrize(
    ("name", "code"), [("Sahrawi Arab Democratic Republic", "EH"), ("Netherlands", "NL"), ("Hong Kong", "HK"), ("Palestine", "PS")]
)
def test_a_code_is_no_surer_than_the_item_of_its_territory(name: str, code: str) -> None:
    found = territories.suggest(name)
    coded = next(each for each in found if each.kind == "code")
    item = next(each for each in found if each.kind == "territory")
    assert coded.target.endswith(f":{code}")
    assert {each.band for each in found} == {REVIEW}
    assert coded.why.partition(" Look: ")[2] == item.why.partition(" Look: ")[2] != ""


def test_a_home_is_related_and_not_the_same() -> None:
    found = territories.suggest("Citizen (Afghanistan)")
    assert [(each.target, each.predicate, each.band) for each in found] == [(WD + "Q889", mappings.RELATED, EXACT)]
    assert "its home, not the same thing" in found[0].why


@pytest.mark.parametrize("name", ["Government of Peru", "Peruvian government", "Peru's government", "Ministry of Foreign Affairs of Peru"])
def test_an_office_of_a_state_is_for_a_person(name: str) -> None:
    found = territories.suggest(name)
    assert [(each.target, each.predicate, each.kind, each.band) for each in found] == [
        (WD + "Q419", mappings.RELATED, "government", REVIEW)
    ]


def test_what_is_written_nearly_so_is_never_exact_and_says_so() -> None:
    found = territories.suggest("Turkemnistan")
    assert found[0].target == WD + "Q874"
    assert {each.band for each in found} == {REVIEW}
    assert all(each.justification == SIMILAR and "prove nothing" in each.why for each in found)


@pytest.mark.parametrize("kind", ["Person", "Organization", "Dataset", "Language"])
def test_a_person_or_an_organisation_is_no_country(kind: str) -> None:
    found = territories.suggest("Chad", [names.SCHEMA + kind])
    assert [each for each in found if each.predicate == mappings.EXACT] == []
    assert territories.suggest("Chad", [COUNTRY])[0].band == EXACT


def test_a_concept_with_the_name_of_a_country_is_for_a_person() -> None:
    assert {each.band for each in territories.suggest("Chad", [names.SKOS + "Concept"])} == {REVIEW}
    assert territories.suggest("Russian", [names.SKOS + "Concept"]) == []


KNOWN = st.deferred(lambda: st.sampled_from(sorted(table.load().weak) + sorted(table.load().strong)))


@given(st.one_of(st.text(max_size=40), KNOWN))
def test_no_name_is_exactly_two_things_of_wikidata(name: str) -> None:
    found = territories.suggest(name)
    sure = [each.kind for each in found if each.band == EXACT]
    assert len(sure) - sure.count("code") <= 1
    assert sure.count("code") <= sure.count("territory")
    assert all(0 < each.score <= 1 and each.why for each in found)
    assert len({each.target for each in found}) == len(found)


def test_iso_codes_are_those_that_iso_assigns() -> None:
    known = table.load().entries
    assert known["af"].iso == "AF"
    assert [known[code].iso for code in ("xk", "suhh", "us-ga", "eu", "an")] == [""] * 5
    assert sum(bool(entry.iso) for entry in known.values()) == 249


def test_countries_that_were_checked_have_the_same_items_here() -> None:
    shared = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "identifiers.tsv"
    if not shared.is_file():
        pytest.skip("the identifiers are not here; KG_SHARED names the folder that holds data/")
    with shared.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["iso3166"]]
    assert len(rows) >= 9
    for row in rows:
        found = {each.target for each in territories.suggest(row["entity"]) if each.band == EXACT}
        assert found == {row["wikidata"], f"https://www.iso.org/obp/ui/#iso:code:3166:{row['iso3166']}"}


# 400 names that two readers labelled


def test_the_labelled_names_are_whole() -> None:
    labelled = benchmark.read()
    known = {qid for entry in table.load().entries.values() for qid in (entry.qid, *entry.other_qids)}
    assert len(labelled) == len({each.name for each in labelled}) == 400
    assert {each.decision for each in labelled} == {"exact", "home", "none", "ambiguous"}
    assert all(bool(each.identifiers) == (each.decision != "none") and each.identifiers <= known for each in labelled)
    assert all(each.first == each.second or each.note for each in labelled)


def test_the_exact_band_is_right_in_99_of_100() -> None:
    items = benchmark.together([benchmark.exact_band(benchmark.read(), kind) for kind in benchmark.KINDS])
    codes = benchmark.codes(benchmark.read(), EXACT)
    assert (items.proposed >= 185, codes.proposed >= 48, codes.unjudged) == (True, True, 0)
    for score in (items, codes, benchmark.together([items, codes])):
        assert score.precision >= 0.99, score.wrong


@pytest.mark.parametrize(
    ("item", "code", "verdict"),
    [("Q889", "AF", True), ("Q889", "PK", False), ("Q40362", "EH", None), ("Q55", "NL", None), ("Q34266", "RU", False), ("", "AF", False)],
)
def test_a_code_is_judged_by_the_item_that_is_settled_for_its_name(item: str, code: str, verdict: bool | None) -> None:  # noqa: FBT001
    name = benchmark.Name("x", "", "", "exact" if item else "none", frozenset(item.split()), "")
    assert benchmark.is_right(name, code) is verdict


@pytest.mark.parametrize(
    ("right", "proposed", "low", "high"), [(0, 0, 0.0, 1.0), (10, 10, 0.7225, 1.0), (8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775)]
)
def test_the_interval_is_that_of_wilson(right: int, proposed: int, low: float, high: float) -> None:
    assert benchmark.Score(right, proposed, proposed, ()).interval == pytest.approx((low, high), abs=0.0001)


def test_a_name_has_one_band_wherever_names_are_counted(link: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    names_ = [each.name for each in benchmark.read()] + ["Sahrawi Arab Democratic Republic", "Denmark"]
    (tmp_path / "names.txt").write_text("\n".join(names_), encoding="utf-8")
    counted: dict[str, int] = {}
    for words, number in benchmark.bands_of(names_).items():
        counted[words.partition(",")[0]] = counted.get(words.partition(",")[0], 0) + number
    said = link("suggest", "--names", str(tmp_path / "names.txt"))[2]
    assert f"{counted['exact']} with a candidate of the band exact, {counted['review']} to review, {counted['none']} without any" in said


def test_the_readme_of_the_feature_says_these_figures(root: Path) -> None:
    told = (root / "src" / "kg" / "linking" / "README.md").read_text(encoding="utf-8")
    for line in benchmark.report(benchmark.read()).split("\n\nwrong:")[0].splitlines():
        assert line in told


# Suggesting


def test_candidates_wait_and_nothing_becomes_a_link(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    before = index.load(space)
    code, _, said = link("suggest", "--from", "territories", "--from", "labels")
    assert code == 0
    assert "wait; next: kg link review" in said
    iso = "https://www.iso.org/obp/ui/#iso:code:3166:"
    assert waiting(space) == {
        ("chad", WD + "Q657"),
        ("chad", iso + "TD"),
        ("congo", WD + "Q971"),
        ("congo", WD + "Q974"),
        ("congo", iso + "CG"),
        ("congo", iso + "CD"),
        ("police", WD + "Q419"),
        ("harbor", "harbour"),
    }
    assert not space.links_file.exists()
    after = index.load(space)
    assert len(after.store) == len(before.store)
    assert after.content_hash == before.content_hash


def test_suggesting_again_changes_no_byte(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest")
    before = files(space)
    assert "0 new candidates" in link("suggest")[2]
    assert files(space) == before


def test_candidates_of_a_thing_that_is_there_no_more_go(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest")
    text = space.candidates_file.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("ent:police"))
    space.candidates_file.write_text(text + row.replace("ent:police", "ent:nobody") + "\n", encoding="utf-8")
    assert "1 gone" in link("suggest", "ent:chad")[2]
    assert {subject for subject, _ in waiting(space)} == {"chad", "congo", "police"}


def test_a_thing_that_goes_while_others_are_asked_about_it_gets_no_candidates(
    space: Workspace, link: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = origins.ask

    def slowly(*arguments: Any) -> origins.Found:
        for path in space.graph_files:
            path.write_text(path.read_text(encoding="utf-8").replace("ent:police ", "ent:constables "), encoding="utf-8")
        return ask(*arguments)

    monkeypatch.setattr(origins, "ask", slowly)
    assert link("suggest")[0] == 0
    assert {subject for subject, _ in waiting(space)} == {"chad", "congo"}


def test_names_that_only_a_formula_makes_alike_are_no_duplicates() -> None:
    made = [(f"{actor} ({place})", f"{actor} ({place})") for actor in ("Police", "Citizen") for place in ("Mali", "Malawi", "Iran", "Iraq")]
    assert doubles(made) == {}


def test_another_origin_leaves_the_candidates_of_the_first(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest", "--from", "labels")
    assert waiting(space) == {("harbor", "harbour")}
    link("suggest", "ent:chad")
    assert {subject for subject, _ in waiting(space)} == {"harbor", "chad"}


def test_a_candidate_that_is_found_no_more_goes(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest")
    path = space.graph_dir / "entities.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace('"Police (Peru)"', '"Police"'), encoding="utf-8")
    assert "1 gone" in link("suggest")[2]
    assert "police" not in {subject for subject, _ in waiting(space)}


@pytest.mark.parametrize("verdict", [ACCEPT, REJECT])
def test_what_is_decided_is_never_asked_again(space: Workspace, link: Callable[..., tuple[int, str, str]], verdict: str) -> None:
    link("suggest")
    chad = space.prefixes["ent"] + "chad"
    decisions.plan(
        space, [Decision(chad, mappings.EXACT, WD + "Q657", verdict)], reviewer="Ann", day="2031-03-01", checked="read it"
    ).write()
    assert ("chad", WD + "Q657") not in waiting(space)
    link("suggest")
    assert ("chad", WD + "Q657") not in waiting(space)
    row = next(each for each in links(space) if each.subject_id == chad)
    assert (row.predicate_modifier, row.author_label, row.mapping_date) == ("" if verdict == ACCEPT else "Not", ("Ann",), "2031-03-01")
    assert row.mapping_justification.endswith("ManualMappingCuration")


def _both_senses(space: Workspace) -> tuple[str, str]:
    """Let one target wait in two senses, and return the thing and the target."""
    chad, target = space.prefixes["ent"] + "chad", WD + "Q657"
    made = [
        mappings.Mapping(subject_id=chad, predicate_id=sense, object_id=target, subject_label="Chad")
        for sense in (mappings.EXACT, mappings.RELATED)
    ]
    mappings.write(space.candidates_file, mappings.MappingSet(tuple(made)), space.prefixes)
    return chad, target


def _senses(space: Workspace) -> set[str]:
    return {row.predicate_id for row in candidates.pending(space)}


def test_what_is_rejected_in_one_sense_waits_in_another_and_never_comes_again_in_the_first(
    space: Workspace, link: Callable[..., tuple[int, str, str]]
) -> None:
    chad, target = _both_senses(space)
    decisions.plan(space, [Decision(chad, mappings.EXACT, target, REJECT)], reviewer="Ann", day="2031-03-01", checked="read it").write()
    assert _senses(space) == {mappings.RELATED}
    link("suggest", "ent:chad")
    assert (chad, mappings.EXACT, target) not in set(map(candidates.key_of, candidates.pending(space)))
    with pytest.raises(InputError, match="decided about already"):
        decisions.plan(
            space, [Decision(chad, mappings.EXACT, target, ACCEPT, is_manual=True)], reviewer="Ann", day="2031-03-02", checked="read it"
        )


def test_what_is_accepted_is_asked_in_no_sense(space: Workspace) -> None:
    chad, target = _both_senses(space)
    decisions.plan(space, [Decision(chad, mappings.RELATED, target, ACCEPT)], reviewer="Ann", day="2031-03-01", checked="read it").write()
    assert _senses(space) == set()


def test_one_sense_is_rejected_and_another_accepted_at_once_in_any_order(space: Workspace) -> None:
    chad, target = _both_senses(space)
    both = [Decision(chad, mappings.EXACT, target, REJECT), Decision(chad, mappings.RELATED, target, ACCEPT)]
    for made in (both, both[::-1]):
        assert len(decisions.plan(space, made, reviewer="Ann", day="2031-03-01", checked="read it").links.mappings) == 2
    for made in ([both[1], Decision(chad, mappings.EXACT, target, ACCEPT)], [both[0], both[0]]):
        with pytest.raises(InputError, match="or twice here"):
            decisions.plan(space, made, reviewer="Ann", day="2031-03-01", checked="read it")


@pytest.mark.parametrize(
    ("said", "proposed", "is_settled"),
    [
        (mappings.EXACT, mappings.EXACT, True),
        (mappings.EXACT, mappings.RELATED, False),
        (mappings.BROAD, mappings.NARROW, True),
        (mappings.NARROW, mappings.BROAD, True),
        (mappings.BROAD, mappings.BROAD, False),
    ],
)
def test_a_rejected_pair_is_rejected_from_its_other_end(said: str, proposed: str, is_settled: bool) -> None:  # noqa: FBT001
    rejected = mappings.Mapping(subject_id="urn:a", predicate_id=said, object_id="urn:b", predicate_modifier=mappings.NOT)
    turned = mappings.Mapping(subject_id="urn:b", predicate_id=proposed, object_id="urn:a")
    assert candidates.decided(mappings.MappingSet((rejected,))).settles(turned) == is_settled


def test_a_crash_between_the_two_files_asks_nobody_twice(
    space: Workspace, link: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    link("suggest")
    before = space.candidates_file.read_bytes()
    chad = space.prefixes["ent"] + "chad"
    change = decisions.plan(
        space, [Decision(chad, mappings.EXACT, WD + "Q657", ACCEPT)], reviewer="Ann", day="2031-03-01", checked="read it"
    )
    with monkeypatch.context() as patched:
        patched.setattr(candidates, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            change.write()
    assert space.candidates_file.read_bytes() == before
    assert len(links(space)) == 1
    assert ("chad", WD + "Q657") not in waiting(space)
    link("suggest")
    assert b"Q657" not in space.candidates_file.read_bytes()


def test_a_disk_that_is_full_between_the_two_files_leaves_both_as_they_were(
    space: Workspace, link: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    link("suggest")
    before = files(space)
    with monkeypatch.context() as patched:
        patched.setattr(candidates, "write", lambda *_: (_ for _ in ()).throw(StorageError("the disk is full")))
        assert "the disk is full" in link("review", "--reviewer", "Ann", keys="1\nq\n")[1]
    assert files(space) == before


@pytest.mark.parametrize("name", ["links", "candidates"])
def test_what_is_no_ordinary_file_is_not_waited_for(space: Workspace, link: Callable[..., tuple[int, str, str]], name: str) -> None:
    os.mkfifo(space.graph_dir / f"{name}.sssom.tsv")
    for command in (["review", "--reviewer", "Ann"], ["review", "--page", str(space.root / "r.html")]):
        code, _, said = link(*command)
        assert (code, "no ordinary file" in said) == (3, True)
    with pytest.raises(InputError, match="no ordinary file"):
        _ = Session(space).links


def test_an_exact_match_in_a_data_set_settles_its_other_candidates_there(
    space: Workspace, link: Callable[..., tuple[int, str, str]]
) -> None:
    link("suggest")
    congo = space.prefixes["ent"] + "congo"
    decisions.plan(
        space, [Decision(congo, mappings.EXACT, WD + "Q974", ACCEPT)], reviewer="Ann", day="2031-03-01", checked="read it"
    ).write()
    link("suggest")
    assert {target for subject, target in waiting(space) if subject == "congo" and target.startswith(WD)} == set()
    assert len([row for row in links(space) if row.subject_id == congo]) == 1


def test_a_list_of_names_leaves_the_workspace_alone(space: Workspace, link: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    before = files(space)
    (tmp_path / "names.txt").write_text("Chad\n\nPolice (Peru)\nChad\nnobody at all\n=Korea\n", encoding="utf-8")
    code, out, said = link("suggest", "--names", str(tmp_path / "names.txt"))
    assert code == 0
    rows = list(csv.DictReader(out.splitlines()))
    assert [(row["name"], row["band"], row["kind"]) for row in rows[:3]] == [
        ("Chad", "exact", "territory"),
        ("Chad", "exact", "code"),
        ("Police (Peru)", "exact", "home"),
    ]
    assert {row["name"] for row in rows[4:]} == {"'=Korea"}  # no formula
    assert "4 names: 2 with a candidate of the band exact, 1 to review, 1 without any" in said
    assert "=Korea" in {
        row["name"] for row in csv.DictReader(link("suggest", "--names", str(tmp_path / "names.txt"), "--raw")[1].splitlines())
    }
    lines = link("suggest", "--names", str(tmp_path / "names.txt"), "-f", "jsonl")[1].splitlines()
    assert json.loads(lines[0])["target"] == WD + "Q657"
    assert files(space) == before


@pytest.mark.parametrize("format_", ["csv", "tsv", "jsonl", "json", "xml", "md", "html", "table"])
def test_a_list_of_names_keeps_its_length_in_every_format(format_: str, link: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("nobody at all\nChad\nno one\n", encoding="utf-8")
    code, out, _ = link("suggest", "--names", str(tmp_path / "names.txt"), "-f", format_)
    places = [out.index(name) for name in ("nobody at all", "Chad", "no one")]
    assert (code, places) == (0, sorted(places))
    if format_ == "csv":
        rows = list(csv.DictReader(out.splitlines()))
        assert [{key: cell for key, cell in row.items() if cell} for row in rows if row["name"] != "Chad"] == [
            {"name": "nobody at all", "band": "none"},
            {"name": "no one", "band": "none"},
        ]
    if format_ == "jsonl":
        assert json.loads(out.splitlines()[-1]) == {"name": "no one", "band": "none"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["suggest", "--from", "nowhere"], "is none of territories, labels"),
        (["suggest", "--names", "x", "ent:chad"], "not both"),
        (["suggest", "-o", "x.csv"], "are for --names"),
        (["suggest", "--from", "ftp://example.org/"], "is no address of a server"),
        (["suggest", "--names", "missing.txt"], "there is no such file"),
        (["review"], "no candidate waits"),
        (["apply", "missing.json"], "there is no such file"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(link: Callable[..., tuple[int, str, str]], arguments: list[str], words: str) -> None:
    _, _, said = link(*arguments)
    assert words in said
    assert "Traceback" not in said


def test_without_the_extra_one_line_says_what_to_install(
    link: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    table.load.cache_clear()
    monkeypatch.setitem(sys.modules, "rigour._core", None)
    try:
        code, _, said = link("suggest", "--from", "territories")
    finally:
        table.load.cache_clear()
    assert (code, said) == (2, "candidates from territories need rigour and rapidfuzz: pip install 'claimgraph[link]'")


def test_names_of_snapshots_lead_to_what_they_name(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    (space.graph_dir / "snapshots").mkdir()
    (space.graph_dir / "snapshots" / "things.ttl").write_text(
        '@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\n<https://things.example/7> rdfs:label "aldmoor HARBOUR"@en .\n',
        encoding="utf-8",
    )
    link("suggest", "--from", "labels")
    assert ("harbour", "https://things.example/7") in waiting(space)


THING_ELSEWHERE = {"id": "7", "name": HOSTILE, "score": 98.5, "match": True, "type": [{"id": "p", "name": "place"}]}


class Service:
    """A reconciliation service on loopback that has the same things, one unless others are given, for whoever asks for Chad."""

    def __init__(self, *results: dict[str, Any]) -> None:
        self.results = list(results or [THING_ELSEWHERE])
        self.asked: list[dict[str, Any]] = []

    def __enter__(self) -> str:
        results, kept = self.results, self.asked
        manifest = {"versions": ["0.2"], "name": "Things", "identifierSpace": "https://things.example/", "schemaSpace": "x:"}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({**manifest, "defaultTypes": [{"id": COUNTRY, "name": "Country"}]})

            def do_POST(self) -> None:
                from urllib.parse import parse_qs

                asked = json.loads(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["queries"][0])
                kept.extend(asked.values())
                self._answer({key: {"result": results if each["query"] == "Chad" else []} for key, each in asked.items()})

            def _answer(self, found: Any) -> None:
                body = json.dumps(found).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the signature of the library
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/reconcile"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_a_service_that_is_sure_is_still_for_a_person(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    with Service() as url:
        assert link("suggest", "ent:chad", "--from", url)[0] == 0
    row = candidates.pending(space)[0]
    assert (row.object_id, row.mapping_tool) == ("https://things.example/7", url)
    assert row.similarity_score is not None
    assert row.similarity_score < 1
    assert "98.5 points, and is sure: of type place. Look: " in row.comment
    assert not links(space)


def test_a_service_is_told_the_types_that_it_knows(link: Callable[..., tuple[int, str, str]]) -> None:
    service = Service()
    with service as url:
        link("suggest", "ent:chad", "ent:chad-holt", "--from", url)
    assert [asked.get("type") for asked in service.asked] == [COUNTRY, None]


@pytest.mark.parametrize(
    ("given", "scores"),
    [
        ([95, 1, 0.4], [0.95, 0.01, 0.004]),
        ([0.95, 0.4], [0.95, 0.4]),
        ([1, 0.5], [0.99, 0.5]),
        ([100, 1], [0.99, 0.01]),
        ([250, 125, -3], [0.99, 0.5, 0.0]),
        ([0, -1], [0.0, 0.0]),
    ],
)
def test_the_scores_of_one_answer_are_on_one_scale(
    space: Workspace, link: Callable[..., tuple[int, str, str]], given: list[float], scores: list[float]
) -> None:
    with Service(*({"id": str(number), "name": "Chad", "score": score} for number, score in enumerate(given))) as url:
        link("suggest", "ent:chad", "--from", url)
    found = {row.object_id.rpartition("/")[2]: row.similarity_score for row in candidates.pending(space)}
    assert [found[str(number)] for number in range(len(given))] == scores


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ({"score": 1}, "the service gives it 1 point. Look: "),
        ({"score": 0}, "the service gives it 0 points. Look: "),
        ({"score": 3.5, "description": "A state."}, "the service gives it 3.5 points: A state. Look: "),
        (
            {"score": 3, "match": True, "description": "A lake...", "type": ["lake"]},
            "the service gives it 3 points, and is sure: A lake; of type lake. Look: ",
        ),
    ],
)
def test_what_a_service_says_reads_as_a_sentence(
    space: Workspace, link: Callable[..., tuple[int, str, str]], thing: dict[str, Any], words: str
) -> None:
    with Service({"id": "7", "name": "Chad", **thing}) as url:
        link("suggest", "ent:chad", "--from", url)
    assert candidates.pending(space)[0].comment.startswith(words)


def test_the_second_sense_of_one_target_is_kept_and_the_better_reason_for_each(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def suggestion(score: float, predicate: str) -> Suggestion:
        return Suggestion(target="https://things.example/7", label="x", score=score, why=f"{score}", kind="label", predicate=predicate)

    told = {
        "one": origins.Found({"k": [suggestion(0.5, mappings.EXACT), suggestion(0.3, mappings.RELATED)]}, ("first",)),
        "two": origins.Found({"k": [suggestion(0.4, mappings.EXACT), suggestion(0.7, mappings.RELATED)]}, ("second",)),
    }
    monkeypatch.setattr(origins, "ask", lambda origin, *_: told[origin])
    found = origins.ask_all(["one", "two"], [origins.Thing("k", "K"), origins.Thing("l", "L")], index.load(space))
    assert [(each.score, each.predicate) for each in found.suggestions["k"]] == [(0.7, mappings.RELATED), (0.5, mappings.EXACT)]
    assert (found.suggestions["l"], found.remarks) == ([], ("first", "second"))


def test_the_service_of_another_workspace_is_asked(space: Workspace, link: Callable[..., tuple[int, str, str]], served: Served) -> None:
    sheet.add_entities(space, [entity(space, "talibs", "Talibans", names.GROUP)])
    code, _, said = link("suggest", "ent:talibs", "--from", f"{served.url}/reconcile")
    assert code == 0
    assert "1 thing wait" in said
    found = candidates.pending(space)
    assert found[0].object_id == f"{names.BASE}entity/taliban"
    assert {row.mapping_tool for row in found} == {f"{served.url}/reconcile"}


def test_a_service_offers_no_concept_of_this_workspace_for_a_city(served: Served, tmp_path: Path) -> None:
    copied = index.load(workspaces.find(copy_of_workspace(tmp_path / "copy")))
    kabul = f"{names.BASE}entity/kabul"
    things, url = origins.things_of(copied, [kabul]), f"{served.url}/reconcile"
    without_types = origins.ask(url, [things[0]._replace(types=())], copied).suggestions[kabul]
    kinds = [copied.entities[each.target].types for each in without_types]
    assert any(names.SKOS + "Concept" in each for each in kinds)
    found = origins.ask(url, things, copied).suggestions[kabul]
    assert all(set(copied.entities[each.target].types) & {*things[0].types, THING} for each in found)


def test_a_service_never_proposes_a_thing_for_itself(served: Served, tmp_path: Path) -> None:
    copied = workspaces.find(copy_of_workspace(tmp_path / "copy"))
    found = origins.ask(
        f"{served.url}/reconcile", origins.things_of(index.load(copied), [f"{names.BASE}entity/taliban"]), index.load(copied)
    )
    assert f"{names.BASE}entity/taliban" not in {each.target for each in found.suggestions[f"{names.BASE}entity/taliban"]}


@pytest.fixture
def endpoint() -> Iterator[str]:
    done = subprocess.Popen([sys.executable, Path(__file__).parent / "endpoint.py"], stdout=subprocess.PIPE, text=True)
    assert done.stdout is not None
    url = f"http://127.0.0.1:{done.stdout.readline().strip()}"
    yield url
    done.terminate()
    done.wait()
    done.stdout.close()


def test_an_endpoint_is_asked_for_the_very_names(space: Workspace, link: Callable[..., tuple[int, str, str]], endpoint: str) -> None:
    import httpx

    update = (
        f'INSERT DATA {{ <https://things.example/1> <{names.LABEL}> "Chad"@en . <https://things.example/2> <{names.ALT_LABEL}> "Chad" . '
        f'<https://things.example/3> <{names.LABEL}> "Chadwick" }}'
    )
    httpx.post(f"{endpoint}/update", data={"update": update}, trust_env=False)
    assert link("suggest", "ent:chad", "--from", f"sparql:{endpoint}/query")[0] == 0
    found = candidates.pending(space)
    assert [(row.object_id, row.similarity_score) for row in found] == [
        ("https://things.example/1", 0.45),
        ("https://things.example/2", 0.45),
    ]
    assert "2 things there have it" in found[0].comment


# Review in the terminal


def test_review_takes_each_key(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest")
    code, out, said = link("review", "--reviewer", "Ann  Holt", keys="1\nn\ns\nx\n9\nm\nQ1033\nu\nn\nq\n")
    assert code == 0
    assert "the same: Chad" in out
    assert "'x' is no answer here" in out
    assert "About chad." in out
    assert "undone: accepted http://www.wikidata.org/entity/Q1033 for Police (Peru)" in out
    assert "1 accepted, 2 rejected, 1 skipped; every decision is written" in said
    own = space.prefixes["ent"]
    made = {(row.subject_id.removeprefix(own), row.object_id[-4:], row.predicate_modifier) for row in links(space)}
    assert made == {("chad", "Q657", ""), ("chad", "6:TD", "Not"), ("police", "Q419", "Not")}
    assert {row.author_label for row in links(space)} == {("Ann Holt",)}
    assert {subject for subject, _ in waiting(space)} == {"congo"}


def test_what_is_put_in_by_hand_is_written_as_its_data_set_writes_it(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest", "ent:congo")
    keys = "m\nKinshasa\nm\nhttps://en.wikipedia.org/wiki/Zaire\nm\nhttps://www.wikidata.org/wiki/Q974\nq\n"
    out = link("review", "--reviewer", "Ann", keys=keys)[1]
    assert "'Kinshasa' is no identifier" in out
    assert "accepted http://www.wikidata.org/entity/Q974 for Congo" in out
    assert [(row.object_id, row.object_label) for row in links(space)] == [(WD + "Q974", "DR Congo")]


def test_who_accepts_can_say_how_sure(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest")
    keys = "1 1.1\n1 x\nn 0.5\n1  0.8\nu\n1 0.8\ns\nm https://www.wikidata.org/wiki/Q974 0.75\ns\nm\nQ419 .5\nq\n"
    out = link("review", "--reviewer", "Ann", keys=keys)[1]
    assert out.count("is no confidence; it is a number from 0 to 1") == 2
    assert "'n 0.5' is no answer here" in out
    assert {(row.object_id, row.predicate_modifier, row.confidence) for row in links(space)} >= {
        (WD + "Q657", "", 0.8),
        (WD + "Q419", "", 0.5),
    }
    assert not [row for row in links(space) if row.confidence is None]


@pytest.mark.parametrize(("keys", "sure"), [("1\n", None), ("1 0.8\n", 0.8), ("m Q974\n", None), ("n\n", None)])
def test_the_score_of_a_candidate_stays_with_the_decision_and_is_nobodys_confidence(
    space: Workspace, link: Callable[..., tuple[int, str, str]], keys: str, sure: float | None
) -> None:
    link("suggest", "ent:congo")
    scores = {row.object_id: (row.similarity_score, row.mapping_tool, row.match_string) for row in candidates.pending(space)}
    link("review", "--reviewer", "Ann", keys=keys)
    rows = links(space)
    assert rows
    assert {row.object_id: (row.similarity_score, row.mapping_tool, row.match_string) for row in rows}.items() <= scores.items()
    assert {row.confidence for row in rows} == {sure}
    assert all(score for score, _, _ in scores.values())


@pytest.mark.parametrize("verdict", [ACCEPT, REJECT])
def test_how_sure_somebody_else_was_is_a_remark_and_not_the_confidence_of_the_reviewer(space: Workspace, verdict: str) -> None:
    chad = space.prefixes["ent"] + "chad"
    row = mappings.Mapping(
        subject_id=chad, predicate_id=mappings.EXACT, object_id=WD + "Q657", subject_label="Chad", confidence=0.9, comment="Seen."
    )
    mappings.write(space.candidates_file, mappings.MappingSet((row,)), space.prefixes)
    decisions.plan(
        space, [Decision(chad, mappings.EXACT, WD + "Q657", verdict)], reviewer="Ann", day="2031-03-01", checked="read it"
    ).write()
    assert [(row.confidence, row.comment) for row in links(space)] == [
        (None, "checked: read it; found: Seen. Proposed with confidence 0.9.")
    ]


def _added(space: Workspace, target: str, value: str, prefixes: dict[str, str], meaning: str) -> mappings.MappingSet:
    row = mappings.Mapping(
        subject_id=space.prefixes["ent"] + "chad", predicate_id=mappings.EXACT, object_id=target, more=(("ext_mood", value),)
    )
    return mappings.MappingSet((row,), {"extension_definitions": ({"slot_name": "ext_mood", "property": meaning},)}, prefixes)


def test_what_a_set_of_candidates_adds_to_sssom_goes_with_them(space: Workspace) -> None:
    decision = Decision(space.prefixes["ent"] + "chad", mappings.EXACT, WD + "Q657", ACCEPT)
    found = _added(space, WD + "Q657", "far:good", {"far": "https://far.example/"}, "https://far.example/mood")
    mappings.write(space.candidates_file, found, space.prefixes)
    decisions.plan(space, [decision], reviewer="Ann", day="2031-03-01", checked="read it").write()
    made = mappings.read(space.links_file)
    assert (made.mappings[0].more, made.metadata["extension_definitions"]) == (
        found.mappings[0].more,
        found.metadata["extension_definitions"],
    )
    assert made.prefixes["far"] == "https://far.example/"
    assert mappings.read(space.candidates_file).mappings == ()


@pytest.mark.parametrize(
    ("prefix", "meaning", "word"),
    [("https://near.example/", "https://far.example/mood", "far"), ("https://far.example/", "urn:mood", "ext_mood")],
)
def test_what_means_two_things_in_links_and_candidates_is_not_mixed(space: Workspace, prefix: str, meaning: str, word: str) -> None:
    mappings.write(space.links_file, _added(space, "urn:other", "far:bad", {"far": prefix}, meaning), space.prefixes)
    found = _added(space, WD + "Q657", "far:good", {"far": "https://far.example/"}, "https://far.example/mood")
    mappings.write(space.candidates_file, found, space.prefixes)
    before = files(space)
    with pytest.raises(InputError, match=f"^'{word}' means one thing in the links and another in the candidates"):
        decisions.plan(
            space,
            [Decision(space.prefixes["ent"] + "chad", mappings.EXACT, WD + "Q657", ACCEPT, confidence=1)],
            reviewer="Ann",
            day="2031-03-01",
        )
    assert files(space) == before


def test_a_thing_called_accepted_is_not_counted_as_accepted(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    sheet.add_entities(space, [entity(space, "seal", "Congo, accepted", THING)])
    row = mappings.Mapping(subject_id=space.prefixes["ent"] + "seal", predicate_id=mappings.EXACT, object_id=WD + "Q1", subject_label="x")
    mappings.write(space.candidates_file, mappings.MappingSet((row,)), space.prefixes)
    assert "0 accepted, 1 rejected" in link("review", "--reviewer", "Ann", keys="n\n")[2]


def test_nothing_but_a_mapping_is_accepted(space: Workspace) -> None:
    chad, same = space.prefixes["ent"] + "chad", names.OWL + "sameAs"
    row = mappings.Mapping(subject_id=chad, predicate_id=same, object_id=WD + "Q657", subject_label="Chad")
    mappings.write(space.candidates_file, mappings.MappingSet((row,)), space.prefixes)
    with pytest.raises(InputError, match="is no mapping"):
        decisions.plan(space, [Decision(chad, same, WD + "Q657", ACCEPT)], reviewer="Ann", day="2031-03-01", checked="read it")
    decisions.plan(space, [Decision(chad, same, WD + "Q657", REJECT)], reviewer="Ann", day="2031-03-01", checked="read it").write()
    assert [row.predicate_modifier for row in links(space)] == ["Not"]


def test_names_that_no_table_holds_do_not_spoil_the_candidates(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    made = [entity(space, "nul", "Chad\0", COUNTRY), entity(space, "long", "Chad" + " x" * 100_000, COUNTRY, also=("Chad",))]
    sheet.add_entities(space, made)
    code, _, said = link("suggest")
    assert (code, "wait; next" in said) == (0, True)
    assert {"nul", "long"} <= {subject for subject, _ in waiting(space)}


def test_the_end_of_what_is_piped_in_ends_the_review(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest")
    code, out, said = link("review", "--reviewer", "Ann", keys="1\n")
    assert code == 0
    assert "1 accepted" in said
    assert len(links(space)) == 1
    assert "\x1b" not in out


def test_a_reviewer_must_be_named(space: Workspace, link: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    link("suggest")
    assert link("review", keys="1\n")[0] == 2
    assert not links(space)
    monkeypatch.setenv("KG_REVIEWER", "Bob")
    link("review", keys="1\n")
    assert links(space)[0].author_label == ("Bob",)


def test_only_one_thing_or_one_band_can_be_asked_for(link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest")
    out = link("review", "ent:congo", "--reviewer", "Ann", keys="q\n")[1]
    assert "Congo (ent:congo)" in out
    assert "Chad" not in out
    assert "Congo" not in link("review", "--band", "exact", "--reviewer", "Ann", keys="s\ns\n")[1]


def test_names_of_others_do_not_style_the_terminal(link: Callable[..., tuple[int, str, str]]) -> None:
    with Service() as url:
        link("suggest", "ent:chad", "--from", url)
    out = link("review", "--reviewer", "Ann", keys="q\n")[1]
    assert "window.pwned" in out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_undo_refuses_where_somebody_else_has_written_since(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest")
    chad, congo = (space.prefixes["ent"] + name for name in ("chad", "congo"))
    first = decisions.plan(
        space, [Decision(chad, mappings.EXACT, WD + "Q657", ACCEPT)], reviewer="Ann", day="2031-03-01", checked="read it"
    )
    after = first.write()
    decisions.plan(
        space, [Decision(congo, mappings.EXACT, WD + "Q971", REJECT)], reviewer="Bob", day="2031-03-01", checked="read it"
    ).write()
    with pytest.raises(StorageError, match="changed since"):
        first.undo(after)
    assert len(links(space)) == 2


def test_ctrl_c_in_a_real_terminal_loses_no_decision(space: Workspace, run_kg: Callable[..., Run], kg_command: list[str]) -> None:
    pty, fcntl, termios = (pytest.importorskip(name, reason="this system has no terminals") for name in ("pty", "fcntl", "termios"))
    assert run_kg("link", "suggest", cwd=space.root).code == 0
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [*kg_command, "link", "review"],
        cwd=space.root,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  that Ctrl-C reaches it
    )
    os.close(theirs)
    try:
        shown = _until(ours, "Your name")
        os.write(ours, b"Ann\n")
        shown += _until(ours, "How do you check?")
        os.write(ours, b"read its page\n")
        shown += _until(ours, "Which?")
        os.write(ours, b"m close Q12345\n")
        shown += _until(ours, "Is that it? [y/N]")
        os.write(ours, b"n\n")
        shown += _until(ours, "Which?")
        os.write(ours, b"1\n")
        shown += _until(ours, "Which?")
        shown += _until(ours, "kg: interrupted", pressing=b"\x03")
        assert done.wait(timeout=60) == 130
    finally:
        done.kill()
        done.wait()
        os.close(ours)
    assert "\x1b[1mChad\x1b[0m" in shown
    assert "to be written: Chad, nearly the same: <http://www.wikidata.org/entity/Q12345>, of which no label is known here" in shown
    assert "1 accepted" in shown
    assert [(row.object_id, row.author_label) for row in links(space)] == [(WD + "Q657", ("Ann",))]


def _until(terminal: int, words: str, *, pressing: bytes = b"") -> str:
    """Read a terminal until it has shown some words; what is pressed is pressed again after silence.

    Python hears a Ctrl-C that comes between the prompt and the start of its reading only at the next key.
    """
    found, end = "", time.monotonic() + 60
    while words not in found:
        assert time.monotonic() < end, found
        try:
            os.write(terminal, pressing)
            while words not in found and select.select([terminal], [], [], 5)[0]:
                found += os.read(terminal, 4096).decode()
        except OSError:  # the other side is gone
            break
    assert words in found
    return found


# A file of decisions


@pytest.fixture
def saved(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> dict[str, Any]:
    """A file of decisions as the page saves it: one accepted, one rejected, one put in by hand."""
    link("suggest")
    rows = {(row.subject_id, row.object_id): row for row in candidates.pending(space)}
    own = space.prefixes["ent"]

    def decision(key: str, target: str, verdict: str) -> dict[str, str]:
        row = rows[own + key, target]
        return {
            "subject": row.subject_id,
            "predicate": row.predicate_id,
            "object": target,
            "digest": review.digest_of(row),
            "decision": verdict,
        }

    return {
        "format": decided.FORMAT,
        "workspace": space.base,
        "reviewer": "Ann",
        "checked": "read its page",
        "date": "2031-03-01",
        "decisions": [decision("chad", WD + "Q657", "accept"), decision("congo", WD + "Q971", "reject")],
        "manual": [{"subject": own + "congo", "object": "https://www.wikidata.org/wiki/Q974"}],
    }


def apply(link: Callable[..., tuple[int, str, str]], path: Path, found: Any, *more: str) -> tuple[int, str, str]:
    path.write_text(found if isinstance(found, str) else json.dumps(found), encoding="utf-8")
    return link("apply", str(path), *more)


def test_a_file_of_decisions_is_applied_once(
    space: Workspace, link: Callable[..., tuple[int, str, str]], saved: dict[str, Any], tmp_path: Path
) -> None:
    before = files(space)
    code, _, said = apply(link, tmp_path / "d.json", saved, "--dry-run")
    assert (code, files(space)) == (0, before)
    assert "would be written: 2 accepted, 1 rejected by Ann on 2031-03-01" in said
    assert apply(link, tmp_path / "d.json", saved)[0] == 0
    assert {(row.object_id[-4:], row.predicate_modifier) for row in links(space)} == {("Q657", ""), ("Q971", "Not"), ("Q974", "")}
    assert {row.mapping_date for row in links(space)} == {"2031-03-01"}
    after = files(space)
    assert apply(link, tmp_path / "d.json", saved)[0] == 3
    assert files(space) == after


def _changed(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda found: found.update({key: value})


def _first(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda found: found["decisions"][0].update({key: value})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_first("object", WD + "Q1"), "is no candidate"),
        (_first("subject", "https://example.org/w/entity/nobody"), "is no candidate"),
        (_first("predicate", mappings.CLOSE), "is no candidate"),
        (_first("digest", "0" * 64), "has changed since the page was made"),
        (_first("decision", "delete"), "neither accept nor reject"),
        (_first("decision", ["accept"]), "each a text"),
        (_first("why", "so"), "and nothing else"),
        (_first("sense", "same"), "'same' is no sense to accept it in"),
        (_first("sense", 1), "each a text"),
        (lambda found: found["decisions"][1].update({"sense": "close"}), "no sense to reject it in"),
        (_changed("checked", ""), "nothing says how"),
        (_changed("checked", 1), "is no text"),
        (_changed("checked", "a\x1b[31m"), "at most 200 letters"),
        (_changed("workspace", "https://example.org/other/"), "not about this workspace"),
        (_changed("date", "2031-13-01"), "no YEAR-MONTH-DAY"),
        (_changed("date", "2031-02-30"), "no YEAR-MONTH-DAY"),
        (_changed("date", "0000-01-01"), "no YEAR-MONTH-DAY"),
        (_changed("reviewer", ""), "a reviewer has a name"),
        (_changed("reviewer", "Ann\x1b[31m"), "a reviewer has a name"),
        (_changed("reviewer", None), "have no reviewer"),
        (_changed("format", "1"), "no file of decisions"),
        (_changed("extra", 1), "has no 'extra'"),
        (_changed("decisions", {}), "no list"),
        (_changed("decisions", []), ""),
        (lambda found: found["decisions"].append(found["decisions"][0]), "twice here"),
        (lambda found: found["manual"].append({"subject": found["decisions"][0]["subject"], "object": "Q1"}), "and exactly"),
        (_changed("manual", [{"subject": "https://example.org/w/entity/nobody", "object": "Q1"}]), "has no candidates"),
        (_changed("manual", [{"subject": "https://example.org/w/entity/congo", "object": "javascript:alert(1)"}]), "no identifier"),
    ],
)
def test_a_stale_or_forged_file_is_refused_as_a_whole(  # noqa: PLR0917  fixtures
    space: Workspace,
    link: Callable[..., tuple[int, str, str]],
    saved: dict[str, Any],
    tmp_path: Path,
    change: Callable[[dict[str, Any]], None],
    words: str,
) -> None:
    before = files(space)
    change(saved)
    if not words:  # nothing decided, and nothing put in
        saved["manual"], words = [], "has no decisions"
    code, _, said = apply(link, tmp_path / "d.json", saved)
    assert code == 3
    assert words in said
    assert "\n" not in said
    assert files(space) == before


@pytest.mark.parametrize("text", ["", "[]", "{", "\ufeff{}", "[" * 100_000, '{"format": "kg link decisions 1", "format": "x"}', "null"])
def test_a_file_that_is_none_of_decisions_is_refused(
    link: Callable[..., tuple[int, str, str]], saved: dict[str, Any], tmp_path: Path, text: str
) -> None:
    assert saved
    code, _, said = apply(link, tmp_path / "d.json", text)
    assert code == 3
    assert "this is no file of decisions" in said


def test_a_candidate_that_changed_since_the_page_was_made_refuses_the_file(
    space: Workspace, link: Callable[..., tuple[int, str, str]], saved: dict[str, Any], tmp_path: Path
) -> None:
    text = space.candidates_file.read_text(encoding="utf-8")
    space.candidates_file.write_text(text.replace("“Chad” is a name of Chad.", "“Chad” is a name of somebody else."), encoding="utf-8")
    before = files(space)
    code, _, said = apply(link, tmp_path / "d.json", saved)
    assert code == 3
    assert "has changed since the page was made" in said
    assert files(space) == before


def test_decisions_are_refused_where_there_is_only_the_bundled_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(kg, ["link", "suggest"], obj=App(None))
    assert isinstance(done.exception, StorageError)


def test_nobody_can_decide_about_what_is_no_candidate(space: Workspace) -> None:
    chad = space.prefixes["ent"] + "chad"
    with pytest.raises(InputError, match="is no candidate"):
        decisions.plan(space, [Decision(chad, mappings.EXACT, WD + "Q657", ACCEPT)], reviewer="Ann", day="2031-03-01", checked="read it")
    with pytest.raises(InputError, match="is no candidate"):
        decisions.plan(
            space,
            [Decision(chad, mappings.EXACT, WD + "Q657", ACCEPT, is_manual=True)],
            reviewer="Ann",
            day="2031-03-01",
            checked="read it",
        )


# The page as text; tests/browser/test_link_review.py opens it


def test_the_page_is_one_file_whose_policy_lets_nothing_in_or_out(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    with Service() as url:
        link("suggest", "ent:chad", "--from", url)
    found = workspaces.find(space.root)
    text = page.build(found, review.questions(index.load(found), review.waiting(found)), reviewer=HOSTILE)
    assert "default-src 'none'" in text
    assert text.count("<script>") == text.count("</script>") == 1
    assert "<script>window" not in text
    assert "\u202e" not in text.replace(text[text.index('value="') : text.index('" aria-describedby')], "")


def test_a_page_without_candidates_is_not_written(space: Workspace, link: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    assert "no candidate waits" in link("review", "--page", str(tmp_path / "r.html"))[2]
    assert not (tmp_path / "r.html").exists()
    link("suggest")
    assert "wrote" in link("review", "--page", str(tmp_path / "r.html"))[2]
    assert link("review", "--page", str(space.graph_dir / "r.html"))[0] == 2


def test_origins_know_their_tools() -> None:
    assert origins.tool_of("territories") == territories.SOURCE
    assert origins.tool_of("sparql:https://things.example/sparql") == "https://things.example/sparql"
    with pytest.raises(UsageError):
        decisions.reviewer_of("\n")


# How it was checked, in which sense, and two territories


def reviewed(link: Callable[..., tuple[int, str, str]], keys: str, *more: str) -> str:
    return link("review", "--reviewer", "Ann", *more, keys=keys)[1]


def test_what_is_accepted_says_how_it_was_checked_or_how_sure_it_is(
    space: Workspace, link: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    link("suggest", "ent:chad", "ent:congo")
    monkeypatch.delenv("KG_CHECKED")
    assert "nothing says how http://www.wikidata.org/entity/Q657 was checked" in reviewed(link, "1\nq\n", "ent:chad")
    assert not links(space)
    reviewed(link, "1 0.8\n", "ent:chad")
    assert [row.comment for row in links(space)] == ["“Chad” is a name of Chad."]
    reviewed(link, "1\n", "ent:chad", "--checked", "read  its page")
    assert "checked: read its page; found: “Chad” is a name of Chad, which ISO 3166 codes TD." in {row.comment for row in links(space)}
    assert [each.message for each in checks_of(space)] == []


def checks_of(space: Workspace) -> list[Any]:
    return links_check.find_in(space.links_file, space, index.load(space).store)


def test_a_second_territory_for_one_thing_is_asked_about_once_more(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest", "ent:congo")
    order = [row.object_id for row in links_of_page(space)]
    assert [target[-4:] for target in order] == ["Q971", "6:CG", "Q974", "6:CD"]
    out = reviewed(link, "1\n1\n4\nn\n4\ny\nq\n")
    assert [line.strip() for line in out.splitlines() if "these are" in line][:2] == ["these are Congo-Brazzaville:", "these are DR Congo:"]
    assert "1  accepted: the same:" in out
    assert "1 is accepted already" in out
    assert out.count("Accept both?") == 2
    assert "nothing was written" in out
    assert [row.object_id[-4:] for row in links(space) if row.is_accepted] == ["6:CD", "Q971"]
    assert "Accept both?" not in reviewed(link, "u\nq\n")


def links_of_page(space: Workspace) -> list[mappings.Mapping]:
    (asked,) = review.questions(index.load(space), review.waiting(space))
    return [option.mapping for option in asked.options]


@pytest.mark.parametrize(
    ("keys", "predicate", "sure"),
    [
        ("1 close 0.8\n", mappings.CLOSE, 0.8),
        ("1 Broad\n", mappings.BROAD, None),
        ("m narrow Q657 .5\n", mappings.NARROW, 0.5),
        ("m Q1 related\n", mappings.RELATED, None),
        ("m\nclose Q111 0.8\n", mappings.CLOSE, 0.8),
    ],
)
def test_a_word_says_in_which_sense(
    space: Workspace, link: Callable[..., tuple[int, str, str]], keys: str, predicate: str, sure: float | None
) -> None:
    link("suggest", "ent:chad")
    reviewed(link, keys, "--band", "exact")
    assert [(row.predicate_id, row.confidence) for row in links(space)] == [(predicate, sure)]


def test_a_file_of_decisions_says_in_which_sense(
    space: Workspace, link: Callable[..., tuple[int, str, str]], saved: dict[str, Any], tmp_path: Path
) -> None:
    saved["decisions"][0]["sense"] = "close"
    saved["manual"][0]["object"] = "broad Q974 0.7"
    assert apply(link, tmp_path / "d.json", saved)[0] == 0
    assert {(row.object_id[-4:], row.predicate_id) for row in links(space) if row.is_accepted} == {
        ("Q657", mappings.CLOSE),
        ("Q974", mappings.BROAD),
    }
    assert all(row.comment.startswith("checked: read its page; found: ") for row in links(space))


def test_two_entities_that_are_one_are_followed_by_how_to_merge_them(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    link("suggest", "--from", "labels", "ent:harbour", "ent:harbor")
    (row,) = [row for row in candidates.pending(space) if row.object_id.startswith(space.prefixes["ent"])]
    said = link("review", names.local_name(row.subject_id).join(["ent:", ""]), "--reviewer", "Ann", keys="1\n")[2]
    assert "next: kg entity merge ent:harbor ent:harbour --dry-run" in said


def test_a_further_decision_is_a_further_line(space: Workspace, link: Callable[..., tuple[int, str, str]]) -> None:
    row = mappings.Mapping(
        subject_id=space.prefixes["ent"] + "harbour",
        predicate_id=mappings.CLOSE,
        object_id=WD + "Q44782",
        comment="looked up",
        confidence=0.9,
    )
    mappings.write(space.links_file, mappings.MappingSet((row,)), space.prefixes)
    before = space.links_file.read_text(encoding="utf-8").splitlines()
    link("suggest", "ent:chad")
    reviewed(link, "1 0.9\n", "--band", "exact")
    after = space.links_file.read_text(encoding="utf-8").splitlines()
    assert [line for line in before if line not in after] == []
    assert [line.split("\t")[0] for line in after if line not in before and not line.startswith("#")] == ["ent:chad"]
