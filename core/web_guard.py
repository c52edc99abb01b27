"""Where an address that somebody gave us may lead: public hosts, and those the operator named.

The check stands where the connection is made: the name is resolved once, every address that it
stands for is checked, and the connection goes to one of these very addresses. A name that stands
for another address a moment later gains nothing.
"""

import ipaddress
import socket
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from core.errors import InvalidInputError, RetryLaterError
from core.settings import settings

_NO_ADDRESS = "not a web address: https://… is expected"
_LONGEST_URL = 4_096
_LONGEST_SHOWN_PATH = 200
_MOST_ADDRESSES_TRIED = 4

_PORTS = {"http": 80, "https": 443}

# Ports of other protocols (mail, terminals, printers …) that browsers refuse to speak HTTP to,
# because a request can be read there as a command: https://fetch.spec.whatwg.org/#port-blocking
_FOREIGN_PORTS = frozenset(
    {0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
     102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389,
     427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
     989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665,
     6666, 6667, 6668, 6669, 6679, 6697, 10080}
)  # fmt: skip

_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What `is_global` takes for public in some versions of Python, or what carries an IPv4 address
# of any kind inside.
_SPECIAL = (
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),  # relays from IPv6 to IPv4
    ipaddress.IPv6Network("2001::/23"),  # protocols' own, Teredo among them
    ipaddress.IPv6Network("2002::/16"),  # 6to4
    ipaddress.IPv6Network("3fff::/20"),  # for documentation
)


def parse(url: str) -> httpx.URL:
    """Return *url*, taken apart, without its fragment.

    Raises:
        InvalidInputError: it is no address of the web, or one that holds a user name.
    """
    if len(url) > _LONGEST_URL:
        raise InvalidInputError(f"an address of more than {_LONGEST_URL:,} characters")
    try:
        return insist_on_web(httpx.URL(url.strip()))
    except (httpx.InvalidURL, UnicodeError):
        raise InvalidInputError(_NO_ADDRESS) from None


def insist_on_web(url: httpx.URL) -> httpx.URL:
    """Return *url* without its fragment, if it is one that may be asked for.

    Raises:
        InvalidInputError: it is not.
    """
    host = url.host.rstrip(".")
    if url.scheme not in _PORTS or not host or "%" in host:  # as in fe80::1%eth0
        raise InvalidInputError(_NO_ADDRESS)
    if url.port is not None and not 0 < url.port < 1 << 16:
        raise InvalidInputError(f"there is no port {url.port}")
    if url.userinfo:
        raise InvalidInputError(f"{shown(url)}: an address with a user name in it is not fetched")
    return url.copy_with(host=host, fragment=None)


def port_of(url: httpx.URL) -> int:
    """Return the port that *url* leads to."""
    return url.port or _PORTS[url.scheme]


def shown(url: httpx.URL) -> str:
    """Return *url* for a log or a person: without the query, which may hold a key."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    port = "" if url.port is None else f":{url.port}"
    path = url.raw_path.partition(b"?")[0].decode("ascii")
    return f"{url.scheme}://{host}{port}{path[:_LONGEST_SHOWN_PATH]}"


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses that *host* stands for now, the preferred first.

    How long that may take is set in the system, half a minute as a rule; and the system also
    reads the old spellings of IPv4 (``2130706433``, ``0x7f.1``).

    Raises:
        InvalidInputError: there is no such host.
        RetryLaterError: the name service does not answer.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise RetryLaterError(f"the address of {host} cannot be looked up now") from None
        raise InvalidInputError(f"there is no host named {host}") from None
    except UnicodeError:
        raise InvalidInputError(f"{host} cannot be the name of a host") from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(address: str) -> bool:
    """Say whether an IP address is one that anybody on the internet reaches."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:  # how a network without IPv4 reaches IPv4
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)))
        if ip not in _UNICAST:
            return False
    special = any(ip.version == each.version and ip in each for each in _SPECIAL)
    return ip.is_global and not ip.is_multicast and not special


def checked_addresses(host: str, port: int) -> list[str]:
    """Return the addresses under which *host* may be reached.

    Raises:
        InvalidInputError: one of them is not public and the operator did not allow the host, or
            the port is not one for the web.
        RetryLaterError: the name service does not answer.
    """
    addresses = resolve(host, port)
    if _is_allowed(host, port):
        return addresses
    if port in _FOREIGN_PORTS:
        raise InvalidInputError(f"{host}: nothing is fetched from port {port}")
    if not addresses or not all(map(is_public, addresses)):
        raise InvalidInputError(
            f"{host} is not on the public internet; an operator may allow it in FEED_PRIVATE_HOSTS"
        )
    return addresses


def _is_allowed(host: str, port: int) -> bool:
    bare = f"[{host}]" if ":" in host else host
    return not {host, bare, f"{bare}:{port}"}.isdisjoint(settings().feed_private_hosts)


class Deadline:
    """The moment by which a fetch must be done."""

    def __init__(self, total_s: float) -> None:
        self._ends = time.monotonic() + total_s

    def within(self, wait_s: float) -> float:
        """Return *wait_s*, or what is left where that is less.

        Raises:
            httpcore.ReadTimeout: nothing is left.
        """
        left_s = self._ends - time.monotonic()
        if left_s <= 0:
            raise httpcore.ReadTimeout
        return min(wait_s, left_s)


class Guard(httpcore.NetworkBackend):
    """Opens connections to checked addresses only, and lets none of them outstay the deadline."""

    def __init__(self, deadline: Deadline, connect_s: float, read_s: float) -> None:
        self._deadline = deadline
        self._connect_s = connect_s
        self._read_s = read_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline knows better
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of *host* that answers."""
        fault: Exception = httpcore.ConnectError()
        for address in checked_addresses(host, port)[:_MOST_ADDRESSES_TRIED]:
            patience_s = self._deadline.within(self._connect_s)
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    address, port, patience_s, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return _Timed(stream, self._deadline, self._read_s)
        raise fault


class _Timed(httpcore.NetworkStream):
    """A connection on which every step ends in time, and all of them by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline, wait_s: float) -> None:
        self._stream = stream
        self._deadline = deadline
        self._wait_s = wait_s

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._deadline.within(self._wait_s))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._deadline.within(self._wait_s))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        patience_s = self._deadline.within(self._wait_s)
        secured = self._stream.start_tls(ssl_context, server_hostname, patience_s)
        return _Timed(secured, self._deadline, self._wait_s)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
