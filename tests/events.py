"""Real events as claims in a scratch workspace, for what only shows at size. The events are not ours and stay where they are."""

from __future__ import annotations

import csv
import gzip
import re
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

import ferry
import pytest
from conftest import SHARED

from kg import names
from kg.model import Claim, Entity

if TYPE_CHECKING:
    from pathlib import Path

    from kg.index import Index

EVENTS = SHARED / "data" / "icews18.tsv.gz"
_SAID = ("Make statement", "Accuse", "Criticize or denounce", "Deny responsibility", "Praise or endorse")


def write(folder: Path, *, count: int = 20_000) -> Index:
    """Write the first events as claims, what is said by who says it and the rest by the data set, and load them."""
    if not EVENTS.is_file():
        pytest.skip("the events are not here; KG_SHARED names the folder that holds data/icews18.tsv.gz")
    with gzip.open(EVENTS, "rt", encoding="utf-8", newline="") as file:
        rows = list(islice(csv.DictReader(file, delimiter="\t"), count))
    actors = sorted({row[end] for row in rows for end in ("source", "target")})
    iris = {name: ferry.ent(f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}-{at}") for at, name in enumerate(actors)}
    data_set = ferry.ent("events-of-2018")
    claims = [
        Claim(
            iri=ferry.claim_iri(at).replace("fy-", "ev-"),
            label=f"{row['source']}: {row['event']}: {row['target']}",
            subject=iris[row["source"]],
            relation=names.REL + re.sub(r"\W+(\w)", lambda found: found[1].upper(), row["event"].lower().replace(",", "")).strip(". ()/"),
            object=iris[row["target"]],
            claimant=iris[row["source"]] if row["event"] in _SAID else data_set,
            reported_by=data_set,
            polarity="denied" if row["event"].startswith("Deny") else "affirmed",
            certainty="possible" if row["event"].startswith("Express intent") else "certain",
            kind="statement" if row["event"] in _SAID else "event",
            status="accepted",
            when=row["date"],
            since=date.fromisoformat(row["date"]),
            until=date.fromisoformat(row["date"]),
        )
        for at, row in enumerate(rows)
    ]
    kinds = {True: (names.SCHEMA + "Organization",), False: (names.SCHEMA + "Person",)}
    entities = [Entity(iri=iri, label=name, types=kinds["(" in name], definition="An actor.") for name, iri in iris.items()]
    entities.append(Entity(iri=data_set, label="events of 2018", types=(names.SCHEMA + "Dataset",), definition="A data set."))
    return ferry.write(folder, claims=claims, entities=entities, passages=())
