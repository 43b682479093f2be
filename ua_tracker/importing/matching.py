"""Finds the action that a document is about, and the values in which they differ. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from ua_tracker import audit
from ua_tracker.actions import issues, recipients
from ua_tracker.actions.issues import Issue
from ua_tracker.actions.recipients import AnyRecipient
from ua_tracker.importing.draft import Draft
from ua_tracker.models import Action

_TEXTS = (
    *("sequence", "ai_index", "country", "issued", "title", "summary", "demands", "background"),
    *("deadline", "deadline_wording"),
)
_OFFICE = {
    "office_name": "name",
    "office_address": "address_lines",
    "office_phones": "phones",
    "office_fax": "fax",
    "office_email": "email",
}

_SNAPSHOT = (*_TEXTS, "lead", "language", "goal", "timezone", *_OFFICE)


@dataclass(frozen=True)
class Words:
    """What the office chose for an imported action: its title, and the sentence under it (an empty one removes it).

    `short_name` is the slug of an action whose document has neither UA number nor AI index; others do not use it.

    None keeps the present text. A title of a document that differs from the present one only in case does not replace
    it either, because the office has chosen that case. `language` is that of the text. `is_whole` says that the office
    has looked at every value of the draft: then an empty one replaces the present one, also of a published action.
    `typed` names the values that it changed.
    """

    title: str | None = None
    lead: str | None = None
    language: str | None = None
    short_name: str | None = None
    is_whole: bool = False
    typed: tuple[str, ...] = ()


DOCUMENTS_WORDS = Words()


@dataclass(frozen=True)
class Compared:
    """An existing action, and the values that the document would change: old and new by field."""

    action: Action
    changed: dict[str, tuple[Any, Any]]


def compare(
    session: Session,
    draft: Draft,
    *,
    goal: int | None,
    timezone: str | None = None,
    words: Words = DOCUMENTS_WORDS,
) -> Compared | None:
    """What `saving.save` would change in the existing action; None for a new action. Stores nothing."""
    case = issues.case_of(session, draft.ua_number)
    action = issues.find(session, issue_of(draft, words), case, to_write=False)
    if action is None:
        return None
    before = snapshot(action)
    said = {name: audit.plain(value) for name, value in wanted(action, draft, words).items()}
    after = {**before, **said, "goal": goal or action.goal, "timezone": timezone or action.timezone}
    after["recipients"] = [_of_kind(kind, one) for kind, one in people(action, draft, words)]
    return Compared(action, differing(before, after))


def issue_of(draft: Draft, words: Words) -> Issue:
    """The values by which the action of this document is found: those of the draft, and the office's short name."""
    return replace(draft.issue, short_name=words.short_name or None)


def wanted(action: Action, draft: Draft, words: Words = DOCUMENTS_WORDS) -> dict[str, Any]:
    """The draft's values by the action's columns. Empty values do not replace those of a published action, unless the
    office has looked at them.
    """
    values = {name: getattr(draft, name) for name in _TEXTS}
    values |= {name: values[name] or "" for name in ("country", "title")}
    found = {name: value for name, value in values.items() if value or words.is_whole or not action.published_at}
    if draft.deadline == action.deadline and not draft.deadline_wording:
        found.pop("deadline_wording", None)
    if words.title or differs_in_case_alone(action, draft):
        found["title"] = words.title or action.title
    if words.language:
        found["language"] = words.language
    found["lead"] = action.lead if words.lead is None else words.lead or None
    if draft.office:
        found |= {column: getattr(draft.office, part) for column, part in _OFFICE.items()}
    return found


def differs_in_case_alone(action: Action, draft: Draft) -> bool:
    """Whether the action has the document's title, in whatever case."""
    return bool(draft.title) and action.title.lower() == str(draft.title).lower()


def people(action: Action, draft: Draft, words: Words = DOCUMENTS_WORDS) -> list[tuple[str, AnyRecipient]]:
    """The recipients of the action after this document, targets first, each with its kind.

    A published action keeps its targets, or its copies, if none were found in the document.
    """
    keeps = action.published_at and not words.is_whole
    targets: Sequence[AnyRecipient] = draft.targets or (action.targets if keeps else [])
    copies: Sequence[AnyRecipient] = draft.copies or (action.copies if keeps else [])
    if draft.targets and not draft.copies:
        copies = _without(copies, targets)
    elif draft.copies and not draft.targets:
        rest = _without(targets, copies)
        targets, copies = (rest, copies) if rest else (targets, _without(copies, targets))
    return [("target", one) for one in targets] + [("copy", one) for one in copies]


def _without(these: Sequence[AnyRecipient], those: Sequence[AnyRecipient]) -> list[AnyRecipient]:
    return [one for one in these if not any(_is_same(one, other) for other in those)]


def _is_same(one: AnyRecipient, other: AnyRecipient) -> bool:
    """Whether both are the same recipient: the same name, or the same role if both have no name."""
    if one.name or other.name:
        return one.name == other.name
    return one.role is not None and one.role == other.role


def snapshot(action: Action) -> dict[str, Any]:
    """The values that the history compares, in a form that JSON can store."""
    values = {name: audit.plain(getattr(action, name)) for name in _SNAPSHOT}
    values["recipients"] = [_of_kind(recipient.kind, recipient) for recipient in action.recipients]
    return values


def differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The values that differ: old and new by name."""
    return {name: (before[name], after[name]) for name in after if before[name] != after[name]}


def _of_kind(kind: str, recipient: AnyRecipient) -> dict[str, Any]:
    return {"kind": kind, **recipients.parts(recipient)}
