"""The commands of `flask --app app …`. Each does one thing and ends with one clear line when it cannot."""

import json
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import actions, audit, deadlines, groups, importing, practice, tally, zones
from ua_tracker.cli.numbers import Whole
from ua_tracker.cli.one_line import Command, Commands, around_all
from ua_tracker.cli.outbox import outbox_commands
from ua_tracker.cli.version import version
from ua_tracker.database import db, reading, writing
from ua_tracker.importing import saving
from ua_tracker.models import Action

SAMPLE = Path(__file__).parents[1] / "samples" / "ua-109-23-second.md"
ACTOR = "command line"

actions_commands = Commands("actions", help="Import, list, publish and remove actions.")
groups_commands = Commands("groups", help="Local groups.")
tally_commands = Commands("tally", help="Hold the quick totals against the ledger.")


def register(app: Flask) -> None:
    """Adds the commands to the app, and sees to how they end."""
    around_all()
    from ua_tracker.cli.coordinators import coordinators_commands
    from ua_tracker.cli.reminders import reminders_commands
    from ua_tracker.cli.retention import retention_commands

    for group in (
        actions_commands,
        groups_commands,
        tally_commands,
        outbox_commands,
        coordinators_commands,
        reminders_commands,
        retention_commands,
    ):
        app.cli.add_command(group)
    app.cli.add_command(demo)
    app.cli.add_command(version)


def _zone(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and value not in zones.known():
        raise click.BadParameter("give a zone of the IANA time zone database, as America/Toronto.")
    return value


@actions_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--goal", type=Whole(1, 10_000_000), help="Letters to reach; 500 for a new action if not given.")
@click.option(
    "--timezone", callback=_zone, help="Zone of the deadline; DEFAULT_TIMEZONE for a new action if not given."
)
@click.option("--publish", is_flag=True, help="Show it to the public at once.")
@click.option("--dry-run", is_flag=True, help="Read and print, store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the draft as JSON.")
def import_action(
    file: Path, goal: int | None, timezone: str | None, publish: bool, dry_run: bool, as_json: bool
) -> None:
    """Read an Urgent Action (text or Markdown) into an action.

    Rule: nothing is guessed. What was not found stays empty and is named as a doubt; without a deadline or
    a target the action stays a draft. The same AI index again brings the action up to date.
    """
    draft = importing.read(_bytes_of(file))
    saved = None
    if not dry_run:
        saved = _saved(draft, goal, timezone, publish)
    if as_json:
        click.echo(json.dumps(draft.as_json(), ensure_ascii=False, indent=2))
        return
    _print_draft(draft)
    if saved is None:
        click.echo("Nothing was stored.")
    else:
        _print_saved(saved)


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(importing.MOST_BYTES + 1)
    except ValueError as nul:
        raise click.BadParameter("no file can have this name.", param_hint="file") from nul


def _saved(draft: importing.Draft, goal: int | None, timezone: str | None, publish: bool) -> saving.Saved:
    with writing() as session:
        now = current_app.config["CLOCK"]()
        saved = saving.save(
            session, draft, goal=goal, timezone=timezone, now=now, actor=ACTOR,
            default_timezone=current_app.config["DEFAULT_TIMEZONE"],
        )  # fmt: skip
        if publish:
            actions.publish(session, saved.action, actor=ACTOR, now=now)
        return saved


def _print_draft(draft: importing.Draft) -> None:
    for found in sorted(draft.found, key=lambda found: found.line):
        text = found.text if len(found.text) <= 90 else found.text[:89] + "…"
        click.echo(f"line {found.line:>4}  {found.field:<10}  {text}")
    for doubt in draft.doubts:
        click.echo(f"doubt{f' (line {doubt.line})' if doubt.line else ''}: {doubt}")


def _print_saved(saved: saving.Saved) -> None:
    action = saved.action
    state = deadlines.state(action, current_app.config["CLOCK"]())
    if saved.is_new:
        click.echo(f"Imported as {action.slug} ({state}), goal {action.goal} letters.")
    elif saved.changed:
        click.echo(f"Brought {action.slug} ({state}) up to date: {', '.join(sorted(saved.changed))}.")
    else:
        click.echo(f"{action.slug} ({state}) is up to date already.")


@actions_commands.command("list")
def list_actions() -> None:
    """List all actions, drafts too, with state, deadline and letters sent of the goal."""
    now = current_app.config["CLOCK"]()
    for action in db.session.scalars(select(Action).order_by(Action.slug)):
        totals = tally.read(db.session(), action.id)
        label = " (practice)" if action.practice else ""
        sent = f"{totals.letters_sent}/{action.goal}"
        click.echo(f"{action.slug:<24} {deadlines.state(action, now):<10} {action.deadline or '-'!s:<12} {sent}{label}")


@actions_commands.command("publish")
@click.argument("slug")
def publish_action(slug: str) -> None:
    """Show a draft to the public. Rule: it needs a deadline and a target."""
    with writing() as session:
        actions.publish(session, actions.find(session, slug), actor=ACTOR, now=current_app.config["CLOCK"]())
    click.echo(f"{slug} is published.")


@actions_commands.command("remove")
@click.argument("slug")
def remove_action(slug: str) -> None:
    """Remove a practice copy or an empty draft. Rule: what people gave to a real action is never removed."""
    with writing() as session:
        actions.remove(session, actions.find(session, slug))
        audit.note(session, actor=ACTOR, event="removed", subject=slug, now=current_app.config["CLOCK"]())
    click.echo(f"{slug} is removed.")


@groups_commands.command("add")
@click.argument("slug")
@click.argument("name")
def add_group(slug: str, name: str) -> None:
    """Add a local group. SLUG stands in addresses: small letters, digits and hyphens."""
    if not slug.replace("-", "").isalnum() or slug != slug.lower() or not slug.isascii():
        raise click.ClickException(f"“{slug}” is no slug: use small letters, digits and hyphens.")
    with writing() as session:
        groups.add(session, slug, name)
        audit.note(session, actor=ACTOR, event="group added", subject=slug, now=current_app.config["CLOCK"]())
    click.echo(f"Group {slug} is added.")


@tally_commands.command("check")
def check_tally() -> None:
    """Count the ledger anew and say where the tally differs. Changes nothing; exit code 1 when it differs."""
    with reading() as session:
        differences = tally.check(session)
    _print_differences(differences)
    if differences:
        raise click.ClickException("The tally differs from the ledger: flask tally recount puts it right.")
    click.echo("Every tally equals the ledger.")


@tally_commands.command("recount")
def recount_tally() -> None:
    """Put every tally right by the ledger, one action after the other."""
    with reading() as session:
        wrong = {one.slug for one in tally.check(session)}
    mended: list[tally.Difference] = []
    for slug in sorted(wrong):
        with writing() as session:
            found = tally.recount(session, slug)
            if found:
                after = {f"{one.slug}/{one.group or '-'}": vars(one.counted) for one in found}
                now = current_app.config["CLOCK"]()
                audit.note(session, actor=ACTOR, event="recounted", subject="tally", now=now, after=after)
        mended.extend(found)
    _print_differences(mended)
    click.echo(f"{len(mended)} put right.")


def _print_differences(differences: list[tally.Difference]) -> None:
    for one in differences:
        place = f"{one.slug}, group {one.group}" if one.group else one.slug
        for name in tally.COUNTED:
            kept, counted = getattr(one.kept, name), getattr(one.counted, name)
            if kept != counted:
                click.echo(f"{place}: {name} kept {kept}, counted {counted}")


@click.command("demo", cls=Command)
@with_appcontext
def demo() -> None:
    """Import the sample action and put an open practice copy of it beside it, unless they are there."""
    for line in set_up_demo(again=True):
        click.echo(line)


def set_up_demo(*, again: bool = False) -> list[str]:
    """Sets up the sample and its practice copy; answers what it did.

    On a later day, unless `again`, it only moves the deadline of a practice copy that has run out.
    """
    now = current_app.config["CLOCK"]()
    known = db.session.scalar(select(Action.id).limit(1))
    copy = db.session.scalar(select(Action).where(Action.slug == practice.SLUG))
    if known and not again and (copy is None or deadlines.state(copy, now) is deadlines.State.OPEN):
        return []
    with writing() as session:
        sample = _sample(session, now)
        copy = practice.ensure(session, sample, now)
    return [
        f"Sample action: {sample.slug}",
        f"Practice copy: {copy.slug}, open until {copy.deadline} (flask --app app actions remove {copy.slug})",
    ]


def _sample(session: Session, now: datetime) -> Action:
    draft = importing.read(SAMPLE.read_bytes())
    known = session.scalar(select(Action).where(Action.ai_index == draft.ai_index))
    if known is not None:
        return known  # an office's own import of the same document is worth more than our sample
    zone = current_app.config["DEFAULT_TIMEZONE"]
    saved = saving.save(session, draft, goal=None, timezone=None, default_timezone=zone, now=now, actor=ACTOR)
    actions.publish(session, saved.action, actor=ACTOR, now=now)
    return saved.action
