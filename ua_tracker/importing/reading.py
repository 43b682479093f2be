"""Reads a document into a Draft in this process: for tests of layouts, and inside the process that is kept apart."""

from ua_tracker.importing.draft import Draft
from ua_tracker.importing.drafting import draft_from
from ua_tracker.importing.files import document_of


def read(document: bytes, name: str = "") -> Draft:
    """Reads a document; `name` is the name of its file. Raises as `files.document_of` does, and NoUrgentAction."""
    found = document_of(document, name)
    draft = draft_from(found.lines)
    draft.doubts = [*found.doubts, *draft.doubts]
    return draft
