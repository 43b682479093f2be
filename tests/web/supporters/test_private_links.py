"""Asking for the private link again."""

from sqlalchemy import func, select

from tests.factories import NOON, SECRET, a_group, a_pledge, an_action
from tests.reader import Reader
from ua_tracker import private_links
from ua_tracker.models import Mail, PrivateLink

PAGE = "/en/pledges/link"


def queued(session) -> list[tuple[str, str]]:
    session.rollback()
    return [(mail.kind, mail.address) for mail in session.scalars(select(Mail)) if mail.kind == "link_again"]


def test_the_known_and_the_unknown_are_answered_alike_and_the_known_gets_a_mail(reader, session):
    a_pledge(session, an_action(session), email="amal@example.org")
    page = reader.get(f"{PAGE}?action=ua-12-26")
    known = page.submit("Send the link", email="AMAL@example.org")
    unknown = reader.get(f"{PAGE}?action=ua-12-26").submit("Send the link", email="zoe@example.org")
    assert (known.status, known.headers["Cache-Control"]) == (200, "no-store")
    assert known.html.replace("AMAL@example.org", "") == unknown.html.replace("zoe@example.org", "")
    assert "You wrote: AMAL@example.org." in known.text.replace("\u2068", "").replace("\u2069", "")
    assert "If there is a pledge or a report with this address" in known.text
    assert "You wrote" not in reader.get(f"{PAGE}/sent").text
    assert queued(session) == [("link_again", "amal@example.org")]


def test_the_mail_brings_one_more_link_and_goes_out_once_an_hour(reader, session, app, clock, tmp_path):
    a_pledge(session, an_action(session), email="amal@example.org")
    for _ in range(3):
        reader.get(PAGE).submit("Send the link", email="amal@example.org")
    assert len(queued(session)) == 1
    assert session.scalar(select(func.count()).select_from(PrivateLink)) == 2
    clock.pass_by(hours=1)
    reader.get(PAGE).submit("Send the link", email="amal@example.org")
    assert len(queued(session)) == 2
    app.test_cli_runner().invoke(args=["outbox", "send"])
    mails = [path.read_text() for path in (tmp_path / "mail").glob("*.eml")]
    assert sum("Subject: The link to your pledge: TEACHER HELD WITHOUT CHARGE" in mail for mail in mails) == 2


def test_a_mail_that_a_page_asks_for_is_in_the_language_of_that_page(reader, session):
    pledge = a_pledge(session, an_action(session), email="amal@example.org", language="fr", once_key="k")
    reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="2", email="amal@example.org")
    reader.get(PAGE).submit("Send the link", email="amal@example.org")
    mine = reader.get(f"/en/pledges/{private_links.token_for('k', SECRET)}")
    mine.submit("Use another address", email="amal@example.net")
    session.rollback()
    asked = {mail.kind: mail.language for mail in session.scalars(select(Mail))}
    assert asked == {"pledge_made": "fr", "second_pledge": "en", "link_again": "en", "new_address": "en"}
    assert pledge.language == "fr"  # as are its reminders


def test_only_the_chosen_action_counts_and_a_withdrawn_pledge_has_no_link(reader, session):
    a_pledge(session, an_action(session), email="amal@example.org")
    an_action(session, slug="ua-13-26", title="POET HELD")
    reader.get(PAGE).submit("Send the link", action="ua-13-26", email="amal@example.org")
    gone = a_pledge(session, an_action(session, slug="ua-14-26"), email="amal@example.org")
    gone.withdrawn_at = NOON
    session.commit()
    reader.get(PAGE).submit("Send the link", action="ua-14-26", email="amal@example.org")
    assert queued(session) == []


def test_whoever_names_no_action_gets_a_link_to_each_pledge(reader, session):
    for slug in ("ua-12-26", "ua-13-26"):
        a_pledge(session, an_action(session, slug=slug), email="amal@example.org")
    reader.get(PAGE).submit("Send the link", email="amal@example.org")
    assert queued(session) == [("link_again", "amal@example.org")] * 2


def test_the_action_one_comes_from_is_chosen_already(reader, session):
    an_action(session)
    an_action(session, slug="ua-13-26", title="POET HELD")
    chosen = reader.get(f"{PAGE}?action=ua-13-26").soup.select_one("#action option[selected]")
    assert chosen["value"] == "ua-13-26"
    assert reader.get(f"{PAGE}?action=nowhere").status == 200


def test_whoever_comes_from_an_action_finds_the_way_back_with_the_group(reader, session):
    an_action(session)
    a_group(session)
    action = "/en/actions/ua-12-26?group=montreal"
    [link] = reader.get(action).soup.select('a[href^="/en/pledges/link"]')
    asked = reader.get(link["href"])
    sent = asked.submit("Send the link", email="amal@example.org")
    for page in (asked, asked.submit("Send the link", email="amal"), sent):
        assert page.soup.select(f'main a[href="{action}"]'), page.text
        assert "for Groupe de Montréal" in page.text
    assert reader.get(f"{PAGE}?action=%2F%2Felsewhere").status == 200


def test_the_pledge_form_and_the_page_of_an_unknown_link_lead_here(reader, session):
    an_action(session)
    for path in ("/en/actions/ua-12-26", "/en/pledges/abcdefghijklmnopqrstuvwxyz"):
        [link] = [link for link in reader.get(path).soup.select("a") if "lost my private link" in link.get_text()]
        assert reader.get(link["href"]).status == 200


def test_in_french_all_is_french(reader, session):
    an_action(session)
    answer = reader.get("/fr/pledges/link").submit("Envoyer le lien", email="amal@example.org")
    assert "Consultez votre boîte de courriel" in answer.text


def test_who_asks_too_often_must_wait(session, an_app):
    an_action(session)
    limited = Reader(an_app(RATELIMIT_ENABLED="yes"))
    page = limited.get(PAGE)
    answers = [page.submit("Send the link", email=f"reader{number}@example.org").status for number in range(21)]
    assert answers == [200] * 20 + [429]


def test_without_scripts_a_pledge_without_an_address_is_thanked_for_with_its_link(reader, session):
    an_action(session)
    mine = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="3").follow()
    assert "Your promise is noted" in mine.soup.select_one(".plate").get_text()
    link = mine.soup.select_one("#private-link")
    assert link.get_text() == f"http://localhost{link['href']}"
    assert "Your promise is noted" not in reader.get(link["href"]).text
