"""The form of what was read from a document: every value can be changed in it before anything is stored."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import Field, FormField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from ua_tracker import case_numbers, languages, slugs, zones
from ua_tracker.actions.recipients import AnyRecipient, WrittenRecipient
from ua_tracker.importing import Draft, layouts, matching
from ua_tracker.importing.matching import Words
from ua_tracker.limits import USUAL_GOAL
from ua_tracker.models import Action
from ua_tracker.refusals import Refusal
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms import recipient_rows
from ua_tracker.web.forms.recipient_rows import Row
from ua_tracker.web.forms.values import LISTS, TEXTS, PartsForm, Rows, ValuesForm, listed, paragraphs, text_field
from ua_tracker.web.labels import SEQUENCE_WORDS
from ua_tracker.web.translation import lazy_gettext

PARAGRAPHS = ("summary", "background")
OFFICE = ("name", "address_lines", "phones", "fax", "email")
OFFICE_FIELDS = dict(zip(OFFICE, ("office_name", "office_address", "office_phones", "office_fax", "office_email"),
                         strict=True))  # fmt: skip
_LONGEST_PROPOSED = 40  # characters of a short name that is proposed


class ReadRecipientForm(PartsForm):
    """A recipient as it was read. `origin` names the recipients of the document that it was made of."""

    origin = HiddenField()

    def validate_role(self, field: StringField) -> None:
        """Refuses a recipient that has details but neither role nor name. An empty one is left out."""
        if self.is_empty and self.has_details:
            raise ValidationError(gettext("Write the role or the name."))

    @property
    def row(self) -> Row:
        """The values of its fields as text, by name."""
        return {name: self[name].data or "" for name in ("kind", "origin", *LISTS, *TEXTS)}


class ReadForm(ValuesForm):
    """The values that were read, to be corrected and stored."""

    act = HiddenField()  # the button that was pressed
    seen = HiddenField()  # the action that the page compared with: its slug, empty for a new one
    revision = HiddenField()
    short_name = text_field(
        lazy_gettext("Short name, without number and index"),
        slugs.LONGEST,
        description=lazy_gettext(
            "As fishers-gabon: it stands in the address of the action’s page, and stays for good."
        ),
    )
    sequence = SelectField(
        lazy_gettext("Which issue of the case?"),
        choices=[
            SelectChoice("", lazy_gettext("Not stated")),
            *(SelectChoice(name, words) for name, words in SEQUENCE_WORDS.items()),
        ],
    )
    country = text_field(lazy_gettext("Country"), 100)
    recipients = Rows(FormField(ReadRecipientForm))

    @classmethod
    def of(cls, draft: Draft, action: Action | None, zone: str) -> "ReadForm":
        """The form with what was read; what the document does not say is as the known action has it."""
        return cls(formdata=None, data=_data(draft, action, zone))

    @classmethod
    def again(cls, typed: dict[str, str]) -> "ReadForm":
        """The form with what was typed before (see `kept`)."""
        return cls(formdata=MultiDict(typed))

    @property
    def is_ours(self) -> bool:
        """Whether the form was sent from a page of this coordinator's. Else its error stands at the token."""
        return bool(self.csrf_token.validate(self))

    @property
    def kept(self) -> dict[str, str]:
        """What is typed now, by the names of the fields, also where it is wrong."""
        inner = [field for entry in self.recipients for field in entry.form]
        own = [field for field in self if field.name not in ("csrf_token", "act", "seen", "revision", "recipients")]
        return {field.name: _text_in(field) for field in (*own, *inner)}

    def press(self) -> bool:
        """Does what a button beside a recipient does. False if another button was pressed."""
        rows: list[Row] = [entry.form.row for entry in self.recipients]
        changed = recipient_rows.pressed(rows, self.act.data or "")
        if changed is None:
            return False
        self.recipients.entries, self.recipients.last_index = [], -1
        for row in changed.rows:
            self.recipients.append_entry(row)
        if changed.rows:
            self.focus(self.recipients[changed.place].form[changed.part])
        return True

    def focus(self, field: Field) -> None:
        """Gives the field the focus when the page is shown."""
        field.render_kw = {**(field.render_kw or {}), "autofocus": True}

    def draft(self, read: Draft) -> Draft:
        """The draft with the values of the form. `read` is the draft as read, which keeps its title and its lines."""
        people: dict[str, list[WrittenRecipient]] = {kind: [] for kind in recipient_rows.KINDS}
        for entry in self.recipients:
            if not entry.form.is_empty:
                kind = people.get(entry.form.kind.data, people["target"])  # another kind is refused by `validate`
                kind.append(WrittenRecipient(**entry.form.typed()))
        office: dict[str, Any] = {
            part: listed(self[name].data) for part, name in OFFICE_FIELDS.items() if part in LISTS
        }
        return replace(
            read,
            ua_number=_normal(case_numbers.ua_number, self.ua_number.data),
            ai_index=_normal(case_numbers.ai_index, self.ai_index.data),
            sequence=self.sequence.data or None,
            country=self.country.data,
            issued=self.issued.data,
            deadline=self.deadline.data,
            deadline_wording=read.deadline_wording if self.deadline.data == read.deadline else None,
            demands=listed(self.demands.data),
            summary=paragraphs(self.summary.data),
            background=paragraphs(self.background.data),
            targets=people["target"],
            copies=people["copy"],
            office=WrittenRecipient(name=self.office_name.data, **office),
        )

    def words(self, typed: tuple[str, ...] = ()) -> Words:
        """What the office chose; `typed` are the values that it changed."""
        return Words(
            title=self.title.data,
            lead=self.lead.data or "",
            language=self.language.data,
            short_name=slugs.of_short_name(self.short_name.data or ""),
            is_whole=True,
            typed=typed,
        )

    def validate_ua_number(self, field: StringField) -> None:
        """Refuses what is no number of a case."""
        _require(case_numbers.ua_number, field)

    def validate_ai_index(self, field: StringField) -> None:
        """Refuses what is no index."""
        _require(case_numbers.ai_index, field)

    def validate_short_name(self, field: StringField) -> None:
        """Refuses what no slug can be made of."""
        if field.data and slugs.of_short_name(field.data) is None:
            raise ValidationError(gettext("Begin with a letter, and use small letters, digits and hyphens."))

    def validate_timezone(self, field: StringField) -> None:
        """Refuses what is no time zone."""
        if field.data and field.data not in zones.known():
            sentence = gettext("“%(zone)s” is no time zone. Choose one such as America/Toronto.", zone=field.data)
            raise ValidationError(sentence)


def _require(normal: Callable[[str], str], field: StringField) -> None:
    try:
        if field.data:
            normal(field.data)
    except Refusal as refusal:
        raise ValidationError(sentence_of(refusal)) from refusal


def _normal(normal: Callable[[str], str], text: str | None) -> str | None:
    """The text in its one form; None for one that has none, which `validate` refuses."""
    try:
        return normal(text) if text else None
    except Refusal:
        return None


def _text_in(field: Field) -> str:
    text: str = field._value() if hasattr(field, "_value") else field.data or ""
    return text


def _data(draft: Draft, action: Action | None, zone: str) -> dict[str, Any]:
    known: Any = action or Action(summary=[], demands=[], background=[])
    number = action.case.ua_number if action and action.case else None
    data = {name: getattr(draft, name) or getattr(known, name)
            for name in ("sequence", "ai_index", "country", "issued", "deadline")}  # fmt: skip
    data |= {name: "\n\n".join(getattr(draft, name) or getattr(known, name)) for name in PARAGRAPHS}
    if draft.office:
        data |= {name: _joined(getattr(draft.office, part)) for part, name in OFFICE_FIELDS.items()}
    elif action:
        data |= {name: _joined(getattr(action, name)) for name in OFFICE_FIELDS.values()}
    return {
        **data,
        "ua_number": draft.ua_number or number,
        "title": _title(draft, action),
        "lead": known.lead,
        "language": action.language if action else _language(draft),
        "goal": known.goal or USUAL_GOAL,
        "timezone": known.timezone or draft.timezone or zone,
        "demands": "\n".join(draft.demands or known.demands),
        "short_name": _short_name(draft),
        "recipients": _rows(draft, action),
    }


def _language(draft: Draft) -> str:
    """The language of the document's layout, if the site has it."""
    of_layouts = {one.name: one.locales[0] for one in (*layouts.families(), *layouts.languages())}
    code = of_layouts.get(draft.layout or "", languages.DEFAULT)[:2]
    return code if code in languages.LANGUAGES else languages.DEFAULT


def _joined(value: str | list[str] | None) -> str:
    return "\n".join(value) if isinstance(value, list) else value or ""


def _title(draft: Draft, action: Action | None) -> str | None:
    """The title that is proposed. Where only case differs the office has chosen that of the known action."""
    if action is not None and (not draft.title or matching.differs_in_case_alone(action, draft)):
        return action.title
    return draft.proposed_title or draft.title


def _short_name(draft: Draft) -> str:
    if draft.ua_number or draft.ai_index:
        return ""
    return slugs.proposed(f"{draft.title or ''}".lstrip("0123456789 .,"), _LONGEST_PROPOSED)


def _rows(draft: Draft, action: Action | None) -> list[Row]:
    read: dict[int, str] = {}
    for name in ("targets", "copies"):
        read |= {id(one): f"{name}-{place}" for place, one in enumerate(getattr(draft, name))}
    people: list[tuple[str, AnyRecipient]] = [("target", one) for one in draft.targets]
    people += [("copy", one) for one in draft.copies]
    if action is not None:
        people = matching.people(action, draft) or [(one.kind, one) for one in action.recipients]
    return [recipient_rows.row_of(one, kind, read.get(id(one), "")) for kind, one in people]
