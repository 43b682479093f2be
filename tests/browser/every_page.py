"""Every page of the site in every state, for the tests that hold of all of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    PASSWORD,
    SECRET,
    a_case,
    a_coordinator,
    a_group,
    a_picture,
    a_pledge,
    a_report,
    a_webhook,
    an_action,
    an_api_key,
)
from ua_tracker.importing import reading, waiting
from ua_tracker.models import Action, Coordinator
from ua_tracker.private_links import token_for

DOCUMENTS = Path(__file__).parents[1] / "documents"
IMPORTED = ("canada-fr-page.md", "printed-two-columns.pdf", "blank-lines-everywhere.txt")
BEFORE = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
OVER = {"deadline": date(2026, 2, 28), "closed_at": datetime(2026, 2, 20, 12, 0, tzinfo=UTC)}
# The slug of an action in each state that it can be in at NOON, and what makes it so.
STATES: dict[str, dict[str, Any]] = {
    "ua-20-26": {"deadline": date(2026, 6, 30), "goal": 500},
    "ua-21-26": {"deadline": date(2026, 6, 30), "goal": 500},
    "ua-22-26": {"deadline": date(2026, 6, 30), "goal": 500},
    "ua-23-26": {"deadline": date(2026, 6, 30), "goal": 500},
    "ua-24-26": {"deadline": date(2026, 3, 5), "goal": 500},
    "ua-25-26": {"deadline": date(2026, 2, 5), "goal": 500},
    "ua-26-26": {**OVER, "closed_reason": "good news", "outcome": "He is free."},
    "ua-27-26": {**OVER, "closed_reason": "stop action", "outcome": "His family asks for silence."},
}
OF_CASE = {"ua-25-26", "ua-26-26"}
LETTERS = {"ua-21-26": 137, "ua-22-26": 500, "ua-23-26": 12137, "ua-24-26": 212, "ua-25-26": 212, "ua-26-26": 41}
MINE = "the key of the pledge whose private page is visited"
PUBLIC = {
    "list": "/{}/",
    "last days": "/{}/actions/ua-12-26",
    "none yet": "/{}/actions/ua-20-26",
    "open": "/{}/actions/ua-21-26",
    "reached": "/{}/actions/ua-22-26",
    "above": "/{}/actions/ua-23-26",
    "reporting": "/{}/actions/ua-24-26",
    "closed": "/{}/actions/ua-25-26",
    "good news": "/{}/actions/ua-26-26",
    "stopped": "/{}/actions/ua-27-26",
    "case": "/{}/cases/26-26",
    "group page": "/{}/groups/montreal",
    "write": "/{}/actions/ua-21-26/write",
    "write no more": "/{}/actions/ua-27-26/write",
    "envelopes": "/{}/actions/ua-21-26/write/envelopes",
    "labels": "/{}/actions/ua-21-26/write/labels",
    "report": "/{}/actions/ua-21-26/letters",
    "report no more": "/{}/actions/ua-25-26/letters",
    "reported": "/{}/actions/ua-21-26/letters/thanks",
    "pledged": "/{}/actions/ua-21-26/pledged",
    "share": "/{}/actions/ua-21-26/share?group=montreal",
    "poster": "/{}/actions/ua-21-26/poster?group=montreal",
    "wall": "/{}/actions/ua-21-26/wall?group=montreal",
    "wall at the goal": "/{}/actions/ua-22-26/wall",
    "wall when over": "/{}/actions/ua-25-26/wall",
    "embed": "/{}/embed/ua-21-26?group=montreal",
    "embed at the goal": "/{}/embed/ua-22-26",
    "embed with none": "/{}/embed/ua-20-26",
    "compact embed": "/{}/embed/ua-21-26?size=compact",
    "dark embed": "/{}/embed/ua-21-26?theme=dark",
    "closed embed": "/{}/embed/ua-25-26",
    "stopped embed": "/{}/embed/ua-27-26",
    "missing embed": "/{}/embed/nowhere",
    "missing": "/{}/nowhere",
    "lost link": "/{}/pledges/link",
    "evening guide": "/{}/evenings/guide",
    "privacy": "/{}/privacy",
    "sign-in": "/{}/login",
    "forgotten password": "/{}/login/forgotten",
}
OFFICE = {
    "dashboard": "/{}/dashboard/",
    "one action": "/{}/dashboard/ua-21-26",
    "edit": "/{}/dashboard/ua-21-26/edit",
    "picture": "/{}/dashboard/ua-21-26/picture",
    "new": "/{}/dashboard/new",
    "import": "/{}/dashboard/import",
    "next document": "/{}/dashboard/import?case=26/26",
    "duplicate": "/{}/dashboard/new?like=ua-21-26",
    "evening": "/{}/dashboard/ua-21-26/evening",
    "pledges": "/{}/dashboard/ua-21-26/pledges",
    "letters": "/{}/dashboard/ua-21-26/letters",
    "not reported": "/{}/dashboard/ua-21-26/not-reported",
    "person": "/{}/dashboard/people",
    "help": "/{}/dashboard/help",
    "groups": "/{}/dashboard/groups",
    "group": "/{}/dashboard/groups/montreal",
    "people": "/{}/dashboard/coordinators",
    "history": "/{}/dashboard/history",
    "webhooks": "/{}/dashboard/webhooks",
    "new webhook": "/{}/dashboard/webhooks/new",
    "webhook": "/{}/dashboard/webhooks/1",
    "API keys": "/{}/dashboard/keys",
    "account": "/{}/dashboard/account",
    "password": "/{}/dashboard/account/password",
}


@dataclass(frozen=True)
class World:
    """The pages to visit: name and path, with `{}` for the language; the office's need the sign-in."""

    public: dict[str, str]
    office: dict[str, str]

    def sign_in(self, page: Page, language: str) -> None:
        """Lets Oda of the office in, whatever the words of the page are."""
        page.goto(f"/{language}/login")
        page.locator("[name=email]").fill("oda@example.org")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main [type=submit]").click()
        page.wait_for_url(f"**/{language}/dashboard/**")


def fill(session: Session, group: str = "Groupe de Montréal", **changes: Any) -> World:
    """Makes an action in each state beside the one that the site has, with letters, pledges and a group.

    `changes` are changes of every action, such as a long title.
    """
    a_group(session, "montreal", group)
    case = a_case(session, "26/26")
    for slug, state in STATES.items():
        action = an_action(session, slug=slug, **{**state, **changes, "closed_at": None, "closed_reason": None})
        _letters(session, action)
        action.case_id = case.id if slug in OF_CASE else None
        action.closed_at, action.closed_reason = state.get("closed_at"), state.get("closed_reason")
    first = session.query(Action).filter_by(slug="ua-12-26").one()
    for name, value in changes.items():
        setattr(first, name, value)
    a_report(session, first, target=41, copy=3)
    running = session.query(Action).filter_by(slug="ua-21-26").one()
    for action in (first, running):
        a_picture(session, action)
    a_webhook(session, "https://crm.example.org/webhook-endpoint/urgent-actions?key=0123456789abcdef")
    a_pledge(session, running, once_key=MINE, group="montreal", email=None)
    office = a_coordinator(session)
    an_api_key(session, office, "montreal")
    imported = _imported(session, office)
    session.commit()
    return World({**PUBLIC, "mine": "/{}/pledges/" + token_for(MINE, SECRET)}, {**OFFICE, **imported})


def _imported(session: Session, coordinator: Coordinator) -> dict[str, str]:
    """The pages of what was read from a text with headings, from printed pages, and from a document full of doubts."""
    contents = {name: (DOCUMENTS / name).read_bytes() for name in IMPORTED}
    read = [waiting.Uploaded(name, content, reading.read(content, name)) for name, content in contents.items()]
    rows = waiting.add(session, coordinator, read, NOON)
    return {f"read from {row.name}": f"/{{}}/dashboard/import/{row.id}" for row in rows}


def _letters(session: Session, action: Action) -> None:
    wanted, then = LETTERS.get(action.slug, 0), NOON if action.deadline > NOON.date() else BEFORE
    sent_on = date(2026, 2, 28) if then == NOON else BEFORE.date()
    for letters in [500] * (wanted // 500) + [wanted % 500]:
        if letters:
            a_report(session, action, target=letters, now=then, sent_on=sent_on, copy=0, group="montreal")
