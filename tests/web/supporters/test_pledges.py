"""Making a pledge on the site."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import NOON, a_group, an_action
from tests.reader import Reader
from ua_tracker import pledges, tally
from ua_tracker.models import Pledge

PAGE = "/en/actions/ua-12-26"
CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


def pledges_in(session) -> int:
    return session.scalar(select(func.count()).select_from(Pledge))


def test_amal_pledges_without_javascript_and_finds_her_private_page(reader, session):
    action = an_action(session)
    answer = reader.get(PAGE).submit("I will write", name="Amal", letters="3")
    assert answer.status == 303
    mine = answer.follow()
    assert "Thank you, Amal! You promised 3 letters." in mine.text
    assert mine.headers["Cache-Control"] == "no-store"
    assert reader.get(PAGE).count("letters-pledged") == 3
    assert tally.check(session) == []
    assert action.slug == "ua-12-26"


def test_with_htmx_the_thanks_come_with_the_counter_already_moved(reader, session):
    an_action(session)
    answer = reader.get(PAGE).submit("I will write", htmx=True, name="Amal", letters="3")
    assert "You promise to write 3 letters." in answer.text
    assert answer.count("letters-pledged") == 3
    link = answer.soup.select_one("#private-link")
    assert link.get_text().startswith("http://localhost/en/pledges/")
    assert reader.get(link["href"]).status == 200


def test_the_same_form_sent_twice_is_one_pledge_and_one_answer(reader, session):
    an_action(session)
    page = reader.get(PAGE)
    first = page.submit("I will write", htmx=True, name="Amal", letters="3")
    again = page.submit("I will write", htmx=True, name="Amal", letters="3")
    assert again.soup.select_one("#private-link")["href"] == first.soup.select_one("#private-link")["href"]
    assert pledges_in(session) == 1


@pytest.mark.parametrize("htmx", [False, True])
def test_a_second_supporter_at_the_same_page_gets_a_message_and_then_pledges(reader, session, htmx):
    an_action(session)
    page = reader.get(PAGE)
    page.submit("I will write", htmx=htmx, name="Amal", letters="3")
    told = page.submit("I will write", htmx=htmx, name="Zoe", letters="2")
    assert told.status == 422
    assert "A pledge was made with this page before, so nothing was added now." in told.html
    assert "Amal" not in told.html
    assert (pledges_in(session), told.soup.select_one("#name")["value"]) == (1, "Zoe")
    assert told.submit("I will write", htmx=htmx).status in (200, 303)
    assert {pledge.name: pledge.letters for pledge in session.query(Pledge)} == {"Amal": 3, "Zoe": 2}


@pytest.mark.parametrize("htmx", [False, True])
def test_a_form_sent_again_with_another_number_leads_to_the_pledge_it_made(reader, session, htmx):
    an_action(session)
    page = reader.get(PAGE)
    page.submit("I will write", htmx=htmx, name="Amal", letters="3")
    told = page.submit("I will write", htmx=htmx, name="Amal", letters="4")
    first = told.soup.find("a", string="See what was stored before")["href"]
    mine = reader.get(first)
    assert "You promised 3 letters." in mine.text
    mine.submit("Replace my link")
    again = page.submit("I will write", htmx=htmx, name="Amal", letters="5")
    assert "A pledge was made with this page before" in again.html
    assert "See what was stored before" not in again.html  # that link opens nothing any more


def test_with_an_address_a_used_page_never_says_whether_it_made_a_pledge(reader, session, clock):
    an_action(session)
    reader.get(PAGE).submit("I will write", name="Amal", letters="3", email="amal@example.org")
    answers = []
    for first in ("amal@example.org", "zoe@example.org"):
        page = reader.get(PAGE)
        page.submit("I will write", name="Who", letters="1", email=first)
        answers += [
            page.submit("I will write", name="Who", letters=letters, email=email)
            .soup.select_one(".thanks")
            .get_text()
            .replace(email, "")
            for letters, email in (("2", first), ("2", f"other-{first}"))
        ]
    assert {answer.replace("2 letters", "") for answer in answers} == {answers[0].replace("2 letters", "")}
    again = {"name": "Who", "letters": "1", "write_on": "2026-03-11"}
    pages = {email: reader.get(PAGE) for email in ("amal@example.org", "new@example.org")}
    for email, page in pages.items():
        assert page.submit("I will write", **again, email=email).status == 200
    for late, status in ((NOON + timedelta(days=3), 422), (CLOSING, 409)):
        clock.at = late
        for email, page in pages.items():
            assert page.submit("I will write", **again, email=email).status == status
    assert session.query(Pledge).filter_by(email="new@example.org").count() == 1
    promised = {pledge.email: pledge.letters for pledge in session.query(Pledge)}
    del promised["new@example.org"]
    assert promised == {
        "amal@example.org": 3, "zoe@example.org": 1, "other-amal@example.org": 2, "other-zoe@example.org": 2
    }  # fmt: skip


def test_a_pledge_without_an_address_that_ended_gets_a_message_and_is_then_made_anew(reader, session):
    an_action(session)
    page = reader.get(PAGE)
    page.submit("I will write", name="Amal", letters="3").follow().submit("Take it back")
    told = page.submit("I will write", name="Amal", letters="3")
    assert "What was sent with this page before was taken back since" in told.text
    assert told.submit("I will write").status == 303
    assert reader.get(PAGE).count("letters-pledged") == 3


def test_a_pledge_taken_back_is_made_anew_by_the_same_page(reader, session):
    an_action(session)
    page = reader.get(PAGE)
    typed = {"name": "Amal", "letters": "3", "email": "amal@example.org"}
    page.submit("I will write", **typed)
    pledges.withdraw(session, session.query(Pledge).one(), NOON)
    session.commit()
    for _ in range(2):
        assert page.submit("I will write", **typed).status == 200
    assert [pledge.withdrawn_at is None for pledge in session.query(Pledge).order_by(Pledge.id)] == [False, True]
    assert reader.get(PAGE).count("letters-pledged") == 3


def test_with_an_address_the_link_is_on_no_screen_and_a_first_pledge_reads_as_a_second(reader, session):
    an_action(session)
    page = reader.get(PAGE)
    first = page.submit("I will write", htmx=True, name="Amal", letters="3", email="amal@example.org")
    second = reader.get(PAGE).submit("I will write", htmx=True, name="Zoe", letters="3", email="Amal@Example.org")
    for typed in (*first.soup.select("#pledge input[type=hidden]"), *second.soup.select("#pledge input[type=hidden]")):
        typed["value"] = ""  # what was typed, and the keys of the form
    assert str(second.soup.select_one("#pledge")).replace("Amal@Example.org", "amal@example.org") == str(
        first.soup.select_one("#pledge")
    )
    assert "You promise to write 3 letters." in first.text
    assert "Look into your mailbox" in first.text
    assert "/pledges/" not in first.html.replace("/pledges/link", "")
    assert second.count("letters-pledged") == first.count("letters-pledged") == 3
    assert pledges_in(session) == 1


def test_without_javascript_a_first_pledge_reads_as_a_second_too(reader, session):
    an_action(session)
    typed = {"letters": "3", "email": "amal@example.org"}
    first = reader.get(PAGE).submit("I will write", name="Amal", **typed)
    second = reader.get(PAGE).submit("I will write", name="Zoe", **typed)
    assert (first.status, first.headers["Cache-Control"]) == (200, "no-store")
    assert "Look into your mailbox" in first.text
    assert second.text == first.text


@pytest.mark.parametrize("htmx", [False, True])
def test_the_form_sent_once_more_without_its_address_never_shows_the_link_that_was_mailed(reader, session, htmx):
    an_action(session)
    page = reader.get(PAGE)
    page.submit("I will write", name="Amal", letters="3", email="amal@example.org")
    again = page.submit("I will write", htmx=htmx, name="Amal", letters="2", email="")
    mine = reader.get(again.soup.select_one("#private-link")["href"]) if htmx else again.follow()
    assert "Thank you, Amal! You promised 2 letters." in mine.text
    assert "amal@example.org" not in mine.html
    assert pledges_in(session) == 2


@pytest.mark.parametrize("htmx", [False, True])
def test_too_late_is_409_with_the_moment_the_office_and_what_was_typed(reader, session, clock, htmx):
    an_action(session)
    page = reader.get(PAGE)
    clock.at = CLOSING
    answer = page.submit("I will write", htmx=htmx, name="Amal", letters="3", email="amal@example.org")
    assert answer.status == 409
    for words in ("March 16, 2026 at 12:00 a.m.", "Eastern Daylight Time (Toronto)", "Urgent Action Office",
                  "What you had typed", "Amal", "amal@example.org", "still counted"):  # fmt: skip
        assert words in answer.text, words
    assert pledges_in(session) == 0


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("reason", "outcome", "said"), [
    ("stop action", None, "This action was stopped. Please write no more letters."),
    ("good news", "Ana Lopez is free.", "Good news Ana Lopez is free."),
])  # fmt: skip
def test_who_is_late_because_an_action_ended_reads_first_how(reader, session, htmx, reason, outcome, said):
    action = an_action(session)
    a_group(session)
    pledging, reporting = reader.get(f"{PAGE}?group=montreal"), reader.get(f"{PAGE}/letters?group=montreal")
    action.closed_at, action.closed_reason, action.outcome = NOON, reason, outcome
    session.commit()
    for answer in (
        pledging.submit("I will write", htmx=htmx, name="Amal", letters="3"),
        reporting.submit("Report these letters", htmx=htmx, letters_1="2", channel="fax", sent_on="2026-03-08"),
    ):
        assert answer.status == 409
        assert answer.text.index(said) < answer.text.index("Pledging has closed")
        assert "Local group Groupe de Montréal" in answer.text
    assert "Sent by Fax" in answer.text
    assert answer.text.count("Day sent") == 1


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("typed", [{"letters": "abc"}, {"csrf_token": "old"}])
def test_too_late_is_too_late_whatever_else_is_wrong(reader, session, clock, htmx, typed):
    an_action(session)
    page = reader.get(PAGE)
    clock.at = CLOSING
    answer = page.submit("I will write", htmx=htmx, **{"name": "Amal", "letters": "3", **typed})
    assert answer.status == 409
    assert "Amal" in answer.text
    assert "I will write on" not in answer.text


def test_a_private_link_nobody_was_given_leads_nowhere(reader, session):
    an_action(session)
    answer = reader.get("/en/pledges/abcdefghijklmnopqrstuvwxyz")
    assert answer.status == 404
    assert "This private link is not known" in answer.text


def test_a_supporter_in_french_is_answered_in_french(reader, session):
    an_action(session)
    page = reader.get("/fr/actions/ua-12-26")
    wrong = page.submit("Je vais écrire", name="Zoé", letters="0")
    assert "Choisissez un nombre de 1 à 500." in wrong.text
    mine = wrong.submit("Je vais écrire", letters="1").follow()
    assert "Merci, Zoé! Vous avez promis une lettre." in mine.text
    assert session.scalars(select(Pledge.language)).one() == "fr"


def test_a_retry_after_a_change_of_the_secret_still_finds_its_page(reader, session, app, an_app):
    an_action(session)
    keys = reader.get(PAGE).keys("I will write")
    first = reader.post(f"{PAGE}/pledges", {"name": "Amal", "letters": "3", **keys})
    changed = Reader(an_app(SECRET_KEY="new", SECRET_KEY_FALLBACKS=app.config["SECRET_KEY"]))
    again = changed.post(f"{PAGE}/pledges", {"name": "Amal", "letters": "3", **keys})
    assert again.headers["Location"] == first.headers["Location"]


@pytest.mark.parametrize("htmx", [False, True])
def test_the_thanks_say_the_address_back_to_whoever_typed_it(reader, session, htmx):
    an_action(session)
    thanks = reader.get(PAGE).submit("I will write", htmx=htmx, name="Amal", letters="3", email="Amal@Example.org")
    assert "Your private link is on its way to Amal@Example.org." in thanks.text
    assert "Example.org" not in str(thanks.headers)
    assert thanks.soup.select_one("[autofocus]").get_text() == "Thank you!"
    assert "Your private link is on its way there." in reader.get(f"{PAGE}/pledged").text


@pytest.mark.parametrize("typed", ["Zoé@xn--bcher-kva.example", "Zoé@bücher.example"])
def test_an_international_domain_is_said_back_in_its_own_letters(reader, session, typed):
    # Chromium puts the first spelling in the place of the second, in a field for an address.
    an_action(session)
    thanks = reader.get(PAGE).submit("I will write", name="Zoé", letters="3", email=typed)
    assert "on its way to Zoé@bücher.example." in thanks.text
    report = reader.get(f"{PAGE}/letters").submit("Report these letters", letters_1="1", email=typed)
    assert "on its way to Zoé@bücher.example." in report.text
    lost = reader.get("/en/pledges/link").submit("Send the link", email=typed)
    assert "You wrote: Zoé@bücher.example." in lost.text
    asked = reader.get(PAGE).submit("I will write", name="Zoé", letters="3", email="z@xn--exmple-cua.con")
    assert "Is this address right: z@exämple.con? Or did you mean z@exämple.com?" in asked.text


def test_the_two_spellings_of_an_international_domain_are_one_mailbox(reader, session):
    an_action(session)
    for email in ("Zoé@bücher.example", "zoé@XN--BCHER-KVA.example"):
        reader.get(PAGE).submit("I will write", name="Zoé", letters="3", email=email)
    assert pledges_in(session) == 1
    for email in ("weiß@example.org", "weiss@example.org"):
        reader.get(PAGE).submit("I will write", name="Weiß", letters="3", email=email)
    assert pledges_in(session) == 3
