"""The page about those who have not reported, and the mail to them."""

import pytest
from sqlalchemy import func, select

from tests.factories import NOON, a_coordinator, a_group, a_pledge, a_report, an_action
from tests.reader import CoordinatorReader
from tests.web.test_mails import words
from ua_tracker import mailings
from ua_tracker.models import AuditEntry, Mail, Mailing, Pledge

PAGE = "/en/dashboard/ua-12-26/not-reported"


@pytest.fixture
def action(session):
    action = an_action(session)
    a_group(session, "halifax", "Halifax")
    a_pledge(session, action, email="amal@example.org", group="halifax")
    a_pledge(session, action, email="zoe@example.org", language="fr")
    a_pledge(session, action)
    return action


def test_the_number_the_reasons_and_the_text_in_both_languages_stand_before_the_button(office, action):
    page = office.get(PAGE)
    assert "Pledges that count and have no report: 3." in page.text
    assert "Would get a mail now 2 No mail: no e-mail address 1" in page.text
    shown = {one["lang"]: " ".join(one.get_text().split()) for one in page.soup.select(".mail")}
    assert shown["en"].startswith("Have you written? TEACHER HELD WITHOUT CHARGE")
    assert "You promised 3 letters. Letters sent by Sunday, March 15, 2026 count" in shown["en"]
    assert "/en/pledges/…/answer" in shown["en"]
    assert "Vous avez promis 3 lettres." in shown["fr"]
    for text in page.soup.select(".mail pre"):
        assert "\n\n\n" not in text.get_text(), "no two empty lines one after the other"
        assert "\n\n-- \n" in text.get_text()
    assert "Send it to 2 people" in page.text


def test_of_very_many_pledges_the_newest_are_counted_and_all_are_mailed(office, action, session, monkeypatch):
    monkeypatch.setattr(mailings, "MOST_LOOKED_AT", 2)
    page = office.get(PAGE)
    assert (
        "have no report: at least 2. Only the newest 2 pledges are looked at for these numbers. See the list"
        in page.text
    )
    assert "Would get a mail now at least 1 No mail: no e-mail address at least 1" in page.text
    assert "Send it to all whom it is for" in page.text
    assert "The mail goes to all whom it is for." in page.submit("Send the mail", sure="y").follow().soup.get_text()
    [event] = session.scalars(select(AuditEntry).where(AuditEntry.event == "mail asked for"))
    assert event.after == {"at_least": 1, "group": None}


def test_of_very_many_the_newest_may_all_have_no_address(office, action, session, monkeypatch):
    monkeypatch.setattr(mailings, "MOST_LOOKED_AT", 1)
    a_pledge(session, action, name="Ona")
    page = office.get(PAGE)
    assert page.submit("Send the mail", sure="y").status == 303


def test_the_button_needs_the_box_asks_once_and_leaves_a_number_in_the_history(office, action, session):
    page = office.get(PAGE)
    told = page.submit("Send the mail")
    assert (told.status, session.scalar(select(func.count()).select_from(Mailing))) == (422, 0)
    assert "Tick the box first" in told.text
    done = page.submit("Send the mail", sure="y")
    assert "The mail goes to 2 people." in done.follow().soup.get_text()
    again = page.submit("Send the mail", sure="y")
    assert (again.status, session.scalar(select(func.count()).select_from(Mailing))) == (409, 1)
    assert "It can be sent again from March 24, 2026 on" in again.text
    [event] = session.scalars(select(AuditEntry).where(AuditEntry.event == "mail asked for"))
    assert event.after == {"people": 2, "group": None}
    assert "mail sent to those who have not reported" in office.get("/en/dashboard/history").text


def test_a_group_sees_and_mails_its_own(app, session, action):
    momo = CoordinatorReader(app)
    group = a_group(session)
    a_coordinator(session, "momo@example.org", group)
    momo.sign_in("momo@example.org", "three plain words")
    assert "Pledges of the group Groupe de Montréal that count and have no report: 0." in momo.get(PAGE).text
    a_pledge(session, action, email="tim@example.org", group="montreal")
    page = momo.get(PAGE)
    assert "Send it to one person" in page.text
    assert page.submit("Send the mail", sure="y").status == 303
    assert session.scalars(select(Mailing.group_id)).one() == group.id


def test_a_draft_and_a_closed_action_have_no_button(office, session):
    an_action(session, slug="draft", published_at=None)
    a_pledge(session, action := an_action(session, slug="over"), email="amal@example.org")
    action.closed_at, action.closed_reason = NOON, "ended"
    session.commit()
    for slug in ("draft", "over"):
        assert not office.get(f"/en/dashboard/{slug}/not-reported").soup.select("main form")


def test_the_mail_has_the_button_of_the_reminders_and_goes_to_who_has_not_reported(
    mailing_app, session, mail_server, action
):
    oda = CoordinatorReader(mailing_app)
    a_coordinator(session)
    oda.sign_in("oda@example.org", "three plain words")
    oda.get(PAGE).submit("Send the mail", sure="y")
    run = mailing_app.test_cli_runner().invoke
    assert "2 queued." in run(args=["reminders", "queue"]).output
    a_report(session, action, pledge=session.scalars(select(Pledge).where(Pledge.language == "fr")).one())
    run(args=["outbox", "send"])
    [mail] = [one for one in mail_server.mails if "Have you written?" in one["Subject"]]
    assert mail["To"] == "amal@example.org"
    link = next(word for word in words(mail).split() if word.endswith("/answer"))
    answer = oda.get(link.removeprefix("http://localhost"))
    assert "Did you send your 3 letters?" in answer.text
    assert mail["List-Unsubscribe"]
    assert session.scalar(select(Mail.ending).where(Mail.kind == "not_reported", Mail.language == "fr")) == "moot"
