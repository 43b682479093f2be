"""The fields for the letters to each recipient, and the hidden field that maps each position to a recipient id.

While a form is open on a screen, the action's recipients can change, or their order. So the form carries their ids in
the order in which it showed them, and each typed number goes to the recipient for whom it was typed.
"""

from functools import lru_cache
from typing import Any, Self

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField
from wtforms.validators import NumberRange, Optional

from ua_tracker.actions import Addressed
from ua_tracker.models import Action
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
    def of_recipients(
        cls,
        action: Action | Addressed,
        most: int,
        *,
        fresh: bool = False,
        posted: MultiDict[str, str] | None = None,
        **kinds: Any,
    ) -> Self:
        """The form with a field for each recipient, for at most `most` letters each.

        With `fresh` it ignores the posted data, which `posted` replaces.
        """
        ids = [to.id for to in action.recipients]
        fields = None if fresh or request.method != "POST" else request.form if posted is None else posted
        typed = {} if fields is None else _typed_by_recipient(ids, fields)
        places = {f"letters-{place}": typed[number] for place, number in enumerate(ids, start=1) if number in typed}
        sent = ignore_request_if(True) if fresh else {} if fields is None else _formdata(places, fields)
        base: Any = cls  # a class can be a key, which mypy does not see in a `type[Self]`
        form: Self = _form_class(base, most, tuple((to.kind, to.title) for to in action.recipients))(**sent, **kinds)
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


def _formdata(places: dict[str, str], fields: MultiDict[str, str]) -> dict[str, Any]:
    others = [(name, text) for name, text in fields.items(multi=True) if not name.startswith("letters-")]
    return {"formdata": MultiDict([*others, *places.items()])}


def _typed_by_recipient(ids: list[int], fields: MultiDict[str, str]) -> dict[int, str]:
    """The typed texts by recipient id, in the order the form was shown with, else in the present order."""
    order = [number_in(text) for text in fields.get("whom", "").split(",")]
    shown = [number for number in order if number is not None] or ids
    names = {number: f"letters-{place}" for place, number in enumerate(shown, start=1)}
    return {number: fields[name].strip() for number, name in names.items() if name in fields}


@lru_cache(maxsize=128)
def _form_class(base: type[Any], most: int, recipients: tuple[tuple[str, str], ...]) -> type[Any]:
    """The form for these recipients, each with kind and title: a class takes longer to make than a form."""
    fields = {f"letters-{place}": _field(kind, title, most) for place, (kind, title) in enumerate(recipients, start=1)}
    return type(base.__name__, (base,), fields)


def _field(kind: str, title: str, most: int) -> WholeNumberField:
    label = (
        lazy_gettext("Letters to: %(recipient)s", recipient=title)
        if kind == "target"
        else lazy_gettext("Copies to: %(recipient)s", recipient=title)
    )
    return WholeNumberField(
        label,
        validators=[Optional(), NumberRange(0, most, lazy_gettext("Choose a number from %(min)s to %(max)s."))],
        render_kw={"inputmode": "numeric", "min": 0, "max": most},
    )
