"""The canonical form of a data set, and its content hash: RDF Dataset Canonicalization (RDFC-1.0).

The form is that of https://www.w3.org/TR/rdf-canon/: canonical N-Quads, a line a quad, in code point order, blank nodes called `c14n0` and
so on. It depends on what is said alone: not on how a file is laid out, on its order, its prefixes or the labels of its blank nodes. A
literal is said as it is spelled, so `1.5` and `1.50` are two; language tags are in lower case.

Quads without blank nodes are canonical when they are sorted, and blank nodes are named by the quads that mention them, so these alone
go through the algorithm. It may take longer than anybody can wait where many blank nodes are alike, so it runs under a limit.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .errors import LimitError
from .limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .confined import Desk

__all__ = ["content_hash", "lines"]

LIMITS = Limits(seconds=4.0, cpu=4.0, memory=512 * 1024**2)
"""What it may take to tell blank nodes apart."""
_MENTIONS_BLANK = re.compile(rb"_:|<[^>]*> <[^>]*> _:")


def content_hash(graphs: Iterable[tuple[str, Iterable[ox.Triple]]]) -> str:
    """Return the SHA-256 of the canonical form of a data set, its named graphs by IRI, in lower-case hexadecimal.

    A blank node is the same one wherever it has the same label, also in two graphs. LimitError where blank nodes are too alike.

    >>> said = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("c"))
    >>> content_hash([("urn:g", [said, said])]) == content_hash([("urn:g", [said])])
    True
    >>> content_hash([])
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    import hashlib

    found = hashlib.sha256()
    for line in lines(graphs):
        found.update(line)
        found.update(b"\n")
    return found.hexdigest()


def lines(graphs: Iterable[tuple[str, Iterable[ox.Triple]]]) -> list[bytes]:
    """Return the canonical N-Quads of a data set, line by line; the graph without a name is the default graph."""
    found: list[bytes] = []
    unnamed: list[bytes] = []
    for graph, said in graphs:
        text = ox.serialize(said, format=ox.RdfFormat.N_TRIPLES) or b""
        # No literal holds this end of a line: its line feeds are escaped.
        own = (text.replace(b" .\n", f" <{graph}> .\n".encode()) if graph else text).split(b"\n")[:-1]
        if b"_:" in text:
            unnamed += filter(_MENTIONS_BLANK.match, own)
            own = [line for line in own if not _MENTIONS_BLANK.match(line)]
        found += own
    found += _named(unnamed) if unnamed else []
    found.sort()
    return [line for line, _ in groupby(found)]


def _named(unnamed: list[bytes]) -> list[bytes]:
    """Return lines that mention blank nodes with these called by their canonical names; LimitError where that takes too long."""
    from . import confined

    def work(desk: Desk) -> list[bytes]:
        desk.begin()
        named = ox.Dataset(_quads(unnamed))
        named.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        return (ox.serialize(named, format=ox.RdfFormat.N_QUADS) or b"").split(b"\n")[:-1]

    try:
        found: list[bytes] = confined.run(work, LIMITS).value
    except LimitError:
        graphs = sorted({quad.graph_name.value for quad in _quads(unnamed) if isinstance(quad.graph_name, ox.NamedNode)} or {"default"})
        where = f"<{graphs[0]}>" + (f" and {len(graphs) - 1} more" if graphs[1:] else "")
        raise LimitError(f"the blank nodes of {where} are too alike for a content hash to be found; give them IRIs") from None
    return found


def _quads(found: list[bytes]) -> Iterable[ox.Quad]:
    return ox.parse(b"\n".join(found), format=ox.RdfFormat.N_QUADS)
