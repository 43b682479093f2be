"""Public notes about corrections, on the page of an action."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import actions, audit, refusals, tally
from ua_tracker.models import Action, AuditEntry, PublicNote

LARGE, LARGE_PART = 20, 0.05  # letters, and their part of the count, from which on the page says so by itself


def add(session: Session, action: Action, text: str, language: str, *, actor: str, now: datetime) -> PublicNote:
    """Adds a public note about a correction; `language` (en or fr) is the language of the text.

    The same text is stored once: a second call returns the existing note. Raises EmptyNote.
    """
    if not text.strip():
        raise refusals.EmptyNote()
    actions.lock(session, action)  # so that a double click adds one note
    standing = next((note for note in of(session, action) if note.text == text.strip()), None)
    if standing is not None:
        return standing
    note = PublicNote(action_id=action.id, text=text.strip(), language=language, at=now)
    session.add(note)
    audit.note(session, actor=actor, event="note added", subject=action.slug, now=now, after={"text": note.text})
    session.flush()
    tally.touch(session, action.id)
    return note


def of(session: Session, action: Action) -> list[PublicNote]:
    """The action's public notes, newest first, without those that were withdrawn."""
    query = select(PublicNote).where(PublicNote.action_id == action.id, PublicNote.withdrawn_at.is_(None))
    return list(session.scalars(query.order_by(PublicNote.at.desc(), PublicNote.id.desc())))


def standing(session: Session, *action_ids: int) -> list[PublicNote]:
    """The notes of these actions that are neither withdrawn nor about something undone, newest first."""
    query = select(PublicNote).where(
        PublicNote.action_id.in_(action_ids), PublicNote.withdrawn_at.is_(None), PublicNote.undone_at.is_(None)
    )
    return list(session.scalars(query.order_by(PublicNote.at.desc(), PublicNote.id.desc())))


def by_action(session: Session, actions: list[Action]) -> dict[int, list[PublicNote]]:
    """The same for many actions, by their ids, without those that have none."""
    found: dict[int, list[PublicNote]] = {}
    for note in standing(session, *(action.id for action in actions)):
        found.setdefault(note.action_id, []).append(note)
    return found


def withdraw(session: Session, action: Action, number: int, *, actor: str, now: datetime) -> None:
    """Takes a note off the action's page; the history keeps it. Does nothing the second time. Raises NoSuchEntry."""
    actions.lock(session, action)
    note = session.get(PublicNote, number)
    if note is None or note.action_id != action.id:
        raise refusals.NoSuchEntry()
    if note.withdrawn_at is None:
        note.withdrawn_at = now
        before = {"letters": note.letters} if note.letters else {"text": note.text}
        audit.note(session, actor=actor, event="note withdrawn", subject=action.slug, now=now, before=before)
        session.flush()
        tally.touch(session, action.id)


def tell_of(session: Session, action: Action, event: AuditEntry, letters: int, before: int) -> None:
    """Says in public that an event took so many letters out of a count of `before`, if that is a large part of it."""
    if letters >= LARGE and letters >= before * LARGE_PART:
        of_event = {"letters": letters, "event_id": event.id, "at": event.at}
        session.add(PublicNote(action_id=action.id, text="", language=action.language, **of_event))
        session.flush()


def tell_of_undoing(session: Session, event_id: int, letters: int, now: datetime) -> None:
    """Says beside the note about an event that it was undone, or how many are still out if so many came back."""
    for note in session.scalars(select(PublicNote).where(PublicNote.event_id == event_id)):
        if letters < (note.letters or 0):
            note.letters = (note.letters or 0) - letters
        else:
            note.undone_at = now
    session.flush()
