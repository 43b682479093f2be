"""The form of a slug: the short name of an action or a group in URLs and file names."""

import re

SHAPE = "[a-z0-9]+(?:-[a-z0-9]+)*"
LONGEST = 60


def is_slug(text: str) -> bool:
    """Whether this is small letters, digits and single hyphens between them, and not too long for its column."""
    return len(text) <= LONGEST and re.fullmatch(SHAPE, text) is not None
