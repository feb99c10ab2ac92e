"""The least that answers a query in a process of its own: what `kg query` is measured against."""

from __future__ import annotations

from pathlib import Path

import click
import pyoxigraph as ox


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("query", type=click.Path(path_type=Path))
def main(folder: Path, query: Path) -> None:
    store = ox.Store()
    for path in sorted([*(folder / "ontology").glob("*.ttl"), *(folder / "graph").glob("*.ttl")]):
        if path.name != "shapes.ttl":
            store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    answer = store.query(query.read_text(encoding="utf-8"))
    assert isinstance(answer, ox.QuerySolutions)
    click.echo(answer.serialize(format=ox.QueryResultsFormat.CSV), nl=False)


if __name__ == "__main__":
    main()
