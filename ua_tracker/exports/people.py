"""What a file says of a person beside the name as it was written: an id across actions, first and last name."""

import hmac
import re
from collections.abc import Callable
from hashlib import blake2b

_PURPOSE = b"ids of people in downloads"
_BYTES = 12
_INITIAL = re.compile(r"(?:\w\.?|(?:\w\.)+)")
_AFTER_A_NAME = {"jr", "sr", "ii", "iii", "iv", "md", "phd"}  # "Martin Luther King, Jr." is no last name first


def ids(secret: str) -> Callable[[str | None], str]:
    """A function that gives the id of a person by the key of their e-mail address (`mailboxes.email_key`).

    The same person has the same id in all actions of this site; without an address it is empty. Nobody can find the
    address without the site's secret key, from which a key for this purpose alone is derived (keyed BLAKE2, RFC 7693).
    """
    key = hmac.digest(secret.encode(), _PURPOSE, "sha256")

    def of(email_key: str | None) -> str:
        if not email_key:
            return ""
        mailbox = email_key.encode("utf-8", "surrogatepass")
        return f"ua-person-{blake2b(mailbox, digest_size=_BYTES, key=key).hexdigest()}"

    return of


def apart(name: str | None) -> tuple[str, str]:
    """First and last name, as far as can be told: the first word, and the rest; a single word is a first name.

    Initials after the first word go with it. Two signs say more: words in capitals beside words that are not are the
    last name, with the small words before them ("Ludwig van BEETHOVEN"), and so is one name before the only comma.
    """
    if not name:
        return "", ""
    given, _, family = name.partition(" ")
    # Most names are words that begin with a capital, and the second is no initial.
    if family[1:2] not in " ." and name.istitle() and name.isprintable() and not _has_more(name):
        return given, family
    words = name.split()
    return _by_comma(words) or _by_capitals(words) or _by_order(words)


def _has_more(name: str) -> bool:
    return "," in name or "  " in name or name[0] == " " or name[-1] == " "


def _by_comma(words: list[str]) -> tuple[str, str] | None:
    family, _, given = (part.strip() for part in " ".join(words).partition(","))
    is_one_name = sum(not word.islower() for word in family.split()) == 1  # "Zoé Roy, Laval" has a town after it
    if not (is_one_name and given) or "," in given or given.replace(".", "").lower() in _AFTER_A_NAME:
        return None
    return given, family


def _by_capitals(words: list[str]) -> tuple[str, str] | None:
    loud = [index for index, word in enumerate(words) if word.isupper() and len(word) > 1 and "." not in word]
    if len(loud) == len(words) or not any(len(words[index]) > 2 for index in loud):
        return None
    first, end = loud[0], loud[-1] + 1
    while first > 1 and words[first - 1].islower():
        first -= 1
    if any(not words[index].islower() for index in set(range(first, end)) - set(loud)) or 0 < first < end < len(words):
        return None
    return " ".join(words[:first] + words[end:]), " ".join(words[first:end])


def _by_order(words: list[str]) -> tuple[str, str]:
    given = 1
    while given < len(words) - 1 and _INITIAL.fullmatch(words[given]):
        given += 1
    return " ".join(words[:given]), " ".join(words[given:])
