"""What the forms of pledges and reports tell about how they arrived, for the rules of `ua_tracker/trust/`."""

from flask import current_app, request
from wtforms import StringField

from ua_tracker.private_links import hashed
from ua_tracker.trust import Arrival, Thresholds
from ua_tracker.web.forms.base import PublicForm
from ua_tracker.web.request import now
from ua_tracker.web.translation import lazy_gettext


def thresholds() -> Thresholds:
    """The numbers of the site's settings. They are the same in each request, and made once."""
    made: Thresholds | None = current_app.extensions.get("ua_tracker.thresholds")
    if made is None:
        made = current_app.extensions["ua_tracker.thresholds"] = Thresholds.of(current_app.config)
    return made


class WeighedForm(PublicForm):
    """A public form whose entry is held if it looks unlike people."""

    # The templates hide it from people; programs that fill in every field fill it in too.
    website = StringField(lazy_gettext("Leave this empty"))

    def arrival(self, *, proof: str | None = None, typed: bool = True, evening: int | None = None) -> Arrival:
        """How the entry of this form arrived. `proof`: the address of its sender, to which the link was mailed.

        Without `typed` it may be a single button, which is pressed at once. `evening` is the id of a letter evening.
        """
        passed = now().timestamp() - self.made_at if self.made_at is not None else None
        return Arrival(
            address=request.remote_addr,
            thresholds=thresholds(),
            seconds=passed if typed and passed is not None and passed >= 0 else None,  # clocks of machines differ
            trapped=bool(self.website.data),
            form=hashed(str(self.once_key.data)),
            proof=proof,
            evening=evening,
        )
