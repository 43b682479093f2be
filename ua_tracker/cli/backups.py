"""The commands `backup`, `restore` and `database copy`."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

from ua_tracker import backups, jobs, settings
from ua_tracker.backups.files import shown
from ua_tracker.cli.context import now, secret_keys
from ua_tracker.cli.numbers import counted
from ua_tracker.cli.one_line import Command, CommandsWithAnyKey, CommandWithAnyKey
from ua_tracker.cli.version import number
from ua_tracker.database import db, writing
from ua_tracker.refusals import NotStored
from ua_tracker.settings import HOME

database_commands = CommandsWithAnyKey("database", help="Move the rows from one database into another.")


def _path(_context: click.Context, _argument: click.Parameter, value: Path) -> Path:
    if "\0" in str(value) or not value.name:
        raise click.BadParameter("this is not a possible file name.")
    return value


def _engine(_context: click.Context, _argument: click.Parameter, value: str) -> Engine:
    try:
        url = settings.database_url(value)
    except ValueError as wrong:
        raise click.BadParameter(f"{wrong}.") from wrong
    if not url:
        raise click.BadParameter("give the URL of a database.")
    return create_engine(url, hide_parameters=True)


_file = click.argument("file", type=click.Path(path_type=Path), callback=_path)


@click.command("backup", cls=Command)
@_file
@click.option("--replace", is_flag=True, help="Put it in the place of an earlier backup of this name.")
@with_appcontext
def backup(file: Path, replace: bool) -> None:
    """Write the whole database into FILE while the site runs.

    Rule: the file gets its name only when it was read again, and each table has as many rows as the database. It can
    be restored into SQLite and into PostgreSQL. It holds personal data, and not the secret key.
    """
    made = backups.make(db.engine, file, **_circumstances(), replace=replace)
    with suppress(SQLAlchemyError, NotStored), writing() as session:  # the backup is whole without this note too
        jobs.note_done(session, jobs.BACKUP, now())
    rows = f"{len(made.label.rows)} tables, {counted(made.label.total, 'row')}, {made.size / 1e6:,.1f} MB"
    click.echo(f"{shown(file)}: {rows}. The secret key is not in it; keep it elsewhere.")
    _print_tally(made.tally_differs, f"{shown(file)} is a true copy.")


@click.command("restore", cls=CommandWithAnyKey)
@_file
@click.option("--replace", is_flag=True, help="Restore also when the database is not empty, and keep it beside.")
@click.option(
    "--other-key", is_flag=True, help="Restore a backup made under another SECRET_KEY; it then belongs to this one."
)
@with_appcontext
def restore(file: Path, replace: bool, other_key: bool) -> None:
    """Restore a backup that the command backup wrote; the site may run meanwhile.

    Rule: nothing is changed unless the whole file is as it was written. Tables of an older version are brought up to
    date, those of a later one refused. Coordinators must sign in again.
    """
    place = {"folder": current_app.config["INSTANCE_PATH"], "overwrite": replace, "other_key": other_key}
    how: dict[str, Any] = {"version": number(HOME), "at": now(), "secrets": secret_keys(), **place}
    done = backups.restore(file, db.engine, **how)
    made_at = f"{done.label.made_at:%Y-%m-%d %H:%M} UTC, version {done.label.version}"
    click.echo(f"Restored the backup of {made_at}: {len(done.label.rows)} tables, {counted(done.label.total, 'row')}.")
    if done.kept:
        click.echo(f"What was there before is kept as {shown(done.kept)}.")
    if done.waiting:
        click.echo(f"Mails that wait: {done.waiting}. Those sent after the backup was made will be sent again.")
    _print_tally(done.tally_differs, "The rows are as they were backed up.")


@database_commands.command("copy")
@click.argument("source", metavar="FROM", callback=_engine)
@click.argument("target", metavar="TO", callback=_engine)
def copy_database(source: Engine, target: Engine) -> None:
    """Copy all rows of the database FROM into the empty database TO; both are URLs as in DATABASE_URL.

    Rule: nothing is changed in FROM, and TO gets all of it or nothing. What is written to FROM after the beginning is
    not in TO: stop the site first. Passwords in a command line can be read by others on the machine; ~/.pgpass is
    better.
    """
    try:
        folder = current_app.config["INSTANCE_PATH"]
        copied = backups.transfer(source, target, version=number(HOME), at=now(), folder=folder)
    finally:
        source.dispose()
        target.dispose()
    for name, rows in copied.rows.items():
        click.echo(f"{name:<24} {rows:>12,}")
    click.echo(
        f"Every table of both has these rows: {copied.total:,} in all. Set DATABASE_URL, and keep the SECRET_KEY."
    )


def _circumstances() -> dict[str, Any]:
    return {"secret": current_app.config["SECRET_KEY"], "version": number(HOME), "at": now()}


def _print_tally(differs: bool | None, but: str) -> None:
    if differs is None:
        click.echo("The tables are of an older version and were not recounted: flask --app app db upgrade")
    elif differs:
        click.echo(f"The tally differs from the ledger: flask tally recount corrects it. {but}", err=True)
    else:
        click.echo("Every tally equals the ledger.")
