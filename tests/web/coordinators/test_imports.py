"""A document is uploaded or pasted, looked at line by line, and stored."""

import io

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from tests.factories import DOCUMENTS, NOON
from tests.rules.test_importing import SAMPLE
from ua_tracker import actions
from ua_tracker.models import Action, AuditEntry

IMPORT = "/en/dashboard/import"


def uploaded(office, content: bytes, **more):
    page = office.get(IMPORT)
    values = {**page.keys("Read the document"), "goal": "400", "text": "", **more}
    file = FileStorage(io.BytesIO(content), "ua.txt", "document")
    stream, _, boundary = stream_encode_multipart({**values, "document": file}, use_tempfile=False)
    return office.post(IMPORT, stream.read(), content_type=f"multipart/form-data; boundary={boundary}")


def test_each_value_is_beside_the_line_it_came_from(office):
    page = uploaded(office, SAMPLE.read_bytes())
    assert page.status == 200
    rows = {row["id"]: [cell.get_text() for cell in row.select("th, td")] for row in page.soup.select("tbody tr[id]")}
    deadline = next(cells for cells in rows.values() if "Deadline" in cells)
    assert "September 15, 2025" in deadline[1]
    assert any(cells[2] == "Title" for cells in rows.values())
    assert "Nothing. Please look at the values all the same." in page.text


def test_number_index_and_days_are_shown_as_read_and_not_as_their_line(office):
    page = uploaded(office, SAMPLE.read_bytes())
    rows = [[cell.get_text() for cell in row.select("td")] for row in page.soup.select(".lines tbody tr")]
    read = {field: value for _, field, value in rows}
    assert (read["UA number"], read["AI index"]) == ("109/23", "ASA 33/9519/2025")
    line, value = next((text, value) for text, field, value in rows if field == "Deadline")
    assert len(value) < 25 < len(line)


def test_what_was_seen_is_what_is_stored_and_a_draft(office, session):
    stored = uploaded(office, SAMPLE.read_bytes()).submit("Store it as a draft")
    assert stored.headers["Location"].endswith("/en/dashboard/ua-109-23-2/edit")
    action = session.query(Action).one()
    assert (action.goal, action.published_at, len(action.demands)) == (400, None, 3)
    assert office.get(stored.headers["Location"]).soup.select_one("#deadline")["value"] == "2025-09-15"


def test_a_document_read_again_leaves_the_goal_as_it_is(office, session):
    uploaded(office, SAMPLE.read_bytes(), goal="2000").submit("Store it as a draft")
    page = uploaded(office, SAMPLE.read_bytes(), goal="")
    assert "Storing the document would change nothing." in page.text
    assert page.submit("Store these changes").status == 303
    assert session.query(Action).one().goal == 2000


LATER = (
    SAMPLE.read_text()
    .replace("until September 15, 2025", "until October 1, 2025")
    .replace("Urgent Action Office", "Urgent Action Office West")
)


def test_of_a_known_action_the_preview_names_what_would_change(office, session):
    uploaded(office, SAMPLE.read_bytes()).submit("Store it as a draft")
    page = uploaded(office, LATER.encode(), goal="800")
    assert "This action is here already" in page.text
    rows = [" ".join(row.get_text().split()) for row in page.soup.select("#changes tbody tr")]
    assert "Deadline September 15, 2025 Deadline October 1, 2025" in rows
    assert "Goal (letters) 400 Goal (letters) 800" in rows
    assert page.submit("Store these changes").status == 303
    line = session.query(AuditEntry).filter_by(event="imported").order_by(AuditEntry.id.desc()).first()
    assert len(rows) == len(line.after)
    assert session.query(Action).one().goal == 800


def test_what_was_edited_since_the_preview_is_not_overwritten_unseen(office, session):
    page = uploaded(office, SAMPLE.read_bytes())
    uploaded(office, SAMPLE.read_bytes(), goal="900").submit("Store it as a draft")  # in another window
    told = page.submit("Store it as a draft")
    assert told.status == 409
    assert "This action was changed since this page was made, so nothing was stored." in told.text
    action = session.query(Action).one()
    by = {"revision": action.revision, "actor": "rosa", "now": NOON}
    actions.edit(session, action, {"title": "A BETTER TITLE"}, **by)
    session.commit()
    told = told.submit("Store these changes")
    assert (told.status, "A BETTER TITLE" in told.soup.select_one("#changes").get_text()) == (409, True)
    session.expire_all()
    assert session.query(Action).one().title == "A BETTER TITLE"
    assert told.submit("Store these changes").status == 303


@pytest.mark.parametrize(
    ("day", "words"),
    [("September 15, 9999", "Choose a day before January 1, 2036."), ("August 1, 2025", "it can only move to a later")],
)
def test_a_document_that_cannot_be_stored_says_so_before_anybody_tries(office, session, day, words):
    uploaded(office, SAMPLE.read_bytes()).submit("Store it as a draft")
    action = session.query(Action).one()
    actions.publish(session, action, actor="rosa", now=NOON)
    session.commit()
    page = uploaded(office, SAMPLE.read_text().replace("September 15, 2025", day).encode())
    assert words in page.soup.select_one("#impossible").get_text()
    assert not page.soup.select("form[action$=save]")
    keys = page.reader.get(IMPORT).keys("Read the document")
    text = SAMPLE.read_text().replace("September 15, 2025", day)
    forced = office.post(f"{IMPORT}/save", {**keys, "text": text, "revision": action.revision})
    assert (forced.status, words in forced.text) == (422, True)


def test_a_file_is_no_field_that_could_be_given_back_and_the_page_says_so(office):
    page = office.get(IMPORT)
    values = {**page.keys("Read the document"), "goal": "400", "text": ""}
    office.client.delete_cookie("session")
    file = FileStorage(io.BytesIO(SAMPLE.read_bytes()), "ua.txt", "document")
    stream, _, boundary = stream_encode_multipart({**values, "document": file}, use_tempfile=False)
    lost = office.post(IMPORT, stream.read(), content_type=f"multipart/form-data; boundary={boundary}")
    assert lost.status == 401
    assert "The file itself is not kept" in lost.text
    assert "Try again" not in lost.text


def test_in_french_no_word_of_ours_is_english(office):
    page = office.get("/fr/dashboard/import").submit("Lire le document", text=SAMPLE.read_text())
    read_as = {row.select("td")[1].get_text() for row in page.soup.select("tbody tr[id]")}
    assert {"Destinataire", "Copie", "Date limite"} <= read_as
    assert not read_as & {"targets", "copies", "deadline"}


def test_pressed_twice_it_is_stored_once_and_nothing_is_said_to_be_lost(office, session):
    page = uploaded(office, SAMPLE.read_bytes())
    for _ in range(2):
        assert page.submit("Store it as a draft").headers["Location"].endswith("/en/dashboard/ua-109-23-2/edit")
    assert session.query(AuditEntry).filter_by(event="imported").count() == 1


def test_doubts_are_listed_and_link_to_their_lines(office):
    page = uploaded(office, (DOCUMENTS / "no-deadline.md").read_bytes())
    assert "No deadline was found." in page.text


def test_pasted_text_is_as_good(office, session):
    page = office.get(IMPORT).submit("Read the document", text=SAMPLE.read_text())
    assert page.submit("Store it as a draft").status == 303
    assert session.query(Action).one().slug == "ua-109-23-2"


def test_what_is_no_document_gets_a_sentence(office, session):
    for content, sentence in (
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "This file is not text."),
        (b"Dear diary, today nothing happened.", "This is no Urgent Action"),
        (b"", "This file is empty."),
        (b"x" * (600 * 1024), "This file is over 512 kilobytes"),
    ):
        page = uploaded(office, content)
        assert page.status == 422, sentence
        assert sentence in page.text
    assert uploaded(office, b"x" * (3 * 1024 * 1024)).status == 413
    assert session.query(Action).count() == 0


def test_the_sentence_under_the_title_is_suggested_and_stored_with_the_document(office, session):
    page = uploaded(office, SAMPLE.read_bytes())
    assert "Write to: Minister of Interior. The letter" in page.text
    page.submit("Store it as a draft", lead="Ask the minister to stop.")
    assert session.query(Action).one().lead == "Ask the minister to stop."
    again = uploaded(office, SAMPLE.read_bytes())
    assert again.soup.select_one("#lead").get_text().strip() == "Ask the minister to stop."
    assert "would change nothing" in again.text
    again.submit("Store these changes", lead="")
    session.expire_all()
    assert session.query(Action).one().lead is None


def test_a_sentence_that_is_too_long_gives_the_preview_back(office, session):
    page = uploaded(office, SAMPLE.read_bytes()).submit("Store it as a draft", lead="x" * 201)
    assert page.status == 422
    assert "This is longer than 200 characters." in page.soup.select_one("#lead-error").get_text()
    assert page.submit("Store it as a draft", lead="Ask him.").status == 303
    assert session.query(Action).one().lead == "Ask him."


def test_a_sentence_is_not_lost_when_the_document_changes_nothing_else_meanwhile(office, session):
    uploaded(office, SAMPLE.read_bytes()).submit("Store it as a draft")
    page = uploaded(office, SAMPLE.read_bytes())
    session.query(Action).one().outcome = "Somebody else was quicker."
    session.commit()
    told = page.submit("Store these changes", lead="Ask him.")
    assert told.status == 409
    assert told.soup.select_one("#lead").get_text().strip() == "Ask him."


LOUD = "1.4 MILLION AFGHAN REFUGEES AT RISK OF DEPORTATION"
CALM = "1.4 million Afghan refugees at risk of deportation"


def titles_in(page) -> list[tuple[str, str, bool]]:
    """The titles to choose from, in order: the value, the title, whether it is chosen."""
    return [
        (one["value"], page.soup.select_one(f"label[for={one['id']}] strong").get_text(), one.has_attr("checked"))
        for one in page.soup.select("[name=title_case]")
    ]


@pytest.mark.parametrize(("case", "stored"), [(None, CALM), ("proposed", CALM), ("published", LOUD)])
def test_the_title_is_proposed_in_sentence_case_and_confirmed_or_restored(office, session, case, stored):
    page = uploaded(office, SAMPLE.read_bytes())
    assert titles_in(page) == [("proposed", CALM, True), ("published", LOUD, False)]
    assert page.submit("Store it as a draft", **({"title_case": case} if case else {})).status == 303
    assert session.query(Action).one().title == stored


def test_the_case_that_the_office_has_chosen_stays_when_the_document_comes_again(office, session):
    uploaded(office, SAMPLE.read_bytes()).submit("Store it as a draft", title_case="published")
    again = uploaded(office, SAMPLE.read_bytes())
    assert titles_in(again) == [("kept", LOUD, True), ("proposed", CALM, False)]
    assert "would change nothing" in again.text
    again.submit("Store these changes")
    action = session.query(Action).one()
    assert action.title == LOUD
    action.title = "1.4 million Afghan Refugees at risk of deportation"
    session.commit()
    third = uploaded(office, SAMPLE.read_bytes())
    assert [case for case, _, _ in titles_in(third)] == ["kept", "proposed", "published"]
    third.submit("Store these changes", title_case="proposed")
    session.expire_all()
    assert session.query(Action).one().title == CALM


def test_a_title_that_needs_no_choice_offers_none(office, session):
    page = uploaded(office, SAMPLE.read_text().replace(LOUD, "Many people at risk").encode())
    assert titles_in(page) == []
    page.submit("Store it as a draft")
    assert session.query(Action).one().title == "Many people at risk"


def test_the_preview_says_which_title_would_replace_the_present_one(office, session):
    uploaded(office, SAMPLE.read_bytes()).submit("Store it as a draft")
    changed = uploaded(office, SAMPLE.read_text().replace(LOUD, "AFGHAN REFUGEES AT RISK").encode())
    assert "Afghan refugees at risk" in changed.soup.select_one("#changes").get_text()
    changed.submit("Store these changes", title_case="nonsense")
    assert session.query(Action).one().title == "AFGHAN REFUGEES AT RISK"
