"""The command that queues the reminders that are due."""

import click
from flask import current_app
from flask.cli import AppGroup

from ua_tracker import reminders
from ua_tracker.database import writing

reminders_commands = AppGroup("reminders", help="Reminding people of what they promised.")


@reminders_commands.command("queue")
def queue() -> None:
    """Queue the mails that are due: on the day one wanted to write, before the deadline, and once after it.

    Rule: at most three for a pledge, between nine and six on the action's clock, none once letters are reported.
    Run it every hour; it never queues one twice.
    """
    with writing() as session:
        queued = reminders.queue_due(session, current_app.config["SECRET_KEY"], current_app.config["CLOCK"]())
    click.echo(f"{queued} queued.")
