"""The quick totals against the ledger."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from tests.factories import NOON, a_group, a_pledge, a_report, an_action
from ua_tracker import letters, tally
from ua_tracker.models import ActionTally, Base, GroupTally, Report
from ua_tracker.tally import Difference
from ua_tracker.totals import Tally

groups = st.sampled_from([None, "montreal", "ottawa"])
events = st.lists(
    st.one_of(
        st.tuples(st.just("pledge"), st.integers(1, 500), groups),
        st.tuples(st.just("report"), st.integers(1, 500), groups),
        st.tuples(st.just("void"), st.integers(0, 20), st.none()),
    ),
    max_size=12,
)


@given(events)
@settings(max_examples=40)
def test_whatever_people_do_the_tally_equals_the_ledger(events):
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        action = an_action(session)
        for slug in ("montreal", "ottawa"):
            a_group(session, slug, slug)
        for event, number, group in events:
            reports = session.query(Report).all()
            if event == "pledge":
                a_pledge(session, action, letters=number, group=group)
            elif event == "report":
                a_report(session, action, target=number, copy=number % 3, group=group)
            elif reports:
                letters.void(session, reports[number % len(reports)], "a mistake", NOON, actor="tests")
        session.commit()
        assert tally.check(session) == []
        parts = tally.read_groups(session, action.id).values()
        assert sum(part.letters_sent for part in parts) <= tally.read(session, action.id).letters_sent
    engine.dispose()


def test_every_move_is_seen_in_the_revision(session):
    action = an_action(session)
    before = session.get(ActionTally, action.id).revision
    a_pledge(session, action)
    session.expire_all()
    assert session.get(ActionTally, action.id).revision == before + 1


def test_a_wrong_tally_is_named_and_put_right(session):
    action = an_action(session)
    a_group(session, "montreal")
    a_pledge(session, action, letters=4, group="montreal")
    a_report(session, action, sent_on=date(2026, 3, 1))
    session.execute(update(ActionTally).values(letters_sent=99))
    session.execute(update(GroupTally).values(letters_pledged=0))
    differences = tally.check(session)
    truth = Tally(pledges=1, letters_pledged=4, letters_sent=2, copies_sent=1)
    assert differences == [
        Difference(action.slug, None, Tally(1, 4, 99, 1), truth),
        Difference(action.slug, "montreal", Tally(1, 0, 0, 0), Tally(1, 4, 0, 0)),
    ]
    assert tally.recount(session) == differences
    assert tally.check(session) == []
    assert tally.read(session, action.id) == truth
