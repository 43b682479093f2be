"""The command that queues the reminders that are due."""

import click
from flask import current_app

from ua_tracker import reminders
from ua_tracker.cli.context import now
from ua_tracker.cli.one_line import Commands
from ua_tracker.database import reading, writing

reminders_commands = Commands("reminders", help="Reminding people of what they promised.")


@reminders_commands.command("queue")
def queue() -> None:
    """Queue the mails that are due: on the day one wanted to write, before the deadline, and once after it.

    Rule: at most three for a pledge, between nine and six on the action's clock, none once letters are reported.
    Run it every hour; it never queues one twice.
    """
    secret = current_app.config["SECRET_KEY"]
    queued = reminders.queue_due(reading, writing, secret, now())
    click.echo(f"{queued} queued.")
