"""The commands `flask --app app actions …`: import, list, publish and remove."""

import json
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from ua_tracker import actions, audit, deadlines, importing, slugs, tally, zones
from ua_tracker.cli.context import ACTOR, now
from ua_tracker.cli.numbers import Whole, counted
from ua_tracker.cli.one_line import Commands
from ua_tracker.database import db, writing
from ua_tracker.importing import saving
from ua_tracker.importing.matching import Words
from ua_tracker.limits import MOST_GOAL, USUAL_GOAL
from ua_tracker.models import Action

actions_commands = Commands("actions", help="Import, list, publish and remove actions.")


def _zone(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and value not in zones.known():
        raise click.BadParameter("give a zone of the IANA time zone database, such as America/Toronto.")
    return value


def _slug(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    slug = slugs.of_short_name(value) if value is not None else None
    if value is not None and slug is None:
        raise click.BadParameter("begin with a letter, and use small letters, digits and hyphens.")
    return slug


@actions_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--goal",
    type=Whole(1, MOST_GOAL),
    help=f"Number of letters to reach; {USUAL_GOAL} for a new action by default.",
)
@click.option(
    "--timezone", callback=_zone, help="Time zone of the deadline; DEFAULT_TIMEZONE for a new action by default."
)
@click.option("--short-name", callback=_slug, help="Name of an action without UA number and AI index: fishers-gabon.")
@click.option("--sentence-case", is_flag=True, help="Store a title that is printed in capitals as it is proposed.")
@click.option("--publish", is_flag=True, help="Publish the action at once.")
@click.option("--dry-run", is_flag=True, help="Read and print, but store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the draft as JSON.")
def import_action(
    file: Path,
    goal: int | None,
    timezone: str | None,
    short_name: str | None,
    sentence_case: bool,
    publish: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import an Urgent Action (text, Markdown, a saved page or mail, PDF, .docx, .rtf).

    Rule: nothing is guessed. A value that is not found stays empty and is listed as a doubt; without a deadline or
    a target the action stays a draft. Importing the same AI index again updates the action, and keeps the case of its
    title unless --sentence-case is given.
    """
    draft = importing.read(_bytes_of(file), file.name)
    saved = None
    if not dry_run:
        words = Words(title=draft.proposed_title if sentence_case else None, short_name=short_name)
        saved = _saved(draft, goal, timezone, words, publish)
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
        raise click.BadParameter("this is not a possible file name.", param_hint="file") from nul


def _saved(draft: importing.Draft, goal: int | None, timezone: str | None, words: Words, publish: bool) -> saving.Saved:
    with writing() as session:
        at = now()
        usual = current_app.config["DEFAULT_TIMEZONE"]
        values = {"goal": goal, "timezone": timezone, "words": words, "default_timezone": usual}
        saved = saving.save(session, draft, **values, now=at, actor=ACTOR)
        if publish:
            actions.publish(session, saved.action, actor=ACTOR, now=at)
        return saved


def _print_draft(draft: importing.Draft) -> None:
    for found in sorted(draft.found, key=lambda found: found.line):
        text = found.text if len(found.text) <= 90 else found.text[:89] + "…"
        click.echo(f"line {found.line:>4}  {found.field:<10}  {text}")
    if draft.proposed_title != draft.title:
        click.echo(f"title in sentence case (--sentence-case): {draft.proposed_title}")
    for doubt in draft.doubts:
        click.echo(f"doubt{f' (line {doubt.line})' if doubt.line else ''}: {doubt}")


def _print_saved(saved: saving.Saved) -> None:
    action = saved.action
    state = deadlines.state(action, now())
    if saved.is_new:
        click.echo(f"Imported as {action.slug} ({state}), goal {counted(action.goal, 'letter')}.")
    elif saved.changed:
        click.echo(f"Brought {action.slug} ({state}) up to date: {', '.join(sorted(saved.changed))}.")
    else:
        click.echo(f"{action.slug} ({state}) is up to date already.")


@actions_commands.command("list")
def list_actions() -> None:
    """List all actions, drafts included, with state, deadline, letters sent and goal."""
    at = now()
    for action in db.session.scalars(select(Action).order_by(Action.slug)):
        totals = tally.read(db.session(), action.id)
        label = " (practice)" if action.practice else ""
        sent = f"{totals.letters_sent}/{action.goal}"
        click.echo(f"{action.slug:<24} {deadlines.state(action, at):<10} {action.deadline or '-'!s:<12} {sent}{label}")


@actions_commands.command("publish")
@click.argument("slug")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%dT%H:%M"]),
    help="Publish it by itself at this day and hour in the action's time zone, as 2026-01-31T09:00.",
)
def publish_action(slug: str, at: datetime | None) -> None:
    """Publish a draft. Rule: it needs a deadline and a target."""
    with writing() as session:
        action = actions.find(session, slug)
        if at is None:
            actions.publish(session, action, actor=ACTOR, now=now())
        else:
            actions.schedule(session, action, at.date(), at.time(), actor=ACTOR, now=now())
    click.echo(f"{slug} is published." if at is None else f"{slug} will be published at {at:%Y-%m-%d %H:%M}.")


@actions_commands.command("remove")
@click.argument("slug")
def remove_action(slug: str) -> None:
    """Delete a practice copy or an empty draft. Rule: pledges and reports of a real action are never deleted."""
    with writing() as session:
        actions.remove(session, actions.find(session, slug))
        audit.note(session, actor=ACTOR, event="removed", subject=slug, now=now())
    click.echo(f"{slug} is removed.")
