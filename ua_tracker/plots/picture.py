"""The plot as a file that stands alone: with its title, what it shows in words, its date and its source."""

from dataclasses import dataclass

from ua_tracker import cards
from ua_tracker.plots.layout import WIDER, WIDER_BOLD, Drawing, Size

SIZE = Size(width=720, height=320, text=15)
MARGIN = 40
WIDTH = 800
INK, SOFT, EDGE, LINE, PAPER = "#141413", "#55554f", "#77776f", "#cfcec6", "#ffffff"
TITLE, TEXT, FOOT = 24, 16, 13


@dataclass(frozen=True)
class Stroke:
    """How a line is drawn: each has its own width or dash, so that the plot is readable in black and white."""

    colour: str
    width: float
    dash: tuple[float, ...] = ()


STROKES = {
    "grid": Stroke(LINE, 1),
    "goal": Stroke(INK, 2),
    "deadline": Stroke(EDGE, 1, (4, 4)),
    "needed": Stroke(SOFT, 2, (2, 6)),
    "pledged": Stroke(INK, 2, (9, 5)),
    "letters": Stroke(INK, 4),
}
SOFTER = ("tick", "day", "needed")


@dataclass(frozen=True)
class Text:
    """A line of text: its base from the upper left of the picture, its size, colour and weight."""

    base: float
    text: str
    size: int
    colour: str = INK
    bold: bool = False


@dataclass(frozen=True)
class Picture:
    """Everything in the file: the texts, the plot and where its lines begin, and the colour below the letters."""

    width: int
    height: int
    title: str
    summary: str
    texts: tuple[Text, ...]
    drawing: Drawing
    at: tuple[float, float]
    shade: str


def compose(title: str, summary: str, foot: tuple[str, ...], drawing: Drawing, accent: str) -> Picture:
    """Puts the texts above and below the plot; a long one goes on over several lines."""
    texts: list[Text] = []
    base = MARGIN + TITLE * 0.8
    for line in wrapped(title, TITLE, bold=True):
        texts.append(Text(base, line, TITLE, bold=True))
        base += TITLE * 1.25
    for line in wrapped(summary, TEXT):
        texts.append(Text(base, line, TEXT))
        base += TEXT * 1.4
    at = (MARGIN - drawing.left, base - drawing.top)
    base += drawing.height + 2 * FOOT
    for line in (part for text in foot for part in wrapped(text, FOOT)):
        texts.append(Text(base, line, FOOT, SOFT))
        base += FOOT * 1.5
    return Picture(WIDTH, round(base + MARGIN - FOOT), title, summary, tuple(texts), drawing, at, _light(accent))


def wrapped(text: str, size: float, *, bold: bool = False) -> list[str]:
    """The text in lines that fit between the margins. A word that is wider is cut where a line ends."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _fits(longer, size, bold=bold):
            lines[-1] = longer
        else:
            lines += _pieces(word, size, bold=bold)
    return lines


def _pieces(word: str, size: float, *, bold: bool) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and not _fits(pieces[-1] + character, size, bold=bold):
            pieces.append("")
        pieces[-1] += character
    return pieces


def _fits(text: str, size: float, *, bold: bool) -> bool:
    return cards.text_width(text, size) * (WIDER_BOLD if bold else WIDER) <= SIZE.width


def _light(accent: str) -> str:
    """The accent mixed with white: programs draw a colour alike, but not always a transparent one."""
    digits = accent.lstrip("#")
    parts = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return "#" + "".join(f"{round(255 - (255 - part) * 0.4):02x}" for part in parts)
