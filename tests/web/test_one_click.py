"""Providers of mailboxes unsubscribe from their own pages and servers (RFC 8058); no other post of theirs is taken."""

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_pledge, an_action
from tests.reader import Reader
from ua_tracker import private_links
from ua_tracker.models import Pledge

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FOREIGN = [
    {"Origin": "https://mail.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"},
    {"Sec-Fetch-Site": "same-site"},
    {"Cookie": "session=nothing", "Origin": "https://mail.example"},
    {},
]


@pytest.fixture
def paths(session) -> dict[str, str]:
    """The link that stops the mails about a pledge, and that of mails which an older version sent."""
    pledge = a_pledge(session, an_action(session), once_key="before", email="amal@example.org")
    private_links.issue(session, pledge, private_links.token_for("before", SECRET, "stop"), NOON, private_links.STOP)
    session.commit()
    of_page = f"/en/pledges/{private_links.token_for('before', SECRET)}"
    stop = f"/en/pledges/{private_links.token_for('before', SECRET, 'stop')}/stop"
    return {"stop": stop, "older": f"{of_page}/mails", "page": of_page}


def stopped_at(session):
    session.rollback()
    return session.scalars(select(Pledge.mails_stopped_at)).one()


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("link", ["stop", "older"])
def test_one_click_is_taken_from_any_site_and_from_none(reader, session, paths, link, headers):
    for kinds in ({}, {"content_type": "multipart/form-data"}):  # RFC 8058 names both
        answer = reader.post(paths[link], ONE_CLICK, headers=headers, **kinds)
        assert (answer.status, answer.html) == (204, "")
        assert "Set-Cookie" not in answer.headers
    assert stopped_at(session) == NOON


@pytest.mark.parametrize("headers", FOREIGN[:4], ids=str)
def test_every_other_post_from_another_site_is_still_403(reader, session, paths, headers):
    keys = reader.get(paths["stop"]).keys("Send me no more reminders")
    for values in ({}, keys, {"List-Unsubscribe": "one-click"}, {"x": "List-Unsubscribe=One-Click"}):
        assert reader.post(paths["stop"], values, headers=headers).status == 403
    for below in ("/withdraw", "/erase", "/mails/start", "/mails/wanted"):
        assert reader.post(paths["page"] + below, ONE_CLICK, headers=headers).status == 403
    for elsewhere in ("/en/actions/ua-12-26/pledges", "/en/pledges/lost", "/en/login"):
        assert reader.post(elsewhere, ONE_CLICK, headers=headers).status in (403, 404)
    assert stopped_at(session) is None


def test_one_provider_unsubscribes_more_people_in_a_minute_than_one_network_may_write(session, an_app, paths):
    limited = Reader(an_app(RATELIMIT_ENABLED="yes"))
    statuses = {limited.post(paths["stop"], ONE_CLICK).status for _ in range(95)}
    assert statuses == {204}
