"""Readers never wait for writers: who waits for the database's lock holds none of the readers' threads."""

import select
import sqlite3
import urllib.parse

import psycopg

from tests.factories import an_action
from tests.journeys.test_at_the_deadline import a_form, press
from tests.raw import Raw, get, post
from ua_tracker import tally


def a_lock(database: str):
    """Holds what every pledge needs, until it is rolled back."""
    if database.startswith("sqlite"):
        connection = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        return connection
    connection = psycopg.connect(database.replace("+psycopg", ""))
    connection.execute("LOCK TABLE pledges IN EXCLUSIVE MODE")
    return connection


def a_press(site, keys: dict[str, str], name: str) -> Raw:
    """A form on its way: sent whole, its answer not yet read."""
    body = urllib.parse.urlencode({"name": name, "letters": "2", **keys}).encode()
    return Raw(site.port).send(post("/en/actions/ua-12-26/pledges", body))


def test_sixty_waiting_pledges_keep_no_reader_waiting(site, session, database):
    """Readers who come after sixty writers are answered before any of them."""
    action = an_action(session)
    forms = [a_form(site) for _ in range(60)]
    lock = a_lock(database)
    pressed = [a_press(site, form, f"Supporter {at}") for at, form in enumerate(forms)]
    reader = Raw(site.port)
    for _ in range(6):
        assert reader.send(get("/en/actions/ua-12-26")).answer()[0] == 200
    answered, _, _ = select.select([one.socket for one in pressed], [], [], 0)
    lock.rollback()
    lock.close()
    answers = [one.answer()[0] for one in pressed]
    for one in (reader, *pressed):
        one.close()
    assert answered == []
    assert set(answers) <= {303, 503}
    session.rollback()
    assert tally.read(session, action.id).pledges == answers.count(303)
    assert {press(site, form, f"Supporter {at}") for at, form in enumerate(forms)} == {303}
