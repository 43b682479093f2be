"""One document and its values side by side. Every value can be changed there; storing stores what the form holds."""

from dataclasses import dataclass

from flask import current_app, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import refusals
from ua_tracker.database import db, writing
from ua_tracker.importing import Draft, matching, saving, waiting
from ua_tracker.importing.matching import Compared
from ua_tracker.importing.saving import Saved
from ua_tracker.importing.text import Line
from ua_tracker.models import Action, Coordinator, Import
from ua_tracker.refusals import ReadingOutdated, Refusal
from ua_tracker.web.coordinators.history_words import described
from ua_tracker.web.coordinators.imports.case_so_far import case_so_far
from ua_tracker.web.coordinators.imports.marks import HOW_WORDS, SINGLE, TYPED, Marks
from ua_tracker.web.coordinators.imports.upload import bp
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.reading import OFFICE_FIELDS, ReadForm
from ua_tracker.web.request import now, number_in
from ua_tracker.web.translation import lazy_gettext

# Titles that the page offers beside the one in the field: in sentence case, in that of the document, in that of the
# stored action.
PROPOSED, PUBLISHED, KEPT = "proposed", "published", "kept"
TITLE_WORDS = {
    PROPOSED: lazy_gettext("In sentence case:"),
    PUBLISHED: lazy_gettext("As published:"),
    KEPT: lazy_gettext("As it is here:"),
}
MOST_LINES = 3_000  # of a document that are shown


@dataclass(frozen=True)
class Document:
    """A document that waits, as read, with the form of its values."""

    row: Import
    read: Draft
    form: ReadForm

    @property
    def edited(self) -> Draft:
        """The draft with the values of the form."""
        return self.form.draft(self.read)

    def compared(self) -> Compared | None:
        """What storing the form would change in the action that it is about."""
        form = self.form
        return matching.compare(
            db.session(), self.edited, goal=form.goal.data, timezone=form.timezone.data, words=form.words()
        )


@bp.get("/<int:number>")
@require_coordinator("office")
def preview(coordinator: Coordinator, number: int) -> AnyResponse:
    """What was read from the document, or what was typed since. Nothing is stored yet."""
    row = waiting.find(db.session(), coordinator, number)
    if row.slug:
        return _went_to(row.slug)
    return _page(coordinator, _document(row))


@bp.post("/<int:number>")
@require_coordinator("office")
def change(coordinator: Coordinator, number: int) -> AnyResponse:
    """Keeps what was typed, and does what the button says: it changes the form, or stores what the form holds."""
    row, form = waiting.find(db.session(), coordinator, number), ReadForm()
    if row.slug:  # pressed twice
        return _went_to(row.slug)
    document = _document(row, form)
    if not form.is_ours:
        return _page(coordinator, document, form.status)
    if form.press() or _took_title(document):
        return _kept(coordinator, document)
    is_valid = form.validate_on_submit()
    if not is_valid or form.act.data != "store":
        return _kept(coordinator, document, 200 if is_valid else form.status)
    return _store(coordinator, document)


def _document(row: Import, form: ReadForm | None = None) -> Document:
    """The document with this form, or else with what was typed before, or else with what was read."""
    read = waiting.draft_of(row)
    if read is None:
        raise refusals.NoSuchImport()
    if form is None and row.typed:
        form = ReadForm.again(row.typed)
    elif form is None:
        known = matching.compare(db.session(), read, goal=None)
        form = ReadForm.of(read, known.action if known else None, current_app.config["DEFAULT_TIMEZONE"])
    return Document(row, read, form)


def _went_to(slug: str) -> AnyResponse:
    return redirect(url_for("dashboard.show", slug=slug), 303)


def _kept(coordinator: Coordinator, document: Document, status: int = 200, wrong: str = "") -> AnyResponse:
    """The page again. What is typed is kept, so that it is there when the page is opened again."""
    number, typed = document.row.id, document.form.kept
    with writing() as session:
        row = waiting.find(session, coordinator, number, to_write=True)
        if row.slug:
            return _went_to(row.slug)
        waiting.keep(session, row, typed)
    return _page(coordinator, document, status, wrong)


def _store(coordinator: Coordinator, document: Document) -> AnyResponse:
    form, number, edited = document.form, document.row.id, document.edited
    typed = _typed(document, edited)
    try:
        with writing() as session:
            row = waiting.find(session, coordinator, number, to_write=True)
            if row.slug:
                return _went_to(row.slug)
            saved = _saved(session, coordinator, form, edited, typed)
            waiting.stored(session, row, saved.action.slug)
            slug = saved.action.slug
    except ReadingOutdated as refusal:
        return _kept(coordinator, document, 409, sentence_of(refusal))
    except Refusal as refusal:
        if refusal.field in form:
            return _kept(coordinator, _refused(document, refusal), 422)
        return _kept(coordinator, document, 422, sentence_of(refusal))
    flash(gettext("The document is stored."))
    return _went_to(slug)


def _refused(document: Document, refusal: Refusal) -> Document:
    document.form.refused(refusal)
    return document


def _saved(session: Session, coordinator: Coordinator, form: ReadForm, edited: Draft, typed: tuple[str, ...]) -> Saved:
    return saving.save(
        session,
        edited,
        goal=form.goal.data,
        timezone=form.timezone.data,
        default_timezone=current_app.config["DEFAULT_TIMEZONE"],
        words=form.words(typed),
        revision=number_in(form.revision.data) or 0,
        seen=form.seen.data or "",
        now=now(),
        actor=coordinator.actor,
    )


def _typed(document: Document, edited: Draft) -> tuple[str, ...]:
    """The values that the office changed, by their names in the history."""
    known = document.compared()
    marks = Marks(document.read, document.form, edited, known.action if known else None)
    names = [name for name in (*SINGLE, *OFFICE_FIELDS.values()) if marks[name].how == TYPED]
    parts = [field.id for entry in document.form.recipients for field in entry.form]
    return (*names, *(["recipients"] if any(marks[name].how == TYPED for name in parts) else []))


def _took_title(document: Document) -> bool:
    """Puts the title into the case that a button names. False if another button was pressed."""
    verb, _, case = (document.form.act.data or "").partition("-")
    known = document.compared() if verb == "title" else None
    offered = _titles(document, known.action if known else None)
    if verb != "title" or case not in offered:
        return False
    document.form.title.data = offered[case]
    document.form.title.raw_data = None
    document.form.focus(document.form.title)
    return True


def _titles(document: Document, action: Action | None) -> dict[str, str]:
    """The other spellings of the title, by their names: those that differ from the one in the field."""
    offered = {PROPOSED: document.read.proposed_title, PUBLISHED: document.read.title}
    if action is not None:
        offered = {KEPT: action.title, **offered}
    found: dict[str, str] = {}
    for case, title in offered.items():
        if title and title != document.form.title.data and title not in found.values():
            found[case] = title
    return found


def _page(coordinator: Coordinator, document: Document, status: int = 200, wrong: str = "") -> AnyResponse:
    form, edited, known = document.form, document.edited, document.compared()
    action = known.action if known else None
    for field, value in ((form.revision, str(action.revision) if action else "0"),
                         (form.seen, action.slug if action else "")):  # fmt: skip
        field.data, field.raw_data = value, None
    marks = Marks(document.read, form, edited, action)
    facts = {
        "action": action,
        "case": case_so_far(edited.ua_number, action),
        "document": document,
        "form": form,
        "has_pictures": waiting.is_pdf(document.row),
        "how_words": HOW_WORDS,
        "impossible": _why_impossible(document, action),
        "known": known,
        "marks": marks,
        "most_lines": MOST_LINES,
        "of_lines": marks.of_lines,
        "pages": _pages(document.read),
        "targets": edited.targets,
        "title_words": TITLE_WORDS,
        "titles": _titles(document, action),
        "unread": set(document.read.unread),
        "wrong": wrong,
    }
    page = render_template("imports/preview.html", coordinator=coordinator, described=described, **facts)
    return make_response(page, status)


def _why_impossible(document: Document, action: Action | None) -> str:
    """The reason why this cannot be stored, "" if it can. The page says it before anyone tries."""
    try:
        saving.require_possible(action, document.edited, now(), document.form.words())
    except Refusal as refusal:
        return sentence_of(refusal)
    return ""


def _pages(read: Draft) -> list[tuple[int, list[Line]]]:
    """The lines of each page that are not empty. Those of a document that is far too long are cut off."""
    pages: dict[int, list[Line]] = {}
    for line in read.lines[:MOST_LINES]:
        if not line.blank:
            pages.setdefault(line.page, []).append(line)
    return sorted(pages.items())
