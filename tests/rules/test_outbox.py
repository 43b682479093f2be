"""The outbox: mails that wait, that were sent, and that were given up."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import sessionmaker

from tests.factories import NOON, a_mail
from ua_tracker import mail_standing, outbox
from ua_tracker.mail_failures import Failed, NotNeeded, Refused, ServerAway
from ua_tracker.models import Case, Mail

KILLED_BEFORE_SENDING = """
import os, signal, sys
from datetime import datetime
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from ua_tracker import outbox

def die(mail):
    os.kill(os.getpid(), signal.SIGKILL)

begin = sessionmaker(create_engine(sys.argv[1])).begin
outbox.send(begin, lambda mail: mail, die, lambda: datetime.fromisoformat(sys.argv[2]))
"""


@pytest.fixture
def begin(database):
    """A session that is committed at the end of its block."""
    engine = create_engine(database)
    yield sessionmaker(engine).begin
    engine.dispose()


class Postman:
    """Delivers, or fails as the test wants; keeps what was delivered."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures, self.taken = list(failures), []

    def __call__(self, mail) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure
        self.taken.append(mail)


def sent(begin, postman, clock, render=lambda mail: mail) -> list[str]:
    return [one.ending for one in outbox.send(begin, render, postman, clock)]


def the_mail(session) -> Mail:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Mail)).one()


def test_a_mail_is_sent_once_and_then_nobody_is_known(session, begin, clock):
    a_mail(session)
    postman = Postman()
    assert sent(begin, postman, clock) == ["sent"]
    assert [(mail.address, mail.facts) for mail in postman.taken] == [("amal@example.org", {"key": "k"})]
    assert sent(begin, postman, clock) == []
    left = the_mail(session)
    assert (left.ending, left.ended_at, left.due_at) == ("sent", NOON, None)
    assert (left.address, left.facts) == (None, {})


def test_queued_twice_under_one_key_it_is_there_once_and_the_first_counts(session, begin, clock):
    assert a_mail(session, once_key="one") is True
    assert a_mail(session, once_key="one", to="zoe@example.org") is False
    postman = Postman()
    assert sent(begin, postman, clock) == ["sent"]
    assert postman.taken[0].address == "amal@example.org"
    assert a_mail(session, once_key="one") is False, "a sent mail still holds its key"


def test_two_who_queue_under_one_key_at_the_same_moment_leave_one_mail(database, session, begin):
    both = threading.Barrier(2)
    queued = []

    def ask() -> None:
        both.wait()
        with begin() as mine:
            queued.append(a_mail(mine, once_key="one", commit=False))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(queued) == [False, True]
    assert the_mail(session).once_key == "one"


def test_a_mail_of_a_transaction_that_is_rolled_back_is_not_queued(session, begin, clock):
    session.add(Case(ua_number="12/26"))
    session.flush()
    a_mail(session, commit=False)
    session.rollback()
    assert sent(begin, Postman(), clock) == []


def test_a_mail_waits_for_its_time_and_the_longest_due_goes_first(session, begin, clock):
    a_mail(session, once_key="late", to="zoe@example.org", not_before=NOON + timedelta(hours=2))
    a_mail(session, once_key="early", not_before=NOON + timedelta(hours=1))
    assert sent(begin, Postman(), clock) == []
    clock.pass_by(hours=2)
    postman = Postman()
    assert sent(begin, postman, clock) == ["sent", "sent"]
    assert [mail.address for mail in postman.taken] == ["amal@example.org", "zoe@example.org"]


def test_two_senders_at_once_share_the_mails_and_send_none_twice(session, begin, clock):
    for number in range(30):
        a_mail(session, once_key=str(number), to=f"reader{number}@example.org")
    postmen, both = [Postman(), Postman()], threading.Barrier(2)

    def work(postman: Postman) -> None:
        both.wait()
        outbox.send(begin, lambda mail: mail, postman, clock)

    threads = [threading.Thread(target=work, args=(postman,)) for postman in postmen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [mail.address for postman in postmen for mail in postman.taken]
    assert sorted(taken) == sorted(f"reader{number}@example.org" for number in range(30))


def test_a_mail_that_another_sender_claims_first_is_left_to_that_one(database, session, begin):
    a_mail(session, once_key="wanted by both")
    a_mail(session, once_key="next", to="zoe@example.org")
    slow, claimed = create_engine(database), []

    @event.listens_for(slow, "before_cursor_execute")
    def another_comes_first(_connection, _cursor, statement, *_):
        if statement.startswith("UPDATE") and not claimed:
            with begin() as quick:
                claimed.append(outbox.claim(quick, NOON).address)

    with sessionmaker(slow).begin() as late:
        claimed.append(outbox.claim(late, NOON).address)
    slow.dispose()
    assert claimed == ["amal@example.org", "zoe@example.org"]


def test_the_mail_of_a_sender_that_was_killed_is_due_again_after_the_lease(database, session, begin, clock):
    a_mail(session)
    number = the_mail(session).message_id
    session.rollback()
    command = [sys.executable, "-c", KILLED_BEFORE_SENDING, database, NOON.isoformat()]
    assert subprocess.run(command).returncode == -9
    postman = Postman()
    assert sent(begin, postman, clock) == [], "its lease still runs"
    clock.at = NOON + outbox.LEASE
    assert sent(begin, postman, clock) == ["sent"]
    assert (postman.taken[0].message_id, postman.taken[0].tries) == (number, 2)


def test_a_mail_that_crashes_every_sender_is_given_up(session, begin, clock):
    a_mail(session)
    for _ in range(outbox.MOST_TRIES):
        with begin() as mine:
            assert outbox.claim(mine, clock()) is not None
        clock.at += outbox.LEASE
    with begin() as mine:
        assert outbox.claim(mine, clock()) is None
    assert (the_mail(session).ending, the_mail(session).reason) == ("given up", "no try came to an end")


def test_a_mail_that_fails_is_tried_later_and_later_and_then_given_up_with_the_reason(session, begin, clock):
    a_mail(session)
    postman = Postman(*[Failed("the mail was refused: 451")] * outbox.MOST_TRIES)
    for pause in outbox.PAUSES:
        assert sent(begin, postman, clock) == ["failed"]
        clock.at += pause - timedelta(microseconds=1)
        assert sent(begin, postman, clock) == []
        clock.at += timedelta(microseconds=1)
    assert sent(begin, postman, clock) == ["given up"]
    assert timedelta(days=2) < clock.at - NOON < timedelta(days=4)
    left = the_mail(session)
    assert (left.ending, left.reason, left.tries) == ("given up", "the mail was refused: 451", 10)
    assert left.address == "amal@example.org", "kept a while, for a retry"


def test_what_was_given_up_is_sent_by_a_retry_and_forgotten_after_thirty_days(session, begin, clock):
    for key in ("one", "other"):
        a_mail(session, once_key=key)
        give_up(begin, clock)
    with begin() as mine:
        assert outbox.retry(mine, clock()) == 2
    postman = Postman(None, *[Failed("451")] * outbox.MOST_TRIES)
    sent(begin, postman, clock)
    assert len(postman.taken) == 1
    give_up(begin, clock, postman)
    clock.pass_by(days=30)
    assert sent(begin, Postman(), clock) == []
    session.expire_all()
    assert [(mail.address, mail.facts) for mail in session.scalars(select(Mail))] == [(None, {})] * 2
    with begin() as mine:
        assert outbox.retry(mine, clock()) == 0


def give_up(begin, clock, postman=None) -> None:
    """Tries until nothing is due any more, whatever the pauses."""
    postman = postman or Postman(*[Failed("451")] * outbox.MOST_TRIES)
    for pause in (*outbox.PAUSES, timedelta()):
        outbox.send(begin, lambda mail: mail, postman, clock)
        clock.at += pause


def test_what_the_recipients_server_refuses_is_given_up_at_once_and_blanked(session, begin, clock):
    a_mail(session)
    assert sent(begin, Postman(Refused("the address was refused: 550 5.1.1")), clock) == ["given up"]
    left = the_mail(session)
    assert (left.reason, left.address, left.facts) == ("the address was refused: 550 5.1.1", None, {})


def test_a_server_that_is_away_is_not_asked_for_each_mail_anew(session, begin, clock):
    for number in range(3):
        a_mail(session, once_key=str(number))
    assert sent(begin, Postman(ServerAway("down")), clock) == ["failed"]
    postman = Postman()
    assert sent(begin, postman, clock) == ["sent", "sent"]
    clock.pass_by(minutes=1)
    assert sent(begin, postman, clock) == ["sent"]


def test_a_mail_whose_pledge_is_gone_is_not_sent(session, begin, clock):
    def render(mail):
        raise NotNeeded()

    a_mail(session)
    assert sent(begin, Postman(), clock, render) == ["moot"]
    assert (the_mail(session).address, the_mail(session).facts) == (None, {})


def test_one_mail_that_cannot_be_made_keeps_no_other_back(session, begin, clock):
    def render(mail):
        if mail.address.startswith("amal"):
            raise KeyError("amal@example.org")
        return mail

    a_mail(session, once_key="broken")
    a_mail(session, once_key="good", to="zoe@example.org")
    assert sent(begin, Postman(), clock, render) == ["failed", "sent"]
    reasons = session.scalars(select(Mail.reason).where(Mail.reason.is_not(None))).all()
    assert reasons == ["unexpected error: KeyError"], "and the reason names nobody"


def test_a_slow_sender_whose_lease_ran_out_cannot_undo_what_the_next_one_did(session, begin, clock):
    def slow(mail) -> None:
        clock.at = NOON + outbox.LEASE
        assert sent(begin, Postman(), clock) == ["sent"]
        raise Failed("the connection broke")

    a_mail(session)
    sent(begin, slow, clock)
    assert the_mail(session).ending == "sent"


def test_a_slow_sender_that_got_through_spares_the_reader_a_second_mail(session, begin, clock):
    def slow(mail) -> None:
        clock.at = NOON + outbox.LEASE
        assert sent(begin, Postman(Failed("451")), clock) == ["failed"]

    a_mail(session)
    assert sent(begin, slow, clock) == ["sent"]
    clock.pass_by(days=1)
    assert sent(begin, Postman(), clock) == []


def test_a_sender_asked_to_stop_ends_the_mail_under_way_first(session, begin, clock):
    for number in range(2):
        a_mail(session, once_key=str(number))
    postman = Postman()
    ended = outbox.send(begin, lambda mail: mail, postman, clock, stopping=lambda: bool(postman.taken))
    assert [one.ending for one in ended] == ["sent"]


def test_who_is_forgotten_gets_nothing_more_and_the_others_do(session, begin, clock):
    a_mail(session, once_key="given up")
    give_up(begin, clock)
    a_mail(session, once_key="waiting", now=clock.at)
    a_mail(session, once_key="other", to="zoe@example.org", now=clock.at)
    with begin() as mine:
        outbox.forget_addresses(mine, ["amal@example.org"], clock())
    postman = Postman()
    assert sent(begin, postman, clock) == ["sent"]
    assert postman.taken[0].address == "zoe@example.org"
    assert session.scalars(select(Mail.address).where(Mail.address.is_not(None))).all() == []


def test_the_standing_counts_what_waits_and_names_what_was_given_up(session, begin, clock):
    a_mail(session, once_key="one")
    sent(begin, Postman(Refused("550")), clock)
    a_mail(session, once_key="two")
    sent(begin, Postman(), clock)
    a_mail(session, once_key="three")
    a_mail(session, once_key="four", not_before=NOON + timedelta(days=1))
    found = mail_standing.read(session, NOON + timedelta(hours=1))
    assert (found.waiting, found.overdue_since, found.sent, found.not_needed) == (2, NOON, 1, 0)
    assert [mail.reason for mail in found.given_up] == ["550"]


@pytest.mark.parametrize(
    "impossible",
    [{"ending": "sent"}, {"due_at": None}, {"address": None}, {"ending": "lost", "ended_at": NOON, "due_at": None}],
)
def test_the_database_itself_refuses_a_mail_that_is_neither_waiting_nor_ended(session, impossible):
    from sqlalchemy import update
    from sqlalchemy.exc import IntegrityError

    a_mail(session)
    with pytest.raises(IntegrityError):
        session.execute(update(Mail).values(**impossible))
    session.rollback()
