"""Markup, quotes and control characters in every text that is stored, and checks that they do no harm.

`fill` writes into each text column of each table what a page, a picture, a mail or a file could take for code.
`check` reads a response strictly, as a browser or a program does, and fails if any of it became more than text.
"""

import csv
import io
import json
import re
import zipfile
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from xml.etree import ElementTree

import html5lib
from bs4 import BeautifulSoup, Comment, NavigableString, Tag
from icalendar import Calendar
from sqlalchemy import JSON, String, select, update
from sqlalchemy.orm import Session

from tests.reader import NO_TEXT, strictly
from ua_tracker.exports import WORKBOOK_TYPE
from ua_tracker.models import Base
from ua_tracker.models.column_types import Lines

HOME = Path(__file__).resolve().parents[1]
SAMPLE = HOME / "ua_tracker" / "samples" / "ua-109-23-second.md"
# The elements that htmx ignores, with all that they contain.
[QUIET] = re.findall(r'disableSelector: "(.+?)"', (HOME / "static" / "page.js").read_text())
# Each begins as a formula does, and holds the mark that is looked for.
MARK = "z.q"  # no token of ours has a dot in it
SHORT = "<b id=z.q hx-get>"
MIDDLE = "=z.q<b hx-get=/z.q hx-trigger=load>\"'"
HIDDEN = "\x01\x1b\x7f\x9f\u202e\uffff"
TEXT = f"=z.q<b hx-get=/z.q hx-trigger=load>z.q{{{{7*7}}}}z.q</b><script>z.q()</script>\"' onz.q=1 ]]>-->{HIDDEN}"
TAGS = "<img src=/z.q onerror=z.q><!-- z.q <a href=javascript:z.q>&lt;b&gt;&#122;"
LONG = f"{TEXT}{TAGS}\u2028\u2029\x0b%z.q %(z.q)s ${{z.q}} {{%z.q%}}"
BROKEN = LONG + "\r\nBcc: z.q@example.org\r\nEND:VEVENT\r\nX-Z.Q: z.q\r\n=z.q\r\n"
# What nobody outside gives: the columns that hold our own words, names made of a few characters, keys and hashes.
OURS = {
    "slug": "small letters, digits and hyphens by its rule: it stands in addresses",
    "kind": "one of a few words by a constraint or by the code that writes it",
    "role": "one of two words by a constraint (of coordinators; a recipient's role is filled)",
    "channel": "one of five words by a constraint",
    "language": "one of two codes",
    "ending": "one of three words by a constraint",
    "closed_reason": "one of three words by its rule",
    "timezone": "a name of the IANA database by its rule",
    "sequence": "one of a few words by its rule",
    "once_key": "made by the site, or bound to a signature",
    "purpose": "one of three words by a constraint",
    "entered_by": "the name of a coordinator in the history, made by the site",
    "held_for": "one of a few words by the code that writes it",
    "key": "made by the site; of a count, a number or a mail domain, whose form is checked",
    "token_hash": "a hash",
    "digest": "a hash",
    "key_hash": "a hash",
    "once_hash": "a hash",
    "body_hash": "a keyed hash",
    "answer": "numbers, and short names by their rule",
    "account": "a keyed hash",
    "source": "a keyed hash",
    "mailbox": "a hash",
    "password_hash": "a hash",
    "recovery_hashes": "hashes",
    "codes_secret": "made by the site",
    "address_hash": "a keyed hash",
    "status": "digits and points by RFC 3463: it is read from a bounce by its rule",
    "secret": "made by the site, and encrypted",
    "old_secret": "made by the site, and encrypted",
    "topic": "one of a few words by a constraint",
    "off_reason": "one of three words by a constraint",
    "fs_uniquifier": "made by the site",
    "message_id": "made by the site",
    "leased_by": "made by the site",
    "reading": "what was read from a document; the walk uploads one of markup",
    "typed": "what was typed on the page of such a document, whose form the walk sends",
    "facts": "keys that the site makes; the mail is made from the rows they lead to",
}
MAILBOX = {("mails", "address"): "=z.q'&{{7*7}}@example.org"}  # as strange as an address can be that mail goes to


def text_columns() -> list:
    """Every column of every table that holds text, but for those that nobody outside gives."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, (String, JSON, Lines))
        and (column.name not in OURS or str(column) == "recipients.role")
    ]


def fill(session: Session) -> set[str]:
    """Fills every text column of every row; returns the columns that now hold the mark."""
    for column in text_columns():
        table = column.table
        [key, *_] = table.primary_key.columns
        for place, number in enumerate(session.scalars(select(key)).all()):
            session.execute(update(table).where(key == number).values({column.name: _value(column, place)}))
    session.commit()
    session.expire_all()
    return {
        str(column) for column in text_columns() if any(MARK in str(held) for held in session.scalars(select(column)))
    }


def _value(column, place: int):
    if isinstance(column.type, JSON):
        recipient = {"role": BROKEN, "address_lines": [BROKEN], BROKEN: BROKEN}
        return {BROKEN: BROKEN, "targets": [recipient], "groups": {BROKEN: 1}, "title": BROKEN, "deadline": BROKEN}
    if isinstance(column.type, Lines):
        return [LONG, LONG]
    told = MAILBOX.get((column.table.name, column.name))
    if told:
        return told
    length = getattr(column.type, "length", None) or 10_000
    text = next(text for text in (BROKEN, TEXT, MIDDLE, SHORT) if len(text) + 3 <= length)
    return f"{text}{place:03d}" if column.unique or column.name == "email_key" else text


def document() -> str:
    """A real Urgent Action, with markup in all that is longer than a number."""
    lines = SAMPLE.read_text().splitlines()
    return "\n".join(f"{line} {MIDDLE[1:]}{TAGS}" if len(line) > 24 else line for line in lines)


def check(kind: str, body: bytes) -> None:
    """Fails when the mark became more than text in a response of this media type. KeyError for an unknown type."""
    CHECKS[kind](body if kind in NO_TEXT else body.decode())


def check_html(html: str, mail: bool = False) -> None:
    """Nothing in the page is more than text; and where htmx runs, it ignores the elements that hold it."""
    whole = html.lstrip().lower().startswith("<!doctype")
    if whole:
        soup = strictly(html)
    else:
        html5lib.HTMLParser(strict=True).parseFragment(html)
        soup = BeautifulSoup(html, "html5lib")
    assert f"{MARK}49" not in html, "a template was made of it"
    for element in soup.find_all(True):
        _check_element(element)
    assert not [comment for comment in soup.find_all(string=lambda text: isinstance(text, Comment)) if MARK in comment]
    if not mail and (not whole or soup.select('script[src*="htmx"]')):
        _check_htmx_ignores_it(soup)


def _check_element(element: Tag) -> None:
    assert element.name not in ("b", "object", "embed", "base"), element
    assert element.name != "script" or (element.get("src") or "").startswith("/files/"), element
    for name, value in element.attrs.items():
        text = " ".join(value) if isinstance(value, list) else str(value)
        assert MARK not in name, element
        assert not name.startswith("on"), element
        assert text != "None", element
        if name.startswith("hx-") or name in ("id", "class", "style", "srcdoc"):
            assert MARK not in text, element
        if name in ("src", "href", "action", "formaction"):
            assert not re.match(r"\s*(?:javascript|vbscript|data:text)", text, re.IGNORECASE), element
            assert name == "href" or MARK not in text.partition("?")[0], element
        if name == "datetime":
            assert re.fullmatch(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,3})?Z)?", text), element
        if element.name == "link" and name == "hreflang":
            assert element["href"].startswith("http://"), element


def _check_htmx_ignores_it(soup: BeautifulSoup) -> None:
    for text in soup.body.find_all(string=True):
        above = [text.parent, *text.parent.parents]
        quiet = {"option", "textarea", "script", "style", "noscript", "text", "title"} & {one.name for one in above}
        if MARK in text and isinstance(text, NavigableString) and not quiet:
            assert text.parent.css.closest(QUIET), (text, text.parent)


def check_svg(text: str) -> None:
    for element in ElementTree.fromstring(text).iter():
        name = element.tag.rpartition("}")[2]
        drawn = {"rect", "g", "text", "path", "polygon", "polyline", "circle"}
        assert name in {"svg", "title", "desc", "metadata", *drawn}, name
        assert not [one for one in element.attrib if one.startswith("on") or MARK in one]


def check_xml(text: str) -> None:
    assert all(MARK not in element.tag for element in ElementTree.fromstring(text).iter())


def check_oembed(answer: dict) -> None:
    """What a site puts into its page: a quotation with a link, and a frame."""
    soup = BeautifulSoup(answer["html"], "html5lib")
    assert {element.name for element in soup.body.find_all(True)} == {"blockquote", "a", "iframe"}
    for element in soup.body.find_all(True):
        _check_element(element)


def check_json(text: str) -> None:
    assert f"{MARK}49" not in text
    answer = json.loads(text)
    if "html" in answer:
        check_oembed(answer)


def check_csv(text: str) -> None:
    """No cell begins a formula once a spreadsheet has passed over what it does not see."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows[1:] for cell in row):
        assert not re.match(r"[\s\0-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff\uffff]*[=+\-@]", cell), repr(cell)
        assert not cell.startswith(("\t", "\r")), repr(cell)


def check_workbook(body: bytes) -> None:
    """Each part is XML, no cell is a formula or a link, and what was typed is in cells of the type text alone."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        parts = {name: ElementTree.fromstring(book.read(name)) for name in book.namelist()}
    names = {node.tag.partition("}")[2] for part in parts.values() for node in part.iter()}
    assert not names & {"f", "hyperlink", "hyperlinks", "script", "img", "svg"}
    for name, part in parts.items():
        for cell in (node for node in part.iter() if node.tag.endswith("}c")):
            assert cell.get("t") in (None, "s", "inlineStr")
            assert cell.get("t") is not None or re.fullmatch(r"-?[\d.]+", "".join(cell.itertext()) or "0")
        if "worksheets" not in name:
            assert MARK not in "".join(part.itertext()), name


OF_EVENT = {
    "PRODID", "VERSION", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "URL", "TRANSP",
}  # fmt: skip
OF_ALARM = {"ACTION", "TRIGGER"}
OF_FEED = {"NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "STATUS"}


def check_calendar(content: bytes) -> None:
    """Only the lines that we wrote: of one event with one alarm, or of the events of the feed of deadlines."""
    calendar = Calendar.from_ical(content)
    kinds = [one.name for one in calendar.walk()]
    names = {name for part in calendar.walk() for name in part}
    if kinds == ["VCALENDAR", "VEVENT", "VALARM"]:
        assert names == OF_EVENT | OF_ALARM
    else:
        assert set(kinds) == {"VCALENDAR", "VEVENT"}
        assert names <= OF_EVENT | OF_FEED, names
    _check_no_control_characters(content.decode())


HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Transfer-Encoding",
}  # fmt: skip


def check_mail(content: bytes) -> EmailMessage:
    """The headers that we write and no others; both parts; the calendar."""
    mail = BytesParser(policy=policy.default).parsebytes(content)
    assert set(mail.keys()) <= HEADERS
    assert len(mail.keys()) == len(set(mail.keys()))
    assert len(mail["To"].addresses) == 1
    assert not mail.defects
    for value in mail.values():
        assert "\n" not in value
        assert "\r" not in value
    text, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert f"{MARK}49" not in text
    _check_no_control_characters(text)
    check_html(page, mail=True)
    for part in mail.iter_attachments():
        assert part.get_content_type() == "text/calendar"
        check_calendar(part.get_payload(decode=True))
    return mail


def _check_no_control_characters(text: str) -> None:
    assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\uffff]", text)


CHECKS = {
    "text/html": check_html,
    "image/svg+xml": check_svg,
    "image/png": lambda content: None,
    "image/webp": lambda content: None,
    "text/xml": check_xml,
    "application/atom+xml": check_xml,
    "application/json": check_json,
    "application/problem+json": check_json,
    "text/csv": check_csv,
    WORKBOOK_TYPE: check_workbook,
    "text/calendar": lambda text: check_calendar(text.encode()),
    "text/css": lambda text: None,
    "text/javascript": lambda text: None,
    "text/plain": lambda text: None,
}
