"""The migrations make the tables of the models, and can be undone."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import bindparam, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factories import NOON
from ua_tracker import audit, create_app, day_tallies
from ua_tracker.database import db
from ua_tracker.mailboxes import email_key
from ua_tracker.models import Action, Base, PrivateLink
from ua_tracker.models.column_types import Instant

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def empty(database) -> str:
    """The database without any table; they are put back for the next test."""
    engine = create_engine(database)
    Base.metadata.drop_all(engine)
    yield database
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    Base.metadata.drop_all(engine)  # with the triggers that migrations add
    Base.metadata.create_all(engine)
    engine.dispose()


def flask(database: str, folder: Path, *words: str) -> None:
    app = create_app({"DATABASE_URL": database, "INSTANCE_PATH": str(folder)})
    done = app.test_cli_runner().invoke(args=["db", *words])
    with app.app_context():
        db.engine.dispose()
    assert done.exit_code == 0, done.output


def test_all_revisions_lead_to_the_models_and_back_to_nothing(empty, tmp_path):
    engine = create_engine(empty)
    flask(empty, tmp_path, "upgrade")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    flask(empty, tmp_path, "downgrade", "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()


def test_the_checks_of_the_tables_are_there_after_a_migration(empty, tmp_path):
    flask(empty, tmp_path, "upgrade")
    engine = create_engine(empty)
    for table in Base.metadata.sorted_tables:
        wanted = {one.name for one in table.constraints if one.__class__.__name__ == "CheckConstraint"}
        found = {one["name"] for one in inspect(engine).get_check_constraints(table.name)}
        assert wanted == found, table.name
    indexes = {index["name"] for index in inspect(engine).get_indexes("pledges") if index["unique"]}
    assert "uq_pledges_action_id_email_key" in indexes
    engine.dispose()


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET actor = 'nobody'", "DELETE FROM audit_entries"])
def test_the_database_refuses_to_rewrite_the_history(empty, tmp_path, statement):
    flask(empty, tmp_path, "upgrade")
    engine = create_engine(empty)
    with Session(engine) as session:
        audit.note(session, actor="rosa", event="edited", subject="ua-12-26", now=NOON)
        session.commit()
        with pytest.raises(DBAPIError, match="only ever added"):
            session.execute(text(statement))
        session.rollback()
        assert [line.actor for line in audit.listing(session).entries] == ["rosa"]
    engine.dispose()


def test_numbers_typed_by_hand_are_rewritten_as_documents_write_them_unless_two_would_meet(empty, tmp_path):
    flask(empty, tmp_path, "upgrade", "0006")
    engine = create_engine(empty)
    typed = ["7/26", "0012/26", "12/26", "109/23", "٩/٢٣"]
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO cases (ua_number) VALUES (:n)"), [{"n": number} for number in typed])
        values = {
            "country": "C", "title": "T", "language": "en", "summary": "", "background": "", "demands": "", "goal": 1,
            "timezone": "UTC", "grace_days": 0, "office_address": "", "office_phones": "", "office_fax": "",
            "office_email": "", "practice": False, "created_at": NOON, "revision": 1,
        }  # fmt: skip
        names = ("slug", "ai_index", *values)
        insert = text(f"INSERT INTO actions ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})")
        for place, index in enumerate(["asa 33 / 9519 / 2025", "EUR 44/042/98", "EUR 44/042/1998", "été (1)", None]):
            connection.execute(insert, {"slug": f"a-{place}", "ai_index": index, **values})
    flask(empty, tmp_path, "upgrade")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT ua_number FROM cases ORDER BY id")).scalars().all()
        indexes = connection.execute(text("SELECT ai_index FROM actions ORDER BY id")).scalars().all()
    assert kept == ["07/26", "0012/26", "12/26", "109/23", "٩/٢٣"]
    assert indexes == ["ASA 33/9519/2025", "EUR 44/042/98", "EUR 44/042/1998", "été (1)", None]
    engine.dispose()


def insert(connection, table: str, **values) -> None:
    """Inserts a row of an earlier version, whose columns the models may no longer have."""
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    instants = [bindparam(name, type_=Instant()) for name, value in values.items() if isinstance(value, datetime)]
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})").bindparams(*instants), values)


def insert_action(connection) -> None:
    texts = ("summary", "background", "demands", "office_address", "office_phones", "office_fax", "office_email")
    kinds = {
        "country": "C",
        "title": "T",
        "language": "en",
        "goal": 1,
        "timezone": "UTC",
        "grace_days": 0,
        "revision": 1,
    }
    times = {"created_at": NOON, "published_at": NOON, "deadline": "2026-03-25", "practice": False}
    insert(connection, "actions", id=1, slug="a", **kinds, **times, **dict.fromkeys(texts, ""))


def test_deadlines_that_were_moved_before_are_read_from_the_history(empty, tmp_path):
    flask(empty, tmp_path, "upgrade", "0016")
    engine = create_engine(empty)
    moves = [(-1, "edited", "01", "15"), (1, "extended", "15", "20"), (2, "edited", None, "21")]
    with engine.begin() as connection:
        insert_action(connection)
        for days, deed, old, new in [*moves, (3, "imported", "20", "25")]:
            before, after = (f'{{"deadline": "2026-03-{day}"}}' if day else "{}" for day in (old, new))
            entry = {"actor": "o", "deed": deed, "subject": "a", "before": before, "after": after}
            insert(connection, "audit_entries", at=NOON + timedelta(days=days), **entry)
    flask(empty, tmp_path, "upgrade")
    with Session(engine) as session:
        kept = [(one.day.day, one.until) for one in session.scalars(select(Action.earlier_deadlines)).one()]
    assert kept == [(15, NOON + timedelta(days=1)), (20, NOON + timedelta(days=3))]
    engine.dispose()


def test_pledges_get_the_one_key_of_their_mailbox_unless_two_that_stand_would_meet(empty, tmp_path):
    flask(empty, tmp_path, "upgrade", "0017")
    engine = create_engine(empty)
    written = [  # address, key in earlier versions, whether it stands, key now
        ("Zoé@bücher.example", "zoé@bücher.example", True, "zoé@bücher.example"),
        ("zoé@XN--bcher-kva.example", "zoé@xn--bcher-kva.example", True, "zoé@xn--bcher-kva.example"),
        ("zoé@xn--bcher-kva.example", "zoé@xn--bcher-kva.example", False, "zoé@bücher.example"),
        ("Weiß@straße.example", "weiss@strasse.example", True, "weiß@straße.example"),
        ("amal@example.org", "amal@example.org", True, "amal@example.org"),
    ]
    with engine.begin() as connection:
        insert_action(connection)
        for place, (email, key, stands, _) in enumerate(written):
            ended = {} if stands else {"withdrawn_at": NOON}
            of = {"action_id": 1, "letters": 1, "once_key": f"{place}", "email": email, "email_key": key}
            domain = {"mail_domain": key.partition("@")[2]}
            insert(connection, "pledges", language="en", made_at=NOON, **ended, **of, **domain)
            insert(connection, "reports", people=1, channel="post", sent_on="2026-03-10", reported_at=NOON, **of)
    flask(empty, tmp_path, "upgrade")
    with engine.connect() as connection:
        [keys, domains, of_reports] = (
            connection.execute(text(f"SELECT {column} FROM {table} ORDER BY id")).scalars().all()
            for column, table in (("email_key", "pledges"), ("mail_domain", "pledges"), ("email_key", "reports"))
        )
    assert keys == [now for *_, now in written]
    assert domains == ["bücher.example"] * 3 + ["straße.example", "example.org"]
    assert of_reports == [email_key(email) for email, *_ in written]
    engine.dispose()


def test_letters_that_programs_reported_before_are_told_apart(empty, tmp_path):
    flask(empty, tmp_path, "upgrade", "0032")
    engine = create_engine(empty)
    with engine.begin() as connection:
        insert_action(connection)
        insert(connection, "groups", id=1, slug="g", name="G")
        insert(connection, "coordinators", id=1, email="o@example.org", active=True, fs_uniquifier="x", role="office",
               must_change_password=False, recovery_hashes="[]", created_at=NOON)  # fmt: skip
        insert(connection, "api_keys", id=1, name="Stall", may_pledge=False, may_report=True, may_read=False,
               most_letters=9, key_hash="x", ending="x", made_by_id=1, made_at=NOON)  # fmt: skip
        of = {"action_id": 1, "people": 1, "channel": "post", "sent_on": "2026-03-10", "reported_at": NOON}
        for place, (letters, changes) in enumerate([
            (1, {}), (2, {"api_key_id": 1}), (4, {"api_key_id": 1, "group_id": 1}),
            (8, {"api_key_id": 1, "voided_at": NOON}), (16, {"api_key_id": 1, "is_held": True, "held_for": "quota"}),
            (32, {"api_key_id": 1, "by_link": True}), (64, {"api_key_id": 1, "entered_by": "oda"}),
        ]):  # fmt: skip
            insert(connection, "reports", once_key=f"{place}", letters=letters, **of, **changes)
        totals = {"pledges": 0, "letters_pledged": 0, "letters_sent": 103, "copies_sent": 0}
        insert(connection, "action_tallies", action_id=1, revision=1, **totals)
        insert(connection, "group_tallies", action_id=1, group_id=1, **{**totals, "letters_sent": 4})
    flask(empty, tmp_path, "upgrade")
    with engine.connect() as connection:
        found = [connection.execute(text(f"SELECT letters_by_program FROM {table}")).scalar_one()
                 for table in ("action_tallies", "group_tallies")]  # fmt: skip
    assert found == [6, 4]
    engine.dispose()


def test_a_link_mailed_to_an_address_to_confirm_becomes_no_more_than_that(empty, tmp_path):
    """Before links had purposes, such a mail brought the whole private page to whoever has the mailbox."""
    flask(empty, tmp_path, "upgrade", "0007")
    engine = create_engine(empty)
    later, latest = (NOON + timedelta(hours=hours) for hours in (1, 2))
    with engine.begin() as connection:
        values = {
            "slug": "a", "country": "C", "title": "T", "language": "en", "summary": "", "background": "", "demands": "",
            "goal": 1, "timezone": "UTC", "grace_days": 0, "office_address": "", "office_phones": "", "office_fax": "",
            "office_email": "", "practice": False, "created_at": NOON, "revision": 1,
        }  # fmt: skip
        _insert(connection, "actions", values)
        for number, (old, wanted) in enumerate([("old@a.example", "new@a.example"), ("new@b.example", None)], start=1):
            made = {"action_id": 1, "letters": 3, "language": "en", "once_key": str(number) * 64, "made_at": NOON}
            _insert(connection, "pledges", {**made, "email": old, "email_key": old, "email_wanted": wanted})
            for place, at in enumerate((NOON, later, latest)):
                link = {"pledge_id": number, "token_hash": f"{number}{place}", "issued_at": at}
                _insert(connection, "private_links", link)
        for number, address, at in ((1, "mistyped@a.example", later), (1, "new@a.example", latest),
                                    (2, "new@b.example", later)):  # fmt: skip
            key = f"new_address:{str(number) * 64}:{hashlib.sha256(address.encode()).hexdigest()[:16]}:{at:%Y-%m-%dT%H}"
            mail = {"once_key": key, "kind": "new_address", "language": "en", "facts": "{}", "tries": 1,
                    "message_id": key[-40:], "queued_at": at, "ended_at": at, "ending": "sent"}  # fmt: skip
            _insert(connection, "mails", mail)
    flask(empty, tmp_path, "upgrade")
    with Session(engine) as session:
        links = session.scalars(select(PrivateLink).order_by(PrivateLink.token_hash)).all()
        found = {link.token_hash: (link.purpose, link.revoked_at is not None, link.expires_at) for link in links}
    assert found == {
        "10": ("page", False, None),
        "11": ("confirm", True, later + timedelta(days=7)),
        "12": ("confirm", False, latest + timedelta(days=7)),
        "20": ("page", False, None),
        "21": ("page", False, None),
        "22": ("page", False, None),
    }
    flask(empty, tmp_path, "downgrade", "0007")
    with engine.connect() as connection:
        left = connection.execute(text("SELECT token_hash FROM private_links ORDER BY token_hash")).scalars().all()
    assert left == ["10", "20", "21", "22"], "what was narrow becomes no private page"
    flask(empty, tmp_path, "upgrade")
    engine.dispose()


def test_the_days_of_earlier_pledges_and_reports_are_counted(empty, tmp_path):
    """Each in the time zone of its action, also on both sides of the instant at which the clocks change."""
    flask(empty, tmp_path, "upgrade", "0021")
    engine = create_engine(empty)
    change = datetime(2026, 3, 8, 7, tzinfo=UTC)  # in Toronto
    with engine.begin() as connection:
        insert_action(connection)
        connection.execute(text("UPDATE actions SET timezone = 'America/Toronto'"))
        insert(connection, "groups", id=7, slug="g", name="G")
        rows = [(change - timedelta(hours=2, seconds=1), {}), (change - timedelta(hours=2), {"group_id": 7}),
                (change + timedelta(hours=21), {}), (change, {"voided_at": NOON}), (change, {"withdrawn_at": NOON}),
                (change, {"is_held": True, "held_for": "speed"})]  # fmt: skip
        for number, (at, more) in enumerate(rows, start=1):
            of = {"action_id": 1, "letters": number, "language": "en", "once_key": f"{number}", "made_at": at}
            insert(connection, "pledges", **{"is_held": False, **of, **more})
            sent = {"action_id": 1, "letters": number, "once_key": f"{number}", "people": 1, "sent_on": "2026-03-07"}
            more = {name: value for name, value in more.items() if name != "withdrawn_at"}
            insert(connection, "reports", **{"is_held": False, **sent, "channel": "fax", "reported_at": at, **more})
    flask(empty, tmp_path, "upgrade")
    with Session(engine) as session:
        kept = {(group, f"{day:%m-%d}", name): number
                for (group, day, name), number in day_tallies.kept(session, 1).items()}  # fmt: skip
        assert day_tallies.counted(session, 1) == day_tallies.kept(session, 1)
    assert kept == {
        (0, "03-07", "letters_pledged"): 1,
        (0, "03-09", "letters_pledged"): 3,
        (7, "03-08", "letters_pledged"): 2,
        (0, "03-07", "letters_fax"): 9,
        (7, "03-07", "letters_fax"): 2,
    }
    engine.dispose()


def _insert(connection, table: str, values: dict) -> None:
    """Inserts a row as the site of that revision did."""
    named = text(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})")
    moments = [bindparam(name, type_=Instant()) for name, value in values.items() if isinstance(value, datetime)]
    connection.execute(named.bindparams(*moments), values)


def test_two_processes_that_migrate_at_once_wait_for_each_other(empty, tmp_path):
    environ = {**os.environ, "DATABASE_URL": empty, "INSTANCE_PATH": str(tmp_path)}
    command = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
    both = [subprocess.Popen(command, cwd=HOME, env=environ, stderr=subprocess.PIPE) for _ in range(2)]
    errors = [process.communicate()[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    engine = create_engine(empty)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert len(connection.execute(text("SELECT version_num FROM alembic_version")).all()) == 1
    engine.dispose()


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_reader_is_answered_between_two_migrations(empty, tmp_path):
    flask(empty, tmp_path, "upgrade", "0020")
    environ = {**os.environ, "DATABASE_URL": empty, "INSTANCE_PATH": str(tmp_path)}
    engine, seen = create_engine(empty), set()
    migrating = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"], cwd=HOME, env=environ
    )
    while migrating.poll() is None:
        with engine.connect() as connection:  # waits while a migration has locked the tables
            seen.add(connection.scalar(text("SELECT version_num FROM alembic_version")))
    engine.dispose()
    assert migrating.returncode == 0
    assert len(seen) > 2, "the tables were locked from the first migration to the last"


def test_the_letters_of_an_evening_are_those_of_its_reports_that_count(empty, tmp_path):
    flask(empty, tmp_path, "upgrade", "0034")
    engine = create_engine(empty)
    with engine.begin() as connection:
        insert_action(connection)
        insert(connection, "groups", id=1, slug="montreal", name="Montreal")
        how = {"action_id": 1, "group_id": 1, "opened_by": "rosa", "opened_at": NOON, "ends_at": NOON}
        for number in (1, 2):
            insert(connection, "evenings", id=number, **how, most_letters=9, letters=9)
        for number, kind in ((1, "target"), (2, "copy")):
            insert(
                connection,
                "recipients",
                id=number,
                action_id=1,
                kind=kind,
                position=number,
                address_lines="",
                phones="",
                fax="",
                email="",
            )
        sent = {"action_id": 1, "channel": "post", "sent_on": "2026-03-10", "people": 1, "reported_at": NOON}
        for place, more in enumerate(({}, {}, {"voided_at": NOON}, {"is_held": True, "held_for": "evening"}), start=1):
            insert(connection, "reports", id=place, **sent, once_key=f"{place}", letters=2, evening_id=1, **more)
            for to, number in ((1, 2), (2, 3)):
                insert(connection, "report_lines", report_id=place, recipient_id=to, letters=number)
    flask(empty, tmp_path, "upgrade")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT letters_counted, copies_counted FROM evenings ORDER BY id")).all()
        assert found == [(4, 6), (0, 0)]
        assert connection.execute(text("SELECT count(*) FROM reports")).scalar() == 4
    engine.dispose()
