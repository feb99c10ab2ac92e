"""What the server and the site share: portraits, cards, quotes and templates, with links that each of them makes for itself."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import ferry
import pytest

from kg import names
from kg.errors import InputError
from kg.pages import documents, portrait, templates
from kg.pages.addresses import place
from kg.pages.cards import cards
from kg.pages.quotes import Quotes
from kg.pages.shown import Cell, Shown

if TYPE_CHECKING:
    from pathlib import Path

    from kg.index import Index


class Nowhere:
    """Addresses of a place that has no pages for relations and terms."""

    @staticmethod
    def href(iri: str) -> str:
        return f"#{names.local_name(iri)}" if any(kind in iri for kind in ("/entity/", "/claim/", "/passage/", "/source/")) else ""


@pytest.fixture(scope="module")
def ferry_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write(tmp_path_factory.mktemp("ferry"))


@pytest.fixture(scope="module")
def shown(ferry_index: Index) -> Shown:
    return Shown(ferry_index, Nowhere())


def filled(template: str, it: object) -> str:
    return templates.templates("site").from_string("{% import 'macros.html.j2' as show %}" + template).render(it=it)


def test_the_room_needs_no_server() -> None:
    script = (
        "import sys; from kg.pages import portrait, quotes, templates, documents; templates.templates('site'); "
        "print([name for name in sys.modules if name.partition('.')[0] in {'starlette', 'uvicorn', 'httptools'}])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_links_lead_where_the_addresses_say_and_nothing_else_is_a_link(shown: Shown) -> None:
    assert shown.thing(ferry.ent("ferry")).href == "#ferry"
    assert shown.thing(names.KG + "denied").href == ""
    about = portrait.portrait(shown, ferry.ent("ferry"), {})
    text = filled("{{ show.card(it) }}", about.parts[0].cards[0])
    assert 'href="#ferry"' in text
    assert 'href=""' not in text


@pytest.mark.parametrize(
    ("local", "expected"),
    [("a/../b", "entity/a/../b"), ("a b", "entity/a%20b"), ("a%2Fb", "entity/a%2Fb"), ("a?b#c", "entity/a%3Fb%23c"), ("", "")],
)
def test_a_place_says_the_name_and_nothing_that_a_browser_reads_otherwise(local: str, expected: str) -> None:
    assert place(f"https://example.org/entity/{local}", "https://example.org/") == expected


def test_the_cards_of_claims_one_by_one_are_those_of_all_at_once(ferry_index: Index, shown: Shown) -> None:
    together = {card.curie: card for card in cards(ferry_index.claims, shown)}
    for claim in ferry_index.claims:
        alone = cards([claim], shown)[0]
        assert {(each.how, each.other) for each in alone.disputes} == {(each.how, each.other) for each in together[alone.curie].disputes}
    assert any(card.disputes for card in together.values())


def test_a_part_begins_where_it_is_asked_to_and_ends_with_the_last(ferry_index: Index, shown: Shown) -> None:
    role = next(each for each in portrait.roles(ferry_index, names.KG + "affirmed", is_source=False) if each.key == "valued")
    part = portrait.part(role, 3, shown)
    assert [card.claim.iri for card in part.cards] == role.claims[3:]
    assert (part.end, part.earlier, part.total) == (len(role.claims), 0, len(role.claims))
    assert portrait.part(role, 10_000, shown).cards[0].claim.iri == role.claims[-1]


def test_what_names_a_thing_is_the_first_of_all_where_all_of_it_is_looked_through(tmp_path: Path) -> None:
    index = ferry.write_random(tmp_path, entities=60, claims=80)
    shown = Shown(index, Nowhere())
    about = portrait.portrait(shown, names.CLAIM, {}, looks_through=True)
    first = {shown.curie(claim.iri) for claim in index.all_claims[: len(about.uses) + 1]}
    assert {other.curie for other, _ in about.uses if other.curie} <= first
    assert about.has_more_uses


def test_passages_are_quoted_from_their_text_alone(ferry_index: Index) -> None:
    passage = ferry.passage_of("Brenwick denies that the ferry leaks")
    quotes = Quotes(ferry_index, [ferry.WORDS])
    assert quotes.of(passage)[0] == "Brenwick denies that the ferry leaks"
    assert Quotes(ferry_index, []).of(passage) == ("", "")
    with pytest.raises(InputError, match="registered with"):
        Quotes(ferry_index, [ferry.WORDS + "more"])


def test_a_card_quotes_only_where_the_text_is_at_hand(ferry_index: Index) -> None:
    claim = next(claim for claim in ferry_index.claims if claim.passages)
    without = cards([claim], Shown(ferry_index, Nowhere()))[0].places
    quoted = cards([claim], Shown(ferry_index, Nowhere(), Quotes(ferry_index, [ferry.WORDS])))[0].places
    assert [each.quote for each in without] == [""] * len(without)
    assert all(each.quote and each.quote in ferry.WORDS for each in quoted)


def test_text_in_a_template_is_text_and_nothing_in_it_is_invisible() -> None:
    card = Cell("</a><script>\u202e")
    text = filled("{{ show.link(it) }}", card)
    assert text.strip() == "<bdi>&lt;/a&gt;&lt;script&gt;\\u202e</bdi>"


def test_a_document_has_what_is_said_of_a_thing_and_what_names_it(ferry_index: Index) -> None:
    iri = ferry.ent("ferry")
    triples = documents.triples_of(ferry_index, iri)
    assert {triple.subject.value for triple in triples if triple.predicate.value == names.SUBJECT} == {  # type: ignore[union-attr]
        claim.iri for claim in ferry_index.all_claims if claim.subject == iri
    }
    assert any(triple.subject.value == iri and triple.predicate.value == names.PREF_LABEL for triple in triples)  # type: ignore[union-attr]
