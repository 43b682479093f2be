"""Letters ready to send: text, postal address and mailto link for each recipient.

The text around the demands is in the action's language, because the demands are.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import quote

from babel import Locale

from ua_tracker import languages
from ua_tracker.models import Action, Recipient
from ua_tracker.refusals import marked

# Mail programs cut or refuse longer links: Outlook at about 2,000 characters.
LONGEST_LINK = 1800
# Names of countries that are used in addresses and that CLDR does not have.
OTHER_NAMES = ("UK", "USA", "U.S.A.", "United States of America", "Russian Federation", "Viet Nam", "Myanmar")

GREETING = marked("Dear Sir or Madam,")
OPENING = marked(
    "I am writing to you because I am deeply concerned about what Amnesty International reports "
    "of people in danger (%(country)s)."
)
ASKING = marked("I respectfully ask you to act:")
CLOSING = marked("I would be grateful to hear from you what has been done.")
FAREWELL = marked("Yours sincerely,")
COPY_NOTE = marked("I am sending you, for your information, what I have written to %(recipient)s.")
SUBJECT = marked("People in danger: %(country)s")


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


def letters(action: Action) -> list[Letter]:
    """A letter to each target, then one to each recipient of a copy, in the action's order."""
    cc = [address for one in action.copies for address in one.email]
    found = [Letter(one, envelope(one), text(action, one), _mail(action, one, cc)) for one in action.targets]
    first = action.targets[0] if action.targets else None
    return found + [Letter(one, envelope(one), text(action, one, copy_of=first), None) for one in action.copies]


def text(action: Action, to: Recipient, copy_of: Recipient | None = None) -> str:
    """The text from the salutation to the closing. For a copy it names `copy_of`, the target of the letter."""
    say = languages.catalogue(action.language).gettext
    parts = [to.salutation or say(GREETING)]
    if copy_of is not None:
        parts.append(say(COPY_NOTE) % {"recipient": copy_of.title})
    parts += [
        say(OPENING) % {"country": action.country},
        say(ASKING),
        "\n".join(f"{number}. {demand}" for number, demand in enumerate(action.demands, start=1)),
        say(CLOSING),
        f"{say(FAREWELL)}\n\n",
    ]
    return "\n\n".join(parts)


def envelope(to: Recipient) -> list[str]:
    """The lines of the postal address: the country last, on its own line, in capitals (UPU, S42).

    The last part of the address is treated as a country only if it is a known country name.
    """
    above = [line for line in (to.name, to.role) if line]
    lines = [line.strip().rstrip(",") for line in to.address_lines if line.strip()]
    if not lines:
        return above
    rest, comma, last = lines[-1].rpartition(",")
    if last.strip().casefold() not in _countries(*(one.locale for one in languages.LANGUAGES.values())):
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
    say = languages.catalogue(action.language).gettext
    if not to.email:
        return None
    return mailto(to.email, cc, say(SUBJECT) % {"country": action.country}, text(action, to))


@cache
def _countries(*locales: str) -> frozenset[str]:
    """What countries are called in the languages of these locales, whatever the region."""
    spoken = {Locale.parse(locale).language for locale in locales}
    names = {name for one in spoken for name in Locale(one).territories.values()}
    return frozenset(name.casefold() for name in (*names, *OTHER_NAMES))
