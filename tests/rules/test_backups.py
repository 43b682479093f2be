"""A backup is one file for both databases: exact, checked, and restored whole or not at all."""

import os
import resource
import shutil
import sqlite3
import stat
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    SECRET,
    a_coordinator,
    a_group,
    a_mail,
    a_picture,
    a_pledge,
    a_report,
    an_action,
)
from ua_tracker import actions, backups, site_key, tally
from ua_tracker.backups import files, label, schema
from ua_tracker.models import Action, ActionTally, AuditEntry, Base, CoordinatorSession, Pledge
from ua_tracker.refusals import (
    BackupDamaged,
    BackupNotWritten,
    BackupTooNew,
    CountsDiffer,
    DatabaseAway,
    DatabaseNotEmpty,
    FileInUse,
    FileThere,
    NoBackup,
    NoTables,
    OtherKey,
    PlainDatabase,
    TargetNotEmpty,
)

HEAD = "(SELECT version_num FROM alembic_version)"
ODD = "tab\there, \\N back\\slash, “quotes” 'single', new\nline, שלום, 🖋️, NULL"
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("database", ["postgres"], indirect=True)


@pytest.fixture
def site(engine):
    """The engine of a database whose tables say which version they are, as `db upgrade` leaves it."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": schema.newest()})
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


@pytest.fixture
def other(request, database, tmp_path):
    """An engine of the other database, which has no tables yet."""
    if database.startswith("postgresql"):
        made = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
        yield made
        made.dispose()
        return
    server, name = request.getfixturevalue("postgres_engine"), f"other_{uuid4().hex[:8]}"
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        made = create_engine(make_url(request.getfixturevalue("postgres_address")).set(database=name))
        yield made
        made.dispose()
        connection.execute(text(f"DROP DATABASE {name}"))


@pytest.fixture
def full(site, session):
    """Rows in many tables, with whatever a text, a time, a picture or a fact can hold."""
    action = an_action(session, title=ODD, summary=[ODD, ""], outcome="")
    group = a_group(session, "montreal", ODD)
    an_action(session, slug="ua-13-26", published_at=None)
    a_picture(session, action)
    pledge = a_pledge(session, action, email="zoe@example.org", group="montreal", name=ODD, letters=7)
    a_report(session, action, NOON + timedelta(microseconds=1))
    a_mail(session, facts={"é": [1, None, True, {"\u0001": ODD}]})
    coordinator = a_coordinator(session, "gus@example.org", group)
    moments = {"begun_at": NOON, "proven_at": NOON}
    session.add(CoordinatorSession(coordinator_id=coordinator.id, kind="signed in", key_hash="x", **moments))
    session.commit()
    return pledge


def backed_up(engine, path: Path, **changes) -> backups.Made:
    return backups.make(engine, path, **{"secret": SECRET, "version": "1.0", "at": NOON, **changes})


def restored(engine, path: Path, **changes) -> backups.Restored:
    how = {"secrets": [SECRET], "version": "1.0", "at": NOON, "folder": path.parent, **changes}
    return backups.restore(path, engine, **how)


def rows_in(engine) -> dict[str, list]:
    """All rows of all tables, as the site reads them."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)))) for table in Base.metadata.sorted_tables
        }


def stored_in(path: Path) -> dict[str, list]:
    """All rows of all tables, as SQLite stores them."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for name in schema.tables(connection) if name != label.TABLE]
        return {name: sorted(map(repr, connection.execute(_all_of(connection, name)))) for name in names}


def _all_of(connection, name: str) -> str:
    """The columns in one order: migrations add some at the end."""
    columns = sorted(row[1] for row in connection.execute(f'PRAGMA table_info("{name}")'))
    return f'SELECT {", ".join(columns)} FROM "{name}"'


def test_a_backup_is_private_says_what_it_holds_and_leaves_nothing_beside_it(site, full, tmp_path):
    before = set(tmp_path.iterdir())
    made = backed_up(site, tmp_path / "first.backup")
    assert set(tmp_path.iterdir()) - before == {tmp_path / "first.backup"}
    assert stat.S_IMODE((tmp_path / "first.backup").stat().st_mode) == 0o600
    assert made.label.rows["pledges"] == 1
    assert set(made.label.rows) == set(Base.metadata.tables)
    assert (made.label.made_at, made.label.revision, made.tally_differs) == (NOON, schema.newest(), False)
    assert SECRET.encode() not in (tmp_path / "first.backup").read_bytes()


def test_every_row_comes_through_both_databases_as_it_was(site, other, full, tmp_path):
    backups.transfer(site, other, version="1.0", at=NOON, folder=tmp_path)
    assert rows_in(other) == rows_in(site)
    for number, engine in enumerate((site, other)):
        backed_up(engine, tmp_path / f"{number}.backup")
    assert stored_in(tmp_path / "0.backup") == stored_in(tmp_path / "1.backup")
    assert not list(tmp_path.glob(".ua-tracker-*"))


def test_no_id_that_was_given_is_given_again_in_the_other_database(site, other, full, session, tmp_path):
    for _ in range(2):
        newest_action = an_action(session, slug="practice", practice=True)
        session.commit()
        actions.remove(session, newest_action)
        session.commit()
    backups.transfer(site, other, version="1.0", at=NOON, folder=tmp_path)
    with Session(other) as there:
        action = there.scalars(select(Action).where(Action.slug == "ua-12-26")).one()
        assert a_pledge(there, action).id == full.id + 1
        assert an_action(there, slug="next").id > newest_action.id
    back = create_engine(f"sqlite:///{tmp_path / 'back.db'}")
    backups.transfer(other, back, version="1.0", at=NOON, folder=tmp_path)
    with Session(back) as there:
        assert an_action(there, slug="after").id > newest_action.id
    back.dispose()


def test_a_restored_database_has_all_rows_and_no_session_and_what_was_there_is_kept(site, full, session, tmp_path):
    path = tmp_path / "first.backup"
    backed_up(site, path)
    shown_before = session.scalar(select(ActionTally.revision))
    a_pledge(session, actions.find(session, "ua-12-26"), name="After the backup")
    session.commit()
    session.close()
    with pytest.raises(DatabaseNotEmpty):
        restored(site, path)
    done = restored(site, path, overwrite=True, at=NOON + timedelta(hours=2))
    site.dispose()
    with Session(site) as there:
        assert there.scalars(select(Pledge.name)).all() == [ODD]
        assert there.scalars(select(CoordinatorSession)).all() == []
        entry = there.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.event, entry.subject) == ("restored", "backup of 2026-03-10 16:00 UTC")
        assert there.scalar(select(ActionTally.revision)) > shown_before + 2
        assert tally.check(there) == []
    assert (done.waiting, done.tally_differs) == (2, False)
    assert stat.S_IMODE(done.kept.stat().st_mode) == 0o600
    with closing(sqlite3.connect(done.kept)) as connection:
        assert ("After the backup",) in connection.execute("SELECT name FROM pledges").fetchall()


@on_sqlite
def test_what_was_kept_before_is_not_overwritten(site, full, tmp_path):
    path = a_backup(site, tmp_path)
    assert restored(site, path, overwrite=True).kept != restored(site, path, overwrite=True).kept


@on_sqlite
def test_a_log_that_belongs_to_the_old_file_goes_with_it(site, full, session, tmp_path):
    """Nobody must find the commits of one database in the log beside another."""
    path, name = tmp_path / "first.backup", "Only in the log"
    backed_up(site, path)
    writer = sqlite3.connect(tmp_path / "ua_tracker.db", isolation_level=None)
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    reader = sqlite3.connect(tmp_path / "ua_tracker.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM pledges").fetchall()  # it keeps the log from being emptied
    writer.execute("UPDATE pledges SET name = ?", [name])
    kept = restored(site, path, overwrite=True).kept
    assert reader.execute("SELECT name FROM pledges").fetchall() == [(ODD,)]
    reader.close()
    writer.close()
    for file, there in ((kept, name), (tmp_path / "ua_tracker.db", ODD)):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT name FROM pledges").fetchall() == [(there,)]
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@on_sqlite
@pytest.mark.parametrize("content", [b"", b"Minutes of the meeting. " * 500, b"SQLite format 3\0" + b"\xee" * 5000])
def test_a_database_that_cannot_be_read_any_more_is_put_aside_when_told(site, full, tmp_path, content):
    path, backup = tmp_path / "ua_tracker.db", tmp_path / "first.backup"
    backed_up(site, backup)
    site.dispose()
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    path.write_bytes(content)
    if content:
        with pytest.raises(DatabaseNotEmpty):
            restored(site, backup)
        assert path.read_bytes() == content
    done = restored(site, backup, overwrite=bool(content))
    assert (done.kept.read_bytes() if content else b"") == content
    assert rows_in(site)["pledges"]


def test_a_backup_of_older_tables_is_brought_up_to_date(other, tmp_path):
    schema.upgrade(other, "0017")
    with other.begin() as connection:
        connection.execute(text("INSERT INTO cases (id, ua_number) VALUES (1, '1/26')"))
    made = backed_up(other, tmp_path / "old.backup")
    assert (made.label.revision, made.tally_differs) == ("0017", None)
    target = create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    assert restored(target, tmp_path / "old.backup").label.revision == "0017"
    with target.connect() as connection:
        assert connection.execute(text(f"SELECT ua_number, {HEAD} FROM cases")).all() == [("1/26", schema.newest())]
    target.dispose()
    other.dispose()
    restored(other, tmp_path / "old.backup", overwrite=True)  # into a database that has the old tables still
    with other.connect() as connection:
        assert connection.execute(text(f"SELECT ua_number, {HEAD} FROM cases")).all() == [("1/26", schema.newest())]


@on_sqlite
def test_a_backup_of_a_later_version_is_refused(site, full, tmp_path):
    with site.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backed_up(site, tmp_path / "late.backup", version="7.0")
    with pytest.raises(BackupTooNew, match=r"7\.0.*9999"):
        restored(site, tmp_path / "late.backup", overwrite=True)


@on_sqlite
def test_a_backup_made_under_another_key_is_refused_unless_told(site, full, tmp_path):
    path, old = tmp_path / "first.backup", "the key of last year"
    with Session(site) as there:
        site_key.remember(there, [old], NOON)
        there.commit()
    backed_up(site, path, secret=old)
    with pytest.raises(OtherKey):
        restored(site, path, overwrite=True)
    assert restored(site, path, overwrite=True, secrets=[SECRET, old]).kept
    assert restored(site, path, overwrite=True, other_key=True).kept
    site.dispose()
    with Session(site) as there:
        site_key.require(there, [SECRET])  # it belongs to this key now, and the site starts


def cut(by: float):
    def spoil(path: Path) -> None:
        os.truncate(path, int(path.stat().st_size * by))

    return spoil


def flipped(at: float):
    def spoil(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[int(len(content) * at)] ^= 1
        path.write_bytes(content)

    return spoil


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def gone_rows(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM pledges")
        connection.commit()


SPOILT = {f"cut at {part}": cut(part) for part in (0.001, 0.3, 0.5, 0.99)}
SPOILT |= {f"one bit at {part}": flipped(part) for part in (0.002, 0.25, 0.5, 0.75, 0.999)}
SPOILT |= {"longer": longer, "rows deleted": gone_rows}


@on_sqlite
def test_a_damaged_backup_changes_nothing(site, full, tmp_path):
    path, good = tmp_path / "first.backup", tmp_path / "good"
    backed_up(site, good)
    before, listed = rows_in(site), {*tmp_path.iterdir(), path}
    for how, spoil in SPOILT.items():
        shutil.copy(good, path)
        spoil(path)
        with pytest.raises((BackupDamaged, NoBackup)):
            restored(site, path, overwrite=True)
        assert (rows_in(site), set(tmp_path.iterdir())) == (before, listed), how


@on_sqlite
def test_what_is_no_backup_is_named(site, full, tmp_path):
    (tmp_path / "text").write_text("Minutes of the meeting. " * 100)
    (tmp_path / "empty").touch()
    with closing(sqlite3.connect(tmp_path / "others.db")) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    for name, refusal in {
        "text": NoBackup, "empty": NoBackup, "others.db": NoBackup, "ua_tracker.db": PlainDatabase,
        "missing": FileNotFoundError, "": IsADirectoryError,
    }.items():  # fmt: skip
        with pytest.raises(refusal):
            restored(site, tmp_path / name, overwrite=True)


@on_sqlite
def test_no_file_is_overwritten_unless_told_and_never_the_database(site, full, tmp_path):
    path = tmp_path / "first.backup"
    backed_up(site, path)
    with pytest.raises(FileThere):
        backed_up(site, path)
    assert backed_up(site, path, replace=True, at=NOON + timedelta(1)).label.made_at == NOON + timedelta(1)
    (tmp_path / "link").symlink_to(tmp_path / "ua_tracker.db")
    for name in ("ua_tracker.db", "link", ""):
        with pytest.raises(FileInUse):
            backed_up(site, tmp_path / name, replace=True)
    assert rows_in(site)["pledges"]


@on_sqlite
def test_a_place_where_nothing_can_be_written_is_named(site, full, tmp_path):
    with pytest.raises(BackupNotWritten, match="There is no folder"):
        backed_up(site, tmp_path / "nowhere" / "first.backup")
    with pytest.raises(BackupNotWritten, match="no folder"):
        restored(create_engine(f"sqlite:///{tmp_path}/nowhere/x.db"), a_backup(site, tmp_path))


def a_backup(engine, folder: Path) -> Path:
    backed_up(engine, folder / "a.backup")
    return folder / "a.backup"


@contextmanager
def files_of_at_most(size: int):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_the_earlier_backup_and_the_database(site, full, tmp_path):
    path = a_backup(site, tmp_path)
    content, before, listed = path.read_bytes(), rows_in(site), set(tmp_path.iterdir())
    for size in (100_000, *((0, len(content) - 1000) if site.dialect.name == "sqlite" else ())):
        with files_of_at_most(size):
            with pytest.raises(BackupNotWritten, match=r"a\.backup cannot be written"):
                backed_up(site, path, replace=True)
            with pytest.raises((BackupNotWritten, OSError)):
                restored(site, path, overwrite=True)
        assert (path.read_bytes(), rows_in(site)) == (content, before)
        assert {one for one in tmp_path.iterdir() if "-queue" not in one.name} == listed


@on_sqlite
def test_a_database_without_tables_or_without_file_makes_no_backup(engine, tmp_path):
    with pytest.raises(NoTables):
        backed_up(engine, tmp_path / "first.backup")
    with pytest.raises(DatabaseAway):
        backed_up(create_engine(f"sqlite:///{tmp_path}/none.db"), tmp_path / "first.backup")
    assert not (tmp_path / "first.backup").exists()


@on_sqlite
def test_a_row_that_refers_to_nothing_is_not_restored(site, full, tmp_path):
    with closing(sqlite3.connect(tmp_path / "ua_tracker.db")) as connection:
        connection.execute("DELETE FROM groups")
        connection.commit()
    with pytest.raises(BackupDamaged, match="refers to a row of groups that is missing"):
        restored(site, a_backup(site, tmp_path), overwrite=True)


@on_sqlite
def test_a_tally_that_is_wrong_is_backed_up_restored_and_said(site, full, session, tmp_path):
    session.execute(text("UPDATE action_tallies SET letters_pledged = 99 WHERE letters_pledged > 0"))
    session.commit()
    session.close()
    assert backed_up(site, tmp_path / "a.backup").tally_differs
    assert restored(site, tmp_path / "a.backup", overwrite=True).tally_differs


def test_nothing_is_copied_into_a_database_that_holds_rows(site, other, full, tmp_path):
    backups.transfer(site, other, version="1.0", at=NOON, folder=tmp_path)
    before = rows_in(other)
    with pytest.raises(TargetNotEmpty):
        backups.transfer(site, other, version="1.0", at=NOON, folder=tmp_path)
    assert rows_in(other) == before


@on_postgres
def test_a_row_that_postgresql_drops_is_missed(site, full, session, tmp_path):
    """All tables as before, or as the backup: never a part."""
    path = a_backup(site, tmp_path)
    before = rows_in(site)
    with site.begin() as connection:
        connection.execute(text("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS "
                                "$$ BEGIN RETURN NULL; END $$"))  # fmt: skip
        connection.execute(text("CREATE TRIGGER drops BEFORE INSERT ON mails FOR EACH ROW EXECUTE FUNCTION nothing()"))
    try:
        with pytest.raises(CountsDiffer, match="mails: 2 rows there, 0 here"):
            restored(site, path, overwrite=True)
    finally:
        with site.begin() as connection:
            connection.execute(text("DROP TRIGGER drops ON mails"))
            connection.execute(text("DROP FUNCTION nothing()"))
    assert rows_in(site) == before


def test_what_a_killed_backup_has_left_is_deleted_by_the_next_and_one_that_is_being_written_is_not(tmp_path):
    abandoned, new = tmp_path / ".ua-tracker-abandoned.part", tmp_path / ".ua-tracker-new.part"
    for name in (abandoned, tmp_path / f"{abandoned.name}-wal", new, tmp_path / "mine.part"):
        name.write_bytes(b"half")
    with files.beside(tmp_path / "first.backup") as being_written:
        for path in tmp_path.iterdir():
            if path != new:
                os.utime(path, (1, 1))
        with files.beside(tmp_path / "second.backup") as other:
            assert sorted(tmp_path.iterdir()) == sorted([being_written, other, new, tmp_path / "mine.part"])
