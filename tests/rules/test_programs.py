"""Programs enter pledges and reports with a key: once, for its group, at once up to a number of letters a day."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_coordinator, a_group, a_sending, a_wish, an_action, an_api_key
from ua_tracker import coordinators, corrections, forgetting, groups, refusals, tally
from ua_tracker.corrections import Correction
from ua_tracker.ledger import Wanted
from ua_tracker.models import ActionTally, ApiEntry, ApiKey, AuditEntry, Pledge, Report
from ua_tracker.pledges import email_key
from ua_tracker.programs import entries, keys
from ua_tracker.programs.entries import Asked
from ua_tracker.programs.keys import Grant
from ua_tracker.trust import OVER_QUOTA, USUAL, Arrival, Quota, Thresholds

STRICT = Thresholds(**{**USUAL, "letters": 5, "network": 1, "domain": 1, "form": 1})


@pytest.fixture
def montreal(session):
    return a_group(session, "montreal")


@pytest.fixture
def action(session, montreal):
    return an_action(session)


@pytest.fixture
def momo(session, montreal):
    return a_coordinator(session, "momo@example.org", montreal)


def asked(session, secret: str, once_key: str = "1", body: str = "{}", now=NOON, most: int | None = None) -> Asked:
    key = keys.find(session, secret, now)
    arrival = Arrival(None, STRICT, quota=Quota(key.id, most or key.most_letters))
    return Asked(key, once_key, body, [SECRET], arrival)


def pledged(session, action, request: Asked, now=NOON, **wish):
    entered = entries.pledge(session, request, action, a_wish(**wish), now)
    session.commit()
    return entered


def reported(session, action, request: Asked, now=NOON, **sending):
    entered = entries.report(session, request, action, a_sending(action, **sending), "en", now)
    session.commit()
    return entered


def test_letters_of_programs_are_counted_apart_whatever_becomes_of_them(session, action, montreal):
    secret = an_api_key(session)
    reported(session, action, asked(session, secret, "1"), group="montreal", target=4, copy=1)
    held = reported(session, action, asked(session, secret, "2", most=5), target=3, copy=0)
    taken_back = reported(session, action, asked(session, secret, "3"), target=2, copy=0)
    assert (tally.read(session, action.id).letters_by_program, tally.check(session)) == (6, [])
    assert tally.read_group(session, action.id, montreal.id).letters_by_program == 4
    assert tally.read(session, action.id).letters_walked_in == 0
    entries.take_back(session, keys.find(session, secret, NOON), taken_back.id, NOON)
    assert session.get_one(Report, session.get_one(ApiEntry, held.id).report_id).is_held
    scope = (session, Report, action, None, Wanted(), Correction.RELEASE)
    shown = corrections.preview(*scope).shown
    corrections.correct(*scope, reason="known", shown=shown, actor="oda", now=NOON)
    session.commit()
    assert (tally.read(session, action.id).letters_by_program, tally.check(session)) == (7, [])
    session.query(ActionTally).update({"letters_by_program": 1})
    [difference] = tally.check(session)
    assert (difference.kept.letters_by_program, difference.counted.letters_by_program) == (1, 7)


def test_a_key_is_recognised_and_one_that_was_not_copied_whole_is_not_called_revoked(session, action):
    secret = an_api_key(session)
    assert (secret[:4], len(secret), secret.isascii()) == ("uat_", 50, True)
    assert keys.find(session, secret, NOON).rights == keys.RIGHTS
    for damaged in (
        secret[:-1],
        secret[:20] + "0" * 30,
        secret.replace("uat_", "uaT_"),
        f"{secret} ",
        "uat_" + "é" * 46,
    ):
        with pytest.raises(refusals.KeyDamaged):
            keys.find(session, damaged, NOON)
    with pytest.raises(refusals.KeyMissing):
        keys.find(session, None, NOON)
    with pytest.raises(refusals.KeyOver):
        keys.find(session, keys.fresh(), NOON)
    stored = session.query(ApiKey).one()
    assert secret not in str(vars(stored))


def test_a_key_ends_when_it_is_revoked_when_it_expires_and_when_its_maker_is_removed(session, action, momo):
    secrets = [an_api_key(session, momo, "montreal", days=days) for days in (None, 7, None)]
    keys.revoke(session, momo, 1, NOON)
    coordinators.add(session, "oda@example.org", "office", None, by="tests", now=NOON)
    session.commit()

    def working(at):
        found = []
        for secret in secrets:
            try:
                found.append(keys.find(session, secret, at).id)
            except refusals.KeyOver:
                found.append(None)
        return found

    assert working(NOON) == [None, 2, 3]
    assert working(NOON + timedelta(days=7)) == [None, None, 3]
    coordinators.remove(session, "momo@example.org", by="tests", now=NOON)
    session.commit()
    assert working(NOON) == [None, None, None]
    assert [keys.is_over(one, NOON) for one in session.query(ApiKey)] == [True, True, True]
    told = [line.event for line in session.query(AuditEntry).filter(AuditEntry.subject == "key 1")]
    assert told == ["key made", "key revoked"]


def test_a_groups_coordinator_makes_and_sees_keys_of_that_group_only(session, action, momo):
    a_group(session, "halifax", "Halifax")
    for group in ("halifax", None):
        with pytest.raises(refusals.NotYourGroup):
            keys.make(session, momo, Grant("Stall", group, keys.RIGHTS), NOON)
    an_api_key(session)
    an_api_key(session, momo, "montreal")
    assert [one.group.slug for one in keys.listing(session, momo)] == ["montreal"]
    with pytest.raises(refusals.NoSuchEntry):
        keys.revoke(session, momo, 1, NOON)


def test_a_key_goes_with_its_group_when_groups_are_merged(session, action, momo):
    a_group(session, "halifax", "Halifax")
    secret = an_api_key(session, momo, "montreal")
    groups.merge(session, "montreal", "halifax", actor="rosa", now=NOON)
    session.commit()
    assert keys.find(session, secret, NOON).group == "halifax"


@pytest.mark.parametrize("email", [None, "amal@example.org"])
def test_the_same_request_gets_the_same_answer_and_makes_one_pledge(session, action, email):
    secret = an_api_key(session)
    first = pledged(session, action, asked(session, secret), email=email)
    again = pledged(session, action, asked(session, secret, now=NOON), now=NOON + timedelta(hours=23), email=email)
    assert again == first
    assert (first.token is None) == (email is not None)
    assert session.query(Pledge).count() == tally.read(session, action.id).pledges == 1
    with pytest.raises(refusals.OnceKeyUsed):
        pledged(session, action, asked(session, secret, body="{1}"), email=email)
    other = an_api_key(session, session.query(ApiKey).one().made_by)
    assert pledged(session, action, asked(session, other), name="Zoé").id != first.id  # another key, its own names


def test_a_second_pledge_of_an_address_is_answered_as_a_first_one_and_takes_nothing_back(session, action):
    secret = an_api_key(session)
    first = pledged(session, action, asked(session, secret), email="amal@example.org")
    second = pledged(session, action, asked(session, secret, "2"), email="amal@example.org", letters=9)
    differ = {name for name in first.answer if first.answer[name] != second.answer[name]}
    assert (second.token, differ) == (None, {"letters"})
    entries.take_back(session, asked(session, secret).key, second.id, NOON)
    session.commit()
    assert session.query(Pledge).one().withdrawn_at is None


def test_a_key_counts_at_once_up_to_its_letters_of_a_day_whoever_they_come_from(session, action):
    secret = an_api_key(session, most_letters=30)
    for number in range(14):  # two letters each: the rules of the forms would hold them
        assert reported(session, action, asked(session, secret, f"{number}"), email=f"a{number}@b.example").answer[
            "counted"
        ]
    over = reported(session, action, asked(session, secret, "over"), target=3, copy=0)
    fits = reported(session, action, asked(session, secret, "fits"), target=2, copy=0)
    tomorrow = NOON + timedelta(hours=26)
    later = reported(session, action, asked(session, secret, "later", now=tomorrow), now=tomorrow, target=30, copy=0)
    assert [one.answer["counted"] for one in (over, fits, later)] == [False, True, True]
    assert session.scalars(select(Report.held_for).where(Report.is_held)).all() == [OVER_QUOTA]
    assert {one.source for one in session.query(Report)} == {None}
    assert tally.read(session, action.id).letters_sent == 60
    assert tally.check(session) == []


def test_an_entry_is_taken_back_by_its_own_key_for_a_day(session, action, momo):
    secret, other = an_api_key(session, momo, "montreal"), an_api_key(session)
    pledge = pledged(session, action, asked(session, secret), group="montreal")
    report = reported(session, action, asked(session, secret, "2"), group="montreal")
    with pytest.raises(refusals.NoSuchEntry):
        entries.take_back(session, asked(session, other).key, pledge.id, NOON)
    with pytest.raises(refusals.TakeBackOver):
        entries.take_back(session, asked(session, secret).key, report.id, NOON + timedelta(hours=24))
    for _ in range(2):
        for entry in (pledge, report):
            entries.take_back(session, asked(session, secret).key, entry.id, NOON + timedelta(hours=23))
            session.commit()
    assert tally.read_groups(session, action.id)["montreal"].letters_sent == 0
    assert tally.read(session, action.id).pledges == 0
    with pytest.raises(refusals.EntryTakenBack):
        pledged(session, action, asked(session, secret), group="montreal")
    voided = session.query(AuditEntry).filter_by(event="report voided").one()
    assert voided.actor == "key 1"


def test_a_key_that_is_revoked_while_its_request_waits_enters_nothing(session, action):
    request = asked(session, an_api_key(session))
    keys.revoke(session, session.query(ApiKey).one().made_by, 1, NOON)
    session.commit()
    with pytest.raises(refusals.KeyOver):
        pledged(session, action, request)
    assert session.query(Pledge).count() == 0


def test_with_a_person_what_could_tell_of_the_request_is_erased_and_it_is_never_stored_again(session, action):
    secret = an_api_key(session)
    pledged(session, action, asked(session, secret))
    reported(session, action, asked(session, secret, "2"))
    for holder in (session.query(Pledge).one(), session.query(Report).one()):
        forgetting.erase(session, holder, NOON)
    session.commit()
    session.expire_all()
    assert {one.body_hash for one in session.query(ApiEntry)} == {""}
    with pytest.raises(refusals.OnceKeyUsed):
        pledged(session, action, asked(session, secret))


def test_answers_are_kept_for_a_week_and_the_entry_is_not_made_twice_after_it(session, action):
    secret, later = an_api_key(session), NOON + timedelta(days=4)
    first = pledged(session, action, asked(session, secret))
    entries.forget(session, NOON + timedelta(days=7))
    assert session.query(ApiEntry).count() == 1
    entries.forget(session, NOON + timedelta(days=7, seconds=1))
    again = pledged(session, action, asked(session, secret, now=later), now=later)
    assert (again.token, session.query(Pledge).count()) == (first.token, 1)


def test_a_secret_key_that_was_changed_does_not_make_a_repeated_request_another_one(session, action):
    secret = an_api_key(session)
    before = asked(session, secret)
    first = pledged(session, action, before)
    now = Asked(before.key, before.once_key, before.body, ["a newer secret", SECRET], before.arrival)
    assert pledged(session, action, now) == first


def test_nothing_that_was_sent_stands_in_the_answer(session, action):
    pledged(
        session, action, asked(session, an_api_key(session), "amal", "Amal amal@example.org"), email="amal@example.org"
    )
    stored = session.query(ApiEntry).one()
    told = f"{stored.answer} {stored.once_hash} {stored.body_hash}".lower()
    assert "amal" not in told
    assert email_key("amal@example.org") not in told
