"""Likely slips of the domain of a typed e-mail address, as gmial.com: people are asked about them, never refused.

An address is compared with the domains of large mailbox providers: those here, and those of the setting
KNOWN_MAIL_DOMAINS. A list that is kept in the code is enough: a slip in a rare domain cannot be told from a domain.
"""

from collections.abc import Iterable

# As domains that are no slips, and as those that may be meant.
LARGE = (
    "aol.com",
    "bell.net",
    "bluewin.ch",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "hotmail.ca",
    "hotmail.co.uk",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "live.ca",
    "live.com",
    "live.fr",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "outlook.fr",
    "proton.me",
    "protonmail.com",
    "rogers.com",
    "sympatico.ca",
    "telus.net",
    "videotron.ca",
    "wanadoo.fr",
    "yahoo.ca",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.fr",
)
# Other providers, whose names are near to a large one's.
OTHERS = frozenset(
    {"email.com", "fmail.com", "gmx.com", "hmail.com", "mail.com", "rmail.com", "ymail.com", "zmail.com"}
)
# Last parts that no domain has, and those that exist and end no domain of a large provider of a .com.
ENDINGS = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "coom", "ccom", "cpm", "vom", "xom", "cim", "clm", "cok"), "com"),
    **dict.fromkeys(("nte", "ent", "met", "nett"), "net"),
    **dict.fromkeys(("ogr", "rog", "orgg", "prg"), "org"),
}
# Last parts that exist, and under which these providers have no mailboxes.
NOT_OF_PROVIDERS = ("co", "cm", "om")
ONLY_COM = ("gmail", "icloud")
LONG_ENOUGH = 5  # letters; many shorter names have a neighbour that exists
LONGEST = 254


def meant(address: str, known: Iterable[str] = ()) -> str | None:
    """The address that was probably meant; None if nothing looks like a slip. `known` are further domains."""
    name, _, typed = address.strip().rpartition("@")
    domains, typed = tuple(dict.fromkeys((*known, *LARGE))), typed.lower()
    if not name or "." not in typed.strip(".") or len(address) > LONGEST or typed in domains or typed in OTHERS:
        return None
    found = _domain(typed, domains)
    return f"{name}@{found}" if found != typed else None


def _domain(typed: str, domains: tuple[str, ...]) -> str:
    """The domain that was probably meant, or the typed one."""
    label, _, ending = typed.rpartition(".")
    if label in ONLY_COM:
        return f"{label}.com"
    corrected = f"{label}.{ENDINGS.get(ending, ending)}"
    if corrected in domains or corrected in OTHERS:
        return corrected
    ending = "com" if ending in NOT_OF_PROVIDERS else corrected.rpartition(".")[2]
    near = (one for one in domains if one.endswith(f".{ending}") and _is_near(label, one.removesuffix(f".{ending}")))
    return next(near, corrected)


def _is_near(typed: str, name: str) -> bool:
    """Whether one letter is wrong, missing, too many, or two neighbours are swapped; in a short name only the last."""
    if abs(len(typed) - len(name)) > 1:
        return False
    start = next((place for place, pair in enumerate(zip(typed, name, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return typed == name or len(name) >= LONG_ENOUGH
    rest, other = typed[start:], name[start:]
    if len(rest) == len(other) and rest[:2] == other[1::-1] and rest[2:] == other[2:]:
        return True
    one_letter = (rest[1:] == other[1:], rest[1:] == other, rest == other[1:])
    return len(name) >= LONG_ENOUGH and any(one_letter)
