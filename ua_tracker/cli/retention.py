"""The command that forgets people some time after an action has closed."""

import click
from flask import current_app
from flask.cli import AppGroup

from ua_tracker import audit, retention
from ua_tracker.database import writing

retention_commands = AppGroup("retention", help="Forgetting people when it is time.")


@retention_commands.command("purge")
@click.option("--dry-run", is_flag=True, help="Say what would be forgotten, forget nothing.")
def purge(dry_run: bool) -> None:
    """Forget names, e-mail addresses and private links of actions closed RETENTION_DAYS ago.

    Rule: every total per action, group, channel and day stays, and is counted before and after.
    """
    now, days = current_app.config["CLOCK"](), current_app.config["RETENTION_DAYS"]
    try:
        with writing() as session:
            done = retention.purge(session, now, days, dry_run=dry_run)
            if done and not dry_run:
                after = {one.slug: {"pledges": one.pledges, "reports": one.reports} for one in done}
                audit.note(session, actor="command line", deed="purged", subject="retention", now=now, after=after)
    except retention.TotalsMoved as moved:
        raise click.ClickException(f"{moved}: a total would have moved, so nothing was purged.") from moved
    for one in done:
        print_words = "would be forgotten" if dry_run else "forgotten, every total as before"
        click.echo(f"{one.slug}: {one.pledges} pledges and {one.reports} reports {print_words}")
    if not done:
        click.echo(f"Nobody is named in an action that closed {days} days ago or earlier.")
