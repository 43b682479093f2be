"""Reads a published Urgent Action (text or Markdown) into a Draft.

Nothing is guessed: a value that was not found stays empty, and the Draft lists it as a doubt. The Draft also holds
the line of the document that each value came from, so that a coordinator can check it.
"""

from ua_tracker.importing.draft import Doubt, Draft, Found
from ua_tracker.importing.sections import draft_from
from ua_tracker.importing.text import MOST_BYTES, decoded, lines_of

__all__ = ["MOST_BYTES", "Doubt", "Draft", "Found", "decoded", "read"]


def read(document: bytes) -> Draft:
    """Reads a document. Raises EmptyDocument, DocumentTooLarge, NotText, or NoUrgentAction for another document."""
    return draft_from(lines_of(document))
