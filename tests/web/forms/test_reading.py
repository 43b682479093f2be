"""What was read from a document as a form, and what its buttons do."""

from ua_tracker.importing import Draft
from ua_tracker.web.forms.reading import ReadForm

TITLE = "FISHERS OF LA CÔTE D’ÉMERAUDE KEPT FROM THEIR HARBOUR"


def test_a_short_name_is_proposed_where_there_is_neither_number_nor_index(app):
    with app.test_request_context("/en/dashboard/import"):
        form = ReadForm.of(Draft(title=TITLE, proposed_title=TITLE), None, "America/Toronto")
        assert form.short_name.data == "fishers-of-la-cote-d-emeraude-kept-from"
        assert ReadForm.of(Draft(title=TITLE, ua_number="1/26"), None, "America/Toronto").short_name.data is None


def test_what_is_typed_is_kept_as_typed_also_where_it_is_wrong(app):
    typed = {"deadline": "2026-02-31", "goal": "many", "recipients-0-kind": "copy", "recipients-0-name": "Ana"}
    with app.test_request_context("/en/dashboard/import"):
        kept = ReadForm.again(typed).kept
        assert {name: kept[name] for name in typed} == typed
        assert ReadForm.again(kept).kept == kept
