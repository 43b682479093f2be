"""How often one source may write or ask, and the limiter that counts it.

What coordinators ask for is counted elsewhere (`ua_tracker/coordinators/tries.py`), as are passwords and codes: in the
database, whatever the settings say.
"""

from flask import Flask, current_app, g, request
from flask_limiter import Limiter

from ua_tracker import limit_store
from ua_tracker.sources import hashed_source
from ua_tracker.web.request import now

# Sixty people behind one address can pledge and report within ten minutes (a letter evening in a hall), and
# all at once at its end; a script cannot go on for long.
WRITING_LIMIT = "90 per minute; 400 per 10 minutes; 2000 per day"
# Asking for a link again writes to a mailbox that may be another's.
ASKING_LIMIT = "20 per 10 minutes; 100 per day"


def _source() -> str:
    """Whom the limits count: where the request came from, as it may be stored."""
    if "source" not in g:
        g.source = hashed_source(request.remote_addr, current_app.config["SECRET_KEY"], now().date())
    return str(g.source)


limiter = Limiter(_source, strategy="moving-window", default_limits=[])
# All requests that write count together, and all that ask: in whichever language, by whichever address of the site.
limit_writing = limiter.shared_limit(WRITING_LIMIT, "writing")
limit_asking = limiter.shared_limit(ASKING_LIMIT, "asking")


def register(app: Flask) -> None:
    """Puts the limiter on the app."""

    def clock() -> float:
        return float(app.config["CLOCK"]().timestamp())

    if app.config["RATELIMIT_ENABLED"]:
        inside = limit_store.opened(app.config["RATELIMIT_STORAGE_URI"], app.config["INSTANCE_PATH"], clock)
        options = {"inside": inside, "clock": clock}
        app.config.update(RATELIMIT_STORAGE_URI=f"{limit_store.LENIENT}:", RATELIMIT_STORAGE_OPTIONS=options)
    limiter.init_app(app)
