"""Importing an Urgent Action, uploaded or pasted: a preview with each value beside its line, then storing."""

from contextlib import closing
from dataclasses import dataclass, replace

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import importing, languages, refusals
from ua_tracker.database import db, writing
from ua_tracker.importing import Draft, matching, saving
from ua_tracker.importing.matching import Compared, Words
from ua_tracker.importing.saving import Saved
from ua_tracker.models import Action, Coordinator
from ua_tracker.refusals import ReadingOutdated, Refusal
from ua_tracker.web.coordinators.history_words import described
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.dashboard import DocumentForm
from ua_tracker.web.request import language, now, number_in
from ua_tracker.web.translation import lazy_gettext

bp = Blueprint("imports", __name__, url_prefix="/<lang:lang>/dashboard/import")

# Which title is stored: in sentence case, in that of the document, or in that of the stored action.
PROPOSED, PUBLISHED, KEPT = "proposed", "published", "kept"
# A document may be longer than a public form.
MOST_BYTES = 2 * importing.MOST_BYTES
FIELD_WORDS = {
    "ua_number": lazy_gettext("UA number"),
    "sequence": lazy_gettext("Which issue of the case?"),
    "ai_index": lazy_gettext("AI index"),
    "country": lazy_gettext("Country"),
    "issued": lazy_gettext("Issued on"),
    "title": lazy_gettext("Title"),
    "summary": lazy_gettext("Summary"),
    "demands": lazy_gettext("Demands"),
    "targets": lazy_gettext("Target"),
    "copies": lazy_gettext("Copy"),
    "background": lazy_gettext("Background"),
    "deadline": lazy_gettext("Deadline"),
    "office": lazy_gettext("Office to ask"),
}

TITLE_WORDS = {
    PROPOSED: lazy_gettext("In sentence case:"),
    PUBLISHED: lazy_gettext("As published:"),
    KEPT: lazy_gettext("As it is here:"),
}


@dataclass(frozen=True)
class Title:
    """A title that the preview offers, and the case it is in."""

    case: str
    text: str
    is_chosen: bool = False


@bp.before_request
def allow_long_document() -> None:
    """Allows a larger body: a whole document."""
    request.max_content_length = request.max_form_memory_size = MOST_BYTES


@bp.get("")
@require_coordinator("office")
def new(coordinator: Coordinator) -> str:
    """The form for a document."""
    return render_template("imports/new.html", coordinator=coordinator, form=DocumentForm(formdata=None))


@bp.post("")
@require_coordinator("office")
def preview(coordinator: Coordinator) -> AnyResponse:
    """What was read from the document, and what is in doubt. Nothing is stored yet."""
    form = DocumentForm()
    if not form.validate_on_submit():
        return _again(coordinator, form, form.status)
    try:
        source = _source(form)
        draft = importing.read(source)
    except Refusal as refusal:
        form.text.errors = [*form.text.errors, sentence_of(refusal)]
        return _again(coordinator, form, 422)
    return _preview_page(coordinator, form, source, draft)


@bp.post("/save")
@require_coordinator("office")
def save(coordinator: Coordinator) -> AnyResponse:
    """Stores what the preview showed: a new draft, or the changes to the stored action."""
    form = DocumentForm()
    valid = form.validate_on_submit()
    try:
        source = _source(form)
        draft = importing.read(source)
        if not valid:
            return _preview_page(coordinator, form, source, draft, form.status)
        with writing() as session:
            saved = _saved(session, coordinator, form, draft)
    except ReadingOutdated as refusal:
        return _outdated(coordinator, form, source, draft, sentence_of(refusal))
    except Refusal as refusal:
        form.text.errors = [*form.text.errors, sentence_of(refusal)]
        return _again(coordinator, form, form.status)
    return redirect(url_for("editing.edit", slug=saved.action.slug), 303)


def _saved(session: Session, coordinator: Coordinator, form: DocumentForm, draft: Draft) -> Saved:
    return saving.save(
        session,
        draft,
        goal=form.goal.data,
        timezone=None,
        default_timezone=current_app.config["DEFAULT_TIMEZONE"],
        words=_words(form, draft),
        revision=number_in(form.revision.data) or 0,
        now=now(),
        actor=coordinator.actor,
    )


def _preview_page(
    coordinator: Coordinator, form: DocumentForm, source: bytes, draft: Draft, status: int = 200, wrong: str = ""
) -> AnyResponse:
    """The preview: what was read, and what it would change in the stored action."""
    known = _compared(form, draft)
    form.revision.data = str(known.action.revision) if known else "0"
    if not form.lead.raw_data:
        form.lead.data = known.action.lead if known else None
    facts = {
        "doubts": _doubts(draft),
        "draft": draft,
        "impossible": _why_impossible(known.action if known else None, draft),
        "known": known,
        "lines": _lines_with_values(draft, importing.decoded(source)),
        "source": _text(source),
        "title_words": TITLE_WORDS,
        "titles": _titles(draft, known.action if known else None, form.title_case.data),
        "wrong": wrong,
    }
    page = render_template("imports/preview.html", coordinator=coordinator, form=form, described=described, **facts)
    return make_response(page, status)


def _outdated(coordinator: Coordinator, form: DocumentForm, source: bytes, draft: Draft, wrong: str) -> AnyResponse:
    """A new preview. After a second press, which finds everything stored already, a redirect to the action."""
    known = _compared(form, draft)
    if known is not None and not known.changed:
        return redirect(url_for("editing.edit", slug=known.action.slug), 303)
    return _preview_page(coordinator, form, source, draft, 409, wrong)


def _compared(form: DocumentForm, draft: Draft) -> Compared | None:
    """What storing would change. Where no title was chosen, the proposed one is, unless the stored one only differs
    in case: the office has chosen that.
    """
    known = matching.compare(db.session(), draft, goal=form.goal.data, words=_words(form, draft))
    if form.title_case.data or (known and matching.differs_in_case_alone(known.action, draft)):
        return known
    form.title_case.data = PROPOSED
    return matching.compare(db.session(), draft, goal=form.goal.data, words=_words(form, draft))


def _words(form: DocumentForm, draft: Draft) -> Words:
    """The title as chosen, and the sentence under it as typed; nothing where the preview has not been shown."""
    titles = {PUBLISHED: draft.title, PROPOSED: draft.proposed_title}
    return Words(titles.get(form.title_case.data or ""), form.lead.data or "" if form.lead.raw_data else None)


def _titles(draft: Draft, action: Action | None, chosen: str | None) -> list[Title]:
    """The titles to choose from, if there is more than one. What the office chose before stays the first."""
    offered = [Title(PROPOSED, draft.proposed_title or ""), Title(PUBLISHED, draft.title or "")]
    if action is not None and matching.differs_in_case_alone(action, draft):
        offered = [Title(KEPT, action.title), *(one for one in offered if one.text != action.title)]
    if len({one.text for one in offered}) == 1:
        return []
    first = chosen if chosen in {one.case for one in offered} else offered[0].case
    return [replace(one, is_chosen=one.case == first) for one in offered]


def _why_impossible(action: Action | None, draft: Draft) -> str:
    """The reason why this cannot be stored, "" if it can. The preview says it before anyone tries."""
    try:
        saving.require_possible(action, draft, now())
    except Refusal as refusal:
        return sentence_of(refusal)
    return ""


def _source(form: DocumentForm) -> bytes:
    """The uploaded file's bytes, else the pasted text's. Raises EmptyDocument."""
    uploaded = b""
    if form.document.data:
        with closing(form.document.data) as file:
            uploaded = file.read(importing.MOST_BYTES + 1)
    source = uploaded or (form.text.data or "").encode("utf-8", "replace")
    if not source.strip():
        raise refusals.EmptyDocument()
    return bytes(source)


def _text(source: bytes) -> str:
    return importing.decoded(source).replace("\0", "")


def _doubts(draft: Draft) -> list[tuple[str, int | None]]:
    """Each doubt in the reader's language, with its line if it has one."""
    return [(gettext(doubt.sentence, **doubt.facts), doubt.line) for doubt in draft.doubts]


def _lines_with_values(draft: Draft, text: str) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """Each line that is not empty: its number, its text, and the values that were read from it."""
    values: dict[int, list[tuple[str, str]]] = {}
    for found in draft.found:
        value = _value_read(draft, found.field) or found.text
        values.setdefault(found.line, []).append((str(FIELD_WORDS.get(found.field, found.field)), value))
    printed = enumerate(text.splitlines(), start=1)
    return [(number, line, values.get(number, [])) for number, line in printed if line.strip() or number in values]


def _value_read(draft: Draft, name: str) -> str:
    """The value of this field as it was read; "" for a field whose text is the value, as a paragraph."""
    if name in {"deadline", "issued"}:
        day = getattr(draft, name)
        return languages.day(day, language()) if day else ""
    return getattr(draft, name) or "" if name in {"ua_number", "ai_index"} else ""


def _again(coordinator: Coordinator, form: DocumentForm, status: int) -> AnyResponse:
    return make_response(render_template("imports/new.html", coordinator=coordinator, form=form), status)
