"""The mails about a pledge are stopped and started again, by a button alone."""

from tests.factories import a_pledge, an_action
from ua_tracker import private_links
from ua_tracker.models import Pledge


def stopped(session) -> bool:
    session.rollback()
    return session.query(Pledge).one().mails_stopped_at is not None


def test_mails_are_stopped_and_started_again_and_each_time_the_page_says_so(reader, session, app):
    a_pledge(session, an_action(session), once_key="k", email="amal@example.org")
    path = f"/en/pledges/{private_links.token_for('k', 'a secret for tests')}"
    page = reader.get(f"{path}/mails").submit("Send me no more reminders").follow()
    assert "You get no more reminders" in page.soup.select_one("[role=status]").get_text()
    assert stopped(session)
    assert (reader.get(f"{path}/mails?started=yes").status, stopped(session)) == (200, True)
    assert reader.get(f"{path}/mails/start").status == 405
    again = page.submit("Send me reminders again").follow()
    assert "You get reminders for this pledge again." in again.soup.select_one("[role=status]").get_text()
    assert not stopped(session)
