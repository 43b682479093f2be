"""Digests: when a mailbox has reached its daily limit, further mails are combined into one mail."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ua_tracker.models import Mail

SEVERAL = "several"
TOLD_IN_ANOTHER = "told in another mail"  # the reason of a mail that is included in a digest
WAITS_FOR_MORE = timedelta(minutes=10)  # requests within this time are combined into one mail
MOST_OF_A_SORT = 50


def row_for_digested(mail: Mail, now: datetime) -> Mail:
    """A row for a mail that is included in a digest. It keeps the idempotency key and has no personal data."""
    return Mail(
        once_key=mail.once_key,
        kind=mail.kind,
        language=mail.language,
        address=None,
        facts={},
        queued_at=now,
        message_id=mail.message_id,
        due_at=None,
        ended_at=now,
        ending="moot",
        reason=TOLD_IN_ANOTHER,
    )


def add(session: Session, mail: Mail, about: str, now: datetime) -> None:
    """Adds the content of this mail to the mailbox's waiting digest; creates a digest if none is waiting.

    `about` has the form `sort:which`. Each `about` is included once, with its latest key, and of each sort only the
    latest 50, so that the size is bounded. A digest that a sender has claimed is not changed: it may be sent already.
    """
    key = mail.facts["key"]
    waiting = session.scalar(
        select(Mail)
        .where(Mail.mailbox == mail.mailbox, Mail.kind == SEVERAL, Mail.due_at.is_not(None))
        .where(or_(Mail.tries == 0, Mail.reason.is_not(None)))
        .order_by(Mail.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if waiting is not None:
        waiting.facts = {"keys": _with(waiting.facts["keys"], about, key)}
    else:
        waiting = Mail(
            once_key=f"{SEVERAL}:{secrets.token_hex(16)}",
            kind=SEVERAL,
            language=mail.language,
            address=mail.address,
            mailbox=mail.mailbox,
            facts={"keys": {about: key}},
            message_id=secrets.token_hex(16),
            queued_at=now,
            due_at=now + WAITS_FOR_MORE,
        )
        session.add(waiting)
    session.flush()


def _with(keys: dict[str, str], about: str, key: str) -> dict[str, str]:
    kept = {one: known for one, known in keys.items() if one != about}
    sort = about.partition(":")[0]
    same = [one for one in kept if one.partition(":")[0] == sort]
    for one in same[: max(0, len(same) + 1 - MOST_OF_A_SORT)]:
        del kept[one]
    return {**kept, about: key}
