"""Every mail of the site, in both languages, as SpamAssassin judges it and as lynx shows it."""

import os
import re
import shutil
import subprocess
from email import message_from_bytes, policy

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update

from tests.conftest import lacking
from tests.factories import NOON, SECRET
from tests.web.test_stored_text import ON_SQLITE, World
from ua_tracker.models import Action, Mail
from ua_tracker.web.mails import KINDS

# Titles stand in capitals in the documents, and so in the subjects.
TITLE = "HÉLÈNE DIALLO, TEACHER, HELD WITHOUT CHARGE"
# What the mail server of the recipient writes above a mail: without it fewer rules apply.
ARRIVED = (
    b"Return-Path: <letters@example.org>\n"
    b"Received: from mail.example.org (mail.example.org [9.10.11.12]) by mx.example.net with ESMTPS id 4ZB0xY1c2dz;\n"
    b" Tue, 10 Mar 2026 16:00:00 +0000\n"
)
NUMBER = re.compile(r"\d+")
SCORE = re.compile(r"score=(-?[\d.]+) .*?tests=(.*?) autolearn", re.S)


@pytest.fixture
def mails(an_app, session, tmp_path) -> list[bytes]:
    """Mails of every kind in both languages, as they are sent."""
    app = an_app(SECRET_KEY=SECRET, PUBLIC_URL="https://letters.example.org", MAIL_FROM="Letters <letters@example.org>")
    World(app, session, fill=lambda session: session.execute(update(Action).values(title=TITLE)))
    own = ("id", "once_key", "message_id", "language")
    for mail in session.scalars(select(Mail)).all():
        told = {one.key: getattr(mail, one.key) for one in Mail.__table__.columns if one.key not in own}
        unlike = {"language": "fr" if mail.language == "en" else "en", "message_id": mail.message_id[::-1]}
        session.add(Mail(**told, **unlike, once_key=f"{mail.once_key} again"))
    session.execute(update(Mail).values(queued_at=NOON))
    session.commit()
    assert app.test_cli_runner().invoke(args=["outbox", "send"]).exit_code == 0
    sent = session.execute(select(Mail.kind, Mail.language).where(Mail.ending == "sent")).all()
    assert set(sent) == {(kind, language) for kind in KINDS for language in ("en", "fr")}
    return [path.read_bytes().replace(b"\r\n", b"\n") for path in sorted((tmp_path / "mail").glob("*.eml"))]


def program(name: str) -> str:
    return shutil.which(name) or lacking(name, "not installed")


@ON_SQLITE
def test_no_mail_looks_like_spam(mails, tmp_path):
    command = [program("spamassassin"), "--local", "--prefspath=/dev/null", "--mbox"]
    box = b"".join(b"From letters@example.org Tue Mar 10 16:00:00 2026\n" + ARRIVED + mail + b"\n" for mail in mails)
    environ = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C"}
    judged = subprocess.run(command, input=box, env=environ, capture_output=True, check=True).stdout
    found = re.split(rb"^From letters@example\.org .*\n", judged, flags=re.M)[1:]
    read = [message_from_bytes(one, policy=policy.default) for one in found]
    scores = [(*SCORE.search(str(one["X-Spam-Status"])).groups(), one["Subject"]) for one in read]
    assert len(scores) == len(mails)
    assert [found for found in scores if float(found[0]) > 0] == []


@ON_SQLITE
def test_every_mail_can_be_read_in_lynx(mails):
    command = [program("lynx"), "-dump", "-stdin", "-force_html", "-assume_charset=utf-8", "-display_charset=utf-8"]
    for sent in mails:
        mail = message_from_bytes(sent, policy=policy.default)
        text, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        shown = subprocess.run(command, input=page, capture_output=True, text=True, check=True).stdout
        links = {link["href"] for link in BeautifulSoup(page, "html5lib").select("a")}
        assert links <= set(shown.split()), mail["Subject"]
        assert set(NUMBER.findall(text)) <= set(NUMBER.findall(shown)), mail["Subject"]
