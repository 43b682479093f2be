"""The private page says what was stored, and a report without a pledge has one too."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from tests.factories import NOON, SECRET, a_group, a_pledge, a_report, an_action, within
from tests.reader import Reader
from tests.web.test_mails import words
from ua_tracker import actions, letters, private_links, reminders, tally
from ua_tracker.models import Mail, Report
from ua_tracker.trust import USUAL

REPORTING = "/en/actions/ua-12-26/letters"
BUTTON = "Report these letters"
AMAL = "amal@example.org"


@pytest.fixture
def office(mail_server):
    return mail_server


@pytest.fixture
def app(mailing_app):
    return mailing_app


@pytest.fixture
def send(app):
    return lambda: app.test_cli_runner().invoke(args=["outbox", "send"]).output


@pytest.fixture
def mine(reader, session):
    """The page of a report of two letters, made without an e-mail address."""
    an_action(session)
    a_group(session)
    return reader.get(REPORTING).submit(BUTTON, letters_1="2", name="Ida", group="montreal").follow()


def sent(session) -> int:
    session.rollback()
    assert tally.check(session) == []
    return tally.read(session, 1).letters_sent


def status_of(page) -> str:
    return page.soup.select_one("[role=status]").get_text()


def test_a_report_without_an_address_is_corrected_taken_back_and_made_again(mine, session):
    assert (status_of(mine), "Thank you, Ida!" in mine.text) == ("Your report is stored.", True)
    assert mine.soup.select_one("[name=letters-1]")["value"] == "2"
    assert mine.soup.select_one("#group option[selected]")["value"] == "montreal"
    page = mine.submit("Store the correction", letters_1="5")
    assert mine.submit("Store the correction", letters_1="5").status == 303, "pressed twice"
    page = page.follow()
    assert "The correction is stored." in status_of(page)
    assert (sent(session), tally.read_groups(session, 1)["montreal"].letters_sent) == (5, 5)
    wrong = page.submit("Store the correction", letters_1="-1")
    assert (wrong.status, "Choose a number from 0 to 500." in wrong.text) == (422, True)
    back = page.submit("Take this report back").follow()
    assert ("It counts no more." in status_of(back), sent(session)) == (True, 0)
    after_all = back.submit("Report it after all").follow()
    assert ("Thank you, Ida!" in after_all.text, sent(session)) == (True, 5)


def test_the_link_of_a_report_is_replaced_and_its_supporter_erased(mine, session):
    old = mine.form("Store the correction")["action"].removesuffix("/correct")
    assert mine.reader.client.get(f"{old}/data.json").json["name"] == "Ida"
    fresh = mine.submit("Replace my link").follow()
    assert "Your private link is replaced." in status_of(fresh)
    assert mine.reader.get(old).status == 404
    assert fresh.submit("Erase me", sure="y").status == 303
    session.rollback()
    assert (session.scalars(select(Report.name)).one(), sent(session)) == (None, 2)


def test_who_erases_a_report_without_the_tick_is_told_so_and_nothing_is_lost(mine, session):
    answer = mine.submit("Erase me")
    assert (answer.status, "Tick the box to say that you mean it." in answer.text) == (422, True)
    session.rollback()
    assert session.scalars(select(Report.name)).one() == "Ida"


@pytest.mark.parametrize("path", ["/write", "/mails", "/answer"])
def test_what_belongs_to_a_pledge_is_unknown_to_the_link_of_a_report(mine, path):
    assert mine.reader.get(mine.form("Store the correction")["action"].removesuffix("/correct") + path).status == 404


def test_with_scripts_the_thanks_show_the_link_and_a_retry_the_same(reader, session):
    an_action(session)
    form = reader.get(REPORTING)
    links = [form.submit(BUTTON, htmx=True, letters_1="2").soup.select_one("#private-link")["href"] for _ in range(2)]
    assert links[0] == links[1]
    assert "Take this report back" in reader.get(links[0]).text


@pytest.mark.parametrize("htmx", [False, True])
def test_an_address_with_a_pledge_and_one_without_get_the_same_answer(reader, session, send, office, htmx):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL, letters=3)
    pages = []
    for address in (" AMAL@example.org ", "zoe@example.org"):
        page = reader.get(REPORTING).submit(BUTTON, htmx=htmx, letters_1="3", email=address)
        assert "A receipt is on its way" in page.text
        assert not page.soup.select("#private-link")
        keys = page.keys("Use this address")  # those of this form alone
        shown = page.html.replace(keys["csrf_token"], "").replace(keys["once_key"], "")
        shown = re.sub(r"\d", "", shown).replace(address.strip(), "")
        pages.append((page.status, shown, page.headers.get("Location")))
    assert pages[0] == pages[1]
    session.rollback()
    assert letters.reported_for(session, pledge).letters_sent == 3
    assert reminders.queue_due(within(session), within(session), SECRET, NOON + timedelta(days=3)) == 0
    send()
    receipts = [mail for mail in office.mails if mail["Subject"].startswith("Your report:")]
    assert sorted(str(mail["To"]) for mail in receipts) == [AMAL, "zoe@example.org"]


def link_in(mail) -> str:
    [link] = set(re.findall(r"http://localhost(/(?:en|fr)/pledges/[\w-]{43})", words(mail)))
    return link


@pytest.mark.parametrize(
    ("lang", "button", "subject"),
    [("en", BUTTON, "Your report:"), ("fr", "Signaler ces lettres", "Votre signalement")],
)
def test_the_receipt_leads_to_the_report_and_speaks_the_language_of_the_page(
    reader, session, send, office, lang, button, subject
):
    an_action(session)
    reader.get(f"/{lang}/actions/ua-12-26/letters").submit(button, letters_1="2", channel="fax", email=AMAL)
    send()
    [mail] = office.mails
    assert mail["Subject"].startswith(subject)
    assert "Minister of Justice" in words(mail)
    assert "Minister of Justice" in words(mail, "html")
    page = reader.get(link_in(mail))
    assert page.status == 200
    before = sent(session)
    assert before == 2, "opening the link changes nothing"


def test_the_owner_of_the_address_sees_what_is_left_and_takes_a_strangers_report_back(reader, session, send, office):
    action = an_action(session)
    a_pledge(session, action, email=AMAL, letters=3, once_key="k")
    reader.get(REPORTING).submit(BUTTON, letters_1="2", email=AMAL)
    send()
    page = reader.get(link_in(office.mails[-1]))
    assert "Did you send the other letter?" in page.text
    assert "reported with your e-mail address, not on this page" in page.text
    page = page.submit("Undo this report").follow()
    assert ("The report is taken back." in status_of(page), sent(session)) == (True, 0)
    assert "Did you send your 3 letters?" in page.text


def test_a_held_report_is_released_by_the_link_that_was_mailed(an_app, session, clock):
    app = an_app(SECRET_KEY=SECRET, **{f"HOLD_{name.upper()}": str(number) for name, number in USUAL.items()})
    reader = Reader(app)
    an_action(session)
    reader.get(REPORTING).submit(BUTTON, letters_1="2", email=AMAL, website="filled in")
    assert sent(session) == 0
    key = session.scalar(select(Mail.facts).where(Mail.kind == "report_made"))["key"]
    page = reader.get(f"/en/pledges/{private_links.token_for(key, SECRET)}")
    assert "This report is stored and not counted yet." in page.text
    page = page.submit("This report is mine: count it").follow()
    assert ("it counts now" in status_of(page), sent(session)) == (True, 2)


def test_name_and_group_are_changed_and_a_promise_is_made_again(reader, session):
    an_action(session)
    a_group(session)
    mine = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="3").follow()
    page = mine.submit("Store it", name="A. L.", group="montreal").follow()
    assert "Your name and group are stored." in status_of(page)
    assert page.soup.select_one("#new-group option[selected]")["value"] == "montreal"
    session.rollback()
    assert tally.read_groups(session, 1)["montreal"].letters_pledged == 3
    wrong = page.submit("Store it", name="")
    assert (wrong.status, "Write your name or initials." in wrong.text) == (422, True)
    gone = page.submit("Take it back").follow()
    again = gone.submit("Promise it again").follow()
    assert "Your promise counts again." in status_of(again)
    session.rollback()
    assert tally.read(session, 1).letters_pledged == 3


def test_nothing_of_the_address_is_shown_but_known_sentences(mine):
    path = mine.form("Store the correction")["action"].removesuffix("/correct")
    for value in ("<b>you won</b>", "change ", "CHANGE", ""):
        page = mine.reader.get(f"{path}?stored={value}")
        assert (page.soup.select(".notice[role=status]"), "you won" in page.html) == ([], False)


def test_whether_a_mail_tells_what_came_of_it_can_be_changed_later(reader, session):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL, once_key="k")
    a_report(session, action, pledge=pledge, target=3)  # nothing is left to be written
    page = reader.get(f"/en/pledges/{private_links.token_for('k', SECRET)}")
    assert not page.soup.select_one("#wants_outcome").has_attr("checked")
    page = page.submit("Store this choice", wants_outcome="y").follow()
    assert "a mail will tell you what came of it" in status_of(page)
    assert page.soup.select_one("#wants_outcome").has_attr("checked")
    close = {"outcome": "Free.", "revision": action.revision, "actor": "oda", "now": NOON}
    actions.close(session, action, "good news", **close)
    session.commit()
    due = within(session), within(session), SECRET
    assert reminders.queue_due(*due, NOON) == 1
    session.execute(delete(Mail).where(Mail.kind == "outcome"))
    session.commit()
    box = page.form("Store this choice").select_one("#wants_outcome")
    del box["checked"]
    page = page.submit("Store this choice").follow()
    assert "no mail will tell you" in status_of(page)
    assert reminders.queue_due(*due, NOON) == 0
    session.refresh(pledge)
    pledge.mails_stopped_at = NOON
    session.commit()
    assert "Store this choice" not in reader.get(f"/en/pledges/{private_links.token_for('k', SECRET)}").text


def test_beside_each_field_for_an_address_stands_what_is_stored(reader, session):
    a_pledge(session, an_action(session), once_key="k")
    for path, field in (
        (f"/en/pledges/{private_links.token_for('k', SECRET)}", "#new-email"), ("/en/pledges/link", "#email"),
        (REPORTING, "#email"),
    ):  # fmt: skip
        form = reader.get(path).soup.select_one(field).find_parent("form")
        assert form.select_one('a[href="/en/privacy"]'), path
