"""The history: who changed what, and when."""

from datetime import UTC, datetime

import pytest

from tests.factories import NOON
from ua_tracker import audit


def test_the_office_reads_the_history_newest_first_and_by_subject_actor_and_event(session):
    for number in range(4):
        audit.note(
            session, actor=("rosa", "zoe")[number % 2], event=("edited", "closed")[number // 2],
            subject=f"ua-{number % 2}", now=NOON, after={"goal": number},
        )  # fmt: skip
        session.commit()
    told = [line.after["goal"] for line in audit.listing(session).entries]
    assert told == [3, 2, 1, 0]
    for filters, numbers in (
        ({"subject": "ua-1"}, [3, 1]),
        ({"actor": "rosa"}, [2, 0]),
        ({"event": "closed"}, [3, 2]),
        ({"subject": "ua-1", "event": "edited"}, [1]),
    ):
        assert [line.after["goal"] for line in audit.listing(session, **filters).entries] == numbers


def test_pages_follow_each_other_without_a_gap_while_the_history_grows(session):
    for number in range(120):
        audit.note(session, actor="rosa", event="edited", subject="ua-1", now=NOON, after={"goal": number})
        session.flush()
    session.commit()
    numbers, older = [], None
    while True:
        page = audit.listing(session, subject="ua-1", older=older)
        numbers += [line.after["goal"] for line in page.entries]
        audit.note(session, actor="rosa", event="edited", subject="ua-1", now=NOON, after={"goal": 999})
        session.commit()
        if page.older is None:
            break
        older = page.older
    assert numbers == list(range(119, -1, -1))


def test_an_event_that_no_page_has_words_for_is_refused(session):
    with pytest.raises(ValueError, match="not one of"):
        audit.note(session, actor="rosa", event="tweaked", subject="ua-1", now=NOON)
    assert audit.listing(session).entries == []


def test_only_what_differs_is_noted(session):
    same = {"actor": "rosa", "event": "edited", "subject": "ua-1", "now": NOON}
    assert not audit.changed(session, **same, before={"goal": 1}, after={"goal": 1})
    assert audit.changed(session, **same, before={"goal": 1, "title": "x"}, after={"goal": 2, "title": "x"})
    session.commit()
    [line] = audit.listing(session).entries
    assert (line.before, line.after) == ({"goal": 1}, {"goal": 2})


@pytest.mark.parametrize(("value", "told"), [(datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00+00:00"), (3, 3)])
def test_values_are_stored_as_json_can_hold_them(value, told):
    assert audit.plain(value) == told
