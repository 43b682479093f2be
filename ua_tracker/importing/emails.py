"""Reads e-mail addresses and handles out of a text: whole ones, and whether one is masked or cut."""

import re
import string

_LOCAL = frozenset(string.ascii_letters + string.digits + ".!#$%&'*+/=?^_`{|}~-")
_DOMAIN = frozenset(string.ascii_letters + string.digits + ".-")
_MOST_LOCAL, _MOST_DOMAIN, _MOST_CHARACTERS = 64, 253, 1500
_MASKED = re.compile(
    r"\[\s?e?-?mail\s?(?:protected|protégé)\s?\]|\s[(\[](?:a|at)[)\]]\s|\S[(\[](?:a|at)[)\]]\S|\sat\s\S{1,60}\sdot\s",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?:(?:x|twitter)\.com/|(?<![\w.@])@)([A-Za-z0-9_]{1,30})(?![\w.@])")
_GOES_ON = re.compile(r"\s[a-z0-9-]{1,60}\.[a-z.]{2,20}")


def emails_in(text: str) -> list[str]:
    """The whole e-mail addresses of a text, each once. A full stop behind one does not belong to it."""
    return [email for email, _ in _found(text[:_MOST_CHARACTERS]) if email]


def is_masked(text: str) -> bool:
    """Whether an address is hidden from programs, as `[email protected]` or `name (at) example.org`."""
    return _MASKED.search(text[:_MOST_CHARACTERS]) is not None


def is_cut(text: str) -> bool:
    """Whether an `@` stands in a text that is no whole address, or the text ends where an address could go on."""
    text = text[:_MOST_CHARACTERS]
    return any(email is None for email, _ in _found(text)) or text.endswith("-")


def handles_in(text: str) -> list[str]:
    """The handles of a text, with their `@`."""
    return [f"@{handle}" for handle in _HANDLE.findall(text[:_MOST_CHARACTERS])]


def without(text: str) -> str:
    """The text without its e-mail addresses."""
    for email in emails_in(text):
        text = text.replace(email, " ", 1)
    return text


def _found(text: str) -> list[tuple[str | None, int]]:
    """Each address with the place of its `@`; None stands for those without an address."""
    found: dict[str | None, int] = {}
    place = text.find("@")
    while place >= 0:
        found.setdefault(_around(text, place), place)
        place = text.find("@", place + 1)
    return list(found.items())


def _around(text: str, place: int) -> str | None:
    start, end = place, place + 1
    while start > 0 and place - start < _MOST_LOCAL and text[start - 1] in _LOCAL:
        start -= 1
    while end < len(text) and end - place < _MOST_DOMAIN and text[end] in _DOMAIN:
        end += 1
    local, domain = text[start:place].lstrip(".'*|/=~"), text[place + 1 : end]
    kept = domain.rstrip(".-")
    if not local or local.endswith(".") or "." not in kept or not kept.rsplit(".", 1)[1].isalpha() or ".." in kept:
        return None
    if len(kept.rsplit(".", 1)[1]) < 2 or domain.endswith("-") or text[end : end + 1] == "@":
        return None
    if domain != kept and _GOES_ON.match(text, end):
        return None
    return f"{local}@{kept}"
