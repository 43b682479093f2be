"""PostgreSQL: exact stamps from few statements, connections that were cut, forks, and limits inside transactions."""

import os
import re
import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.factories import a_pledge, a_report, an_action
from ua_tracker import database_faults, tally
from ua_tracker.database import db, reading, writing
from ua_tracker.models import Pledge
from ua_tracker.postgres_stamps import StampsUnreadable
from ua_tracker.revisions import OF_ACTION, OF_LISTING, StampReader

pytestmark = pytest.mark.parametrize("database", ["postgres"], indirect=True)
PAGE = "/en/actions/ua-12-26"
COUNTER = f"{PAGE}/counter"
KEYS = re.compile(r'name="(csrf_token|once_key)" value="([^"]+)"')
CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE backend_type = 'client backend' AND pid != pg_backend_pid()"
)


@pytest.fixture
def stamps(app):
    """What reads the stamps for the app's kept answers."""
    return app.extensions["ua_tracker.live"].stamps


def cut_all(session) -> None:
    """Ends every connection but that of the test, as a restart of the server does."""
    session.rollback()
    session.get_bind().dispose()  # or else the next statement may get one of those that were ended
    session.execute(CUT)
    session.commit()


def test_a_stamp_serves_all_requests_that_had_arrived_when_it_was_asked_for_and_none_that_came_later(stamps, session):
    action = an_action(session)
    arrived = time.monotonic()
    first = stamps.read(OF_ACTION, "ua-12-26", arrived)
    a_pledge(session, action)
    assert stamps.read(OF_ACTION, "ua-12-26", arrived) == first
    later = stamps.read(OF_ACTION, "ua-12-26", time.monotonic())
    assert later[:2] == first[:2]
    assert later[2] > first[2]


def test_many_threads_never_read_less_than_what_was_stored_before_they_asked(stamps, session):
    action = an_action(session)
    stored, failures, over = [0], [], threading.Event()

    def poll() -> None:
        while not over.is_set():
            least = stored[0]
            if stamps.read(OF_ACTION, "ua-12-26", time.monotonic())[2] < least:
                failures.append(least)

    threads = [threading.Thread(target=poll) for _ in range(6)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        a_report(session, action)
        stored[0] = stamps.read(OF_ACTION, "ua-12-26", time.monotonic())[2]
    over.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert stored[0] >= 30


def test_cut_connections_are_replaced_within_the_request(reader, session):
    action = an_action(session)
    a_report(session, action, target=3)
    page = reader.get(PAGE)
    assert reader.get(COUNTER).count("letters-sent") == 3
    for _ in range(2):
        cut_all(session)
        assert reader.get(COUNTER).count("letters-sent") == 3
        cut_all(session)
        assert reader.get("/en/").status == 200
        cut_all(session)
        assert page.submit("I will write", name="Amal", letters="2").status == 303  # one pledge: the key is the same
    assert session.query(Pledge).count() == 1


def test_a_forked_process_has_connections_of_its_own(app, stamps, session):
    an_action(session)
    mine = stamps.read(OF_ACTION, "ua-12-26", time.monotonic())
    with app.app_context(), writing() as used:
        number = used.scalar(text("SELECT pg_backend_pid()"))
    child = os.fork()
    if child == 0:
        ends = 1
        try:
            with app.app_context(), reading() as used:
                other = used.scalar(text("SELECT pg_backend_pid()"))
            ends = 0 if other != number and stamps.read(OF_ACTION, "ua-12-26", time.monotonic()) == mine else 2
            stamps.close()
        finally:
            os._exit(ends)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for _ in range(2):
        assert stamps.read(OF_ACTION, "ua-12-26", time.monotonic()) == mine
        with app.app_context(), writing() as used:
            assert used.scalar(text("SELECT pg_backend_pid()")) == number


def test_the_counter_needs_no_connection_of_the_pool(an_app, session):
    an_action(session)
    app = an_app(DATABASE_POOL="1")
    reader = app.test_client()
    assert reader.get(COUNTER).status_code == 200
    with app.app_context(), writing() as held:
        held.scalar(text("SELECT 1"))
        assert reader.get(COUNTER).status_code == 200


def test_a_machine_that_goes_silent_in_the_middle_of_a_transaction_keeps_its_locks_for_a_while_only(an_app, session):
    app, reader = an_app(DATABASE_IDLE_SECONDS="1"), an_app(DATABASE_LOCK_SECONDS="60").test_client()
    action = an_action(session)
    keys = dict(KEYS.findall(reader.get(PAGE).text))

    def go_silent() -> None:
        with writing() as silent:
            tally.touch(silent, action.id)
            silent.scalar(text("SELECT 1"))  # else it would not be sent yet
            typed = {"name": "Zoe", "letters": "2", **keys}
            assert reader.post(f"{PAGE}/pledges", data=typed).status_code == 303
            silent.scalar(text("SELECT 1"))

    with app.app_context():
        with pytest.raises(DBAPIError) as ended:
            go_silent()
        assert "does not answer" in database_faults.sentence(ended.value)
        with writing() as used:
            assert tally.read(used, action.id).pledges == 1


def test_limits_hold_for_one_transaction_and_leave_no_trace_in_the_connection(an_app, session):
    app = an_app(DATABASE_LOCK_SECONDS="3", DATABASE_STATEMENT_SECONDS="7", DATABASE_POOL="1")
    with app.app_context():
        with writing() as used:
            assert used.scalar(text("SHOW lock_timeout")) == "3s"
            assert used.scalar(text("SHOW statement_timeout")) == "7s"
            assert used.scalar(text("SHOW transaction_isolation")) == "read committed"
        with reading() as used:
            assert used.scalar(text("SHOW statement_timeout")) == "7s"
            assert used.scalar(text("SHOW transaction_isolation")) == "repeatable read"
        connection = db.engine.raw_connection()
        connection.rollback()
        assert connection.cursor().execute("SHOW lock_timeout").fetchone() == ("0",)
        connection.close()


def test_a_connection_takes_another_isolation_and_gives_it_back(an_app):
    with an_app(DATABASE_POOL="1").app_context():
        for level, shown in (("REPEATABLE READ", "repeatable read"), ("AUTOCOMMIT", "read committed")):
            with db.engine.connect().execution_options(isolation_level=level) as connection:
                assert connection.scalar(text("SHOW transaction_isolation")) == shown
            with writing() as used:
                assert used.scalar(text("SHOW transaction_isolation")) == "read committed"
                assert used.scalar(text("SHOW lock_timeout")) == "5s"


def test_a_statement_beyond_its_time_ends_with_the_error_of_a_busy_database(an_app):
    with an_app(DATABASE_STATEMENT_SECONDS="1").app_context(), pytest.raises(OperationalError), reading() as session:
        session.execute(text("SELECT pg_sleep(60)"))


def test_a_table_that_is_locked_makes_no_reader_wait_longer_than_the_setting(app, session):
    an_action(session)
    with app.app_context():
        stamps = StampReader(db.engine, wait=0.1)._postgres
        before = stamps.read(OF_ACTION, "ua-12-26", time.monotonic())
        arrived = time.monotonic()
        session.execute(text("LOCK TABLE actions IN ACCESS EXCLUSIVE MODE"))
        for _ in range(2):
            with pytest.raises(StampsUnreadable):
                stamps.read(OF_ACTION, "ua-12-26", arrived)
        session.rollback()
        assert stamps.read(OF_ACTION, "ua-12-26", time.monotonic()) == before
        stamps.close()


@pytest.mark.parametrize("prepares", [True, False])
def test_stamps_are_the_same_with_and_without_prepared_statements(app, session, prepares):
    an_action(session)
    with app.app_context():
        alone = StampReader(db.engine, prepares=prepares)
        for _ in range(2):
            now = time.monotonic()
            assert alone.read(OF_ACTION, "ua-12-26", now)[0] == 1
            assert alone.read(OF_LISTING, None, now)[1] == 1
            assert alone.read(OF_ACTION, "nowhere", now) is None
        alone.close()


def test_without_prepared_statements_the_server_has_none(an_app, session):
    an_action(session)
    app = an_app(DATABASE_PREPARE="no", DATABASE_POOL="1")
    reader = app.test_client()
    for _ in range(8):
        assert reader.get(PAGE).status_code == 200
    with app.app_context(), reading() as used:
        assert used.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0
