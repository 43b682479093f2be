"""A request that came before on its connection: answered from what was understood then, never with an old number."""

from types import SimpleNamespace

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.factories import a_group, a_report, an_action
from tests.web.live.test_responses import PATHS
from ua_tracker.web.live import layer

COUNTER = "/en/actions/ua-12-26/counter"
# What is another for each answer: the id of the request.
OWN = "X-Request-ID"


@pytest.fixture
def action(session):
    a_group(session)
    return an_action(session)


def ask(app, path: str, method: str = "GET", protocol: str = "HTTP/1.1", **headers: str):
    """The connection after a thread has answered this request on it, and that answer as a repetition would be."""
    environ = EnvironBuilder(path, "http://localhost", method=method, headers=headers).get_environ()
    connection = SimpleNamespace(at_once=False, repeat=None, request=f"{method} {path}".encode())
    environ |= {"gunicorn.socket": connection, "SERVER_PROTOCOL": protocol}
    body, status, sent = run_wsgi_app(app, environ)
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent if name != OWN)
    return connection, (status, lines.encode(), b"".join(body))


def again(connection, *, at_once: bool = False):
    answer = connection.repeat.answer(layer.time.monotonic(), at_once=at_once)
    if answer is None:
        return None
    lines, _, number = answer.lines.rpartition(f"{OWN}: ".encode())
    assert number == f"{answer.number}\r\n".encode()
    return answer.status, lines, answer.body


@pytest.mark.parametrize("path", PATHS)
def test_it_is_answered_as_if_it_were_read_anew(app, action, path):
    connection, first = ask(app, path)
    assert again(connection) == first
    assert connection.repeat.request == f"GET {path}".encode()
    _, other = ask(app, path)
    assert again(connection) == other


def test_what_its_client_has_already_is_not_sent_again(app, reader, action):
    token = reader.get(COUNTER).headers["ETag"].strip('"')
    for path, headers, status in (
        (f"{COUNTER}?v={token}", {}, "204 No Content"),
        (COUNTER, {"If-None-Match": f'W/"{token}"'}, "304 Not Modified"),
        (f"{COUNTER}?v=0-0-0-open-5", {}, "200 OK"),
    ):
        connection, first = ask(app, path, **headers)
        assert again(connection) == first
        assert first[0] == status


def test_a_report_is_seen_by_the_next_repetition_but_one_that_a_thread_has_read(app, reader, session, action):
    connection, first = ask(app, COUNTER)
    a_report(session, action, target=5, copy=0)
    assert again(connection) is None, "what is kept is too old"
    _, fresh = ask(app, COUNTER)
    assert again(connection) == fresh
    assert fresh != first


def test_a_page_that_showed_the_number_before_is_sent_the_new_one(app, reader, session, action):
    token = reader.get(COUNTER).headers["ETag"].strip('"')
    connection, first = ask(app, f"{COUNTER}?v={token}")
    a_report(session, action, target=5, copy=0)
    _, fresh = ask(app, COUNTER)
    assert (first[0], again(connection)) == ("204 No Content", fresh)


def test_each_answer_has_an_id_of_its_own_or_the_one_that_the_proxy_gave(app, action):
    connection, _ = ask(app, COUNTER)
    numbers = [connection.repeat.answer(layer.time.monotonic(), at_once=False).number for _ in range(3)]
    assert len(set(numbers)) == 3
    connection, _ = ask(app, COUNTER, **{OWN: "given-by-the-proxy"})
    assert connection.repeat.answer(layer.time.monotonic(), at_once=False).number == "given-by-the-proxy"


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("/en/actions/ua-12-26", {}),  # a page, whose form has keys of its own
        ("/en/actions/ua-12-26/letters", {}),
        ("/en/login", {}),
        ("/en/nowhere", {}),
        ("/en/actions/ua-99-26/counter", {}),
        (COUNTER, {"method": "HEAD"}),
        (COUNTER, {"method": "POST"}),
        (COUNTER, {"protocol": "HTTP/1.0"}),
        (COUNTER, {"Connection": "close"}),
        (COUNTER, {"Connection": "Upgrade"}),
        (COUNTER, {"Connection": "keep-alive, close"}),
        (COUNTER, {"Host": "evil.example"}),
    ],
)
def test_nothing_else_is_remembered(app, reader, action, path, how):
    reader.get(COUNTER)
    assert ask(app, path, **how)[0].repeat is None


def test_a_connection_that_stays_open_is_what_browsers_ask_for(app, action):
    assert ask(app, COUNTER, Connection="Keep-Alive")[0].repeat is not None


def test_the_main_loop_repeats_only_what_it_need_not_ask_of_another_machine(app, action, database):
    connection, first = ask(app, COUNTER)
    assert again(connection, at_once=True) == (first if database.startswith("sqlite") else None)


def test_an_action_that_is_gone_is_not_repeated(app, session, action):
    connection, _ = ask(app, COUNTER)
    action.published_at = None
    action.revision += 1
    session.commit()
    assert again(connection) is None
