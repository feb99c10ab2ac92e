"""Measure kg against the bare libraries, side by side in one run: `python tests/benchmarks/run.py [-o FILE]`.

Each pair is timed in turn, so that both meet the same machine; a row gives the medians and their ratio. Needs the `dev` extra.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pyoxigraph as ox
from serving import serving

from kg import index, names, triples, turtle, workspace
from kg.checks import read_shapes
from kg.checks.evaluate import evaluate
from kg.model import Claim, Entity, Passage, Source
from kg.text import passage_digest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
Row = tuple[str, str, float, str, float]


def medians(first: Callable[[], object], second: Callable[[], object], *, rounds: int) -> tuple[float, float]:
    """Return the median seconds of two things, run in turn after one round that does not count."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for spent, work in zip(times, (first, second), strict=True):
            start = time.perf_counter()
            work()
            if number:
                spent.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def process(*command: str | Path) -> Callable[[], object]:
    """Return a call that runs a command to its end, output thrown away."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    return lambda: subprocess.run([*map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=environment)


def cold_start(query: str, form: str) -> Row:
    """One saved SELECT over the article as a whole process; the bare script writes CSV."""
    path = next((ROOT / "queries").rglob(f"{query}.rq"))
    kg = Path(sys.executable).parent / "kg"
    ours, bare = medians(process(kg, "query", query, "-f", form), process(sys.executable, HERE / "bare.py", ROOT, path), rounds=15)
    return (f"whole process, query {query}", f"kg query -f {form}", ours, "pyoxigraph + click", bare)


def many_claims(count: int, folder: Path, *, towns: int = 50) -> workspace.Workspace:
    """Make a workspace of invented claims, each with its own passage."""
    space = workspace.find(ROOT)
    key, identifier = "bulk", "ni:///sha-256;" + "A" * 43
    place = space.prefixes
    source = Source(iri=place["src"] + key, label="A text of the benchmark", identifier=identifier, length=100 * count)
    city = (names.SCHEMA + "City",)
    places = [Entity(iri=f"{place['ent']}town-{n}", label=f"town {n}", types=city, definition="A town.") for n in range(towns)]
    found = triples.source_to_triples(source)
    for number in range(count):
        start = 100 * number
        passage = Passage(
            iri=f"{place['passage']}{key}-{start}-{start + 50}",
            source=source.iri,
            start=start,
            end=start + 50,
            paragraph=number + 1,
            sentence=number + 1,
            digest=passage_digest(identifier, start, start + 50, "x"),
        )
        one, other = places[number % towns].iri, places[(7 * number + 1) % towns].iri
        claim = Claim(
            iri=f"{place['claim']}{key}-{number:06d}",
            label=f"Town {number % towns} has ties with another one.",
            subject=one,
            relation=names.REL + "hasTiesWith",
            object=other,
            claimant=other,
            polarity="affirmed",
            certainty="certain",
            kind="state",
            status="accepted",
            passages=(passage.iri,),
        )
        found += [*triples.claim_to_triples(claim), *triples.passage_to_triples(passage)]
    (folder / "graph").mkdir(parents=True)
    (folder / "ontology").symlink_to(ROOT / "ontology")
    turtle.write(folder / "graph" / "entities.ttl", [t for town in places for t in triples.entity_to_triples(town)], place)
    turtle.write(folder / "graph" / f"{key}.ttl", found, place)
    return workspace.find(folder)


def checking(count: int, folder: Path, *, rounds: int) -> Row:
    """The shapes over many claims: the everyday run against pySHACL, both from loaded graphs."""
    import pyshacl
    import rdflib

    loaded = index.load(many_claims(count, folder))
    data = rdflib.Graph().parse(data=loaded.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()), format="nt")
    shapes = rdflib.Graph().parse(loaded.workspace.shapes_file)
    constraints = read_shapes(loaded.workspace)
    ours, theirs = medians(lambda: evaluate(loaded.store, constraints), lambda: pyshacl.validate(data, shacl_graph=shapes), rounds=rounds)
    return (f"check the shapes of {count:,} claims", "kg check", ours, "pyshacl", theirs)


def writing() -> Row:
    """The largest graph file of the article in canonical form, against rdflib's most stable Turtle writer."""
    import rdflib

    path = max((ROOT / "graph").glob("*.ttl"), key=lambda file: file.stat().st_size)
    found = turtle.parse(path.read_bytes())
    graph = rdflib.Graph().parse(path)
    prefixes = workspace.find(ROOT).prefixes
    ours, theirs = medians(lambda: turtle.serialize(found, prefixes), lambda: graph.serialize(format="longturtle"), rounds=9)
    return (f"write {len(found):,} triples in canonical form", "kg.turtle", ours, "rdflib longturtle", theirs)


def drawing(count: int, folder: Path, *, rounds: int) -> Row:
    """The page of many claims from a loaded graph, against stock pyvis writing its page of the same nodes and lines."""
    import pyvis.network

    from kg import view

    loaded = index.load(many_claims(count, folder, towns=count // 4))
    made = [(claim.subject, str(claim.object), claim.label) for claim in loaded.claims]

    def stock() -> str:
        net = pyvis.network.Network(directed=True, cdn_resources="in_line")
        net.add_nodes(sorted({end for one, other, _ in made for end in (one, other)}))
        for one, other, label in made:
            net.add_edge(one, other, title=label)
        return str(net.generate_html())

    ours, theirs = medians(lambda: view.build(loaded), stock, rounds=rounds)
    sizes = f"{len(view.build(loaded).encode()) / 1e6:.1f} MB against {len(stock().encode()) / 1e6:.1f} MB"
    return (f"the page of {count:,} claims ({sizes})", "kg view", ours, "pyvis", theirs)


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table, with what they were measured on."""
    lines = ["| work | kg | ms | beside | ms | ratio |", "|---|---|---:|---|---:|---:|"]
    lines += [f"| {work} | {us} | {1000 * a:,.1f} | {them} | {1000 * b:,.1f} | {a / b:.2f} |" for work, us, a, them, b in rows]
    versions = f"Python {platform.python_version()}, pyoxigraph {ox.__version__}, {os.cpu_count()} cores; medians of one run."
    return "\n".join([*lines, "", versions, ""])


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the table to this file as well.")
@click.option("--claims", default=2_000, show_default=True, help="How many claims to check.")
@click.option("--drawn", default=20_000, show_default=True, help="How many claims to draw.")
@click.option("--served", default=20_000, show_default=True, help="How many real events to serve, where they are at hand.")
def main(output: Path | None, claims: int, drawn: int, served: int) -> None:
    """Measure everything and print one table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            cold_start("who-says-what", "csv"),
            cold_start("who-says-what", "table"),
            checking(claims, Path(folder) / "many", rounds=5),
            writing(),
            drawing(drawn, Path(folder) / "drawn", rounds=5),
            *serving(Path(folder) / "served", medians, count=served, rounds=7),
        ]
    text = table(rows)
    click.echo(text)
    if output:
        output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
