"""Who may sign in, what they may see, and how the access ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, a_coordinator, a_group
from tests.waiting import meanwhile
from ua_tracker import coordinators, refusals, two_factor
from ua_tracker.models import AuditEntry, Coordinator, CoordinatorLink, Mail

KEYS = ["an older key of the site", "the key of the site"]


@pytest.fixture
def totp():
    return two_factor.factory(KEYS, "UA Tracker")


def invited(session, email="oda@example.org", role="office", group=None) -> str:
    token = coordinators.invite(session, email, role, group, by="tests", now=NOON)
    session.commit()
    return token


def events(session) -> list[tuple[str, str]]:
    return [(entry.event, entry.actor) for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_an_invitation_works_once_and_only_its_hash_is_stored(session):
    token = invited(session, "Oda@Example.org")
    link = session.scalars(select(CoordinatorLink)).one()
    assert token not in str(vars(link))
    oda = coordinators.choose_password(session, token, "hash", NOON)
    assert (oda.email, oda.password_hash, oda.must_change_password) == ("oda@example.org", "hash", False)
    with pytest.raises(refusals.LinkSpent):
        coordinators.choose_password(session, token, "another", NOON)
    assert events(session) == [("invited", "tests"), ("password changed", f"coordinator {oda.id}")]


def test_an_invitation_ends_after_seven_days_and_when_a_newer_one_is_made(session):
    first = invited(session)
    last_moment = NOON + timedelta(days=7)
    assert coordinators.find_link(session, first, last_moment - timedelta(seconds=1)).coordinator
    with pytest.raises(refusals.LinkSpent):
        coordinators.find_link(session, first, last_moment)
    second = invited(session)
    with pytest.raises(refusals.LinkSpent):
        coordinators.find_link(session, first, NOON)
    assert coordinators.find_link(session, second, NOON)


@pytest.mark.parametrize(
    ("email", "role", "group", "refusal"),
    [
        ("oda", "office", None, refusals.BadEmail),
        ("oda@example.org", "group", None, refusals.GroupMissing),
        ("oda@example.org", "office", "halifax", refusals.GroupMissing),
        ("oda@example.org", "queen", None, refusals.GroupMissing),
        ("oda@example.org", "group", "nowhere", refusals.NoSuchGroup),
    ],
)
def test_who_cannot_be_invited(session, email, role, group, refusal):
    a_group(session, "halifax", "Halifax")
    with pytest.raises(refusal):
        invited(session, email, role, group)
    assert session.scalars(select(Coordinator)).all() == []


def test_an_address_beyond_ascii_is_the_same_in_both_spellings(session):
    invited(session, "x@xn--bcher-kva.example")
    assert coordinators.find(session, "X@bücher.example") is coordinators.find(session, "x@xn--bcher-kva.example")


def test_no_domain_is_folded_into_another(session):
    invited(session, "x@stra\u00dfe.example")
    assert [one.email for one in coordinators.listing(session)] == ["x@stra\u00dfe.example"]


def test_an_invitation_by_mail_goes_out_once_a_minute_and_again_when_its_link_has_ended(session):
    a_coordinator(session, "rosa@example.org")
    whom = {"email": "oda@example.org", "role": "office", "group": None}
    by = {"language": "en", "secret": "s", "by": "tests", "now": NOON}
    for _ in range(2):
        coordinators.invite_by_mail(session, **whom, **by)
    assert session.query(Mail).count() == 1
    coordinators.remove(session, "oda@example.org", by="tests", now=NOON)
    coordinators.invite_by_mail(session, **whom, **by)
    assert session.query(Mail).count() == 2
    assert session.query(CoordinatorLink).filter_by(ended_at=None).count() == 1


def test_a_reset_leaves_an_open_invitation_alone(session):
    token = invited(session)
    coordinators.reset_link(session, coordinators.find(session, "oda@example.org"), NOON)
    assert coordinators.find_link(session, token, NOON).kind == "invitation"


def test_who_was_removed_meanwhile_changes_nothing(session):
    a_coordinator(session, "rosa@example.org")
    oda = a_coordinator(session)
    coordinators.remove(session, "oda@example.org", by="rosa", now=NOON)
    with pytest.raises(refusals.SignedOut):
        coordinators.locked(session, oda)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_two_who_invite_one_address_at_once_make_one_coordinator(session):
    whom = {"email": "oda@example.org", "role": "office", "group": None, "by": "tests", "now": NOON}
    coordinators.invite(session, **whom)
    meanwhile(session, lambda other: coordinators.invite(other, **whom))
    assert len(coordinators.listing(session)) == 1


def test_the_office_sees_all_and_a_group_its_own(session):
    halifax, montreal = a_group(session, "halifax", "Halifax"), a_group(session)
    oda, gus = a_coordinator(session), a_coordinator(session, "gus@example.org", halifax)
    assert [coordinators.may_see(oda, one) for one in (halifax.id, montreal.id, None)] == [True, True, True]
    assert [coordinators.may_see(gus, one) for one in (halifax.id, montreal.id, None)] == [True, False, False]
    assert (coordinators.seen_group(oda), coordinators.seen_group(gus)) == (None, halifax.id)
    with pytest.raises(refusals.NotThisGroup):
        coordinators.require_group(gus, montreal.id)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("elevenchars", refusals.PasswordTooShort),
        ("oda@example.org", refusals.PasswordGuessable),
        ("abababababab", refusals.PasswordGuessable),
        ("the one before", refusals.PasswordGuessable),
    ],
)
def test_a_password_is_long_and_not_the_address_or_the_one_before(password, refusal):
    with pytest.raises(refusal):
        coordinators.require_good_password(password, "oda@example.org", before="the one before")
    coordinators.require_good_password("three plain words", "oda@example.org", before="the one before")


@pytest.mark.parametrize("password", [
    "password1234", "passwordpassword", "123456789012", "qwertyuiop12", "iloveyou1234", "motdepasse1234",
    "azertyuiop12",
    "P@ssw0rd2026", "january 1 2026", "abcdefghijkl", "Letters of Hope", "letters-of-hope-2026", "LettersOfHope1!",
    "oda@example.org1", "Oda.Example.Org", "urgentaction2026",
])  # fmt: skip
def test_what_is_guessed_first_is_no_password(password):
    with pytest.raises(refusals.PasswordCommon):
        coordinators.require_good_password(password, "oda@example.org", about=["Urgent Action", "Letters of Hope"])


@pytest.mark.parametrize("password", [
    "three plain words", "correct horse battery staple", "jesuisleplusfort", "2k4f-9xya-qrst-8mnp",
    "Kavita trägt Stiefel",
    "letters of hope and a purple bicycle", "ждать у моря погоды", "4@8({[<369&#!1/|0$5+7%2" * 5,
])  # fmt: skip
def test_what_others_do_not_guess_is_a_password(password):
    coordinators.require_good_password(password, "oda@example.org", about=["Urgent Action", "Letters of Hope"])


def test_an_endless_password_takes_no_longer_to_judge_than_a_long_one():
    """Only so much of it is estimated: what stands behind makes no common beginning a good one."""
    with pytest.raises(refusals.PasswordCommon):
        coordinators.require_good_password("password" * 5 + "three plain words", "oda@example.org")


def test_a_reset_keeps_two_factor_codes_and_an_invitation_takes_them_off(session, totp):
    oda = a_coordinator(session)
    with_codes(session, oda, totp)
    reset = coordinators.reset_link(session, oda, NOON)
    with pytest.raises(refusals.LinkSpent):
        coordinators.find_link(session, reset, NOON + timedelta(hours=1))
    coordinators.choose_password(session, reset, "hash", NOON)
    assert oda.codes_secret
    coordinators.choose_password(session, invited(session), "hash", NOON)
    assert (oda.codes_secret, oda.recovery_hashes) == (None, [])


def with_codes(session, coordinator, totp) -> list[str]:
    secret = two_factor.new_secret(totp)
    recovery = two_factor.turn_on(session, coordinator, totp, secret, code_at(totp, secret, NOON), NOON)
    session.commit()
    return recovery


def code_at(totp, secret, moment) -> str:
    return totp.from_source(secret).generate(time=moment).token


def test_a_code_opens_once_and_the_next_one_again(session, totp):
    oda = a_coordinator(session)
    with_codes(session, oda, totp)
    for moment in (NOON, NOON - timedelta(minutes=2), NOON + timedelta(minutes=2)):
        with pytest.raises(refusals.WrongCode):
            two_factor.use(session, oda, totp, code_at(totp, oda.codes_secret, moment), NOON)
    later = NOON + timedelta(seconds=30)
    code = code_at(totp, oda.codes_secret, later)
    two_factor.use(session, oda, totp, f"{code[:3]} {code[3:]}", later)
    with pytest.raises(refusals.WrongCode):
        two_factor.use(session, oda, totp, code, later)


def test_a_recovery_code_opens_once_however_it_is_typed(session, totp):
    oda = a_coordinator(session)
    recovery = with_codes(session, oda, totp)
    assert len(set(recovery)) == 10
    assert not set(recovery) & set(oda.recovery_hashes)
    two_factor.use(session, oda, totp, recovery[3].upper().replace("-", " "), NOON)
    session.commit()
    assert len(oda.recovery_hashes) == 9
    with pytest.raises(refusals.WrongCode):
        two_factor.use(session, oda, totp, recovery[3], NOON)
    assert events(session)[-2:] == [("two-factor on", oda.actor), ("recovery code", oda.actor)]


def test_secrets_are_stored_encrypted_and_an_older_key_of_the_site_still_reads_them(session, totp):
    older = two_factor.factory(KEYS[:1], "UA Tracker")
    secret = two_factor.new_secret(older)
    assert two_factor.spelled(older, secret).replace("-", "") not in secret
    assert two_factor.spelled(totp, secret) == two_factor.spelled(older, secret)
    stranger = two_factor.factory(["another site's key"], "UA Tracker")
    assert two_factor.counter_of(stranger, secret, code_at(totp, secret, NOON), NOON, None) is None


def test_who_is_removed_cannot_sign_in_and_stays_in_the_history(session, totp):
    a_coordinator(session)
    gus = a_coordinator(session, "gus@example.org")
    with_codes(session, gus, totp)
    key, token = coordinators.begin_session(session, gus, NOON), coordinators.reset_link(session, gus, NOON)
    coordinators.remove(session, "gus@example.org", by="tests", now=NOON)
    session.commit()
    assert (gus.password_hash, gus.codes_secret) == (None, None)
    assert coordinators.find_session(session, key, NOON) is None
    assert [one.email for one in coordinators.listing(session)] == ["oda@example.org"]
    with pytest.raises(refusals.LinkSpent):
        coordinators.find_link(session, token, NOON)
    with pytest.raises(refusals.NoSuchCoordinator):
        coordinators.remove(session, "gus@example.org", by="tests", now=NOON)
    assert coordinators.email_of_actor(session, gus.actor) == "gus@example.org"
    assert coordinators.email_of_actor(session, "command line") == "command line"


def test_the_last_of_the_office_stays(session):
    a_coordinator(session)
    a_coordinator(session, "gus@example.org", a_group(session))
    with pytest.raises(refusals.LastOfTheOffice):
        coordinators.remove(session, "oda@example.org", by="tests", now=NOON)


def test_the_history_holds_no_address_and_no_secret(session, totp):
    oda = a_coordinator(session)
    token, recovery = invited(session), with_codes(session, oda, totp)
    coordinators.choose_password(session, token, "hash of a password", NOON)
    session.commit()
    told = " ".join(str(vars(entry)) for entry in session.scalars(select(AuditEntry)))
    for secret in ("@", token, "hash of a password", *recovery):
        assert secret not in told


def test_a_changed_role_ends_the_sessions_of_before(session):
    oda = a_coordinator(session)
    key = coordinators.begin_session(session, oda, NOON)
    invited(session)
    assert coordinators.find_session(session, key, NOON)
    a_group(session, "halifax", "Halifax")
    with pytest.raises(refusals.LastOfTheOffice):
        invited(session, role="group", group="halifax")
    session.rollback()
    a_coordinator(session, "rosa@example.org")
    invited(session, role="group", group="halifax")
    assert (oda.role, coordinators.find_session(session, key, NOON)) == ("group", None)
