"""What all forms of the site share: their tokens, their language and their errors.

Readers get no cookie, so the token of a public form cannot depend on a session. It is the site's signature over the
form's purpose, its idempotency key and the time at which it was made. That a post comes from a page of this site is
checked in `web/headers.py` (Sec-Fetch-Site and Origin). See docs/decisions/0003-forms-without-cookies.md.
"""

from functools import cache
from typing import Any, Self

from flask import current_app, request
from flask_wtf import FlaskForm
from itsdangerous import BadData
from werkzeug.datastructures import MultiDict
from wtforms import Field, FileField, Form, HiddenField
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.i18n import get_translations
from wtforms.validators import ValidationError

from ua_tracker import languages
from ua_tracker.refusals import Refusal
from ua_tracker.web import form_keys
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.binding import LateToken, bound
from ua_tracker.web.live.versions import FormKeys
from ua_tracker.web.request import language, now
from ua_tracker.web.translation import lazy_gettext


class SignedOnceKey(CSRF):
    """A token which proves that this site made this form, with this idempotency key, for this purpose."""

    field_class = LateToken

    def setup_form(self, form: "PublicForm") -> Any:
        """Remembers the form, whose key and purpose are signed."""
        self._form = form
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """The signature, with the newest secret key."""
        return form_keys.token(self._form.meta.csrf_context, self._form.once_key.data, _signing_keys(), now())

    def validate_csrf_token(self, form: "PublicForm", field: CSRFTokenField) -> None:
        """Raises ValidationError unless the signature is ours and matches purpose and key."""
        try:
            keys = form.meta.csrf_context, form.once_key.data, _signing_keys()
            made_at = form_keys.made_at(field.data or "", *keys)
        except BadData as forged:
            raise ValidationError(STALE) from forged
        if not form.once_key.data:
            raise ValidationError(STALE)
        form.made_at = made_at


def _signing_keys() -> list[str]:
    return [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]


STALE = lazy_gettext("This page has expired. Nothing is lost: please press the button once more.")


@cache
def own_sentences(code: str) -> Any:
    """WTForms' own sentences in this language; in English where the library does not speak it."""
    return get_translations([code, languages.known(code).locale, languages.DEFAULT])


class OwnMeta:
    """The language of WTForms' own sentences in our forms, and how a field is made and rendered."""

    def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
        """The field of this form."""
        return bound(unbound_field, form, options)

    def get_translations(self, form: Form) -> Any:
        """WTForms' own sentences in the request's language, loaded once."""
        return own_sentences(language())

    def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
        """The field as HTML, without attributes that have no value: WTForms would write `min="None"` and `value=""`."""
        attributes = {
            name: value for name, value in {**(field.render_kw or {}), **render_kw}.items() if value is not None
        }
        if getattr(field, "_value", lambda: "something")() == "":
            attributes["value"] = False
        if getattr(field.widget, "input_type", None) == "text":
            attributes.setdefault("type", False)  # it is what an input is without a type
        return field.widget(field, **attributes)


_FROM_REQUEST = object()


def _formdata_for(form: "SiteForm") -> MultiDict[str, Any] | None:
    if not form.is_submitted():
        return None
    for_files = [field.name for field in form if isinstance(field, FileField)]
    sent: MultiDict[str, Any] = MultiDict(request.form) if for_files else request.form
    for name in for_files:
        sent.setlist(name, request.files.getlist(name))
    return sent


class SiteForm(FlaskForm):
    """A form of the site: it takes its data from the request, and shows a refusal at the field it is about."""

    class Meta(OwnMeta, FlaskForm.Meta):
        """The settings of all our forms, and a token in each."""

        csrf = True

        def wrap_formdata(self, form: "SiteForm", formdata: Any) -> Any:
            """The posted fields, and files only if the form has a field for them. JSON is never read."""
            return _formdata_for(form) if formdata is _FROM_REQUEST else formdata

    url_of_first: str | None = None  # once the form is refused because it was used before

    def __init__(self, formdata: Any = _FROM_REQUEST, **kinds: Any) -> None:
        super().__init__(formdata=formdata, **kinds)

    @property
    def status(self) -> int:
        """The status of a response that shows the form again: 400 for a token that is not ours, else 422."""
        return 400 if self.csrf_token.errors else 422

    def refused(self, refusal: Refusal) -> Self:
        """The form with the refusal's sentence at its field, and a new key if the form's own was used before.

        Raises the refusal if the form has no such field.
        """
        if refusal.field is None or refusal.field not in self:
            raise refusal
        field = self[refusal.field]
        field.errors = [*field.errors, sentence_of(refusal)]
        if refusal.used_before:
            self.url_of_first = self.find_first()
            self.renew()
        return self

    def find_first(self) -> str | None:
        """The URL at which that can be seen which the form stored before, with its present key; None if it has none."""
        return None

    def renew(self) -> None:
        """Gives the form a new idempotency key, if it has one: what it sends next is a new entry."""

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """Each error with the id of its field, in the order of the form."""
        return [(field.id, error) for field in self for error in field.errors]


def ignore_request_if(fresh: bool) -> dict[str, None]:
    """Arguments that make a form ignore the posted data, for a form shown beside the one that was posted."""
    return {"formdata": None} if fresh else {}


class PublicForm(SiteForm):
    """A form for people without an account."""

    class Meta(SiteForm.Meta):
        """The token of a public form, which needs no session."""

        csrf_class = SignedOnceKey

    once_key = HiddenField(default=form_keys.fresh)
    made_at: int | None = None  # seconds since the epoch, once the form is valid

    @property
    def keys(self) -> FormKeys:
        """Its hidden keys, which are others in each response."""
        return FormKeys(str(self.meta.csrf_context), str(self.once_key.data), str(self.csrf_token.current_token))

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the form is valid. With a token that is not ours it gets a new key, so that a retry succeeds."""
        valid = super().validate(extra_validators)
        if self.csrf_token.errors:
            self.renew()
        return bool(valid)

    def renew(self) -> None:
        """Gives the form a new key, and the token that belongs to it."""
        self.once_key.data = form_keys.fresh()
        self.csrf_token.current_token = self.csrf_token.csrf_impl.generate_csrf_token(self.csrf_token)
