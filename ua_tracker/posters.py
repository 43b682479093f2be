"""What fits on a poster: how large the title and the demands are, and how much of the story is told.

Nothing is measured in a browser, so texts are taken to be as wide as in the widest fonts that browsers use. All sizes
are in points.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ua_tracker.cards import text_width

WIDTH = 500
# What the title, the story and the demands have together; the rest is for the code, the address and the names.
HEIGHTS = {"a4": 520, "letter": 470}
# Verdana and DejaVu Sans are so much wider than the font that texts are measured in, their bold even more.
REGULAR, BOLD = 1.25, 1.45
TITLE_SIZES = ((46, 3), (36, 3), (28, 4), (20, 6))
STORY, DEMANDS = 16, (20, 16)
_LINE, _GAP, _HEADING, _NUMERAL = 1.3, 12, 40, 48
# The end of a sentence. Four small letters stand before it, so that "Dr." and "U.S." are none.
_SENTENCE_END = re.compile(r"(?<=[^\W\d_A-ZÀ-Þ]{4}[.!?])\s+")


@dataclass(frozen=True)
class Sheet:
    """A poster's texts: `title_size` and `demand_size` in points; `story` the first sentences of the summary.

    `has_all` says whether these are all the demands, uncut.
    """

    title_size: int
    story: str
    demands: list[str]
    demand_size: int
    has_all: bool


def fitted(title: str, summary: list[str], demands: list[str], paper: str, names: Sequence[str] = ()) -> Sheet:
    """The texts as they fit on one sheet of this paper, a key of HEIGHTS, with these names in its last lines.

    The demands come first, in large print if they all fit, then the story. A title that is too long is cut by the style
    sheet; the first demand is cut at the end of a sentence if it must be.
    """
    title_size, title_high = _title(title)
    sentences = [one for paragraph in summary for one in _sentences(paragraph)]
    high = HEIGHTS[paper] - title_high - _HEADING - _names_high(names)
    opening = min(_height(sentences[0], STORY, WIDTH) + _GAP, high / 3) if sentences else 0
    size, shown = _demands(demands, high - opening)
    high -= sum(_demand_height(one, size) for one in shown) + (0 if shown == demands else STORY * _LINE + _GAP)
    story = _longest_start(sentences, high - _GAP)
    return Sheet(title_size, story, shown, size, shown == demands)


def _title(title: str) -> tuple[int, float]:
    for size, most in TITLE_SIZES:
        lines = _lines(title, size, WIDTH, BOLD)
        if lines <= most:
            break
    return size, min(lines, most) * size * 1.05 + 20


def _names_high(names: Sequence[str]) -> float:
    """The height of the names beyond the one line that HEIGHTS leaves for them. They share it where they fit."""
    if _lines("  ".join(names), STORY, WIDTH, BOLD) <= 1:
        return 0
    return (sum(_lines(name, STORY, WIDTH, BOLD) for name in names) - 1) * STORY * _LINE


def _demands(demands: list[str], high: float) -> tuple[int, list[str]]:
    """The size of the demands, and the first ones that fit, at least a part of one."""
    for size in DEMANDS:
        heights = [_demand_height(one, size) for one in demands]
        if sum(heights) <= high or not demands:
            return size, demands
    fitting = [one for one, total in zip(demands, _totals(heights), strict=True) if total <= high]
    return size, fitting or [_longest_start(_sentences(demands[0]), high, WIDTH - _NUMERAL) or demands[0][:300] + " …"]


def _totals(heights: list[float]) -> Iterator[float]:
    total = 0.0
    for one in heights:
        total += one
        yield total


def _demand_height(demand: str, size: int) -> float:
    return max(_height(demand, size, WIDTH - _NUMERAL), size * 2.1) + _GAP


def _longest_start(sentences: list[str], high: float, width: float = WIDTH) -> str:
    starts = (" ".join(sentences[:count]) for count in range(1, len(sentences) + 1))
    fitting = list(takewhile(lambda start: _height(start, STORY, width) <= high, starts))
    return fitting[-1] if fitting else ""


def _sentences(text: str) -> list[str]:
    return [one for one in _SENTENCE_END.split(text.strip()) if one]


def _height(text: str, size: int, width: float) -> float:
    return _lines(text, size, width, REGULAR) * size * _LINE


def _lines(text: str, size: int, width: float, factor: float) -> int:
    """In how many lines a browser sets this text at most. A word longer than a line is broken."""
    lines, used, space = 1, 0.0, text_width(" ", size) * factor
    for word in text.split():
        wide = text_width(word, size) * factor
        if used and used + space + wide > width:
            lines, used = lines + 1, 0.0
        lines += int(wide // width)
        used = (used + space if used else 0.0) + wide % width
    return lines
