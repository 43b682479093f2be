"""One person by address: everything is found, however the address is spelled, and erased; every number stays."""

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_coordinator, a_mail, a_pledge, a_report, an_action
from ua_tracker import person, pledges, private_links, refusals, refused_addresses, tally
from ua_tracker.models import AuditEntry, Base, Mail, PrivateLink

AMAL = "amal.marker@example.org"


@pytest.fixture
def stored(session) -> dict[str, int]:
    """Amal in three actions: a pledge with a report, a withdrawn pledge, reports, and an address to confirm."""
    first, second, third = (an_action(session, slug=slug) for slug in ("ua-12-26", "ua-13-26", "ua-14-26"))
    standing = a_pledge(session, first, email="Amal.Marker@Example.org", name="Amal Marker")
    a_report(session, first, pledge=standing, name="Amal Marker")
    withdrawn = a_pledge(session, second, email=AMAL, name="Amal Marker")
    pledges.withdraw(session, withdrawn, NOON)
    a_report(session, second, email=AMAL, name="Amal Marker")
    others = a_pledge(session, third, email="zoe@example.org", name="Zoe")
    pledges.want_email(session, others, AMAL.upper(), SECRET, NOON)
    a_pledge(session, third, email="amal.marker+x@example.org", name="Tim")
    a_mail(session, to=AMAL, kind="link_again", once_key="another")
    session.commit()
    return {"standing": standing.id, "withdrawn": withdrawn.id, "others": others.id}


def everything(session) -> str:
    session.expire_all()
    return "\n".join(str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table)))


def test_all_of_it_is_found_under_any_spelling_and_nobody_elses(session, stored):
    for spelled in (AMAL, f" {AMAL.upper()} "):
        found = person.find(session, spelled, [SECRET])
        assert {pledge.id for pledge in found.pledges} == {stored["standing"], stored["withdrawn"]}
        assert [pledge.id for pledge in found.unconfirmed] == [stored["others"]]
        assert len(found.reports) == 1
        assert {mail.kind for mail in found.mails} == {"pledge_made", "link_again", "new_address"}
    assert not person.find(session, "nobody@example.org", [SECRET]).has_something_to_erase


def test_what_is_known_names_nobody_else(session, stored):
    known = person.known(session, person.find(session, AMAL, [SECRET]))
    assert [len(known[name]) for name in ("pledges", "reports", "mails", "coordinator")] == [2, 1, 4, 0]
    assert known["unconfirmed"] == ["ua-14-26"]
    assert "Zoe" not in str(known)
    assert "zoe@" not in str(known)


def test_erasing_leaves_every_number_and_no_trace(session, stored):
    before = [tally.read(session, number) for number in (1, 2, 3)]
    shown = person.find(session, AMAL, [SECRET]).shown
    person.erase(session, AMAL, [SECRET], reason="She asked by letter.", shown=shown, actor="rosa", now=NOON)
    session.commit()
    left = everything(session)
    assert "marker@example.org" not in left.casefold()
    assert "Amal Marker" not in left
    assert ("Zoe" in left, "Tim" in left) == (True, True)
    assert [tally.read(session, number) for number in (1, 2, 3)] == before
    assert tally.check(session) == []
    of_them = PrivateLink.pledge_id.in_((stored["standing"], stored["withdrawn"]))
    assert None not in session.scalars(select(PrivateLink.revoked_at).where(of_them)).all()
    ends = select(PrivateLink.purpose, PrivateLink.revoked_at.is_(None)).where(
        PrivateLink.pledge_id == stored["others"]
    )
    assert dict(session.execute(ends).all()) == {private_links.PAGE: True, private_links.CONFIRM: False}
    waiting = {mail.address for mail in session.scalars(select(Mail).where(Mail.due_at.is_not(None)))}
    assert waiting == {"zoe@example.org", "amal.marker+x@example.org"}
    [event] = session.scalars(select(AuditEntry).where(AuditEntry.event == "person erased"))
    assert event.after == {"pledges": 2, "reports": 1, "mails": 4, "reason": "She asked by letter."}


def test_only_what_was_shown_is_erased_and_the_reason_names_nobody(session, stored):
    how = {"actor": "rosa", "now": NOON}
    shown = person.find(session, AMAL, [SECRET]).shown
    for reason, refusal in (("", refusals.NoReason), (f"asked from {AMAL}", refusals.ReasonNamesSomebody)):
        with pytest.raises(refusal):
            person.erase(session, AMAL, [SECRET], reason=reason, shown=shown, **how)
    a_report(session, an_action(session, slug="ua-15-26"), email=AMAL)
    with pytest.raises(refusals.FoundOthers):
        person.erase(session, AMAL, [SECRET], reason="asked", shown=shown, **how)
    with pytest.raises(refusals.NothingStored):
        person.erase(session, "nobody@example.org", [SECRET], reason="asked", shown=shown, **how)
    assert AMAL in everything(session)


def test_the_account_of_a_coordinator_is_found_and_stays(session):
    a_coordinator(session, AMAL)
    a_mail(session, to=AMAL, kind="invitation")
    found = person.find(session, AMAL.upper(), [SECRET])
    assert ([one.email for one in found.coordinators], len(found.mails)) == ([AMAL], 1)
    assert not found.has_something_to_erase


def test_what_is_kept_of_an_address_because_of_bounces_is_found_and_erased_too(session):
    """A mail to Amal was sent, and Zoe's mailbox refused one that no pledge has: only codes of the addresses stay."""
    keys = ["a newer key", SECRET]
    a_pledge(session, an_action(session), email=AMAL)
    for sent, to in zip(session.scalars(select(Mail)), (AMAL,), strict=True):
        sent.recipient, sent.holder = refused_addresses.hashed(to.upper(), SECRET), "pledge"
        sent.address, sent.mailbox, sent.due_at, sent.ended_at, sent.ending = None, None, None, NOON, "sent"
    for refused in (AMAL, "zoe@example.org"):
        refused_addresses.note(session, refused, "5.1.1", [SECRET], NOON)
    session.commit()
    zoe = person.find(session, "zoe@example.org", keys)
    assert (zoe.has_something_to_erase, len(zoe.refused)) == (True, 1)
    found = person.find(session, AMAL, keys)
    assert [len(person.known(session, found)[name]) for name in ("sent", "refused", "mails")] == [1, 1, 0]
    for address, one in ((AMAL, found), ("zoe@example.org", zoe)):
        person.erase(session, address, keys, reason="asked", shown=one.shown, actor="rosa", now=NOON)
        assert not person.find(session, address, keys).has_something_to_erase
    assert session.scalar(select(Mail.recipient)) is None
    assert not refused_addresses.are_known(session)
