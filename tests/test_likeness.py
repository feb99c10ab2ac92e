"""Names that are written alike are found by each other; what is equal to a reader is equal, and nothing else is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.likeness import EXACT, Names, folded

PLACES = Names(
    [
        ("turkey", "Turkey"),
        ("turkmenistan", "Turkmenistan"),
        ("iran", "Iran"),
        ("iraq", "Iraq"),
        ("georgia", "Georgia"),
        ("us-georgia", "Georgia"),
        ("embassy-kabul", "Embassy of Russia in Kabul"),
        ("embassy-herat", "Embassy of India in Herat"),
        ("kabul", "Kabul"),
        ("kabul", "\u06a9\u0627\u0628\u0644"),
        ("moscow", "\u041c\u043e\u0441\u043a\u0432\u0430"),
        ("cote-divoire", "Côte d\u2019Ivoire"),
    ]
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Côte d'Ivoire", "cote d\u2019ivoire"),
        ("SÃO  TOMÉ", "Sao Tome"),
        ("S\u0061\u0303o", "S\u00e3o"),
        ("Al-Qaʿida".replace("ʿ", "\u02bf"), "al qaida"),
        ("Kabul (city)", "kabul city"),
        ("\u0623\u0641\u063a\u0627\u0646\u0633\u062a\u0627\u0646", "\u0627\u0641\u063a\u0627\u0646\u0633\u062a\u0627\u0646"),
        ("\u0643\u0627\u0628\u0644", "\u06a9\u0627\u0628\u0644"),
        ("\uff2b\uff21\uff22\uff35\uff2c", "Kabul"),
    ],
)
def test_what_a_reader_takes_for_the_same_is_the_same_folded(one: str, other: str) -> None:
    assert folded(one) == folded(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Moscow", "\u041c\u043e\u0441\u043a\u0432\u0430"),
        ("Iran", "Iraq"),
        ("\u0915\u093f", "\u0915\u0940"),
        ("\u30ab\u30d6\u30eb", "\u30ac\u30d6\u30eb"),
        ("G7", "G8"),
    ],
)
def test_what_differs_by_more_than_marks_stays_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_one_name_of_two_things_finds_both() -> None:
    assert [like.key for like in PLACES.exact("georgia")] == ["georgia", "us-georgia"]


def test_a_name_in_another_script_is_a_name() -> None:
    assert [like.key for like in PLACES.exact("\u043c\u043e\u0441\u043a\u0432\u0430")] == ["moscow"]
    assert [like.key for like in PLACES.exact("\u0643\u0627\u0628\u0644")] == ["kabul"]


def test_only_equal_names_have_the_full_score() -> None:
    for words in ("Turky", "Kabul Embassy of Russia in", "the embassy of russia", "Georgian", "Kabu"):
        assert all(like.score < EXACT for like in PLACES.alike(words)), words
    assert PLACES.alike("turkey")[0] == ("turkey", EXACT, "Turkey")


def test_a_misspelled_name_leads_to_the_nearest_and_not_to_a_stranger() -> None:
    assert [like.key for like in PLACES.alike("Turky")] == ["turkey"]
    assert [like.key for like in PLACES.alike("Turkye")] == ["turkey"]
    assert PLACES.alike("Xyzzy") == []


def test_rare_words_count_more_than_frequent_ones() -> None:
    found = PLACES.alike("Russian Embassy in Kabul")
    assert found[0].key == "embassy-kabul"
    assert found[0].score > 2 * next(like.score for like in found if like.key == "embassy-herat")


def test_the_order_of_words_does_not_count() -> None:
    assert PLACES.alike("Kabul, Embassy of Russia in")[0].key == "embassy-kabul"


def test_each_thing_comes_once_by_its_best_name() -> None:
    names = Names([("k", "Kabul"), ("k", "Kabul city"), ("k", "City of Kabul")])
    assert [(like.key, like.name) for like in names.alike("kabul city")] == [("k", "Kabul city")]


def test_names_of_signs_alone_find_nothing() -> None:
    assert Names([("x", "…"), ("y", "a")]).alike("!!") == []
    assert Names([]).alike("Kabul") == []
    assert list(Names([]).beginning("")) == []


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(name: str) -> None:
    assert folded(folded(name)) == folded(name)


@given(st.text(max_size=60))
def test_how_a_name_is_composed_does_not_count(name: str) -> None:
    assert folded(unicodedata.normalize("NFD", name)) == folded(unicodedata.normalize("NFC", name))


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.text("ab c", max_size=8)), max_size=8), st.text("ab c", max_size=8))
def test_every_name_is_found_by_itself_and_scores_are_ordered(pairs: list[tuple[str, str]], asked: str) -> None:
    names = Names(pairs)
    found = names.alike(asked)
    assert [like.score for like in found] == sorted((like.score for like in found), reverse=True)
    assert len({like.key for like in found}) == len(found)
    assert {like.key for like in found if like.score == EXACT} == {
        key for key, name in pairs if folded(name) and folded(name) == folded(asked)
    }


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_a_mark_behind_a_name_changes_nothing(name: str) -> None:
    assert folded(name + "\u0301") == folded(name)
