"""How often one source may write or ask for a link, and the limiter that counts it.

What coordinators ask for, and every try of a password or code, is counted in the database, whatever the settings say
(`ua_tracker/coordinators/tries.py`).
"""

from flask import Flask, current_app, g, request
from flask_limiter import Limiter

from ua_tracker import limit_store
from ua_tracker.sources import hashed_source
from ua_tracker.web import one_click
from ua_tracker.web.request import now

# Sixty people behind one network address (a letter evening in a hall) can pledge and report within ten minutes, also
# all in its last minute. A script soon reaches the limit.
WRITING_LIMIT = "90 per minute; 400 per 10 minutes; 2000 per day"
# Each request for a link sends a mail, perhaps to a stranger's mailbox.
ASKING_LIMIT = "20 per 10 minutes; 100 per day"


def _source() -> str:
    """The source that the limits count: the request's network address, hashed so that it may be stored."""
    if "source" not in g:
        g.source = hashed_source(request.remote_addr, current_app.config["SECRET_KEY"], now().date())
    return str(g.source)


limiter = Limiter(_source, strategy="moving-window", default_limits=[])
# All writing requests are counted together, and all requests for links, whatever their language and URL. Not those by
# which a large provider of mailboxes unsubscribes many people from the same few machines.
limit_writing = limiter.shared_limit(WRITING_LIMIT, "writing", exempt_when=one_click.is_posted)
limit_asking = limiter.shared_limit(ASKING_LIMIT, "asking")


def register(app: Flask) -> None:
    """Registers the limiter on the app."""

    def clock() -> float:
        return float(app.config["CLOCK"]().timestamp())

    if app.config["RATELIMIT_ENABLED"]:
        inside = limit_store.opened(app.config["RATELIMIT_STORAGE_URI"], app.config["INSTANCE_PATH"], clock)
        options = {"inside": inside, "clock": clock}
        app.config.update(RATELIMIT_STORAGE_URI=f"{limit_store.LENIENT}:", RATELIMIT_STORAGE_OPTIONS=options)
    limiter.init_app(app)
