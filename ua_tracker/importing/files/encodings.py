"""Which characters the bytes of a text stand for: by its mark, by what it says of itself, or by a guess."""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from ua_tracker import refusals

# A mark of UTF-32 begins with that of UTF-16, so it is looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Western programs show for the bytes 80 to BF, which letters of UTF-8 end with.
_HIGH = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
_TWICE = re.compile(f"Ã[{_HIGH}]|Â[\u00a0-\u00bf]|â€[{_HIGH}]")
_FEW_BEYOND = 7  # one in so many: texts in another script have more
_SAMPLE_BYTES = 8 * 1024
# Programs in the West write this one, whatever a guess from few letters says.
_USUAL = "cp1252"
_CALLED_LATIN = {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"}
_WESTERN = {"cp1252", "latin_1", "iso8859_15", "cp1250", "mac_roman", "cp850", "cp437", "cp858", "ascii", "hp_roman8"}


@dataclass(frozen=True)
class Decoded:
    """A text, and the encoding that was guessed for it; None where the file says it itself, or UTF-8 shows it."""

    text: str
    guessed: str | None = None


def decoded(document: bytes, declared: str | None = None) -> Decoded:
    """The text. `declared` is the encoding that its container names. Raises NotText for a binary file."""
    for mark, encoding in _MARKS:
        if document.startswith(mark):
            return _required(document, encoding)
    for possible in ("utf-8", _utf_16_without_mark(document), declared):
        found = _text(document, possible) if possible else None
        if found is not None:
            return found
    return _guessed(document)


def _decoded_again(found: re.Match[str]) -> str:
    """The letter that another program has read as several: `Ã©` is `é` in UTF-8, read as Western."""
    try:
        return b"".join(one.encode(_USUAL if ord(one) > 0xFF else "latin-1") for one in found[0]).decode()
    except UnicodeError:
        return found[0]


def decoded_anyhow(document: bytes, declared: str | None = None) -> Decoded:
    """The text of a page or of a part of a mail, of which a few wrong bytes are no reason to refuse it."""
    usual = _USUAL if (declared or "").lower() in _CALLED_LATIN else declared
    try:
        return decoded(document, usual)
    except refusals.NotText:
        text = document.decode(_USUAL, "replace")
        return Decoded("".join(character for character in text if _is_text(character)), _USUAL)


def _required(document: bytes, encoding: str) -> Decoded:
    found = _text(document, encoding)
    if found is None:
        raise refusals.NotText()
    return found


def _text(document: bytes, encoding: str) -> Decoded | None:
    """The text in this encoding, with what was encoded twice undone; None where it is none."""
    try:
        text = document.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    whole = _TWICE.sub(_decoded_again, text)
    return Decoded(whole, "UTF-8" if whole != text else None) if _is_text(whole) else None


def _is_text(text: str) -> bool:
    unusual = set(text) - set("\t\n\r\f\v\x85")
    return not any(unicodedata.category(character) in {"Cc", "Cs"} for character in unusual)


def _utf_16_without_mark(document: bytes) -> str | None:
    """Spaces, digits and line ends have a zero in every second byte, in whatever script."""
    low, high = document[0::2].count(0), document[1::2].count(0)
    enough = len(document) // 20
    if len(document) % 2 or (low > enough) == (high > enough):
        return None
    return "utf-16-be" if low > enough else "utf-16-le"


def _guessed(document: bytes) -> Decoded:
    encoding = _guess(document)
    for possible in dict.fromkeys((encoding, _USUAL)):
        found = _text(document, possible)
        if found is not None:
            return Decoded(found.text, possible)
    raise refusals.NotText()


def _guess(document: bytes) -> str:
    """The encoding of the lines with letters beyond ASCII, as far as they fit into a sample."""
    from charset_normalizer import from_bytes  # few documents need it

    lines = [line for line in document[: 64 * _SAMPLE_BYTES].splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:_SAMPLE_BYTES]
    best = from_bytes(sample).best()
    encoding = best.encoding if best else _USUAL
    return _USUAL if encoding in _WESTERN or _is_latin(sample, encoding) else encoding


def _is_latin(sample: bytes, encoding: str) -> bool:
    """Whether few characters are beyond ASCII, or all of them are Latin letters: which of the many encodings for these
    it is, so few do not tell.
    """
    beyond = sum(byte > 0x7F for byte in sample)
    letters = {one for one in sample.decode(encoding, "ignore") if one.isalpha() and not one.isascii()}
    is_latin = all(unicodedata.name(one, "").startswith("LATIN") for one in letters)
    return is_latin or beyond * _FEW_BEYOND < len(sample)
