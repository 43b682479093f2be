"""The same document written differently, as editors, mail programs and exports do. What is read must not change."""

import html
import re
import unicodedata
from collections.abc import Callable
from email.message import EmailMessage
from random import Random

_BULLET = re.compile(r"^(\s*)[-•*◼–\uf0b7](?=\s)", re.MULTILINE)
_LONG_WORD = re.compile(r"\b[^\W\d_]{9,}\b")
_BETWEEN = re.compile(r"(?<=\w)-(?=\w)")
_LONGEST_LINE = 76  # of a mail program

Variant = Callable[[str, Random], str]


def other_hyphens(text: str, by: Random) -> str:
    """Hyphens that no keyboard has, but not inside an address of the web."""
    return _outside_addresses(text, lambda part: _BETWEEN.sub(lambda _: by.choice("‐‑‒–"), part))


def other_quotes(text: str, by: Random) -> str:
    """Curly quotes for straight ones, or straight ones for curly ones."""
    if by.random() < 0.5:
        return text.replace("'", "’")
    return text.translate(str.maketrans("’‘“”", "''\"\""))


def other_spaces(text: str, by: Random) -> str:
    """No-break spaces, and spaces at the end of a line."""
    spaces = re.sub(r"(?<=\S) (?=\S)", lambda _: by.choice("    \u00a0\u202f"), text)
    return "\n".join(line + by.choice(["", "", "  "]) for line in spaces.split("\n"))


def other_bullets(text: str, by: Random) -> str:
    """Another bullet for all lines that have one."""
    bullet = by.choice("-•*◼●–\uf0b7\uf06e▪")
    return _BULLET.sub(lambda found: found[1] + bullet, text)


def soft_hyphens(text: str, by: Random) -> str:
    """Soft hyphens inside long words, as a program puts them that hyphenates."""

    def hyphenated(found: re.Match[str]) -> str:
        place = by.randrange(3, len(found[0]) - 3)
        return f"{found[0][:place]}\u00ad{found[0][place:]}" if by.random() < 0.3 else found[0]

    return _outside_addresses(text, lambda part: _LONG_WORD.sub(hyphenated, part))


def decomposed(text: str, by: Random) -> str:
    """Accents as characters of their own, as some systems store them."""
    return unicodedata.normalize("NFD", text)


def wrapped(text: str, by: Random) -> str:
    """Prose wrapped anew, as a mail program does."""
    return "\n".join(_wrapped(line) for line in text.split("\n"))


def _wrapped(line: str) -> str:
    """A long line of prose on several lines. Headings, headers, and lines with columns or labels stay."""
    if len(line) <= _LONGEST_LINE or not re.match(r"\s*(?:[-•*◼\uf0b7–] )?[^\W\d_].*[a-zß-ÿ].*[.;]$", line):
        return line
    if re.search(r"\S {2,}\S|:|@|[A-ZÀ-Þ]{5}", line):
        return line
    place = line.rfind(" ", 0, _LONGEST_LINE)
    return f"{line[:place]}\n{line[place + 1 :]}"


def ligatures(text: str, by: Random) -> str:
    """One character for the letters that a font prints as one, as the text of a PDF has them."""
    return text.replace("ffi", "ﬃ").replace("fi", "ﬁ").replace("fl", "ﬂ")


VARIANTS: dict[str, Variant] = {
    one.__name__: one
    for one in (other_hyphens, other_quotes, other_spaces, other_bullets, soft_hyphens, decomposed, wrapped, ligatures)
}


def as_utf8_with_mark(text: str) -> tuple[bytes, str]:
    """UTF-8 with a byte order mark and the line ends of Windows."""
    return text.replace("\n", "\r\n").encode("utf-8-sig"), "document.txt"


def as_utf16(text: str) -> tuple[bytes, str]:
    """UTF-16, as Windows' editor stores it."""
    return text.encode("utf-16"), "document.txt"


def as_page(text: str) -> tuple[bytes, str]:
    """A page: paragraphs, and line ends inside them."""
    body = "".join(
        f"<p>{html.escape(paragraph).replace(chr(10), '<br>')}</p>\n" for paragraph in re.split(r"\n\s*\n", text)
    )
    return f'<html><head><meta charset="utf-8"></head><body>\n{body}</body></html>'.encode(), "page.html"


def as_mail(text: str) -> tuple[bytes, str]:
    """A mail whose text is encoded as Python's own library chooses."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "office@example.org", "list@example.org", "An Urgent Action"
    mail["Date"] = "Mon, 05 Jan 2026 09:00:00 +0000"
    mail.set_content(text)
    return mail.as_bytes(), "mail.eml"


def as_forwarded_mail(text: str) -> tuple[bytes, str]:
    """A mail that quotes the whole document below a short note."""
    quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    content, name = as_mail(f"Shall we take this one on 20 April 2016?\n\n{quoted}\n")
    return content, name


def as_quoted_text(text: str) -> tuple[bytes, str]:
    """A text that was copied out of a reply, with the line that a mail program puts above what it quotes."""
    quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    head = "On Mon, 5 Jan 2026 at 09:00, Ruth Sample <ruth@example.org> wrote:"
    return f"{head}\n\n{quoted}\n".encode(), "document.txt"


def as_text_of_a_page(text: str) -> tuple[bytes, str]:
    """A text that was copied out of a page: a menu above it, and below it links to other documents and the office."""
    return f"{_MENU}\n{text}\n{_BELOW}".encode(), "document.txt"


_MENU = """Skip to main content
Home
About us
Take action
Donate
Search
Share on Facebook
"""
_BELOW = """
Share this page
Tweet
Related content
UA 77/31 Peru: Teacher threatened
UA 78/31 Togo: Nurses on strike
12 March 2031
The office, 3 Sample Lane, London. Phone: 020 7946 0111. Email: office@example.org
All rights reserved
"""

CONTAINERS = (as_utf8_with_mark, as_utf16, as_page, as_mail, as_forwarded_mail, as_quoted_text, as_text_of_a_page)


def _outside_addresses(text: str, change: Callable[[str], str]) -> str:
    parts = re.split(r"(\S*(?:@|://)\S*)", text)
    return "".join(part if place % 2 else change(part) for place, part in enumerate(parts))
