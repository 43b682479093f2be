"""The forms of pledges and reports as programs fill them in: the same fields, rules and sentences, without a page.

A request with an API key has no token of a form, and nothing is asked back about an address.
"""

from typing import Self

from werkzeug.datastructures import MultiDict
from wtforms.csrf.core import CSRFTokenField

from ua_tracker.actions import Addressed
from ua_tracker.web.forms.base import PublicForm, SignedOnceKey
from ua_tracker.web.forms.group_choice import offer_groups
from ua_tracker.web.forms.pledging import PledgeForm
from ua_tracker.web.forms.reporting import ReportForm
from ua_tracker.web.request import now

Posted = MultiDict[str, str]


class _ByKey(SignedOnceKey):
    """No token: the API key in the header says who asks, and no browser sends it by itself."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """An empty token."""
        return ""

    def validate_csrf_token(self, form: PublicForm, field: CSRFTokenField) -> None:
        """Accepts everything."""


class _Entry(PublicForm):
    class Meta(PublicForm.Meta):
        """Needs no token."""

        csrf_class = _ByKey

    def question_about_address(self) -> None:
        """Asks nothing."""


class PledgeEntry(_Entry, PledgeForm):
    """A pledge that a program makes."""

    @classmethod
    def filled(cls, posted: Posted) -> Self:
        """The form with these fields."""
        form = cls(formdata=posted, meta={"csrf_context": "entry"})
        offer_groups(form)
        return form


class ReportEntry(_Entry, ReportForm):
    """A report that a program makes."""

    @classmethod
    def filled(cls, action: Addressed, posted: Posted) -> Self:
        """The form with these fields, for the recipients of this action: `letters-1` for the first."""
        return cls.for_action(action, now(), posted=posted)
