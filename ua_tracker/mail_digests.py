"""Which mails come together in one? Those that a mailbox is to get when it has had its few of the day."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ua_tracker.models import Mail

SEVERAL = "several"
WAITS_FOR_MORE = timedelta(minutes=10)  # who asks for much at once is answered by one mail
MOST_OF_A_SORT = 50


def row_for_digested(mail: Mail, now: datetime) -> Mail:
    """The row of a mail that another tells: it holds the key against a second time, and names nobody."""
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
        reason="told in another mail",
    )


def add(session: Session, mail: Mail, about: str, now: datetime) -> None:
    """Lets the mail of several that waits for the mailbox tell what this one would; makes it if none waits.

    `about` is `sort:which`: the same is told once, with the latest key, and of each sort the latest 50, so that what
    waits is bounded. One that a sender holds at this moment is left alone: it may be on its way.
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
