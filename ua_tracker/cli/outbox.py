"""The commands `outbox send`, `outbox status` and `outbox retry`."""

import signal
import time
from collections import Counter
from typing import Any

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from ua_tracker import mail_standing, mailing, outbox
from ua_tracker.cli.context import now
from ua_tracker.cli.one_line import Commands
from ua_tracker.database import db, writing
from ua_tracker.refusals import NotStored
from ua_tracker.web import mails

IDLE_SECONDS = 5

outbox_commands = Commands("outbox", help="Send queued mails, show their status, retry failed ones.")


@outbox_commands.command("send")
@click.option("--loop", is_flag=True, help="Keep running until stopped, with a poll interval of five seconds.")
def send(loop: bool) -> None:
    """Send the mails that are due.

    Rule: a mail is tried up to ten times within three days. Several senders can run at once. If a
    sender is killed, another sends its mail again; it may then arrive twice, with the same Message-ID.
    """
    if not loop:
        ended = _round(lambda: False)
        _print_ended(ended)
        waiting = sum(one.ending == "failed" for one in ended)
        if waiting:
            raise click.ClickException(f"{waiting} could not be sent now; they are tried again automatically.")
        return
    stop = _Stop()
    while not stop.asked:
        try:
            for one in _round(lambda: stop.asked):
                if one.ending != "sent":
                    current_app.logger.warning("outbox: %s %s: %s", one.kind, _label(one.ending), one.reason or "-")
        except (SQLAlchemyError, NotStored) as error:
            kind = type(getattr(error, "orig", None) or error).__name__
            current_app.logger.error("outbox: database: %s", kind)
        stop.rest(IDLE_SECONDS)


@outbox_commands.command("status")
def status() -> None:
    """Show how many mails wait and were sent, and each mail given up with its reason. Shows no recipients."""
    found = mail_standing.read(db.session(), now())
    if not current_app.config["MAIL_URL"]:
        click.echo(f"Mails are written to {current_app.config['INSTANCE_PATH'] / 'mail'}: MAIL_URL is not set.")
    overdue = f" (due since {found.overdue_since:%Y-%m-%d %H:%M} UTC)" if found.overdue_since else ""
    click.echo(f"{'waiting':<10} {found.waiting:>6}{overdue}")
    for name, number in (("sent", found.sent), ("not needed", found.not_needed), ("given up", len(found.given_up))):
        click.echo(f"{name:<10} {number:>6}")
    for mail in found.given_up:
        kept = "" if mail.address is None else "; outbox retry sends it"
        click.echo(
            f"  {mail.kind}, queued {mail.queued_at:%Y-%m-%d %H:%M} UTC, {mail.tries} tries: {mail.reason}{kept}"
        )


@outbox_commands.command("retry")
def retry() -> None:
    """Queue again the mails given up in the last 30 days, except those that the recipient's server refused."""
    with writing() as session:
        number = outbox.retry(session, now())
    click.echo(f"{number} queued again.")


class _Stop:
    """Set by SIGTERM or Ctrl-C. The current mail is finished first, so that it is not sent twice."""

    def __init__(self) -> None:
        self.asked = False
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._ask)

    def _ask(self, *_: Any) -> None:
        self.asked = True

    def rest(self, seconds: int) -> None:
        """Sleeps in steps of 0.2 seconds, because a signal does not interrupt a sleep (PEP 475)."""
        for _ in range(seconds * 5):
            if not self.asked:
                time.sleep(0.2)


def _label(ending: str) -> str:
    return "not needed" if ending == "moot" else ending


def _round(stopping: Any) -> list[outbox.Ended]:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask states the proxy as the app itself
    server = app.config["MAIL_URL"]
    deliver = mailing.by_server(server) if server else mailing.into_folder(app.config["INSTANCE_PATH"] / "mail")
    return outbox.send(writing, lambda mail: mails.render(app, mail), deliver, app.config["CLOCK"], stopping)


def _print_ended(ended: list[outbox.Ended]) -> None:
    for (kind, ending, reason), number in Counter((one.kind, one.ending, one.reason) for one in ended).items():
        click.echo(f"{number} {kind}: {_label(ending)}{f' ({reason})' if reason else ''}")
    if not ended:
        click.echo("Nothing is due.")
