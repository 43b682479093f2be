"""Addresses beyond ASCII: sent where the mail server takes them, and refused at the form where it does not."""

import pytest
from sqlalchemy import select

from tests.factories import NOON, a_pledge, an_action, an_api_key
from tests.mail_server import MailServer
from tests.reader import Reader
from tests.web.sharing.test_write_api import Program
from ua_tracker import forgetting, mailboxes
from ua_tracker.models import Mail, Pledge
from ua_tracker.web import mail_reach

PAGE = "/en/actions/ua-12-26"
AMAL = {"name": "Amal", "letters": "3"}
BEYOND = "zo\u00e9@b\u00fccher.example"
REFUSED = "cannot send to letters such as"


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch):
    """As in a process that has just started."""
    monkeypatch.setattr(mail_reach, "_asked", {})


@pytest.fixture
def server(request):
    running = MailServer(utf8=getattr(request, "param", True)).up()
    yield running
    running.down()


@pytest.fixture
def app(an_app, server):
    return an_app(MAIL_URL=server.url, MAIL_FROM="letters@example.org", PUBLIC_URL="http://localhost")


@pytest.fixture
def send(app):
    return lambda: app.test_cli_runner().invoke(args=["outbox", "send"]).output


def typed(reader, email: str):
    return reader.get(PAGE).submit("I will write", **AMAL, email=email)


@pytest.mark.parametrize("server", [True, False], indirect=True)
def test_an_international_domain_needs_nothing_of_the_server(reader, session, send, server):
    an_action(session)
    assert typed(reader, "zoe@b\u00fccher.example").status != 422
    assert "1 pledge_made: sent" in send()
    assert server.mails[0]["To"] == "zoe@xn--bcher-kva.example"


def test_an_address_beyond_ascii_gets_its_mail_where_the_server_takes_it(reader, session, send, server):
    an_action(session)
    assert typed(reader, BEYOND.replace("\u00e9", "e\u0301")).status != 422, "written with a combining accent"
    assert "1 pledge_made: sent" in send()
    name = server.mails[0]["To"].addresses[0].username  # the parser reads bytes beyond ASCII as surrogates
    assert name.encode("utf-8", "surrogateescape").decode() == "zo\u00e9"
    again = typed(reader, BEYOND.upper())
    assert again.status != 422
    assert len(session.scalars(select(Pledge)).all()) == 1, "it is the same mailbox"


@pytest.mark.parametrize("server", [False], indirect=True)
def test_it_is_refused_at_every_form_where_the_server_does_not_take_it(reader, session, app, office, server):
    action = an_action(session)
    pledge = a_pledge(session, action, once_key="a", email=None)
    session.commit()
    refused = typed(reader, BEYOND)
    assert (refused.status, REFUSED in refused.text) == (422, True)
    assert BEYOND in refused.html
    letters = {"sent_on": "2026-03-10", "channel": "post", "letters-1": "1", "email": BEYOND}
    report = reader.get(f"{PAGE}/letters").submit("Report these letters", **letters)
    assert (report.status, REFUSED in report.text) == (422, True)
    mine = reader.get(PAGE).submit("I will write", **AMAL).follow()
    assert mine.submit("Use another address", email=BEYOND).status == 422
    invited = office.get("/en/dashboard/coordinators").submit("Invite somebody", email=BEYOND, role="office")
    assert (invited.status, REFUSED in invited.text) == (422, True)
    program = Program(app, an_api_key(session))
    lines = [{"recipient": action.recipients[0].id, "letters": 1}]
    for answer in (
        program.pledges({"name": "Amal", "letters": 3, "email": BEYOND}),
        program.reports({"letters": lines, "sent_on": "2026-03-10", "channel": "post", "email": BEYOND}),
    ):
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "#/email")
    assert session.scalars(select(Mail)).all() == []
    assert pledge.email is None


@pytest.mark.parametrize("server", [False], indirect=True)
def test_what_the_server_said_last_counts_also_when_it_is_away(reader, session, send, server):
    an_action(session)
    typed(reader, "amal@example.org")
    assert "1 pledge_made: sent" in send()
    server.down()
    assert typed(reader, BEYOND).status == 422


def test_a_server_that_was_never_reached_refuses_nothing_and_is_asked_once(reader, session, server):
    an_action(session)
    server.down()
    assert typed(reader, BEYOND).status != 422
    server.utf8 = False
    server.up()
    assert typed(reader, BEYOND).status != 422, "it was asked a moment ago"


def test_without_a_mail_server_every_address_is_taken(session, an_app):
    an_action(session)
    assert typed(Reader(an_app()), BEYOND).status != 422


def test_erasing_one_pledge_leaves_a_mail_of_several_to_another_spelling_of_the_mailbox(session):
    first, second = (
        a_pledge(session, an_action(session, slug=f"ua-{number}-26"), email=email, once_key=str(number))
        for number, email in enumerate(("zo\u00e9@example.org", "ZO\u00c9@Example.org"))
    )
    waiting = {"kind": "several", "language": "en", "facts": {"keys": {}}, "queued_at": NOON, "due_at": NOON}
    mailbox = mailboxes.hashed(str(first.email))
    session.add(Mail(once_key="several:1", address=first.email, mailbox=mailbox, message_id="m", **waiting))
    session.flush()
    of_several = select(Mail.address).where(Mail.once_key == "several:1")
    forgetting.erase(session, first, NOON)
    assert session.scalar(of_several) == "zo\u00e9@example.org"
    forgetting.erase(session, second, NOON)
    assert session.scalar(of_several) is None
