"""What makes a form ours: its token; and what all forms of the site share.

Readers get no cookie, so the public forms' token cannot lean on a session. It is the site's signature over the
form's purpose and its once-only key; that a post comes from the site's own page is checked beside it
(`web/headers.py`: Sec-Fetch-Site and Origin). See docs/decisions/0003-forms-without-cookies.md.
"""

import secrets
from functools import cache
from typing import Any, Self

from flask import current_app, request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, HiddenField
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.i18n import get_translations
from wtforms.validators import ValidationError

from ua_tracker import languages
from ua_tracker.refusals import Refusal
from ua_tracker.web.errors import words
from ua_tracker.web.request import language
from ua_tracker.web.translation import lazy_gettext


class SignedOnceKey(CSRF):
    """A token that proves: this site showed this form, with this once-only key, for this purpose."""

    def setup_form(self, form: Form) -> Any:
        """Remembers the form, whose key and purpose are signed."""
        self._form = form
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """The signature, with the newest secret key."""
        return str(self._signer().dumps([self._form.meta.csrf_context, self._form.once_key.data]))

    def validate_csrf_token(self, form: Form, field: CSRFTokenField) -> None:
        """Raises ValidationError unless the signature is ours and of this purpose and key."""
        try:
            signed = self._signer().loads(field.data or "")
        except BadData as forged:
            raise ValidationError(STALE) from forged
        if signed != [form.meta.csrf_context, form.once_key.data] or not form.once_key.data:
            raise ValidationError(STALE)

    def _signer(self) -> URLSafeSerializer:
        keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
        return URLSafeSerializer(keys, salt="form")


STALE = lazy_gettext("This page had grown too old. Nothing is lost: please press the button once more.")


@cache
def own_sentences(code: str) -> Any:
    """The library's own sentences in this language; in English where the library does not speak it."""
    return get_translations([code, languages.known(code).locale, languages.DEFAULT])


class OwnMeta:
    """Which language the library speaks in our forms, and what it writes of a field."""

    def get_translations(self, form: Form) -> Any:
        """The library's own sentences in the request's language, read once."""
        return own_sentences(language())

    def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
        """The field as HTML. An attribute without a value is left out; the library would write `min="None"`."""
        attributes = {**(field.render_kw or {}), **render_kw}
        return field.widget(field, **{name: value for name, value in attributes.items() if value is not None})


_SENT = object()


def _sent_to(form: Form) -> MultiDict[str, Any] | None:
    if not form.is_submitted():
        return None
    for_files = [field.name for field in form if isinstance(field, FileField)]
    sent: MultiDict[str, Any] = MultiDict(request.form) if for_files else request.form
    for name in for_files:
        sent.setlist(name, request.files.getlist(name))
    return sent


class SiteForm(FlaskForm):
    """What every form of the site knows: its sentences, its status, and where a rule's refusal belongs."""

    class Meta(OwnMeta, FlaskForm.Meta):
        """What all our forms have, and a token in each."""

        csrf = True

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """What was sent as a form, and files only where the form asks for one; JSON is no form here."""
            return _sent_to(form) if formdata is _SENT else formdata

    def __init__(self, formdata: Any = _SENT, **kinds: Any) -> None:
        super().__init__(formdata=formdata, **kinds)

    @property
    def status(self) -> int:
        """The status of an answer that shows the form again: 400 for a token that is not ours, else 422."""
        return 400 if self.csrf_token.errors else 422

    def refused(self, refusal: Refusal) -> Self:
        """The form with the rule's sentence at the field it belongs to, and a fresh key if its own was used before.

        Raises the refusal if it has no field here.
        """
        if refusal.field is None or refusal.field not in self:
            raise refusal
        field = self[refusal.field]
        field.errors = [*field.errors, words(refusal)]
        if refusal.used_before:
            self.renew()
        return self

    def renew(self) -> None:
        """Gives the form a fresh once-only key, if it has one: what it sends next is something else."""

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """Every field's id with its sentence, in the order of the form."""
        return [(field.id, error) for field in self for error in field.errors]


def unsent(fresh: bool) -> dict[str, None]:
    """For a form that stands beside the one that was sent: it takes nothing out of the request."""
    return {"formdata": None} if fresh else {}


class PublicForm(SiteForm):
    """A form for people without an account."""

    class Meta(SiteForm.Meta):
        """Where the token comes from: not from a session."""

        csrf_class = SignedOnceKey

    once_key = HiddenField(default=lambda: secrets.token_urlsafe(24))

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well; a form whose token is not ours gets a fresh key, so that the next try goes through."""
        valid = super().validate(extra_validators)
        if self.csrf_token.errors:
            self.renew()
        return bool(valid)

    def renew(self) -> None:
        """Gives the form a fresh key, and the token that goes with it."""
        self.once_key.data = secrets.token_urlsafe(24)
        self.csrf_token.current_token = self.csrf_token.csrf_impl.generate_csrf_token(self.csrf_token)
