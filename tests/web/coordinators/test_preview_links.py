"""The office makes a link to a draft and revokes it; a group does not."""

from tests.factories import an_action
from ua_tracker.models import AuditEntry, PreviewLink

PAGE = "/en/dashboard/ua-12-26"


def test_a_link_is_shown_once_replaced_and_revoked(office, reader, session):
    an_action(session, published_at=None)
    made = [office.get(PAGE).submit(words) for words in ("Make a preview link", "Make a new preview link")]
    first, second = (page.soup.select_one("#preview-address")["href"].removeprefix("http://localhost") for page in made)
    assert second.rsplit("/")[-1] not in office.get(PAGE).html
    assert (reader.get(first).status, reader.get(second).status) == (404, 200)
    stored = session.query(PreviewLink).one()
    assert stored.token_hash not in second
    office.get(PAGE).submit("Revoke the link")
    assert reader.get(second).status == 404
    events = [line.event for line in session.query(AuditEntry).filter_by(subject="ua-12-26").order_by(AuditEntry.id)]
    assert events == ["preview made", "preview made", "preview revoked"]
    assert "preview link revoked" in office.get("/en/dashboard/history?subject=ua-12-26").text


def test_only_the_office_makes_one_and_only_of_a_draft_with_a_deadline(office, of_a_group, session):
    an_action(session)
    token = of_a_group.get("/en/dashboard/").soup.select_one("[name=csrf_token]")["value"]
    assert of_a_group.post(f"{PAGE}/preview", {"csrf_token": token}).status == 403
    token = office.get("/en/dashboard/").soup.select_one("[name=csrf_token]")["value"]
    assert office.post(f"{PAGE}/preview", {"csrf_token": token}).status == 409
    an_action(session, slug="ua-13-26", published_at=None, deadline=None)
    told = office.get("/en/dashboard/ua-13-26").submit("Make a preview link")
    assert (told.status, "has no deadline" in told.text) == (409, True)
    assert session.query(PreviewLink).count() == 0
