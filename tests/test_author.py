"""What the authoring commands say, where they say it, and their exit codes."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run

from kg import scaffold

FERRY = Path(__file__).parent / "data" / "ferry"
Kg = Callable[..., Run]
OWN = """\
@prefix kg: <https://w3id.org/claimgraph/ontology#> .
@prefix my: <https://example.org/ferry/relation/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rel: <https://w3id.org/claimgraph/relation/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

my:ferries a kg:Relation , owl:ObjectProperty ;
\trdfs:label "ferries"@en ;
\tkg:inverseLabel "is ferried by"@en ;
\tskos:definition "The subject carries the object over water."@en ;
\tskos:example "A ferry carries the people of a town."@en ;
\trdfs:subPropertyOf rel:interactsWith ;
\tkg:stance 1 ;
\tkg:usualKind kg:state ;
\trdfs:isDefinedBy <https://example.org/ferry/relation/> .
"""


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory, kg_command: list[str]) -> Path:
    """A workspace that knows the text of the ferry, to be copied."""
    root = scaffold.create(tmp_path_factory.mktemp("registered") / "ferry").root
    for name in ("town.txt", "claims.csv"):
        shutil.copy(FERRY / name, root / name)
    subprocess.run([*kg_command, "source", "add", "town.txt", "--date", "2031-04"], cwd=root, check=True, capture_output=True, timeout=120)
    return root


@pytest.fixture
def kg(registered: Path, tmp_path: Path, run_kg: Kg) -> Kg:
    """Run `kg` in a workspace that knows the text of the ferry, in files of its own."""
    root = shutil.copytree(registered, tmp_path / "ferry")

    def run(*arguments: str, **more: str | bytes) -> Run:
        return run_kg(*arguments, cwd=root, **more)

    return run


def test_adding_a_source_says_what_was_done_and_what_comes_next(kg: Kg) -> None:
    done = kg("source", "add", "town.txt", "--title", "The Quarrel at Lorn Bend")
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines() == [
        "kg: updated src:town: 7 sentences, 680 characters, author ent:author-of-town",
        "kg: next: kg sheet import CLAIMS.csv --text town.txt --source src:town --new-entities",
    ]
    listed = kg("source", "list").out.splitlines()[-1].split()
    assert (listed[0], listed[-3:]) == ("src:town", ["2031-04", "680", "0"])


def test_a_sheet_with_one_problem_is_one_line(kg: Kg) -> None:
    sheet = "label,subject,relation,object,quote\nIt is so.,author of the source,rel:wnats,author of the source,Vell wants a bridge\n"
    done = kg("sheet", "import", "-", "--text", "town.txt", stdin=sheet)
    assert (done.code, done.out) == (3, "")
    own = "one of your own: prefixes in kg.toml, a block as in ontology/relations.ttl in ontology/own.ttl, kg fmt"
    way = f"kg query relations explains each; {own}"
    assert done.err == f"kg: -:2: column relation: the relation 'rel:wnats' is unknown; nearest: rel:wants; {way}\n"


def test_a_sheet_with_many_problems_says_them_all_and_their_number(kg: Kg) -> None:
    done = kg("sheet", "import", "claims.csv", "--text", "town.txt")
    assert done.code == 3
    lines = done.err.splitlines()
    assert lines[0] == "kg: claims.csv:2: column subject: 'people of Ostrow' is unknown; --new-entities creates it"
    assert lines[-1] == f"kg: claims.csv: {len(lines) - 1} problems, nothing was imported"


def test_a_dry_run_says_the_same_and_writes_nothing(kg: Kg) -> None:
    done = kg("sheet", "import", "claims.csv", "--text", "town.txt", "--new-entities", "--dry-run")
    assert done.code == 0
    assert "9 claims (9 added, 0 changed, 0 removed), 10 passages, 1 of them without a claim" in done.err
    assert done.err.endswith("kg: nothing was written (--dry-run)\n")
    assert kg("sheet", "export").out.count("\n") == 1


def test_an_export_is_data_on_the_standard_output_or_a_file(kg: Kg, tmp_path: Path) -> None:
    assert kg("sheet", "import", "claims.csv", "--text", "town.txt", "--new-entities").code == 0
    done = kg("sheet", "export", "--text", "town.txt")
    assert (done.code, done.err) == (0, "")
    again = kg("sheet", "export", "--text", "town.txt", "-o", "out.csv")
    assert (again.code, again.out) == (0, "")
    assert (tmp_path / "ferry" / "out.csv").read_bytes() == b"\xef\xbb\xbf" + done.out.encode()
    taken = kg("sheet", "import", "out.csv", "--text", "town.txt")
    assert "(0 added, 0 changed, 0 removed)" in taken.err
    assert "nothing to write" in taken.err


def test_a_sheet_that_would_remove_claims_is_refused_without_remove(kg: Kg, tmp_path: Path) -> None:
    assert kg("sheet", "import", "claims.csv", "--text", "town.txt", "--new-entities").code == 0
    graph = tmp_path / "ferry" / "graph" / "town.ttl"
    before = graph.read_bytes()
    for extra in ([], ["--dry-run"]):
        done = kg("sheet", "import", "-", "--text", "town.txt", *extra, stdin="label,subject,relation,object,quote\n")
        assert done.code == 3
        assert done.err == (
            "kg: -: the sheet leaves out 9 of the 9 claims of src:town (claim:town-001, claim:town-002, claim:town-003 …); "
            "add their rows (kg sheet export gives them), or remove them with --remove\n"
        )
        assert graph.read_bytes() == before
    lines = (FERRY / "claims.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    short = "".join(line for line in lines if not line.startswith("009"))
    done = kg("sheet", "import", "-", "--text", "town.txt", "--remove", stdin=short)
    assert (done.code, "kg: removed: claim:town-009\n" in done.err) == (0, True)


def test_what_an_import_says_is_counted_in_good_grammar(kg: Kg) -> None:
    assert kg("sheet", "import", "claims.csv", "--text", "town.txt", "--new-entities").code == 0
    sheet = kg("sheet", "export", "--text", "town.txt").out.replace("ent:lorn-ferry", "Lorn fery")
    said = kg("sheet", "import", "-", "--text", "town.txt", "--new-entities", "--dry-run", stdin=sheet).err.splitlines()
    assert f"kg: 1 new entity for {Path('graph/entities.ttl')}, to be given a type and a definition: ent:lorn-fery" in said
    assert f"kg: 1 unused entity, to be removed from {Path('graph/entities.ttl')}: ent:lorn-ferry" in said
    assert "kg: is ent:lorn-fery a misspelling of ent:lorn-ferry?" in said


def test_hints_and_paths_work_from_where_the_user_stands(kg: Kg, run_kg: Kg, tmp_path: Path) -> None:
    text, sheet = (str(tmp_path / "ferry" / name) for name in ("town.txt", "claims.csv"))
    done = run_kg("--dir", "ferry", "sheet", "import", sheet, "--text", text, "--new-entities", cwd=tmp_path)
    assert done.code == 0
    assert f"kg: wrote {Path('ferry/graph/town.ttl')}\n" in done.err
    assert "kg: next: kg --dir ferry query who-says-what; kg --dir ferry view -o map.html\n" in done.err
    inside = kg("source", "add", "town.txt", "--title", "Anew").err
    assert "kg: next: kg sheet import" in inside


def test_every_command_says_the_same_of_a_text_that_was_changed(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "ferry" / "new.txt").write_text("It rained.\n", encoding="utf-8")
    words = "new.txt is not the text that src:town was registered with (its digest differs); where the text was changed, kg source update"
    for command in (["sheet", "import", "claims.csv"], ["sheet", "export"], ["coverage"]):
        for chosen in ([], ["--source", "src:town"]):
            done = kg(*command, "--text", "new.txt", *chosen)
            assert (done.code, done.err.startswith(f"kg: {words}")) == (3, True)
    checked = kg("check", "--text", "new.txt")
    assert (checked.code, f"error: {words}" in checked.out) == (1, True)


def test_with_several_sources_a_changed_text_is_to_be_updated_not_added(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "ferry" / "other.txt").write_text("Another text.\n", encoding="utf-8")
    (tmp_path / "ferry" / "new.txt").write_text("It rained.\n", encoding="utf-8")
    assert kg("source", "add", "other.txt").code == 0
    way = "where a text was changed, kg source update KEY new.txt --old OLD takes it over, else kg source add registers it"
    said = f"; {way}; registered are src:other, src:town\n"
    assert kg("check", "--text", "new.txt").out.splitlines(keepends=True)[-1] == f"new.txt: error: no source has this text{said}"
    assert kg("sheet", "export", "--text", "new.txt").err == f"kg: new.txt: this text belongs to no source{said}"


def test_a_label_that_was_changed_wants_the_number_of_its_claim(kg: Kg) -> None:
    assert kg("sheet", "import", "claims.csv", "--text", "town.txt", "--new-entities").code == 0
    lines = kg("sheet", "export", "--text", "town.txt").out.replace("The people of Ostrow use the ferry.", "Ostrow uses the ferry.")
    without = "".join(line.partition(",")[2] for line in lines.splitlines(keepends=True))
    done = kg("sheet", "import", "-", "--text", "town.txt", stdin=without)
    way = "put the number of each claim whose label was changed into the column claim, or remove them with --remove"
    assert (done.code, done.err.endswith(f"(claim:town-001); add their rows (kg sheet export gives them), {way}\n")) == (3, True)
    assert "(0 added, 1 changed, 0 removed)" in kg("sheet", "import", "-", "--text", "town.txt", stdin=lines).err


def test_a_changed_text_is_taken_over_with_all_its_passages(kg: Kg, tmp_path: Path) -> None:
    assert kg("sheet", "import", "claims.csv", "--text", "town.txt", "--new-entities").code == 0
    before = kg("sheet", "export", "--text", "town.txt").out
    words = (FERRY / "town.txt").read_text(encoding="utf-8")
    new = tmp_path / "ferry" / "new.txt"
    new.write_text("It rained on the ferry.\n" + words.replace("For forty years the", "The"), encoding="utf-8", newline="\n")
    done = kg("source", "update", "town", "new.txt", "--old", "town.txt")
    assert done.code == 3
    assert done.err.count("\n") == 1
    assert "sentence 1 of the old text (claim town-001): its words are no longer in the text" in done.err
    assert kg("sheet", "export", "--text", "town.txt").out == before
    new.write_text("It rained on the ferry.\n" + words, encoding="utf-8", newline="\n")
    done = kg("source", "update", "src:town", "new.txt", "--old", "town.txt")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("kg: src:town: 10 passages found again, 8 sentences, 704 characters\n")
    assert kg("check", "--text", "new.txt").code == 0
    again = kg("sheet", "export", "--text", "new.txt")
    assert again.code == 0
    for old_row, new_row in zip(before.splitlines(), again.out.splitlines(), strict=True):
        assert old_row.rpartition(",")[0] == new_row.rpartition(",")[0]
    assert kg("source", "update", "town", "town.txt", "--old", "town.txt").code == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["sheet", "export", "-o", "graph"], 2, "directory"),
        (["sheet", "export", "-o", "nowhere/out.csv"], 6, "cannot write here"),
        (["sheet", "export", "--source", "src:vell"], 3, "there is no source 'src:vell'; registered are src:town"),
        (["sheet", "import", "missing.csv"], 3, "missing.csv: there is no such file; check its name"),
        (["sheet", "import", "claims.csv", "--text", "claims.csv"], 3, "claims.csv is not the text that src:town was registered with"),
        (["source", "add", "claims.csv", "--id", "town"], 3, "src:town is another text"),
        (["source", "add", "town.txt", "--id", "../x"], 3, "cannot be the key of a source"),
        (["init", "."], 6, "the folder is not empty"),
        (["init", "fresh", "--base", "no"], 2, "base must be an IRI"),
    ],
)
def test_what_goes_wrong_has_its_exit_code(kg: Kg, arguments: list[str], code: int, words: str) -> None:
    done = kg(*arguments)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_with_several_sources_one_must_be_chosen(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "ferry" / "other.txt").write_text("Another text.\n", encoding="utf-8")
    assert kg("source", "add", "other.txt").code == 0
    assert kg("sheet", "export").code == 2
    assert kg("sheet", "export", "--source", "other").code == 0
    mixed = kg("sheet", "export", "--source", "src:other", "--text", "town.txt")
    assert (mixed.code, "town.txt is not the text that src:other was registered with" in mixed.err) == (3, True)


def test_every_command_has_one_sentence_and_an_example(kg: Kg) -> None:
    for command in (
        ["init"],
        ["source"],
        ["source", "add"],
        ["source", "list"],
        ["source", "update"],
        ["sheet"],
        ["sheet", "export"],
        ["sheet", "import"],
        ["coverage"],
    ):
        done = kg(*command, "--help")
        assert done.code == 0
        assert f"Example: kg {command[0]}" in done.out


def test_an_entity_without_type_and_definition_is_one_line_of_the_check(kg: Kg) -> None:
    assert "checked: 12 warnings; kg check lists them" in kg("sheet", "import", "claims.csv", "--text", "town.txt", "--new-entities").err
    lines = kg("check").out.splitlines()
    assert len(lines) == len({line.split()[2] for line in lines}) == 12
    kind = "ent:ada-quill rdf:type schema:Thing: The type of this entity is still open: replace schema:Thing by what it is"
    definition = "skos:definition: Nothing says what this entity is; add a skos:definition of one line."
    assert lines[0] == f"graph/entities.ttl:5: warning: {kind}; {definition}"


def test_names_under_another_base_are_told_once_and_the_way_that_is_told_works(kg: Kg, tmp_path: Path) -> None:
    root = tmp_path / "ferry"
    settings = (root / "kg.toml").read_text(encoding="utf-8").replace("# prefixes =", "prefixes =")
    (root / "kg.toml").write_text(settings, encoding="utf-8")
    (root / "ontology" / "own.ttl").write_text(OWN, encoding="utf-8")
    sheet = (FERRY / "claims.csv").read_text(encoding="utf-8").replace("rel:uses", "my:ferries")
    assert kg("sheet", "import", "-", "--text", "town.txt", "--new-entities", stdin=sheet).code == 0
    before = kg("sheet", "export").out
    assert before.count("my:ferries") == sheet.count("my:ferries") > 0
    old, new = "https://example.org/ferry/", "https://data.example.com/f/"
    (root / "kg.toml").write_text(settings.replace(f'base = "{old}"', f'base = "{new}"'), encoding="utf-8")
    assert kg("fmt").code == 0
    done = kg("check")
    assert done.code == 1
    files = "in kg.toml and all files of graph/, ontology/ and queries/"
    way = f"put the old base back, or replace {old} by {new} {files}, then kg fmt"
    said = f"kg.toml:3: error: 33 names in graph/ begin with {old}, and kg.toml says {new}; {way}"
    assert [line for line in done.out.splitlines() if ": error: " in line] == [said]
    assert kg("sheet", "export", "--source", "src:town").err.endswith("source/town>; kg check says why not as src:KEY\n")
    for command in (["sheet", "export"], ["sheet", "import", "claims.csv", "--text", "town.txt"]):
        refused = kg(*command)
        assert (refused.code, "is not named src:KEY under the base" in refused.err) == (3, True)
    for path in [root / "kg.toml", *(path for name in ("graph", "ontology", "queries") for path in (root / name).rglob("*.*"))]:
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8", newline="\n")
    assert kg("fmt").code == 0
    assert kg("check", "--text", "town.txt").code == 0
    assert kg("sheet", "export", "--source", "src:town").out == before


def test_a_relation_of_ones_own_is_used_checked_written_and_asked_for_by_its_own_prefix(kg: Kg, tmp_path: Path) -> None:
    root = tmp_path / "ferry"
    settings = (root / "kg.toml").read_text(encoding="utf-8")
    (root / "kg.toml").write_text(settings.replace("# prefixes =", "prefixes ="), encoding="utf-8")
    (root / "ontology" / "own.ttl").write_text(OWN, encoding="utf-8")
    sheet = "label,subject,relation,object,quote\nVell is ferried.,ferry,my:ferries,Vell,Vell wants a bridge\n"
    assert kg("sheet", "import", "-", "--text", "town.txt", "--new-entities", stdin=sheet).code == 0
    assert kg("fmt").code == 0
    assert kg("check", "--text", "town.txt").code == 0
    assert "\trdf:predicate my:ferries ;\n" in (root / "graph" / "town.ttl").read_text(encoding="utf-8")
    assert ",my:ferries," in kg("sheet", "export").out
    asked = kg("query", "-f", "csv", "-e", "SELECT ?claim { ?claim rdf:predicate my:ferries }")
    assert asked.out.splitlines() == ["claim", "https://example.org/ferry/claim/town-001"]
    general = kg("query", "-f", "csv", "-e", "SELECT ?general { my:ferries rdfs:subPropertyOf ?general }")
    assert general.out.splitlines() == ["general", "https://w3id.org/claimgraph/relation/interactsWith"]
