"""What kg.sources promises: a text is known by its digest, and never stored."""

# ruff: noqa: RUF001  # the texts here have curly quotes and dashes on purpose

from pathlib import Path

import pytest

from kg import index, names, scaffold, sources, text, turtle
from kg.errors import InputError, StorageError
from kg.model import Entity, Source
from kg.sheet import add_entities
from kg.workspace import Workspace

WORDS = "Ada’s boat left – at last. It rained 🪶 all day.\n".encode()


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    return scaffold.create(tmp_path / "boats")


def add(workspace: Workspace, data: bytes = WORDS, key: str = "boat", **about: str | None) -> sources.Registration:
    found = sources.register(index.load(workspace), data, key=key, path="boat.txt", **about)
    found.write()
    return found


def test_a_source_is_registered_by_digest_and_length_without_its_text(empty: Workspace) -> None:
    add(empty, title="The Boat", author="Ada Quill", published="2031-04", language="en-GB")
    iri = empty.prefixes["src"] + "boat"
    assert index.load(empty).sources[iri] == Source(
        iri=iri,
        label="The Boat",
        identifier=text.identifier(WORDS.decode()),
        length=len(WORDS.decode()),
        language="en-GB",
        creator=empty.prefixes["ent"] + "ada-quill",
        title="The Boat",
        published="2031-04",
    )
    assert index.load(empty).entities[empty.prefixes["ent"] + "ada-quill"].types == (names.SCHEMA + "Person",)
    written = b"".join(path.read_bytes() for path in empty.root.rglob("*") if path.is_file())
    assert b"rained" not in written


def test_every_file_written_is_canonical(empty: Workspace) -> None:
    add(empty)
    for path in empty.graph_files:
        assert turtle.canonical(path.read_bytes(), empty.prefixes).encode() == path.read_bytes()


def test_an_author_who_is_not_named_is_an_entity_of_their_own(empty: Workspace) -> None:
    add(empty)
    add(empty, b"Another text.", key="other")
    authors = [index.load(empty).entities[empty.prefixes["ent"] + f"author-of-{key}"] for key in ("boat", "other")]
    assert [author.label for author in authors] == ["author of the source", "author of the source other"]
    assert all(author.definition for author in authors)


@pytest.mark.parametrize("author", ["Ada Quill", "ent:ada-quill", "A. Quill"])
def test_an_author_who_is_there_already_is_not_made_twice(empty: Workspace, author: str) -> None:
    quill = Entity(iri=empty.prefixes["ent"] + "ada-quill", label="Ada Quill", types=(names.SCHEMA + "Person",), alt_labels=("A. Quill",))
    add_entities(empty, [quill])
    found = add(empty, author=author)
    assert (found.author, found.source.creator) == (None, quill.iri)


def test_registering_again_keeps_the_claims_and_changes_what_is_given(empty: Workspace) -> None:
    add(empty, title="The Boat", published="2031")
    path = empty.file_of("boat")
    more = turtle.parse(b"<https://example.org/boats/claim/boat-001> <http://www.w3.org/2002/07/owl#deprecated> true .")
    turtle.write(path, [*turtle.parse(path.read_bytes()), *more], empty.prefixes)
    assert sources.register(index.load(empty), WORDS, key="boat").write() is False
    again = add(empty, title="The Late Boat")
    assert not again.is_new
    assert set(more) <= set(turtle.parse(path.read_bytes()))
    found = index.load(empty).sources[again.source.iri]
    assert (found.title, found.label, found.published) == ("The Late Boat", "The Late Boat", "2031")


def test_line_endings_and_byte_order_marks_make_no_other_text(empty: Workspace) -> None:
    add(empty)
    same = sources.register(index.load(empty), b"\xef\xbb\xbf" + WORDS.replace(b"\n", b"\r\n"), key="boat")
    assert not same.is_new


@pytest.mark.parametrize(
    ("data", "key", "about", "words"),
    [
        (WORDS + b"More.", "boat", {}, "src:boat is another text (its digest differs); choose another key with --id"),
        (WORDS, "ship", {}, "this text is registered already, as src:boat"),
        (b"A ship.", "entities", {}, "'entities' cannot be the key of a source"),
        (b"A ship.", "../x", {}, "'../x' cannot be the key of a source"),
        (b"A ship.", "Ship", {}, "'Ship' cannot be the key of a source"),
        (b"A ship.", "s" * 65, {}, "cannot be the key of a source"),
        (b"A ship.", "taken", {}, "this file is there already and holds no source"),
        (b"A ship.", "ship", {"published": "April 2031"}, "'April 2031' is no EDTF level 1 date"),
        (b"A ship.", "ship", {"language": "en us"}, "'en us' is no language tag"),
        (b"A ship.", "ship", {"author": "x> <urn:q"}, "'x> <urn:q' is unknown"),
        (b"A Heading Alone\n", "ship", {}, "boat.txt: the text has no sentence"),
        (b"", "ship", {}, "boat.txt: the text has no sentence"),
        ("A ship.".encode("utf-16"), "ship", {}, "boat.txt: the text is UTF-16, convert it to UTF-8"),
        (b"A ship.\nA \xff.", "ship", {}, "boat.txt:2: the text is not UTF-8"),
    ],
)
def test_what_cannot_be_registered_is_refused_and_nothing_written(
    empty: Workspace, data: bytes, key: str, about: dict[str, str], words: str
) -> None:
    add(empty)
    empty.file_of("taken").write_bytes(b"<urn:a> <urn:b> <urn:c> .\n")
    before = {path: path.read_bytes() for path in empty.root.rglob("*") if path.is_file()}
    with pytest.raises(InputError) as caught:
        add(empty, data, key, **about)
    assert words in str(caught.value)
    assert {path: path.read_bytes() for path in empty.root.rglob("*") if path.is_file()} == before


def test_the_bundled_workspace_takes_no_sources(empty: Workspace) -> None:
    with pytest.raises(StorageError, match="kg init DIR makes one"):
        add(Workspace(empty.root, is_bundled=True))


def test_a_text_is_recognised_by_its_digest(empty: Workspace) -> None:
    add(empty)
    loaded = index.load(empty)
    assert sources.of_text(loaded, WORDS.decode()).iri == sources.named(loaded, "src:boat").iri == sources.named(loaded, "boat").iri
    with pytest.raises(InputError, match=r"x\.txt is not the text that src:boat was registered with \(its digest differs\); where"):
        sources.of_text(loaded, "Another.", path="x.txt")
    add(empty, b"Another text.", key="other")
    with pytest.raises(InputError, match=r"x\.txt: this text belongs to no source.*registered are src:boat, src:other"):
        sources.of_text(index.load(empty), "A third.", path="x.txt")
    with pytest.raises(
        InputError, match=r"x\.txt is not the text that src:other was registered with \(its digest differs\); it is that of src:boat"
    ):
        sources.of_text(index.load(empty), WORDS.decode(), name="src:other", path="x.txt")
    with pytest.raises(InputError, match="there is no source 'ship'"):
        sources.named(loaded, "ship")


def test_a_file_name_that_suggests_no_key_asks_for_one() -> None:
    with pytest.raises(InputError, match="name one with --id"):
        sources.key_from_name("….txt")
    assert sources.key_from_name("文.txt") == "wen"
