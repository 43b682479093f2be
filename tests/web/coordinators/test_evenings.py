"""Fourteen people, thirty-one letters, no names: a letter evening is entered."""

from tests.factories import NOON, a_group, a_recipient, an_action
from ua_tracker import actions, tally
from ua_tracker.models import Report

EVENING = "/en/dashboard/ua-12-26/evening"
TYPED = {"people": "14", "letters_1": "31", "letters_2": "12", "sent_on": "2026-03-09", "channel": "post"}


def test_an_evening_is_one_entry_of_the_own_group(montreal, session):
    action = an_action(session)
    a_group(session, "toronto", "Toronto Group")
    form = montreal.get(EVENING)
    assert [option["value"] for option in form.soup.select("#group option")] == ["montreal"]
    done = form.submit("Enter the evening", **TYPED, group="montreal")
    assert form.submit("Enter the evening", **TYPED, group="montreal").status == 303  # pressed twice
    assert "The evening is entered. Thank you all!" in done.follow().html
    entry = session.query(Report).one()
    assert (entry.people, entry.name, entry.email, entry.group.slug) == (14, None, None, "montreal")
    assert tally.read_groups(session, action.id)["montreal"].letters_sent == 31
    assert tally.check(session) == []


def test_another_groups_evening_cannot_be_entered(montreal, session):
    action = an_action(session)
    a_group(session, "toronto", "Toronto Group")
    assert montreal.get(EVENING).submit("Enter the evening", **TYPED, group="toronto").status == 422
    assert tally.read(session, action.id).letters_sent == 0


def test_the_numbers_go_with_their_recipients_whatever_places_they_have_meanwhile(montreal, session):
    action = an_action(session)
    form = montreal.get(EVENING)
    minister, ambassador = action.targets[0], action.copies[0]
    session.add(a_recipient(action, "target", 1, role="Prime Minister"))
    minister.position, ambassador.position = 2, 3
    session.commit()
    assert form.submit("Enter the evening", **TYPED, group="montreal").status == 303
    assert {line.recipient: line.letters for line in session.query(Report).one().lines} == {
        minister: 31,
        ambassador: 12,
    }


def test_letters_to_a_removed_recipient_are_shown_and_nothing_is_entered(montreal, session):
    action = an_action(session)
    form = montreal.get(EVENING)
    action.copies[0].retired_at = NOON
    session.commit()
    told = form.submit("Enter the evening", **TYPED, group="montreal")
    assert told.status == 422
    assert "some letters (12) were entered for one who is no longer among them" in told.text
    assert session.query(Report).count() == 0
    assert told.submit("Enter the evening", group="montreal").status == 303
    assert tally.read(session, action.id).letters_sent == 31


def test_a_retry_is_known_again_also_when_a_recipient_was_taken_out_meanwhile(montreal, session):
    action = an_action(session)
    form = montreal.get(EVENING)
    form.submit("Enter the evening", **TYPED, group="montreal")
    action.copies[0].retired_at = NOON
    session.commit()
    assert form.submit("Enter the evening", **TYPED, group="montreal").status == 303
    assert (session.query(Report).count(), tally.read(session, action.id).letters_sent) == (1, 31)


def test_an_error_after_the_end_shows_the_end_and_what_was_typed(office, session, clock):
    action = an_action(session)
    a_group(session)
    form = office.get(EVENING)
    actions.close(session, action, actions.ENDED, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    told = form.submit("Enter the evening", **{**TYPED, "people": ""}, group="montreal")
    assert told.status == 409
    assert "What you had typed" in told.text
    assert "31" in told.text


def test_a_second_evening_from_the_same_page_gets_a_message_and_is_then_entered(montreal, session):
    action = an_action(session)
    form = montreal.get(EVENING)
    form.submit("Enter the evening", **TYPED, group="montreal")
    told = form.submit("Enter the evening", **{**TYPED, "people": "9"}, group="montreal")
    assert told.status == 422
    assert "An evening was entered with this page before (letters: 43), so nothing was added now." in told.text
    assert "31" in montreal.get(told.soup.find("a", string="See what was stored before")["href"]).text
    assert session.query(Report).count() == 1
    assert told.submit("Enter the evening", group="montreal").status == 303
    assert sorted(entry.people for entry in session.query(Report)) == [9, 14]
    assert tally.read(session, action.id).letters_sent == 62


def test_after_the_days_of_grace_there_is_no_form(office, session, clock):
    an_action(session)
    clock.pass_by(days=60)
    office.sign_in("oda@example.org", "three plain words")
    page = office.get(EVENING)
    assert "Letters can no longer be reported." in page.text
    assert not page.soup.select("form.box")
