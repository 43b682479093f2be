"""Do the migrations lead to the models, and back?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factories import NOON
from ua_tracker import audit
from ua_tracker.models import Base

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def empty(database) -> str:
    """The database without any table; they are put back for the next test."""
    engine = create_engine(database)
    Base.metadata.drop_all(engine)
    yield database
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    Base.metadata.create_all(engine)
    engine.dispose()


def flask(database: str, folder: Path, *words: str) -> None:
    environ = {**os.environ, "DATABASE_URL": database, "INSTANCE_PATH": str(folder)}
    command = [sys.executable, "-m", "flask", "--app", "app", "db", *words]
    done = subprocess.run(command, cwd=HOME, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


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


@pytest.mark.parametrize("deed", ["UPDATE audit_entries SET actor = 'nobody'", "DELETE FROM audit_entries"])
def test_the_database_refuses_to_rewrite_the_history(empty, tmp_path, deed):
    flask(empty, tmp_path, "upgrade")
    engine = create_engine(empty)
    with Session(engine) as session:
        audit.note(session, actor="rosa", deed="edited", subject="ua-12-26", now=NOON)
        session.commit()
        with pytest.raises(DBAPIError, match="only ever added"):
            session.execute(text(deed))
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


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_two_machines_that_migrate_at_once_do_not_meet(empty, tmp_path):
    environ = {**os.environ, "DATABASE_URL": empty, "INSTANCE_PATH": str(tmp_path)}
    command = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
    both = [subprocess.Popen(command, cwd=HOME, env=environ, stderr=subprocess.PIPE) for _ in range(2)]
    errors = [process.communicate()[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
