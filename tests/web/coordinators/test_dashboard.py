"""The coordinators' pages: the pace of an action, its plot, and what can be done with it."""

from datetime import date, timedelta

from tests.factories import NOON, PASSWORD, a_group, a_pledge, a_report, an_action
from ua_tracker import actions
from ua_tracker.models import AuditEntry

ACTION = "/en/dashboard/ua-12-26"


def test_the_list_shows_each_actions_pace(office, session):
    a_report(session, an_action(session), target=40)
    an_action(session, slug="ua-13-26", title="A DRAFT", published_at=None)
    page = office.get("/en/dashboard/")
    assert "TEACHER HELD WITHOUT CHARGE" in page.text
    assert "A DRAFT" in page.text
    assert "10 (too slow)" in page.text  # sixty letters in the six days to the deadline, that day included


def test_a_group_sees_no_drafts_and_its_own_number(montreal, session):
    action = an_action(session)
    an_action(session, slug="ua-13-26", title="A DRAFT", published_at=None)
    a_report(session, action, target=3, group="montreal")
    a_report(session, action, target=9)
    page = montreal.get("/en/dashboard/")
    assert "A DRAFT" not in page.text
    assert montreal.get("/en/dashboard/ua-13-26").status == 404
    shown = montreal.get(ACTION)
    assert (shown.count("group-letters-sent"), shown.count("letters-sent")) == (3, 12)
    assert "Letters by group" not in shown.text


def test_an_action_has_a_plot_in_words_lines_and_a_table(office, session):
    action = an_action(session)
    a_group(session)
    a_pledge(session, action, letters=7)
    a_report(session, action, target=3, group="montreal", channel="fax", sent_on=date(2026, 3, 9))
    page = office.get(ACTION)
    assert "3 of 100 letters sent, 7 pledged." in page.text
    svg = page.soup.select_one("#plot > svg")
    assert svg["role"] == "img"
    assert "3 of 100 letters sent" in svg["aria-label"]
    assert len(svg.select("polyline.letters, polyline.pledged, polyline.needed")) == 3
    row = page.soup.select_one("#plot table tbody tr:nth-of-type(2)")
    assert [cell.get_text() for cell in row.select("th, td")] == ["March 9, 2026", "3", "3", "0", "0"]
    assert "Fax 3" in page.text
    assert "Groupe de Montréal 3" in page.text
    assert office.get(f"{ACTION}/plot").soup.select_one("#plot > svg")


def test_what_was_edited_since_it_was_looked_at_is_not_published(office, session):
    action = an_action(session, published_at=None)
    shown = office.get(ACTION)
    actions.edit(session, action, {"title": "ANOTHER TEXT"}, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    told = shown.submit("The public sees nothing")
    assert told.status == 409
    assert "Somebody else changed “ua-12-26” while you were working on it." in told.text
    assert office.get("/en/actions/ua-12-26").status == 404
    assert told.submit("The public sees nothing").status == 303
    assert office.get("/en/actions/ua-12-26").status == 200


def test_a_group_sees_its_own_numbers_in_the_plot_and_no_goal_of_all(montreal, session):
    action = an_action(session)
    a_report(session, action, target=3, group="montreal")
    a_report(session, action, target=9)
    page = montreal.get(ACTION)
    svg = page.soup.select_one("#plot > svg")
    assert svg["aria-label"] == "Your group: 3 letters sent, 0 pledged."
    assert not svg.select(".goal, .needed")


def test_an_action_that_was_closed_early_keeps_the_pace_it_had(office, session, clock):
    action = an_action(session, published_at=NOON - timedelta(days=4))
    a_report(session, action, target=40)
    actions.close(session, action, actions.ENDED, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    before = office.get(ACTION).soup.select_one("#plot p").get_text()
    clock.pass_by(days=4)
    office.sign_in("oda@example.org", PASSWORD)
    assert "That is 8 a day" in before
    after = office.get(ACTION)
    assert after.soup.select_one("#plot p").get_text() == before
    assert not after.soup.select("#plot .needed")


def test_what_was_typed_to_close_or_extend_stays_when_somebody_was_quicker(office, session):
    action = an_action(session)
    page = office.get(ACTION)
    actions.edit(session, action, {"title": "ANOTHER TEXT"}, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    told = page.submit("Close now", reason="good news", outcome="She is free.")
    assert (told.status, told.soup.select_one("details[open] #outcome").get_text().strip()) == (409, "She is free.")
    later = page.submit("New deadline", deadline="2026-03-20")
    again = office.get(ACTION)
    assert (later.status, later.soup.select_one("details[open] #new-deadline")["value"]) == (409, "2026-03-20")
    assert later.submit("New deadline").status == 303
    assert page.submit("Close now", reason="good news", outcome="She is home.").status == 409
    closed = office.get(ACTION).submit("Close now", reason="good news", outcome="She is free.")
    assert closed.status == 303
    assert "March 25, 2026" in again.submit("New deadline", deadline="2026-03-25").text
    late = told.submit("Close now", reason="good news", outcome="She is home.")
    assert (late.status, "She is home." in late.text) == (409, True)


def test_published_twice_is_published_once_and_recorded_once(office, session):
    an_action(session, published_at=None)
    page = office.get(ACTION)
    for _ in range(2):
        assert page.submit("The public sees nothing").status == 303
    assert [line.event for line in session.query(AuditEntry) if line.subject == "ua-12-26"] == ["published"]


def test_publish_extend_close_and_reopen(office, session):
    an_action(session, published_at=None)
    assert "draft" in office.get(ACTION).text
    published = office.get(ACTION).submit("The public sees nothing").follow()
    assert "The action is published." in published.html
    assert office.get("/en/actions/ua-12-26").status == 200
    extended = published.submit("New deadline", deadline="2026-03-20").follow()
    assert "Friday, March 20, 2026" in extended.text
    closed = extended.submit("Close now", reason="good news", outcome="She is free.").follow()
    assert "Good news" in closed.text
    assert "She is free." in office.get("/en/actions/ua-12-26").text
    again = closed.submit("Reopen").follow()
    assert "The action is reopened; its deadline applies." in again.html
    assert again.soup.select_one("#counter[hx-get]")


def test_a_note_to_the_public_is_on_the_page(office, session):
    an_action(session)
    said = office.get(ACTION).submit("Note to the public", note="We had counted one evening twice.")
    assert said.status == 303
    assert "We had counted one evening twice." in office.get("/en/actions/ua-12-26").text
