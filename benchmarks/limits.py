"""The limits: the least that could answer at all, served in the same way."""

import os
import sqlite3
import threading

from flask import Flask, request

hello = Flask("hello")


@hello.get("/")
def say_hello() -> str:
    """The least that Flask can answer."""
    return "Hello, World!"


raw = Flask("raw")
_local = threading.local()


@raw.post("/")
def pledge() -> tuple[str, int]:
    """The least that a pledge must do: one row, one counter, one commit on the disk."""
    connection = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = sqlite3.connect(os.environ["RAW_DATABASE"], isolation_level=None, timeout=5)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "INSERT INTO pledges (name, letters) VALUES (?, ?)", (request.form["name"], request.form["letters"])
    )
    connection.execute("UPDATE tally SET pledges = pledges + 1, letters = letters + ?", (request.form["letters"],))
    connection.execute("COMMIT")
    return "", 204
