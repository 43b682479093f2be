"""What mail programs put around the text that somebody forwards: quotation marks, and the header of the mail."""

import re

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


def unquoted(text: str) -> str:
    """The text without the `>` before quoted lines, where most lines are quoted, or many; else as it is.

    What stands outside the quotation is then a note of whoever forwards it. A short one is left out: it would be read
    as the title. The numbers of the lines do not change.
    """
    plain = _unquoted(text.splitlines())
    return text if plain is None else "\n".join(plain)


def unquoted_lines(lines: list[Line]) -> list[Line]:
    """The lines of a page that shows a mail, without the `>` before them, where `unquoted` takes these off."""
    plain = _unquoted([line.text for line in lines])
    if plain is None:
        return lines
    return without_headers(
        [
            line_of(line.number, text, heading=line.heading, bullet=line.bullet, page=line.page, column=line.column)
            for line, text in zip(lines, plain, strict=True)
        ]
    )


def _unquoted(lines: list[str]) -> list[str] | None:
    """As many lines without quotation marks and a short note; None where few lines have them."""
    marks = [_QUOTE.match(line) for line in lines]
    written = sum(1 for line in lines if line.strip())
    count = sum(1 for mark in marks if mark)
    if 2 * count < written and (count < _FEWEST_QUOTED or 4 * count < written):
        return None
    quoted = sum(len(line) for line, mark in zip(lines, marks, strict=True) if mark)
    noted = sum(len(line) for line, mark in zip(lines, marks, strict=True) if not mark)
    is_note = _LEAST_QUOTED * noted <= quoted
    kept = ("" if is_note and not _is_of_a_header(line) else line for line in lines)
    return [line[mark.end() :] if mark else note for line, mark, note in zip(lines, marks, kept, strict=True)]


def _is_of_a_header(line: str) -> bool:
    return _FIELD.match(line) is not None or _BEGINNING.fullmatch(line) is not None


def without_headers(lines: list[Line]) -> list[Line]:
    """The lines without the headers of forwarded mails: three or more of their fields, one behind another.

    A field may go on over a line that is no field. The numbers of the lines that stay do not change.
    """
    left_out: set[int] = set()
    place = 0
    while place < len(lines):
        end = _end_of_header(lines, place)
        left_out.update(range(place, end))
        place = max(end, place + 1)
    return [line for at, line in enumerate(lines) if at not in left_out]


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
