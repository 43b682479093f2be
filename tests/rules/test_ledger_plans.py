"""Which index finds the rows that a filter of the ledger wants: a list must not grow with its action.

SQLite plans an empty table as a full one. PostgreSQL plans by what the tables hold, so there they are filled first.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, text

from tests.factories import NOON, a_group, a_pledge, a_report, an_action
from ua_tracker import ledger, progress, search_words
from ua_tracker.ledger import HELD, VOID, WITHDRAWN, Wanted, ways


def plan_of(session, listed, statement_with: str = " ORDER BY ", which: int = 0) -> str:
    """How the database finds the rows of a list: the steps of its query plan, of the first such statement."""
    asked = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
    listed()
    statement, values = [one for one in asked if statement_with in one[0]][which]
    if session.get_bind().dialect.name == "postgresql":
        steps = connection.exec_driver_sql(f"EXPLAIN {statement}", values).all()
        return "\n".join(step[0] for step in steps)
    steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    return "\n".join(step[3] for step in steps)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["pledges", "reports"])
@pytest.mark.parametrize(
    ("wanted", "sort", "index"),
    [
        (Wanted(), "-made", "action_id_id"),
        (Wanted(), "-letters", "letters"),
        (Wanted(), "name", "name_key"),
        (Wanted(state=HELD), "-made", "held"),
        (Wanted(state=HELD), "name", "held_name_key"),
        (Wanted(state=HELD, group="montreal"), "-letters", "held_letters"),
        (Wanted(state=HELD, group="montreal"), "-made", "held"),
        (Wanted(state=HELD, domain="example.org"), "-made", "held_mail_domain"),
        (Wanted(state=HELD, least=100), "-letters", "held_letters"),
        (Wanted(state=HELD, reported=False), "-made", "held"),
        (Wanted(state=HELD, first=date(2026, 3, 5), last=date(2026, 3, 5)), "-made", "held"),
        (Wanted(state=VOID, group="montreal"), "-made", "voided"),
        (Wanted(state=VOID), "-made", "voided"),
        (Wanted(state=VOID), "name", "voided_name_key"),
        (Wanted(state=WITHDRAWN), "-letters", "withdrawn_letters"),
        (Wanted(held_for="speed"), "-made", "held_for"),
        (Wanted(held_for="speed"), "name", "held_for_name_key"),
        (Wanted(held_for="speed", group="montreal"), "-letters", "held_for_letters"),
        (Wanted(domain="example.org"), "-letters", "mail_domain"),
        (Wanted(domain="example.org", least=100), "-made", "mail_domain"),
        (Wanted(like=1), "-letters", "source"),
        (Wanted(group="montreal"), "-made", "group_id"),
        (Wanted(least=100), "-made", "letters"),
        (Wanted(first=date(2026, 3, 5), last=date(2026, 3, 5)), "-made", "made"),
        (Wanted(first=date(2026, 3, 5), last=date(2026, 3, 5)), "name", "made"),
        (Wanted(), "source", "by_source"),
        (Wanted(), "-domain", "mail_domain"),
        (Wanted(), "state", "action_id_id"),
        (Wanted(), "-state", "voided"),
        (Wanted(state=HELD), "-source", "held_source"),
        (Wanted(state=VOID), "domain", "voided_mail_domain"),
        (Wanted(held_for="speed"), "source", "held_for_source"),
        (Wanted(domain="example.org"), "domain", "mail_domain"),
        (Wanted(like=1), "source", "by_source"),
        (Wanted(like=1), "domain", "source"),
        (Wanted(like=1), "state", "source"),
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
    is_sorted_by_index = wanted == Wanted() or (wanted.domain is not None and sort == "domain")
    is_sorted_by_index |= index.startswith(("held_n", "held_l", "voided_", "withdrawn_"))
    assert not (is_sorted_by_index and "TEMP B-TREE" in plan), plan
    if wanted.like and sort != "source":
        assert f"COVERING INDEX ix_{kind}_source " in plan, plan  # no row of the network is read
    assert not (sort == "-made" and index == "made" and "TEMP B-TREE FOR ORDER BY" in plan), plan


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "sort", "index"),
    [
        (Wanted(domain="example.org"), "name", "name_key"),
        (Wanted(domain="example.org", least=1), "-letters", "letters"),
        (Wanted(least=1), "-made", "action_id_id"),
        (Wanted(least=1), "name", "name_key"),
        (Wanted(least=1), "source", "by_source"),
        (Wanted(least=1), "-domain", "mail_domain"),
        (Wanted(domain="example.org"), "-source", "by_source"),
        (Wanted(domain="example.org"), "state", "mail_domain"),
    ],
    ids=str,
)
def test_very_many_rows_are_not_collected_but_looked_at_in_the_order_of_the_list(
    session, monkeypatch, wanted, sort, index
):
    monkeypatch.setattr(ways, "MOST_COLLECTED", 2)
    action = an_action(session)
    rows = [a_pledge(session, action, email=f"{name}@example.org") for name in "abc"]
    listed = sorted(row.id for row in rows)
    for row in rows:
        row.source = "a"
    session.commit()
    plan = plan_of(session, lambda: ledger.pledges(session, action, None, wanted, sort=sort))
    assert f"INDEX ix_pledges_{index} " in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    found = ledger.pledges(session, action, None, wanted, sort=sort).rows
    assert sorted(row.id for row in found) == listed


DAY = {"first": NOON.date(), "last": NOON.date()}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "sort", "index"),
    [
        (Wanted(group="montreal"), "name", "name_key (action_id=?)"),
        (Wanted(group="montreal", domain="example.org"), "-letters", "letters (action_id=?)"),
        (Wanted(group="montreal", **DAY), "-made", "group_id (group_id=? AND action_id=? AND id>? AND id<?)"),
        (Wanted(domain="example.org", **DAY), "made", "mail_domain (action_id=? AND mail_domain=? AND id>? AND id<?)"),
        (Wanted(**DAY), "-letters", "letters (action_id=?)"),
        (Wanted(text="a", **DAY), "name", "name_key (action_id=? AND name_key>? AND name_key<?)"),
        (Wanted(text="a"), "-letters", "letters (action_id=?)"),
        (Wanted(reported=True), "-letters", "letters (action_id=?)"),
    ],
    ids=str,
)
def test_where_each_part_of_a_filter_finds_very_many_no_row_is_sorted(session, monkeypatch, wanted, sort, index):
    monkeypatch.setattr(ways, "MOST_COLLECTED", 2)
    monkeypatch.setattr(search_words, "MOST_COLLECTED", 2)
    action = an_action(session)
    a_group(session)
    rows = [a_pledge(session, action, name=f"a{n}", email=f"{n}@example.org", group="montreal") for n in range(3)]
    for row in rows:
        a_report(session, action, pledge=row)
    # Before it the ids at the ends of the days are read.
    which = 2 if wanted.first or wanted.reported else 0
    plan = plan_of(session, lambda: ledger.pledges(session, action, None, wanted, sort=sort), which=which)
    assert f"INDEX ix_pledges_{index}" in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    assert len(ledger.pledges(session, action, None, wanted, sort=sort).rows) == 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(group="montreal"), "group_id (group_id=? AND action_id=?)"),
        (Wanted(group="montreal", domain="example.org"), "group_id (group_id=? AND action_id=?)"),
        (Wanted(**DAY, domain="example.org", least=1), "action_id_made_at (action_id=? AND made_at>? AND made_at<?)"),
        (Wanted(reported=True), "reports"),
    ],
    ids=str,
)
def test_the_part_of_a_filter_that_finds_the_fewest_is_collected(session, monkeypatch, wanted, index):
    monkeypatch.setattr(ways, "MOST_COLLECTED", 2)
    action, group = an_action(session), a_group(session)
    for n in range(3):
        a_pledge(session, action, name=f"a{n}", email=f"{n}@example.org", now=NOON - timedelta(days=9))
    last = a_pledge(session, action, email="z@example.org", group=group.slug)
    a_report(session, action, pledge=last)
    which = 2 if wanted.reported else 0
    plan = plan_of(session, lambda: ledger.pledges(session, action, None, wanted, sort="name"), which=which)
    assert (f"INDEX ix_pledges_{index}" in plan) or (index == "reports" and "ix_reports_of_pledges" in plan), plan
    assert [row.id for row in ledger.pledges(session, action, None, wanted, sort="name").rows] == [last.id]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "sort", "index"),
    [
        (Wanted(state=VOID, reported=True), "-made", "voided (action_id=? AND id>? AND id<?)"),
        (Wanted(state=VOID, **DAY), "-made", "voided (action_id=? AND id>? AND id<?)"),
        (Wanted(state=VOID, held_for="speed"), "-made", "held_for (action_id=? AND held_for=?)"),
        (Wanted(held_for="speed"), "-state", "held_for (action_id=? AND held_for=?)"),
    ],
    ids=str,
)
def test_rows_of_a_state_are_not_all_looked_at_for_the_few_that_a_filter_finds(
    session, monkeypatch, wanted, sort, index
):
    monkeypatch.setattr(ways, "MOST_COLLECTED", 0)
    action = an_action(session)
    a_report(session, action, pledge=a_pledge(session, action))
    which = 0 if wanted.held_for else 2
    plan = plan_of(session, lambda: ledger.pledges(session, action, None, wanted, sort=sort), which=which)
    assert f"INDEX ix_pledges_{index}" in plan, plan
    assert wanted.held_for is None or "COVERING INDEX" in plan, plan


@pytest.mark.parametrize("wanted", [Wanted(state=VOID, reported=True), Wanted(state=HELD, reported=False)], ids=str)
def test_whether_pledges_of_a_state_were_reported_is_answered_without_reading_a_report(session, wanted):
    action, group = an_action(session), a_group(session)
    own = a_pledge(session, action, group=group.slug)
    a_report(session, action, pledge=own)
    fill(session, action, "pledges")
    which = 2 if wanted.reported else 0  # before it the first and the last reported pledge are read
    of_group = replace(wanted, group=group.slug)
    plan = plan_of(session, lambda: ledger.pledges(session, action, None, of_group), which=which)
    assert re.search("ix_pledges_(held|voided)\\b", plan), plan
    assert not re.search("Sort|TEMP B-TREE", plan), plan
    if session.get_bind().dialect.name == "sqlite":
        assert "ix_reports_of_pledges" in plan, plan
    else:  # it has one report only, which any index finds
        assert f"(group_id = {own.group_id})" in plan.partition("Index Cond: ")[2].splitlines()[0], plan


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_rows_of_a_network_are_not_all_looked_at_for_those_that_were_not_reported(session):
    action = an_action(session)
    plan = plan_of(session, lambda: ledger.pledges(session, action, None, Wanted(like=1), sort="reported"))
    assert "source (" in plan.splitlines()[0], plan
    assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("sort", ["-sent_on", "people"])
def test_letters_are_sorted_by_day_and_by_people_from_an_index(session, sort):
    action = an_action(session)
    plan = plan_of(session, lambda: ledger.reports(session, action, None, Wanted(), sort=sort))
    assert f"INDEX ix_reports_{sort.removeprefix('-')} " in plan, plan
    assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["pledges", "reports"])
def test_the_held_rows_of_a_groups_coordinator_are_found_among_the_held(session, kind):
    group, action = a_group(session), an_action(session)
    plan = plan_of(session, lambda: getattr(ledger, kind)(session, action, group.id, Wanted(state=HELD)))
    assert f"ix_{kind}_held " in plan, plan


@pytest.mark.parametrize("sort", ["-letters", "name"])
def test_a_later_page_begins_at_its_place_in_the_index(session, sort):
    a_group(session)
    action = an_action(session)
    first = a_pledge(session, action).id
    fill(session, action, "pledges")
    last = first + (4500 if session.get_bind().dialect.name == "postgresql" else 0)
    plan = plan_of(session, lambda: ledger.pledges(session, action, None, Wanted(), sort=sort, after=last))
    column, sign = ("letters", "<") if sort == "-letters" else ("name_key", ">")
    if session.get_bind().dialect.name == "sqlite":
        assert f"(action_id=? AND {column}=? AND id{sign}?)" in plan, plan
    else:
        assert f"AND (id {sign} " in plan.partition("Index Cond: ")[2].splitlines()[0], plan


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pledges_with_a_report_are_found_by_their_reports(session):
    action = an_action(session)
    plan = plan_of(session, lambda: ledger.pledges(session, action, None, Wanted(reported=True)))
    assert "ix_reports_of_pledges" in plan.splitlines()[0], plan
    assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("group_id", [None, 1])
def test_the_last_seven_days_of_the_dashboard_are_read_without_a_report(session, group_id):
    both = [an_action(session, slug=slug) for slug in ("one", "two")]
    plan = plan_of(session, lambda: progress.lately(session, both, NOON, group_id), "FROM day_tallies")
    assert plan.startswith("SEARCH day_tallies USING "), plan
    assert (group_id is None) == ("ix_day_tallies_day (action_id=? AND day>?)" in plan), plan
    assert (group_id is None) or "(action_id=? AND group_id=? AND day>?)" in plan, plan


FILLED = {
    "pledges": (
        "INSERT INTO pledges (action_id, group_id, name, name_key, mail_domain, letters, language, once_key, made_at,"
        " source)"
        " SELECT {action}, n % 7 + 1, n, n, n, n % 500 + 1, 'en', n, now(), n FROM generate_series(1, 9000) AS n",
        "INSERT INTO pledge_words SELECT id, 'w' || id, action_id FROM pledges",
    ),
    "reports": (
        "INSERT INTO reports (action_id, group_id, name, name_key, mail_domain, letters, channel, sent_on, people,"
        " once_key, reported_at, source)"
        " SELECT {action}, n % 7 + 1, n, n, n, n, 'fax', now(), 1, n, now() - n * interval '1 minute', n"
        " FROM generate_series(1, 9000) AS n",
        "INSERT INTO report_words SELECT id, 'w' || id, action_id FROM reports",
    ),
}


def fill(session, action, kind: str) -> None:
    """Fills the table on PostgreSQL, so that its plans are those of a large one."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for number in range(2, 8):
        a_group(session, f"group-{number}")
    for statement in FILLED[kind]:
        session.execute(text(statement.format(action=action.id)))
    session.execute(text(f"UPDATE {kind} SET is_held = true, held_for = 'speed' WHERE id % 100 = 0"))
    session.execute(text(f"UPDATE {kind} SET voided_at = now() WHERE id % 100 = 1"))
    for table in (kind, f"{kind.removesuffix('s')}_words"):
        session.execute(text(f"ANALYZE {table}"))


@pytest.mark.parametrize("kind", ["pledges", "reports"])
def test_a_text_is_found_by_the_indexes_of_words_names_and_domains(session, kind):
    a_group(session)
    action = an_action(session)
    fill(session, action, kind)
    plan = plan_of(session, lambda: getattr(ledger, kind)(session, action, None, Wanted(text="lopez")))
    names = (f"ix_{kind}_name_key", f"ix_{kind}_mail_domain", f"ix_{kind.removesuffix('s')}_words_word")
    assert [name for name in names if name not in plan] == [], plan
    assert "Seq Scan" not in plan, plan
    assert f"SCAN {kind}" not in plan, plan


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
@pytest.mark.parametrize("kind", ["pledges", "reports"])
@pytest.mark.parametrize(
    ("wanted", "sort", "index"),
    [
        (Wanted(), "-letters", "letters"),
        (Wanted(), "name", "name_key"),
        (Wanted(), "source", "by_source"),
        (Wanted(), "-domain", "mail_domain"),
        (Wanted(state=HELD), "-made", "held"),
        (Wanted(state=VOID), "name", "voided_name_key"),
        (Wanted(domain="example.org"), "-letters", "mail_domain"),
        (Wanted(like=1), "-made", "source"),
    ],
    ids=["letters", "name", "by network", "by domain", "held", "void", "domain", "network"],
)
def test_postgresql_answers_a_filter_from_an_index_too(session, kind, wanted, sort, index):
    a_group(session)
    action = an_action(session)
    fill(session, action, kind)
    plan = plan_of(session, lambda: getattr(ledger, kind)(session, action, None, wanted, sort=sort))
    # Few held rows are sorted, whichever of their own indexes finds them.
    allowed = "[_ ]" if index == "held" else " "
    assert re.search(f"ix_{kind}_{index}{allowed}", plan), plan
    assert "Seq Scan" not in plan, plan
    assert not (wanted == Wanted() and "Sort" in plan), plan


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "sort", "index"),
    [
        (Wanted(group="group-2"), "name", "ix_pledges_name_key"),
        (Wanted(least=2), "name", "ix_pledges_name_key"),
        (Wanted(text="w"), "-letters", "ix_pledges_letters"),
        (Wanted(held_for="speed"), "name", "ix_pledges_held_for_name_key"),
    ],
    ids=["group", "size", "text", "reason"],
)
def test_postgresql_looks_at_many_rows_in_the_order_of_the_list_too(session, monkeypatch, wanted, sort, index):
    monkeypatch.setattr(ways, "MOST_COLLECTED", 50)
    monkeypatch.setattr(search_words, "MOST_COLLECTED", 50)
    a_group(session)
    action = an_action(session)
    fill(session, action, "pledges")
    plan = plan_of(session, lambda: ledger.pledges(session, action, None, wanted, sort=sort))
    assert index in plan, plan
    assert "Seq Scan" not in plan, plan
