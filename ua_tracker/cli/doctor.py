"""The command `doctor`: looks at everything that an installation needs, and says what to do."""

import os
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from ua_tracker import doctor as checks
from ua_tracker.cli.context import now, secret_keys
from ua_tracker.cli.one_line import CommandWithAnyKey, explain
from ua_tracker.database import db, file_of, reading
from ua_tracker.doctor import FAULT, WARNING, Finding
from ua_tracker.refusals import NotStored
from ua_tracker.settings import SETTINGS


@click.command("doctor", cls=CommandWithAnyKey)
@with_appcontext
def doctor() -> None:
    """Check settings, key, database, disk, clock, mail, jobs, webhooks and backups; print a line for each.

    Rule: changes nothing and sends no mail. Exit code 1 when something is a fault; a warning alone is none.
    """
    found = list(_findings())
    for one in found:
        click.echo(f"{one.level:<8} {one.about}: {one.told}")
    faults, warnings = (sum(one.level == level for one in found) for level in (FAULT, WARNING))
    if faults:
        raise click.ClickException(f"Faults: {faults}. Warnings: {warnings}.")


def _findings() -> Iterator[Finding]:
    values = current_app.config
    yield from checks.of_settings(os.environ, [setting.name for setting in SETTINGS], values)
    yield from _of_database()
    yield from checks.of_mail_server(values["MAIL_URL"], values["MAIL_FROM"])
    if values["MAIL_URL"]:
        yield from checks.of_mail_domain(values["MAIL_FROM"])
        yield from checks.of_bounces(values["BOUNCE_ADDRESS"], values["BOUNCE_MAILBOX"] is not None)
    yield from checks.of_limits(str(values["RATELIMIT_STORAGE_URI"]))


def _of_database() -> Iterator[Finding]:
    try:
        with db.engine.connect() as connection:
            found = list(checks.of_database(connection, secret_keys()))
            yield from found
            if found[0].level == FAULT:
                return
            yield from checks.of_clock(connection, now())
        with reading() as session:
            yield from checks.of_jobs(session, now(), reads_bounces=current_app.config["BOUNCE_MAILBOX"] is not None)
            yield from checks.of_backups(session, now())
            yield from checks.of_webhooks(session)
    except (SQLAlchemyError, NotStored) as wrong:
        yield Finding(FAULT, "database", " ".join(explain(wrong).split()))
        return
    folder = Path(current_app.config["INSTANCE_PATH"])
    file = Path(file_of(db.engine).real) if db.engine.dialect.name == "sqlite" else None
    yield from checks.of_files([folder, file.parent] if file else [folder], file)
