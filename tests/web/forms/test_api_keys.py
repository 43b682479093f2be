"""The form for an API key."""

from tests.factories import a_group
from ua_tracker.models import ApiKey

PAGE = "/en/dashboard/keys"


def test_what_is_missing_is_said_at_its_field(office, session):
    a_group(session)
    page = office.get(PAGE).submit("Make the key", most_letters="0", days="8")
    assert page.status == 422
    said = [link["href"] for link in page.soup.select(".summary a")]
    assert said == ["#name", "#group", "#may_pledge", "#most_letters", "#days"]
    assert session.query(ApiKey).count() == 0


def test_nothing_is_granted_unless_it_is_chosen(office, session):
    a_group(session)
    page = office.get(PAGE)
    assert not page.soup.select("input[type=checkbox][checked]")
    assert page.soup.select_one("#group [selected]") is None
    page.submit("Make the key", name=" Sheet\u200b ", group="montreal", may_report="y", days="")
    key = session.query(ApiKey).one()
    told = (key.name, key.group.slug, key.may_pledge, key.may_report, key.may_read, key.most_letters, key.expires_at)
    assert told == ("Sheet", "montreal", False, True, False, 300, None)
