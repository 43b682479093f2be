"""What the mail server takes, as it said when this site last spoke to it: addresses beyond ASCII (SMTPUTF8, RFC 6531).

Only the part before the @ counts: an international domain is written in ASCII (IDNA, RFC 5890), as every server takes
it.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ua_tracker.mailing import Server
from ua_tracker.models import MailServer

NOTED_AGAIN_AFTER = timedelta(hours=1)


def needs_utf8(address: str) -> bool:
    """Whether only a server with SMTPUTF8 can take a mail to this address."""
    return not address.rpartition("@")[0].isascii()


def takes_utf8(session: Session, server: Server) -> bool | None:
    """Whether the server takes such addresses; None when no mail was given to it yet."""
    known = session.get(MailServer, _name(server))
    return known.takes_utf8 if known is not None else None


def note(session: Session, server: Server, takes: bool, now: datetime) -> None:
    """Remembers what the server said. What was known already is stored once an hour at most."""
    known = session.get(MailServer, _name(server))
    if known is None:
        session.merge(MailServer(name=_name(server), takes_utf8=takes, asked_at=now))
    elif known.takes_utf8 != takes or now - known.asked_at >= NOTED_AGAIN_AFTER:
        known.takes_utf8, known.asked_at = takes, now
    session.flush()


def _name(server: Server) -> str:
    return f"{server.host}:{server.port}"
