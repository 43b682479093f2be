"""The fields for the letters to each recipient, and the hidden field that maps each position to a recipient id.

While a form is open on a screen, the action's recipients can change, or their order. So the form carries their ids in
the order in which it showed them, and each typed number goes to the recipient for whom it was typed.
"""

from typing import Any, Self

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField
from wtforms.validators import NumberRange, Optional

from ua_tracker.models import Action, Recipient
from ua_tracker.refusals import RecipientGone
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.base import SiteForm, ignore_request_if
from ua_tracker.web.forms.fields import WholeNumberField
from ua_tracker.web.request import number_in
from ua_tracker.web.translation import lazy_gettext


class Counts(SiteForm):
    """The part of a form that asks for letters to each recipient: `letters-1` …, targets first.

    `removed` holds what was typed for recipients that have since been removed, by recipient id.
    """

    once_key: HiddenField
    whom = HiddenField()
    removed: dict[int, str]

    @classmethod
    def of_recipients(cls, action: Action, most: int, *, fresh: bool = False, **kinds: Any) -> Self:
        """The form with a field for each recipient, for at most `most` letters each.

        With `fresh` it ignores the posted data.
        """
        ids = [to.id for to in action.recipients]
        fields = {f"letters-{place}": _field(to, most) for place, to in enumerate(action.recipients, start=1)}
        typed = {} if fresh or request.method != "POST" else _typed_by_recipient(ids)
        places = {f"letters-{place}": typed[number] for place, number in enumerate(ids, start=1) if number in typed}
        sent = ignore_request_if(True) if fresh else _formdata(places)
        form: Self = type(cls.__name__, (cls,), fields)(**sent, **kinds)
        form.whom.data = ",".join(map(str, ids))
        form.removed = {number: text for number, text in typed.items() if number not in ids and text not in ("", "0")}
        return form

    @property
    def counts(self) -> list[WholeNumberField]:
        """The fields for letters, in the order of the recipients."""
        return [one for one in self if isinstance(one, WholeNumberField) and one.name.startswith("letters-")]

    def letters(self) -> dict[int, int]:
        """The typed numbers by recipient id, also of recipients that have since been removed."""
        ids = [int(number) for number in (self.whom.data or "").split(",") if number]
        here = {number: field.data or 0 for number, field in zip(ids, self.counts, strict=True)}
        return here | {number: number_in(text) or 0 for number, text in self.removed.items()}

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the form is valid. Letters to a removed recipient are always an error, beside any others."""
        valid = super().validate(extra_validators)
        if self.removed:
            sentence = sentence_of(RecipientGone(letters=", ".join(self.removed.values())))
            for first in self.counts[:1]:
                first.errors = [*first.errors, sentence]
        return bool(valid and not self.removed)


def _formdata(places: dict[str, str]) -> dict[str, Any]:
    if request.method != "POST":
        return {}
    others = [(name, text) for name, text in request.form.items(multi=True) if not name.startswith("letters-")]
    return {"formdata": MultiDict([*others, *places.items()])}


def _typed_by_recipient(ids: list[int]) -> dict[int, str]:
    """The typed texts by recipient id, in the order the form was shown with, else in the present order."""
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
