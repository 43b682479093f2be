"""Pages kept with holes are what Flask would have rendered, to the byte, and show every change at once."""

import gzip
import re
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from werkzeug.test import Client

from tests.factories import LONG_AGO, NOON, a_group, a_picture, a_pledge, a_report, an_action
from ua_tracker import actions, groups, public_notes, tally
from ua_tracker.models import Action
from ua_tracker.web import form_keys

PAGE = "/en/actions/ua-12-26"
PAGES = (PAGE, f"{PAGE}/letters", f"{PAGE}/share", f"{PAGE}/qr.svg", f"{PAGE}/qr.png", "/en/")
BY = {"actor": "rosa", "now": NOON}
HOST = "http://localhost"


@pytest.fixture
def kept(app) -> Client:
    """What people ask: the site with the layer that keeps pages."""
    return app.test_client(use_cookies=False)


@pytest.fixture
def rendered(app) -> Client:
    """Flask alone, without the layers in front of it."""
    return Client(partial(Flask.wsgi_app, app))


@pytest.fixture
def asked(app) -> list[str]:
    """The paths that Flask was asked to render."""
    paths: list[str] = []

    @app.before_request
    def note() -> None:
        from flask import request

        paths.append(request.path)

    return paths


def plain(answer) -> bytes:
    """The body with the keys of its form left out."""
    body = answer.get_data()
    body = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
    return re.sub(rb'(name="(?:csrf_token|once_key)" value=")[^"]+"', rb"\1", body)


def headers_of(answer) -> dict[str, str]:
    """The headers, but for the length of what was compressed otherwise, the date, and the number of the request."""
    left_out = {"Date", "X-Request-ID"} | ({"Content-Length"} if answer.headers.get("Content-Encoding") else set())
    return {name: value for name, value in answer.headers if name not in left_out}


def check(kept: Client, rendered: Client, path: str) -> bytes:
    """Asks twice, so that the second answer is a kept one; returns the body."""
    for headers in ({}, {"Accept-Encoding": "gzip, deflate"}):
        ours = kept.get(path, base_url=HOST, headers=headers)
        flasks = rendered.get(path, base_url=HOST, headers=headers)
        assert ours.status_code == flasks.status_code, path
        assert headers_of(ours) == headers_of(flasks), path
        assert plain(ours) == plain(flasks), path
    return plain(ours)


STATES = {
    "open": {},
    "draft": {"published_at": None},
    "scheduled": {"published_at": NOON + timedelta(days=1)},
    "three days left": {"deadline": date(2026, 3, 13)},
    "last day": {"deadline": NOON.date()},
    "reporting": {"deadline": date(2026, 3, 9)},
    "closed": {"deadline": date(2026, 1, 9)},
    "stopped": {"closed_at": LONG_AGO, "closed_reason": "stop action", "outcome": "Write no more."},
    "good news": {"closed_at": LONG_AGO, "closed_reason": "good news", "outcome": "She is free."},
    "practice": {"practice": True},
    "extended": {"earlier_deadlines": []},
}


@pytest.mark.parametrize("state", STATES)
def test_a_kept_page_is_the_rendered_one_in_every_state_and_language(kept, rendered, session, state):
    action = an_action(session, **STATES[state])
    a_group(session)
    if state == "extended":
        actions.extend(session, action, date(2026, 3, 20), revision=action.revision, **BY)
        session.commit()
    if state in ("open", "practice", "last day"):
        a_pledge(session, action, group="montreal")
        a_report(session, action)
        a_picture(session, action)
    for path in (PAGE, f"{PAGE}?group=montreal", f"{PAGE}/letters", f"{PAGE}/share", "/en/"):
        for language in ("en", "fr"):
            check(kept, rendered, path.replace("/en/", f"/{language}/"))


@pytest.mark.parametrize("query", ["group=montreal", "group=old", "group=gone", "group=none", "group=", "utm=1&x"])
def test_a_kept_page_is_the_rendered_one_whatever_group_the_query_names(kept, rendered, session, query):
    an_action(session)
    a_group(session)
    a_group(session, "old", "Old")
    groups.merge(session, "old", "montreal", **BY)
    a_group(session, "gone", "Gone")
    groups.retire(session, "gone", **BY)
    session.commit()
    for path in PAGES:
        check(kept, rendered, f"{path}?{query}")


def edit(session, action, clock):
    actions.edit(session, action, {"title": "ANOTHER TITLE"}, revision=action.revision, **BY)


def extend(session, action, clock):
    actions.extend(session, action, date(2026, 3, 20), revision=action.revision, **BY)


def close(session, action, clock):
    actions.close(session, action, reason="good news", outcome="Free.", revision=action.revision, **BY)


def add_a_group(session, action, clock):
    groups.add(session, "halifax", "Halifax")


def rename_a_group(session, action, clock):
    groups.rename(session, "montreal", "Montréal", **BY)


def retire_a_group(session, action, clock):
    groups.retire(session, "montreal", **BY)


def merge_groups(session, action, clock):
    groups.add(session, "halifax", "Halifax")
    groups.merge(session, "montreal", "halifax", **BY)


def put_a_picture(session, action, clock):
    a_picture(session, action)


def pledge(session, action, clock):
    a_pledge(session, action, letters=7)


def report(session, action, clock):
    a_report(session, action, target=9)


def correct(session, action, clock):
    public_notes.add(session, action, "Five letters were counted twice.", "en", **BY)


def let_midnight_pass(session, action, clock):
    clock.at = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)  # the first instant of 11 March in Toronto


def let_the_deadline_pass(session, action, clock):
    clock.at = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


CHANGES = (
    *(edit, extend, close, add_a_group, rename_a_group, retire_a_group, merge_groups, put_a_picture),
    *(pledge, report, correct, let_midnight_pass, let_the_deadline_pass),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_next_request_sees_what_has_changed(kept, rendered, session, clock, change):
    action = an_action(session)
    a_group(session)
    paths = (PAGE, f"{PAGE}?group=montreal", f"{PAGE}/letters", f"{PAGE}/share", "/en/")
    before = {path: check(kept, rendered, path) for path in paths}
    change(session, action, clock)
    session.commit()
    after = {path: check(kept, rendered, path) for path in before}
    assert before[f"{PAGE}?group=montreal"] != after[f"{PAGE}?group=montreal"]


def test_a_page_appears_when_its_publication_falls_due(kept, rendered, session, clock):
    an_action(session, published_at=NOON + timedelta(minutes=5))
    assert kept.get(PAGE).status_code == 404
    clock.pass_by(minutes=5)
    assert b"TEACHER" in check(kept, rendered, PAGE)


def test_a_pledge_renders_the_counter_alone_anew(kept, session, asked):
    action = an_action(session)
    for _ in range(3):
        kept.get(PAGE)
    assert asked == [PAGE, f"{PAGE}/counter"]
    a_pledge(session, action)
    for _ in range(3):
        assert b'data-count="letters-pledged">3<' in kept.get(PAGE).get_data()
    assert asked == [PAGE, f"{PAGE}/counter", f"{PAGE}/counter"]


def test_each_response_has_keys_of_its_own_made_at_that_moment(app, kept, session, clock):
    an_action(session)
    seen = set()
    for seconds in range(3):
        clock.at = NOON + timedelta(seconds=seconds)
        body = kept.get(PAGE).get_data(as_text=True)
        [token] = re.findall('name="csrf_token" value="([^"]+)"', body)
        [once_key] = re.findall('name="once_key" value="([^"]+)"', body)
        made_at = form_keys.made_at(token, "pledge ua-12-26", once_key, [app.config["SECRET_KEY"]])
        assert made_at == int(clock.at.timestamp())
        seen.add(once_key)
    assert len(seen) == 3


def test_a_form_of_a_kept_page_is_taken(reader, session):
    an_action(session)
    for name in ("Amal", "Ben"):
        thanks = reader.get(PAGE).submit("I will write", name=name, letters="2", htmx=True)
        assert thanks.status == 200
    assert tally.read(session, session.query(Action).one().id).letters_pledged == 4


def test_what_somebody_wrote_is_no_hole(kept, rendered, session):
    action = an_action(session, summary=["name"])
    counter = kept.get(f"{PAGE}/counter").get_data(as_text=True)
    texts = [counter, 'name="csrf_token" value="x"', 'name="once_key" value="x"', "\x01" * 40, "k" * 32]
    actions.edit(session, action, {"summary": texts}, revision=action.revision, **BY)
    session.commit()
    assert b"&lt;section id=" in check(kept, rendered, PAGE)


def test_what_a_page_reads_from_its_query_goes_to_flask(kept, session, asked):
    an_action(session)
    for path in (
        f"{PAGE}?theme=dark",
        f"{PAGE}/letters?channel=fax",
        f"{PAGE}/share?size=compact",
        f"{PAGE}?group=x y",
    ):
        asked.clear()
        bodies = [kept.get(path).get_data() for _ in range(2)]
        assert len(asked) == 2, path
        assert all(bodies)
    assert b'value="fax"' in kept.get(f"{PAGE}/letters?channel=fax").get_data()


def test_other_methods_and_brotli_alone_go_to_flask(kept, session):
    an_action(session)
    whole = kept.get(PAGE)
    head = kept.head(PAGE)
    assert (head.status_code, head.get_data()) == (200, b"")
    assert headers_of(head) == headers_of(whole)
    assert kept.get(PAGE, headers={"Accept-Encoding": "br"}).headers["Content-Encoding"] == "br"
    for accepted in ("gzip, deflate, br, zstd", "br, gzip", "*", "gzip;q=0.5"):
        assert kept.get(PAGE, headers={"Accept-Encoding": accepted}).headers["Content-Encoding"] == "gzip"
    for accepted in ("", "identity", "gzip;q=0", "deflate"):
        assert "Content-Encoding" not in kept.get(PAGE, headers={"Accept-Encoding": accepted}).headers


def test_a_page_with_a_form_may_be_stored_nowhere_and_sets_no_cookie(kept, session):
    an_action(session)
    for path in (PAGE, f"{PAGE}/letters"):
        for _ in range(2):
            answer = kept.get(path, headers={"Cookie": "session=x"})
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Vary"] == "Accept-Encoding"
