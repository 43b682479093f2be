"""Fields are copied from ones that were made before, and share nothing that a form may change."""

from tests.factories import NOON, an_action
from ua_tracker.web.forms.dashboard import ReasonForm
from ua_tracker.web.forms.pledging import PledgeForm
from ua_tracker.web.forms.reporting import ReportForm

FORM = {"name": "Amal", "letters": "3", "email_asked": "-"}


def test_what_one_form_changes_of_its_fields_is_as_it_was_in_the_next(app, session):
    with app.test_request_context("/en/dashboard"):
        asked = ReasonForm().asking("Why is it released?")
        assert str(asked.reason.label.text) == "Why is it released?"
        assert str(ReasonForm().reason.label.text) != "Why is it released?"
        first, second = PledgeForm.of_slug("ua-12-26"), PledgeForm.of_slug("ua-12-26")
        first.name.errors, first.letters.data, first.name.render_kw["autofocus"] = ["wrong"], 7, True
        assert (list(second.name.errors), second.letters.data) == ([], 1)
        assert "autofocus" not in second.name.render_kw
        assert second.name.meta is second.meta
        assert first.once_key.data != second.once_key.data


def test_labels_and_sentences_are_in_the_language_of_the_request(app, session):
    seen = []
    for language in ("en", "fr", "en"):
        with app.test_request_context(f"/{language}/actions/ua-12-26/pledges", method="POST", data={"letters": "x"}):
            form = PledgeForm.of_slug("ua-12-26")
            assert not form.validate()
            seen.append((str(form.name.label.text), form.letters.errors[0]))
    assert seen[0] == seen[2] == ("Your name or initials", "Write a whole number, as 3.")
    assert seen[1] != seen[0]


def test_forms_of_actions_with_other_recipients_have_other_fields(app, session):
    one = an_action(session)
    with app.test_request_context("/en/actions/ua-12-26/letters"):
        labels = [str(field.label.text) for field in ReportForm.for_action(one, NOON).counts]
        one.recipients[0].role, one.recipients[0].name = "Mayor", None
        assert [str(field.label.text) for field in ReportForm.for_action(one, NOON).counts] != labels


def test_a_form_that_is_only_read_gets_no_token(app, session):
    with app.test_request_context("/en/actions/ua-12-26/pledges", method="POST", data=FORM):
        form = PledgeForm.of_slug("ua-12-26")
        assert not vars(form.csrf_token).get("_made")
        assert form.keys.token == form.csrf_token.current_token == form.keys.token
