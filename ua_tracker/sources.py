"""Where did a request come from, and what may be remembered of it?

A source is what limits and counts take for one sender: an IPv4 address, or an IPv6 network of 64 bits, which is
the least that a household or a phone is given (RFC 6177, BCP 157): all its addresses are free to its owner.
"""

import hashlib
import hmac
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network

UNKNOWN = "unknown"
_NETWORK = 64
_TRANSLATED = IPv6Network("64:ff9b::/96")  # RFC 6052: the IPv4 address stands in the last 32 bits
_LONGEST = 100  # an address with its port, its zone and brackets is shorter


def source_of(address: str | None) -> str:
    """The source of this address as a server or a proxy names it, in one spelling.

    A port, brackets, a zone and upper case tell no new source, and an IPv6 address that carries an IPv4 address
    (mapped, RFC 4291; 6to4, RFC 3056; Teredo, RFC 4380; NAT64, RFC 6052) is that IPv4 address. All that is no
    address is one source together, `unknown`, so that nobody gets a new one by making things up. Never raises.
    """
    bare = _bare((address or "").strip()[:_LONGEST])
    try:
        return str(IPv4Address(bare))
    except AddressValueError:
        pass
    try:
        six = IPv6Address(bare)
    except AddressValueError:
        return UNKNOWN
    four = _carried(six)
    if four is not None:
        return str(four)
    return str(IPv6Network((int(six) >> _NETWORK << _NETWORK, _NETWORK)))


def hashed_source(address: str | None, secret: str, day: date) -> str:
    """What may be stored of an address: 32 hexadecimal digits of HMAC-SHA256 (RFC 2104) over its source.

    The key is made of the site's secret and of the day (in UTC) on which the source is seen, so that rows of
    different days cannot be joined. Whoever holds the secret can still find an address by trying them all: what is
    stored goes when its use ends, after 30 days at the latest.
    """
    key = hmac.new(secret.encode(), f"source\0{day.isoformat()}".encode(), hashlib.sha256).digest()
    return hmac.new(key, source_of(address).encode(), hashlib.sha256).hexdigest()[:32]


def _bare(address: str) -> str:
    """The address without quotes, brackets, port and zone (RFC 7239, section 6; RFC 4007, section 11)."""
    address = address.strip('"')
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    return address.partition("%")[0]


def _carried(six: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 address, if it is of a kind that has one."""
    if six.teredo is not None:
        return six.teredo[1]
    if six in _TRANSLATED:
        return IPv4Address(int(six) & 0xFFFFFFFF)
    return six.ipv4_mapped or six.sixtofour
