"""Refusals about documents to import."""

from ua_tracker.refusals.base import Refusal, marked


class NoUrgentAction(Refusal):
    """The document has no UA number or AI index, or nothing of what an Urgent Action asks for."""

    sentence = marked("This is no Urgent Action: no UA number, index or “Write to” was found in it.")


class ReadingOutdated(Refusal):
    """The action was changed after its preview was shown. Nothing was stored."""

    sentence = marked(
        "This action was changed since this page was made, so nothing was stored. Look at what would change now, "
        "then store it."
    )


class NotText(Refusal):
    """The file is binary."""

    sentence = marked("This file is not text. Save the document as plain text or Markdown and try again.")


class EmptyDocument(Refusal):
    """The file is empty."""

    sentence = marked("This file is empty.")


class DocumentTooLarge(Refusal):
    """The file is over the size limit."""

    sentence = marked("This file is over %(limit)s kilobytes, more than any Urgent Action: is it the right one?")
