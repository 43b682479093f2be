"""A view declares beside its route that its responses are kept, and nowhere else."""

import time

import pytest
from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.factories import NOON, a_report, an_action
from tests.reader import Reader
from tests.web.live.test_responses import ODD_PATHS, PATHS
from ua_tracker import actions, revisions
from ua_tracker.database import db
from ua_tracker.web import counter
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import KeptRoutes, declared, kept

VALUES = {"lang": "fr", "slug": "ua-12-26"}


def with_view(app, rule: str, stamp, view) -> None:
    """Registers one more kept view on the app."""
    blueprint = Blueprint("shorter", __name__)
    blueprint.get(rule)(kept(stamp)(view))
    app.register_blueprint(blueprint)


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("/<lang:lang>/short/<slug:slug>", "/fr/short/ua-12-26"),
        ("/short.<slug:slug>.txt", "/short.ua-12-26.txt"),
        ("/<token:key>/<slug:slug>", "/0123456789abcdefXYZ/ua-12-26"),
    ],
)
def test_a_view_that_declares_it_is_kept_under_its_own_route(app, session, rule, path):
    asked = []

    def short(slug: str, key: str = "") -> Response:
        asked.append(slug)
        action = actions.find_published(db.session(), slug, NOON)
        view = counter.counter_of(db.session(), action, NOON)
        return versions.versioned(
            Response(f"{view.tally.letters_sent}", mimetype="text/plain"), view.stamp, view.state, None
        )

    with_view(app, rule, revisions.OF_ACTION, short)
    action, reader = an_action(session), Reader(app)
    first = [reader.get(path) for _ in range(3)]
    assert [page.html for page in first] == ["0", "0", "0"]
    assert asked == ["ua-12-26"]
    assert first[1].headers["ETag"]
    assert first[1].headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    a_report(session, action, target=7)
    assert [reader.get(path).html for _ in range(3)] == ["7", "7", "7"]
    assert len(asked) == 2


def test_a_view_that_sets_no_version_is_not_kept(app, session):
    asked = []

    def unversioned(slug: str) -> Response:
        asked.append(slug)
        return Response("as it is now", mimetype="text/plain")

    with_view(app, "/short/<slug:slug>", revisions.OF_ACTION, unversioned)
    an_action(session)
    reader = Reader(app)
    assert [reader.get("/short/ua-12-26").html for _ in range(2)] == ["as it is now"] * 2
    assert len(asked) == 2


def test_a_route_with_a_variable_of_another_form_is_refused(app):
    with_view(app, "/short.<any(svg, png):kind>", revisions.OF_LISTING, lambda kind: kind)
    with pytest.raises(ValueError, match=r"/short\.<any"):
        KeptRoutes(app)


def test_every_path_of_a_kept_view_is_recognised(app):
    urls, routes = app.url_map.bind("localhost"), KeptRoutes(app)
    rules = [rule for rule in app.url_map.iter_rules() if declared(app, rule.endpoint)]
    assert len(rules) >= 8
    for rule in rules:
        path = urls.build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})
        found, view = routes.match(path), declared(app, rule.endpoint)
        assert found is not None, rule.rule
        assert (found.stamp, found.varies_by_query) == view
        assert found.slug == ("ua-12-26" if "slug" in rule.arguments else None)


def test_no_path_is_wrongly_taken_for_that_of_a_kept_view(app):
    urls, routes = app.url_map.bind("localhost"), KeptRoutes(app)
    for path in (one.partition("?")[0] for one in PATHS):
        odd = [form.format(path) for form in ODD_PATHS]
        odd += [path.replace("ua-12-26", slug) for slug in ("UA-12-26", "-ua", "ua--12", "ua_12", "x", "ua-12-26/x")]
        odd += [path.replace("/en/", "/de/"), path.replace("/fr/", "/FR/"), path.replace(".", "x"), f"{path}x"]
        for one in odd:
            try:
                endpoint = urls.match(one)[0]
            except (HTTPException, RequestRedirect):
                endpoint = None
            assert routes.match(one) is None or declared(app, endpoint), one


def test_the_stamp_that_is_read_alone_equals_the_one_that_the_views_set(app, session):
    an_action(session, slug="ua-1-26")
    action = an_action(session)
    for _ in range(2):
        with app.test_request_context():
            stamps, read = revisions.StampReader(db.engine), db.session()
            stored = actions.find_published(read, "ua-12-26", NOON)
            shown = counter.counter_of(read, stored, NOON).stamp
            read_alone = stamps.read(revisions.OF_ACTION, "ua-12-26", time.monotonic())
            assert read_alone == shown == revisions.ActionStamp(*shown)
            assert shown.action_id == stored.id
            assert stamps.read(revisions.OF_LISTING, None, time.monotonic()) == revisions.of_listing(read)
            assert revisions.of_listing(read).published == 2
            assert stamps.read(revisions.OF_ACTION, "nowhere", time.monotonic()) is None
            stamps.close()
        a_report(session, action)
