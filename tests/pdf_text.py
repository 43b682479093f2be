"""What stands on the sheets of a PDF that Chromium has written.

Not a reader of PDF: Chromium writes its objects one by one and uncompressed but for their streams, names the
characters of each font (ToUnicode), and places each piece of text with its own matrix.
"""

import re
import zlib
from dataclasses import dataclass

NUMBER = r"-?[\d.]+"
OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
STEP = re.compile(
    rf"(?P<save>^q$)|(?P<back>^Q$)|(?P<matrix>(?:{NUMBER} ){{6}})cm|/(?P<font>F\d+) {NUMBER} Tf"
    rf"|(?P<place>(?:{NUMBER} ){{6}})Tm|<(?P<text>[0-9A-F]*)> Tj",
    re.MULTILINE,
)
SPACES = re.compile(r"\s+")
Matrix = tuple[float, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet: its size in points, and its text in the order of the page, without spaces."""

    size: tuple[int, int]
    text: str

    def __contains__(self, words: str) -> bool:
        return without_spaces(words) in self.text


def without_spaces(words: str) -> str:
    """The words as a sheet has them: where a line is broken, no space is drawn."""
    return SPACES.sub("", words)


def sheets(pdf: bytes) -> list[Sheet]:
    """The sheets, in order. Text outside the edges of its sheet is not on it."""
    objects = {int(found[1]): found[2] for found in OBJECT.finditer(pdf)}
    pages = (one for one in objects.values() if one.startswith(b"<</Type /Page\n"))
    return [_sheet(page, objects) for page in pages]


def _sheet(page: bytes, objects: dict[int, bytes]) -> Sheet:
    wide, high = (float(one) for one in re.search(rb"/MediaBox \[0 0 (\S+) (\S+)\]", page).groups())
    fonts = {name.decode(): _characters(objects[int(number)], objects) for name, number in FONT.findall(page)}
    drawn = _stream(objects[_number(rb"/Contents", page)])
    pieces = [text for x, y, text in _pieces(drawn, fonts) if 0 <= x <= wide and 0 <= y <= high]
    return Sheet((round(wide), round(high)), without_spaces("".join(pieces)))


def _pieces(drawn: str, fonts: dict[str, dict[str, str]]):
    """Each piece of text with the place where it begins, or from which its line goes on."""
    matrix, place, before, characters = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), (0.0,) * 6, [], {}
    for step in STEP.finditer(drawn):
        if step["save"]:
            before.append(matrix)
        elif step["back"]:
            matrix = before.pop()
        elif step["matrix"]:
            matrix = _times(_values(step["matrix"]), matrix)
        elif step["font"]:
            characters = fonts[step["font"]]
        elif step["place"]:
            place = _times(_values(step["place"]), matrix)
        else:
            glyphs = re.findall("....", step["text"])
            yield place[4], place[5], "".join(characters.get(glyph, "") for glyph in glyphs)


def _characters(font: bytes, objects: dict[int, bytes]) -> dict[str, str]:
    """What each glyph of a font stands for, by its number in four digits."""
    names = _stream(objects[_number(rb"/ToUnicode", font)])
    found = {glyph: _read(text) for glyph, text in re.findall(r"^<(\w{4})> <(\w+)>$", names, re.MULTILINE)}
    for first, last, text in re.findall(r"^<(\w{4})> <(\w{4})> <(\w+)>$", names, re.MULTILINE):
        for place in range(int(first, 16), int(last, 16) + 1):
            found[f"{place:04X}"] = chr(ord(_read(text)) + place - int(first, 16))
    return {glyph: text.replace("ﬁ", "fi").replace("ﬂ", "fl") for glyph, text in found.items()}


def _read(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be")


def _stream(one: bytes) -> str:
    return zlib.decompress(one.split(b"stream\n", 1)[1]).decode("latin-1")


def _number(name: bytes, one: bytes) -> int:
    return int(re.search(name + rb" (\d+) 0 R", one)[1])


def _values(text: str) -> Matrix:
    return tuple(float(one) for one in text.split())


def _times(one: Matrix, other: Matrix) -> Matrix:
    (a, b, c, d, e, f), (g, h, i, j, k, m) = one, other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)
