"""The form for a webhook: its URL, what it is told, of which action and group, and whether it gets names."""

import secrets

from flask import current_app
from flask_babel import gettext
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput

from ua_tracker import actions, groups
from ua_tracker.database import db
from ua_tracker.models import TOPICS, Webhook
from ua_tracker.refusals import Refusal
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.base import ignore_request_if
from ua_tracker.web.forms.fields import one_line
from ua_tracker.web.labels import TOPIC_WORDS
from ua_tracker.web.request import language, now
from ua_tracker.web.translation import lazy_gettext
from ua_tracker.webhooks import addresses
from ua_tracker.webhooks.addresses import LONGEST_URL
from ua_tracker.webhooks.registering import Wanted, chosen


class WebhookForm(CoordinatorForm):
    """The address of another program, and what it is told."""

    once_key = HiddenField(default=lambda: secrets.token_urlsafe(24))
    url = StringField(
        lazy_gettext("URL"),
        description=lazy_gettext("It begins with https://. Requests are sent there by POST."),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write the URL.")),
            Length(max=LONGEST_URL, message=lazy_gettext("This is longer than %(max)s characters.")),
        ],
        render_kw={"type": "url", "inputmode": "url", "maxlength": LONGEST_URL, "spellcheck": "false"},
    )
    topics = SelectMultipleField(
        lazy_gettext("What is it told?"),
        choices=[SelectChoice(topic, TOPIC_WORDS[topic]) for topic in TOPICS],
        option_widget=CheckboxInput(),
        validators=[DataRequired(lazy_gettext("Choose at least one event."))],
    )
    action = SelectField(lazy_gettext("Of which action?"), choices=[])
    group = SelectField(lazy_gettext("Of which group?"), choices=[])
    gives_people = BooleanField(lazy_gettext("Send names, e-mail addresses, languages and consents too"))

    def validate_url(self, field: Field) -> None:
        """Raises ValidationError for a URL that no request may go to, beside the errors of the other fields."""
        try:
            addresses.place_of(str(field.data), current_app.config["WEBHOOK_NETWORKS"])
        except Refusal as refusal:
            raise ValidationError(sentence_of(refusal)) from refusal

    @classmethod
    def offering(cls, hook: Webhook | None = None, *, fresh: bool = False) -> "WebhookForm":
        """The form with all actions and groups, filled in with what this webhook has.

        With `fresh` it ignores posted data.
        """
        has = chosen(hook) if hook else None
        values = {**vars(has), "action": has.action or "", "group": has.group or ""} if has else {}
        form = cls(**ignore_request_if(fresh), data=values)
        found = actions.all_with_totals(db.session(), now(), drafts=True)
        form.action.choices = [
            SelectChoice("", gettext("All actions")),
            *(SelectChoice(action.slug, action.title) for action, _ in found if not action.practice),
        ]
        known = groups.listing(db.session(), language())
        if hook and hook.group and hook.group not in known:  # it takes part no longer
            known.append(hook.group)
        form.group.choices = [
            SelectChoice("", gettext("With or without a group")),
            *(SelectChoice(one.slug, one.name) for one in known),
        ]
        return form

    def wanted(self) -> Wanted:
        """What was chosen."""
        return Wanted(
            url=str(self.url.data),
            topics=tuple(topic for topic in TOPICS if topic in (self.topics.data or ())),
            action=self.action.data or None,
            group=self.group.data or None,
            gives_people=bool(self.gives_people.data),
        )
