"""What mail programs put around the text that somebody forwards: quotation marks, and the header of the mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ua_tracker.importing.files.printed import line_of
from ua_tracker.importing.text import Line

_QUOTE = re.compile(r"[ \t]?(?:>[ \t]?){1,20}")
# The fields of a forwarded mail's header, in the languages of the programs.
_FIELD = re.compile(
    r"\W{0,3}(?:From|To|Cc|Bcc|Sent|Date|Subject|Reply-To|De|À|A|Envoyé|Objet|Répondre à|Von|An|Gesendet|Datum|Betreff"
    r"|Para|Enviado|Enviado el|Fecha|Asunto|CC|Van|Aan|Verzonden|Onderwerp|Från|Till|Skickat|Ämne|Da|Oggetto|Data)"
    r"\W{0,2}\s?:",
    re.IGNORECASE,
)
_BEGINNING = re.compile(
    r"[\s>*_-]{0,20}(?:Begin forwarded message|Forwarded message|Original message|Message transféré|Message d'origine"
    r"|Début du message (?:réexpédié|transféré)|Weitergeleitete Nachricht|Ursprüngliche Nachricht|Mensaje reenviado"
    r"|Mensaje original|Doorgestuurd bericht|Oorspronkelijk bericht|Vidarebefordrat meddelande)\s?:?[\s>*_-]{0,40}",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(
    r"\W{0,3}(?:On|Le|Am|El|Op|Den) .{0,200}"
    r"(?:wrote|a écrit|schrieb.{0,80}|escribió|schreef.{0,80}|skrev.{0,80})\s?:\s{0,9}"
)
_FEWEST_FIELDS = 3
_FEWEST_QUOTED = 10  # lines, where there are fewer than others
_LEAST_QUOTED = 4  # times as much as a note above it


@dataclass(frozen=True)
class Unquoted:
    """A text without quotation marks: its lines, and the numbers of those that are a note about it, from 1."""

    text: str
    notes: frozenset[int] = frozenset()
    was_quoted: bool = True


def unquoted(text: str) -> Unquoted:
    """The text without the `>` before quoted lines, where most lines are quoted, or many; else as it is.

    What stands outside the quotation is then a note of whoever forwards it. The lines of a short one are named: they
    would be read as the title. The numbers of the lines do not change.
    """
    found = _unquoted(text.splitlines())
    if found is None:
        return Unquoted(text, was_quoted=False)
    lines, notes = found
    return Unquoted("\n".join(lines), frozenset(place + 1 for place in notes))


def unquoted_lines(lines: list[Line]) -> list[Line]:
    """The lines of a page that shows a mail, without the `>` before them, where `unquoted` takes these off."""
    found = _unquoted([line.text for line in lines])
    if found is None:
        return lines
    plain, notes = found
    return without_headers(
        [
            replace(line, is_note=True)
            if place in notes
            else line_of(
                line.number, text, heading=line.heading, bullet=line.bullet, page=line.page, column=line.column
            )
            for place, (line, text) in enumerate(zip(lines, plain, strict=True))
        ]
    )


def _unquoted(lines: list[str]) -> tuple[list[str], set[int]] | None:
    """As many lines without quotation marks, and the places of a short note; None where few lines have them."""
    marks = [_QUOTE.match(line) for line in lines]
    written = sum(1 for line in lines if line.strip())
    count = sum(1 for mark in marks if mark)
    if 2 * count < written and (count < _FEWEST_QUOTED or 4 * count < written):
        return None
    quoted = sum(len(line) for line, mark in zip(lines, marks, strict=True) if mark)
    noted = sum(len(line) for line, mark in zip(lines, marks, strict=True) if not mark)
    is_short = _LEAST_QUOTED * noted <= quoted
    plain = [line[mark.end() :] if mark else line for line, mark in zip(lines, marks, strict=True)]
    outside = {place for place, mark in enumerate(marks) if not mark and lines[place].strip()}
    return plain, {place for place in outside if not _is_of_a_header(lines[place])} if is_short else set()


def _is_of_a_header(line: str) -> bool:
    return _FIELD.match(line) is not None or _BEGINNING.fullmatch(line) is not None


def without_headers(lines: list[Line]) -> list[Line]:
    """The lines without the headers of forwarded mails: three or more of their fields, one behind another.

    A field may go on over a line that is no field. The numbers of the lines that stay do not change. A short text above
    the first header is a note.
    """
    left_out: set[int] = set()
    place = 0
    while place < len(lines):
        end = _end_of_header(lines, place)
        left_out.update(range(place, end))
        place = max(end, place + 1)
    first = min(left_out, default=0)
    above = sum(len(line.text) for line in lines[:first])
    is_short = _LEAST_QUOTED * above <= sum(len(line.text) for line in lines[first:])
    notes = first if is_short else 0
    return [replace(line, is_note=at < notes or line.is_note) for at, line in enumerate(lines) if at not in left_out]


def is_forwarded(lines: Sequence[Line]) -> bool:
    """Whether a program has written above a mail that it was forwarded: a text with a few fields alone is no mail."""
    begun = (place for place, line in enumerate(lines) if line.text and _BEGINNING.fullmatch(line.text))
    return any(_FIELD.match(line.text) for place in begun for line in lines[place + 1 : place + 3])


def _end_of_header(lines: list[Line], start: int) -> int:
    """The place behind a header that begins here; `start` if none does."""
    place, fields, last = start, 0, start
    begins = _BEGINNING.fullmatch(lines[place].text) is not None
    if _ATTRIBUTION.fullmatch(lines[place].text):
        return place + 1
    if not begins and not _FIELD.match(lines[place].text):
        return place
    if begins:
        place = last = place + 1
    while place < len(lines) and place - last <= 1:
        line = lines[place]
        if _FIELD.match(line.text):
            fields, last = fields + 1, place + 1
        elif line.blank and fields:
            break
        place += 1
    if fields >= _FEWEST_FIELDS:
        return last
    return start + 1 if begins else start
