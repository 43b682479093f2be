"""One person's whole year with an action: what each page, mail and file says agrees at every step."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, PASSWORD, a_group, an_action
from tests.web.supporters.test_reminders import paths_in
from tests.web.test_mails import everything, words
from ua_tracker import tally
from ua_tracker.models import Pledge

JSON = "/api/v1/actions/ua-12-26"
CSV = "/en/dashboard/ua-12-26/pledges.csv"


@pytest.fixture
def app(mailing_app):
    return mailing_app


@pytest.fixture
def run(app, mail_server):
    """Queues and sends what is due; answers the mails that came."""

    def run():
        before = len(mail_server.mails)
        for command in ("reminders queue", "outbox send"):
            result = app.test_cli_runner().invoke(args=command.split())
            assert result.exit_code == 0, result.output
        return mail_server.mails[before:]

    return run


@pytest.fixture
def agreed(reader, office, session):
    """Compares JSON, action page, the group's embed, CSV and tally with what is expected."""

    def agreed(pledged: int, sent: int) -> None:
        told = reader.get(JSON).response.json
        for one in (told, *told["groups"]):
            assert (one["letters_pledged"], one["letters_sent"]) == (pledged, sent)
        for page in ("/en/actions/ua-12-26", "/en/embed/ua-12-26?group=montreal"):
            shown = reader.get(page)
            assert (shown.count("letters-pledged"), shown.count("letters-sent")) == (pledged, sent), page
        [row] = csv.DictReader(io.StringIO(office.get(CSV).html.lstrip("\ufeff")))
        has_reported = {"letters_reported": str(sent), "has_reported": str(int(sent > 0))}
        assert {"name": "Amal", "group": "montreal", "letters": str(pledged), **has_reported}.items() <= row.items()
        session.expire_all()
        assert tally.check(session) == []

    return agreed


def test_a_persons_year(reader, office, session, clock, run, agreed):
    an_action(session, goal=3)
    a_group(session)

    # A phone, in the frame on the group's own page; the address is mistyped, and put right with one press.
    [link] = {a["href"] for a in reader.get("/en/embed/ua-12-26?group=montreal").soup.select("a[href]")}
    page = reader.get(link.removeprefix("http://localhost"))
    asked = page.submit("I will write", name="Amal", letters="3", email="amal@gmial.com", wants_outcome="y")
    assert "Is this address right: amal@gmial.com?" in asked.text
    thanks = asked.submit("I will write", email_taken="yes", wants_outcome="y")
    assert "on its way to amal@gmail.com" in thanks.text
    agreed(3, 0)
    [first] = run()
    mine = paths_in(first)["mine"]

    # The letter, from the private page; its button leads back there.
    letter = reader.get(f"{mine}/write")
    assert "Release Ana Lopez." in letter.html
    assert [a["href"] for a in letter.soup.select(".box a")] == [f"{mine}#report"]
    assert "Rufus Firefly" in reader.get(f"{mine}/write/envelopes").text

    # The deadline moves, and everybody who promised hears of it once.
    office.get("/en/dashboard/ua-12-26").submit("Move it", deadline="2026-03-20")
    [moved] = run()
    assert "it was Sunday, March 15, 2026, and is now Friday, March 20, 2026" in words(moved)
    assert "extended from March 15, 2026 to March 20, 2026" in reader.get("/en/actions/ua-12-26").text
    assert run() == []

    # From the last reminder to reported: the mail's button, and one press.
    clock.at = NOON + timedelta(days=8)
    office.sign_in("oda@example.org", PASSWORD)
    [last] = run()
    reported = reader.get(paths_in(last)["answer"]).submit("Yes: all 3").follow()
    assert "Your report is stored. You reported: Minister of Justice: 3" in reported.text
    agreed(3, 3)

    # One letter came back: undone, and two reported through the public form with the same address.
    reader.get(mine).submit("Undo this report")
    agreed(3, 0)
    form = reader.get("/en/actions/ua-12-26/letters?group=montreal")
    form.submit("Report these letters", letters_1="2", email="Amal@GMAIL.com ")
    agreed(3, 2)
    [receipt] = run()
    assert "Minister of Justice: 2" in words(receipt)
    assert "Did you send the other letter?" in reader.get(mine).text

    # Good news: a mail to who wanted it, and no reminder any more.
    office.get("/en/dashboard/ua-12-26").submit("Close now", reason="good news", outcome="Ana Lopez is free.")
    [news] = run()
    assert news["Subject"] == "Good news: TEACHER HELD WITHOUT CHARGE"
    assert words(news).startswith("Ana Lopez is free.")
    assert "Ana Lopez is free." in reader.get("/en/actions/ua-12-26").text
    reader.get(paths_in(news)["stop"]).submit("Send me no more reminders")
    assert session.scalars(select(Pledge.mails_stopped_at)).one() is not None
    agreed(3, 2)

    # Erased: nothing that names her is left, and every number stays.
    before = reader.get(JSON).response.json
    reader.get(mine).submit("Erase me", sure="y")
    assert reader.get(mine).status == 404
    assert "amal" not in str(everything(session)).casefold()
    after = reader.get(JSON).response.json
    assert {name: after[name] for name in after if name != "as_of"} == {
        name: before[name] for name in before if name != "as_of"
    }
    assert run() == []
