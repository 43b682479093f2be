"""The coordinators' sign-in pages, and the guard in front of their other pages.

`signing_in.py` has the pages to sign in and out, `password_links.py` those to choose a password. `guard.py` lets only
coordinators through, `proof.py` asks for the password again, and `tries.py` counts passwords and codes that are tried.
"""

from ua_tracker.web.coordinators.login import password_links  # noqa: F401 - its views are on the same blueprint
from ua_tracker.web.coordinators.login.guard import register, require_coordinator
from ua_tracker.web.coordinators.login.proof import require_proof
from ua_tracker.web.coordinators.login.signing_in import bp

__all__ = ["bp", "register", "require_coordinator", "require_proof"]
