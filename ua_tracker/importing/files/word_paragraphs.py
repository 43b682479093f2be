"""Joins paragraphs of a Word file between which no space is seen: people press Enter behind each line of an address.

What looks like one block of lines becomes one paragraph with line breaks, as if it had been typed so.
"""

from xml.etree import ElementTree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_SEEN = 60  # a space that is seen, in twentieths of a point
_PROSE = 100  # a paragraph of so many characters is no line of an address


def joined(document: bytes, styles: bytes) -> bytes:
    """The main part of a Word file, with such paragraphs joined. Raises RecursionError where it is nested deeply."""
    root = ElementTree.fromstring(document)  # noqa: S314 - `word.py` refuses parts that declare entities
    if root.tag.startswith(_STRICT):
        return document
    spaces = _Spaces(ElementTree.fromstring(styles) if styles else None)  # noqa: S314 - the same
    for parent in list(root.iter()):
        _join_inside(parent, spaces)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def lines_of(part: bytes) -> list[str]:
    """The text of each paragraph of a part, without the empty ones."""
    root = ElementTree.fromstring(part)  # noqa: S314 - the same
    texts = ("".join(_text_of(run) for run in paragraph.iter()) for paragraph in root.iter(f"{_W}p"))
    return [text for text in (" ".join(one.split()) for one in texts) if text]


def _text_of(element: ElementTree.Element) -> str:
    return (element.text or "") if element.tag == f"{_W}t" else " " * (element.tag in {f"{_W}tab", f"{_W}br"})


class _Spaces:
    """The space before and behind paragraphs, as their styles and they themselves say."""

    def __init__(self, styles: ElementTree.Element | None) -> None:
        self._styles: dict[str, ElementTree.Element] = {}
        self._usual = (0, 0)
        self._default = ""
        if styles is None:
            return
        for style in styles.iter(f"{_W}style"):
            name = style.get(f"{_W}styleId", "")
            self._styles[name] = style
            if style.get(f"{_W}default") == "1" and style.get(f"{_W}type") == "paragraph":
                self._default = name
        self._usual = _spacing(styles.find(f"{_W}docDefaults/{_W}pPrDefault/{_W}pPr"), self._usual)

    def of(self, paragraph: ElementTree.Element) -> tuple[int, int]:
        """The space before and behind a paragraph, in twentieths of a point."""
        chain: list[ElementTree.Element] = []
        style = self._styles.get(style_of(paragraph) or self._default)
        while style is not None and len(chain) < 10:
            chain.append(style)
            based = style.find(f"{_W}basedOn")
            style = self._styles.get(based.get(f"{_W}val", "")) if based is not None else None
        space = self._usual
        for one in reversed(chain):
            space = _spacing(one.find(f"{_W}pPr"), space)
        return _spacing(paragraph.find(f"{_W}pPr"), space)


def style_of(paragraph: ElementTree.Element) -> str:
    """The name of a paragraph's style, "" for the default."""
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style.get(f"{_W}val", "") if style is not None else ""


def _spacing(properties: ElementTree.Element | None, inherited: tuple[int, int]) -> tuple[int, int]:
    spacing = properties.find(f"{_W}spacing") if properties is not None else None
    if spacing is None:
        return inherited
    return _number(spacing.get(f"{_W}before"), inherited[0]), _number(spacing.get(f"{_W}after"), inherited[1])


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else otherwise


def _join_inside(parent: ElementTree.Element, spaces: _Spaces) -> None:
    first: ElementTree.Element | None = None
    last: ElementTree.Element | None = None
    for child in list(parent):
        is_line = child.tag == f"{_W}p" and _is_line(child)
        if is_line and first is not None and last is not None and _are_one_block(last, child, spaces):
            run = ElementTree.SubElement(first, f"{_W}r")
            ElementTree.SubElement(run, f"{_W}br")
            first.extend(part for part in child if part.tag != f"{_W}pPr")
            parent.remove(child)
        else:
            first = child if is_line else None
        last = child if is_line else None


def _is_line(paragraph: ElementTree.Element) -> bool:
    """Whether the paragraph can be a line of a block: some text, and neither a heading nor an entry of a list."""
    if "eading" in style_of(paragraph) or paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
        return False
    text = "".join(part.text or "" for part in paragraph.iter(f"{_W}t"))
    return 0 < len(text.strip()) <= _PROSE


def _are_one_block(one: ElementTree.Element, other: ElementTree.Element, spaces: _Spaces) -> bool:
    if style_of(one) != style_of(other):
        return False
    contextual = f"{_W}pPr/{_W}contextualSpacing"
    if one.find(contextual) is not None and other.find(contextual) is not None:
        return True
    return max(spaces.of(one)[1], spaces.of(other)[0]) < _SEEN
