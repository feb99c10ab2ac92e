"""One HTTP client for everything that asks another host, guarded on every side.

- Only http and https, only hosts that were named, no user or password in an address. Where a connection may lead: `kg.wire`.
- A redirect is followed within its host, or to another host that was named too; never from https to http. The request keeps its method
  and its body.
- One deadline for all of it, tries and waiting included; 64 MiB of answer, counted after decompression; only types that were asked for.
- Requests that may be repeated are, after a lost connection and after 429, 502 and 504, with growing pauses, or those of Retry-After; after
  503 only where that is given, as a server that stopped a query at a limit of its own would stop it again.
- Credentials come from the environment: `KG_ENDPOINT_USER` with `KG_ENDPOINT_PASSWORD` (basic or digest, as the server asks for), or
  `KG_ENDPOINT_TOKEN` (bearer). They are sent to one origin, that of the endpoint, and never shown.

Whatever goes wrong on the other side is a RemoteError of one sentence, and what must not be done at all a RefusedError.
"""

from __future__ import annotations

import os
import re
import time
import weakref
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpcore
import httpx

from .errors import RefusedError, RemoteError, UsageError
from .wire import Backend, Deadline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from .limits import Limits

__all__ = ["LONG", "SECONDS", "SIZE", "Client", "Credentials", "Reply", "authority_of", "origin_of", "parse_url", "seconds_within"]

SECONDS = 30.0
"""How long a request may take, all tries together."""
SIZE = 64 * 2**20
"""How many bytes an answer may have, decompressed."""
_TRIES, _HOPS = 4, 3
LONG = 24 * 3600.0
"""What no limit on time comes to."""
_RETRIED = frozenset([429, 502, 504])
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535
_ODD = re.compile(r"[\x00-\x20<>\"{}|\\^`]|:0+(?:[/?#]|$)")
_PIECE = 64 * 1024
_PROBLEM = "application/problem+json"
_SHOWN = 160
_FAILURES = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with a password, or a token; never part of a message."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Credentials:
        """Return what the environment gives; UsageError where it contradicts itself.

        >>> Credentials.from_environment({"KG_ENDPOINT_USER": "ann", "KG_ENDPOINT_PASSWORD": "secret"})
        Credentials(user='ann')
        """
        found = cls(*(environment.get(f"KG_ENDPOINT_{name}", "") for name in ("USER", "PASSWORD", "TOKEN")))
        if found.token and found.user:
            raise UsageError("KG_ENDPOINT_TOKEN and KG_ENDPOINT_USER are both set; set one of them")
        if found.password and not found.user:
            raise UsageError("KG_ENDPOINT_PASSWORD is set without KG_ENDPOINT_USER; set both")
        if not (found.token + found.user + found.password).isprintable():
            raise UsageError("the credentials of KG_ENDPOINT_… hold a line break or another control character")
        if not found.token.isascii():
            raise UsageError("KG_ENDPOINT_TOKEN holds letters that no token has")
        return found

    def __bool__(self) -> bool:
        return bool(self.user or self.token)


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer; `type` is its media type in lower case, without parameters."""

    status: int
    type: str
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Sends requests to the hosts that are named, each a `host` or `host:port` as in an address.

    `private` lets names lead into a private network. One client serves one thread.
    """

    def __init__(
        self,
        named: Collection[str],
        *,
        credentials: Credentials | None = None,
        origin: str = "",
        private: bool = False,
        size: int = SIZE,
    ) -> None:
        self.named = {host.lower() for host in named}
        self.size = size
        self._credentials, self._origin = credentials or Credentials(), origin
        self._auth: httpx.Auth | None = None
        self._backend = Backend(private=private)
        self._client = httpx.Client(transport=_Transport(self._backend), trust_env=False, follow_redirects=False)
        weakref.finalize(self, self._client.close)

    def allow(self, url: str) -> str:
        """Name the host of an address, too; return the address as it is sent."""
        parsed = parse_url(url)
        self.named.add(authority_of(parsed))
        return str(parsed)

    def send(
        self,
        method: str,
        url: str,
        *,
        deadline: Deadline,
        accept: Mapping[str, float] | None = None,
        content: bytes | None = None,
        content_type: str = "",
        repeatable: bool = True,
    ) -> Reply:
        """Return the answer to a request, complete and of a type in `accept` (type to quality); none given takes any type.

        RemoteError where it fails, with its status; RefusedError where it would lead to another host.
        """
        headers = {"Accept": ", ".join(f"{kind};q={quality:g}" for kind, quality in (accept or {"*/*": 1}).items())}
        headers |= {"Accept-Encoding": "gzip", "User-Agent": "claimgraph"} | ({"Content-Type": content_type} if content_type else {})
        target = self._checked(url)
        self._backend.deadline = deadline
        for _hop in range(_HOPS + 1):
            request = self._client.build_request(method, target, headers=headers, content=content)
            reply = self._tried(request, deadline, repeatable=repeatable)
            if reply.status not in _REDIRECTS:
                _check_reply(reply, shown(target), accept, has_credentials=bool(self._credentials))
                return reply
            target = self._redirected(target, reply)
        raise RemoteError(f"{shown(target)} redirects more than {_HOPS} times", status=reply.status)

    def _is_named(self, url: httpx.URL) -> bool:
        return bool({authority_of(url), url.netloc.decode().lower()} & self.named)

    def _checked(self, url: str) -> httpx.URL:
        target = parse_url(url)
        if not self._is_named(target):
            raise RefusedError(f"{shown(target)} is not on the allow-list: only hosts that are named are asked")
        return target

    def _redirected(self, target: httpx.URL, reply: Reply) -> httpx.URL:
        where = reply.headers.get("location", "")
        try:
            new = parse_url(str(target.join(where))) if where and reply.status != httpx.codes.SEE_OTHER else None
        except (httpx.InvalidURL, UnicodeError, UsageError):
            new = None
        if new is None:
            raise RemoteError(f"{shown(target)} redirects where no request can follow ({reply.status})", status=reply.status)
        if target.scheme == "https" and new.scheme == "http":
            raise RefusedError(f"{shown(target)} redirects from https to http; that is not followed")
        is_upgrade = new.host == target.host and new.scheme == "https" and not (target.port or new.port)
        if not is_upgrade and authority_of(new) != authority_of(target) and not self._is_named(new):
            raise RefusedError(
                f"{shown(target)} redirects to {shown(new)}, which is not on the allow-list; name that address if you mean it"
            )
        return new

    def _tried(self, request: httpx.Request, deadline: Deadline, *, repeatable: bool) -> Reply:
        """Return the answer to a request, sent again as long as that is allowed and may help."""
        for number in range(1, _TRIES + 1):
            pause = 0.1 * 2**number
            is_last = not repeatable or number == _TRIES
            try:
                reply = self._answered(request)
            except _FAILURES as error:
                if is_last or isinstance(error, httpcore.ProtocolError):
                    raise RemoteError(f"{shown(request.url)} {_words_for(error)}") from None
            else:
                if is_last or not _may_help(reply):
                    return reply
                pause = _retry_after(reply, pause)
                if pause >= deadline.remaining():
                    return reply
            time.sleep(min(pause, deadline.left(shown(request.url))))
        raise AssertionError

    def _answered(self, request: httpx.Request) -> Reply:
        """Return the answer to one request; where it asks for credentials and there are some for it, that to a second one."""
        is_own = bool(self._credentials) and origin_of(request.url) == self._origin
        if is_own and self._credentials.token:
            request.headers["Authorization"] = f"Bearer {self._credentials.token}"
        reply = self._exchange(request, self._auth if is_own else None)
        if is_own and self._credentials.user and self._auth is None and reply.status in {401, 403}:
            digest = "digest" in reply.headers.get("www-authenticate", "").lower()
            kind = httpx.DigestAuth if digest else httpx.BasicAuth
            self._auth = kind(self._credentials.user, self._credentials.password)
            reply = self._exchange(request, self._auth)
        return reply

    def _exchange(self, request: httpx.Request, auth: httpx.Auth | None) -> Reply:
        try:
            response = self._client.send(request, stream=True, auth=auth)
        except httpx.ProtocolError:  # a challenge that cannot be read
            raise RemoteError(f"{shown(request.url)} asks for authentication in a way that is not understood") from None
        try:
            body = self._body(response)
        finally:
            response.close()
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Reply(response.status_code, kind, response.headers, body)

    def _body(self, response: httpx.Response) -> bytes:
        name = shown(response.request.url)
        too_much = RemoteError(f"{name} answers with more than {self.size / 2**20:g} MiB; ask for less, for example with LIMIT")
        pieces, left = [], self.size
        if response.headers.get("content-length", "").isdigit() and int(response.headers["content-length"][:20]) > self.size:
            raise too_much
        for piece in _decoded(response, self.size + 1, name):
            pieces.append(piece)
            left -= len(piece)
            if left < 0:
                raise too_much
        return b"".join(pieces)


class _Transport(httpx.BaseTransport):
    """httpx on top of connections that are made here; its own transport has no place for them."""

    def __init__(self, backend: Backend) -> None:
        self._pool = httpcore.ConnectionPool(network_backend=backend, max_connections=1)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the body of the answer is read as it arrives."""
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.read(),
        )
        response = self._pool.handle_request(asked)
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        """Hang up."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


def seconds_within(limits: Limits | None) -> float:
    """Return the seconds for other hosts: a little fewer than the query has, so that their failure can still be told.

    >>> from kg.limits import Limits
    >>> seconds_within(None), seconds_within(Limits(seconds=30.0)), seconds_within(Limits(seconds=2.0))
    (30.0, 29.0, 1.6)
    """
    if limits is None:
        return SECONDS
    return LONG if limits.seconds is None else max(limits.seconds - 1, 0.8 * limits.seconds)


def parse_url(url: str) -> httpx.URL:
    """Return the parts of an address; UsageError where no request can go there.

    >>> parse_url("http://ann:secret@example.org/sparql")
    Traceback (most recent call last):
    kg.errors.UsageError: an address holds no user and password; set KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD instead
    >>> parse_url("file:///etc/hosts")
    Traceback (most recent call last):
    kg.errors.UsageError: 'file:///etc/hosts' is no address of a server; write http://… or https://…
    """
    authority = re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]
    if "@" in authority:
        raise UsageError("an address holds no user and password; set KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD instead")
    try:
        parsed = httpx.URL(url if not _ODD.search(url) else "")
        is_server = parsed.scheme in _PORTS and parsed.host and not parsed.userinfo and 0 < (parsed.port or 80) <= _LAST_PORT
    except (httpx.InvalidURL, UnicodeError):
        is_server = False
    if not is_server:
        raise UsageError(f"{url[:_SHOWN]!r} is no address of a server; write http://… or https://…")
    return parsed.copy_with(fragment=None)


def authority_of(url: httpx.URL) -> str:
    """Return host and port of an address, the port also where it is the usual one."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{host}:{url.port or _PORTS.get(url.scheme, 0)}".lower()


def origin_of(url: httpx.URL) -> str:
    """Return scheme, host and port of an address: what credentials belong to."""
    return f"{url.scheme}://{authority_of(url)}"


def shown(url: httpx.URL) -> str:
    """Return an address as messages show it: without the query, which may be long."""
    text = str(url.copy_with(query=None, fragment=None, userinfo=b""))
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _decoded(response: httpx.Response, most: int, name: str) -> Iterator[bytes]:
    """Yield the body decompressed, in pieces of a bounded size: a small body can hold a very large one."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in {"", "identity"}:
        yield from response.iter_raw(_PIECE)
        return
    if coding not in {"gzip", "x-gzip"}:
        raise RemoteError(f"{name} answers in the coding {coding[:40]!r}, which was not asked for")
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        for raw in response.iter_raw(_PIECE):
            yield inflate.decompress(raw, most)
    except zlib.error:
        raise RemoteError(f"{name} answers with gzip that is damaged") from None
    if not inflate.eof and response.request.method != "HEAD":
        raise RemoteError(f"{name} answers with gzip that ends too early")


def _check_reply(reply: Reply, name: str, accept: Mapping[str, float] | None, *, has_credentials: bool) -> None:
    if reply.status == 401 or (reply.status == 403 and reply.type != _PROBLEM):  # noqa: PLR2004  who tells the problem wants no credentials
        hint = (
            "the credentials are not accepted" if has_credentials else "set KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN"
        )
        raise RemoteError(f"{name} wants authentication ({reply.status}); {hint}", status=reply.status)
    if not httpx.codes.is_success(reply.status):
        said = _first_words(reply)
        phrase = "" if said and reply.type == _PROBLEM else f" {httpx.codes.get_reason_phrase(reply.status)}"
        raise RemoteError(f"{name} answers {reply.status}{phrase}{said}".rstrip(), status=reply.status)
    if accept is not None and not {reply.type, "*/*"} & accept.keys():
        kind = "a web page" if reply.type in {"text/html", "application/xhtml+xml"} else f"the type {reply.type[:60] or '(none)'}"
        raise RemoteError(f"{name} answers with {kind} instead of results; is this the address of a SPARQL endpoint?", status=reply.status)


def _first_words(reply: Reply) -> str:
    """Return the start of what an error says in plain text, or the detail of a problem (RFC 9457); pages are left out."""
    if reply.type not in {"text/plain", "application/json", _PROBLEM}:
        return ""
    said = _detail(reply.body) if reply.type == _PROBLEM else reply.body[:2000].decode("utf-8", "replace")
    words = "".join(letter for letter in " ".join(said[:2000].split()) if letter.isprintable())
    return f": {words[:_SHOWN]}{'…' if len(words) > _SHOWN else ''}" if words else ""


def _detail(body: bytes) -> str:
    import json

    try:
        said = json.loads(body[:_PIECE])
    except (ValueError, RecursionError):
        return ""
    found = (said.get("detail") or said.get("title")) if isinstance(said, dict) else ""
    return found if isinstance(found, str) else ""


def _words_for(error: Exception) -> str:
    if isinstance(error, httpcore.ConnectError):
        return f"cannot be reached: {error}"
    if isinstance(error, httpcore.ProtocolError):
        return f"does not keep to HTTP: {error}"
    return f"broke the connection off: {error}"


def _may_help(reply: Reply) -> bool:
    return reply.status in _RETRIED or (reply.status == httpx.codes.SERVICE_UNAVAILABLE and "retry-after" in reply.headers)


def _retry_after(reply: Reply, otherwise: float) -> float:
    """Return the seconds that an answer asks to wait, as a number or as a date."""
    asked = reply.headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked[:9])
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(asked)
    except ValueError:
        return otherwise
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
