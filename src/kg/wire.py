"""Where a request may go, and how long it may take: the connections of `kg.client`, made by hand.

A name is resolved once, every address that it has is checked, and the connection goes to one of those addresses: a name that points
elsewhere a moment later gains nothing. Each step (the name, the connection, the handshake, every read and write) gets only the time that is
left of one deadline, so that a server which sends a byte now and then does not hold anybody longer than one that says nothing.

What counts as named is the host as the user wrote it. A literal address and `localhost` mean what they say. Any other name must lead to
public addresses, or, where `private` says so, to those of a private network; never to this machine or to link-local addresses.
Proxies of the environment are not used: what they connect to could not be checked.
"""

from __future__ import annotations

import socket
import threading
import time
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any, TypeAlias

import httpcore

from .errors import RefusedError, RemoteError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

__all__ = ["Backend", "Deadline", "check_address"]

Address: TypeAlias = IPv4Address | IPv6Address
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a translator of networks (NAT64) writes them."""


class Deadline:
    """A moment after which nothing more is waited for.

    >>> Deadline(0).left("http://example.org/")
    Traceback (most recent call last):
    kg.errors.RemoteError: http://example.org/ did not answer in full within 0 s; ask for less, or allow more with --timeout
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds that are left; none or fewer where it is over."""
        return self._end - time.monotonic()

    def left(self, shown: str) -> float:
        """Return the seconds that are left, RemoteError where there are none; `shown` is who keeps us waiting."""
        left = self.remaining()
        if left <= 0:
            raise RemoteError(f"{shown} did not answer in full within {self.seconds:g} s; ask for less, or allow more with --timeout")
        return left


def check_address(host: str, address: Address, *, private: bool) -> None:
    """Raise RefusedError where a name leads to an address that nobody named.

    >>> check_address("example.org", ip_address("93.184.216.34"), private=False)
    >>> check_address("example.org", ip_address("::ffff:127.0.0.1"), private=True)
    Traceback (most recent call last):
    kg.errors.RefusedError: the name example.org leads to 127.0.0.1, inside this machine or network; name that address itself if you mean it
    """
    real = _unwrapped(address)
    inside = real.is_loopback or real.is_link_local or real.is_multicast or real.is_unspecified or real.is_reserved
    if host == "localhost" and real.is_loopback:
        return
    if inside or host == "localhost" or not (real.is_global or (private and real.is_private)):
        raise RefusedError(f"the name {host} leads to {real}, inside this machine or network; name that address itself if you mean it")


def _unwrapped(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


class Backend(httpcore.NetworkBackend):
    """Opens the connections of one client: to checked addresses, and within the deadline that is set at the time."""

    def __init__(self, *, private: bool) -> None:
        self.private = private
        self.deadline = Deadline(0)
        self._known: dict[tuple[str, int], list[str]] = {}

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  the deadline counts
        local_address: str | None = None,  # noqa: ARG002  httpcore's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002  httpcore's signature
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; the name is resolved and checked once."""
        shown = f"{host}:{port}"
        if (host, port) not in self._known:
            self._known[host, port] = self._addresses(host, port, shown)
        failed: OSError | None = None
        for address in self._known[host, port]:
            try:
                return _Stream(_connection(address, port, self.deadline.left(shown)), self, shown)
            except OSError as error:
                failed = error
        self.deadline.left(shown)
        raise httpcore.ConnectError(str(failed.strerror or failed) if failed else "no address")

    def _addresses(self, host: str, port: int, shown: str) -> list[str]:
        try:
            return [str(ip_address(host))]
        except ValueError:
            found = self._resolve(host, port, shown)
        for address in found:
            check_address(host, address, private=self.private)
        return [str(address) for address in found]

    def _resolve(self, host: str, port: int, shown: str) -> list[Address]:
        """Return the addresses of a name. The resolver knows no deadline, so it runs in a thread that may be left behind."""
        found: list[str] = []
        failed: list[Exception] = []

        def ask() -> None:
            try:
                found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:
                failed.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(self.deadline.left(shown))
        if thread.is_alive():
            self.deadline.left(shown)
        if failed or not found:
            raise RemoteError(f"the host {host} is not known; check its name and the network")
        return [ip_address(address.partition("%")[0]) for address in dict.fromkeys(found)]


def _connection(address: str, port: int, seconds: float) -> socket.socket:
    """Connect to an address, which is no name: nothing is resolved any more."""
    connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect((address, port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        connection.close()
        raise
    return connection


class _Stream(httpcore.NetworkStream):
    """A connection whose every step has only the time that is left."""

    def __init__(self, connection: socket.socket, backend: Backend, shown: str) -> None:
        self._socket, self._backend, self._shown = connection, backend, shown

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  the deadline counts
        """Return what has arrived."""
        try:
            self._socket.settimeout(self._left())
            return self._socket.recv(max_bytes)
        except OSError as error:
            raise self._failed(error, httpcore.ReadError) from None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  the deadline counts
        """Send all of it."""
        try:
            while buffer:
                self._socket.settimeout(self._left())
                buffer = buffer[self._socket.send(buffer) :]
        except OSError as error:
            raise self._failed(error, httpcore.WriteError) from None

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  the deadline counts
    ) -> httpcore.NetworkStream:
        """Return the connection, encrypted; the certificate must be that of the name."""
        try:
            self._socket.settimeout(self._left())
            return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname), self._backend, self._shown)
        except OSError as error:
            raise self._failed(error, httpcore.ConnectError) from None

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def get_extra_info(self, info: str) -> Any:
        """Say whether something has arrived, which tells a connection that was closed from one that waits."""
        if info == "is_readable":
            import select

            return self._socket.fileno() < 0 or bool(select.select([self._socket], [], [], 0)[0])
        return None

    def _left(self) -> float:
        return self._backend.deadline.left(self._shown)

    def _failed(self, error: OSError, kind: type[httpcore.NetworkError]) -> Exception:
        if isinstance(error, TimeoutError):
            self._left()
        return kind(str(error.strerror or error))
