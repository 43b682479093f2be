"""What each reader makes of its kind of file: the same lines, whatever file they were in."""

import base64
from email.message import EmailMessage

import pytest

from tests.made_files import column, paragraph, pdf, printed, word
from ua_tracker import refusals
from ua_tracker.importing import Document, document_of

ADDRESS = ["Mayor", "Mr Jean Example", "1 Quay of Pots", "98000 Monaco"]
TEXT = "Second UA: 61/26 Index: EUR 57/0333/2026 Monaco of April 10, 2026\n\n" + "\n".join(ADDRESS)


def texts(document: Document) -> list[str]:
    return [line.text for line in document.lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_an_encoding_that_shows_itself_is_no_doubt(encoding):
    document = document_of("Étoile\nMünchen\n".encode(encoding))
    assert (texts(document), document.doubts, document.kind) == (["Étoile", "München"], [], "text")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Le maire de Nîmes, “Étoile” – où l’on écrit à la préfète élue"),
        ("cp1251", "Письмо министру внутренних дел: прокуратура города должна освободить его немедленно"),
    ],
)
def test_a_guessed_encoding_is_a_doubt_that_names_it(encoding, text):
    document = document_of(text.encode(encoding))
    assert texts(document) == [text]
    assert encoding in str(document.doubts[0])


@pytest.mark.parametrize("text", ["Secretaría de Agua, Nîmes – “Étoile”, 5° piso", "São Exemplo, l’eau", "ÄRGER, Ünal"])
def test_letters_that_a_program_has_encoded_twice_are_undone_with_a_doubt(text):
    twice = "".join(bytes([one]).decode("cp1252", "ignore") or chr(one) for one in text.encode())
    document = document_of(f"{twice}\nCAFÂ „Ä“".encode())
    assert texts(document) == [text, "CAFÂ „Ä“"]
    assert "UTF-8" in str(document.doubts[0])
    assert document_of(text.encode()).doubts == []


PAGE = """<!DOCTYPE html><html><head><title>Site</title><style>p {margin: 0}</style></head><body>
<header><a href="/">Site</a></header><nav><ul><li>Home</li></ul></nav>
<form action="/sign"><input name="email"><button>Sign</button></form>
<main><h1>Potter&rsquo;s kiln <em>sealed</em></h1><p>The kiln was
sealed.</p><ul><li>Take the seal off.</li><li>Say why.</li></ul>
<table><tr><td>Mayor<br>Mr Jean Example</td><td><div>1 Quay of Pots</div>98000 Monaco</td></tr></table>
<p>E-mail: <a href="mailto:mayor@example.org?subject=x">[email&#160;protected]</a>, see <a href="/kiln">the kiln</a></p>
<p>Fax: <a class="__cf_email__" data-cfemail="{hidden}">[email&#160;protected]</a></p><script>evil()</script></main>
<footer>Cookies</footer></body></html>"""


def test_a_page_gives_its_text_without_its_furniture():
    key = 0x2A
    hidden = bytes([key, *(byte ^ key for byte in b"fax@example.org")]).hex()
    document = document_of(PAGE.replace("{hidden}", hidden).encode(), "saved.bin")
    assert [line for line in texts(document) if line] == [
        "Potter’s kiln sealed",
        "The kiln was sealed.",
        "Take the seal off.",
        "Say why.",
        *ADDRESS,
        "E-mail: mayor@example.org, see the kiln",
        "Fax: fax@example.org",
    ]
    assert [line.heading for line in document.lines if line.heading] == [1]
    assert [line.text for line in document.lines if line.bullet] == ["Take the seal off.", "Say why."]


def test_a_header_or_a_form_that_holds_the_text_is_no_furniture():
    page = (
        b"<html><body><form id='all'><header><h1>Title</h1></header><h2>Write to:</h2><p>Mayor</p></form></body></html>"
    )
    assert [line for line in texts(document_of(page)) if line] == ["Title", "Write to:", "Mayor"]


def test_paragraphs_are_lines_where_empty_ones_are_blank_lines():
    rows = [*ADDRESS, "", "Dear Mayor,", "", "x" * 200, "y"]
    page = "<html>" + "".join(f"<p>{row or '&nbsp;'}</p>" for row in rows)
    assert texts(document_of(page.encode())) == [*ADDRESS, "", "Dear Mayor,", "", "x" * 200, "", "y"]


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Date"] = (
        "office@example.org",
        "list@example.org",
        "Mon, 13 Apr 2026 09:00:00 +0000",
    )
    message["Subject"] = headers.get("subject", "Fwd: UA")
    return message


def test_a_mails_own_header_is_no_document_and_its_encodings_are_undone():
    message = mail()
    message.set_content(TEXT.replace("Monaco\n", "Monaco’s\n"), cte="quoted-printable", charset="utf-8")
    document = document_of(message.as_bytes(), "mail.eml")
    assert texts(document)[:3] == ["Second UA: 61/26 Index: EUR 57/0333/2026 Monaco of April 10, 2026", "", "Mayor"]
    assert document.kind == "mail"


def test_of_two_bodies_the_richer_is_read_and_a_mere_remark_is_not():
    message = mail()
    message.set_content(TEXT)
    message.add_alternative(f"<html><h2>Monaco</h2><p>{TEXT}</p></html>", subtype="html", cte="base64")
    assert document_of(message.as_bytes()).lines[0].heading == 2
    message = mail()
    message.set_content(TEXT)
    message.add_alternative("<html><p>See the text.</p></html>", subtype="html")
    assert "Mayor" in texts(document_of(message.as_bytes()))


@pytest.mark.parametrize("mark", ["", "> ", ">> "])
def test_a_forwarded_mail_is_read_without_its_header(mark):
    header = "From: A <a@example.org>\nDate: 13 April 2026\nSubject: a long\n subject\nTo: b@example.org\n\n"
    text = "---------- Forwarded message ---------\n" + header + TEXT
    message = mail()
    message.set_content("\n".join(mark + line for line in text.splitlines()))
    assert texts(document_of(message.as_bytes()))[-6:] == TEXT.splitlines()
    assert "subject" not in " ".join(texts(document_of(message.as_bytes())))


def test_a_page_saved_in_one_file_is_read_without_its_styles_and_frames():
    message = mail()
    message.set_content("<html><h1>Café</h1><p>Mayor</p></html>", subtype="html")
    message.add_related(
        b"@charset 'utf-8'; p { color: red; text-decoration: underline }", maintype="text", subtype="css"
    )
    message.add_related("<html><p>" + "Buy! " * 99 + "</p></html>", subtype="html")
    document = document_of(message.as_bytes(), "page.mhtml")
    assert ([line for line in texts(document) if line], document.doubts) == (["Café", "Mayor"], [])


def test_a_mail_in_a_mail_is_read():
    inner = mail(subject="UA")
    inner.set_content(TEXT)
    outer = mail()
    outer.set_content("For you.")
    outer.add_attachment(inner)
    assert texts(document_of(outer.as_bytes()))[-4:] == ADDRESS


def test_an_attached_document_is_read_where_the_mail_holds_none_and_the_draft_says_so():
    message = mail()
    message.set_content("Please find the document attached.")
    message.add_attachment(b"\x89PNG\r\n\x1a\n\0", maintype="image", subtype="png", filename="logo.png")
    body = "".join(paragraph(line) for line in TEXT.splitlines())
    message.add_attachment(word(body), maintype="application", subtype="octet-stream", filename="ua.docx")
    document = document_of(message.as_bytes())
    assert (document.kind, texts(document)[-4:]) == ("docx", ADDRESS)
    assert "ua.docx" in str(document.doubts[0])


TWO_COLUMNS = printed(
    *column(50, 700, [f"The left column tells of it in row {row}" for row in range(8)]),
    *column(320, 693, ["Mayor of the town", "Mr Jean Example of it", "1 Quay of Pots in town", "98000 Monaco, Monaco"]),
)


def test_columns_of_a_pdf_are_kept_apart():
    head = printed((50, 780, "URGENT ACTION"), size=22, bold=True)
    document = document_of(pdf([head + TWO_COLUMNS]), "ua.pdf")
    lines = [line for line in document.lines if line.text]
    assert [line.column for line in lines] == [1] * 9 + [2] * 4
    assert [line.text for line in lines[9:]] == [
        "Mayor of the town",
        "Mr Jean Example of it",
        "1 Quay of Pots in town",
        "98000 Monaco, Monaco",
    ]
    assert (lines[0].heading, document.pages) == (1, 1)


def test_what_stands_below_two_addresses_belongs_to_neither():
    left, right = (
        ["Mayor of the town", "Mr Jean Example", "1 Quay of Pots"],
        ["Ambassador Frick", "Embassy", "7 Garden Avenue"],
    )
    below = [
        "Dear Mayor of the town,",
        "",
        "Please take the seal off the kiln of the potter, who is waiting for it in town.",
    ]
    page = printed(*column(50, 700, left), *column(320, 700, right), *column(50, 640, below))
    assert texts(document_of(pdf([page]))) == [*left, "", *right, "", below[0], "", below[2]]


def test_labels_and_bullets_are_no_columns():
    labels = [(50, y, name) for y, name in ((700, "Phone:"), (686, "E-mail:"), (672, "Website:"))]
    values = [
        (150, y, value) for y, value in ((700, "+99 1 555 0100"), (686, "mayor@example.org"), (672, "example.org"))
    ]
    bullets = [(50, y, "•") for y in (600, 586, 572)]
    demands = [
        (70, y, text) for y, text in ((600, "Take the seal off."), (586, "Say why it is there."), (572, "Stop."))
    ]
    document = document_of(pdf([printed(*labels, *values, *bullets, *demands)]))
    assert "E-mail: mayor@example.org" in texts(document)
    assert [line.text for line in document.lines if line.bullet] == [
        "Take the seal off.",
        "Say why it is there.",
        "Stop.",
    ]


def test_a_drawn_dot_is_a_bullet():
    dot = b"1 0 0 1 0 0 cm 60 602 3.7 3.7 re f\n"
    document = document_of(pdf([dot + printed((75, 600, "Take the seal off."), (75, 570, "Mayor"))]))
    assert [(line.text, line.bullet) for line in document.lines if line.text] == [
        ("Take the seal off.", True),
        ("Mayor", False),
    ]


def test_page_furniture_is_left_out_and_a_head_that_names_the_document_stays_once():
    def page(number: int) -> bytes:
        head, foot = "Amnesty International    EUR 57/0333/2026", f"Page {number} of 3"
        body = column(50, 700, [f"Row {row} {'on ' * number}has words." for row in "abcdefgh"])
        return printed((50, 800, head), *body, (50, 60, "www.example.org/print"), (280, 40, foot))

    document = document_of(pdf([page(1), page(2), page(3)]))
    found = texts(document)
    assert found[0] == "Amnesty International EUR 57/0333/2026"
    assert not [text for text in found[1:] if "Amnesty" in text or "Page" in text or "www" in text]
    assert [line.page for line in document.lines if line.text.startswith("Row a")] == [1, 2, 3]


def test_paragraphs_and_broken_rows_of_a_pdf():
    prose = [
        "The kiln of a potter was put under seal, and nobody in",
        "The town hall of that island will say why it was done",
    ]
    broken = [
        "Embassy of the Republic of the Islands and of the Seas, Department of Potters, Kilns and Works of",
        "Fire",
    ]
    rows = [*broken, "Fax: +99 1 555 0100", "", "Dear Mayor,"]
    document = document_of(pdf([printed(*column(50, 700, [*prose, *prose, "", *rows]))]))
    assert texts(document)[-4:] == [" ".join(broken), *rows[2:]]


def test_no_line_of_an_address_in_a_pdf_is_joined_with_the_next():
    rows = ["Mayor", "1 Quay of the Potters", "98000 Monaco", "office of the mayor"]
    assert texts(document_of(pdf([printed(*column(50, 700, rows))]))) == rows


def test_a_word_file_keeps_headings_lists_and_lines():
    spaced = '<w:spacing w:after="200"/>'
    body = "".join(
        [
            paragraph("Write to:", '<w:pStyle w:val="Heading2"/>'),
            *(paragraph(line) for line in ADDRESS),
            paragraph("Prose.", spaced),
            paragraph("Dear Mayor,", spaced),
        ]
    )
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph"'
        ' w:styleId="Heading2"><w:name w:val="heading 2"/></w:style></w:styles>'
    )
    document = document_of(word(body, {"word/styles.xml": styles.encode()}), "x.docx")
    assert texts(document) == ["Write to:", "", *ADDRESS, "Prose.", "", "Dear Mayor,"]
    assert document.lines[0].heading == 2


def test_the_head_of_a_word_file_is_read_where_only_it_names_the_document():
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    head = f"<w:hdr {space}>{paragraph('UA: 61/26 Index: EUR 57/0333/2026')}{paragraph('Amnesty')}</w:hdr>".encode()
    parts = {"word/header1.xml": head, "word/header2.xml": head}
    assert texts(document_of(word(paragraph("Mayor"), parts))) == ["UA: 61/26 Index: EUR 57/0333/2026", "", "Mayor"]
    body = paragraph("UA: 61/26 Index: EUR 57/0333/2026") + paragraph("Mayor")
    assert len(texts(document_of(word(body, parts)))) == 2


RICH_TEXT = (
    r"{\rtf1\ansi\ansicpg1252{\stylesheet{\s2 heading 2;}}{\pict 00" + "ff" * 500 + r"}"
    r"\pard\s2 Write to:\par\pard Mayor\line \'c9toile\line E-mail: {\field{\*\fldinst HYPERLINK "
    r'"mailto:a@example.org"}{\fldrslt a@example.org}}\par\pard\bullet\tab Take the seal off.\par}'
)


def test_a_rich_text_keeps_headings_lines_and_bullets():
    document = document_of(RICH_TEXT.encode())
    lines = [line for line in document.lines if line.text]
    assert [line.text for line in lines] == [
        "Write to:",
        "Mayor",
        "Étoile",
        "E-mail: a@example.org",
        "Take the seal off.",
    ]
    assert (lines[0].heading, lines[-1].bullet, document.kind) == (2, True, "rtf")


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ua.doc", refusals.OldWordFile),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "mail.msg", refusals.OutlookFile),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "scan.jpg", refusals.PictureFile),
        (b"\0\0\0\x18ftypheic", "IMG_1.HEIC", refusals.PictureFile),
        (b"\x1f\x8b\x08\0", "ua.txt.gz", refusals.ArchiveFile),
        (word("", {"word/vbaProject.bin": b"x"}), "ua.docx", refusals.WordWithMacros),
        (word(""), "ua.docm", refusals.WordWithMacros),
        (b'<?xml version="1.0"?><office:document/>', "ua.fodt", refusals.OfficeFile),
        (pdf([b""]), "scan.pdf", refusals.PdfWithoutText),
        (b"<html><body><script>x</script></body></html>", "page.html", refusals.NothingToRead),
    ],
    ids=["doc", "msg", "jpeg", "heic", "gzip", "macros", "docm", "xml", "scan", "no text"],
)
def test_a_file_that_no_reader_is_for_is_refused_with_what_to_do(content, name, refusal):
    with pytest.raises(refusal) as raised:
        document_of(content, name)
    assert type(raised.value) is refusal


def test_bytes_tell_the_kind_before_the_name_does():
    assert document_of(pdf([TWO_COLUMNS]), "ua.txt").kind == "pdf"
    assert document_of(b"BMW is not a bitmap.", "ua.txt").kind == "text"
    assert document_of(b"MZ, GIF8 and II* begin a text as well.", "ua.doc").kind == "text"
    assert document_of(base64.b64encode(b"x" * 90), "x.html").kind == "html"


def test_the_head_of_a_letter_is_no_head_of_a_mail():
    head = "From: Scholars at Risk\nRe: A professor is in prison\nDate: 3 May 2026\n\n"
    letter = f"{head}Professor Example is in prison."
    assert texts(document_of(letter.encode(), "letter.txt"))[0] == "From: Scholars at Risk"
    assert document_of(letter.replace("Risk", "Risk <sar@example.org>", 1).encode(), "letter.txt").kind == "mail"


@pytest.mark.parametrize("mark", "-*•◾⬛☐✔→\uf02d")
def test_a_bullet_of_any_shape_is_a_bullet(mark):
    [line] = document_of(f"{mark} Open the well".encode()).lines
    assert (line.text, line.bullet) == ("Open the well", True)


def test_what_a_browser_prints_around_a_page_is_no_text_but_a_number_that_stands_nowhere_else():
    head, foot = (40, 820, "4/12/26, 7:05 PM   UA 61/26 The well"), (40, 20, "https://example.org/ua-61-26   1/1")
    lines = [(40, 700, "First UA: 61/26 Monaco"), (40, 640, "THE WELL IS CLOSED"), (40, 580, "Mayor")]
    whole = document_of(pdf([printed(head, *lines, foot)]))
    assert [text for text in texts(whole) if text] == [text for _, _, text in lines]
    alone = document_of(pdf([printed(head, *lines[1:], foot)]))
    assert "UA 61/26" in texts(alone)[0]
