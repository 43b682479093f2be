"""Sends what waits for webhooks, beside the mails: in threads of its own, so that a dead receiver holds up nobody."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import click
from flask import Flask, current_app, url_for
from sqlalchemy.exc import SQLAlchemyError

from ua_tracker.cli.context import secret_keys
from ua_tracker.database import reading, writing
from ua_tracker.models import Action
from ua_tracker.refusals import NotStored
from ua_tracker.web.request import absolute
from ua_tracker.webhooks import calling, sending
from ua_tracker.webhooks.sending import Ended, Means

THREADS = 8  # webhooks that are sent to at the same time
LOOK_SECONDS = 1.0
ONE_ROUND_SECONDS = 60.0  # of `outbox send` without --loop


class Sender:
    """Sends to each webhook that is due, to several at once and to each in order."""

    def __init__(self, app: Flask, stopping: Callable[[], bool]) -> None:
        self._app, self._stopping = app, stopping
        self._pool = ThreadPoolExecutor(THREADS, "webhooks")
        self._running: dict[int, Future[list[Ended]]] = {}

    def look(self) -> list[Ended]:
        """Begins what is due and is not running yet; returns what has ended since the last look."""
        ended = [one for number in list(self._running) for one in self._collected(number)]
        with self._app.app_context(), reading() as session:
            found = sending.due(session, self._app.config["CLOCK"]())
        for number in found:
            if number not in self._running:
                self._running[number] = self._pool.submit(self._turn, number)
        return ended

    def is_idle(self) -> bool:
        """Whether nothing is being sent and nothing has ended since the last look."""
        return not self._running

    def end(self) -> None:
        """Waits for what is being sent, since it would otherwise be sent twice."""
        self._pool.shutdown(cancel_futures=True)

    def _collected(self, number: int) -> list[Ended]:
        if not self._running[number].done():
            return []
        done = self._running.pop(number)
        error = done.exception()
        if error is not None:  # whatever it was, the other webhooks go on; this one does after its lease
            self._app.logger.error("webhooks: %s", type(getattr(error, "orig", None) or error).__name__)
            return []
        return done.result()

    def _turn(self, number: int) -> list[Ended]:
        with self._app.app_context():
            return sending.turn(_means(self._app), number, self._stopping)


@contextmanager
def beside_the_mails(stopping: Callable[[], bool]) -> Iterator[None]:
    """Sends what waits for webhooks while the block runs, until `stopping` returns true."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask states the proxy as the app itself
    is_over = threading.Event()
    thread = threading.Thread(target=_send_until, args=(app, lambda: is_over.is_set() or stopping(), is_over))
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def send_once() -> None:
    """Sends what is due now and prints the results, for a minute at most; the rest waits for the next command."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # as above
    ends = time.monotonic() + ONE_ROUND_SECONDS
    sender, ended = Sender(app, lambda: time.monotonic() >= ends), []
    try:
        while time.monotonic() < ends:
            ended += sender.look()
            if sender.is_idle():
                break
            time.sleep(0.05)
    finally:
        sender.end()
    for (hook, kind, ending, reason), number in Counter((e.hook_id, e.kind, e.ending, e.reason) for e in ended).items():
        click.echo(f"{number:,} {kind} to webhook {hook}: {ending}{f' ({reason})' if reason else ''}")


def _send_until(app: Flask, stopping: Callable[[], bool], is_over: threading.Event) -> None:
    sender = Sender(app, stopping)
    while not stopping():
        try:
            for one in sender.look():
                if one.ending != "sent":
                    told = (one.hook_id, one.kind, one.ending, one.reason, one.status or "-")
                    app.logger.warning("webhooks: %s: %s %s: %s %s", *told)
        except (SQLAlchemyError, NotStored) as error:
            app.logger.error("webhooks: database: %s", type(getattr(error, "orig", None) or error).__name__)
        is_over.wait(LOOK_SECONDS)
    sender.end()


def _means(app: Flask) -> Means:
    call = partial(calling.post, networks=app.config["WEBHOOK_NETWORKS"])
    return Means(writing, call, app.config["CLOCK"], partial(_public_url, app), secret_keys())


def _public_url(app: Flask, action: Action) -> str:
    base = app.config["PUBLIC_URL"] or f"http://127.0.0.1:{app.config['PORT']}"
    with app.test_request_context(f"/{action.language}/", base_url=base):
        return absolute(url_for("actions.show", lang=action.language, slug=action.slug))
