"""What may be wrong with an installation: one line for each check, with what to do about it."""

import difflib
import os
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from ua_tracker import jobs, mail_domain, mail_standing, mailing, readiness, schema, site_key
from ua_tracker.mail_failures import Failed
from ua_tracker.models import AuditEntry, Mail
from ua_tracker.refusals import AnotherKey
from ua_tracker.webhooks import registering

OK, WARNING, FAULT = "ok", "warning", "fault"
SHORT_KEY = 32  # characters
LITTLE_FREE = 1024 * 1024 * 1024  # bytes
CLOCKS_DIFFER = timedelta(seconds=30)
LATE_MAIL = timedelta(minutes=15)
# How long ago each job may have been done last.
LATE = {jobs.SEND: timedelta(minutes=15), jobs.QUEUE: timedelta(hours=2), jobs.PURGE: timedelta(days=2)}
LATE_BOUNCES = {jobs.BOUNCES: timedelta(hours=2)}
LATE_BACKUP = timedelta(days=2)
ON_A_NETWORK = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "fuse.glusterfs", "ceph", "afs", "davfs")
LOCAL = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Finding:
    """The result of a check: `ok`, `warning` or `fault`, what was looked at, and what was found or is to be done."""

    level: str
    about: str
    told: str


def of_settings(environ: Mapping[str, str], names: Sequence[str], values: Mapping[str, Any]) -> Iterator[Finding]:
    """The settings as they were written, and as they were read."""
    meant = {name: difflib.get_close_matches(name, names, 1, 0.85) for name in environ if name not in names}
    wrong = [f"{name} is no setting: is {close[0]} meant?" for name, close in sorted(meant.items()) if close]
    yield from (Finding(WARNING, "settings", one) for one in wrong)
    if not wrong:
        yield Finding(OK, "settings", "every name is known")
    if len(values["SECRET_KEY"]) < SHORT_KEY:
        yield Finding(WARNING, "secret key", f"SECRET_KEY has fewer than {SHORT_KEY} characters: give a longer one")
    url = urlsplit(values["PUBLIC_URL"])
    if not values["PUBLIC_URL"]:
        yield Finding(WARNING, "public URL", "PUBLIC_URL is not set: links in mails need the site's address")
    elif url.scheme != "https" and url.hostname not in LOCAL:
        yield Finding(WARNING, "public URL", "PUBLIC_URL begins with http: let a proxy speak HTTPS, and give https")
    else:
        yield Finding(OK, "public URL", values["PUBLIC_URL"])
    if "worker-class" in environ.get("GUNICORN_CMD_ARGS", ""):
        yield Finding(WARNING, "server", "GUNICORN_CMD_ARGS names a worker class: leave it to the Procfile")


def of_database(connection: Connection, secrets: Sequence[str]) -> Iterator[Finding]:
    """The tables and the key."""
    found = schema.state(connection)
    if found in {schema.BEHIND, schema.NONE}:
        yield Finding(FAULT, "tables", "run: flask --app app db upgrade")
        return
    yield Finding(OK, "tables", "of this version" if found == schema.CURRENT else "of a newer version: update this one")
    try:
        site_key.require(Session(connection), secrets)
    except AnotherKey as wrong:
        yield Finding(FAULT, "secret key", str(wrong))
    else:
        yield Finding(OK, "secret key", "the one that the database belongs to")


def of_clock(connection: Connection, now: datetime) -> Iterator[Finding]:
    """This machine's clock beside the database's, and beside the newest rows."""
    newest = [connection.scalar(select(func.max(column))) for column in (AuditEntry.at, Mail.queued_at)]
    ahead = max((one - now for one in newest if one is not None), default=timedelta())
    if connection.dialect.name == "postgresql":
        ahead = max(ahead, connection.execute(text("SELECT now()")).scalar_one().astimezone(UTC) - now, key=abs)
    if abs(ahead) > CLOCKS_DIFFER and (ahead > timedelta() or connection.dialect.name == "postgresql"):
        told = f"it differs by {abs(ahead.total_seconds()):.0f} s from the database: set it by NTP"
        yield Finding(FAULT, "clock", told)
    else:
        yield Finding(OK, "clock", f"{now:%Y-%m-%d %H:%M} UTC")


def of_files(folders: Sequence[Path], database: Path | None) -> Iterator[Finding]:
    """Free space, and whether the SQLite file is private and on a disk of this machine."""
    for folder in dict.fromkeys(folders):
        free = shutil.disk_usage(folder).free
        level = FAULT if free < readiness.LEAST_FREE else WARNING if free < LITTLE_FREE else OK
        yield Finding(level, "disk", f"{folder}: {free // 1024**2:,} MB free{'' if level == OK else ': make room'}")
    if database is None:
        return
    if stat.S_IMODE(os.stat(database).st_mode) & 0o077:
        yield Finding(FAULT, "database file", f"others can read {database}: chmod 600")
    kind = _file_system(database)
    if kind.startswith(ON_A_NETWORK):
        yield Finding(FAULT, "database file", f"it is on a network file system ({kind}): move it, or use PostgreSQL")
    else:
        yield Finding(OK, "database file", f"private, on {kind}")


def _file_system(path: Path) -> str:
    """The kind of the file system that holds the path; `a local disk` where the system does not say."""
    try:
        mounts = [line.split(" ") for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return "a local disk"
    real = os.path.realpath(path)
    holding = [one for one in mounts if os.path.commonpath([real, one[1]]) == one[1]]
    return max(holding, key=lambda one: len(one[1]))[2] if holding else "a local disk"


def of_mail_server(server: mailing.Server | None, sender: Any) -> Iterator[Finding]:
    """Whether the mail server takes this site's sign-in. Sends no mail."""
    if server is None:
        yield Finding(WARNING, "mail server", "MAIL_URL is not set: mails become files, and nobody gets them")
        return
    try:
        takes_utf8 = mailing.greet(server)
    except Failed as wrong:
        yield Finding(FAULT, "mail server", f"{wrong.reason}: look at MAIL_URL")
        return
    yield Finding(OK, "mail server", f"{server.host} answers, as {sender.domain if sender else '-'}")
    if takes_utf8:
        yield Finding(OK, "addresses", "the mail server takes those beyond ASCII (SMTPUTF8)")
    elif sender is not None and not sender.username.isascii():
        told = "MAIL_FROM is beyond ASCII, and the mail server offers no SMTPUTF8: give another"
        yield Finding(FAULT, "addresses", told)
    else:
        told = "the mail server offers no SMTPUTF8: forms refuse addresses with letters beyond ASCII before the @"
        yield Finding(OK, "addresses", told)


def of_mail_domain(sender: Any, resolver: Any = None) -> Iterator[Finding]:
    """What name servers say about the domain of MAIL_FROM, asked of this machine's resolver or the given one."""
    domain = sender.domain.encode("idna").decode() if sender else ""
    if "." not in domain:
        return
    try:
        lacking = list(mail_domain.missing(domain, resolver))
    except LookupError as wrong:
        yield Finding(FAULT, "mail domain", f"{wrong}: look at MAIL_FROM")
    except TimeoutError as wrong:
        yield Finding(WARNING, "mail domain", f"not looked at: {wrong}")
    else:
        yield from (Finding(WARNING, "mail domain", one) for one in lacking)
        if not lacking:
            yield Finding(OK, "mail domain", f"{domain} has MX, SPF and DMARC records")


def of_backups(session: Session, now: datetime) -> Iterator[Finding]:
    """When the command `backup` was last done. It may be that something else makes the backups."""
    job = jobs.done(session).get(jobs.BACKUP)
    at = job.done_at if job else None
    if at is not None and now - at <= LATE_BACKUP:
        yield Finding(OK, jobs.BACKUP, f"last done {at:%Y-%m-%d %H:%M} UTC")
        return
    done = f"last done {at:%Y-%m-%d %H:%M} UTC" if at else "never done"
    yield Finding(WARNING, jobs.BACKUP, f"{done}: run flask --app app backup FILE every day, or look after it yourself")


def of_bounces(address: str, has_mailbox: bool) -> Iterator[Finding]:
    """Whether mails that come back are heard of, as far as the settings say."""
    if has_mailbox and not address:
        told = "BOUNCE_MAILBOX is read, but mails name no address for it: give BOUNCE_ADDRESS too"
        yield Finding(WARNING, "bounces", told)
    elif address and not has_mailbox:
        told = f"{address}, and no mailbox: its mail server has to call flask --app app outbox bounces -"
        yield Finding(OK, "bounces", told)
    else:
        told = f"{address}, read each hour" if address else "not read: BOUNCE_ADDRESS is not set"
        yield Finding(OK, "bounces", told)


def of_jobs(session: Session, now: datetime, *, reads_bounces: bool = False) -> Iterator[Finding]:
    """The outbox, and when each job was last done. `reads_bounces` says whether reading bounces is one of them."""
    standing = mail_standing.read(session, now)
    if standing.overdue_since is not None and now - standing.overdue_since > LATE_MAIL:
        waits = f"mails wait since {standing.overdue_since:%Y-%m-%d %H:%M} UTC: is flask --app app work running?"
        yield Finding(FAULT, "outbox", waits)
    elif standing.given_up:
        told = f"{len(standing.given_up):,} given up: flask --app app outbox status says why"
        yield Finding(WARNING, "outbox", told)
    else:
        yield Finding(OK, "outbox", f"{standing.waiting:,} waiting")
    known = jobs.done(session)
    for kind, longest in {**LATE, **(LATE_BOUNCES if reads_bounces else {})}.items():
        job = known.get(kind)
        if job is None or job.done_at is None:
            yield Finding(WARNING, kind, "never done: run flask --app app work, or a timer with this command")
        elif now - job.done_at > longest:
            told = f"last done {job.done_at:%Y-%m-%d %H:%M} UTC: run flask --app app work, or a timer with this command"
            yield Finding(WARNING, kind, told)
        else:
            yield Finding(OK, kind, f"last done {job.done_at:%Y-%m-%d %H:%M} UTC")


def of_webhooks(session: Session) -> Iterator[Finding]:
    """The webhooks that do not answer, or were given up."""
    for hook in registering.in_trouble(session):
        what = "does not answer" if hook.is_on else "is switched off, because it was given up"
        yield Finding(WARNING, "webhooks", f"webhook {hook.id} {what}: its page on the dashboard says why")


def of_limits(url: str) -> Iterator[Finding]:
    """Whether Redis answers, where the limits are counted there."""
    if not url.startswith(("redis://", "rediss://")):
        return
    import redis

    try:
        redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5).ping()
    except redis.RedisError as wrong:
        yield Finding(FAULT, "Redis", f"it does not answer ({type(wrong).__name__}): look at RATELIMIT_STORAGE_URI")
    else:
        yield Finding(OK, "Redis", "it answers")
