"""How long quick questions wait while slow ones are on: `python tests/benchmarks/patience.py`.

Four queries that never end, and three hundred clients that send half a request, are on a `kg serve` of this checkout while one client asks
a quick question again and again. Says the median, the 95th percentile and the longest time of its answers, in milliseconds, beside the
same without company.
"""

from __future__ import annotations

import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from served import ROOT, Served, serving

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
QUICK = "SELECT ?claim ?label { ?claim a kg:Claim ; rdfs:label ?label } ORDER BY ?label LIMIT 20"


def times(server: Served, *, seconds: float) -> list[float]:
    """Ask for some seconds, and return how long each answer took."""
    found, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        status = server.ask(QUICK).status
        found.append(1000 * (time.perf_counter() - start))
        if status != 200:
            raise click.ClickException(f"a quick question was answered by {status}")
    return found


def told(words: str, found: list[float]) -> str:
    ordered = sorted(found)
    late = ordered[int(0.95 * len(ordered))]
    return f"{words}: {len(found)} answers, median {statistics.median(found):.1f}, 95th percentile {late:.1f}, longest {ordered[-1]:.1f} ms"


@click.command()
@click.option("--seconds", default=8.0, show_default=True, help="How long to ask, less than the limit of the slow queries.")
def main(seconds: float) -> None:
    """Measure, and print two lines."""
    with tempfile.TemporaryDirectory() as folder, serving(ROOT, Path(folder)) as server:
        times(server, seconds=1)
        click.echo(told("alone", times(server, seconds=seconds / 2)))
        slow = [threading.Thread(target=server.ask, args=(ENDLESS,)) for _ in range(4)]
        for thread in slow:
            thread.start()
        half = [socket.create_connection((server.host, server.port)) for _ in range(300)]
        for to in half:
            to.sendall(b"GET /sparql?query=x HTTP/1.1\r\nHost: local")
        click.echo(told("with 4 endless queries and 300 slow clients", times(server, seconds=seconds)))
        for thread in slow:
            thread.join()
        for to in half:
            to.close()


if __name__ == "__main__":
    main()
