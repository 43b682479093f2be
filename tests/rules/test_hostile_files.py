"""Files made to do harm: each gets one sentence, and work that grows no faster than the file.

What no count can show, that no expression goes back over a long line and no library takes for ever, is left to the
limits of the process that reads: tests/rules/test_reading_apart.py.
"""

import pytest

from tests.made_files import paragraph, pdf, printed, word
from tests.work import calls
from ua_tracker import refusals
from ua_tracker.importing import document_of, reading
from ua_tracker.importing.files import quoted
from ua_tracker.importing.files.document import MOST_CHARACTERS, MOST_LINES
from ua_tracker.importing.files.pdf_columns import rows_of
from ua_tracker.importing.files.pdf_pieces import Piece
from ua_tracker.importing.text import Line

ENTITY = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE d [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY a{n} '{'&a;' * 9}'>" for n in range(9)) + "]>"
NESTED_PARTS = b"From: a@b\nTo: c@d\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth) for depth in range(60)
)
ENCRYPTED = b"/Encrypt<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -4>>/ID[<00><00>]"


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (word("x", {"word/styles.xml": b" " * 30_000_000}), "bomb.docx", refusals.TooMuchInside),
        (word("x", {f"word/a{n}.xml": b"" for n in range(1_100)}), "parts.docx", refusals.TooMuchInside),
        (word(paragraph("x") * (MOST_LINES + 1)), "long.docx", refusals.TooManyLines),
        (word("<w:p>&e;</w:p>", declaration=ENTITY), "entity.docx", refusals.FileBroken),
        (word("<w:p>&a8;</w:p>", declaration=LAUGHS), "laughs.docx", refusals.FileBroken),
        (word("<w:tbl><w:tr><w:tc>" * 2_000 + "</w:tc></w:tr></w:tbl>" * 2_000), "deep.docx", refusals.NestedTooDeep),
        (word("<w:p>")[:-30], "cut.docx", refusals.FileBroken),
        (word("<w:p>"), "open.docx", refusals.FileBroken),
        (pdf([b""] * 10_000), "pages.pdf", refusals.TooManyPages),
        (pdf([b""], ENCRYPTED), "password.pdf", refusals.PdfEncrypted),
        (b"%PDF-1.7\n" + b"\0 obj <</Kids" * 90, "broken.pdf", refusals.FileBroken),
        (
            pdf([printed(*((50, 700 - n, "x" * 10_000) for n in range(21)), size=0.05)]),
            "letters.pdf",
            refusals.TooMuchInside,
        ),
        (b"<html>" + b"<div>" * 2_000 + b"x", "deep.html", refusals.NestedTooDeep),
        (b"<html>" + b"<br>x" * (MOST_LINES + 9), "long.html", refusals.TooManyLines),
        (NESTED_PARTS, "deep.eml", refusals.NestedTooDeep),
        (b"From: a@b\nTo: c@d\n" + b"Content-Type: text/plain\n" * 200, "parts.eml", refusals.TooMuchInside),
        (b"{\\rtf1 " + b"x" * 2_200_000, "long.rtf", refusals.TooMuchInside),
        (b"{\\rtf1 {\\pict\\bin" + b"9" * 5_000 + b" x}}", "bin.rtf", refusals.FileBroken),
        (b"x\n" * (MOST_LINES + 1), "lines.txt", refusals.TooManyLines),
        (b"x" * (MOST_CHARACTERS + 1), "line.txt", refusals.LineTooLong),
        (b"x" * (512 * 1024 + 1), "text.txt", refusals.DocumentTooLarge),
        (b"%PDF-" + b"x" * (10 * 1024 * 1024), "large.pdf", refusals.DocumentTooLarge),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_has_its_sentence(content, name, refusal):
    with pytest.raises(refusal) as raised:
        document_of(content, name)
    assert len(str(raised.value).splitlines()) == 1


def test_a_picture_of_50_megabytes_in_a_word_file_is_not_unpacked():
    blip = "<a:blip xmlns:a='x' xmlns:r='y' r:link='http://example.org/x.png'/>"
    picture = f"<w:p><w:r><w:drawing>{blip}</w:drawing></w:r></w:p>"
    content = word(picture + paragraph("Mayor"), {"word/media/image1.png": b"\0" * 50_000_000})
    assert [line.text for line in document_of(content).lines if line.text] == ["Mayor"]


def test_what_a_page_refers_to_is_not_asked_for(monkeypatch):
    def asked(*_where: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr("socket.socket.connect", asked)
    page = b"<html><link rel=stylesheet href='http://example.org/a.css'><img src='http://example.org/b'>"
    page += b"<iframe src='http://example.org'></iframe><object data='file:///etc/passwd'></object><p>Mayor</p></html>"
    assert [line.text for line in document_of(page).lines] == ["Mayor"]


def page_of(times: int) -> bytes:
    return b"<html>" + b"<p class=x>a <b>b</b><li>c<td>d<a href='mailto:a@example.org'>e</a>" * times


SHAPES = {
    "blank lines": lambda times: b"\n" * times + b"x",
    "bullets": lambda times: b"- \n" * times + b"x",
    "angles": lambda times: b"<a@\n" * times,
    "names": lambda times: b"Mr. A\n" * times,
    "gaps": lambda times: b"left words    right words\n" * times,
    "quotes": lambda times: b"From: a@b\nTo: c@d\n\n" + b"> From: a\n> x\n" * times,
    "elements": page_of,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_file_is_twice_the_work(shape):
    document_of(SHAPES[shape](2))  # what is loaded once is no work of the file
    few, many = (calls(document_of, SHAPES[shape](times)) for times in (200, 400))
    assert many < 2.4 * few


def test_twice_the_lines_are_twice_the_work_where_no_limit_of_a_document_helps():
    lines = [Line(number, "Date: x" if number % 4 else "") for number in range(800)]
    assert calls(quoted.without_headers, lines) < 2.4 * calls(quoted.without_headers, lines[:400])


def test_lines_with_phones_are_not_looked_at_again_for_each_of_them():
    """A line apart is looked at once: as many one below the other are little more work."""
    phones = "Fax 20 55 01 34 " * 30
    apart, together = ("".join(["UA 92/99\n\n", *[phones + gap] * 60]).encode() for gap in ("\n\n", "\n"))
    reading.read(apart)
    assert calls(reading.read, together) < 1.5 * calls(reading.read, apart)


def test_twice_the_pieces_of_a_pdf_are_little_more_than_twice_the_work():
    pieces = [Piece("letters", 40.0 * (n % 12), 40.0 * (n % 12) + 30, 800 - n // 12, 0.8, False) for n in range(2_400)]
    assert calls(rows_of, pieces) < 2.6 * calls(rows_of, pieces[:1_200])


def test_a_letter_keeps_no_more_accents_than_any_language_has():
    [line] = document_of(("a" + "\u0316\u0301" * 9_000).encode()).lines
    assert len(line.text) < 50
