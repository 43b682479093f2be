"""How a mail is built and sent to the mail server."""

from datetime import date, timedelta
from email import policy
from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tests.factories import NOON
from ua_tracker import calendar_files, mailing
from ua_tracker.mail_failures import Refused
from ua_tracker.mailing import Attachment, Content

SENDER = mailing.sender_of("Bureau des lettres É <letters@example.org>")
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]


def a_message(**changes):
    values = {"sender": SENDER, "to": "amal@example.org", "message_id": "0f" * 16, "at": NOON}
    content = {"subject": "Your pledge", "text": "Hello\n", "html": "<p>Hello</p>\n"}
    content |= {name: changes.pop(name) for name in list(changes) if name in Content.__dataclass_fields__}
    return mailing.compose(**{**values, "content": Content(**content), **changes})


def as_received(message):
    """The mail as another program reads its bytes."""
    return BytesParser(policy=policy.default).parsebytes(message.as_bytes())


def test_a_mail_has_both_forms_a_fixed_number_and_says_that_a_machine_wrote_it():
    mail = as_received(a_message(text="Merci, Zoé\n", html="<p>Merci, Zoé</p>\n"))
    assert mail["Message-ID"] == f"<{'0f' * 16}@example.org>"
    assert mail["Date"].datetime == NOON
    assert mail["Auto-Submitted"] == "auto-generated"
    assert str(mail["From"]) == "Bureau des lettres É <letters@example.org>"
    assert mail.get_body(("plain",)).get_content().strip() == "Merci, Zoé"
    assert mail.get_body(("html",)).get_content().strip() == "<p>Merci, Zoé</p>"
    assert "List-Unsubscribe" not in mail


def test_a_link_to_unsubscribe_is_on_one_line_of_the_header_for_a_post(tmp_path):
    address = "https://letters.example.org/en/unsubscribe/" + "x" * 120
    message = a_message(unsubscribe=address)
    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in message.as_bytes()
    assert as_received(message)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("address", ["https://x.example/\r\nBcc: b@example.org", "mailto:a@example.org", "https://x>y"])
def test_a_link_to_unsubscribe_that_is_no_url_is_an_error(address):
    with pytest.raises(ValueError, match="unsubscribe"):
        a_message(unsubscribe=address)


def test_each_line_is_short_enough_and_ascii_for_any_server():
    attachment = Attachment("deadline.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n", {"method": "PUBLISH"})
    message = a_message(subject="É" * 300, text="é" * 5000, html="<p>" + "é" * 5000, attachments=(attachment,))
    lines = message.as_bytes().split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert message.as_bytes().isascii()
    [file] = as_received(message).iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "deadline.ics")
    assert file.get_content_charset() is None
    assert file["Content-Type"].params["method"] == "PUBLISH"


anything = st.text(st.characters(), max_size=120) | st.sampled_from(
    ["a\r\nBcc: b@example.org", "a\nBcc: b", "a\u2028Bcc: b", "a\x85b", "a\x00b", "\ud800", "=?utf-8?q?Bcc:_b?="]
)


@given(subject=anything, name=anything)
def test_whatever_a_title_or_a_name_holds_no_header_is_added_or_broken(subject, name):
    sender = mailing.named(mailing.sender_of("letters@example.org"), name)
    mail = as_received(a_message(subject=subject, sender=sender))
    assert mail.keys() == HEADERS
    assert mail["From"].addresses[0].addr_spec == "letters@example.org"
    assert mail["To"].addresses[0].addr_spec == "amal@example.org"
    assert not any(one in str(mail[header]) for header in ("Subject", "From") for one in "\r\n\x00\u202e\u2028")


@given(to=anything | anything.map(lambda text: f"{text}@example.org") | anything.map(lambda text: f"amal@{text}"))
def test_whatever_an_address_holds_it_is_one_address_or_refused(to):
    try:
        message = a_message(to=to)
    except Refused:
        return
    assert message.keys() == HEADERS
    [address] = message["To"].addresses
    assert not any(character in address.addr_spec for character in "\r\n\x00 ,;<>")


def test_a_title_keeps_its_no_break_space_and_its_joiners():
    assert mailing.one_line("Promesse\u00a0: \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645") == (
        "Promesse\u00a0: \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    )
    assert mailing.one_line(" one\r\n\ttwo\u202e three ") == "one two three"


def test_a_domain_in_another_script_travels_as_servers_know_it():
    assert "To: amal@xn--mnchen-3ya.example.org\r\n" in a_message(to="amal@münchen.example.org").as_string()


def test_into_a_folder_a_mail_is_one_file_for_its_owner_alone(tmp_path):
    deliver = mailing.into_folder(tmp_path / "mail")
    for _ in range(2):
        deliver(a_message())
    [file] = (tmp_path / "mail").iterdir()
    assert file.name == f"{'0f' * 16}.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
    assert BytesParser(policy=policy.default).parsebytes(file.read_bytes())["To"] == "amal@example.org"


def test_a_mail_that_cannot_be_written_leaves_no_half_file(tmp_path):
    (tmp_path / f"{'0f' * 16}.eml").mkdir()
    with pytest.raises(IsADirectoryError):
        mailing.into_folder(tmp_path)(a_message())
    assert [path.name for path in tmp_path.iterdir()] == [f"{'0f' * 16}.eml"]


def test_a_deadline_is_a_whole_day_with_an_alarm_the_morning_before():
    title = "Dernier jour pour écrire : " + "très long, avec des virgules; " * 5
    content = calendar_files.of_day(
        uid="deadline-ua-12-26@example.org",
        sequence=1,
        day=date(2026, 3, 15),
        alarm=calendar_files.DAY_BEFORE,
        summary=title,
        description="Then report.",
        url="https://letters.example.org/en/actions/ua-12-26",
        now=NOON,
    )
    assert max(map(len, content.split(b"\r\n"))) <= 75
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 3, 15), date(2026, 3, 16))
    assert (event["SUMMARY"], event["UID"], event["DTSTAMP"].dt) == (title, "deadline-ua-12-26@example.org", NOON)
    assert (event["SEQUENCE"], b"METHOD" in content) == (1, False)  # a METHOD asks for an organizer (RFC 5546)
    [alarm] = event.walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(hours=-15))
