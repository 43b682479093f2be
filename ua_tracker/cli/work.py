"""The command `work`: sends mails as they are queued, and runs the other jobs at their times."""

import os
import secrets
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from ua_tracker import jobs, process
from ua_tracker.cli.context import now
from ua_tracker.cli.one_line import Command
from ua_tracker.cli.outbox import Stop, send_until
from ua_tracker.database import db, reading, writing
from ua_tracker.refusals import NotStored

LOOK_SECONDS = 15


@click.command("work", cls=Command)
@with_appcontext
@click.pass_context
def work(context: click.Context) -> None:
    """Send mails as they are queued and run the other jobs at their times, until stopped.

    Rule: `reminders queue` at 7 minutes past each hour, `retention purge` each day at 3:17 in DEFAULT_TIMEZONE, and
    with BOUNCE_MAILBOX `outbox bounces` at 27 minutes past each hour; what was missed is done at the start. Of several
    machines one does each job. A job that failed is tried again after five minutes.
    """
    stop, timed = Stop(), TimedJobs(context.ensure_object(ScriptInfo).app_import_path or "app")
    try:
        send_until(stop, timed.look)
    finally:
        timed.end()


class TimedJobs:
    """The jobs that this process runs, each as a process of its own, which gives its memory back at the end."""

    def __init__(self, app: str) -> None:
        self._flask = [sys.executable, "-m", "flask", "--app", app]
        self._holder = secrets.token_hex(8)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._next_look, self._is_ending = 0.0, False

    def look(self) -> None:
        """Begins what is due, and notes what has ended. Looks every 15 seconds, however often it is called."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_SECONDS
        try:
            self._note()
            self._begin()
        except (SQLAlchemyError, NotStored) as error:
            db.session.rollback()
            kind = type(getattr(error, "orig", None) or error).__name__
            current_app.logger.error("work: database: %s", kind)

    def end(self) -> None:
        """Ends what runs. A job leaves off between two transactions, and goes on when it is next run."""
        self._is_ending = True
        for running in self._running.values():
            running.terminate()
        for running in self._running.values():
            running.wait()
        with suppress(SQLAlchemyError, NotStored):  # the lease ends by itself
            self._note()

    def _note(self) -> None:
        for kind, running in list(self._running.items()):
            code = running.poll()
            with writing() as session:
                if code is None:
                    jobs.renew(session, kind, self._holder, now())
                else:  # a negative code: it was ended by a signal, and is due at once
                    jobs.release(session, kind, self._holder, now(), failed=code > 0)
            if code is not None:
                del self._running[kind]
            if code and not self._is_ending:
                current_app.logger.error("work: %s ended with code %s", kind, code)

    def _begin(self) -> None:
        zone = current_app.config["DEFAULT_TIMEZONE"]
        among = jobs.OF_MAILBOX if current_app.config["BOUNCE_MAILBOX"] else jobs.TIMED
        with reading() as session:
            due = jobs.due(session, now(), zone, among)
        for timed in due:
            with writing() as session:
                is_ours = jobs.claim(session, timed, self._holder, now(), zone)
            if is_ours:
                self._running[timed.kind] = subprocess.Popen(  # noqa: S603  # one of our own commands
                    [*self._flask, *timed.kind.split()],
                    stdout=subprocess.DEVNULL,
                    preexec_fn=partial(process.end_with, os.getpid()),
                )
