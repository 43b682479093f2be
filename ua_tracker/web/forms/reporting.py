"""The form to report letters that were sent, and the function that stores the report once."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, NamedTuple, Self

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, InputRequired, Length, Optional

from ua_tracker import deadlines, letters
from ua_tracker.actions import Addressed, To
from ua_tracker.database import db, writing
from ua_tracker.letters import MOST_WAYS, Sending, Sent, ways_to_share
from ua_tracker.limits import MOST_LETTERS
from ua_tracker.models import CHANNELS, Action, Pledge, Recipient, Report
from ua_tracker.private_links import hashed
from ua_tracker.refusals import AlreadyEntered, AlreadyReported, Refusal, TakenBackSince
from ua_tracker.web.forms.addresses import AsksAboutAddress
from ua_tracker.web.forms.fields import LONGEST_NAME, DayField, OneOf, no_formula, one_line
from ua_tracker.web.forms.group_choice import group_field, offer_groups
from ua_tracker.web.forms.letter_counts import Counts
from ua_tracker.web.forms.weighed import WeighedForm
from ua_tracker.web.labels import CHANNEL_NAMES, HOW
from ua_tracker.web.request import secret_keys
from ua_tracker.web.translation import lazy_gettext


class Share(NamedTuple):
    """So many letters to one recipient, whose field and title these are."""

    field: str
    title: str
    letters: int


Way = list[Share]  # one for each recipient, in the order of the form


class ReportForm(AsksAboutAddress, Counts, WeighedForm):
    """Letters that were sent, to each recipient.

    `latest` is the last day that they can have been sent, `is_today` whether it is today. `ways` are the ways in which
    the letters can have been shared among several targets, if there are few: each can be offered as one button.
    """

    latest: date
    is_today: bool
    ways: list[Way]
    sent_on = DayField(
        lazy_gettext("Day sent"),
        validators=[InputRequired(lazy_gettext("Choose the day on which you sent them."))],
    )
    channel = OneOf(
        lazy_gettext("Sent by"),
        choices=[SelectChoice(name, CHANNEL_NAMES[name]) for name in CHANNELS],
        default="post",
        unchosen=HOW,
    )
    name = StringField(
        lazy_gettext("Your name or initials (optional)"),
        filters=[one_line],
        validators=[
            Optional(),
            Length(max=LONGEST_NAME, message=lazy_gettext("This is longer than %(max)s characters.")),
            no_formula,
        ],
        render_kw={"autocomplete": "name", "maxlength": LONGEST_NAME},
    )
    email = StringField(
        lazy_gettext("E-mail (optional)"),
        description=lazy_gettext(
            "A receipt goes there, to correct your report or take it back. With the address of your pledge, its"
            " reminders end."
        ),
        filters=[one_line],
        validators=[Optional(), Email(lazy_gettext("Write the address as name@example.org, or leave it out."))],
        render_kw={"type": "email", "autocomplete": "email", "maxlength": 254},
    )
    group = group_field()
    evening = HiddenField()  # the key of the letter evening at which it is sent
    instead_of = HiddenField(filters=[one_line])  # the address that the thanks named, which was wrong

    @classmethod
    def for_action(
        cls,
        action: Action | Addressed,
        now: datetime,
        group: str | None = None,
        pledge: Pledge | None = None,
        *,
        letters: int = 1,
        before: dict[int, int] | None = None,
        kept: dict[str, Any] | None = None,
        purpose: str | None = None,
        fresh: bool = False,
        posted: MultiDict[str, str] | None = None,
    ) -> Self:
        """The form for this action's recipients, with today as the day sent, or the deadline once it has passed.

        It begins with `letters` to the targets, of which each got those `before`, by its id; and with what is `kept`
        from the report before: day, channel, evening.
        `purpose` is what its token is for, if it is not a new report. With `fresh` it ignores the posted data, which
        `posted` replaces.
        """
        whose = purpose or f"report {action.slug} {pledge.id if pledge else '-'}"
        today = deadlines.today(action, now)
        latest, ways = min(today, action.deadline or today), _shared(action, letters, before or {})
        # Without a promise nobody can know to which of several targets a letter went.
        usual = ways[0] if len(ways) == 1 or (ways and pledge) else []
        # What is left out of a posted form is no letter, so only a form that was not posted begins with numbers.
        shown = {one.field: one.letters for one in usual} if fresh or request.method != "POST" else {}
        kinds = {"meta": {"csrf_context": whose}, "data": {"sent_on": latest, **shown, **(kept or {})}}
        form = cls.of_recipients(action, MOST_LETTERS, fresh=fresh, posted=posted, **kinds)
        form.latest, form.is_today, form.ways = latest, latest == today, ways if len(ways) <= MOST_WAYS else []
        form.sent_on.render_kw = {"max": latest.isoformat(), "min": action.issued and action.issued.isoformat()}
        offer_groups(form, group or (pledge.group.slug if pledge and pledge.group else None))
        return form

    @classmethod
    def correcting(cls, action: Action, report: Report, now: datetime, token: str, *, fresh: bool = False) -> Self:
        """The form that corrects the report with this private link. It begins with what the report says."""
        said = {line.recipient_id: line.letters for line in report.lines}
        places = {f"letters-{place}": said.get(to.id, 0) for place, to in enumerate(action.recipients, start=1)}
        shown = places if fresh or request.method != "POST" else {}
        kept = {"sent_on": report.sent_on, "channel": report.channel, **shown}
        purpose = f"correct {hashed(token)[:16]}"
        form = cls.for_action(action, now, letters=0, kept=kept, purpose=purpose, fresh=fresh)
        offer_groups(form, report.group.slug if report.group else None, kept=report.group)
        return form

    def find_first(self) -> str | None:
        """The URL of the report that the form made before, where its link was shown on the screen."""
        token = letters.link_under(db.session(), str(self.once_key.data), secret_keys())
        return url_for("manage.show", token=token) if token else None

    def renew(self) -> None:
        """Gives the form a new key: what it sends next puts no address right, it is a report of its own."""
        super().renew()
        self.instead_of.data = ""

    def to_correct(self) -> list[tuple[str, str]]:
        """Names and values of what its thanks send again to put its address right: all that was typed, and its keys."""
        day = self.sent_on.data.isoformat() if self.sent_on.data else ""
        kept = (self.csrf_token, self.once_key, self.whom, self.evening, self.channel, self.name, self.group)
        numbers = {field.name: str(field.data or 0) for field in self.counts}
        typed = {**{field.name: request.form.get(field.name, "") for field in kept}, "sent_on": day, **numbers}
        typed |= {"whom": self.whom.data or "", "instead_of": self.email.data or ""}
        return [(name, value) for name, value in typed.items() if value]

    def sending(self) -> Sending:
        """The letters that the form reports."""
        # Also read from an invalid form, to find the report of an earlier try with the same key. The values for
        # empty fields equal no stored report.
        return Sending(
            sent_on=self.sent_on.data or date.min,
            channel=self.channel.data or "",
            letters=self.letters(),
            name=self.name.data,
            email=self.email.data,
            group=self.group.data or None,
        )


def _shared(action: Action | Addressed, letters: int, before: dict[int, int]) -> list[Way]:
    """The ways to share these letters among the targets, without copies."""
    everybody: Sequence[Recipient | To] = action.recipients
    targets = [to.id for to in everybody if to.kind == "target"]
    ways = ways_to_share(letters, [before.get(target, 0) for target in targets])
    return [
        [
            Share(f"letters-{place}", to.title, dict(zip(targets, way, strict=True)).get(to.id, 0))
            for place, to in enumerate(everybody, start=1)
        ]
        for way in ways
    ]


def earlier_under(once_key: str, sent: Sent) -> Report | None:
    """The report of an earlier try with the key of a form that is invalid by now: what it says was stored."""
    with suppress(AlreadyReported, AlreadyEntered, TakenBackSince):  # the errors of the form are shown
        return letters.reported_under(db.session(), once_key, sent)
    return None


def stored(form: Counts, sent: Sent, store: Callable[[Session, str], Report]) -> Report | Refusal | None:
    """The report that this form makes, or that an earlier try made. `store` writes it with the once-only key.

    Returns the refusal if a rule refuses the report. Returns None if the form is invalid; its fields have the errors.
    """
    once_key = str(form.once_key.data)
    if not form.validate_on_submit():
        return earlier_under(once_key, sent)
    try:
        with writing() as session:
            return store(session, once_key)
    except Refusal as refusal:
        return refusal
