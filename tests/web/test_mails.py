"""What arrives in Amal's mailbox, and what does not."""

import re
from datetime import date, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import html5lib
import pytest
from bs4 import BeautifulSoup
from icalendar import Calendar
from sqlalchemy import select

from tests.factories import NOON, PASSWORD, SECRET, a_coordinator, an_action
from tests.mail_server import MailServer
from tests.reader import CoordinatorReader, Reader
from tests.web.test_stored_text import World
from ua_tracker import outbox
from ua_tracker.models import Base, Mail, Pledge, PrivateLink
from ua_tracker.web.mails import KINDS

PAGE = "/en/actions/ua-12-26"
LINK = re.compile(r"http://localhost(/(?:en|fr)/pledges/[A-Za-z0-9_-]{43})\b")
AMAL = {"name": "Amal", "letters": "3", "email": "amal@example.org"}


@pytest.fixture
def office(mail_server):
    return mail_server


@pytest.fixture
def app(mailing_app):
    return mailing_app


@pytest.fixture
def run(app):
    """Runs a command line as typed after `flask --app app outbox`."""

    def run(*words: str) -> str:
        result = app.test_cli_runner().invoke(args=["outbox", *words])
        failed = "could not be sent now" in result.output
        assert result.exit_code == int(failed), result.output
        return result.output

    return run


def words(mail: EmailMessage, kind: str = "plain") -> str:
    return mail.get_body((kind,)).get_content()


def link_in(mail: EmailMessage) -> str:
    [in_text], [in_page] = set(LINK.findall(words(mail))), set(LINK.findall(words(mail, "html")))
    assert in_text == in_page
    return in_text


def everything(session) -> dict[str, list]:
    """Every row of every table."""
    session.rollback()
    return {table.name: sorted(map(str, session.execute(select(table)))) for table in Base.metadata.sorted_tables}


def test_amal_finds_her_private_link_in_her_mailbox(reader, session, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL, write_on="2026-03-12")
    assert office.mails == []
    assert "1 pledge_made: sent" in run("send")
    [mail] = office.mails
    assert (mail["To"], mail["From"]) == ("amal@example.org", "Letters <letters@example.org>")
    assert mail["Subject"] == "Your pledge: TEACHER HELD WITHOUT CHARGE"
    assert "You promised 3 letters. You wanted to write on March 12, 2026." in words(mail)
    assert "Letters sent by Sunday, March 15, 2026 count, that day included." in words(mail)
    mine = reader.get(link_in(mail))
    assert "Thank you, Amal! You promised 3 letters." in mine.text
    assert "Nothing is due." in run("send")


def test_the_page_in_the_mail_is_valid_loads_nothing_and_follows_nobody(reader, session, run, office):
    an_action(session, title="<b>HELD</b> & hidden")
    reader.get(PAGE).submit("I will write", **AMAL)
    run("send")
    page = words(office.mails[0], "html").replace("\r\n", "\n")
    html5lib.HTMLParser(strict=True).parse(page)
    soup = BeautifulSoup(page, "html5lib")
    assert soup.html["lang"] == "en"
    assert soup.title.get_text() == "Your pledge: <b>HELD</b> & hidden"
    assert soup.select("img, script, link, iframe, style, [src], form") == []
    assert all(link["href"].startswith("http://localhost/") and "?" not in link["href"] for link in soup.select("a"))
    assert "<b>HELD</b> & hidden" in words(office.mails[0])


def test_what_was_typed_is_not_sent_to_somebody_elses_mailbox(reader, session, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **{**AMAL, "name": "Win money at evil.example"})
    reader.get(PAGE).submit("I will write", **{**AMAL, "name": "Win money at evil.example"})
    run("send")
    assert len(office.mails) == 2
    assert all("evil" not in mail.as_string() for mail in office.mails)


def test_the_last_day_comes_along_as_a_calendar_file_without_the_private_link(reader, session, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    run("send")
    [file] = office.mails[0].iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("deadline.ics", "text/calendar")
    [event] = Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 3, 15), date(2026, 3, 16))
    assert event["SUMMARY"] == "Last day for letters: TEACHER HELD WITHOUT CHARGE"
    assert event["URL"] == f"http://localhost{PAGE}"
    assert event["UID"] == "deadline-ua-12-26@example.org"
    assert len(event.walk("VALARM")) == 1
    assert "/pledges/" not in file.get_content()


def test_each_supporter_is_written_to_in_the_own_language(reader, session, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    reader.get("/fr/actions/ua-12-26").submit("Je vais écrire", name="Zoé", letters="1", email="zoe@example.org")
    reader.get(PAGE).submit("I will write", name="Bea", letters="2", email="bea@example.org")
    run("send")
    by_reader = {mail["To"]: mail for mail in office.mails}
    french = by_reader["zoe@example.org"]
    assert french["Subject"] == "Votre promesse\u00a0: TEACHER HELD WITHOUT CHARGE"
    assert "Vous avez promis une lettre." in words(french)
    assert "dimanche 15 mars 2026" in words(french)
    assert link_in(french).startswith("/fr/")
    assert "Merci, Zoé!" in reader.get(link_in(french)).text
    assert by_reader["bea@example.org"]["Subject"].startswith("Your pledge")


def test_only_the_owner_of_the_mailbox_learns_what_an_earlier_pledge_promised(reader, session, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    reader.get(PAGE).submit("I will write", name="Zoe", letters="9", email="AMAL@example.org")
    run("send")
    first, second = office.mails
    assert second["To"] == "amal@example.org"
    assert second["Subject"] == "You have already pledged: TEACHER HELD WITHOUT CHARGE"
    assert "You promised 3 letters." in words(second)
    assert "9" not in words(second).replace(link_in(second), "")
    assert link_in(second) != link_in(first)
    for mail in (first, second):
        assert "Thank you, Amal! You promised 3 letters." in reader.get(link_in(mail)).text


def test_whoever_presses_again_and_again_fills_nobodys_mailbox(reader, session, run, office, clock):
    an_action(session)
    for _ in range(5):
        reader.get(PAGE).submit("I will write", **AMAL)
    run("send")
    assert len(office.mails) == 2
    assert len(session.scalars(select(PrivateLink)).all()) == 2
    clock.pass_by(hours=1)
    reader.get(PAGE).submit("I will write", **AMAL)
    run("send")
    assert len(office.mails) == 3


def test_a_double_click_queues_one_mail(reader, session, run, office):
    an_action(session)
    page = reader.get(PAGE)
    for _ in range(3):
        page.submit("I will write", **AMAL)
    run("send")
    assert [mail["Subject"][:11] for mail in office.mails] == ["Your pledge"]


def test_a_supporter_without_an_address_gets_the_link_on_the_screen_and_no_mail(reader, session, run):
    an_action(session)
    answer = reader.get(PAGE).submit("I will write", htmx=True, name="Amal", letters="3")
    assert answer.soup.select_one("#private-link")
    assert "Nothing is due." in run("send")


def test_the_link_lies_nowhere_in_the_database_and_the_address_no_longer_than_needed(reader, session, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    before = everything(session)
    assert any("amal@example.org" in row for row in before["mails"])
    run("send")
    after, token = everything(session), link_in(office.mails[0]).rpartition("/")[2]
    for rows in (before, after):
        assert not any(token in row for table in rows.values() for row in table)
    assert not any("amal" in row for row in after["mails"])
    assert session.scalars(select(Mail.facts)).one() == {}


def test_after_a_change_of_the_secret_a_waiting_mail_brings_a_link_that_opens(reader, session, app, an_app, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    settings = {"MAIL_URL": office.url, "MAIL_FROM": "letters@example.org", "PUBLIC_URL": "http://localhost"}
    changed = an_app(SECRET_KEY="new", SECRET_KEY_FALLBACKS=app.config["SECRET_KEY"], **settings)
    assert "sent" in changed.test_cli_runner().invoke(args=["outbox", "send"]).output
    assert Reader(changed).get(link_in(office.mails[0])).status == 200


def test_a_pledge_withdrawn_before_its_mail_was_sent_sends_none(reader, session, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    session.scalars(select(Pledge)).one().withdrawn_at = NOON
    session.commit()
    assert "1 pledge_made: not needed" in run("send")
    assert office.mails == []


def test_a_scanner_that_opens_every_link_in_a_mail_changes_nothing(reader, session, run, office):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    reader.get(PAGE).submit("I will write", **AMAL)
    run("send")
    before = everything(session)
    found = {link for mail in office.mails for kind in ("plain", "html")
             for link in re.findall(r"http://localhost(/[^\s<\"]*)", words(mail, kind))}  # fmt: skip
    assert len(found) >= 4
    for path in found:
        assert reader.get(path).status == 200
        reader.client.head(path).close()
    assert everything(session) == before


def test_the_server_is_down_for_three_tries_then_up_and_each_mail_arrives_once(reader, session, run, office, clock):
    an_action(session)
    office.down()
    readers = [f"reader{number}@example.org" for number in range(4)]
    for address in readers:
        reader.get(PAGE).submit("I will write", **{**AMAL, "email": address})
    for pause in outbox.PAUSES[:3]:
        for _ in readers:
            assert "failed (the mail server is not available: ConnectionRefusedError)" in run("send")
        assert "Nothing is due." in run("send")
        clock.at += pause
    office.up()
    assert "4 pledge_made: sent" in run("send")
    clock.pass_by(days=10)
    assert "Nothing is due." in run("send")
    assert sorted(mail["To"] for mail in office.mails) == readers
    assert len({mail["Message-ID"] for mail in office.mails}) == 4


@pytest.mark.parametrize(
    ("answer", "ending"),
    [
        ("550 5.1.1 <amal@example.org>: no such user", "given up (the address was refused: 550 5.1.1)"),
        ("450 4.2.0 <amal@example.org>: greylisted", "failed (the address was refused: 450 4.2.0)"),
    ],
)
def test_an_address_refused_for_good_is_given_up_and_one_refused_for_now_is_not(
    reader, session, run, office, clock, answer, ending
):
    an_action(session)
    office.answers["amal@example.org"] = answer
    reader.get(PAGE).submit("I will write", **AMAL)
    assert f"1 pledge_made: {ending}" in run("send")
    assert "amal" not in run("status")
    office.answers.clear()
    clock.pass_by(hours=1)
    assert ("sent" in run("send")) == answer.startswith("4")


def test_a_mail_refused_for_what_it_is_is_kept_for_another_try(reader, session, run, office, clock):
    an_action(session)
    office.verdict = "554 5.7.1 not from you"
    reader.get(PAGE).submit("I will write", **AMAL)
    for pause in (*outbox.PAUSES, timedelta()):
        assert "(the mail was refused: 554 5.7.1)" in run("send")
        clock.at += pause
    assert "10 tries: the mail was refused: 554 5.7.1; outbox retry sends it" in run("status")
    office.verdict = "250 OK"
    assert "1 queued again." in run("retry")
    assert "1 pledge_made: sent" in run("send")


def test_the_status_says_what_waits_since_when_and_where_mails_go(reader, session, run, an_app, clock):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    clock.pass_by(minutes=10)
    assert "waiting         1 (due since 2026-03-10 16:00 UTC)" in run("status")
    assert "MAIL_URL" not in run("status")
    told = an_app().test_cli_runner().invoke(args=["outbox", "status"]).output
    assert "MAIL_URL is not set" in told


def test_without_a_mail_server_a_mail_is_a_file_that_opens(session, an_app, tmp_path):
    an_action(session)
    app = an_app()
    Reader(app).get(PAGE).submit("I will write", **AMAL)
    assert "1 pledge_made: sent" in app.test_cli_runner().invoke(args=["outbox", "send"]).output
    [file] = (tmp_path / "mail").glob("*.eml")
    mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    assert mail["From"] == "UA Tracker <ua-tracker@localhost>"
    [path] = set(re.findall(r"http://127\.0\.0\.1:8000(/en/pledges/\S+)", words(mail)))
    assert Reader(app).get(path).status == 200


@pytest.mark.parametrize(("host", "comes"), [("127.0.0.1", True), ("127.0.0.2", False)])
def test_a_password_travels_unencrypted_within_this_machine_only(session, an_app, host, comes):
    an_action(session)
    office = MailServer(host, password="geheim").up()
    app = an_app(MAIL_URL=office.url, MAIL_FROM="letters@example.org", PUBLIC_URL="http://localhost")
    Reader(app).get(PAGE).submit("I will write", **AMAL)
    output = app.test_cli_runner().invoke(args=["outbox", "send"]).output
    office.down()
    assert (len(office.mails), office.signed_in) == ((1, [b"geheim"]) if comes else (0, []))
    assert comes or "it offers no encryption or no sign-in" in output
    assert "geheim" not in output


@pytest.mark.parametrize("kind", ["starttls", "smtps"])
def test_a_server_that_cannot_encrypt_gets_nothing_when_encryption_was_asked_for(session, an_app, office, kind):
    an_action(session)
    url = office.url.replace("smtp://", f"{kind}://")
    app = an_app(MAIL_URL=url, MAIL_FROM="letters@example.org", PUBLIC_URL="http://localhost")
    Reader(app).get(PAGE).submit("I will write", **AMAL)
    assert "failed (the mail server is not available" in app.test_cli_runner().invoke(args=["outbox", "send"]).output
    assert office.mails == []


def test_an_invitation_goes_to_its_mailbox_and_onto_no_screen(app, office, run, session):
    oda = CoordinatorReader(app)
    a_coordinator(session)
    oda.sign_in("oda@example.org", PASSWORD)
    typed = {"email": "gus@example.org", "role": "office"}
    told = oda.get("/fr/dashboard/coordinators").submit("Inviter quelqu’un", **typed)
    assert told.status == 303
    page = told.follow()
    assert "L’invitation est en route vers gus@example.org." in page.html
    assert "/login/password/" not in page.html
    run("send")
    [mail] = office.mails
    assert (mail["To"], "Invitation à coordonner" in mail["Subject"]) == ("gus@example.org", True)
    [link] = set(re.findall(r"http://localhost(/fr/login/password/\S+)", words(mail)))
    gus = CoordinatorReader(app)
    gus.get(link).submit("Enregistrer ce mot de passe", new_password="four other plain words")
    assert gus.get("/fr/dashboard/").status == 200  # signed in: the link proves the mailbox


def test_a_coordinator_who_forgot_the_password_chooses_another_by_mail(app, office, run, session):
    oda = CoordinatorReader(app)
    a_coordinator(session)
    for address in ("oda@example.org", "nobody@example.org", "oda@example.org"):
        told = oda.get("/en/login/forgotten").submit("Send me a link", email=address).follow()
        assert "a mail with a link is on its way" in told.text
    run("send")
    [mail] = office.mails
    assert mail["To"] == "oda@example.org"
    [link] = set(re.findall(r"http://localhost(/en/login/password/\S+)", words(mail)))
    assert not [row for row in session.scalars(select(Mail)) if link.rsplit("/", 1)[1] in str(row.facts)]
    oda.get(link).submit("Set this password", new_password="four other plain words")
    assert oda.get(link).status == 404
    assert oda.sign_in("oda@example.org", PASSWORD).status == 422
    assert oda.sign_in("oda@example.org", "four other plain words").status == 303


WITHOUT_BUTTON = {"address_changed", "several"}  # nothing to do; many things to do


def test_each_mail_has_one_heading_and_one_button_whose_link_stands_below_as_text(an_app, session, tmp_path):
    """No part but the button has a colour of its own, so that a dark mail program shows it dark."""
    app = an_app(SECRET_KEY=SECRET, PUBLIC_URL="https://letters.example.org", SITE_ACCENT="#8a1c5a")
    World(app, session, fill=lambda _session: set())
    app.test_cli_runner().invoke(args=["outbox", "send"])
    bare = 0
    for path in (tmp_path / "mail").glob("*.eml"):
        mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        page = BeautifulSoup(words(mail, "html"), "html5lib")
        assert len(page.select("h1")) == 1
        assert page.select_one("meta[name=color-scheme]")["content"] == "light dark"
        assert not page.select("img, link, style, script, table, [bgcolor], [background]")
        found = page.select("a[style*=background]")
        for button in found:
            assert "background:#8a1c5a;color:#ffffff" in button["style"]
            below = [one.get_text() for one in button.find_all_next("a") if one["href"] == button["href"]]
            assert below == [button["href"]]
            assert button["href"] in words(mail)
            del button["style"]
        looks = " ".join(one["style"] for one in page.select("[style]"))
        assert not re.search("background|[^-]color:(?!inherit)", looks)
        assert len(found) <= 1
        bare += not found
    assert set(session.scalars(select(Mail.kind).where(Mail.ending == "sent"))) == set(KINDS)
    assert bare == len(WITHOUT_BUTTON)
