"""Reads recipients with name, role, address, phone and fax numbers, e-mail and salutation from a block of lines."""

import re
from dataclasses import dataclass, field

from ua_tracker.actions.recipients import WrittenRecipient
from ua_tracker.importing.draft import (
    BROKEN_EMAIL,
    MASKED_EMAIL,
    NO_ADDRESS,
    NOT_UNDERSTOOD,
    WHICH_IS_NAME,
    Draft,
)
from ua_tracker.importing.text import Line

_LABELS = {
    "phones": r"tel(?:ephone)?s?|phones?|ph|tél(?:éphone)?|cell|mobiles?",
    "fax": r"fax(?:es)?|téléc(?:opieur)?",
    "email": r"e-?mails?|courriels?",
    "x": r"x\s*/\s*twitter|twitter\s*/\s*x|x|twitter",
    "salutation": r"salutations?|formule d[’']appel",
    "other": r"web\s?sites?|web|facebook|instagram|whats\s?app|linkedin|telegram|youtube|contact\s+form",
}
_LABEL = re.compile(
    r"(?<![\w@])(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items()) + r")\s*\.?\s*:(?!//)\s*",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MASKED = re.compile(r"\[\s*e?-?mail\s*protected\s*\]|\s\((?:a|at)\)\s|\S\(at\)\S", re.IGNORECASE)
_CUT = re.compile(r"[-@.]$|@\S*\.\s+\w|\s@|@\s")
_HANDLE = re.compile(r"(?:(?:https?://)?(?:www\.)?(?:x|twitter)\.com/|@)([A-Za-z0-9_]{1,15})\b")
_NUMBER = re.compile(r"\+?\s*[(\d][\d\s().\-–]*\d|-\s?\d+|\d+")
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
    """A recipient whose lines are being read."""

    first_line: int
    words: list[str] = field(default_factory=list)
    contacts: dict[str, list[str]] = field(default_factory=dict)
    email_is_broken: bool = False
    lacks_address: bool = True

    def add(self, label: str, values: list[str]) -> None:
        if not self.contacts:
            self.lacks_address = len(self.words) <= 2
        known = self.contacts.setdefault(label, [])
        known.extend(value for value in values if value not in known)


def recipients_in(lines: list[Line], kind: str, draft: Draft) -> list[WrittenRecipient]:
    """The recipients of a section, in order. Uncertain lines become doubts of the draft.

    A new recipient begins where a name or a role follows contact lines (phone, e-mail …), or a blank line after an
    address. A blank line alone does not begin one. Other text after contact lines becomes a doubt and is left out.
    """
    entries: list[_Entry] = []
    after_blank = True
    for place, line in enumerate(lines):
        if line.blank:
            after_blank = True
            continue
        words, labelled = _split(line.text)
        if words and (not entries or _begins_anew(entries[-1], words, lines[place + 1 :], after_blank)):
            entries.append(_Entry(line.number))
        if not entries:
            entries.append(_Entry(line.number))
        if words:
            _take_words(entries[-1], words, line, draft)
        for label, text in labelled:
            _take_labelled(entries[-1], label, text, line, draft)
        draft.note(line.number, kind, line.text)
        after_blank = False
    return [_recipient(entry, draft) for entry in entries]


def _begins_anew(entry: _Entry, words: str, following: list[Line], after_blank: bool) -> bool:
    second = _split(following[0].text)[0] if following and not following[0].blank else ""
    named_first = bool(second) and not _PLACE.search(words) and _is_role(second) and not _is_role(words)
    is_person = bool(_HONORIFIC.match(words)) or (_is_role(words) and not _PLACE.search(words)) or named_first
    if entry.contacts:
        return is_person or (after_blank and bool(second))
    return after_blank and len(entry.words) >= 3 and is_person


def _take_words(entry: _Entry, words: str, line: Line, draft: Draft) -> None:
    greeting = entry.contacts.get("salutation")
    if greeting and not greeting[-1].endswith((",", ":", ".", "!", ";")):
        greeting[-1] = f"{greeting[-1]} {words}"
    elif not entry.contacts or entry.lacks_address:
        entry.words.append(words)
    else:
        draft.doubt(NOT_UNDERSTOOD, line.number, text=words[:80])


def _take_labelled(entry: _Entry, label: str, text: str, line: Line, draft: Draft) -> None:
    if label == "other":
        draft.doubt(NOT_UNDERSTOOD, line.number, text=line.text[:80])
        return
    if label == "email" and text:
        if _MASKED.search(text):
            draft.doubt(MASKED_EMAIL, line.number)
        elif _CUT.search(text) or entry.email_is_broken or not _EMAIL.search(text):
            entry.email_is_broken = True
            draft.doubt(BROKEN_EMAIL, line.number, text=text[:80])
            return
    entry.add(label, _values(label, text))


def _split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text before the first label of the line, and each label with the text that follows it."""
    found = list(_LABEL.finditer(text))
    if not found:
        bare = re.fullmatch(r"\S+@\S+", text.strip())
        return ("", [("email", text)]) if bare else (text.strip(), [])
    ends = [*(match.start() for match in found[1:]), len(text)]
    labelled = [
        (str(match.lastgroup), text[match.end() : end].strip(" |")) for match, end in zip(found, ends, strict=True)
    ]
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
    """The numbers in a text like `(613) 238-7881, -7882 or 83`. A short number replaces the end of the first one."""
    numbers: list[str] = []
    for part in re.split(r"[,;/|]|\bor\b|\band\b|\bou\b", text):
        found = _NUMBER.search(part)
        if not found:
            continue
        digits = re.sub(r"^\+\s+", "+", found[0].strip())
        short = digits.lstrip("-– ")
        if numbers and short.isdigit() and len(short) < 5:
            numbers.append(numbers[0][: -len(short)] + short)
        else:
            numbers.append(part[found.start() :].strip(" .") if "ext" in part.lower() else digits)
    return numbers


def _recipient(entry: _Entry, draft: Draft) -> WrittenRecipient:
    role, name, address = _role_and_name(entry, draft)
    contacts = entry.contacts
    if not address and not contacts.keys() - {"salutation"}:
        draft.doubt(NO_ADDRESS, entry.first_line, text=role or name or "")
    return WrittenRecipient(
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
    """Splits the first lines into role, name and address. The order is role, name (Canada) or name, role (embassies).

    Honorifics and titles of office decide which line is which.
    """
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
