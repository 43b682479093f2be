"""The commands `outbox send`, `outbox status`, `outbox retry` and `outbox bounces`."""

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ua_tracker import bounces, jobs, mail_servers, mail_standing, mailing, outbox, refused_addresses
from ua_tracker.bounces import mailboxes, return_paths
from ua_tracker.cli import webhooks
from ua_tracker.cli.context import now, secret_keys
from ua_tracker.cli.numbers import counted
from ua_tracker.cli.one_line import Commands, explain
from ua_tracker.database import db, reading, writing
from ua_tracker.mail_failures import KeptBack
from ua_tracker.refusals import NotStored
from ua_tracker.web import mails

IDLE_SECONDS = 5
NOTED_SECONDS = 60  # how often a sender that goes on notes that it is there

outbox_commands = Commands("outbox", help="Send queued mails, show their status, retry failed ones.")


@outbox_commands.command("send")
@click.option("--loop", is_flag=True, help="Keep running until stopped, with a poll interval of five seconds.")
def send(loop: bool) -> None:
    """Send the mails that are due, and the messages to webhooks.

    Rule: a mail is tried up to ten times within three days. Several senders can run at once. If a
    sender is killed, another sends its mail again; it may then arrive twice, with the same Message-ID.
    """
    if not loop:
        ended = _round(lambda: False)
        _note_done(jobs.SEND)
        _print_ended(ended)
        webhooks.send_once()
        waiting = sum(one.ending == "failed" for one in ended)
        if waiting:
            raise click.ClickException(f"{waiting:,} could not be sent now; they are tried again automatically.")
        return
    send_until(Stop())


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
        tries = counted(mail.tries, "try", "tries")
        click.echo(f"  {mail.kind}, queued {mail.queued_at:%Y-%m-%d %H:%M} UTC, {tries}: {mail.reason}{kept}")


@outbox_commands.command("retry")
@click.option("--refused", is_flag=True, help="Also forget which addresses were refused, so that they get mails again.")
def retry(refused: bool) -> None:
    """Queue again the mails given up in the last 30 days, except those that the recipient's server refused."""
    with writing() as session:
        number = outbox.retry(session, now())
        allowed = refused_addresses.allow_all(session) if refused else 0
    again = counted(allowed, "address gets", "addresses get")
    click.echo(f"{number:,} queued again." + (f" {again} mails again." if refused else ""))


class TryAgain(click.ClickException):
    """Ends the command so that a mail server keeps the message and passes it again later (EX_TEMPFAIL)."""

    exit_code = 75


@outbox_commands.command("bounces")
@click.option("--to", "came_to", default="", help="The address that the message came to, if its headers do not say it.")
@click.argument("source", default="")
def take_bounces(came_to: str, source: str) -> None:
    """Read bounces from SOURCE: `-` for one message on standard input, or a mailbox as in BOUNCE_MAILBOX.

    Rule: without SOURCE the mailbox of the setting is read, or standard input if there is none. A bounce counts by the
    address that it came to, which names one mail. Only one that failed for good changes anything: no further mail goes
    to that mail's address. A message is deleted from a mailbox once it is stored; what is no such bounce stays.
    """
    try:
        box = mailboxes.box_of(source) if source != "-" else None
    except ValueError as wrong:
        raise click.UsageError(f"SOURCE is not understood: {wrong}.") from wrong
    is_job = not source and current_app.config["BOUNCE_MAILBOX"] is not None
    box = current_app.config["BOUNCE_MAILBOX"] if is_job else box
    try:
        if box is None:
            raw = sys.stdin.buffer.read(mailboxes.LONGEST)
            numbers = {_take(raw, came_to): 1}
        else:
            numbers = mailboxes.read(box, _take)
        if is_job:
            _note_done(jobs.BOUNCES)
    except (SQLAlchemyError, NotStored, OSError, mailboxes.NotOpened) as wrong:
        told = str(wrong) if isinstance(wrong, mailboxes.NotOpened) else explain(wrong)
        raise TryAgain(" ".join(told.split())) from wrong
    _print_taken(numbers)


def _take(raw: bytes, came_to: str = "") -> bounces.Taken:
    with writing() as session:
        return bounces.take(session, raw, secret_keys(), now(), came_to)


def _print_taken(numbers: dict[bounces.Taken, int]) -> None:
    refused, nothing, unknown = (numbers.get(taken, 0) for taken in bounces.Taken)
    click.echo(f"{refused:,} refused for good, {nothing:,} without consequence, {unknown:,} no bounces of this site.")


class Stop:
    """Set by SIGTERM or Ctrl-C. The current mail is finished first, so that it is not sent twice."""

    def __init__(self) -> None:
        self.asked = False
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._ask)

    def _ask(self, *_: Any) -> None:
        self.asked = True

    def rest(self, seconds: int, meanwhile: Callable[[], None]) -> None:
        """Sleeps in steps of 0.2 seconds, because a signal does not interrupt a sleep (PEP 475)."""
        for _ in range(seconds * 5):
            if not self.asked:
                meanwhile()
                time.sleep(0.2)


def send_until(stop: Stop, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Sends mails as they become due, until asked to stop. Calls `meanwhile` between two mails, and while idle."""
    with webhooks.beside_the_mails(lambda: stop.asked):
        _send_mails_until(stop, meanwhile)


def _send_mails_until(stop: Stop, meanwhile: Callable[[], None]) -> None:
    noted = float("-inf")

    def is_over() -> bool:
        meanwhile()
        return stop.asked

    while not stop.asked:
        try:
            for one in _round(is_over):
                if one.ending != "sent":
                    current_app.logger.warning("outbox: %s %s: %s", one.kind, _label(one.ending), one.reason or "-")
            if time.monotonic() - noted > NOTED_SECONDS:
                _note_done(jobs.SEND)
                noted = time.monotonic()
        except (SQLAlchemyError, NotStored) as error:
            kind = type(getattr(error, "orig", None) or error).__name__
            current_app.logger.error("outbox: database: %s", kind)
        stop.rest(IDLE_SECONDS, meanwhile)


def _note_done(kind: str) -> None:
    with writing() as session:
        jobs.note_done(session, kind, now())


def _label(ending: str) -> str:
    return "not needed" if ending == "moot" else ending


def _round(stopping: Any) -> list[outbox.Ended]:
    config = current_app.config
    server = config["MAIL_URL"]
    said: list[bool] = []
    deliver = (
        mailing.by_server(server, said.append) if server else mailing.into_folder(config["INSTANCE_PATH"] / "mail")
    )

    def note(session: Session, mail: outbox.Claimed, failure: Exception | None, at: datetime) -> None:
        _note_try(session, mail, failure, at)
        if server and said:
            mail_servers.note(session, server, said[-1], at)

    return outbox.send(writing, _rendered, deliver, config["CLOCK"], stopping, note)


def _rendered(mail: outbox.Claimed) -> EmailMessage:
    """The mail, with the address that bounces go to. Raises KeptBack, and as `mails.render`."""
    app, secrets = current_app._get_current_object(), secret_keys()  # type: ignore[attr-defined]  # a proxy
    with reading() as session:
        if refused_addresses.is_kept_back(session, mail.kind, mail.address, secrets, now()):
            raise KeptBack()
    message = mails.render(app, mail)
    if app.config["BOUNCE_ADDRESS"]:
        path = return_paths.address(app.config["BOUNCE_ADDRESS"], mail.id, mail.message_id, secrets[0])
        message["Return-Path"] = f"<{path}>"
    return message


def _note_try(session: Session, mail: outbox.Claimed, failure: Exception | None, at: datetime) -> None:
    """Stores what the try says of the address; and, with a mail that was sent, what a bounce of it needs."""
    refused_addresses.note_try(session, mail, failure, secret_keys(), at)
    if failure is None and current_app.config["BOUNCE_ADDRESS"]:
        return_paths.remember(session, mail, secret_keys()[0])


def _print_ended(ended: list[outbox.Ended]) -> None:
    for (kind, ending, reason), number in Counter((one.kind, one.ending, one.reason) for one in ended).items():
        click.echo(f"{number:,} {kind}: {_label(ending)}{f' ({reason})' if reason else ''}")
    if not ended:
        click.echo("Nothing is due.")
