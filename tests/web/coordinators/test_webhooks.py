"""The office adds other programs that are told what happens here, and sees whether they answer."""

import json
import re

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_group, a_pledge, a_webhook, an_action
from tests.receiver import Receiver
from ua_tracker.models import AuditEntry, Webhook, WebhookMessage

HOOKS = "/en/dashboard/webhooks"
URL = "https://crm.example.org/hook?key=abc"


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def run(an_app):
    """Runs a command of the site whose operator allows webhooks on this machine."""
    runner = an_app(WEBHOOK_NETWORKS="127.0.0.0/8", PUBLIC_URL="https://letters.example.org").test_cli_runner()
    return lambda *words: runner.invoke(args=words, catch_exceptions=False)


def test_a_webhook_is_added_and_its_secret_is_shown_once(office, session):
    action = an_action(session)
    a_group(session)
    page = office.get(f"{HOOKS}/new")
    assert page.soup.select_one(f"a[href='{HOOKS}']")
    added = page.submit("Add the webhook", url=URL, topics=["pledge", "closed"], action=action.slug, group="montreal")
    secret = added.soup.select_one("#secret").get_text()
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    hook = session.scalars(select(Webhook)).one()
    assert secret not in office.get(f"{HOOKS}/{hook.id}").html
    assert sorted(one.topic for one in hook.topics) == ["closed", "pledge"]
    assert (hook.action_id, hook.group.slug, hook.gives_people) == (action.id, "montreal", False)
    again = page.submit("Add the webhook", url=URL, topics=["pledge"])
    assert again.status == 303
    assert "was added before" in again.follow().html
    line = session.scalars(select(AuditEntry).where(AuditEntry.event == "webhook added")).one()
    assert "abc" not in json.dumps(line.after)
    assert line.after["host"] == "crm.example.org"
    assert "crm.example.org" in office.get("/en/dashboard/history").text


def test_an_error_is_shown_at_its_field_and_nothing_is_lost(office, session):
    page = office.get(f"{HOOKS}/new")
    for typed, field, sentence in (
        ({"url": ""}, "url", "Write the URL."),
        ({"url": "http://crm.example.org/"}, "url", "must begin with https"),
        ({"url": "https://10.0.0.1/"}, "url", "private network"),
        ({"url": "https://169.254.169.254/"}, "url", "private network"),
        ({"url": "https://crm.example.org:22/"}, "url", "ports"),
        ({"url": "crm"}, "url", "Write the whole URL"),
        ({"url": URL, "topics": []}, "topics", "Choose at least one event."),
    ):
        wrong = page.submit("Add the webhook", **{"topics": ["pledge"], **typed})
        assert wrong.status == 422
        assert sentence in wrong.soup.select_one(f"#{field}-error").get_text()
        assert wrong.soup.select_one("#url").get("value", "") == typed["url"]
        assert len(wrong.soup.select("#topics input[checked]")) == (0 if field == "topics" else 1)
    both = page.submit("Add the webhook", url="http://crm.example.org/", topics=[])
    assert len(both.soup.select(".summary li")) == 2
    assert session.query(Webhook).count() == 0


def test_a_coordinator_of_a_group_sees_none(montreal, session):
    a_webhook(session, URL)
    assert [montreal.get(path).status for path in (HOOKS, f"{HOOKS}/new", f"{HOOKS}/1")] == [403] * 3
    assert "Webhooks" not in montreal.get("/en/dashboard/").text


def test_a_test_is_sent_with_the_mails_and_its_result_is_shown(office, session, receiver, run):
    hook = a_webhook(session, receiver.url, gives_people=True)
    action = an_action(session)
    a_pledge(session, action, email="amal@example.org")
    office.get(f"{HOOKS}/{hook.id}").submit("Send a test")
    session.query(Webhook).update({"secret": _encrypted_for(run, hook)})
    session.commit()
    told = run("outbox", "send").output
    assert "1 test to webhook 1: sent" in told
    assert "amal" not in told
    assert receiver.kinds == ["pledge", "test"]
    assert receiver.taken[0].data["action"]["url"] == "https://letters.example.org/en/actions/ua-12-26"
    assert receiver.taken[0].data["person"]["email"] == "amal@example.org"
    assert office.get(f"{HOOKS}/{hook.id}").text.count("sent (204)") == 2


def _encrypted_for(run, hook) -> str:
    """The factory encrypts with the tests' key; the app has a key of its own."""
    from ua_tracker.webhooks import signing

    key = run.__closure__[0].cell_contents.app.config["SECRET_KEY"]
    return signing.encrypted(signing.decrypted(hook.secret, [SECRET]), [key])


def test_it_is_changed_gets_a_new_secret_is_switched_off_and_on_and_removed(office, session):
    hook = a_webhook(session, URL)
    page = office.get(f"{HOOKS}/1")
    page.submit("Save", url="https://other.example.org/", topics=["outcome"], gives_people="y")
    session.refresh(hook)
    assert (hook.url, [one.topic for one in hook.topics]) == ("https://other.example.org/", ["outcome"])
    assert hook.gives_people
    assert "whsec_" in page.submit("Make a new secret").soup.select_one("#secret").get_text()
    assert "signs too until" in office.get(f"{HOOKS}/1").text
    page.submit("Switch it off")
    off = office.get(f"{HOOKS}/1")
    assert page.submit("Send a test").status == 409
    off.submit("Switch it on")
    session.refresh(hook)
    assert hook.is_on
    assert page.submit("Remove the webhook").follow().status == 200
    assert office.get(f"{HOOKS}/1").status == 404
    assert "other.example.org" not in office.get(HOOKS).text
    events = list(session.scalars(select(AuditEntry.event).where(AuditEntry.subject == "webhook 1")))
    steps = ("added", "changed", "secret", "off", "on", "removed")
    assert events == [f"webhook {step}" for step in steps]


def test_the_dashboard_says_which_webhook_was_given_up(office, session):
    hook = a_webhook(session, URL)
    assert "given up" not in office.get("/en/dashboard/").text
    hook.failures = 3
    session.commit()
    assert "cannot be reached" in office.get("/en/dashboard/").text
    hook.is_on, hook.off_reason, hook.off_at = False, "given up", NOON
    session.add(
        WebhookMessage(hook_id=hook.id, message_id="msg_1", kind="pledge", at=NOON, due_at=NOON, reason="private")
    )
    session.commit()
    assert office.get("/en/dashboard/").soup.select_one(f"main a[href='{HOOKS}/1']")
    shown = office.get(f"{HOOKS}/1")
    assert "off: given up since 2026-03-10 16:00 UTC" in shown.text
    assert "its name leads into a private network" in shown.text
    assert "a été abandonné" in office.get("/fr/dashboard/").text


def test_a_webhook_that_is_told_everything_is_said_to_be(office, session):
    a_webhook(session, URL)
    assert "All events" in office.get(HOOKS).text
    a_webhook(session, f"{URL}2", topics=["pledge"])
    assert office.get(HOOKS).text.count("All events") == 1
