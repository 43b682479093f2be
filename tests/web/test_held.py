"""A flood from one address moves no public number; a hall of people is thanked like anybody; no address is stored."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from tests.conftest import NOON
from tests.factories import NOTHING_HELD, PASSWORD, a_coordinator, a_group, a_report, an_action
from tests.reader import CoordinatorReader, Reader
from ua_tracker import evenings, tally
from ua_tracker.models import Pledge, Report, ReportLine
from ua_tracker.trust import USUAL, Arrival, Thresholds
from ua_tracker.web import evening_keys

PAGE = "/en/actions/ua-12-26"
LETTERS = f"{PAGE}/letters"
REPORT, PLEDGE = "Report these letters", "I will write"
FLOOD, HALL = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def app(an_app, settings) -> Flask:
    """The app as it is shipped: with its limits and its rules, behind one proxy."""
    for name in NOTHING_HELD:
        del settings[name]
    return an_app(RATELIMIT_ENABLED="yes", TRUSTED_PROXIES="1")


def report(app, clock, source: str, seconds: float = 30, query: str = "", **typed) -> int:
    """Somebody opens the form, fills it in for so long, and sends it; the status of the answer."""
    form = Reader(app).get(f"{LETTERS}{query}")
    clock.pass_by(seconds=seconds)
    values = {**form.keys(REPORT), "sent_on": "2026-03-10", "channel": "post", **typed}
    return form.reader.post(LETTERS + query, values, headers={"X-Forwarded-For": source}).status


def test_a_flood_within_all_limits_moves_the_number_by_no_more_than_a_hundred(app, clock, session):
    action = an_action(session)
    form = Reader(app).get(LETTERS)
    clock.pass_by(seconds=30)
    for number in range(90):
        keys = Reader(app).get(LETTERS).keys(REPORT) if number else form.keys(REPORT)
        values = {**keys, "sent_on": "2026-03-10", "channel": "post", "letters-1": "500"}
        assert form.reader.post(LETTERS, values, headers={"X-Forwarded-For": FLOOD}).status == 303
    session.expire_all()
    totals = tally.read(session, action.id)
    assert totals.letters_sent <= 100
    assert totals.letters_sent + totals.letters_held == 45_000


def test_letters_in_small_reports_from_one_network_stop_counting_at_a_hundred(app, clock, session):
    action = an_action(session)
    for number in range(30):
        assert report(app, clock, f"203.0.113.{number}", seconds=5, **{"letters-1": "9"}) == 303
    assert tally.read(session, action.id).letters_sent <= 100
    assert tally.check(session) == []


def test_a_form_sent_as_a_script_does_is_thanked_in_the_same_words(app, clock, session):
    an_action(session)
    said = []
    for typed, seconds in (({"letters-1": "2"}, 30), ({"letters-1": "2"}, 0), ({"letters-1": "2", "website": "x"}, 30)):
        form = Reader(app).get(LETTERS)
        clock.pass_by(seconds=seconds)
        values = {**form.keys(REPORT), "sent_on": "2026-03-10", "channel": "post", **typed}
        said.append(form.reader.post(LETTERS, values, headers={"X-Forwarded-For": FLOOD}).follow().text)
    assert len(set(said)) == 1
    assert "looked at before" in said[0]
    rows = session.query(Report.held_for).order_by(Report.id).all()
    assert [row.held_for for row in rows] == [None, "speed", "trap"]


def test_a_pledge_without_address_is_thanked_in_the_same_words_by_its_page_until_it_is_opened_again(
    app, clock, session
):
    an_action(session)
    said, opened = [], []
    for website in ("", "x"):
        form = Reader(app).get(PAGE)
        clock.pass_by(seconds=30)
        values = {**form.keys(PLEDGE), "name": "A", "letters": "2", "website": website}
        answer = form.reader.post(f"{PAGE}/pledges", values, headers={"X-Forwarded-For": FLOOD})
        page = answer.follow()
        said.append(page.text)
        opened.append(Reader(app).get(page.soup.select_one("#private-link")["href"]).text)
    assert "looked at before" in said[0]
    assert ["not counted yet" in one for one in (*said, *opened)] == [False, False, False, True]


def test_sixty_phones_in_a_hall_are_all_accepted_and_with_an_evening_all_counted(app, clock, session):
    action, _ = an_action(session), a_group(session)
    evening = evenings.open_for(
        session, action, None, group="montreal", hours=4, most_letters=300, actor="rosa", now=NOON
    )
    session.commit()
    with app.app_context():
        key = evening_keys.key_of(evening)
    for query in (f"?evening={key}", ""):
        answers = [report(app, clock, HALL, seconds=10, query=query, **{"letters-1": "2"}) for _ in range(60)]
        assert set(answers) == {303}
    session.expire_all()
    totals = tally.read(session, action.id)
    assert totals.letters_at_evenings == 120
    assert totals.letters_walked_in + totals.letters_held == 120
    assert tally.check(session) == []


def test_one_form_under_many_addresses_makes_no_more_than_two_counted_pledges(app, clock, session):
    action = an_action(session)
    form = Reader(app).get(PAGE)
    clock.pass_by(seconds=30)
    for number in range(20):
        values = {**form.keys(PLEDGE), "name": "A", "letters": "1", "email": f"a{number}@mail{number}.example"}
        source = {"X-Forwarded-For": f"10.{number}.0.1"}
        assert "Thank you!" in form.reader.post(f"{PAGE}/pledges", values, headers=source).text
    session.expire_all()
    assert tally.read(session, action.id) == tally.Tally(pledges=2, letters_pledged=2, pledges_held=18)


def test_no_address_is_stored_or_logged_or_mailed(app, clock, session, settings, caplog):
    an_action(session)
    a_coordinator(session)
    report(app, clock, FLOOD, seconds=0, **{"letters-1": "2"})
    form = Reader(app).get(PAGE)
    values = {**form.keys(PLEDGE), "name": "A", "letters": "1", "email": "a@example.org"}
    form.reader.post(f"{PAGE}/pledges", values, headers={"X-Forwarded-For": FLOOD})
    assert session.query(Pledge.source).scalar() == session.query(Report.source).scalar()
    assert app.test_cli_runner().invoke(args=["outbox", "send"]).exit_code == 0
    folder = Path(settings["INSTANCE_PATH"])
    found = [path for path in folder.rglob("*") if path.is_file() and re.search(rb"203\.0\.113", path.read_bytes())]
    assert found == []
    assert "203.0.113" not in caplog.text


def five_thousand_false_rows(session, action) -> None:
    """5,000 reports of three networks within an hour, and 200 of people: ten networks, as many hours, other domains."""
    limits = Thresholds(**{**USUAL, **dict.fromkeys(("letters", "network", "network_day", "pace_from"), 10**6)})
    firsts = [a_report(session, action, NOON, arrival=Arrival(f"203.0.{n}.1", limits), target=9) for n in range(3)]
    people = [
        a_report(session, action, NOON - timedelta(hours=n), arrival=Arrival(f"198.51.{n}.1", limits), target=2)
        for n in range(10)
    ]
    last, copied = session.scalars(select(func.max(Report.id))).one(), []
    kinds = [(firsts[n % 3], "Robot", "flood.example") for n in range(4997)]
    kinds += [(people[n % 10], f"Person {n}", f"mail{n}.example") for n in range(188)]
    kinds += [(firsts[0], "Amal", "example.org"), (firsts[1], "Zoe", "example.org")]  # people in the same networks
    for number, (like, name, domain) in enumerate(kinds, start=last + 1):
        copied.append({
            "id": number, "action_id": action.id, "channel": "post", "sent_on": like.sent_on, "people": 1,
            "once_key": f"k{number}", "reported_at": like.reported_at, "source": like.source, "name": name,
            "email": f"a{number}@{domain}", "mail_domain": domain, "letters": like.letters, "is_held": False,
        })  # fmt: skip
    session.execute(insert(Report), copied)
    target = action.targets[0].id
    lines = [{"report_id": one["id"], "recipient_id": target, "letters": one["letters"]} for one in copied]
    session.execute(insert(ReportLine), lines)
    tally.recount(session)
    session.commit()


@pytest.mark.walk
def test_a_coordinator_takes_five_thousand_false_rows_back_in_nine_steps_and_undoes_a_mistake(app, session):
    action = an_action(session)
    five_thousand_false_rows(session, action)
    a_coordinator(session)
    office = CoordinatorReader(app)
    office.sign_in("oda@example.org", PASSWORD)
    steps, before = [], tally.read(session, action.id).letters_sent
    for _ in range(3):  # a network that is taken back whole leads no more
        leading = office.get("/en/dashboard/ua-12-26").soup.select("#held-title + dl a[href*=like]")[0]["href"]
        rows = office.get(leading)
        void = rows.soup.find("a", string="Take back all that this filter shows…")["href"]
        preview = office.get(void)
        steps += [leading, void, preview.submit("Take them back", reason="one network, one hour").follow()]
    session.expire_all()
    left = session.scalars(select(Report.name).where(Report.voided_at.is_(None))).all()
    assert len(steps) < 10
    assert "Robot" not in left
    assert len(left) == 198
    history = office.get("/en/dashboard/history?subject=ua-12-26")
    undo = office.get(history.soup.find("a", href=re.compile("/undo$"))["href"])
    undo.submit("Undo it", reason="these were a choir")
    session.expire_all()
    assert len(session.scalars(select(Report.id).where(Report.voided_at.is_(None))).all()) > 198
    assert tally.read(session, action.id).letters_sent < before
    assert tally.check(session) == []


def test_two_hundred_people_a_day_in_ten_networks_all_count_also_while_a_flood_is_held(app, clock, session):
    """A crowd of people is no crowd of one network: twenty a day in each write two letters."""
    action = an_action(session)
    counted = Thresholds(**USUAL)
    for number in range(400):
        source = f"203.0.{number % 4}.9" if number % 2 else f"198.51.{number // 2 % 10}.{number // 20}"
        a_report(session, action, arrival=Arrival(source, counted, seconds=40), target=9 if number % 2 else 2, copy=0,
                 name="Robot" if number % 2 else "Amal")  # fmt: skip
    held = session.query(Report.name, func.count()).where(Report.is_held).group_by(Report.name).all()
    assert [row[0] for row in held] == ["Robot"]
    assert tally.read(session, action.id).letters_sent <= 200 * 2 + 4 * 100


def test_a_single_leading_network_has_no_box_to_tick(office, session):
    a_report(session, an_action(session), arrival=Arrival("203.0.113.5", Thresholds(**USUAL), seconds=30))
    page = office.get("/en/dashboard/ua-12-26")
    assert "Leading network" in page.text
    assert page.soup.select("input[name=like]") == []


def test_six_networks_with_reports_as_people_make_them_are_taken_back_together(app, session):
    action, limits = an_action(session), Thresholds(**{**USUAL, "crowd_from": 10**6})
    for number in range(96):
        source = f"203.{number % 8}.113.5" if number % 4 else f"198.51.{number % 10}.1"
        arrival = Arrival(source, limits, seconds=30)
        a_report(session, action, NOON, arrival=arrival, target=2, copy=0, name="Robot" if number % 4 else "Amal")
    a_coordinator(session)
    office = CoordinatorReader(app)
    office.sign_in("oda@example.org", PASSWORD)
    boxes = office.get("/en/dashboard/ua-12-26").soup.select("input[name=like]")
    assert len(boxes) > 6
    of_robots = [box["value"] for box in boxes if session.get(Report, int(box["value"])).name == "Robot"]
    rows = office.get("/en/dashboard/ua-12-26/letters?" + "&".join(f"like={number}" for number in of_robots))
    assert "Only from the same networks as rows" in rows.text
    preview = office.get(rows.soup.find("a", string="Take back all that this filter shows…")["href"])
    assert "72 rows would be taken back" in preview.text
    preview.submit("Take them back", reason="one program")
    session.expire_all()
    left = session.scalars(select(Report.name).where(Report.voided_at.is_(None))).all()
    assert left == ["Amal"] * 24
    assert "From the same networks as rows" in office.get("/en/dashboard/history").text
    assert tally.check(session) == []
