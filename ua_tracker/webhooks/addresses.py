"""Which addresses a webhook may reach: named hosts on the public internet, and networks that the operator names.

A name can lead anywhere, and elsewhere a moment later. So the sender looks it up for each request, checks every address
that it leads to, and connects to exactly one of those (`calling.py`).
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

from ua_tracker import refusals

LONGEST_URL = 2000
PORTS = (443, 8443)  # elsewhere than in networks that the operator names
MOST_ADDRESSES = 16
Resolver = Callable[[str, int], Sequence[str]]
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.ASCII)
# Beside what Python's `is_global` leaves out. Older versions of Python have some of these wrong.
_REFUSED = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7",
        "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
_NAT64, _SIX_TO_FOUR = ip_network("64:ff9b::/96"), ip_network("2002::/16")


@dataclass(frozen=True)
class Place:
    """Where a request goes: the host as a name or an address, and the target with its path and query, in ASCII."""

    is_encrypted: bool
    host: str
    port: int
    target: str

    @property
    def header(self) -> str:
        """The value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_encrypted else 80) else f"{host}:{self.port}"


def place_of(url: str, networks: Sequence[str]) -> Place:
    """The parts of a webhook's URL. Raises what is wrong with it, without looking up its name.

    HTTPS is required, but for loopback addresses in `networks`, those that the operator names. Raises BadHookUrl,
    HookNotEncrypted, HookPort, HookPrivate.
    """
    place = _parts(url)
    address = _literal(place.host)
    is_named = address is not None and _is_named(address, networks)
    if address is not None and not may_reach(str(address), networks):
        raise refusals.HookPrivate()
    if not place.is_encrypted and not (is_named and address is not None and address.is_loopback):
        raise refusals.HookNotEncrypted()
    if address is None and (place.host == "localhost" or place.host.endswith(".localhost")):
        raise refusals.HookPrivate()
    if place.port not in PORTS and not (is_named or (networks and address is None)):
        raise refusals.HookPort(ports=", ".join(map(str, PORTS)))
    return place


def host_of(url: str) -> str:
    """The host that a URL names, for the history; empty if it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def reachable(place: Place, networks: Sequence[str], resolve: Resolver) -> list[str]:
    """The addresses to connect to, in the resolver's order. It is asked once, and none of them is a name.

    Raises HookPrivate when any address that the name leads to must not be reached, HookPort for one that is public at
    an unusual port; OSError when the name leads nowhere.
    """
    found = list(resolve(place.host, place.port))[:MOST_ADDRESSES]
    if not found:
        raise OSError("the name leads nowhere")
    for one in found:
        if not may_reach(one, networks):
            raise refusals.HookPrivate()
        if place.port not in PORTS and not _is_named(ip_address(one), networks):
            raise refusals.HookPort(ports=", ".join(map(str, PORTS)))
    return found


def looked_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as this machine's resolver gives them. Raises OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as wrong:
        raise OSError("it cannot be a name") from wrong
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def may_reach(written: str, networks: Sequence[str]) -> bool:
    """Whether a request may go to this address: a public one of a single host, or one in these networks."""
    try:
        address = ip_address(written)  # one with a zone (fe80::1%eth0) is link-local, and refused as such
    except ValueError:
        return False
    if _is_named(address, networks):
        return True
    inner = _inner(address)
    if inner is not None:
        return may_reach(str(inner), networks)
    is_refused = any(address in network for network in _REFUSED if network.version == address.version)
    return address.is_global and not address.is_multicast and not address.is_reserved and not is_refused


def _is_named(address: IPv4Address | IPv6Address, networks: Sequence[str]) -> bool:
    known = [ip_network(one) for one in networks]
    return any(address in network for network in known if network.version == address.version)


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which a packet to this IPv6 address is sent on: mapped, NAT64 or 6to4; else None."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour if address in _SIX_TO_FOUR else None


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _parts(url: str) -> Place:
    wrong = refusals.BadHookUrl()
    if len(url) > LONGEST_URL or re.search(r"[\s\\\x00-\x1f\x7f]", url):
        raise wrong
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _host(parts.hostname or "")
    except (ValueError, UnicodeError):
        raise wrong from None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or parts.fragment or port == 0 or not host:
        raise wrong
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=-._~")
    is_encrypted = parts.scheme == "https"
    return Place(is_encrypted, host, port or (443 if is_encrypted else 80), f"{path}?{query}" if query else path)


def _host(written: str) -> str:
    """The host in ASCII. Empty for what is neither a name nor an address: 127.1 and 0x7f.1 are read as addresses."""
    if _literal(written) is not None:
        return "" if "%" in written else written
    host = written.encode("idna").decode("ascii").lower().removesuffix(".")
    last = host.rpartition(".")[2]
    is_number = last.isdigit() or last.startswith("0x")
    return host if _NAME.fullmatch(host) and len(host) <= 253 and not is_number else ""
