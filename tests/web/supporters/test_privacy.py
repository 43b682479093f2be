"""Whom to ask, and what is stored for how long: on every page, from the real settings."""

import pytest

from tests.factories import NOON, a_coordinator, a_webhook, an_action, an_api_key
from tests.reader import Reader
from ua_tracker import settings, source_keys
from ua_tracker.models import ApiKey
from ua_tracker.outbox import Claimed
from ua_tracker.web import mails

PAGE = "/en/privacy"


def test_the_page_follows_the_settings(an_app, monkeypatch):
    assert "erased 180 days after reporting" in Reader(an_app()).get(PAGE).text
    monkeypatch.setattr(source_keys, "KEPT", source_keys.KEPT * 2)
    reader = Reader(an_app(RETENTION_DAYS="17", CONTACT="ask@example.org"))
    page = reader.get(PAGE)
    assert "erased 17 days after reporting" in page.text
    assert "destroyed after 60 days" in page.text
    assert [one["href"] for one in page.soup.select("article a[href^=mailto]")] == ["mailto:ask@example.org"]
    assert "effacés 17 jours après" in reader.get("/fr/privacy").text


def test_the_page_says_what_other_programs_do_here_now(reader, session, clock):
    alone = reader.get(PAGE).text
    assert "passes nobody’s name or address on to another program" in alone
    assert "files for a program that keeps contacts (CRM). Only people who want to be told" in alone
    assert "kept for 2 days at most" in alone  # a document that is imported
    office, hook = a_coordinator(session), a_webhook(session, "https://crm.example.org/told")
    assert reader.get(PAGE).text == alone  # a webhook that gets numbers only
    hook.gives_people = True
    session.commit()
    told = reader.get(PAGE).text
    assert ("are sent names" in told, "can read the names" in told) == (True, False)
    assert "passes nobody’s name" not in told
    hook.gives_people = False
    an_api_key(session, office)
    read = reader.get("/fr/privacy").text
    assert ("peuvent lire les noms" in read, "est conservé pendant 7 jours" in read) == (True, True)
    session.query(ApiKey).one().revoked_at = NOON
    session.commit()
    assert reader.get(PAGE).text == alone


@pytest.mark.parametrize("path", ["/en/", "/en/actions/ua-12-26", "/en/nowhere", "/en/pledges/link", "/en/login"])
def test_every_page_says_whom_to_ask_and_leads_to_privacy_and_sign_in(an_app, session, path):
    an_action(session)
    reader = Reader(an_app(CONTACT="https://example.org/contact", SITE_OWNER="Office of Freedonia"))
    foot = reader.get(path).soup.select_one("footer.site")
    assert "Office of Freedonia" in foot.get_text()
    assert [one["href"] for one in foot.select("a")] == ["https://example.org/contact", PAGE, "/en/login"]


@pytest.mark.parametrize("path", ["write/envelopes", "write/labels", "poster", "share", "write", "letters"])
def test_the_pages_for_paper_say_whom_to_ask_on_the_screen(an_app, session, path):
    an_action(session)
    page = Reader(an_app(CONTACT="ask@example.org")).get(f"/fr/actions/ua-12-26/{path}")
    [link] = page.soup.select('.screen a[href="mailto:ask@example.org"], footer.site a[href="mailto:ask@example.org"]')
    assert link.get_text() == "ask@example.org"


def test_a_form_that_takes_an_address_leads_to_what_is_stored(reader, session):
    an_action(session)
    for path in ("/en/actions/ua-12-26", "/en/actions/ua-12-26/letters"):
        assert reader.get(path).soup.select(f'main form ~ p a[href="{PAGE}"], main form a[href="{PAGE}"]'), path


def test_a_mail_ends_with_whom_to_ask(an_app, session):
    app = an_app(CONTACT="ask@example.org", SITE_OWNER="Office of Freedonia")
    mail = Claimed(1, "wrong_tries", "fr", "oda@example.org", "m", NOON, 1, {})
    sent = mails.render(app, mail)
    for part in ("plain", "html"):
        text = sent.get_body((part,)).get_content()
        assert "ask@example.org" in text
        assert "Office of Freedonia" in text


def test_an_unknown_host_is_told_whom_to_ask(an_app):
    reader = Reader(an_app(CONTACT="ask@example.org"))
    answer = reader.client.get("/en/", headers={"Host": "elsewhere.example"})
    assert "ask@example.org" in answer.text


@pytest.mark.parametrize("contact", ["nobody", "javascript:alert(1)", "https://", "two@example.org, b@example.org"])
def test_a_contact_that_leads_nowhere_stops_the_start(tmp_path, contact):
    with pytest.raises(settings.BadSetting, match="CONTACT"):
        settings.read({"INSTANCE_PATH": str(tmp_path), "CONTACT": contact})
