"""The form to open a letter evening offers the groups that the coordinator may choose."""

from tests.factories import a_group
from ua_tracker.web.forms.open_evenings import OpenEveningForm


def test_the_office_chooses_a_group_and_a_coordinator_of_a_group_has_one(app, session):
    a_group(session)
    a_group(session, "halifax", "Halifax")
    with app.test_request_context("/en/dashboard/ua-12-26/evenings"):
        every, own = OpenEveningForm.offering(None, fresh=True), OpenEveningForm.offering("halifax", fresh=True)
        assert {choice.value for choice in every.group.choices} == {"", "montreal", "halifax"}
        assert [choice.value for choice in own.group.choices] == ["halifax"]
