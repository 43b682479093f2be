"""Letters ready to send: text, postal address and mailto link for each recipient.

The text around the demands is in the action's language, because the demands are.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from math import ceil
from typing import TYPE_CHECKING
from urllib.parse import quote

from babel import Locale

from ua_tracker import deadlines, french_spaces, languages
from ua_tracker.importing import titles
from ua_tracker.models import Action, Recipient
from ua_tracker.refusals import marked

if TYPE_CHECKING:
    from babel.support import Translations

# Mail programs cut or refuse longer links: Outlook at about 2,000 characters.
LONGEST_LINK = 1800
# Names of countries that are used in addresses and that CLDR does not have.
OTHER_NAMES = ("UK", "USA", "U.S.A.", "United States of America", "Russian Federation", "Viet Nam", "Myanmar")

LONGEST_SUBJECT = 78  # characters (RFC 5322, 2.1.1)
LEAST_OF_A_CASE = 20  # characters of its title that a subject shows, however long the name of the country is
LONGEST_GREETED_ROLE = 60  # characters
LONGEST_SMALL_WORD = 3  # characters of words like "of" and "the" in the name of a country
# How long the browser of the writer keeps what was typed, if the action is not over before.
MOST_DAYS_KEPT = 30
# The last lines of a letter, which paper keeps together with the signature; `static/write.js` has the same numbers.
LAST_LINES, LAST_CHARACTERS = 8, 600

GREETING = marked("Dear Sir or Madam,")
GREETING_BY_ROLE = marked("Dear %(role)s,")
CASE = marked("“%(case)s”")
CASE_AND_COUNTRY = marked("“%(case)s” (%(country)s)")
OPENING = marked("I am writing to you about the case %(case)s.")
CONCERN = marked("What Amnesty International reports of it concerns me deeply.")
ASKING = marked("I respectfully ask you to act:")
CLOSING = marked("I would be grateful to hear from you what has been done.")
FAREWELL = marked("Yours sincerely,")
# The role with its article, in a language that has the same for every role.
ROLE = marked("the %(role)s")
COPY_NOTE = marked("I am sending you, for your information, what I have written to %(recipient)s.")
SUBJECT = marked("Urgent: %(case)s")
SUBJECT_AND_COUNTRY = marked("Urgent: %(case)s, %(country)s")

# The office that one person holds, as English documents write it, before any "of …". Others are bodies.
_HELD = re.compile(
    r"(?:minister|president|governor|prosecutor|general|director|ambassador|commissioner|secretary|chair(?:person)?|"
    r"mayor|judge|justice|head|chief|commander|superintendent|warden|inspector|premier|chancellor|speaker|consul|"
    r"rector|leader|ombudsperson|representative|registrar|administrator)$",
    re.IGNORECASE,
)
_AFTER_OFFICE = re.compile(r",|\(|\s(?:of|for|to|in|at|on|and)\s", re.IGNORECASE)
# A form of address with which a role can begin takes no article.
_ADDRESSED = re.compile(r"(?:his|her|their|mr|mrs|ms|dr|prof|sir|h\.? ?e)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    """A letter to one recipient: the postal address, the text, and the mailto link that opens a mail with the text.

    `mailto` is None for a copy, and when the recipient has no e-mail address.
    """

    to: Recipient
    envelope: list[str]
    text: str
    mailto: str | None

    @property
    def too_long(self) -> bool:
        """Whether the link is longer than 1,800 characters, so that some mail programs may cut it."""
        return self.mailto is not None and len(self.mailto) > LONGEST_LINK

    @property
    def parts(self) -> tuple[str, str]:
        """The text for paper: what may be divided between two sheets, and the last lines, which may not."""
        lines = self.text.rstrip().split("\n")
        first, length = len(lines), 0
        while first and len(lines) - first < LAST_LINES and length + len(lines[first - 1]) <= LAST_CHARACTERS:
            first -= 1
            length += len(lines[first])
        while first and not lines[first - 1]:
            first -= 1
        return "\n".join(lines[:first]), "\n".join(lines[first:])

    @property
    def rows(self) -> int:
        """About how many rows the text fills, for browsers that cannot make a field as tall as its text."""
        return max(16, 1 + sum(ceil(len(line) / 60) or 1 for line in self.text.split("\n")))


def letters(action: Action) -> list[Letter]:
    """A letter to each target, then one to each recipient of a copy, in the action's order."""
    cc = [address for one in action.copies for address in one.email]
    found = [Letter(one, envelope(one), text(action, one), _mail(action, one, cc)) for one in action.targets]
    first = action.targets[0] if action.targets else None
    return found + [Letter(one, envelope(one), text(action, one, copy_of=first), None) for one in action.copies]


def text(action: Action, to: Recipient, copy_of: Recipient | None = None) -> str:
    """The text from the salutation to the closing. For a copy it names `copy_of`, the target of the letter."""
    say = _catalogue_of(action).gettext
    parts = [to.salutation or greeting(to, action.language)]
    if copy_of is not None:
        parts.append(say(COPY_NOTE) % {"recipient": named(copy_of, action.language)})
    parts += [
        f"{say(OPENING) % {'case': _case(action)}} {say(CONCERN)}",
        say(ASKING),
        "\n".join(f"{number}. {demand}" for number, demand in enumerate(action.demands, start=1)),
        say(CLOSING),
        f"{say(FAREWELL)}\n\n",
    ]
    return "\n\n".join(parts)


def greeting(to: Recipient, code: str) -> str:
    """The salutation for a recipient whose document gives none, in the language of this code.

    In a language that greets everybody alike by the office, it names the office; never "Sir" for everybody.
    """
    say, role = languages.catalogue(code).gettext, to.role or ""
    is_held = len(role) <= LONGEST_GREETED_ROLE and _HELD.search(_AFTER_OFFICE.split(role)[0])
    if languages.known(code).greets_by_role and is_held and not _ADDRESSED.match(role):
        return say(GREETING_BY_ROLE) % {"role": role}
    return say(GREETING)


def named(to: Recipient, code: str) -> str:
    """The recipient inside a sentence in the language of this code: the role with its article, or else the name."""
    if not to.role or _ADDRESSED.match(to.role):
        return to.title
    article = languages.catalogue(code).gettext(ROLE)
    before = article.partition("%")[0]
    bare = to.role[len(before) :] if before and to.role.casefold().startswith(before.casefold()) else to.role
    return article % {"role": bare}


def subject(action: Action) -> str:
    """The subject of a mail: the case and the country, on at most 78 characters and not in capitals."""
    say, case, country = _catalogue_of(action).gettext, title(action), _country(action)
    form = SUBJECT if country.casefold() in case.casefold() else SUBJECT_AND_COUNTRY
    least = _shortened(case, LEAST_OF_A_CASE)
    around = len(say(form) % {"case": "", "country": country})
    shown = _shortened(case, max(len(least), LONGEST_SUBJECT - around))
    return _shortened(say(form) % {"case": shown, "country": country}, LONGEST_SUBJECT)


def title(action: Action) -> str:
    """The title of the case, in sentence case if it is written in capitals."""
    paragraphs = (*action.summary, *action.demands, *action.background)
    return titles.in_sentence_case(action.title, paragraphs, [_country(action)])


def days_kept(action: Action, now: datetime) -> int:
    """For how many days from now a browser keeps a letter that is typed: until it cannot be reported, 30 at most."""
    over = deadlines.reporting_closes_at(action)
    left = MOST_DAYS_KEPT if over is None else ceil((over - now).total_seconds() / (24 * 3600))
    return max(1, min(left, MOST_DAYS_KEPT))


def envelope(to: Recipient) -> list[str]:
    """The lines of the postal address: the country last, on its own line, in capitals (UPU, S42).

    The last part of the address is treated as a country only if it is a known country name.
    """
    above = [line for line in (to.name, to.role) if line]
    lines = [line.strip().rstrip(",") for line in to.address_lines if line.strip()]
    if not lines:
        return above
    rest, comma, last = lines[-1].rpartition(",")
    if last.strip().casefold() not in _names_of_countries():
        return [*above, *lines]
    return [*above, *lines[:-1], *([rest.strip()] if comma else []), last.strip().upper()]


def mailto(to: list[str], cc: list[str], subject: str, body: str) -> str:
    """A mailto URL (RFC 6068): lines end in CRLF, and reserved characters are percent-encoded."""
    lines = "\r\n".join(body.replace("\r\n", "\n").split("\n"))
    fields = [("subject", subject), ("body", lines)]
    if cc:
        fields.insert(0, ("cc", ",".join(cc)))
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields)
    return f"mailto:{','.join(quote(address, safe='@') for address in to)}?{query}"


def dated(day: date, action: Action) -> str:
    """The date for the head of the letter, in the action's language."""
    return languages.day(day, action.language)


def _mail(action: Action, to: Recipient, cc: list[str]) -> str | None:
    if not to.email:
        return None
    return mailto(to.email, cc, subject(action), text(action, to))


def _names_of_countries() -> frozenset[str]:
    return _countries(*(one.locale for one in languages.LANGUAGES.values()))


@cache
def _countries(*locales: str) -> frozenset[str]:
    """What countries are called in the languages of these locales, whatever the region."""
    spoken = {Locale.parse(locale).language for locale in locales}
    names = {name for one in spoken for name in Locale(one).territories.values()}
    return frozenset(name.casefold() for name in (*names, *OTHER_NAMES))


def _catalogue_of(action: Action) -> "Translations":
    """The sentences in the action's language, with the spaces of the country that its time zone is in."""
    return languages.catalogue(action.language, french_spaces.of_zone(action.timezone))


def _case(action: Action) -> str:
    """The case inside a sentence, with its country unless its title has it."""
    say, case, country = _catalogue_of(action).gettext, title(action), _country(action)
    form = CASE if country.casefold() in case.casefold() else CASE_AND_COUNTRY
    return say(form) % {"case": case.rstrip("."), "country": country}


def _country(action: Action) -> str:
    """The country, without the capitals in which documents print it."""
    calm = titles.in_sentence_case(action.country, ())
    if calm == action.country or calm.casefold() in _names_of_countries():
        return calm
    words = calm.split()
    return " ".join(word.capitalize() if len(word) > LONGEST_SMALL_WORD or word == words[0] else word for word in words)


def _shortened(text: str, most: int) -> str:
    """The text, or its beginning with an ellipsis, on at most this many characters; cut between words if it can be."""
    if len(text) <= most:
        return text
    beginning = text[: most - 1]
    whole = beginning if text[most - 1].isspace() else beginning.rpartition(" ")[0]
    return f"{(whole or beginning).rstrip(' ,;:.–-')}…"
