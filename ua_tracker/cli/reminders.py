"""The command `reminders queue`."""

import click
from flask import current_app

from ua_tracker import jobs, mailings, next_issues, reminders
from ua_tracker.cli.context import now
from ua_tracker.cli.one_line import Commands
from ua_tracker.database import reading, writing

reminders_commands = Commands("reminders", help="Remind supporters of their pledges.")


@reminders_commands.command("queue")
def queue() -> None:
    """Queue the reminders that are due: on the day chosen for writing, before the deadline, and once after it.

    Rule: at most three for each pledge and deadline, and one mail when the deadline is moved; between 9:00 and 18:00 in
    the action's time zone, none after letters were reported. A stop action is told at any hour. Queues the mails too
    that a coordinator asked for to those who have not reported, and tells those who wanted to know that the case needs
    letters again. Run it every hour; it never queues the same mail twice.
    """
    began, secret = now(), current_app.config["SECRET_KEY"]
    queues = (reminders.queue_due, mailings.queue_due, next_issues.queue_due)
    queued = sum(queue(reading, writing, secret, now()) for queue in queues)
    with writing() as session:
        jobs.note_done(session, jobs.QUEUE, began)  # what is stopped from here on is due again
    click.echo(f"{queued:,} queued.")
