"""Small workspaces of our own for the tests of networks and pages: a quarrel of two invented towns about a ferry."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kg import index, names, text, triples, turtle, workspace
from kg.model import Claim, Entity, Literal, Passage, Source

ROOT = Path(__file__).parents[1]
NAMES = names.prefixes()
WORDS = (
    "The ferry of Aldmoor\n"
    "In May 2019 the council of Aldmoor closed the ferry. “It is a wreck”, said the harbour master 🚢 of Brenwick.\n"
    "Brenwick denies that the ferry leaks. The river office counts 14 holes, and Aldmoor perhaps wants a bridge.\n"
)
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>\u202e"


def ent(name: str) -> str:
    return NAMES["ent"] + name


def rel(name: str) -> str:
    return names.REL + name


def claim_iri(number: int) -> str:
    return f"{NAMES['claim']}fy-{number:03}"


def passage_of(quote: str) -> Passage:
    start = WORDS.index(quote)
    end = start + len(quote)
    sentence = text.sentence_at(text.sentences(WORDS), start, end)
    assert sentence is not None
    digest = text.passage_digest(text.identifier(WORDS), start, end, quote)
    iri = f"{NAMES['passage']}fy-{start}-{end}"
    source = NAMES["src"] + "fy"
    return Passage(iri=iri, source=source, start=start, end=end, paragraph=sentence.paragraph, sentence=sentence.number, digest=digest)


SOURCE = Source(iri=NAMES["src"] + "fy", label="A report on the ferry", identifier=text.identifier(WORDS), length=len(WORDS), language="en")

ENTITIES = (
    Entity(
        iri=ent("aldmoor"),
        label="Aldmoor",
        types=(names.SCHEMA + "Country",),
        definition="A town on the left bank.",
        alt_labels=("Áldmoor",),
    ),
    Entity(iri=ent("brenwick"), label="Brenwick", types=(names.SCHEMA + "Country",), alt_labels=("the town across",)),
    Entity(iri=ent("ferry"), label="ferry of Aldmoor", types=(names.SKOS + "Concept",)),
    Entity(iri=ent("holes"), label="holes", types=(names.SKOS + "Concept",)),
    Entity(iri=ent("bridge"), label="bridge", types=(names.KG + "Project",)),
    Entity(iri=ent("council"), label="council of Aldmoor", types=(names.SCHEMA + "Organization",)),
    Entity(iri=ent("harbour-master"), label="harbour master of Brenwick", types=(names.SCHEMA + "Person",)),
    Entity(iri=ent("river-office"), label="river office", types=(names.SCHEMA + "Organization",)),
    Entity(iri=ent("author"), label="author of the source", types=(names.SCHEMA + "Person",)),
)


def claim(number: int, label: str, subject: str, relation: str, target: str | Literal, **more: Any) -> Claim:
    defaults: dict[str, Any] = {
        "claimant": ent("author"),
        "polarity": "affirmed",
        "certainty": "certain",
        "kind": "state",
        "status": "accepted",
    }
    return Claim(
        iri=claim_iri(number),
        label=label,
        subject=subject,
        relation=rel(relation),
        object=target,
        **(defaults | more),
    )


def _closed(year: str) -> dict[str, Any]:
    return {"when": year, "since": date(2019, 5, 1), "until": date(2019, 5, 31)}


CLAIMS = (
    claim(
        1,
        "Aldmoor's council closed the ferry.",
        ent("council"),
        "closed",
        ent("ferry"),
        kind="event",
        **_closed("2019-05"),
        passages=(passage_of("the council of Aldmoor closed the ferry").iri,),
    ),
    claim(
        2,
        "Brenwick's harbour master calls the ferry a wreck.",
        ent("ferry"),
        "describedAs",
        Literal("a wreck", language="en"),
        claimant=ent("harbour-master"),
        reported_by=ent("author"),
        kind="statement",
        passages=(passage_of("It is a wreck").iri,),
    ),
    claim(
        3,
        "Brenwick denies that the ferry is troubled by holes.",
        ent("ferry"),
        "troubledBy",
        ent("holes"),
        claimant=ent("brenwick"),
        polarity="denied",
        reported_by=ent("author"),
        passages=(passage_of("Brenwick denies that the ferry leaks").iri,),
    ),
    claim(
        4,
        "The river office ranks the ferry as most endangered by holes.",
        ent("ferry"),
        "mostEndangeredBy",
        ent("holes"),
        claimant=ent("river-office"),
        reported_by=ent("author"),
        kind="comparison",
        notes=("by count",),
        passages=(passage_of("14 holes").iri, passage_of("The river office").iri),
    ),
    claim(
        5,
        "The river office counts 14 holes.",
        ent("river-office"),
        "actsOn",
        ent("holes"),
        kind="statistic",
        value=Decimal(14),
        unit="http://qudt.org/vocab/unit/NUM",
        when="2020",
        since=date(2020, 1, 1),
        until=date(2020, 12, 31),
    ),
    claim(
        6,
        "Aldmoor may want a bridge.",
        ent("aldmoor"),
        "wants",
        ent("bridge"),
        certainty="possible",
        passages=(passage_of("Aldmoor perhaps wants a bridge").iri,),
    ),
    claim(
        7,
        "That the ferry was closed led to the wish for a bridge.",
        claim_iri(1),
        "ledTo",
        claim_iri(6),
        kind="cause",
        certainty="unspecified",
    ),
    claim(8, "Aldmoor ought to have ties with Brenwick.", ent("aldmoor"), "hasTiesWith", ent("brenwick"), modality="ought"),
    claim(9, "Aldmoor and Brenwick are allied.", ent("brenwick"), "alliedWith", ent("aldmoor"), when="2018/..", since=date(2018, 1, 1)),
    claim(10, "Aldmoor criticises Brenwick.", ent("aldmoor"), "criticises", ent("brenwick"), certainty="probable"),
)

PASSAGES = tuple(
    {
        iri: passage
        for each in (
            "the council of Aldmoor closed the ferry",
            "It is a wreck",
            "Brenwick denies that the ferry leaks",
            "14 holes",
            "The river office",
            "Aldmoor perhaps wants a bridge",
        )
        for iri, passage in [(passage_of(each).iri, passage_of(each))]
    }.values()
)


def write(
    folder: Path, *, claims: Any = CLAIMS, entities: Any = ENTITIES, passages: Any = PASSAGES, source: Source = SOURCE
) -> index.Index:
    """Write a workspace with these records and load it."""
    shutil.copytree(ROOT / "ontology", folder / "ontology", dirs_exist_ok=True)
    (folder / "graph").mkdir(exist_ok=True)
    said = [*triples.source_to_triples(source)]
    said += [triple for each in passages for triple in triples.passage_to_triples(each)]
    said += [triple for each in claims for triple in triples.claim_to_triples(each)]
    turtle.write(folder / "graph" / "fy.ttl", said, NAMES)
    turtle.write(folder / "graph" / "entities.ttl", [triple for each in entities for triple in triples.entity_to_triples(each)], NAMES)
    return index.load(workspace.find(folder))


def write_nets(folder: Path) -> index.Index:
    """Write a workspace with names and figures that people look for in several spellings."""
    nets = Entity(iri=ent("nine-nets"), label="Nine\u2010Nets", types=(names.SCHEMA + "Organization",))
    said = claim(42, "Nine-Nets lost 12,500 crowns.", nets.iri, "troubledBy", ent("holes"))
    return write(folder, claims=(*CLAIMS, said), entities=(*ENTITIES, nets))


SPELLINGS = {"nine nets": "Nine", "NINE-NETS": "Nine", "12500": "12,500", "12,500": "12,500", "fy-042": "12,500", "claim:fy-042": "12,500"}
"""What is looked for in that workspace, and what it finds."""


def write_hostile(folder: Path) -> index.Index:
    """Write the same workspace with text that wants to be run in every field that holds text, and IRIs that do."""
    evil = ent("javascript:window.pwned=3")
    entities = [replace(each, label=f"{each.label} {HOSTILE}", definition=HOSTILE, alt_labels=(HOSTILE,)) for each in ENTITIES]
    entities.append(
        Entity(iri=evil, label=HOSTILE, types=("javascript:window.pwned=4#<img>".replace("<img>", "Evil"),), definition=HOSTILE)
    )
    claims = [replace(each, label=f"{each.label} {HOSTILE}", notes=(HOSTILE,)) for each in CLAIMS]
    claims.append(
        claim(
            11,
            HOSTILE,
            "javascript:window.pwned=5",
            "describedAs",
            Literal(HOSTILE, language="en"),
            unit="javascript:window.pwned=6",
            value=Decimal(1),
            when=HOSTILE,
        )
    )
    claims.append(claim(12, HOSTILE, evil, "describedAs", Literal("\x00\x1b[31m=1+1" + HOSTILE)))
    source = replace(SOURCE, label=HOSTILE, title=HOSTILE)
    return write(folder, claims=claims, entities=entities, source=source)


def write_random(folder: Path, *, entities: int = 60, claims: int = 100, seed: int = 7) -> index.Index:
    """Write a workspace of invented claims between numbered towns."""
    lots = random.Random(seed)  # noqa: S311  # invented quarrels, no secret
    kinds = (names.SCHEMA + "Country", names.SCHEMA + "Person", names.SCHEMA + "Organization", names.SEM + "Event", names.SKOS + "Concept")
    towns = [Entity(iri=ent(f"town-{at:05}"), label=f"Town number {at}", types=(kinds[at % len(kinds)],)) for at in range(entities)]
    relations = ("metWith", "opposes", "backs", "criticises", "hasTiesWith", "wants")
    made = [
        claim(
            at,
            f"Town claim {at}.",
            towns[lots.randrange(entities)].iri,
            lots.choice(relations),
            towns[int(entities * lots.random() ** 2)].iri,
            claimant=towns[lots.randrange(min(entities, 5))].iri,
            polarity=lots.choice(("affirmed", "affirmed", "affirmed", "denied")),
            certainty=lots.choice(names.CERTAINTIES),
            kind=lots.choice(names.KINDS),
        )
        for at in range(claims)
    ]
    return write(folder, claims=made, entities=towns, passages=())
