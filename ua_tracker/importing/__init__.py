"""What does this document say? An Urgent Action as published becomes a Draft, with its doubts, line by line.

Nothing is guessed: a value that was not found stays empty and leaves a doubt. The facts a reader needs to
trust the result (which line each value came from) travel with it.
"""

from ua_tracker.importing.draft import Doubt, Draft, Found
from ua_tracker.importing.sections import draft_from
from ua_tracker.importing.text import MOST_BYTES, decoded, lines_of

__all__ = ["MOST_BYTES", "Doubt", "Draft", "Found", "decoded", "read"]


def read(document: bytes) -> Draft:
    """The Draft that the document's bytes hold.

    Raises EmptyDocument, DocumentTooLarge, NotText, or NoUrgentAction when it is something else.
    """
    return draft_from(lines_of(document))
