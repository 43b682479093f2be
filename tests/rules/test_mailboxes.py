"""The number of mails that one mailbox gets in a day, whatever anybody requests."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import sessionmaker

from tests.factories import NOON, SECRET, a_coordinator, a_mail, a_pledge, an_action
from ua_tracker import coordinators, forgetting, mailboxes, outbox, pledges
from ua_tracker.mail_digests import MOST_OF_A_SORT, SEVERAL
from ua_tracker.mail_failures import Failed, Refused
from ua_tracker.models import CoordinatorLink, Mail

ONE_MAILBOX = ["amal@example.org", "AMAL@example.org", "Amal@EXAMPLE.ORG", "amal+news@example.org", " amal@example.org"]


@pytest.fixture
def begin(database):
    """A session that is committed at the end of its block."""
    engine = create_engine(database)
    yield sessionmaker(engine).begin
    engine.dispose()


def actions(session, number: int) -> list:
    return [an_action(session, slug=f"ua-{one}-26", title=f"CASE {one}") for one in range(1, number + 1)]


def waiting(session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Mail.kind).where(Mail.due_at.is_not(None)).order_by(Mail.id)))


def sent(begin, clock, taken=None) -> list[str]:
    """Sends what is due; which kinds went out."""
    taken = [] if taken is None else taken
    outbox.send(begin, lambda mail: mail, taken.append, clock)
    return [mail.kind for mail in taken]


def several(session) -> list[str]:
    session.rollback()
    [facts] = session.scalars(select(Mail.facts).where(Mail.kind == SEVERAL, Mail.due_at.is_not(None)))
    return list(facts["keys"])


def test_fifteen_pledges_to_fifteen_actions_are_five_mails_to_one_mailbox_and_nothing_is_lost(session, begin, clock):
    for number, action in enumerate(actions(session, 15)):
        a_pledge(session, action, email=ONE_MAILBOX[number % len(ONE_MAILBOX)])
    assert waiting(session) == ["pledge_made"] * 4 + [SEVERAL]
    assert len(several(session)) == 11
    assert sent(begin, clock) == ["pledge_made"] * 4
    clock.pass_by(minutes=10)
    assert sent(begin, clock) == [SEVERAL]
    clock.pass_by(days=3)
    assert sent(begin, clock) == []


def test_two_spellings_of_one_mailbox_are_one_and_two_mailboxes_are_two():
    assert len({mailboxes.hashed(one) for one in ONE_MAILBOX}) == 1
    assert mailboxes.hashed("zoé@bücher.example") == mailboxes.hashed("Zoé@XN--BCHER-KVA.example")
    assert mailboxes.hashed("amal@example.org") != mailboxes.hashed("amal@example.net")
    assert mailboxes.hashed("amal@example.org") != mailboxes.hashed("zoe@example.org")
    assert mailboxes.hashed("nonsense") == mailboxes.hashed(" NONSENSE ")


def test_whatever_is_asked_all_day_no_more_than_five_mails_go_out_in_any_day(session, begin, clock):
    known = actions(session, 6)
    for action in known:
        a_pledge(session, action, email="amal@example.org")
    strangers, went = [a_pledge(session, known[0], name=f"Stranger {number}") for number in range(3)], []
    for _ in range(48):
        for pledge in strangers:
            pledges.want_email(session, pledge, "amal@example.org", SECRET, clock())
        pledges.mail_links(session, None, "amal@example.org", "en", SECRET, clock())
        session.commit()
        outbox.send(begin, lambda mail: mail, lambda mail: went.append((clock(), mail)), clock)
        clock.pass_by(hours=1)
    for at, _ in went:
        assert sum(at <= other < at + timedelta(days=1) for other, _ in went) <= 5
    assert len(went) > 5, "and the next day there are more"


def test_what_waits_is_bounded_however_often_it_is_asked_for(session, begin, clock):
    [action] = actions(session, 1)
    for number in range(MOST_OF_A_SORT + 20):
        pledge = a_pledge(session, action, name=f"Stranger {number}")
        pledges.want_email(session, pledge, "amal@example.org", SECRET, clock())
    session.commit()
    assert waiting(session) == ["new_address"] * 4 + [SEVERAL]
    assert len(several(session)) == MOST_OF_A_SORT


def test_mails_that_waited_for_days_keep_the_limit_too(session, begin, clock):
    for day in range(3):
        for number in range(4):
            a_mail(session, once_key=f"{day} {number}", now=clock())
        clock.pass_by(days=1)
    for number in range(3):
        a_mail(session, once_key=f"more {number}", now=clock())
    assert sent(begin, clock) == ["pledge_made"] * 5
    assert sent(begin, clock) == []
    clock.pass_by(days=1)
    assert sent(begin, clock) == ["pledge_made"] * 5
    clock.pass_by(days=1)
    assert sent(begin, clock) == ["pledge_made"] * 5


def test_a_mail_put_off_has_used_up_no_try_and_keeps_its_place(session, begin, clock):
    for number in range(6):
        a_mail(session, once_key=str(number))
    assert sent(begin, clock) == ["pledge_made"] * 5
    session.rollback()
    left = session.scalars(select(Mail).where(Mail.due_at.is_not(None))).one()
    assert (left.tries, left.reason, left.due_at) == (0, None, NOON + timedelta(days=1))


@pytest.mark.parametrize("database", ["postgres"], indirect=True)  # on SQLite the site's writers take turns
def test_fifteen_who_ask_in_one_name_at_the_same_moment_queue_no_more_than_five_mails(session, begin):
    numbers, together = range(15), threading.Barrier(15)

    def ask(number: int) -> None:
        together.wait()
        with begin() as mine:
            a_mail(mine, commit=False, once_key=f"pledge {number}", about=f"link:{number}", facts={"key": str(number)})

    threads = [threading.Thread(target=ask, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [one for one in waiting(session) if one != SEVERAL]
    assert (len(told), len(several(session))) == (4, 11)


def test_two_senders_at_once_do_not_give_one_mailbox_more_than_its_day(session, begin, clock):
    for number in range(12):
        a_mail(session, once_key=str(number))
    taken, both = [], threading.Barrier(2)

    def work() -> None:
        both.wait()
        outbox.send(begin, lambda mail: mail, taken.append, clock)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.pass_by(minutes=5)
    outbox.send(begin, lambda mail: mail, taken.append, clock)
    assert len(taken) == 5


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_mailbox_that_is_just_being_counted_is_left_alone_for_some_seconds(session, begin, clock):
    a_mail(session, once_key="waiting")
    with begin() as asking, begin() as sending:
        a_mail(asking, commit=False, once_key="another")
        assert outbox.claim(sending, clock()) is None, "and does not wait: it could be in a circle"
    clock.at += outbox.MAILBOX_BUSY_PAUSE
    assert sent(begin, clock) == ["pledge_made", "pledge_made"]


def test_what_is_asked_while_the_mail_of_several_is_on_its_way_comes_with_the_next(session, begin, clock):
    known = actions(session, 7)
    for action in known[:5]:
        a_pledge(session, action, email="amal@example.org")
    clock.pass_by(minutes=10)
    taken = []

    def deliver(mail) -> None:
        taken.append(mail)
        if mail.kind == SEVERAL and len(taken) == 5:
            a_pledge(session, known[5], email="amal@example.org", now=clock())

    outbox.send(begin, lambda mail: mail, deliver, clock)
    assert [len(mail.facts["keys"]) for mail in taken if mail.kind == SEVERAL] == [1]
    assert len(several(session)) == 1
    clock.pass_by(days=1)
    assert sent(begin, clock) == [SEVERAL]


def test_a_mail_of_several_that_failed_takes_more_along(session, begin, clock):
    known = actions(session, 6)
    for action in known[:5]:
        a_pledge(session, action, email="amal@example.org")
    sent(begin, clock)
    clock.pass_by(minutes=10)

    def fail(mail) -> None:
        raise Failed("451")

    outbox.send(begin, lambda mail: mail, fail, clock)
    a_pledge(session, known[5], email="amal@example.org", now=clock())
    assert len(several(session)) == 2


def test_a_mail_that_the_mailbox_refused_is_not_counted(session, begin, clock):
    for number in range(4):
        a_mail(session, once_key=str(number))
    outbox.send(begin, lambda mail: mail, _refuse, clock)
    a_mail(session, once_key="more", about="link:more")
    assert waiting(session) == ["pledge_made"]


def _refuse(mail) -> None:
    raise Refused("550")


def test_the_hash_of_a_mailbox_is_forgotten_with_the_day(session, begin, clock):
    a_mail(session)
    sent(begin, clock)
    assert session.scalar(select(func.count(Mail.mailbox))) == 1
    clock.pass_by(days=1)
    sent(begin, clock)
    session.rollback()
    assert session.scalar(select(func.count(Mail.mailbox))) == 0


def test_who_asks_for_a_coordinators_password_neither_floods_her_nor_keeps_one_from_her(session, begin, clock):
    oda = a_coordinator(session)
    for action in actions(session, 9):
        a_pledge(session, action, email=oda.email)
    taken = []
    for _ in range(12):
        coordinators.mail_reset(session, oda.email, "en", SECRET, clock())
        session.commit()
        outbox.send(begin, lambda mail: mail, taken.append, clock)
        clock.pass_by(hours=1)
    assert sum(mail.kind == "new_password" for mail in taken) == 4
    link = session.scalars(select(CoordinatorLink).where(CoordinatorLink.ended_at.is_(None))).one()
    assert link.expires_at == clock(), "the link that came last was good within the hour of the last question"


def test_who_asked_for_a_strangers_address_ends_no_mail_of_the_stranger(session, begin, clock):
    oda, [action] = a_coordinator(session), actions(session, 1)
    coordinators.mail_reset(session, oda.email, "en", SECRET, clock())
    asked_by_her = a_pledge(session, action)
    pledges.want_email(session, asked_by_her, oda.email, SECRET, clock())
    stranger = a_pledge(session, action)
    pledges.want_email(session, stranger, oda.email, SECRET, clock())
    forgetting.erase(session, stranger, clock())
    session.commit()
    assert sent(begin, clock) == ["new_password", "new_address"]


def test_whoever_is_erased_ends_no_invitation_of_the_same_mailbox(session, begin, clock):
    oda, [action] = a_coordinator(session), actions(session, 1)
    coordinators.mail_reset(session, oda.email, "en", SECRET, clock())
    pledge = a_pledge(session, action, email=oda.email)
    forgetting.erase(session, pledge, clock())
    session.commit()
    assert sent(begin, clock) == ["new_password"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (" Zoe@Example.ORG ", "zoe@example.org", True),
        ("zoé@bücher.example", "Zoe\u0301@XN--BCHER-KVA.example", True),
        ("amal@straße.example", "amal@xn--strae-oqa.example", True),
        ("amal@straße.example", "amal@strasse.example", False),
        ("weiß@example.org", "weiss@example.org", False),
        ("WEIẞ@example.org", "weiß@example.org", True),
        ("amal+1@example.org", "amal+2@example.org", False),
        ("not an address", " NOT an address", True),
    ],
)
def test_a_mailbox_has_one_key_however_it_is_written(one, other, same):
    assert (mailboxes.email_key(one) == mailboxes.email_key(other)) == same
    assert mailboxes.email_key("") is None
