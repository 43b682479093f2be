"""Reads HTML: a saved page, the body of a mail, or what a Word file became.

The tree is walked with a stack of its own, so that no depth of nesting ends the process.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ua_tracker import refusals
from ua_tracker.importing.files import encodings, masked, quoted
from ua_tracker.importing.files.document import Document, composed, doubts_of, within_limits
from ua_tracker.importing.files.furniture import is_furniture
from ua_tracker.importing.files.kinds import Kind
from ua_tracker.importing.files.printed import line_of
from ua_tracker.importing.text import Line

MOST_DEPTH = 400
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# Their ends are ends of lines.
_BLOCKS = {
    "address",
    "article",
    "aside",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "html",
    "legend",
    "li",
    "main",
    "section",
    "summary",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
}
# A blank line stands before and behind these.
_APART = {"blockquote", "dl", "hr", "ol", "pre", "table", "ul", *_HEADINGS}
# Paragraphs of this length are prose, and never lines of one address.
_PROSE = 80
# A page that uses empty paragraphs as blank lines uses the others as lines.
_EMPTY_PARAGRAPHS = 2
_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_:.-]{1,40})")


@dataclass
class _Item:
    """A line, and what stands before it: nothing, the end of a paragraph, or a blank line."""

    text: str
    heading: int
    bullet: bool
    follows_paragraph: bool
    follows_blank: bool


@dataclass
class _Writer:
    """Gathers the lines of a page while its tree is walked."""

    items: list[_Item] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    heading: int = 0
    bullet: bool = False
    paragraph: bool = False
    blank: bool = False
    empty_paragraphs: int = 0

    def end_line(self) -> bool:
        """Ends the line, if it has any text; returns whether it had."""
        text = " ".join("".join(self.parts).split())
        self.parts.clear()
        if not text:
            return False
        self.items.append(_Item(text, self.heading, self.bullet, self.paragraph, self.blank))
        self.bullet = self.paragraph = self.blank = False
        return True

    def begin(self, tag: str) -> None:
        """An element begins."""
        if tag == "br":
            if not self.end_line():
                self.blank = True
        elif tag in _BLOCKS or tag in _APART or tag == "p":
            self.end_line()
            self.blank |= tag in _APART
            self.paragraph |= tag == "p"
            self.heading = _HEADINGS.get(tag, self.heading)
            self.bullet |= tag == "li"

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "p":
            had_text = self.end_line() or not self.paragraph
            self.empty_paragraphs += not had_text
            self.blank |= not had_text
            self.paragraph = True
        elif tag in _BLOCKS or tag in _APART:
            self.end_line()
            self.blank |= tag in _APART
            self.bullet &= tag != "li"
            if tag in _HEADINGS:
                self.heading = 0


def read(data: bytes) -> Document:
    """A saved page. Raises NothingToRead, NestedTooDeep, TooManyLines or LineTooLong."""
    declared = _CHARSET.search(data[:4096])
    found = encodings.decoded_anyhow(data, declared[1].decode() if declared else None)
    return Document(quoted.unquoted_lines(lines_of(found.text)), Kind.HTML, doubts=doubts_of(found))


def lines_of(page: str) -> list[Line]:
    """The lines of a page, without its furniture. Raises as `read` does."""
    tree = LexborHTMLParser(composed(page))
    writer = _Writer()
    if tree.root is not None:
        _walk(tree.root, writer)
    writer.end_line()
    return within_limits(_with_blanks(writer))


def _walk(root: LexborNode, writer: _Writer) -> None:
    has_title_outside = _has_title_outside_header(root)
    open_elements: list[tuple[LexborNode, int]] = []
    node: LexborNode | None = root
    while node is not None or open_elements:
        if node is None:
            node, start = open_elements.pop()
            _leave(node, start, writer)
            node = node.next if open_elements else None
        elif node.tag == "-text":
            _add_text(node, open_elements, writer)
            node = node.next
        elif (node.tag or "").startswith(("-", "!")) or is_furniture(node, has_title_outside):
            node = node.next
        else:
            if len(open_elements) >= MOST_DEPTH:
                raise refusals.NestedTooDeep()
            writer.begin(node.tag or "")
            open_elements.append((node, len(writer.parts)))
            node = node.child


def _has_title_outside_header(root: LexborNode) -> bool:
    titles = root.css("h1")
    return len(titles) != len(root.css("header h1"))


def _leave(node: LexborNode, start: int, writer: _Writer) -> None:
    attributes = node.attributes if node.tag in {"a", "span"} else {}
    address = masked.address_of(attributes) if attributes else None
    if address and start <= len(writer.parts):
        text = "".join(writer.parts[start:])
        writer.parts[start:] = [masked.with_address(text, address)]
    writer.end(node.tag or "")


def _add_text(node: LexborNode, open_elements: list[tuple[LexborNode, int]], writer: _Writer) -> None:
    text = node.text_content or ""
    if not any(element.tag == "pre" for element, _ in open_elements[-4:]):
        writer.parts.append(text)
        return
    first, *more = text.split("\n")
    writer.parts.append(first)
    for line in more:
        writer.begin("br")
        writer.parts.append(line)


def _with_blanks(writer: _Writer) -> list[Line]:
    """The lines, numbered, with a blank one where a paragraph or a list ends."""
    paragraphs_are_lines = writer.empty_paragraphs >= _EMPTY_PARAGRAPHS
    lines: list[Line] = []
    before: _Item | None = None
    for item in writer.items:
        ends_paragraph = item.follows_paragraph and not (
            paragraphs_are_lines and before and _are_lines_of_one_block(before, item)
        )
        if before and (item.follows_blank or ends_paragraph):
            lines.append(Line(len(lines) + 1, ""))
        lines.append(line_of(len(lines) + 1, item.text, heading=item.heading, bullet=item.bullet))
        before = item
    return lines


def _are_lines_of_one_block(one: _Item, other: _Item) -> bool:
    return not (one.heading or other.heading) and max(len(one.text), len(other.text)) <= _PROSE
