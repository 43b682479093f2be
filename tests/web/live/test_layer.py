"""The layer in front of Flask: its responses are never older than the database, and empty when nothing has changed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from tests.factories import a_pledge, a_report, an_action
from tests.reader import Reader
from ua_tracker.models import Action

COUNTER = "/en/actions/ua-12-26/counter"


def token_of(page) -> str:
    return page.soup.select_one("[hx-get]")["hx-get"].split("v=")[1]


def test_an_unchanged_counter_is_not_sent_again(reader, session):
    an_action(session)
    shown = reader.get(COUNTER)
    again = reader.get(f"{COUNTER}?v={token_of(shown)}")
    assert (again.status, again.html) == (204, "")
    assert reader.get(COUNTER, headers={"If-None-Match": shown.headers["ETag"]}).status == 304


def test_if_none_match_takes_lists_and_the_star(reader, session):
    """RFC 9110, 13.1.2: a star matches any version, a list any of its tags, compared weakly (8.8.3.2)."""
    an_action(session)
    tag = reader.get(COUNTER).headers["ETag"]
    for known in ("*", f'"old", {tag}', f'W/"older",W/{tag} , "x"', f"W/{tag}", f'"a,b", {tag}'):
        answer = reader.get(COUNTER, headers={"If-None-Match": known})
        assert (answer.status, answer.html, answer.headers["ETag"]) == (304, "", tag), known
    for other in ('"*"', '"old", "older"', "", ",", tag.strip('"')[:-1], f'"{tag}"', '"' * 4000):
        assert reader.get(COUNTER, headers={"If-None-Match": other}).status == 200, other
    a_pledge(session, session.scalar(select(Action)), letters=5)
    assert reader.get(COUNTER, headers={"If-None-Match": f"{tag}, W/{tag}"}).status == 200


@pytest.mark.parametrize("change", ["pledge", "report", "goal"])
def test_a_change_is_in_the_very_next_answer(reader, session, change):
    action = an_action(session)
    shown = reader.get(COUNTER)
    if change == "pledge":
        a_pledge(session, action, letters=5)
    elif change == "report":
        a_report(session, action, target=5)
    else:
        session.get(Action, action.id).goal = 777
        session.commit()
    after = reader.get(f"{COUNTER}?v={token_of(shown)}")
    assert after.status == 200
    assert {"pledge": "5", "report": "5", "goal": "777"}[change] in after.text


def test_what_one_worker_stored_the_other_shows_at_once(reader, session, an_app):
    action = an_action(session)
    other = Reader(an_app())
    for letters in (1, 2, 3):
        a_report(session, action, target=letters)
        first, second = reader.get(COUNTER), other.get(COUNTER)
        assert first.count("letters-sent") == second.count("letters-sent")
        assert first.html == second.html


@pytest.mark.parametrize("path", [COUNTER, "/fr/listing", "/api/v1/actions/ua-12-26", "/api/v1/actions"])
def test_flask_renders_once_until_something_changes(app, session, path):
    asked = []
    app.before_request(lambda: asked.append(path))
    action, reader = an_action(session), Reader(app)
    for _ in range(3):
        assert reader.get(path).status == 200
    assert len(asked) == 1
    a_report(session, action)
    for _ in range(3):
        assert reader.get(path).status == 200
    assert len(asked) == 2


def test_requests_that_come_together_render_a_change_once(app, session):
    """No view begins before all six requests have read the stamp."""
    asked, together = [], Barrier(6)
    app.before_request(lambda: asked.append(COUNTER))
    action, layer = an_action(session), app.extensions["ua_tracker.live"]
    Reader(app).get(COUNTER)
    a_report(session, action, target=5)
    read = layer.stamps.read

    def read_together(*arguments):
        stamp = read(*arguments)
        together.wait(20)
        return stamp

    layer.stamps.read = read_together
    with ThreadPoolExecutor(6) as pool:
        answers = [answer.result() for answer in [pool.submit(app.test_client().get, COUNTER) for _ in range(6)]]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(asked) == 2


def test_the_list_is_live_too(reader, session):
    action = an_action(session)
    shown = reader.get("/fr/listing")
    assert reader.get(f"/fr/listing?v={token_of(shown)}").status == 204
    a_report(session, action, target=9)
    assert reader.get(f"/fr/listing?v={token_of(shown)}").count("letters-sent") == 9


@pytest.mark.parametrize(("shown", "status"), [("5", 204), ("15", 204), ("1", 200), ("", 200), ("soon", 200)])
def test_a_page_gets_a_longer_interval_at_once_and_a_shorter_one_with_the_next_change(reader, session, shown, status):
    an_action(session)
    token = token_of(reader.get(COUNTER)).rpartition("-")[0]
    assert reader.get(f"{COUNTER}?v={token}-{shown}").status == status


def test_a_viewers_number_never_goes_back_on_a_machine_whose_database_lags_behind(reader, session):
    action = an_action(session)
    a_report(session, action, target=5)
    shown = reader.get(COUNTER)
    number, revision, totals, rest = token_of(shown).split("-", 3)
    assert reader.get(f"{COUNTER}?v={number}-{revision}-{int(totals) + 1}-{rest}").status == 204
    assert reader.get(f"{COUNTER}?v={number}-{revision}-{int(totals) - 1}-{rest}").count("letters-sent") == 5


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example", ""])
@pytest.mark.parametrize("path", [COUNTER, "/en/listing", "/api/v1/actions/ua-12-26", "/en/embed/ua-12-26"])
def test_no_kept_response_is_sent_to_a_host_name_that_is_not_ours(an_app, session, host, path):
    an_action(session)
    client = an_app(PUBLIC_URL="http://localhost").test_client()
    assert client.get(path).status_code == 200
    assert client.get(path, headers={"Host": host}).status_code == 400
    assert client.get(path).status_code == 200


def test_no_response_of_the_layer_sets_a_cookie_or_lacks_the_headers(reader, session):
    an_action(session)
    for page in (reader.get(COUNTER), reader.get(COUNTER)):
        assert page.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_a_new_practice_copy_shows_nothing_of_the_removed_one(app, reader, session):
    from ua_tracker import actions

    old = an_action(session, slug="practice", practice=True)
    a_report(session, old, target=9)
    assert reader.get("/en/actions/practice/counter").count("letters-sent") == 9
    shown = int(reader.get("/en/listing").soup.select_one("#list")["data-revision"])
    app.test_cli_runner().invoke(args=["actions", "remove", "practice"])
    session.expunge_all()
    assert int(reader.get("/en/listing").soup.select_one("#list")["data-revision"]) > shown
    new = an_action(session, slug="practice", practice=True)
    a_report(session, new, target=1)
    assert reader.get("/en/actions/practice/counter").count("letters-sent") == 1
    assert actions.find(session, "practice").id == new.id


@pytest.mark.parametrize(
    "path", ["/en/actions/a%00b", "/en/actions/a%00b/counter", "/en/pledges/a%00b", "/en/actions/Ünï"]
)
def test_a_path_that_no_action_can_have_is_404(reader, path):
    assert reader.get(path).status == 404


def test_a_database_that_fails_gives_an_error_page_of_the_site(reader, session):
    from sqlalchemy import text

    an_action(session)
    reader.get(COUNTER)
    session.execute(text("ALTER TABLE action_tallies RENAME TO elsewhere"))
    session.commit()
    try:
        assert reader.get(COUNTER).status in (500, 503)
    finally:
        session.execute(text("ALTER TABLE elsewhere RENAME TO action_tallies"))
        session.commit()
    assert reader.get(COUNTER).status == 200
