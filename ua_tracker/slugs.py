"""The form of a slug: the short name of an action or a group in URLs and file names."""

import re
import unicodedata

SHAPE = "[a-z0-9]+(?:-[a-z0-9]+)*"
LONGEST = 60


def is_slug(text: str) -> bool:
    """Whether this is small letters, digits and single hyphens between them, and not too long for its column."""
    return len(text) <= LONGEST and re.fullmatch(SHAPE, text) is not None


def of_short_name(text: str) -> str | None:
    """The slug of an action that has no number: `ua-fishers-gabon` for `fishers-gabon`; None for another form.

    The name begins with a letter, so that no slug of a number can equal it, and the slug with `ua-`, so that it is no
    page of the dashboard.
    """
    name = text.strip().removeprefix("ua-")
    slug = f"ua-{name}"
    return slug if name[:1].isalpha() and is_slug(slug) else None


def proposed(text: str, most: int) -> str:
    """A slug made of the first words of a text, at most `most` characters: accents are left out. May be empty."""
    letters = unicodedata.normalize("NFKD", text.lower())
    words = re.findall("[a-z0-9]+", "".join(one for one in letters if not unicodedata.combining(one)))
    found = ""
    for word in words:
        longer = f"{found}-{word}".strip("-")
        if len(longer) > most:
            break
        found = longer
    return found
