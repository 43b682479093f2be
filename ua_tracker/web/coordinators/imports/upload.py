"""The upload of documents, one or several at once, and the list of those that wait to be looked at."""

from contextlib import closing
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import actions, importing, refusals
from ua_tracker.database import db, writing
from ua_tracker.importing import matching, waiting
from ua_tracker.importing.matching import Compared
from ua_tracker.importing.waiting import Uploaded
from ua_tracker.models import Action, Coordinator, Import
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators.imports.case_so_far import case_so_far
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.dashboard import DocumentForm
from ua_tracker.web.forms.reading import ReadForm
from ua_tracker.web.request import now
from ua_tracker.web.translation import with_grouping

bp = Blueprint("imports", __name__, url_prefix="/<lang:lang>/dashboard/import")

MOST_AT_ONCE = 20  # documents in one request
# A file that is a little too large gets the sentence that says so; several fit into one request.
MOST_BYTES = 32 * 1024**2
MOST_TEXT = 2 * 1024**2  # of a text that is pasted, and of the values of a document


@dataclass(frozen=True)
class Waiting:
    """A document in the list: its number and title, what storing it would do, and the number of its doubts.

    `refused` is the sentence if nothing could be read, `action` the one that it became.
    """

    row: Import
    number: str = ""
    title: str = ""
    doubts: int = 0
    known: Compared | None = None
    refused: str = ""
    action: Action | None = None


@bp.before_request
def allow_documents() -> None:
    """Allows a larger body: whole documents."""
    request.max_form_memory_size = MOST_TEXT
    request.max_content_length = MOST_BYTES if request.endpoint == "imports.upload" else MOST_TEXT


@bp.get("")
@require_coordinator("office")
def new(coordinator: Coordinator) -> AnyResponse:
    """The form for documents, and those that wait. With `case`, a UA number, what is here of that case beside it."""
    return page(coordinator, DocumentForm(formdata=None), 200)


@bp.post("")
@require_coordinator("office")
def upload(coordinator: Coordinator) -> AnyResponse:
    """Reads the documents and keeps them. Of one alone the preview comes next, of several the list."""
    form = DocumentForm()
    if not form.validate_on_submit():
        return page(coordinator, form, form.status)
    try:
        read = _read(form)
        with writing() as session:
            kept = [one.id for one in waiting.add(session, coordinator, read, now())]
    except refusals.ReadersBusy:
        raise  # says 503, and when to come again
    except Refusal as refusal:
        field = form.documents if refusal.field == "documents" else form.text
        field.errors = [*field.errors, sentence_of(refusal)]
        return page(coordinator, form, 422)
    if len(kept) == 1:
        return redirect(url_for("imports.preview", number=kept[0]), 303)
    return redirect(url_for("imports.new", _anchor="waiting"), 303)


@bp.post("/<int:number>/remove")
@require_coordinator("office")
def remove(coordinator: Coordinator, number: int) -> AnyResponse:
    """Removes a document from the list. Nothing else changes."""
    if not CoordinatorForm().validate_on_submit():
        return page(coordinator, DocumentForm(formdata=None), 400)
    with writing() as session:
        waiting.remove(session, waiting.find(session, coordinator, number))
    flash(gettext("The document is removed."))
    return redirect(url_for("imports.new"), 303)


def page(coordinator: Coordinator, form: DocumentForm, status: int) -> AnyResponse:
    """The page with this form, and the coordinator's documents."""
    rows = [_listed(one) for one in waiting.of(db.session(), coordinator)]
    plain = CoordinatorForm(formdata=None)
    facts = {"case": case_so_far(request.args.get("case")), "form": form, "plain": plain, "waiting": rows}
    return make_response(render_template("imports/new.html", coordinator=coordinator, **facts), status)


def _read(form: DocumentForm) -> list[Uploaded]:
    """The documents as read. Raises the refusal of one that came alone, NoDocument and TooManyDocuments."""
    found: list[tuple[str, bytes]] = []
    for sent in form.documents.data or []:
        with closing(sent) as file:
            content = file.read(importing.MOST_BYTES + 1)
            if content or sent.filename:
                found.append((sent.filename or "", content))
    pasted = (form.text.data or "").encode("utf-8", "replace")
    if pasted.strip():
        found.append(("", pasted))
    if len(found) > MOST_AT_ONCE:
        raise refusals.TooManyDocuments(most=MOST_AT_ONCE)
    read = [waiting.read(name, content) for name, content in found]
    if not read:
        raise refusals.NoDocument()
    if len(read) == 1 and read[0].refusal is not None:
        raise read[0].refusal
    return read


def _listed(row: Import) -> Waiting:
    if row.slug:
        return Waiting(row, action=actions.by_slug(db.session(), [row.slug]).get(row.slug))
    draft = waiting.draft_of(row)
    if draft is None:
        sentence, facts = row.reading["refusal"]
        return Waiting(row, refused=gettext(sentence, **with_grouping(facts)))
    known = matching.compare(db.session(), draft, goal=None)
    zone = current_app.config["DEFAULT_TIMEZONE"]
    form = ReadForm.again(row.typed) if row.typed else ReadForm.of(draft, known.action if known else None, zone)
    edited, words = form.draft(draft), form.words()
    known = matching.compare(db.session(), edited, goal=form.goal.data, timezone=form.timezone.data, words=words)
    number = edited.ua_number or edited.ai_index or ""
    return Waiting(row, number, form.title.data or "", len(draft.doubts), known)
