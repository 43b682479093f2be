"""Public notes about corrections."""

import pytest
from sqlalchemy import select

from tests.factories import NOON, an_action
from tests.waiting import meanwhile
from ua_tracker import public_notes, refusals, tally
from ua_tracker.models import Action, AuditEntry


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_note_sent_twice_at_once_is_stored_once(session):
    action = an_action(session)
    words = {"text": "Counted twice.", "language": "en", "actor": "rosa", "now": NOON}

    number = action.id
    public_notes.add(session, action, **words)
    meanwhile(session, lambda other: public_notes.add(other, other.get(Action, number), **words))
    assert len(public_notes.of(session, action)) == 1


def test_a_note_about_a_correction_is_published(session):
    action = an_action(session)
    before = tally.read_with_revision(session, action.id)[1]
    public_notes.add(session, action, "900 letters were not real.", "en", actor="rosa", now=NOON)
    public_notes.add(session, action, "900 letters were not real. ", "en", actor="rosa", now=NOON)
    public_notes.add(session, action, " 900 lettres étaient fausses. ", "fr", actor="rosa", now=NOON)
    with pytest.raises(refusals.EmptyNote):
        public_notes.add(session, action, " ", "en", actor="rosa", now=NOON)
    told = [(note.language, note.text) for note in public_notes.of(session, action)]
    assert told == [("fr", "900 lettres étaient fausses."), ("en", "900 letters were not real.")]
    assert tally.read_with_revision(session, action.id)[1] > before
    assert session.scalars(select(AuditEntry.event)).all() == ["note added", "note added"]
