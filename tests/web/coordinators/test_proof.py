"""What gives somebody rights asks for the password again, unless it was given a moment ago."""

import pytest
from sqlalchemy import func, select

from tests.factories import PASSWORD, a_coordinator, a_group
from tests.reader import CoordinatorReader
from ua_tracker.models import Coordinator, Group

PEOPLE = "/en/dashboard/coordinators"
ROSA = {"email": "rosa@example.org", "role": "office"}
# Every post below the dashboard, with the reason where it does not ask for the password again. A view that is new
# must be named here: does it let somebody in, or give somebody rights over others?
ASK = {
    "account.turn_codes_on",  # whoever found a machine left open would lock its owner out
    "api_keys.make",  # whoever has the key enters and reads as its maker could
    "coordinators.invite",
    "coordinators.invite_again",
    "coordinators.remove",
    "groups.merge",  # its coordinators see the other group's people
    "groups.retire",
    "person.find",  # shows people of all groups
    "person.data",
    "person.erase",
    "webhooks.create",  # another program gets what the site knows, names too if that is ticked
    "webhooks.change",
    "webhooks.secret",
    "webhooks.switch_on",
}
DO_NOT_ASK = {
    "account.change_password": "asks for the present password in its own form, always",
    "account.turn_codes_off": "asks for the present password in its own form, always",
    "account.leave_everywhere": "takes rights away only",
    "api_keys.revoke": "takes rights away only",
    "groups.create": "gives nobody rights",
    "groups.bring_back": "gives nobody rights; it is retired again",
    "groups.rename": "gives nobody rights",
    "editing.create": "gives nobody rights; the public sees nothing of it",
    "editing.change": "gives nobody rights; the history keeps what stood before",
    "editing.publish": "gives nobody rights; it is closed again",
    "editing.schedule": "gives nobody rights; it is cancelled or closed again",
    "editing.cancel_publication": "gives nobody rights",
    "preview_links.make": "lets nobody change anything; it is revoked, and ends by itself",
    "preview_links.revoke": "takes rights away only",
    "editing.extend": "gives nobody rights",
    "editing.end_case": "gives nobody rights; each action is reopened",
    "editing.close": "gives nobody rights; it is reopened",
    "editing.reopen": "gives nobody rights",
    "imports.upload": "gives nobody rights; only the coordinator sees it",
    "imports.change": "gives nobody rights; the history keeps what stood before",
    "imports.remove": "gives nobody rights; the coordinator uploads it again",
    "picture.store": "gives nobody rights; it is replaced or removed",
    "picture.remove": "gives nobody rights",
    "ledger.void": "gives nobody rights; the row stays",
    "ledger.withdraw_note": "gives nobody rights; the history keeps it",
    "corrections.correct": "gives nobody rights; the rows stay",
    "corrections.undo": "gives nobody rights; the rows stay",
    "open_evenings.create": "gives nobody rights; it ends by itself, and is taken back whole",
    "open_evenings.close": "takes rights away only",
    "open_evenings.count_paper": "gives nobody rights",
    "not_reported.ask": "gives nobody rights; each pledge gets the mail once",
    "ledger.note": "gives nobody rights",
    "webhooks.switch_off": "takes rights away only",
    "webhooks.test": "tells nothing, and only whom it is told to anyway",
    "webhooks.remove": "takes rights away only",
    "evenings.create": "gives nobody rights; it is taken back",
}


@pytest.fixture
def stale(app, session, clock) -> CoordinatorReader:
    """Oda of the office, who signed in a quarter of an hour ago."""
    a_group(session)
    a_group(session, "halifax", "Halifax")
    a_coordinator(session)
    oda = CoordinatorReader(app)
    oda.sign_in("oda@example.org", PASSWORD)
    clock.pass_by(minutes=15)
    return oda


def coordinators_in(session) -> list[tuple[str, str]]:
    session.rollback()
    return [(one.email, one.role) for one in session.scalars(select(Coordinator).order_by(Coordinator.id))]


def test_every_post_of_the_dashboard_says_whether_it_asks_for_the_password(app):
    posts = {rule.endpoint for rule in app.url_map.iter_rules()
             if rule.rule.startswith("/<lang:lang>/dashboard") and "POST" in rule.methods}  # fmt: skip
    assert posts == ASK | set(DO_NOT_ASK)
    asking = {name for name in posts if getattr(app.view_functions[name], "asks_for_proof", False)}
    assert asking == ASK


def test_the_page_says_what_is_to_be_done_and_does_it_with_the_password(stale, session):
    typed = {"email": "gus@example.org", "role": "group", "group": "montreal"}
    page = stale.get(PEOPLE).submit("Invite somebody", **typed)
    assert page.status == 403
    assert "Invite gus@example.org to coordinate the group Groupe de Montréal" in page.text
    assert coordinators_in(session) == [("oda@example.org", "office")]
    wrong = page.submit("Do it", proof="guess")
    assert (wrong.status, "This is not your present password." in wrong.text) == (422, True)
    assert "guess" not in wrong.html
    assert wrong.submit("Do it", proof="").status == 422
    assert coordinators_in(session) == [("oda@example.org", "office")]
    done = wrong.submit("Do it", proof=PASSWORD)
    assert "Invitation for gus@example.org" in done.text
    assert coordinators_in(session)[1:] == [("gus@example.org", "group")]
    assert "Invitation for rosa@example.org" in stale.get(PEOPLE).submit("Invite somebody", **ROSA).text


def test_for_five_minutes_nothing_is_asked(stale, session, clock):
    stale.get(PEOPLE).submit("Invite somebody", email="gus@example.org", role="office").submit("Do it", proof=PASSWORD)
    clock.pass_by(minutes=5)
    assert stale.get(PEOPLE).submit("Invite again gus@example.org").status == 200
    clock.pass_by(seconds=1)
    asked = stale.get(PEOPLE).submit("Invite again gus@example.org")
    assert (asked.status, "Invite gus@example.org again" in asked.text) == (403, True)
    removing = stale.get(PEOPLE).submit("All sessions of gus@example.org end")
    assert "Take the access of gus@example.org away" in removing.text
    assert removing.submit("Do it", proof=PASSWORD).status == 303
    session.rollback()
    assert [one.email for one in session.scalars(select(Coordinator).where(Coordinator.active))] == ["oda@example.org"]


def test_merging_and_retiring_groups_needs_the_password(stale, session, clock):
    page = stale.get("/en/dashboard/groups/halifax").submit("Merge", group="montreal")
    assert "Merge the group Halifax into Groupe de Montréal" in page.text
    retiring = stale.get("/en/dashboard/groups/halifax").submit("Retire the group")
    assert (retiring.status, "Retire the group Halifax" in retiring.text) == (403, True)
    assert session.scalar(select(func.count()).select_from(Group).where(Group.retired_at.is_not(None))) == 0
    session.rollback()
    assert page.submit("Do it", proof=PASSWORD).status == 303
    assert session.scalars(select(Group).where(Group.slug == "halifax")).one().merged_into_id is not None


def test_nobody_turns_codes_on_at_a_machine_that_was_left_open(stale, session):
    page = stale.get("/en/dashboard/account/codes").submit("Turn codes on", code="123456")
    assert (page.status, "Turn two-factor codes on" in page.text) == (403, True)
    assert page.submit("Do it", proof=PASSWORD).status == 422  # the code, not the password, is wrong now


def test_guessing_here_is_stopped_as_everywhere_and_nothing_typed_is_lost(stale, session):
    page = stale.get(PEOPLE).submit("Invite somebody", email="gus@example.org", role="office")
    answers = [page.submit("Do it", proof="guess") for _ in range(11)]
    assert ({one.status for one in answers[:10]}, answers[10].status) == ({422}, 429)
    assert "Wait a quarter of an hour" in answers[10].text
    assert int(answers[10].headers["Retry-After"]) > 0
    assert answers[10].keys("Do it")["email"] == "gus@example.org"
    assert len(coordinators_in(session)) == 1


def test_htmx_gets_the_question_as_a_fragment_that_it_swaps_in(stale):
    form = {
        "email": "gus@example.org",
        "role": "office",
        "group": "",
        "csrf_token": stale.get(PEOPLE).keys("Invite somebody")["csrf_token"],
    }
    answer = stale.post(PEOPLE, form, htmx=True)
    assert (answer.status, answer.html.startswith("<section")) == (403, True)
    assert "(400|403|409" in stale.get("/files/page.js").html  # what the pages' htmx swaps
    done = answer.submit("Do it", proof=PASSWORD)
    assert "Invitation for gus@example.org" in done.text


def test_a_forged_post_does_nothing_even_with_the_password(stale, session):
    answer = stale.post(PEOPLE, {"email": "gus@example.org", "proof": PASSWORD, "csrf_token": "forged"})
    assert (answer.status, len(coordinators_in(session))) == (400, 1)
    body = {"email": "gus@example.org", "role": "office", "proof": PASSWORD}
    body["csrf_token"] = stale.get(PEOPLE).keys("Invite somebody")["csrf_token"]
    assert stale.client.post(PEOPLE, json=body).status_code in (403, 415, 400)
    assert len(coordinators_in(session)) == 1


def test_what_was_typed_as_markup_is_shown_as_text(stale):
    page = stale.get(PEOPLE).submit("Invite somebody", email='"><b hx-post=/x hx-trigger=load>@example.org')
    assert page.soup.select("b") == []
    assert '"><b hx-post=/x hx-trigger=load>@example.org' in page.soup.select_one(".lead").get_text()


def test_a_group_that_may_not_is_not_asked(app, session, clock):
    a_coordinator(session, "gus@example.org", a_group(session))
    gus = CoordinatorReader(app)
    gus.sign_in("gus@example.org", PASSWORD)
    clock.pass_by(minutes=15)
    answer = gus.post(PEOPLE, {"email": "x@example.org"})
    assert (answer.status, "This page is for coordinators of the office." in answer.text) == (403, True)
