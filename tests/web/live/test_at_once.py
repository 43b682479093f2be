"""What the main loop of a server answers itself: what is kept and still true, and nothing else."""

from types import SimpleNamespace

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.factories import a_group, a_report, an_action
from tests.web.live.test_responses import PATHS
from ua_tracker.at_once import NotAtOnce, path_of

COUNTER = "/en/actions/ua-12-26/counter"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def action(session):
    a_group(session)
    return an_action(session)


def at_once(app, path: str, method: str = "GET", **headers: str):
    """The answer to the main loop. Raises NotAtOnce where a thread has to give it."""
    environ = EnvironBuilder(path, "http://localhost", method=method, headers=headers).get_environ()
    environ["gunicorn.socket"] = SimpleNamespace(at_once=True)
    body, status, _ = run_wsgi_app(app, environ)
    return status, b"".join(body).decode()


def is_left_to_a_thread(app, path: str, method: str = "GET", **headers: str) -> bool:
    try:
        at_once(app, path, method, **headers)
    except NotAtOnce:
        return True
    return False


@ON_SQLITE
@pytest.mark.parametrize("path", PATHS)
def test_what_is_kept_is_answered_once_a_thread_has_rendered_it(app, reader, action, path):
    assert not app.keeps(path.partition("?")[0].encode())
    assert is_left_to_a_thread(app, path)
    rendered = reader.get(path).html
    assert app.keeps(path.partition("?")[0].encode())
    assert at_once(app, path) == ("200 OK", rendered)


@ON_SQLITE
def test_a_report_is_rendered_by_a_thread_before_anybody_sees_it(app, reader, session, action):
    reader.get(COUNTER)
    a_report(session, action, target=5, copy=0)
    assert is_left_to_a_thread(app, COUNTER)
    fresh = reader.get(COUNTER).html
    assert at_once(app, COUNTER) == ("200 OK", fresh)


@ON_SQLITE
def test_pages_forms_and_other_peoples_hosts_are_left_to_threads(app, reader, action):
    reader.get(COUNTER)
    reader.get("/en/actions/ua-12-26")
    assert is_left_to_a_thread(app, "/en/actions/ua-12-26")
    assert is_left_to_a_thread(app, COUNTER, method="POST")
    assert is_left_to_a_thread(app, COUNTER, host="evil.example")
    assert is_left_to_a_thread(app, "/en/actions/ua-99-26/counter")
    assert not is_left_to_a_thread(app, COUNTER)


@ON_SQLITE
def test_a_database_that_is_away_is_looked_for_by_threads(app, reader, session, action, tmp_path):
    reader.get(COUNTER)
    session.close()
    file = tmp_path / "ua_tracker.db"
    file.rename(tmp_path / "elsewhere")
    assert is_left_to_a_thread(app, COUNTER)
    (tmp_path / "elsewhere").rename(file)
    assert is_left_to_a_thread(app, COUNTER), "the loop looked again at once"
    assert reader.get(COUNTER).status == 200


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_nothing_is_kept_for_the_loop_where_the_database_is_over_a_network(app, reader, action):
    reader.get(COUNTER)
    assert not app.keeps(COUNTER.encode())


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (b"GET /en/listing?v=3 HTTP/1.1\r\n\r\n", b"/en/listing"),
        (b"GET /en/listing HTTP/1.1\r\n\r\n", b"/en/listing"),
        (b"POST /en/listing HTTP/1.1\r\n\r\n", b""),
        (b"GET", b""),
        (b"GET http://localhost/en/listing HTTP/1.1\r\n\r\n", b"http://localhost/en/listing"),
    ],
)
def test_the_path_of_a_request(request_, path):
    assert path_of(request_) == path
