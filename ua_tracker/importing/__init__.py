"""Reads a published Urgent Action into a Draft, from whatever file it is in.

Nothing is guessed: a value that was not found stays empty, and the Draft lists it as a doubt. The Draft also holds
the line of the document that each value came from, so that a coordinator can check it.

`read` and `picture_of_page` are for documents that somebody uploaded: they read in a process apart (`confined.py`).
`importing.reading.read` does the same in this process, without limits of time and memory: for the tests of layouts, and
for documents of our own.
"""

from ua_tracker.importing.draft import Certainty, Doubt, Draft, Found, Value
from ua_tracker.importing.files import MOST_BYTES, Document, document_of

__all__ = [
    "MOST_BYTES",
    "Certainty",
    "Document",
    "Doubt",
    "Draft",
    "Found",
    "Value",
    "document_of",
    "picture_of_page",
    "read",
]


def read(document: bytes, name: str = "") -> Draft:
    """Reads a document in a process apart; `name` is the name of its file. See `confined.read`."""
    from ua_tracker.importing import confined  # the process apart loads this package too, and not what starts it

    return confined.read(document, name)


def picture_of_page(data: bytes, number: int, width: int) -> bytes:
    """Draws the page of a PDF in a process apart: see `confined.picture_of_page`."""
    from ua_tracker.importing import confined

    return confined.picture_of_page(data, number, width)
