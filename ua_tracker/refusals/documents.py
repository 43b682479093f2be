"""Refusals about documents to import."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class NoUrgentAction(Refusal):
    """Nothing of an Urgent Action was read in the document."""

    sentence = marked("This is no Urgent Action: no number, demand, address or deadline was read in it.")


class ShortNameMissing(Refusal):
    """A document without UA number and AI index needs a name that the office gives."""

    sentence = marked("This document has neither a UA number nor an AI index: give the action a short name.")
    field = "short_name"


class BadShortName(Refusal):
    """The short name has characters that are not allowed in a URL, or is too long."""

    sentence = marked("Use small letters, digits and hyphens between them, at most %(max)s characters.")
    field = "short_name"


class ShortNameTaken(Refusal):
    """Another action, one with a number or a practice copy, has this slug."""

    sentence = marked("There is already an action “%(slug)s”: choose another short name.")
    field = "short_name"


class ReadingOutdated(Refusal):
    """The action was changed after its preview was shown. Nothing was stored."""

    sentence = marked(
        "This action was changed since this page was made, so nothing was stored. Look at what would change now, "
        "then store it."
    )


class NotText(Refusal):
    """The file is binary."""

    sentence = marked("This file is none that can be read here. Save the document as .docx or PDF and upload that.")


class EmptyDocument(Refusal):
    """The file is empty."""

    sentence = marked("This file is empty.")


class NoDocument(Refusal):
    """No file was chosen, and no text pasted."""

    sentence = marked("Choose a file, or paste the text of the document.")


class DocumentTooLarge(Refusal):
    """The file is over the size limit."""

    sentence = marked("This file is over %(limit)s kilobytes, more than any Urgent Action: is it the right one?")


class FileRefused(Refusal):
    """A file that is recognised, and that no reader is for. Each kind has a sentence that says what to do."""


class OldWordFile(FileRefused):
    """A file of Word before 2007, or a Word file that is protected by a password."""

    sentence = marked(
        "This is an old or a protected Word file. Open it in Word or LibreOffice, save it as .docx without a password, "
        "and upload that."
    )


class WordWithMacros(FileRefused):
    """A Word file that holds programs."""

    sentence = marked("This Word file holds macros. Save it as .docx, which keeps the text and no macros.")


class OpenDocumentFile(FileRefused):
    """A text of LibreOffice, or of another program that saves OpenDocument."""

    sentence = marked("This is an OpenDocument file. Save it as .docx or PDF and upload that.")


class PagesFile(FileRefused):
    """A document of Apple's Pages."""

    sentence = marked("This is a Pages document. Export it as Word (.docx) or PDF and upload that.")


class OutlookFile(FileRefused):
    """A mail as Outlook saves it."""

    sentence = marked("This is a mail in Outlook's own format. Save it as .eml, or copy its text.")


class PictureFile(FileRefused):
    """A photograph or a scan."""

    sentence = marked(
        "This is a picture: no text can be read from it. Copy or type the text, or ask for the document itself."
    )


class ArchiveFile(FileRefused):
    """A ZIP or another archive."""

    sentence = marked("This is an archive. Unpack it and upload the document that is in it.")


class OfficeFile(FileRefused):
    """A table, slides, a book: no text document."""

    sentence = marked("This file is no text document. Save its text as .docx or PDF and upload that.")


class PdfWithoutText(FileRefused):
    """A PDF of scanned pages."""

    sentence = marked(
        "This PDF holds pictures of its pages and no text. Copy or type the text, or ask for the document itself."
    )


class PdfEncrypted(FileRefused):
    """A PDF that opens with a password only."""

    sentence = marked("This PDF is protected by a password. Open it, print it into a new PDF, and upload that.")


class FileBroken(FileRefused):
    """A file of a known kind whose content cannot be decoded."""

    sentence = marked("This file is damaged and cannot be read. Save it once more and upload it again.")


class NothingToRead(FileRefused):
    """A file that was decoded and holds no text."""

    sentence = marked("No text was found in this file.")


class TooMuchInside(FileRefused):
    """A small file that holds very much when it is unpacked, or too many parts."""

    sentence = marked("This file holds more when it is unpacked than any Urgent Action: is it the right one?")


class TooManyPages(FileRefused):
    """A document of more pages than an Urgent Action has."""

    sentence = marked("This document has more than %(limit)s pages: is it the right one?")


class TooManyLines(FileRefused):
    """A document of more lines than an Urgent Action has."""

    sentence = marked("This document has more than %(limit)s lines: is it the right one?")


class LineTooLong(FileRefused):
    """A document with a line that is longer than any paragraph."""

    sentence = marked("Line %(line)s of this document has more than %(limit)s characters: is it the right one?")


class NestedTooDeep(FileRefused):
    """A page, a mail or a Word file whose parts lie in each other to a depth that no program writes."""

    sentence = marked("The parts of this file are nested too deeply to be read. Copy its text and paste it here.")


class NoSuchPage(Refusal):
    """A page that a document does not have."""

    kind = Kind.UNKNOWN
    sentence = marked("This document has no such page.")


class DocumentTooSlow(Refusal):
    """Reading the document took longer than allowed."""

    sentence = marked(
        "Reading this document took more than %(seconds)s seconds and was stopped. Copy its text and paste it instead."
    )


class DocumentTooHeavy(Refusal):
    """Reading the document needed more memory than allowed, or broke the library that decodes it."""

    sentence = marked(
        "Reading this document was stopped: it needs too much memory, or it is damaged. Copy its text and paste it "
        "instead."
    )


class ReadingFailed(Refusal):
    """The process that reads the document ended without an answer. The log says why, as far as it is known."""

    sentence = marked("This document could not be read: reading it failed. Copy its text and paste it instead.")


class ReadersBusy(Refusal):
    """As many documents are being read as may be at once."""

    kind = Kind.BUSY
    sentence = marked("Other documents are being read at this moment. Wait a minute and try again.")


class NoSuchImport(Refusal):
    """The coordinator has no such document: it was stored, removed, is too old, or is somebody else's."""

    kind = Kind.UNKNOWN
    sentence = marked("This document is not here any more. Upload it once more.")


class TooManyWaiting(Refusal):
    """The coordinator has uploaded too many documents that are not stored yet."""

    sentence = marked("More than %(most)s documents would wait: store or remove some of them first.")
    field = "documents"


class TooManyDocuments(Refusal):
    """More documents than can be read in one request."""

    sentence = marked("Choose at most %(most)s documents at once.")
    field = "documents"
