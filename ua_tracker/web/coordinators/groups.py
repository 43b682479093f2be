"""The local groups: adding, renaming, merging, retiring and bringing back, and links to what each can share."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import actions, audit, groups, refusals
from ua_tracker.database import db, writing
from ua_tracker.models import Coordinator, Group
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators.login import require_coordinator, require_proof
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.dashboard import GroupForm, MergeForm, RenameForm
from ua_tracker.web.forms.fields import one_line
from ua_tracker.web.request import language, now

bp = Blueprint("groups", __name__, url_prefix="/<lang:lang>/dashboard/groups")


@bp.get("")
@require_coordinator()
def index(coordinator: Coordinator) -> str:
    """All groups with their links; a group's coordinator sees only the own group."""
    return _page(coordinator, GroupForm(formdata=None))


@bp.post("")
@require_coordinator("office")
def create(coordinator: Coordinator) -> AnyResponse:
    """Adds a group."""
    form = GroupForm()
    if not form.validate_on_submit():
        return make_response(_page(coordinator, form), form.status)
    slug, name = str(form.slug.data), str(form.name.data)
    try:
        with writing() as session:
            groups.add(session, slug, name)
            after = {"name": name}
            audit.note(session, actor=coordinator.actor, event="group added", subject=slug, now=now(), after=after)
    except Refusal as refusal:
        return make_response(_page(coordinator, form.refused(refusal)), form.status)
    flash(gettext("The group is added."))
    return redirect(url_for("groups.show", group=slug), 303)


@bp.get("/<slug:group>")
@require_coordinator("office")
def show(coordinator: Coordinator, group: str) -> AnyResponse:
    """One group: its links for every open action; rename, merge, retire. A merged group redirects to the other."""
    known = _find(group)
    if known.slug != group:
        return redirect(url_for("groups.show", group=known.slug), 303)
    return make_response(_one(coordinator, group))


@bp.post("/<slug:group>/name")
@require_coordinator("office")
def rename(coordinator: Coordinator, group: str) -> AnyResponse:
    """Renames the group. The short name stays, since other people's pages contain it."""
    _require_unmerged(group)
    form = RenameForm()
    if not form.validate_on_submit():
        return make_response(_one(coordinator, group, renaming=form), form.status)
    with writing() as session:
        groups.rename(session, group, str(form.name.data), actor=coordinator.actor, now=now())
    flash(gettext("The group has its new name."))
    return redirect(url_for("groups.show", group=group), 303)


@bp.post("/<slug:group>/merge")
@require_coordinator("office")
@require_proof(lambda group: _merge_description(group))
def merge(coordinator: Coordinator, group: str) -> AnyResponse:
    """Merges this group into another, with everything that belongs to it."""
    _require_unmerged(group)
    form = MergeForm.without(group)
    if not form.validate_on_submit():
        return make_response(_one(coordinator, group, merging=form), form.status)
    with writing() as session:
        heir = groups.merge(session, group, str(form.group.data), actor=coordinator.actor, now=now())
    flash(gettext("The groups are one now."))
    return redirect(url_for("groups.show", group=heir.slug), 303)


@bp.post("/<slug:group>/retire")
@require_coordinator("office")
@require_proof(lambda group: gettext("Retire the group %(group)s", group=groups.names(db.session()).get(group, group)))
def retire(coordinator: Coordinator, group: str) -> AnyResponse:
    """Retires the group. Its pledges and letters stay its own."""
    _require_unmerged(group)
    form = CoordinatorForm()
    if not form.validate_on_submit():
        return make_response(_one(coordinator, group, plain=form), form.status)
    with writing() as session:
        groups.retire(session, group, actor=coordinator.actor, now=now())
    flash(gettext("The group takes part no longer."))
    return redirect(url_for("groups.index"), 303)


@bp.post("/<slug:group>/return")
@require_coordinator("office")
def bring_back(coordinator: Coordinator, group: str) -> AnyResponse:
    """Lets a retired group take part again."""
    form = CoordinatorForm()
    if not form.validate_on_submit():
        return make_response(_page(coordinator, GroupForm(formdata=None), plain=form), form.status)
    with writing() as session:
        groups.bring_back(session, group, actor=coordinator.actor, now=now())
    flash(gettext("The group takes part again."))
    return redirect(url_for("groups.show", group=group), 303)


def _merge_description(group: str) -> str:
    heir, names = one_line(request.form.get("group")) or "–", groups.names(db.session())
    return gettext(
        "Merge the group %(group)s into %(heir)s; its coordinators then see the people of %(heir)s",
        group=names.get(group, group),
        heir=names.get(heir, heir),
    )


def _page(coordinator: Coordinator, form: GroupForm, plain: CoordinatorForm | None = None) -> str:
    known = [coordinator.group] if coordinator.group else groups.listing(db.session(), language())
    facts = {
        "groups": known,
        "retired": [] if coordinator.group else groups.retired(db.session(), language()),
        "plain": plain or CoordinatorForm(formdata=None),
        "open": actions.listing(db.session(), now()).open,
    }
    return render_template("groups/index.html", coordinator=coordinator, form=form, **facts)


def _find(slug: str) -> Group:
    try:
        return groups.find(db.session(), slug)
    except refusals.NoSuchGroup:
        abort(404)


def _require_unmerged(slug: str) -> None:
    """An old page of a merged group must neither change the group it joined nor show that group's forms."""
    if _find(slug).slug != slug:
        raise refusals.NoSuchGroup(slug=slug)


def _one(coordinator: Coordinator, slug: str, **forms: CoordinatorForm) -> str:
    group = _find(slug)
    facts = {
        "renaming": RenameForm(formdata=None, data={"name": group.name}),
        "merging": MergeForm.without(slug),
        "plain": CoordinatorForm(formdata=None),
        **forms,
    }
    found = actions.listing(db.session(), now()).open
    return render_template("groups/show.html", coordinator=coordinator, group=group, open=found, **facts)
