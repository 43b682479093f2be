"""Who is written to, and how are they reached? A block of lines becomes recipients."""

import re
from dataclasses import dataclass, field

from ua_tracker.importing.draft import MASKED_EMAIL, NO_ADDRESS, WHICH_IS_NAME, Draft, Recipient
from ua_tracker.importing.text import Line

_LABELS = {
    "phones": r"tel(?:ephone)?s?|phones?|ph|tél(?:éphone)?|cell",
    "fax": r"fax(?:es)?|téléc(?:opieur)?",
    "email": r"e-?mails?|courriels?",
    "x": r"x\s*/\s*twitter|twitter\s*/\s*x|x|twitter",
    "salutation": r"salutations?|formule d[’']appel",
}
_LABEL = re.compile(
    r"(?<![\w@])(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items()) + r")\s*\.?\s*:\s*",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MASKED = re.compile(r"\[\s*e?-?mail\s*protected\s*\]|\s\((?:a|at)\)\s|\S\(at\)\S", re.IGNORECASE)
_HANDLE = re.compile(r"(?:(?:https?://)?(?:www\.)?(?:x|twitter)\.com/|@)([A-Za-z0-9_]{1,15})\b")
_NUMBER = re.compile(r"[+(]?[\d(][\d\s().\-–]*\d|-\s?\d+|\d+")
_HONORIFIC = re.compile(
    r"^(?:(?:his|her|their)\s+excellency|h\.?\s?e\.?\s|s\.?\s?e\.?\s|(?:the\s+)?(?:right\s+)?hon(?:ou?rable|\.)\s|"
    r"mr\.?\s|mrs\.?\s|ms\.?\s|dr\.?\s|prof(?:\.|essor)\s|sheikh\s|sir\s)",
    re.IGNORECASE,
)
_OFFICE_HELD = re.compile(
    r"\b(?:minister|president|governor|prosecutor|attorney[\s-]general|solicitor[\s-]general|director|chief|general|"
    r"ambassador|commissioner|king|queen|emir|sultan|secretary|chair(?:man|woman|person)?|mayor|judge|justice|head|"
    r"commander|superintendent|warden|inspector|premier|chancellor|speaker|consul|chargé|rector|ceo|leader|ombuds\w+)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\d|,$|\b(?:street|st\.|ave(?:nue)?|road|rd|block|floor|secretariat|p\.?\s?o\.?\s?box|building|ministry|embassy|"
    r"high commission|palace|department|square|boulevard|blvd|house|office of|drive|city|province|state of|court of)\b",
    re.IGNORECASE,
)


@dataclass
class _Entry:
    """A recipient while its lines are read."""

    first_line: int
    words: list[str] = field(default_factory=list)
    contacts: dict[str, list[str]] = field(default_factory=dict)

    def add(self, label: str, values: list[str]) -> None:
        known = self.contacts.setdefault(label, [])
        known.extend(value for value in values if value not in known)


def recipients_in(lines: list[Line], kind: str, draft: Draft) -> list[Recipient]:
    """The recipients of a section, in order; what is unsure becomes a doubt of the draft.

    A new one begins where words follow contact lines, or where an office held follows a blank line;
    a blank line alone proves nothing.
    """
    entries: list[_Entry] = []
    after_blank = False
    for line in lines:
        if line.blank:
            after_blank = True
            continue
        words, labelled = _split(line.text)
        if words and (not entries or _begins_anew(entries[-1], words, after_blank)):
            entries.append(_Entry(line.number))
        if not entries:
            entries.append(_Entry(line.number))
        if words:
            entries[-1].words.append(words)
        for label, text in labelled:
            entries[-1].add(label, _values(label, text))
        if _MASKED.search(line.text):
            draft.doubt(MASKED_EMAIL, line.number)
        draft.note(line.number, kind, line.text)
        after_blank = False
    return [_recipient(entry, draft) for entry in entries]


def _begins_anew(entry: _Entry, words: str, after_blank: bool) -> bool:
    if entry.contacts:
        return True
    starts_person = bool(_HONORIFIC.match(words)) or (bool(_OFFICE_HELD.search(words)) and not _PLACE.search(words))
    return after_blank and len(entry.words) >= 3 and starts_person


def _split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The words before the first label of the line, and each label with the text that belongs to it."""
    found = list(_LABEL.finditer(text))
    if not found:
        bare = _EMAIL.fullmatch(text.strip())
        return ("", [("email", text)]) if bare else (text.strip(), [])
    ends = [*(match.start() for match in found[1:]), len(text)]
    labelled = [(str(match.lastgroup), text[match.end() : end].strip()) for match, end in zip(found, ends, strict=True)]
    return text[: found[0].start()].strip(" ,;|"), labelled


def _values(label: str, text: str) -> list[str]:
    if label == "email":
        return _EMAIL.findall(text)
    if label == "x":
        return [f"@{handle}" for handle in _HANDLE.findall(text)]
    if label == "salutation":
        return [text] if text else []
    return phone_numbers(text)


def phone_numbers(text: str) -> list[str]:
    """The numbers in a text such as `(613) 238-7881, -7882 or 83`: a short ending replaces the end of the first."""
    numbers: list[str] = []
    for part in re.split(r"[,;/|]|\bor\b|\band\b|\bou\b", text):
        found = _NUMBER.search(part)
        if not found:
            continue
        digits = found[0].strip()
        short = digits.lstrip("-– ")
        if numbers and short.isdigit() and len(short) < 5:
            numbers.append(numbers[0][: -len(short)] + short)
        else:
            numbers.append(part[found.start() :].strip(" .") if "ext" in part.lower() else digits)
    return numbers


def _recipient(entry: _Entry, draft: Draft) -> Recipient:
    role, name, address = _role_and_name(entry, draft)
    contacts = entry.contacts
    if not address and not contacts.keys() - {"salutation"}:
        draft.doubt(NO_ADDRESS, entry.first_line, text=role or name or "")
    return Recipient(
        role=role,
        name=name,
        address_lines=address,
        phones=contacts.get("phones", []),
        fax=contacts.get("fax", []),
        email=contacts.get("email", []),
        x=next(iter(contacts.get("x", [])), None),
        salutation=next(iter(contacts.get("salutation", [])), None),
    )


def _role_and_name(entry: _Entry, draft: Draft) -> tuple[str | None, str | None, list[str]]:
    """Role then name (Canada), or name then role (embassies): an honorific or an office held decides."""
    words = entry.words
    first, second, *_ = [*words, "", ""]
    if not first:
        return None, None, []
    if _is_role(first) and not _HONORIFIC.match(first):
        if second and not _PLACE.search(second) and len(second.split()) <= 6:
            return first, second, words[2:]
        if second and not _PLACE.search(second):
            draft.doubt(WHICH_IS_NAME, entry.first_line, text=second)
        return first, None, words[1:]
    if second and _is_role(second):
        return second, first, words[2:]
    if _HONORIFIC.match(first) or not _PLACE.search(first):
        return None, first, words[1:]
    return None, None, words


def _is_role(text: str) -> bool:
    return bool(_OFFICE_HELD.search(text)) and not re.search(r"\d|,$|\boffice of\b", text, re.IGNORECASE)
