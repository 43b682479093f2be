"""The limits: the least that could answer at all, served in the same way."""

import os
import re
import secrets
import sqlite3
import threading
from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask import Flask, redirect, request
from werkzeug import Response

hello = Flask("hello")


@hello.get("/")
def say_hello() -> str:
    """The least that Flask can answer."""
    return "Hello, World!"


rows = Flask("rows")
_local = threading.local()
_BEFORE = (
    "INSERT INTO arrival_counts (kind, key, at, number) VALUES (:kind, :key, :hour, :letters)"
    " ON CONFLICT (kind, key, at) DO UPDATE SET number = arrival_counts.number + excluded.number"
)
_LINK = "INSERT INTO private_links ({holder}, token_hash, purpose, issued_at) VALUES (:id, :token, 'page', :now)"
_TALLY = "UPDATE action_tallies SET {column} = {column} + :letters, revision = revision + 1 WHERE action_id = 1"
_DAY = (
    "INSERT INTO day_tallies (action_id, group_id, day, {column}) VALUES (1, 0, :day, :letters)"
    " ON CONFLICT (action_id, group_id, day) DO UPDATE SET {column} = day_tallies.{column} + excluded.{column}"
)
# What our own code writes for a pledge, and for a report to one target, without an e-mail address and a group.
PLEDGE = (
    "INSERT INTO pledges (action_id, name, letters, language, once_key, made_at, source) VALUES"
    " (1, :name, :letters, 'en', :key, :now, :source) RETURNING id",
    _LINK.format(holder="pledge_id"),
    _TALLY.format(column="letters_pledged"),
    _DAY.format(column="letters_pledged"),
)
REPORT = (
    "INSERT INTO reports (action_id, channel, sent_on, people, letters, once_key, reported_at, source) VALUES"
    " (1, 'post', :day, 1, :letters, :key, :now, :source) RETURNING id",
    "INSERT INTO report_lines (report_id, recipient_id, letters) VALUES (:id, 1, :letters)",
    _LINK.format(holder="report_id"),
    _TALLY.format(column="letters_sent"),
    _DAY.format(column="letters_post"),
)


@rows.post("/pledges")
def pledge() -> Response:
    """The least that a pledge must do: its rows in the same tables, and a commit that is on the disk."""
    return _written(PLEDGE)


@rows.post("/letters")
def report() -> Response:
    """The least that a report must do."""
    return _written(REPORT)


def _written(statements: tuple[str, ...]) -> Response:
    key, now = secrets.token_hex(32), datetime.now(UTC)
    values = {"name": request.form.get("name"), "letters": int(request.form["letters"]), "key": key, "token": key,
              "now": now, "day": now.date(), "source": key[:32]}  # fmt: skip
    of_postgres = os.environ["RAW_DATABASE"].startswith("postgresql")
    cursor = _connection(of_postgres).cursor()
    if not of_postgres:
        values |= {"now": str(now.replace(tzinfo=None)), "day": str(now.date())}
        cursor.execute("BEGIN IMMEDIATE")
    hour = now.replace(minute=0, second=0, microsecond=0)
    counted = {"hour": hour if of_postgres else str(hour.replace(tzinfo=None)), "letters": values["letters"]}
    for kind, of in (("form", key), ("network", "one"), ("pace", "1")):
        cursor.execute(_in_style(_BEFORE, of_postgres), {**counted, "kind": kind, "key": of})
    for statement in statements:
        cursor.execute(_in_style(statement, of_postgres), values)
        if "RETURNING" in statement:
            values["id"] = cursor.fetchone()[0]
    cursor.connection.commit()
    return redirect("/thanks", 303)


@cache
def _in_style(statement: str, of_postgres: bool) -> str:
    return re.sub(r":(\w+)", r"%(\1)s", statement) if of_postgres else statement


def _connection(of_postgres: bool) -> Any:
    """This thread's connection, with the settings that ours have."""
    if not hasattr(_local, "connection"):
        address = os.environ["RAW_DATABASE"]
        if of_postgres:
            import psycopg

            _local.connection = psycopg.connect(address)
        else:
            _local.connection = sqlite3.connect(address, isolation_level=None, timeout=30)
            for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                _local.connection.execute(f"PRAGMA {pragma}")
    return _local.connection
