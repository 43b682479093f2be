"""The wrong address of a report without a pledge, put right from its thanks: nothing is left with the wrong mailbox."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, a_group, a_pledge, a_recipient, an_action
from tests.web.supporters.test_reminders import paths_in
from ua_tracker import tally
from ua_tracker.models import Mail, Report

FORM = "/en/actions/ua-12-26/letters?group=montreal"
TYPED = {"letters_1": "3", "letters_2": "1", "channel": "fax", "sent_on": "2026-03-08", "name": "Amal"}


@pytest.fixture
def app(mailing_app):
    return mailing_app


@pytest.fixture
def action(session):
    a_group(session)
    return an_action(session)


@pytest.fixture
def sent(app, mail_server):
    def sent():
        before = len(mail_server.mails)
        app.test_cli_runner().invoke(args=["reminders", "queue"])
        app.test_cli_runner().invoke(args=["outbox", "send"])
        return mail_server.mails[before:]

    return sent


def reported(reader, email: str, htmx: bool = True, **typed):
    """The thanks for a report with this address."""
    return reader.get(FORM).submit("Report these letters", htmx=htmx, **{**TYPED, "email": email, **typed})


def standing(session) -> list[Report]:
    session.expire_all()
    return list(session.scalars(select(Report).where(Report.voided_at.is_(None))))


@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_address_is_put_right_and_the_wrong_mailbox_keeps_nothing(reader, session, action, sent, htmx):
    thanks = reported(reader, "anal@example.org", htmx)
    [wrong] = sent()
    right = thanks.submit("Use this address", htmx=htmx, email="amal@example.org")
    assert "on its way to amal@example.org" in right.text
    assert "Minister of Justice: 3" in right.text
    [mail] = sent()
    assert (mail["To"], wrong["To"]) == ("amal@example.org", "anal@example.org")
    mine = reader.get(paths_in(mail)["mine"])
    assert "Thank you, Amal!" in mine.text
    assert reader.get(paths_in(wrong)["mine"]).status == 404
    [report] = standing(session)
    stored = (report.name, report.letters, report.channel, str(report.sent_on), report.group.slug)
    assert stored == ("Amal", 3, "fax", "2026-03-08", "montreal")
    assert {line.recipient.kind: line.letters for line in report.lines} == {"target": 3, "copy": 1}
    assert (reader.get("/en/actions/ua-12-26").count("letters-sent"), tally.check(session)) == (3, [])
    for row in (*session.query(Report), *session.query(Mail)):
        assert "anal" not in str(vars(row))
    mine.submit("Take this report back")
    assert (standing(session), tally.check(session)) == ([], [])


def test_a_receipt_that_has_not_gone_out_does_not_go_to_the_wrong_mailbox(reader, session, action, sent):
    reported(reader, "anal@example.org").submit("Use this address", htmx=True, email="amal@example.org")
    assert [mail["To"] for mail in sent()] == ["amal@example.org"]


@pytest.mark.parametrize("htmx", [False, True])
def test_a_second_press_and_each_change_of_mind_count_once(reader, session, action, sent, htmx):
    page = reported(reader, "a@example.org", htmx)
    for address in ("b@example.org", "a@example.org", "b@example.org", "B@Example.org"):
        for _ in range(2):
            again = page.submit("Use this address", htmx=htmx, email=address)
            assert f"on its way to {address}" in again.text
        page = again
    assert [report.email for report in standing(session)] == ["b@example.org"]
    assert (reader.get("/en/actions/ua-12-26").count("letters-sent"), tally.check(session)) == (3, [])
    assert {mail["To"] for mail in sent()} == {"b@example.org"}


def test_without_an_address_the_link_is_shown_and_a_slip_is_asked_about(reader, session, action):
    asked = reported(reader, "anal@example.org").submit("Use this address", htmx=True, email="amal@gmial.com")
    assert "Is this address right: amal@gmial.com?" in asked.text
    refused = asked.submit("Report these letters", htmx=True, email="nobody")
    assert (refused.status, "Write the address as name@example.org" in refused.text) == (422, True)
    shown = [refused.submit("Report these letters", htmx=True, email="") for _ in range(2)]
    links = {page.soup.select_one("#private-link")["href"] for page in shown}
    [report] = standing(session)
    assert (len(links), report.email, report.letters, tally.check(session)) == (1, None, 3, [])
    assert "Thank you, Amal!" in reader.get(links.pop()).text


def test_the_pledge_of_the_right_address_is_reported_and_that_of_the_wrong_one_is_not(
    reader, session, clock, action, sent
):
    """A stranger learns neither from the first answer nor from the second whether the address has a pledge."""
    zoe, amal = (a_pledge(session, action, email=f"{who}@example.org", letters=3) for who in ("zoe", "amal"))
    sent()
    thanks = reported(reader, "zoe@example.org")
    assert [mail["To"] for mail in sent()] == ["zoe@example.org"]
    right = thanks.submit("Use this address", htmx=True, email="amal@example.org")
    assert right.text == thanks.text.replace("zoe@", "amal@")
    assert [report.pledge_id for report in standing(session)] == [amal.id]
    [receipt] = sent()
    assert "Thank you, Amal!" in reader.get(paths_in(receipt)["mine"]).text
    clock.at = NOON + timedelta(days=3)
    told = {mail["To"]: mail["Subject"] for mail in sent()}
    assert told == {"zoe@example.org": "The last days for letters: TEACHER HELD WITHOUT CHARGE"}
    assert (zoe.withdrawn_at, tally.check(session)) == (None, [])


def test_what_the_owner_of_the_wrong_mailbox_took_back_is_not_reported_again_unasked(reader, session, action, sent):
    thanks = reported(reader, "zoe@example.org")
    [wrong] = sent()
    reader.get(paths_in(wrong)["mine"]).submit("Take this report back")
    refused = thanks.submit("Use this address", htmx=True, email="amal@example.org")
    assert "was taken back since, so nothing was added now" in refused.text
    assert standing(session) == []
    assert "on its way to amal@example.org" in refused.submit("Report these letters", htmx=True).text
    assert [(report.email, report.letters) for report in standing(session)] == [("amal@example.org", 3)]


def test_who_does_not_have_the_key_of_the_form_takes_nothing_from_anybody(reader, session, action):
    reported(reader, "zoe@example.org")
    thanks = reported(reader, "eve@example.org", letters_1="1")
    refused = thanks.submit("Use this address", htmx=True, email="eva@example.org", instead_of="zoe@example.org")
    assert refused.status == 422
    assert sorted(one.email for one in standing(session)) == ["eve@example.org", "zoe@example.org"]


def test_letters_go_along_to_whom_they_were_sent_while_the_office_changes_the_recipients(reader, session, action):
    thanks = reported(reader, "anal@example.org")
    action.recipients[1].position = 3
    session.add(a_recipient(action, "target", 2, role="Prime Minister"))
    session.commit()
    thanks.submit("Use this address", htmx=True, email="amal@example.org")
    [report] = standing(session)
    assert {line.recipient.title: line.letters for line in report.lines} == {"Minister of Justice": 3, "Ambassador": 1}
