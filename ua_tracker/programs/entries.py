"""What programs enter with an API key: pledges and reports, each once, by the rules that the forms follow.

The answer is stored in the transaction of what it tells, under the idempotency key: a request that is repeated, also
after a server was killed before it answered, gets the same answer. One that is repeated while the first is at work
waits for it. See docs/decisions/0024-write-api.md.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from ua_tracker import letters, pledges, private_links, refusals, tally
from ua_tracker.deadlines import Dated
from ua_tracker.letters import Sending
from ua_tracker.models import ApiEntry, Pledge, Report
from ua_tracker.pledges import Wish
from ua_tracker.private_links import hashed
from ua_tracker.programs import keys
from ua_tracker.programs.keys import Known
from ua_tracker.statements import insert_new
from ua_tracker.trust import Arrival

KEPT = timedelta(days=7)
TAKEN_BACK_WITHIN = timedelta(hours=24)
BODY = "request body"


@dataclass(frozen=True)
class Asked:
    """A request to enter something: its key, its idempotency key, and what was sent, in one spelling.

    `secrets` are the site's secret keys, the newest first; `arrival` has the quota of the key.
    """

    key: Known
    once_key: str
    body: str
    secrets: list[str]
    arrival: Arrival

    @property
    def once(self) -> str:
        """The idempotency key as pledges and reports have it: keys of two programs never meet."""
        return f"api {self.key.id} {self.once_key}"

    def hash_of_body(self, secret: str) -> str:
        """A hash by which a repeated request is known, and from which nobody without the secret guesses a name."""
        return hmac.digest(secret.encode(), f"{BODY}\0{self.once}\0{self.body}".encode(), "sha256").hex()


@dataclass(frozen=True)
class Entered:
    """An entry: its id, what is answered, and the token of the private link where there is one to show."""

    id: int
    answer: dict[str, Any]
    token: str | None


def pledge(session: Session, asked: Asked, action: Dated, wish: Wish, now: datetime) -> Entered:
    """Makes a pledge as the form does, and discloses as little about its address.

    Raises what `pledges.make_discreetly` raises, and what `earlier` does; KeyOver.
    """

    def store() -> tuple[dict[str, Any], str | None]:
        how: dict[str, Any] = {"once_key": asked.once, "secrets": asked.secrets, "arrival": asked.arrival}
        number, token = pledges.find_or_make(session, action, wish, now=now, **how)
        return {"pledge_id": number, "letters": wish.letters, "group": wish.group}, token

    return _entered(session, asked, action, "pledge", store, now)


def report(session: Session, asked: Asked, action: Dated, sending: Sending, language: str, now: datetime) -> Entered:
    """Reports letters as the form does. Raises what `letters.report` raises, and what `earlier` does; KeyOver."""

    def store() -> tuple[dict[str, Any], str | None]:
        how: dict[str, Any] = {"once_key": asked.once, "secrets": asked.secrets, "arrival": asked.arrival}
        made, token = letters.report_discreetly(session, action, sending, language=language, now=now, **how)
        copies = sum(sending.letters.values()) - made.letters
        told = {"letters": made.letters, "copies": copies, "group": sending.group, "counted": not made.is_held}
        return {"report_id": made.id, **told}, token

    return _entered(session, asked, action, "report", store, now)


def _entered(
    session: Session,
    asked: Asked,
    action: Dated,
    kind: str,
    store: Callable[[], tuple[dict[str, Any], str | None]],
    now: datetime,
) -> Entered:
    """The entry of an earlier request with this idempotency key, or a new one that `store` makes.

    Raises OnceKeyUsed, EntryTakenBack, KeyOver for a key that was revoked while the request waited.
    """
    keys.find_again(session, asked.key.key_hash, now)
    before = earlier(session, asked)
    if before is not None:
        return before
    told, token = store()
    rows = {name: told.pop(name, None) for name in ("pledge_id", "report_id")}
    entry = ApiEntry(
        api_key_id=asked.key.id,
        once_hash=hashed(asked.once),
        body_hash=asked.hash_of_body(asked.secrets[0]),
        made_at=now,
        answer={"kind": kind, "action": action.slug, **told, "totals": _totals(session, action.id)},
        **rows,
    )
    if not insert_new(session, entry):  # at the same time, for another action
        raise refusals.OnceKeyUsed()
    keys.note_use(session, asked.key, now)
    return Entered(entry.id, {**entry.answer, "made_at": now}, token)


def earlier(session: Session, asked: Asked) -> Entered | None:
    """The entry of an earlier request with this idempotency key, if any. Raises OnceKeyUsed, EntryTakenBack."""
    known = session.scalar(select(ApiEntry).where(ApiEntry.once_hash == hashed(asked.once)))
    if known is None:
        return None
    if not any(hmac.compare_digest(known.body_hash, asked.hash_of_body(secret)) for secret in asked.secrets):
        raise refusals.OnceKeyUsed()
    if known.taken_back_at is not None:
        raise refusals.EntryTakenBack()
    made: Pledge | Report | None = None
    if known.pledge_id is not None:
        made = session.get_one(Pledge, known.pledge_id)
    elif known.report_id is not None:
        made = session.get_one(Report, known.report_id)
    tokens = [private_links.token_for(asked.once, secret) for secret in asked.secrets]
    token = private_links.issued(session, made, tokens) if made is not None else None
    return Entered(known.id, {**known.answer, "made_at": known.made_at}, token)


def take_back(session: Session, key: Known, number: int, now: datetime) -> None:
    """Takes back what this key entered within the last 24 hours. Does nothing the second time.

    What its supporter or a coordinator has ended stays as it is. Raises NoSuchEntry, TakeBackOver, ReportingClosed.
    """
    mine = select(ApiEntry).where(ApiEntry.id == number, ApiEntry.api_key_id == key.id)
    entry = session.scalar(mine.with_for_update(of=ApiEntry))
    if entry is None:
        raise refusals.NoSuchEntry()
    if entry.taken_back_at is not None:
        return
    if now >= entry.made_at + TAKEN_BACK_WITHIN:
        raise refusals.TakeBackOver(hours=int(TAKEN_BACK_WITHIN / timedelta(hours=1)))
    if entry.pledge_id is not None:
        made = session.get_one(Pledge, entry.pledge_id)
        if made.withdrawn_at is None and made.voided_at is None:
            pledges.withdraw(session, made, now)
    if entry.report_id is not None:
        letters.undo(session, session.get_one(Report, entry.report_id), now, actor=key.actor)
    entry.taken_back_at = now
    keys.note_use(session, key, now)


def forget(session: Session, now: datetime) -> None:
    """Deletes the answers that are older than seven days."""
    session.execute(delete(ApiEntry).where(ApiEntry.made_at < now - KEPT))


def forget_bodies(session: Session, *which: ColumnElement[bool]) -> None:
    """Deletes the hashes of what was sent, where personal data is erased. The request is never repeated after that."""
    forgetting = update(ApiEntry).where(*which).values(body_hash="")
    session.execute(forgetting.execution_options(synchronize_session=False))


def _totals(session: Session, action_id: int) -> dict[str, int]:
    now = tally.read(session, action_id)
    names = ("letters_sent", "copies_sent", "letters_pledged", "pledges")
    return {name: getattr(now, name) for name in names}
