"""E-mail addresses that a page hides from programs that collect them, and gives to its readers."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

_MASK = re.compile(r"\[\s*e-?mail|protected\s*\]|\(\s*at\s*\)|\[\s*at\s*\]", re.IGNORECASE)
_PROTECTED = "/cdn-cgi/l/email-protection#"


def address_of(attributes: Mapping[str, str | None]) -> str | None:
    """The address that an element's attributes hold: that of a `mailto:` link, or one that Cloudflare encoded."""
    target = attributes.get("href") or ""
    encoded = attributes.get("data-cfemail") or target.partition(_PROTECTED)[2]
    if encoded:
        return _uncovered(encoded)
    if target[:7].lower() == "mailto:":
        address = unquote(target[7:].partition("?")[0]).strip()
        return address if "@" in address and not any(space in address for space in " \t\n,;") else None
    return None


def _uncovered(encoded: str) -> str | None:
    """The address: each byte stands in hexadecimal digits, combined with the first byte by exclusive or."""
    try:
        key, *rest = bytes.fromhex(encoded)
        address = bytes(byte ^ key for byte in rest).decode()
    except ValueError:
        return None
    return address if "@" in address and address.isprintable() else None


def with_address(text: str, address: str) -> str:
    """The text of a link to an address: the address where the text masks it, and behind a text that has none."""
    if _MASK.search(text) or not text.strip():
        return address
    return text if "@" in text else f"{text} {address}"
