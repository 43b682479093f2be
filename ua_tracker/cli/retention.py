"""The command that forgets people some time after an action has closed."""

import click
from flask import current_app

from ua_tracker import coordinators, retention
from ua_tracker.cli.context import ACTOR, now
from ua_tracker.cli.one_line import Commands
from ua_tracker.database import reading, writing

retention_commands = Commands("retention", help="Forgetting people when it is time.")


@retention_commands.command("purge")
@click.option("--dry-run", is_flag=True, help="Say what would be forgotten, forget nothing.")
def purge(dry_run: bool) -> None:
    """Forget names, e-mail addresses and private links of actions closed RETENTION_DAYS ago.

    Rule: every total per action, group, channel and day stays, and is counted before and after. It is done in steps
    between which others write; one that was cut short goes on where it stopped. From where coordinators
    signed in is forgotten after 30 days, wrong tries after one.
    """
    at, days = now(), current_app.config["RETENTION_DAYS"]
    try:
        done = retention.purge(reading, writing, at, days, actor=ACTOR, dry_run=dry_run)
    except retention.TotalsMoved as moved:
        raise click.ClickException(f"{moved}: a total would have moved, so the purge was stopped there.") from moved
    if not dry_run:
        with writing() as session:
            coordinators.forget_old(session, at)
            coordinators.forget_tries(session, at)
    for one in done:
        print_words = "would be forgotten" if dry_run else "forgotten, every total as before"
        click.echo(f"{one.slug}: {one.pledges} pledges and {one.reports} reports {print_words}")
    if not done:
        click.echo(f"Nobody is named in an action that closed {days} days ago or earlier.")
