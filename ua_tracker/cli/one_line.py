"""Errors of commands: one line on standard error and exit code 1, or 2 for invalid arguments."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import click
from flask import current_app, has_app_context
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import SQLAlchemyError

from ua_tracker import database_faults, site_key
from ua_tracker.cli.context import secret_keys
from ua_tracker.database import db
from ua_tracker.refusals import AnotherKey, NotStored, Refusal


class Command(click.Command):
    """A command that reports every error in one line, and does nothing on a database of another secret key."""

    checks_key = True

    def invoke(self, context: click.Context) -> Any:
        """Runs the command after checking that its arguments are valid text."""
        with in_one_line():
            require_text(context.params)
            if self.checks_key:
                with context.ensure_object(ScriptInfo).load_app().app_context():
                    _require_key()
            return super().invoke(context)


class CommandWithAnyKey(Command):
    """A command that does its work on a database of another secret key too."""

    checks_key = False


class Commands(AppGroup):
    """A group of commands of the class `Command`."""

    command_class = Command


class CommandsWithAnyKey(AppGroup):
    """A group of commands of the class `CommandWithAnyKey`."""

    command_class = CommandWithAnyKey


def _require_key() -> None:
    """Raises AnotherKey. A database that cannot be asked is left to the command, which says what is wrong with it."""
    try:
        site_key.require(db.session(), secret_keys())
    except AnotherKey:
        raise
    except (SQLAlchemyError, NotStored):
        pass


def around_all() -> None:
    """Makes every `flask` command report errors in one line, also those of Flask and its extensions.

    These are not of the class `Command`, but each of them loads the app, so this adds the error handling to the
    click context of the running program.
    """
    context = click.get_current_context(silent=True)
    if context is not None:
        context.find_root().with_resource(in_one_line())
        require_text(context.params)


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turns every exception into a ClickException of one line. With LOG_LEVEL=DEBUG the log gets the traceback."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except (KeyboardInterrupt, click.Abort) as stopped:
        raise click.ClickException("Stopped. What was not committed yet is not stored.") from stopped
    except Exception as wrong:
        if has_app_context() and current_app.logger.isEnabledFor(logging.DEBUG):
            current_app.logger.exception("the command failed")
        if isinstance(wrong, OSError):
            _discard_output()
        raise click.ClickException(" ".join(explain(wrong).split())) from wrong


def require_text(values: Mapping[str, Any]) -> None:
    """Raises BadParameter for text that a database cannot store: invalid UTF-8, or a NUL character."""
    for name, value in values.items():
        if isinstance(value, str) and ("\0" in value or not _is_utf8(value)):
            raise click.BadParameter("give text in UTF-8, without NUL characters.", param_hint=name)


def _is_utf8(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def explain(wrong: Exception) -> str:
    """The error as one sentence for the operator, without stored data and without a traceback."""
    if isinstance(wrong, (Refusal, NotStored)):
        return str(wrong)
    if isinstance(wrong, BrokenPipeError):
        return "The output was closed before its end."
    if isinstance(wrong, OSError):
        return f"{_shown(wrong.filename) or 'Reading or writing failed'}: {wrong.strerror or type(wrong).__name__}."
    if isinstance(wrong, SQLAlchemyError):  # its own message can contain the rejected row
        kind = type(getattr(wrong, "orig", None) or wrong).__name__
        return database_faults.sentence(wrong) or f"The database refused this ({kind}). Nothing was stored."
    if told := database_faults.of_driver(wrong):
        return told
    return f"Unexpected error: {type(wrong).__name__}. With LOG_LEVEL=DEBUG the log has the traceback."


def _shown(name: Any) -> str:
    return os.fsencode(name).decode(errors="replace") if isinstance(name, (str, bytes, os.PathLike)) else ""


def _discard_output() -> None:
    """Redirects standard output that is closed to /dev/null: Python flushes it at exit and would report it again."""
    with suppress(OSError, ValueError, AttributeError):
        try:
            sys.stdout.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
