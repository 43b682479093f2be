"""The command `flask --app app demo`: the sample action, and an open practice copy of it."""

from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import actions, deadlines, practice
from ua_tracker.cli.context import ACTOR, now
from ua_tracker.cli.one_line import Command
from ua_tracker.database import db, writing
from ua_tracker.importing import reading, saving
from ua_tracker.importing.matching import Words
from ua_tracker.models import Action

SAMPLE = Path(__file__).parents[1] / "samples" / "ua-109-23-second.md"


@click.command("demo", cls=Command)
@with_appcontext
def demo() -> None:
    """Import the sample action and create an open practice copy of it, unless they exist."""
    for line in set_up_demo(again=True):
        click.echo(line)


def set_up_demo(*, again: bool = False) -> list[str]:
    """Creates the sample action and its practice copy; returns the lines to print.

    When there are actions already and `again` is false, it only renews a practice copy whose deadline has passed.
    """
    at = now()
    known = db.session.scalar(select(Action.id).limit(1))
    copy = db.session.scalar(select(Action).where(Action.slug == practice.SLUG))
    if known and not again and (copy is None or deadlines.state(copy, at) is deadlines.State.OPEN):
        return []
    with writing() as session:
        sample = _sample(session, at)
        copy = practice.ensure(session, sample, at)
    return [
        f"Sample action: {sample.slug}",
        f"Practice copy: {copy.slug}, open until {copy.deadline} (flask --app app actions remove {copy.slug})",
    ]


def _sample(session: Session, at: datetime) -> Action:
    draft = reading.read(SAMPLE.read_bytes())
    known = session.scalar(select(Action).where(Action.ai_index == draft.ai_index))
    if known is not None:
        return known  # the office has imported the same document: keep its version
    zone = current_app.config["DEFAULT_TIMEZONE"]
    words = Words(title=draft.proposed_title)
    values = {"goal": None, "timezone": None, "words": words, "default_timezone": zone}
    saved = saving.save(session, draft, **values, now=at, actor=ACTOR)
    actions.publish(session, saved.action, actor=ACTOR, now=at)
    return saved.action
