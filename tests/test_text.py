"""What kg.text promises: offsets in code points over one normal form, whatever the bytes were."""

# ruff: noqa: RUF001  # the texts here have curly quotes and dashes on purpose

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import text
from kg.errors import InputError

# A text of our own: curly quotes, dashes, an ellipsis, a combining mark, an astral character, a heading, an abbreviation.
OWN = (
    "A Heading Without a Stop\n"
    "\n"
    "Mr. Grey called it “the 𐍈-letter’s revenge” – twice. Café owners laughed … and left!\n"
    "Was it “over”? Not at all; the river rose.\n"
)


def test_bytes_of_any_line_ending_and_composition_have_one_normal_form() -> None:
    messy = b"\xef\xbb\xbf" + unicodedata.normalize("NFD", OWN).replace("\n", "\r\n").encode()
    assert text.normal_form(messy) == unicodedata.normalize("NFC", OWN) == OWN


@pytest.mark.parametrize(
    ("data", "words"),
    [(OWN.encode("utf-16"), "UTF-16, convert it"), (b"fine\nnot \xff fine", "2: the text is not UTF-8"), (b"\xc0\x80", "UTF-8")],
)
def test_what_is_not_utf_8_is_refused_with_its_line(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        text.normal_form(data)


@given(st.text())
def test_the_normal_form_is_its_own_normal_form(words: str) -> None:
    once = text.normal_form(words.encode())
    assert text.normal_form(once.encode()) == once


def test_the_identifier_is_the_one_that_rfc_6920_prints() -> None:
    assert text.identifier("Hello World!") == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"


def test_sentences_are_counted_without_headings_and_paragraphs_by_line() -> None:
    found = text.sentences(OWN)
    assert [(OWN[s.start : s.end], s.paragraph, s.number) for s in found] == [
        ("Mr. Grey called it “the 𐍈-letter’s revenge” – twice.", 1, 1),
        ("Café owners laughed … and left!", 1, 2),
        ("Was it “over”?", 2, 3),
        ("Not at all; the river rose.", 2, 4),
    ]


@given(st.text(alphabet=st.sampled_from("ab .!?\n“”’–𐍈é "), max_size=200))
def test_sentences_are_in_order_do_not_overlap_and_stay_on_one_line(words: str) -> None:
    normal = text.normal_form(words.encode())
    at = 0
    for number, sentence in enumerate(text.sentences(normal), start=1):
        piece = normal[sentence.start : sentence.end]
        assert at <= sentence.start < sentence.end
        assert sentence.number == number
        assert piece == piece.strip()
        assert "\n" not in piece
        at = sentence.end


def test_a_stretch_is_in_the_sentence_that_holds_all_of_it_or_in_none() -> None:
    found = text.sentences(OWN)
    assert text.sentence_at(found, found[1].start + 2, found[1].end) == found[1]
    assert text.sentence_at(found, found[1].start, found[2].end) is None
    assert text.sentence_at(found, 0, 9) is None


def test_a_stretch_touches_the_sentences_of_which_it_holds_a_part() -> None:
    found = text.sentences(OWN)
    for start in range(len(OWN)):
        for end in range(start + 1, min(start + 60, len(OWN) + 1)):
            touched = tuple(sentence for sentence in found if sentence.start < end and start < sentence.end)
            assert text.sentences_over(found, start, end) == touched


def test_an_astral_character_counts_as_one() -> None:
    [(start, end)] = text.find_quote(OWN, "-letter")
    assert OWN[start - 1] == "𐍈"
    assert end - start == len("-letter")


@pytest.mark.parametrize(
    ("quote", "stretch"),
    [
        ("“the 𐍈-letter’s revenge”", "“the 𐍈-letter’s revenge”"),
        ('"the 𐍈-letter\'s   revenge" - twice', "“the 𐍈-letter’s revenge” – twice"),
        ("  and left!\n", "and left!"),
        ("Cafe\u0301 owners", "Café owners"),
        ("and left!\nWas it", "and left!\nWas it"),
        ("and left! Was it", "and left!\nWas it"),
        ("«the 𐍈-letter‘s revenge»", "“the 𐍈-letter’s revenge”"),
    ],
)
def test_a_quote_is_found_exactly_or_after_folding(quote: str, stretch: str) -> None:
    [(start, end)] = text.find_quote(OWN, quote)
    assert OWN[start:end] == stretch


def test_a_quote_that_is_not_there_or_empty_is_found_nowhere() -> None:
    assert text.find_quote(OWN, "the river fell") == text.find_quote(OWN, "") == text.find_quote(OWN, " \n") == []


def test_letters_are_not_folded() -> None:
    assert text.find_quote(OWN, "mr. grey") == []


def test_every_place_of_a_quote_is_found_even_where_they_overlap() -> None:
    assert text.find_quote("anana", "ana") == [(0, 3), (2, 5)]


@given(st.text(min_size=1, max_size=60), st.data())
def test_every_stretch_of_a_text_is_found_where_it_stands(words: str, data: st.DataObject) -> None:
    normal = text.normal_form(words.encode("utf-8", "ignore"))
    if not normal.strip():
        return
    start = data.draw(st.integers(0, len(normal) - 1))
    end = data.draw(st.integers(start + 1, len(normal)))
    stretch = normal[start:end]
    if stretch == stretch.strip() == unicodedata.normalize("NFC", stretch) and stretch:
        assert (start, end) in text.find_quote(normal, stretch)


def test_a_digest_ties_source_offsets_and_words_together() -> None:
    name = text.identifier(OWN)
    whole = text.passage_digest(name, 26, 29, OWN[26:29])
    assert whole == hashlib.sha256(f"{name}\n26\n29\nMr.".encode()).hexdigest()
    others = {
        text.passage_digest(name, 25, 28, "Mr."),
        text.passage_digest(name, 26, 29, "Ms."),
        text.passage_digest("ni:x", 26, 29, "Mr."),
    }
    assert whole not in others
    assert len(others) == 3
