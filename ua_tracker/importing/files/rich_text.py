"""Reads rich text (.rtf): its paragraphs, line breaks and headings, as a page has them."""

import html
import re

from striprtf.striprtf import rtf_to_text

from ua_tracker import refusals
from ua_tracker.importing.files import web_page
from ua_tracker.importing.files.document import Document
from ua_tracker.importing.files.kinds import Kind

MOST_BYTES = 2 * 1024 * 1024  # without pictures
_PICTURE = re.compile(r"[0-9A-Fa-f\r\n]{256,}")
_PARAGRAPH_END = re.compile(r"\\par(?![A-Za-z])")
_STYLE = re.compile(r"\{\\s(\d{1,3})(?!\d)[^{};]{0,600} heading ([1-6]);", re.IGNORECASE)
_STYLES_WITHIN = 200_000  # characters: they stand at the beginning
# Characters for private use: no document means anything by them. striprtf takes them through.
_END, _FIRST_LEVEL = 0xE000, 0xE001
_LEVELS = {chr(_FIRST_LEVEL + level): level + 1 for level in range(6)}


def read(data: bytes) -> Document:
    """A rich text. Raises FileBroken, TooMuchInside or NothingToRead."""
    source = _PICTURE.sub("", data.decode("latin-1"))
    if len(source) > MOST_BYTES:
        raise refusals.TooMuchInside()
    # The library joins a link with its address by an expression that takes very long for some texts.
    source = source.replace("\\field", "\\notfield")
    source = _PARAGRAPH_END.sub(rf"\\par\\u{_signed(_END)}?", source)
    source = _with_levels(source)
    try:
        text = rtf_to_text(source, errors="replace")
    except (ValueError, LookupError, TypeError, AttributeError) as broken:
        raise refusals.FileBroken() from broken
    return Document(web_page.lines_of("".join(map(_as_html, text.split(f"\n{chr(_END)}")))), Kind.RICH_TEXT)


def _with_levels(source: str) -> str:
    """The source with a mark in each paragraph whose style is that of a heading."""
    styles = {number: int(level) for number, level in _STYLE.findall(source[:_STYLES_WITHIN])}
    if not styles:
        return source
    used = re.compile(rf"\\s({'|'.join(styles)})(?!\d)")
    return used.sub(lambda found: f"{found[0]}\\u{_signed(_FIRST_LEVEL + styles[found[1]] - 1)}?", source)


def _signed(code: int) -> int:
    """The code as rich text writes it: sixteen bits with a sign."""
    return code - 0x10000 if code >= 0x8000 else code


def _as_html(paragraph: str) -> str:
    level = next((_LEVELS[letter] for letter in paragraph if letter in _LEVELS), None)
    for mark in _LEVELS:
        paragraph = paragraph.replace(mark, "")
    tag = f"h{level}" if level and paragraph.strip() else "p"
    lines = html.escape(paragraph.replace("|", "\n")).strip("\n").replace("\n", "<br>")
    return f"<{tag}>{lines}</{tag}>"
