"""The fields for the letters to each recipient, told by their place; and beside them whose place is whose.

The recipients of an action can be put in another order, or change, while a form stands open on somebody's screen.
So the form carries their ids in the order it was shown with, and what was typed goes with its recipient.
"""

from typing import Any, Self

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField
from wtforms.validators import NumberRange, Optional

from ua_tracker.models import Action, Recipient
from ua_tracker.refusals import RecipientGone
from ua_tracker.web.errors import words
from ua_tracker.web.forms.base import unsent
from ua_tracker.web.forms.fields import WholeNumberField
from ua_tracker.web.request import number_in
from ua_tracker.web.translation import lazy_gettext


class Counts:
    """What a form has that asks for letters to each recipient: `letters-1` …, targets first.

    `gone` is what was typed for somebody who is no recipient any more, by recipient id.
    """

    whom = HiddenField()
    gone: dict[int, str]

    @classmethod
    def of_recipients(cls, action: Action, most: int, *, fresh: bool = False, **kinds: Any) -> Self:
        """The form with a field for each recipient, at most so many letters each; `fresh` looks at nothing sent."""
        ids = [to.id for to in action.recipients]
        fields = {f"letters-{place}": _field(to, most) for place, to in enumerate(action.recipients, start=1)}
        typed = {} if fresh or request.method != "POST" else _typed(ids)
        places = {f"letters-{place}": typed[number] for place, number in enumerate(ids, start=1) if number in typed}
        sent = unsent(True) if fresh else _sent(places)
        form: Self = type(cls.__name__, (cls,), fields)(**sent, **kinds)
        form.whom.data = ",".join(map(str, ids))
        form.gone = {number: text for number, text in typed.items() if number not in ids and text not in ("", "0")}
        return form

    @property
    def counts(self) -> list[WholeNumberField]:
        """The fields for the recipients' letters, in the order shown."""
        return [field for field in self if field.name.startswith("letters-")]  # type: ignore[attr-defined]

    def letters(self) -> dict[int, int]:
        """What was typed, by recipient id; also for those who are no recipients any more."""
        ids = [int(number) for number in self.whom.data.split(",") if number]
        here = {number: field.data or 0 for number, field in zip(ids, self.counts, strict=True)}
        return here | {number: number_in(text) or 0 for number, text in self.gone.items()}

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well; letters to somebody who is no recipient any more are told, whatever else is wrong."""
        valid = super().validate(extra_validators)  # type: ignore[misc]
        if self.gone:
            told = words(RecipientGone(letters=", ".join(self.gone.values())))
            for first in self.counts[:1]:
                first.errors = [*first.errors, told]
        return bool(valid and not self.gone)


def _sent(places: dict[str, str]) -> dict[str, Any]:
    if request.method != "POST":
        return {}
    others = [(name, text) for name, text in request.form.items(multi=True) if not name.startswith("letters-")]
    return {"formdata": MultiDict([*others, *places.items()])}


def _typed(ids: list[int]) -> dict[int, str]:
    """What was typed for whom, by the order that the form was shown with; without one, by the order of now."""
    order = [number_in(text) for text in request.form.get("whom", "").split(",")]
    shown = [number for number in order if number is not None] or ids
    names = {number: f"letters-{place}" for place, number in enumerate(shown, start=1)}
    return {number: request.form[name].strip() for number, name in names.items() if name in request.form}


def _field(to: Recipient, most: int) -> WholeNumberField:
    label = (
        lazy_gettext("Letters to: %(recipient)s", recipient=to.title)
        if to.kind == "target"
        else lazy_gettext("Copies to: %(recipient)s", recipient=to.title)
    )
    return WholeNumberField(
        label,
        validators=[Optional(), NumberRange(0, most, lazy_gettext("Choose a number from %(min)s to %(max)s."))],
        render_kw={"inputmode": "numeric", "min": 0, "max": most},
    )
