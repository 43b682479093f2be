"""Fixed statements: executed by the driver, in the session's transaction, with the types and errors of the tables."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import String, bindparam, select, text
from sqlalchemy.exc import IntegrityError

from tests.factories import NOON, a_group, an_action
from ua_tracker.models import Group, Pledge
from ua_tracker.models.column_types import Instant
from ua_tracker.statements import Fixed, insert_new

MADE_AT = Fixed(
    select(Pledge.id, Pledge.made_at, Pledge.is_held).where(Pledge.once_key == bindparam("key", type_=String()))
)
NAMED = Fixed(select(Group.name).where(Group.slug == bindparam("slug", type_=String())))


def a_row(action, **changes) -> Pledge:
    values = {"name": "Amal", "letters": 3, "language": "en", "once_key": "a key", "made_at": NOON}
    return Pledge(action_id=action.id, **{**values, **changes})


def test_values_are_converted_as_the_columns_types_say(session):
    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))
    insert_new(session, a_row(an_action(session), made_at=elsewhere))
    [(_, made_at, is_held)] = MADE_AT.rows(session, key="a key")
    assert (made_at, made_at.tzinfo, is_held) == (NOON, UTC, False)
    with pytest.raises(ValueError, match="zone"):
        Fixed(text("SELECT :at").bindparams(bindparam("at", type_=Instant()))).rows(session, at=datetime(2026, 3, 10))


def test_what_the_session_has_not_written_yet_is_written_first(session):
    session.add(Group(slug="laval", name="Laval"))
    assert NAMED.first(session, slug="laval") == ("Laval",)
    session.add(Group(slug="sherbrooke", name="Sherbrooke"))
    with session.no_autoflush:
        assert NAMED.first(session, slug="sherbrooke") is None


def test_a_fixed_statement_is_part_of_the_transaction(session):
    action = an_action(session)
    insert_new(session, a_row(action))
    session.rollback()
    assert MADE_AT.rows(session, key="a key") == []


def test_a_new_row_is_inserted_with_the_defaults_of_its_columns_and_is_the_sessions_own(session):
    pledge = a_row(an_action(session), group_id=a_group(session).id)
    assert insert_new(session, pledge)
    assert (pledge.is_held, pledge.wants_outcome, pledge.withdrawn_at) == (False, False, None)
    assert session.get(Pledge, pledge.id) is pledge
    assert pledge.group.slug == "montreal"
    pledge.letters = 5
    session.commit()
    assert session.scalars(select(Pledge.letters)).one() == 5


def test_a_row_whose_unique_value_is_taken_is_not_inserted_and_the_transaction_goes_on(session):
    action = an_action(session)
    assert insert_new(session, a_row(action))
    assert not insert_new(session, a_row(action))
    assert insert_new(session, a_row(action, once_key="another"))
    session.commit()
    assert len(session.scalars(select(Pledge)).all()) == 2


def test_a_row_that_breaks_another_rule_is_an_error_without_the_values_in_it(session):
    with pytest.raises(IntegrityError) as broken:
        insert_new(session, a_row(an_action(session), letters=0, name="Amal Said"))
    assert "Amal" not in str(broken.value.statement) + str(broken.value.params)


def test_many_rows_are_written_at_once(session):
    statement = text("INSERT INTO groups (slug, name) VALUES (:slug, :name)")
    Fixed(statement).many(session, [{"slug": slug, "name": slug.title()} for slug in ("laval", "sherbrooke")])
    assert session.scalars(select(Group.name).order_by(Group.id)).all() == ["Laval", "Sherbrooke"]


ADDED = Fixed(text("INSERT INTO groups (slug, name) VALUES (:slug, :name)"))


def test_what_is_written_is_seen_by_whatever_is_asked_next_and_is_committed(session):
    ADDED.write(session, slug="laval", name="Laval")
    assert NAMED.first(session, slug="laval") == ("Laval",)
    ADDED.write(session, slug="sherbrooke", name="Sherbrooke")
    assert session.scalars(select(Group.name).order_by(Group.id)).all() == ["Laval", "Sherbrooke"]
    ADDED.write(session, slug="ottawa", name="Ottawa")
    session.commit()
    assert NAMED.first(session, slug="ottawa") == ("Ottawa",)


def test_a_rollback_undoes_also_what_was_not_sent_yet(session):
    ADDED.write(session, slug="laval", name="Laval")
    session.rollback()
    session.commit()
    assert NAMED.first(session, slug="laval") is None


@pytest.mark.parametrize("ends", [lambda session: session.commit(), lambda session: NAMED.first(session, slug="")])
def test_on_postgresql_a_write_costs_no_round_trip_and_its_error_is_that_of_what_it_is_sent_with(session, ends):
    if session.get_bind().dialect.name != "postgresql":
        with pytest.raises(IntegrityError):
            ADDED.many(session, [{"slug": "laval", "name": "Laval"}] * 2)
        return
    ADDED.many(session, [{"slug": "laval", "name": "Laval"}] * 2)
    with pytest.raises(IntegrityError):
        ends(session)
    session.rollback()
    assert NAMED.first(session, slug="laval") is None
