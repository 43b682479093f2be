"""Whether a mail can be sent to a typed address: before the @ there may be letters that the mail server refuses."""

from datetime import datetime, timedelta

from flask import current_app

from ua_tracker import mail_servers, mailing
from ua_tracker.database import db
from ua_tracker.mail_failures import Failed
from ua_tracker.web.request import now

PATIENCE = 3.0  # seconds to wait for each response of the mail server, while somebody waits for a form
ASKED_AGAIN_AFTER = timedelta(minutes=10)
_asked: dict[mailing.Server, tuple[datetime, bool | None]] = {}


def can_be_mailed(address: str) -> bool:
    """Whether the mail server takes this address. True where nothing is known, and where mails become files.

    What the server said last is known from the last mail. Before the first mail it is asked, once in ten minutes.
    """
    server = current_app.config["MAIL_URL"]
    if server is None or not mail_servers.needs_utf8(address):
        return True
    takes = mail_servers.takes_utf8(db.session(), server)
    return (_ask(server) if takes is None else takes) is not False


def _ask(server: mailing.Server) -> bool | None:
    at, takes = _asked.get(server, (None, None))
    if at is None or not timedelta() <= now() - at < ASKED_AGAIN_AFTER:
        _asked[server] = (now(), None)  # others do not ask meanwhile
        try:
            takes = mailing.greet(server, PATIENCE)
        except Failed:
            takes = None
        _asked[server] = (now(), takes)
    return takes
