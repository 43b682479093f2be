"""The command `retention purge`: deletes personal data some time after an action has closed."""

from datetime import datetime

import click
from flask import current_app

from ua_tracker import coordinators, jobs, retention, trust
from ua_tracker.cli.context import ACTOR, now
from ua_tracker.cli.numbers import counted
from ua_tracker.cli.one_line import Commands
from ua_tracker.database import reading, writing
from ua_tracker.importing import waiting
from ua_tracker.programs import entries
from ua_tracker.webhooks import registering

retention_commands = Commands("retention", help="Delete personal data of closed actions.")


@retention_commands.command("purge")
@click.option("--dry-run", is_flag=True, help="Print what would be deleted, but delete nothing.")
def purge(dry_run: bool) -> None:
    """Delete names, e-mail addresses and private links of actions closed RETENTION_DAYS ago.

    Rule: every total per action, group, channel and day stays; it is counted before and after. The work is done in
    short transactions; an interrupted purge continues at the next run. The networks from which coordinators signed in
    are deleted after 30 days, wrong sign-in tries after one day. The keys with which supporters' networks are hashed
    are deleted after 30 days, the counts by which reports are held after 8 days, messages to webhooks and answers to
    programs that wrote with an API key after 7, and documents that were uploaded after two.
    """
    at, days = now(), current_app.config["RETENTION_DAYS"]
    try:
        done = retention.purge(reading, writing, at, days, actor=ACTOR, dry_run=dry_run)
    except retention.TotalsMoved as moved:
        raise click.ClickException(f"{moved}: a total would have changed, so the purge was stopped there.") from moved
    if not dry_run:
        with writing() as session:
            coordinators.forget_old(session, at)
            coordinators.forget_tries(session, at)
            trust.forget(session, at)
            waiting.forget_old(session, at)
            entries.forget(session, at)
            jobs.note_done(session, jobs.PURGE, now())
        _forget_messages(at)
    for one in done:
        what = "would be anonymised" if dry_run else "anonymised, every total as before"
        click.echo(f"{one.slug}: {counted(one.pledges, 'pledge')} and {counted(one.reports, 'report')} {what}")
    if not done:
        click.echo(f"No action that closed {counted(days, 'day')} ago or earlier holds personal data.")


def _forget_messages(at: datetime) -> None:
    """Some at a time, so that other writers do not wait long."""
    is_over = False
    while not is_over:
        with writing() as session:
            is_over = registering.forget(session, at) == 0
