"""A server that no longer answers costs one thread, and a slow statement is left alone while it answers others."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ua_tracker.postgres_silence import Silence

NOTHING, READY = 0, 1


class Away(Exception):
    pass


class NoAnswer(Exception):
    pass


def unanswered() -> None:
    raise NoAnswer


def full() -> None:
    raise OSError("too many connections")


def a_silence(probe=unanswered, patience: float = -1.0) -> Silence:
    """By default every statement that waits is doubted at once, and the server is silent."""
    return Silence(probe, NoAnswer, Away, patience)


def test_one_asks_a_silent_server_and_the_others_are_refused_at_once():
    silence, asking, answered = a_silence(), threading.Event(), threading.Event()
    assert silence.ask(lambda: "an answer") == "an answer"
    with pytest.raises(Away):
        silence.ask(unanswered)

    def slowly() -> str:
        asking.set()
        answered.wait()
        return "an answer at last"

    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(silence.ask, slowly)
        asking.wait()
        try:
            with pytest.raises(Away, match="a moment ago"):
                silence.ask(lambda: "never asked")
        finally:
            answered.set()
        assert one.result() == "an answer at last"
    assert silence.ask(lambda: "an answer") == "an answer"


def test_an_error_is_passed_on_and_is_no_silence():
    silence = a_silence()
    for _ in range(2):
        with pytest.raises(OSError, match="too many"):
            silence.ask(full)


def steps(*heard):
    """A statement that waits three times for the server."""
    for _ in range(3):
        heard += ((yield "wait"),)
    return heard


@pytest.mark.parametrize("probe", [lambda: None, full])
def test_a_slow_statement_goes_on_while_the_server_answers_others(probe):
    watched = a_silence(probe).watched(steps(), lambda: pytest.fail("it was given up"))
    assert [next(watched), watched.send(NOTHING), watched.send(READY)] == ["wait"] * 3
    with pytest.raises(StopIteration) as end:
        watched.send(NOTHING)
    assert end.value.value == (NOTHING, READY, NOTHING)


def test_a_statement_of_a_silent_server_is_given_up_and_its_connection_closed():
    closed, silence = [], a_silence()
    watched = silence.watched(steps(), lambda: closed.append(True))
    next(watched)
    with pytest.raises(Away, match="stopped answering"):
        watched.send(NOTHING)
    assert closed == [True]


def test_a_statement_is_not_doubted_before_its_time():
    watched = a_silence(patience=3600.0).watched(steps(), lambda: pytest.fail("it was given up"))
    next(watched)
    assert watched.send(NOTHING) == "wait"
