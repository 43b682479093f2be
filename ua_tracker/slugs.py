"""What may a slug be, the short name by which addresses and files know an action or a group?"""

import re

SHAPE = "[a-z0-9]+(?:-[a-z0-9]+)*"
LONGEST = 60


def is_slug(text: str) -> bool:
    """Whether this is small letters, digits and single hyphens between them, and not too long for its column."""
    return len(text) <= LONGEST and re.fullmatch(SHAPE, text) is not None
