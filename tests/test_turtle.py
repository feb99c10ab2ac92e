"""What kg.turtle promises: one form for one graph, small differences for small changes, whole files whatever happens."""

import difflib
import os
import random
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare
from hypothesis import given
from hypothesis import strategies as st

from kg import documents, names, turtle
from kg.errors import InputError, StorageError

PREFIXES = names.prefixes("https://example.org/")
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True)
IRIS = st.one_of(
    st.builds(lambda prefix, name: ox.NamedNode(PREFIXES[prefix] + name), st.sampled_from(["ent", "claim", "kg", "src"]), NAMES),
    st.sampled_from([ox.NamedNode(f"urn:x:{tail}") for tail in ("a", "a.", "é", "%20", "a,b", "1#2")]),
)
WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
LITERALS = st.one_of(
    st.builds(ox.Literal, WORDS),
    st.builds(lambda words: ox.Literal(words, language="en"), WORDS),
    st.builds(lambda words: ox.Literal(words, datatype=ox.NamedNode(names.EDTF)), WORDS),
    st.sampled_from([ox.Literal(form, datatype=ox.NamedNode(names.XSD + "decimal")) for form in ("0.80", "01.5", "-0.0", "12")]),
)
TRIPLES = st.lists(st.builds(ox.Triple, IRIS, IRIS, st.one_of(IRIS, LITERALS)), max_size=20)


@given(TRIPLES)
def test_writing_is_idempotent_and_loses_nothing(triples: list[ox.Triple]) -> None:
    written = turtle.serialize(triples, PREFIXES)
    again = turtle.parse(written.encode())
    assert set(again) == set(triples)
    assert turtle.serialize(again, PREFIXES) == written


@given(TRIPLES, st.randoms(use_true_random=False))
def test_writing_is_blind_to_the_order_and_to_repetition(triples: list[ox.Triple], dice: random.Random) -> None:
    shuffled = [*triples, *triples[:3]]
    dice.shuffle(shuffled)
    assert turtle.serialize(shuffled, PREFIXES) == turtle.serialize(triples, PREFIXES)


@given(TRIPLES, st.builds(ox.Triple, IRIS, IRIS, st.one_of(IRIS, LITERALS)))
def test_one_added_triple_changes_few_lines(triples: list[ox.Triple], added: ox.Triple) -> None:
    before = turtle.serialize(triples, PREFIXES).splitlines()
    after = turtle.serialize([*triples, added], PREFIXES).splitlines()
    lines = [line for line in difflib.ndiff(before, after) if line[0] in "+-" and not line[2:].startswith("@prefix") and line[2:].strip()]
    extra = str(added).count("\n")
    assert len(lines) <= 4 + extra


@given(TRIPLES)
def test_the_form_has_sorted_prefixes_tabs_one_final_newline_and_no_carriage_return(triples: list[ox.Triple]) -> None:
    written = turtle.serialize(triples, PREFIXES)
    header = [line for line in written.split("\n") if line.startswith("@prefix")]
    assert header == sorted(header)
    assert not triples or (written.endswith(" .\n") and not written.endswith("\n\n"))
    assert "\r" not in written


def test_no_triples_are_an_empty_file_and_the_other_way_round() -> None:
    assert turtle.serialize([], PREFIXES) == ""
    assert turtle.canonical(b"", PREFIXES) == ""


def test_rdflib_reads_the_same_graph(tmp_path: Path) -> None:
    found = turtle.parse(b'@prefix e: <https://example.org/entity/> . e:b a e:C . e:a e:p "x"@en, 1.50, "l1\\nl2" ; e:q e:b .')
    path = tmp_path / "x.ttl"
    turtle.write(path, found, PREFIXES)
    lines = "".join(f"{triple} .\n" for triple in found)
    ours = rdflib.Graph().parse(data=lines, format="nt")
    assert rdflib.compare.isomorphic(rdflib.Graph().parse(path), ours)


def test_the_source_comes_first_and_then_subjects_by_iri() -> None:
    data = b"@prefix s: <https://example.org/source/> . @prefix e: <https://example.org/entity/> . e:b a e:C . e:a a e:C . s:z a <%s> ."
    written = turtle.canonical(data % names.SOURCE.encode(), PREFIXES)
    assert [line.split()[0] for line in written.splitlines() if " a " in line] == ["src:z", "ent:a", "ent:b"]


@pytest.mark.parametrize("name", ["a#b", "it's", "it's#b"])
def test_a_sign_in_a_name_begins_neither_a_comment_nor_a_string(name: str) -> None:
    found = [ox.Triple(ox.NamedNode(PREFIXES["ent"] + name), ox.NamedNode(names.TYPE), ox.NamedNode(names.GROUP))]
    text = turtle.serialize(found, PREFIXES)
    assert turtle.canonical(text.encode(), PREFIXES) == text
    with pytest.raises(InputError, match=r"a comment would be lost"):
        turtle.canonical(text.encode() + b"# 'yes'\n", PREFIXES)


def test_a_comment_is_refused_with_its_line_since_it_would_be_lost() -> None:
    with pytest.raises(InputError, match=r"x\.ttl:2: a comment would be lost"):
        turtle.canonical(b"<urn:a> <urn:p#q> 'no # comment' .\n# yes\n", PREFIXES, path="x.ttl")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<urn:a> <urn:p> [] .", "blank node"),
        (b"<urn:a> <urn:p> \n<<( <urn:a> <urn:b> <urn:c> )>> .", "x.ttl:2: '<<' begins a triple term"),
        (b"<urn:a> <urn:p>\n nope:x .", "x.ttl:2:"),
        (b"<urn:a> <urn:p> <urn:b c> .", "x.ttl:1:"),
        (b"<urn:a> <urn:p> 'cut", "x.ttl:1:"),
    ],
)
def test_what_no_graph_file_may_hold_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        turtle.canonical(data, PREFIXES, path="x.ttl")


def test_writing_the_same_again_touches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    triples = turtle.parse(b"<urn:a> <urn:p> 1 .")
    assert turtle.write(path, triples, PREFIXES) is True
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert turtle.write(path, reversed(triples), PREFIXES) is False
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_whole_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(b"<urn:a> <urn:p> 1 .\n")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(StorageError, match=r"x\.ttl: cannot write: No space left on device"):
        turtle.replace(path, b"<urn:a> <urn:p> 2 .\n")
    assert path.read_bytes() == b"<urn:a> <urn:p> 1 .\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_interruption_leaves_nothing_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(b"<urn:a> <urn:p> 1 .\n")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os if step == "fsync" else Path, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        turtle.replace(path, b"<urn:a> <urn:p> 2 .\n")
    assert path.read_bytes() == b"<urn:a> <urn:p> 1 .\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(b"")
    path.chmod(0o600)
    turtle.replace(path, b"<urn:a> <urn:p> 2 .\n")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot write here"):
        turtle.replace(tmp_path / "none" / "x.ttl", b"")


def test_a_term_too_long_for_the_parser_is_refused() -> None:
    data = b'<urn:a> <urn:b> "' + b"x" * (20 * 2**20) + b'" .\n'
    for read in (turtle.parse, lambda said: list(turtle.stream(said))):
        with pytest.raises(InputError, match="a term is too long to be read"):
            read(data)


def test_a_known_prefix_that_is_not_declared_comes_with_the_line_that_declares_it() -> None:
    said = b"<urn:a> a sem:Event ."
    with pytest.raises(InputError) as caught:
        turtle.parse(said, path="mine.ttl")
    before, _, line = str(caught.value).partition("; add the line ")
    assert before == "mine.ttl:1:11: The prefix sem: has not been declared"
    assert turtle.parse(line.encode() + b"\n" + said)
    with pytest.raises(InputError, match="; add the line @prefix sem: "):
        documents.read(said, format="ttl")
    with pytest.raises(InputError, match=r"The prefix mine: has not been declared$"):
        turtle.parse(b"<urn:a> a mine:Event .")
