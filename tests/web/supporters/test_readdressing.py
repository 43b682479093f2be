"""An address that looked right and was wrong: put right from the thanks, and nothing is left with the wrong mailbox."""

import pytest
from sqlalchemy import select

from tests.factories import a_group, a_pledge, a_report, an_action
from tests.web.supporters.test_pledges import PAGE
from tests.web.supporters.test_reminders import paths_in
from tests.web.test_mails import words
from ua_tracker import tally
from ua_tracker.models import Mail, Pledge

TYPED = {"name": "Amal", "letters": "3", "group": "montreal", "write_on": "2026-03-12", "wants_outcome": "y"}


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
        app.test_cli_runner().invoke(args=["outbox", "send"])
        return mail_server.mails[before:]

    return sent


def standing(session) -> list[Pledge]:
    session.expire_all()
    return list(session.scalars(select(Pledge).where(Pledge.withdrawn_at.is_(None))))


@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_address_is_put_right_and_the_wrong_mailbox_keeps_nothing(reader, session, action, sent, htmx):
    thanks = reader.get(PAGE).submit("I will write", htmx=htmx, email="anal@example.org", **TYPED)
    [wrong] = sent()
    right = thanks.submit("Use this address", htmx=htmx, email="amal@example.org")
    assert "on its way to amal@example.org" in right.text
    [mail] = sent()
    assert (mail["To"], wrong["To"]) == ("amal@example.org", "anal@example.org")
    assert "You promised 3 letters" in reader.get(paths_in(mail)["mine"]).text
    assert reader.get(paths_in(wrong)["mine"]).status == 404
    [pledge] = standing(session)
    stored = (pledge.name, pledge.letters, pledge.group.slug, str(pledge.write_on), pledge.wants_outcome)
    assert stored == ("Amal", 3, "montreal", "2026-03-12", True)
    assert (reader.get(PAGE).count("letters-pledged"), tally.check(session)) == (3, [])
    for row in (*session.query(Pledge), *session.query(Mail)):
        assert "anal" not in str(vars(row))


def test_a_mail_that_has_not_gone_out_does_not_go_to_the_wrong_mailbox(reader, session, action, sent):
    thanks = reader.get(PAGE).submit("I will write", email="anal@example.org", **TYPED)
    thanks.submit("Use this address", email="amal@example.org")
    assert [mail["To"] for mail in sent()] == ["amal@example.org"]


@pytest.mark.parametrize("htmx", [False, True])
def test_a_second_press_and_a_change_of_mind_count_once(reader, session, action, sent, htmx):
    first = reader.get(PAGE).submit("I will write", htmx=htmx, email="a@example.org", **TYPED)
    for _ in range(2):
        second = first.submit("Use this address", htmx=htmx, email="b@example.org")
    for _ in range(2):
        third = second.submit("Use this address", htmx=htmx, email="a@example.org")
        assert "on its way to a@example.org" in third.text
    assert [pledge.email for pledge in standing(session)] == ["a@example.org"]
    assert (reader.get(PAGE).count("letters-pledged"), tally.check(session)) == (3, [])
    assert {mail["To"] for mail in sent()} == {"a@example.org"}


def test_without_an_address_the_link_is_shown_and_a_slip_is_asked_about(reader, session, action):
    thanks = reader.get(PAGE).submit("I will write", htmx=True, email="anal@example.org", name="Amal", letters="3")
    asked = thanks.submit("Use this address", htmx=True, email="amal@gmial.com")
    assert "Is this address right: amal@gmial.com?" in asked.text
    none = asked.submit("I will write", htmx=True, email="")
    assert none.soup.select_one("#private-link")
    [pledge] = standing(session)
    assert (pledge.email, pledge.letters, tally.check(session)) == (None, 3, [])


def test_it_tells_no_more_than_a_first_pledge_whose_address_has_one(reader, session, action, sent):
    """A stranger learns neither from the first answer nor from the second whether the address had a pledge."""
    a_pledge(session, action, email="zoe@example.org", letters=5)
    answers = []
    for wrong, right in (("zoe@example.org", "amal@example.org"), ("new@example.org", "zoe@example.org")):
        page = reader.get(PAGE)
        first = page.submit("I will write", htmx=True, email=wrong, name="Amal", letters="3")
        answers.append(first.submit("Use this address", htmx=True, email=right).soup.select_one(".thanks"))
    shown = [one.select_one(".plate").get_text() + one.select_one("h3").get_text() for one in answers]
    assert shown[0] == shown[1]
    assert sorted(pledge.email for pledge in standing(session)) == ["amal@example.org", "zoe@example.org"]
    assert tally.check(session) == []
    told = [mail for mail in sent() if mail["To"] == "zoe@example.org"]
    assert ["You promised 5 letters" in words(mail) for mail in told] == [True]


def test_a_pledge_that_was_used_since_stays_as_it_is(reader, session, action):
    thanks = reader.get(PAGE).submit("I will write", email="zoe@example.org", name="Zoe", letters="3")
    [pledge] = standing(session)
    a_report(session, action, pledge=pledge, target=1)
    thanks.submit("Use this address", email="amal@example.org")
    assert sorted(one.email for one in standing(session)) == ["amal@example.org", "zoe@example.org"]


def test_who_does_not_have_the_key_of_the_form_takes_nothing_from_anybody(reader, session, action):
    reader.get(PAGE).submit("I will write", email="zoe@example.org", name="Zoe", letters="3")
    thanks = reader.get(PAGE).submit("I will write", email="eve@example.org", name="Eve", letters="1")
    thanks.submit("Use this address", email="eva@example.org", instead_of="zoe@example.org")
    assert sorted(one.email for one in standing(session)) == ["eva@example.org", "eve@example.org", "zoe@example.org"]
