"""The form for a webhook offers what it can be told of, and keeps what it has."""

from datetime import timedelta

from tests.factories import NOON, a_group, a_webhook, an_action
from ua_tracker import groups
from ua_tracker.web.forms.webhooks import WebhookForm


def test_no_practice_copy_is_offered_and_a_group_that_takes_part_no_longer_is_kept(app, session):
    an_action(session)
    an_action(session, slug="practice", practice=True)
    a_group(session)
    hook = a_webhook(session, "https://crm.example.org/", group="montreal", topics=("pledge",))
    groups.retire(session, "montreal", actor="tests", now=NOON + timedelta(days=1))
    session.commit()
    with app.test_request_context("/en/dashboard/webhooks/1"):
        form = WebhookForm.offering(session.merge(hook))
        assert [one.value for one in form.action.choices] == ["", "ua-12-26"]
        assert [one.value for one in form.group.choices] == ["", "montreal"]
        assert (form.url.data, form.topics.data, form.group.data) == (hook.url, ["pledge"], "montreal")
        assert [one.value for one in WebhookForm.offering().group.choices] == [""]
