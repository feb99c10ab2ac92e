"""A small SPARQL endpoint over a pyoxigraph store, for the tests: `/query`, `/update` and the graph store at `/store`.

`python endpoint.py [lossy] [capped]` prints its port and serves until it is ended. A lossy one drops a triple of each PUT; a capped one
answers a CONSTRUCT with at most 1,000 triples and says nothing about it.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

STORE = ox.Store()
TYPES = {"json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "tsv": "text/tab-separated-values"}
CAP = 1000


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._query(parse_qs(urlsplit(self.path).query))

    def do_POST(self) -> None:
        path, body = urlsplit(self.path).path, self._body()
        kind = self.headers.get("Content-Type", "")
        fields = parse_qs(body.decode()) if "form" in kind else {"query": [body.decode()]}
        if path == "/store":
            self._put(body)
        elif path == "/update":
            STORE.update(fields["update"][0])
            self._answer(204)
        else:
            self._query(fields)

    def do_PUT(self) -> None:
        if urlsplit(self.path).path != "/store":
            self._answer(405)
            return
        STORE.clear_graph(self._graph())
        self._put(self._body())

    def do_DELETE(self) -> None:
        STORE.remove_graph(self._graph())
        self._answer(204)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _graph(self) -> ox.NamedNode:
        return ox.NamedNode(parse_qs(urlsplit(self.path).query)["graph"][0])

    def _put(self, body: bytes) -> None:
        triples = [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]
        if "lossy" in sys.argv:
            triples = triples[1:]
        STORE.extend(ox.Quad(triple.subject, triple.predicate, triple.object, self._graph()) for triple in triples)
        self._answer(204)

    def _query(self, fields: dict[str, list[str]]) -> None:
        default = [ox.NamedNode(iri) for iri in fields.get("default-graph-uri", [])]
        named = [ox.NamedNode(iri) for iri in fields.get("named-graph-uri", [])]
        dataset = {"default_graph": default, "named_graphs": named} if default or named else {}
        found = STORE.query(fields["query"][0], **dataset)  # type: ignore[arg-type]  # both are lists of names
        if isinstance(found, ox.QueryTriples):
            triples = list(found)[: CAP if "capped" in sys.argv else None]
            self._answer(200, "application/n-triples", ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
            return
        form = next((name for name in TYPES if name in sys.argv), "json")
        formats = {"json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML, "tsv": ox.QueryResultsFormat.TSV}
        self._answer(200, TYPES[form], found.serialize(format=formats[form]) or b"")

    def _answer(self, status: int, kind: str = "text/plain", body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the signature of the library
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
