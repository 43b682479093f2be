"""Rows with usable defaults, changed by keyword: actions that are open at NOON, groups, pledges, reports and others."""

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from passlib.hash import argon2
from PIL import Image
from sqlalchemy.orm import Session

from ua_tracker import coordinators, letters, outbox, pledges, private_links, tally, trust
from ua_tracker.actions import Addressee, picture_files, pictures
from ua_tracker.actions.pictures import Shown
from ua_tracker.actions.recipients import PARTS
from ua_tracker.letters import EveningTotal, Sending
from ua_tracker.models import TOPICS, Action, Case, Coordinator, Group, Picture, Pledge, Recipient, Report, Webhook
from ua_tracker.pledges import Wish
from ua_tracker.programs import keys
from ua_tracker.programs.keys import Grant
from ua_tracker.webhooks import registering
from ua_tracker.webhooks.registering import Wanted

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
SECRET = "a secret for tests"
PASSWORD = "three plain words"
# A test's clock stands still, and it reports as many letters as it likes. Tests of held rows leave these settings out.
NOTHING_HELD = {
    "HOLD_SECONDS": "0",
    **{f"HOLD_{name.upper()}": "1000000" for name in trust.USUAL if name != "seconds"},
}
CHEAP = argon2.using(memory_cost=64, rounds=1, parallelism=1)
DOCUMENTS = Path(__file__).parent / "documents"


def an_action(session: Session, **changes) -> Action:
    """A published action in the time zone of Toronto, open until 15 March 2026, with one target and one copy."""
    values = {
        "slug": "ua-12-26",
        "country": "Freedonia",
        "title": "TEACHER HELD WITHOUT CHARGE",
        "ai_index": None,
        "issued": date(2026, 2, 1),
        "summary": ["Ana Lopez was taken from her school."],
        "demands": ["Release Ana Lopez.", "Let her see a lawyer."],
        "background": ["She has taught for ten years."],
        "deadline": date(2026, 3, 15),
        "timezone": "America/Toronto",
        "goal": 100,
        "office_name": "Urgent Action Office",
        "office_address": ["3-1992 Yonge Street", "Toronto ON M4S 1Z7"],
        "office_email": ["office@example.org"],
        "created_at": LONG_AGO,
        "published_at": LONG_AGO,
        **changes,
    }
    action = Action(**values)
    session.add(action)
    session.flush()
    tally.begin(session, action.id)
    session.add(a_recipient(action, "target", 1, role="Minister of Justice", name="Rufus Firefly"))
    session.add(a_recipient(action, "copy", 2, role="Ambassador", name="Her Excellency Gloria Teasdale"))
    session.commit()
    return action


def a_recipient(action: Action, kind: str, position: int, **changes) -> Recipient:
    values = {"address_lines": ["1 Main Street", "Freedonia City"], "email": ["justice@example.org"], **changes}
    return Recipient(action_id=action.id, kind=kind, position=position, **values)


def a_photograph(kind: str = "JPEG", size=(1200, 800), colour="teal", mode: str = "RGB", **saved) -> bytes:
    """A file as somebody uploads it: one colour, with a stripe along its upper edge."""
    image = Image.new(mode, size, colour)
    if mode == "RGB":
        image.paste("orange", (0, 0, size[0], size[1] // 4))
    written = io.BytesIO()
    image.save(written, kind, **saved)
    return written.getvalue()


def a_picture(session: Session, action: Action, source: bytes | None = None, **changes) -> Picture:
    words = {"description": "Ana Lopez in her classroom.", "credit": "© Private", **changes}
    files = picture_files.made_of(source or a_photograph())
    pictures.put(session, action, Shown(files, **words), revision=action.revision, actor="tests", now=NOON)
    session.commit()
    return pictures.find(session, action)


def within(session: Session):
    """A function for rules that make their own transactions: each block uses this session and ends with a commit."""

    @contextmanager
    def block() -> Iterator[Session]:
        yield session
        session.commit()

    return block


def a_case(session: Session, ua_number: str = "12/26") -> Case:
    case = Case(ua_number=ua_number)
    session.add(case)
    session.flush()
    return case


def a_group(session: Session, slug: str = "montreal", name: str = "Groupe de Montréal") -> Group:
    group = Group(slug=slug, name=name)
    session.add(group)
    session.commit()
    return group


def a_wish(**changes) -> Wish:
    return Wish(**{"name": "Amal", "letters": 3, "language": "en", **changes})


def a_pledge(session: Session, action: Action, now: datetime = NOON, once_key: str | None = None, **changes) -> Pledge:
    once_key = once_key or secrets.token_urlsafe(24)
    token, arrival = private_links.token_for(once_key, SECRET), changes.pop("arrival", None)
    wish = a_wish(**changes)
    pledge = pledges.make(session, action, wish, once_key=once_key, token=token, now=now, arrival=arrival)
    session.commit()
    return pledge


def a_sending(action: Action, target: int = 2, copy: int = 1, **changes) -> Sending:
    counts = {action.targets[0].id: target, action.copies[0].id: copy}
    return Sending(**{"sent_on": date(2026, 3, 9), "channel": "post", "letters": counts, **changes})


def a_report(session: Session, action: Action, now: datetime = NOON, once_key: str | None = None, **changes) -> Report:
    how = {name: changes.pop(name, None) for name in ("pledge", "arrival")}
    once_key = once_key or secrets.token_urlsafe(24)
    report = letters.report(session, action, a_sending(action, **changes), once_key=once_key, now=now, **how)
    session.commit()
    return report


def an_addressee(recipient: Recipient | None = None, **changes) -> Addressee:
    """A recipient as a coordinator's form sends it, changed by keyword."""
    parts = {name: getattr(recipient, name) for name in ("id", *PARTS)} if recipient else {}
    return Addressee(**{**parts, **changes})


def an_evening(action: Action, target: int = 31, copy: int = 12, **changes) -> EveningTotal:
    counts = {action.targets[0].id: target, action.copies[0].id: copy}
    values = {"sent_on": date(2026, 3, 9), "channel": "post", "group": "montreal", "people": 14, "letters": counts}
    return EveningTotal(**{**values, **changes})


def a_mail(session: Session, commit: bool = True, **changes) -> bool:
    """Queues a mail. Returns False if one with its key was queued before."""
    values = {"kind": "pledge_made", "to": "amal@example.org", "language": "en", "facts": {"key": "k"}, "now": NOON}
    queued = outbox.queue(session, **{**values, "once_key": "k", **changes})
    if commit:
        session.commit()
    return queued


def a_coordinator(
    session: Session, email: str = "oda@example.org", group: Group | None = None, password: str | None = PASSWORD
) -> Coordinator:
    """A coordinator of the office, or of a group, who has chosen a password (hashed at the lowest cost)."""
    role, slug = ("group", group.slug) if group else ("office", None)
    coordinator = coordinators.add(session, email, role, slug, by="tests", now=LONG_AGO)
    if password:
        coordinators.change_password(session, coordinator, CHEAP.hash(password), LONG_AGO)
    session.commit()
    return coordinator


def a_webhook(session: Session, url: str, **changes) -> Webhook:
    """A webhook of the office, told of everything; `secret` is in its attribute `shown_secret`."""
    wanted = Wanted(**{"url": url, "topics": TOPICS, **changes})
    how = {"once_key": secrets.token_urlsafe(24), "networks": ("127.0.0.0/8",), "keys": [SECRET], "actor": "tests"}
    hook, hook.shown_secret = registering.add(session, wanted, now=LONG_AGO, **how)
    session.commit()
    return hook


def an_api_key(
    session: Session, maker: Coordinator | None = None, group: str | None = None, rights=keys.RIGHTS, **changes
) -> str:
    """The text of a new API key of the office, or of a group."""
    maker = maker or a_coordinator(session, "keymaker@example.org", password=None)
    grant = Grant("Stall tablet", group, rights, **{"most_letters": 300, **changes})
    _, secret = keys.make(session, maker, grant, NOON)
    session.commit()
    return secret
