"""All settings with defaults and meanings, read from environment variables and checked."""

import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from ua_tracker import french_spaces, logs, mailing, private_files, zones
from ua_tracker.bounces import mailboxes as bounce_boxes
from ua_tracker.bounces import return_paths

HOME = Path(__file__).resolve().parent.parent
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class BadSetting(Exception):
    """A setting has an invalid value. The message is a sentence for the operator."""


@dataclass(frozen=True)
class Setting:
    """A setting: name, function that reads and checks the text, default as text, and meaning."""

    name: str
    read: Callable[[str], Any]
    default: str
    meaning: str


def _text(value: str) -> str:
    return value


def _folder(value: str) -> Path:
    return Path(value).resolve()


def _switch(value: str) -> bool:
    known = {"yes": True, "true": True, "1": True, "on": True, "no": False, "false": False, "0": False, "off": False}
    if value.lower() not in known:
        raise ValueError("say yes or no")
    return known[value.lower()]


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise ValueError(f"give a whole number from {least} to {most}")
        return int(value)

    return read


def _threshold(value: str) -> int | None:
    """The number from which on something is held; None, for the usual one, when the setting is empty."""
    return _whole(0, 1_000_000)(value) if value else None


def _networks(value: str) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(word)) for word in _words(value))
    except ValueError as wrong:
        raise ValueError("give networks as an address and a number of bits, such as 192.0.2.0/24") from wrong


def _domains(value: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _words(value))


def _words(value: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[,\s]+", value) if word)


def _zone(value: str) -> str:
    if value not in zones.known() or value in {"Factory", "localtime", "posixrules"}:
        raise ValueError("give a zone of the IANA time zone database, such as America/Toronto")
    return value


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError("give a colour as # and six hexadecimal digits, such as #ffb000")
    return value.lower()


def _level(value: str) -> str:
    if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise ValueError("give one of DEBUG, INFO, WARNING, ERROR, CRITICAL")
    return value.upper()


def _log_format(value: str) -> str:
    if value.lower() not in {logs.PLAIN, logs.AS_JSON}:
        raise ValueError("give text or json")
    return value.lower()


def _metrics_token(value: str) -> str:
    if value and not re.fullmatch(r"[!-~]{16,200}", value):
        raise ValueError("give at least 16 characters of ASCII, without spaces")
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query):
        raise ValueError("give the site's URL without a path, such as https://letters.example.org")
    return value.rstrip("/")


def _contact(value: str) -> str:
    """Whom to ask: an e-mail address, or the URL of a page."""
    if not value or (value.startswith(("https://", "http://")) and urlsplit(value).hostname):
        return value
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as wrong:
        raise ValueError("give an e-mail address, or the URL of a page that begins with https://") from wrong


def database_url(value: str) -> str:
    """The database URL for SQLAlchemy. Adds the driver's name to the short forms of hosting platforms.

    Raises ValueError, with what to give instead.
    """
    value = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg://", value)
    if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("give a URL that begins with sqlite:/// or postgresql://")
    if value.endswith(("sqlite:///", ":memory:")):
        raise ValueError("give the path of a file: a database in memory is lost at the end")
    try:
        make_url(value or "sqlite:///x")
    except (ArgumentError, ValueError) as wrong:
        raise ValueError("it is not a database URL") from wrong
    return value


def _rate_store(value: str) -> str:
    if value and not value.startswith(("redis://", "rediss://")):
        raise ValueError("leave it empty, or give a URL that begins with redis://")
    return value


_MAIL_DOMAINS = (
    "gmail.com, outlook.com, hotmail.com, live.com, yahoo.com, yahoo.ca, yahoo.fr, icloud.com, proton.me, "
    "protonmail.com, gmx.net, gmx.de, web.de, orange.fr, free.fr, laposte.net, sympatico.ca, videotron.ca"
)

SETTINGS = (
    Setting("INSTANCE_PATH", _folder, str(HOME / "instance"), "folder that holds the database and the secret key"),
    Setting("DATABASE_URL", database_url, "", "database; empty means SQLite in the instance folder"),
    Setting("DATABASE_POOL", _whole(1, 500), "12", "PostgreSQL: most connections of one process for pages and writes"),
    Setting("DATABASE_CONNECT_SECONDS", _whole(1, 300), "5", "PostgreSQL: seconds to wait for a connection"),
    Setting("DATABASE_LOCK_SECONDS", _whole(1, 300), "5", "PostgreSQL: seconds to wait for a row that others change"),
    Setting("DATABASE_STATEMENT_SECONDS", _whole(1, 3600), "30", "PostgreSQL: seconds that one statement may take"),
    Setting("DATABASE_IDLE_SECONDS", _whole(1, 3600), "10", "PostgreSQL: seconds until a silent transaction is ended"),
    Setting(
        "DATABASE_PREPARE",
        _switch,
        "yes",
        "PostgreSQL: whether statements are prepared; no for a pooler that keeps none, such as PgBouncer before 1.21",
    ),
    Setting(
        "SECRET_KEY",
        _text,
        "",
        "signs forms, private links and sessions; empty means a key kept in the instance folder",
    ),
    Setting("SECRET_KEY_FALLBACKS", _words, "", "older secret keys that are still accepted, separated by commas"),
    Setting("PUBLIC_URL", _public_url, "", "the site's public URL"),
    Setting("PORT", _whole(1, 65535), "8000", "port that the server listens on"),
    Setting("WEB_CONCURRENCY", _whole(1, 64), "2", "number of server processes"),
    Setting("KEEP_ALIVE", _whole(1, 3600), "125", "seconds that an idle connection is kept"),
    Setting("TRUSTED_PROXIES", _whole(0, 10), "0", "number of proxies in front whose forwarding headers are trusted"),
    Setting("TRUSTED_HOSTS", _words, "", "further host names of the site, separated by commas"),
    Setting(
        "MAIL_URL", mailing.server_of, "", "mail server; empty means that mails are written to the instance folder"
    ),
    Setting("MAIL_FROM", mailing.sender_of, "", "sender of the mails"),
    Setting("BOUNCE_ADDRESS", return_paths.bounce_address, "", "address that bounces go to; empty means MAIL_FROM"),
    Setting("BOUNCE_MAILBOX", bounce_boxes.box_of, "", "mailbox that bounces come to: Maildir, mbox or IMAP"),
    Setting("RETENTION_DAYS", _whole(1, 3650), "180", "days after closing until people's data is purged"),
    Setting("RATELIMIT_ENABLED", _switch, "yes", "whether the number of writes from one IP address is limited"),
    Setting(
        "RATELIMIT_STORAGE_URI",
        _rate_store,
        "",
        "where the limits are counted: in the instance folder, or redis:// for several machines",
    ),
    Setting("HOLD_LETTERS", _threshold, "", "letters in one report or pledge above which it is held"),
    Setting("HOLD_NETWORK", _threshold, "", "letters from one network in ten minutes above which more are held"),
    Setting("HOLD_NETWORK_DAY", _threshold, "", "the same for a day"),
    Setting("HOLD_PACE", _threshold, "", "how many times its usual letters an hour an action may get"),
    Setting("HOLD_PACE_FROM", _threshold, "", "reported letters an hour up to which HOLD_PACE is not looked at"),
    Setting("HOLD_PACE_PLEDGED", _threshold, "", "promised letters an hour up to which HOLD_PACE is not looked at"),
    Setting(
        "HOLD_CROWD_FROM",
        _threshold,
        "",
        "letters of a day without private link up to which HOLD_CROWD is not looked at",
    ),
    Setting("HOLD_CROWD", _threshold, "", "letters of a day from one network for an action then"),
    Setting("HOLD_SECONDS", _threshold, "", "seconds after which a form can have been filled in by hand"),
    Setting("HOLD_FORM", _threshold, "", "pledges or reports that may come from one form"),
    Setting("HOLD_DOMAIN", _threshold, "", "rows of a day from one mail domain, from which on it must not lead"),
    Setting("HOLD_PROOF", _threshold, "", "letters of a day that one mailbox may vouch for"),
    Setting("HOLD_PROOF_DOMAIN", _threshold, "", "the same for all mailboxes of a mail domain that is not known"),
    Setting("KNOWN_NETWORKS", _networks, "", "networks from which many people write, separated by commas"),
    Setting("KNOWN_MAIL_DOMAINS", _domains, _MAIL_DOMAINS, "mail domains that many people use"),
    Setting("WEBHOOK_NETWORKS", _networks, "", "networks that webhooks may reach although they are not public"),
    Setting("DEFAULT_TIMEZONE", _zone, "America/Toronto", "zone of the deadlines of imported actions"),
    Setting("FRENCH_SPACES", french_spaces.setting, "", "spaces of French: canada, france, switzerland; empty by zone"),
    Setting("SITE_NAME", _text, "UA Tracker", "name of the site, on every page"),
    Setting("SITE_OWNER", _text, "", "who runs the site; shown at the foot of every page and mail"),
    Setting("CONTACT", _contact, "", "whom to ask: an e-mail address or the URL of a page"),
    Setting("SITE_ACCENT", _colour, "#ffb000", "the one strong colour"),
    Setting("LOG_FORMAT", _log_format, logs.PLAIN, "text, or json for one object a line"),
    Setting("METRICS_TOKEN", _metrics_token, "", "who sends it may read /metrics; empty means nobody"),
    Setting("LOG_LEVEL", _level, "INFO", "lowest level of messages in the log"),
)


_SECRET = {
    "BOUNCE_MAILBOX",
    "DATABASE_URL",
    "MAIL_URL",
    "METRICS_TOKEN",
    "RATELIMIT_STORAGE_URI",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
}


def read(environ: Mapping[str, str]) -> dict[str, Any]:
    """The value of every setting, by name.

    An empty value counts as not set. Creates the instance folder and its secret key if they are missing.
    Raises BadSetting with one sentence for the first invalid value.
    """
    values = {setting.name: _value(setting, environ) for setting in SETTINGS}
    if "DYNO" in environ and not values["DATABASE_URL"]:
        raise BadSetting("DATABASE_URL is missing: on this platform a SQLite file is lost at every restart.")
    for needed, what in (("MAIL_FROM", "it is the sender of mails"), ("PUBLIC_URL", "links in mails begin with it")):
        if values["MAIL_URL"] and not values[needed]:
            raise BadSetting(f"{needed} is missing, and MAIL_URL is set: {what}.")
    folder = values["INSTANCE_PATH"]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        values["SECRET_KEY"] = values["SECRET_KEY"] or _kept_secret(folder)
    except OSError as wrong:
        raise BadSetting(f"INSTANCE_PATH is '{folder}': {wrong.strerror}.") from wrong
    except UnicodeDecodeError as wrong:
        raise BadSetting(f"INSTANCE_PATH is '{folder}': its file secret_key is not text.") from wrong
    private_files.make_all_private(folder)
    private_files.make_all_private(folder / "mail")
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{folder / 'ua_tracker.db'}"
    values["TRUSTED_HOSTS"] = _hosts(values)
    values["FRENCH_SPACES"] = values["FRENCH_SPACES"] or french_spaces.of_zone(values["DEFAULT_TIMEZONE"])
    return values


def _value(setting: Setting, environ: Mapping[str, str]) -> Any:
    written = environ.get(setting.name, "").strip() or setting.default
    try:
        return setting.read(written)
    except ValueError as wrong:
        # A URL can contain a password, and this sentence is written to a log.
        shown = "not understood" if setting.name in _SECRET else repr(written)
        raise BadSetting(f"{setting.name} is {shown}: {wrong}.") from wrong


def _hosts(values: dict[str, Any]) -> list[str]:
    public = urlsplit(values["PUBLIC_URL"]).hostname
    return [*LOCAL_HOSTS, *values["TRUSTED_HOSTS"], *([public] if public else [])]


def _kept_secret(folder: Path) -> str:
    """The secret key in the folder. If it is missing, the first of several processes creates it for all."""
    path = folder / "secret_key"
    if not path.exists():
        descriptor, fresh = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(fresh)
    return path.read_text().strip()
