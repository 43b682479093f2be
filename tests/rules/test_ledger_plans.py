"""Which index finds the rows that a filter of the ledger wants: a list must not grow with its action."""

from datetime import date

import pytest
from sqlalchemy import event

from tests.factories import a_group, an_action
from ua_tracker import ledger
from ua_tracker.ledger import HELD, VOID, WITHDRAWN, Wanted


def plan_of(session, listed) -> str:
    """How SQLite finds the rows of a list: the steps of its query plan."""
    asked = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
    listed()
    statement, values = next(one for one in asked if " LIMIT " in one[0])
    steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    return "\n".join(step[3] for step in steps)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["pledges", "reports"])
@pytest.mark.parametrize(
    ("wanted", "sort", "index"),
    [
        (Wanted(), "-made", "action_id_id"),
        (Wanted(), "-letters", "letters"),
        (Wanted(state=HELD), "-made", "held"),
        (Wanted(state=HELD), "name", "held"),
        (Wanted(state=VOID), "-made", "voided"),
        (Wanted(state=VOID), "name", "voided"),
        (Wanted(state=WITHDRAWN), "-letters", "withdrawn"),
        (Wanted(held_for="speed"), "-made", "held_for"),
        (Wanted(domain="example.org"), "-letters", "mail_domain"),
        (Wanted(domain="example.org", least=100), "-made", "mail_domain"),
        (Wanted(like=1), "-letters", "source"),
        (Wanted(group="montreal"), "-made", "group_id"),
        (Wanted(least=100), "-made", "letters"),
        (Wanted(first=date(2026, 3, 5), last=date(2026, 3, 5)), "-made", "made"),
        (Wanted(first=date(2026, 3, 5), last=date(2026, 3, 5)), "name", "made"),
    ],
    ids=str,
)
def test_a_filter_is_answered_from_an_index(session, kind, wanted, sort, index):
    if kind == "reports" and wanted.state == WITHDRAWN:
        return  # a report cannot be withdrawn
    a_group(session)
    action = an_action(session)
    plan = plan_of(session, lambda: getattr(ledger, kind)(session, action, None, wanted, sort=sort))
    names = {
        "made": {"pledges": "action_id_made_at", "reports": "reported_at"},
        "source": {"pledges": "source", "reports": "source"},
    }
    expected = names.get(index, {}).get(kind, index)
    assert f"USING INDEX ix_{kind}_{expected} " in plan.replace("COVERING ", ""), plan
    is_sorted_by_index = index in ("action_id_id", "letters") and wanted == Wanted()
    assert not (is_sorted_by_index and "TEMP B-TREE" in plan), plan
    assert not (sort == "-made" and index == "made" and "TEMP B-TREE FOR ORDER BY" in plan), plan
