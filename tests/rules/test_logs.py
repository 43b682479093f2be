"""Log lines: one JSON object each, or plain text, and of an exception never what it says."""

import json
import logging
import sys

import pytest

from ua_tracker import logs

SAID = "amal@example.org"


def record(message: str, *arguments: object, exc_info=None, **facts: object) -> logging.LogRecord:
    made = logging.LogRecord("ua_tracker", logging.ERROR, "x.py", 1, message, arguments, exc_info)
    vars(made).update(facts)
    return made


def failed():
    """What the log is given of an exception that another one led to, both with what somebody typed."""
    try:
        try:
            int(SAID)
        except ValueError as first:
            raise KeyError(SAID) from first
    except KeyError:
        return sys.exc_info()


@pytest.mark.parametrize("log_format", [logs.PLAIN, logs.AS_JSON])
def test_of_an_exception_kinds_and_places_are_written_and_no_message(log_format):
    line = logs.formatter(log_format).format(record("Exception on %s", "/<lang>/", exc_info=failed()))
    assert SAID not in line
    for told in ("Exception on /<lang>/", "builtins.KeyError", "builtins.ValueError", "test_logs.py", "in failed"):
        assert told in line


def test_for_one_who_debugs_the_message_is_there(monkeypatch):
    monkeypatch.setattr(logging.getLogger("ua_tracker"), "level", logging.DEBUG)
    logging.getLogger("ua_tracker").manager._clear_cache()
    try:
        assert SAID in logs.PlainLines().format(record("x", exc_info=failed()))
    finally:
        monkeypatch.undo()
        logging.getLogger("ua_tracker").manager._clear_cache()


def test_a_json_line_is_one_object_in_ascii_whatever_is_in_it():
    line = logs.JsonLines().format(record("Zoé\nis\u2028here", status=200, milliseconds=3, secret="x"))
    assert line.isascii()
    assert len(line.splitlines()) == 1
    told = json.loads(line)
    assert (told["message"], told["level"], told["status"], told["milliseconds"]) == (
        "Zoé\nis\u2028here", "ERROR", 200, 3,
    )  # fmt: skip
    assert "secret" not in told
    assert told["time"].endswith("+00:00")


@pytest.mark.parametrize("log_format", [logs.PLAIN, logs.AS_JSON])
def test_a_line_names_the_request_that_is_answered(log_format):
    token = logs.current.set(logs.Request("abcd-1", "GET", "/<lang>/"))
    try:
        assert "abcd-1" in logs.formatter(log_format).format(record("x"))
    finally:
        logs.current.reset(token)
