"""The source of a request, and the hash of it that may be stored.

A source is one sender for limits and counts: an IPv4 address, or an IPv6 network of 64 bits. This is the smallest
network that a household or a phone gets (RFC 6177, BCP 157), and its owner can use any address in it.
"""

import hmac
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network, ip_network

UNKNOWN = "unknown"
_NETWORK = 64
_WIDE_FOUR, _WIDE_SIX = 24, 48
_WIDEST_SIX = 32
_TRANSLATED = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address
_LONGEST = 100  # characters; longer than any address with port, zone and brackets


def source_of(address: str | None) -> str:
    """The source of an IP address in the forms that servers and proxies use, normalised.

    Port, brackets, zone and upper case make no difference. An IPv6 address with an embedded IPv4 address (mapped,
    RFC 4291; 6to4, RFC 3056; Teredo, RFC 4380; NAT64, RFC 6052) counts as that IPv4 address. Invalid addresses are
    one source, `unknown`, so that a client cannot get a new source by inventing addresses. Never raises.
    """
    found = ip_of(address)
    if found is None or isinstance(found, IPv4Address):
        return str(found or UNKNOWN)
    return str(IPv6Network((int(found) >> _NETWORK << _NETWORK, _NETWORK)))


def ip_of(address: str | None) -> IPv4Address | IPv6Address | None:
    """The IP address in such a text, IPv4 also where it is embedded in IPv6; None for an invalid one. Never raises."""
    bare = _bare((address or "").strip()[:_LONGEST])
    try:
        return IPv4Address(bare)
    except AddressValueError:
        pass
    try:
        six = IPv6Address(bare)
    except AddressValueError:
        return None
    return _carried(six) or six


def network_of(address: str | None) -> str:
    """The network of an IP address, in the forms that `source_of` takes: /24 of IPv4, /48 of IPv6, or `unknown`.

    It is what one household, hall or office usually has, also with several addresses (RFC 6177 for IPv6).
    """
    source = source_of(address)
    if source == UNKNOWN:
        return UNKNOWN
    bits = _WIDE_SIX if ":" in source else _WIDE_FOUR
    return str(ip_network((source.partition("/")[0], bits), strict=False))


def provider_of(address: str | None) -> str | None:
    """The network of IPv6 that one provider has (/32), which gives each customer as many of `network_of` as they like.

    None for IPv4, where a network costs money.
    """
    source = source_of(address)
    if ":" not in source:
        return None
    return str(ip_network((source.partition("/")[0], _WIDEST_SIX), strict=False))


def hashed_source(address: str | None, secret: str, day: date) -> str:
    """The hash that may be stored of an IP address: 32 hexadecimal digits of HMAC-SHA256 (RFC 2104) over its source.

    The key depends on the site's secret and on the day (UTC) of the request, so that rows of different days cannot be
    linked. With the secret an address can still be found by trying all of them, so hashes are deleted when they are
    no longer used, after 30 days at the latest.
    """
    key = hmac.digest(secret.encode(), f"source\0{day.isoformat()}".encode(), "sha256")
    return hmac.digest(key, source_of(address).encode(), "sha256").hex()[:32]


def _bare(address: str) -> str:
    """The address without quotes, brackets, port and zone (RFC 7239, section 6; RFC 4007, section 11)."""
    address = address.strip('"')
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    return address.partition("%")[0]


def _carried(six: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that is embedded in an IPv6 address, if any."""
    if six.teredo is not None:
        return six.teredo[1]
    if six in _TRANSLATED:
        return IPv4Address(int(six) & 0xFFFFFFFF)
    return six.ipv4_mapped or six.sixtofour
