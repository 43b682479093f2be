"""A document is uploaded or pasted, looked at beside its lines, corrected and stored."""

import io
import json
import textwrap

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from tests.factories import DOCUMENTS, NOON, PASSWORD, a_coordinator, a_report
from tests.made_files import column, pdf, printed
from tests.reader import CoordinatorReader, Reader
from tests.rules.test_importing import SAMPLE
from ua_tracker import actions
from ua_tracker.importing import confined
from ua_tracker.models import Action, AuditEntry, Import

IMPORT = "/en/dashboard/import"
STORE, CHANGES = "Store it as a draft", "Store these changes"


def sent(office, *contents: bytes, text: str = ""):
    """The answer to the upload of these files."""
    values = {**office.get(IMPORT).keys("Read the documents"), "text": text}
    files = [FileStorage(io.BytesIO(one), f"ua-{place}.txt", "documents") for place, one in enumerate(contents)]
    stream, _, boundary = stream_encode_multipart({**values, "documents": files}, use_tempfile=False)
    return office.post(IMPORT, stream.read(), content_type=f"multipart/form-data; boundary={boundary}")


def uploaded(office, content: bytes):
    """The preview of one document."""
    return sent(office, content).follow()


def typed(page, act: str = "store", **changes: str) -> dict[str, str]:
    """Everything that the form of a preview holds, with these changes, and the button that is pressed."""
    form = page.soup.select_one(".reading form")
    values = {field["name"]: field.get("value", "") for field in form.select("input")}
    values |= {field["name"]: field.get_text().removeprefix("\n") for field in form.select("textarea")}
    values |= {one["name"]: (one.select_one("[selected]") or {}).get("value", "") for one in form.select("select")}
    return {**values, "act": act, **changes}


def pressed(page, act: str = "store", **changes: str):
    """The answer to a button of the preview."""
    form = page.soup.select_one(".reading form")
    return page.reader.post(form["action"], typed(page, act, **changes))


def value(page, name: str) -> str:
    """What a field holds."""
    field = page.soup.select_one(f"#{name}")
    return field.get_text().strip() if field.name == "textarea" else field.get("value", "")


def about(page, name: str) -> str:
    """What the page says about the value of a field: it describes the field."""
    field = page.soup.select_one(f"#{name}")
    assert f"{name}-suggested" in field["aria-describedby"].split()
    return " ".join(page.soup.select_one(f"#{name}-suggested").get_text().split())


def test_each_value_is_a_field_that_leads_to_its_line_and_back(office):
    page = uploaded(office, SAMPLE.read_bytes())
    assert page.status == 200
    [link] = page.soup.select("#deadline-suggested a")
    line = page.soup.select_one(link["href"])
    assert "September 15, 2025" in line.get_text()
    assert line.select_one("a[href='#deadline']").get_text() == "Deadline"
    assert (value(page, "deadline"), value(page, "ua_number")) == ("2025-09-15", "109/23")
    assert value(page, "ai_index") == "ASA 33/9519/2025"
    assert value(page, "recipients-0-name") == "Syed Mohsin Raza Naqvi"
    assert value(page, "recipients-0-address_lines").splitlines()[-1] == "Islamabad, Pakistan"
    assert value(page, "office_email") == "urgentaction@amnesty.ca"
    assert "Nothing. Please look at the values all the same." in page.text


def test_how_sure_a_value_is_stands_in_words_and_changes_with_it(office):
    page = uploaded(office, SAMPLE.read_bytes())
    assert about(page, "deadline").startswith("Sure. Line ")
    again = pressed(page, "check", deadline="2025-10-01", **{"recipients-0-x": "@other"})
    assert again.status == 200
    assert about(again, "deadline").startswith("You changed it. Line ")
    assert about(again, "recipients-0-x").startswith("You changed it. Line ")
    assert about(again, "recipients-0-name").startswith("Likely. Line ")


def test_lines_that_nothing_was_read_from_are_shown_and_named_in_words(office):
    text = SAMPLE.read_text().replace("Email: [secretary", "Web site: interior.example.org  \nEmail: [secretary")
    page = uploaded(office, text.encode())
    [line] = [one for one in page.soup.select(".source li") if "interior.example.org" in one.get_text()]
    assert "unread" in line["class"]
    assert "Nothing was read from this line." in line.get_text()
    [doubt] = [one for one in page.soup.select(".doubts li") if "interior.example.org" in one.get_text()]
    assert doubt.select_one(f"a[href='#{line['id']}']")


def test_headings_of_the_document_are_headings(office):
    page = uploaded(office, SAMPLE.read_bytes())
    assert "PAKISTAN" in [one.get_text() for one in page.soup.select(".source h3")]


def test_what_the_form_holds_is_stored_and_the_history_says_what_was_typed(office, session):
    page = uploaded(office, SAMPLE.read_bytes())
    changes = {"deadline": "2025-10-01", "goal": "400", "demands": "Stop.\nListen.", "country": "Pakistan"}
    stored = pressed(page, **changes, **{"recipients-0-email": "office@interior.example.org"})
    assert stored.headers["Location"].endswith("/en/dashboard/ua-109-23-2")
    assert "Publish" in stored.follow().text
    action = session.query(Action).one()
    assert (str(action.deadline), action.goal, action.published_at) == ("2025-10-01", 400, None)
    assert (action.demands, action.deadline_wording) == (["Stop.", "Listen."], None)
    assert action.recipients[0].email == ["office@interior.example.org"]
    after = session.query(AuditEntry).filter_by(event="imported").one().after
    assert set(after["typed"]) == {"deadline", "demands", "recipients"}
    assert "Typed by the office" in office.get("/en/dashboard/history").text


def test_wrong_input_gets_its_sentence_at_its_field_and_nothing_is_lost(office, session):
    page = uploaded(office, SAMPLE.read_bytes())
    wrong = {"deadline": "2025-02-31", "ua_number": "twelve", "timezone": "Mars/Base", "title": "KEPT", "goal": "many"}
    told = pressed(page, **wrong, **{"recipients-0-role": "", "recipients-0-name": ""})
    assert told.status == 422
    for name, sentence in (
        ("deadline", "Write the day as year-month-day"),
        ("ua_number", "Write the number as 109/23."),
        ("timezone", "is no time zone"),
        ("goal", "Write a whole number"),
        ("recipients-0-role", "Write the role or the name."),
    ):
        assert sentence in told.soup.select_one(f"#{name}-error").get_text()
        assert told.soup.select_one(f".summary a[href='#{name}']")
    assert (value(told, "title"), value(told, "deadline")) == ("KEPT", "2025-02-31")
    assert session.query(Action).count() == 0
    later = office.get(told.soup.select_one(".reading form")["action"])
    assert (value(later, "title"), value(later, "deadline"), value(later, "goal")) == ("KEPT", "2025-02-31", "many")


def names(page) -> list[tuple[str, str, str]]:
    return [
        (page.soup.select_one(f"#recipients-{place}-kind [selected]")["value"],
         *(value(page, f"recipients-{place}-{part}") for part in ("role", "name")))
        for place in range(len(page.soup.select("fieldset.recipient")))
    ]  # fmt: skip


MINISTER = ("target", "Minister of Interior", "Syed Mohsin Raza Naqvi")
ENVOY = ("copy", "High Commissioner", "His Excellency Muhammad Saleem")


@pytest.mark.parametrize(
    ("act", "after", "focus"),
    [
        ("swap-0", [(MINISTER[0], MINISTER[2], MINISTER[1]), ENVOY], "recipients-0-role"),
        ("split-0", [(*MINISTER[:2], ""), ("target", "", MINISTER[2]), ENVOY], "recipients-1-name"),
        ("join-0", [MINISTER], "recipients-0-role"),
        ("move-1", [MINISTER, ("target", *ENVOY[1:])], "recipients-1-kind"),
        ("remove-0", [ENVOY], "recipients-0-role"),
        ("add-copy", [MINISTER, ENVOY, ("copy", "", "")], "recipients-2-role"),
        ("swap-7", [MINISTER, ENVOY], None),
    ],
)
def test_each_button_changes_the_list_keeps_what_is_typed_and_sets_the_focus(office, act, after, focus):
    page = uploaded(office, SAMPLE.read_bytes())
    assert names(page) == [MINISTER, ENVOY]
    changed = pressed(page, act, title="MINE", deadline="2025-02-31")
    assert names(changed) == after
    assert (value(changed, "title"), value(changed, "deadline")) == ("MINE", "2025-02-31")
    if focus:
        assert (changed.status, [one["id"] for one in changed.soup.select("[autofocus]")]) == (200, [focus])
        assert names(office.get(changed.soup.select_one(".reading form")["action"])) == after


def test_a_recipient_is_split_at_an_empty_line_and_joined_again(office):
    page = uploaded(office, SAMPLE.read_bytes())
    address = {"recipients-0-address_lines": "1 First Street\n\nSecond Person\n2 Second Street"}
    split = pressed(page, "split-0", **address)
    assert value(split, "recipients-0-address_lines") == "1 First Street"
    assert value(split, "recipients-1-name") == "Second Person"
    assert value(split, "recipients-1-address_lines") == "2 Second Street"
    joined = pressed(split, "join-0")
    assert value(joined, "recipients-0-address_lines").split("\n") == [
        "1 First Street", "Second Person", "2 Second Street",
    ]  # fmt: skip


def test_the_fields_of_a_recipient_still_lead_to_its_lines_after_it_was_moved(office):
    page = uploaded(office, SAMPLE.read_bytes())
    before = page.soup.select_one("#recipients-1-name-suggested a")["href"]
    moved = pressed(page, "remove-0")
    assert moved.soup.select_one("#recipients-0-name-suggested a")["href"] == before


def test_a_stored_action_keeps_nothing_that_the_office_took_out(office, session):
    pressed(uploaded(office, SAMPLE.read_bytes()))
    actions.publish(session, session.query(Action).one(), actor="rosa", now=NOON)
    session.commit()
    page = uploaded(office, SAMPLE.read_bytes())
    assert pressed(page, background="").status == 303
    session.expire_all()
    assert session.query(Action).one().background == []
    none_left = pressed(uploaded(office, SAMPLE.read_bytes()), "remove-0")
    refused = pressed(none_left)
    assert refused.status == 422
    assert "A published action needs a deadline and at least one target." in refused.text


LATER = (
    SAMPLE.read_text()
    .replace("until September 15, 2025", "until October 1, 2025")
    .replace("Urgent Action Office", "Urgent Action Office West")
)


def test_of_a_known_action_the_preview_names_what_would_change(office, session):
    pressed(uploaded(office, SAMPLE.read_bytes()), goal="400")
    page = pressed(uploaded(office, LATER.encode()), "check", goal="800")
    assert "This action is here already" in page.text
    rows = [" ".join(row.get_text().split()) for row in page.soup.select("#changes tbody tr")]
    assert "Deadline September 15, 2025 Deadline October 1, 2025" in rows
    assert "Goal (letters) 400 Goal (letters) 800" in rows
    assert pressed(page).status == 303
    line = session.query(AuditEntry).filter_by(event="imported").order_by(AuditEntry.id.desc()).first()
    assert len(rows) == len(line.after)
    assert session.query(Action).one().goal == 800


def test_what_the_document_does_not_say_is_as_the_action_has_it(office, session):
    pressed(uploaded(office, SAMPLE.read_bytes()), goal="2000", lead="Ask him to stop.")
    text = "\n".join(line for line in SAMPLE.read_text().splitlines() if "September 15, 2025" not in line)
    page = uploaded(office, text.encode())
    assert (value(page, "deadline"), value(page, "goal"), value(page, "lead")) == (
        "2025-09-15", "2000", "Ask him to stop.",
    )  # fmt: skip
    assert about(page, "deadline").startswith("As the action has it")
    assert "Storing the document would change nothing." in page.text


def test_what_was_edited_since_the_preview_is_not_overwritten_unseen(office, session):
    page = uploaded(office, SAMPLE.read_bytes())
    pressed(uploaded(office, SAMPLE.read_bytes()), goal="900")  # in another window
    told = pressed(page)
    assert told.status == 409
    assert "This action was changed since this page was made, so nothing was stored." in told.text
    action = session.query(Action).one()
    by = {"revision": action.revision, "actor": "rosa", "now": NOON}
    actions.edit(session, action, {"title": "A BETTER TITLE"}, **by)
    session.commit()
    told = pressed(told)
    assert (told.status, "A BETTER TITLE" in told.soup.select_one("#changes").get_text()) == (409, True)
    session.expire_all()
    assert session.query(Action).one().title == "A BETTER TITLE"
    assert pressed(told).status == 303


def test_another_number_is_another_action_and_is_not_overwritten_unseen(office, session):
    pressed(uploaded(office, SAMPLE.read_bytes()))
    other = SAMPLE.read_text().replace("109/23", "110/23").replace("9519", "9520").encode()
    page = uploaded(office, other)  # a new action
    told = pressed(page, ua_number="109/23", ai_index="ASA 33/9519/2025")
    assert (told.status, "This action is here already" in told.text) == (409, True)
    assert session.query(AuditEntry).filter_by(event="imported").count() == 1


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("September 15, 9999", "Choose a day before January 1, 2036."),
        ("August 1, 2025", "Move it to an earlier day"),
    ],
)
def test_a_document_that_cannot_be_stored_says_so_and_is_corrected(office, session, day, words):
    pressed(uploaded(office, SAMPLE.read_bytes()))
    actions.publish(session, session.query(Action).one(), actor="rosa", now=NOON)
    session.commit()
    page = uploaded(office, SAMPLE.read_text().replace("September 15, 2025", day).encode())
    assert words in page.soup.select_one("#impossible").get_text()
    told = pressed(page)
    assert (told.status, words in told.soup.select_one("#deadline-error").get_text()) == (422, True)
    assert pressed(told, deadline="2025-09-20").status == 303


def test_a_file_is_no_field_that_could_be_given_back_and_the_page_says_so(office):
    page = office.get(IMPORT)
    office.client.delete_cookie("session")
    file = FileStorage(io.BytesIO(SAMPLE.read_bytes()), "ua.txt", "documents")
    values = {**page.keys("Read the documents"), "text": "", "documents": file}
    stream, _, boundary = stream_encode_multipart(values, use_tempfile=False)
    lost = office.post(IMPORT, stream.read(), content_type=f"multipart/form-data; boundary={boundary}")
    assert lost.status == 401
    assert "The file itself is not kept" in lost.text
    assert "Try again" not in lost.text


def test_in_french_no_word_of_ours_is_english(office):
    page = office.get("/fr/dashboard/import").submit("Lire les documents", text=SAMPLE.read_text()).follow()
    read_as = {link.get_text().split(":")[0].strip() for link in page.soup.select(".became a")}
    assert {"Destinataire", "Copie", "Date limite"} <= read_as
    assert not read_as & {"targets", "copies", "deadline", "Target", "Copy", "Deadline"}
    assert about(page, "deadline").startswith("Sûr.")


def test_pressed_twice_it_is_stored_once_and_nothing_is_said_to_be_lost(office, session):
    page = uploaded(office, SAMPLE.read_bytes())
    for _ in range(2):
        assert pressed(page).headers["Location"].endswith("/en/dashboard/ua-109-23-2")
    assert session.query(AuditEntry).filter_by(event="imported").count() == 1
    assert session.query(Import).one().content == b""


def test_doubts_come_first(office):
    page = uploaded(office, (DOCUMENTS / "no-deadline.md").read_bytes())
    assert "No deadline was found." in page.soup.select_one(".doubts").get_text()
    assert [one["class"] for one in page.soup.select(".doubts, .reading")] == [["doubts"], ["reading"]]


def test_a_doubt_about_nobody_leads_to_where_somebody_is_added(office):
    page = uploaded(office, b"UA 14/26 Index: ASA 33/9519/2026\n\nPAKISTAN\n\nSHEPHERDS HELD\n\nThey were taken away.")
    [doubt] = [one for one in page.soup.select(".doubts li") if "No target was found." in one.get_text()]
    assert page.soup.select_one(doubt.a["href"]).get_text() == "Targets and copies"


def test_pasted_text_is_as_good(office, session):
    page = office.get(IMPORT).submit("Read the documents", text=SAMPLE.read_text()).follow()
    assert pressed(page).status == 303
    assert session.query(Action).one().slug == "ua-109-23-2"


def test_what_is_no_document_gets_a_sentence(office, session):
    for content, sentence in (
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "This is a picture: no text can be read from it."),
        (b"Dear diary, today nothing happened.", "This is no Urgent Action"),
        (b"", "This file is empty."),
        (b"x" * (600 * 1024), "This file is over 512 kilobytes"),
    ):
        page = sent(office, content)
        assert page.status == 422, sentence
        assert sentence in page.text
    assert session.query(Import).count() == 0


def test_where_nothing_is_chosen_the_sentence_says_so(office, session):
    told = office.get(IMPORT).submit("Read the documents")
    assert told.status == 422
    assert "Choose a file, or paste the text of the document." in told.text


def test_several_documents_become_a_list_that_leads_to_each(office, session):
    pressed(uploaded(office, SAMPLE.read_bytes()))
    other = SAMPLE.read_text().replace("109/23", "110/23").replace("9519", "9520").encode()
    page = sent(office, SAMPLE.read_bytes(), LATER.encode(), other, b"Dear diary").follow()
    rows = [" ".join(one.get_text().split()) for one in page.soup.select(".waiting li")]
    assert [any(words in row for row in rows) for words in (
        "Stored as ua-109-23-2", "Would change nothing in ua-109-23-2", "Would change ua-109-23-2", "A new action",
        "ua-3.txt Error: This is no Urgent Action",
    )] == [True] * 5  # fmt: skip
    assert session.query(Action).count() == 1
    [new] = [one for one in page.soup.select(".waiting li") if "A new action" in one.get_text()]
    assert pressed(office.get(new.a["href"])).status == 303
    assert session.query(Action).filter_by(slug="ua-110-23-2").one().published_at is None


def test_a_document_is_removed_and_an_old_one_is_forgotten(office, session, clock):
    page = sent(office, SAMPLE.read_bytes(), b"Dear diary").follow()
    gone = page.submit("Remove from the list").follow()
    assert len(gone.soup.select(".waiting li")) == 1
    clock.pass_by(days=2)
    office.sign_in("oda@example.org", PASSWORD)
    sent(office, LATER.encode())
    assert session.query(Import).count() == 1


def test_a_document_is_seen_by_the_one_who_uploaded_it_alone(app, office, session):
    address = sent(office, SAMPLE.read_bytes()).headers["Location"]
    a_coordinator(session, "rosa@example.org")
    rosa = CoordinatorReader(app)
    rosa.sign_in("rosa@example.org", PASSWORD)
    keys = rosa.get(IMPORT).keys("Read the documents")
    assert rosa.get(address).status == 404
    assert rosa.post(address, {**keys, "act": "store"}).status == 404
    assert rosa.post(f"{address}/remove", keys).status == 404
    assert "109/23" not in rosa.get(IMPORT).text


def test_a_pdf_is_shown_as_its_pages_to_the_one_who_uploaded_it(app, office, session):
    page = uploaded(office, (DOCUMENTS / "printed.pdf").read_bytes())
    pictures = page.soup.select(".source img")
    assert pictures[0]["alt"].startswith("Page 1 of ua-0.txt")
    assert page.soup.select(".source li")
    drawn = office.get(pictures[0]["src"])
    assert (drawn.status, drawn.headers["Content-Type"], drawn.headers["Cache-Control"]) == (
        200, "image/webp", "no-store",
    )  # fmt: skip
    assert office.get(pictures[0]["src"].replace("1.webp", "99.webp")).status == 404
    a_coordinator(session, "rosa@example.org")
    rosa = CoordinatorReader(app)
    rosa.sign_in("rosa@example.org", PASSWORD)
    assert rosa.get(pictures[0]["src"]).status == 404


def test_more_documents_than_can_be_looked_at_are_refused(office):
    told = sent(office, *[b"x"] * 21)
    assert (told.status, "Choose at most 20 documents at once." in told.text) == (422, True)


def test_the_sentence_under_the_title_is_suggested_and_stored_with_the_document(office, session):
    page = uploaded(office, SAMPLE.read_bytes())
    assert "Write to: Minister of Interior. The letter" in page.text
    too_long = pressed(page, lead="x" * 201)
    assert "This is longer than 200 characters." in too_long.soup.select_one("#lead-error").get_text()
    pressed(too_long, lead="Ask the minister to stop.")
    assert session.query(Action).one().lead == "Ask the minister to stop."
    again = uploaded(office, SAMPLE.read_bytes())
    assert value(again, "lead") == "Ask the minister to stop."
    pressed(again, lead="")
    session.expire_all()
    assert session.query(Action).one().lead is None


LOUD = "1.4 MILLION AFGHAN REFUGEES AT RISK OF DEPORTATION"
CALM = "1.4 million Afghan refugees at risk of deportation"


def offers(page) -> list[str]:
    """The other titles that can be taken."""
    return [one["value"] for one in page.soup.select("[name=act][value^=title-]")]


def test_the_title_is_proposed_in_sentence_case_and_the_published_one_is_a_button_away(office, session):
    page = uploaded(office, SAMPLE.read_bytes())
    assert (value(page, "title"), offers(page)) == (CALM, ["title-published"])
    loud = pressed(page, "title-published")
    assert (value(loud, "title"), offers(loud)) == (LOUD, ["title-proposed"])
    assert about(loud, "title").startswith("Sure.")
    assert pressed(loud).status == 303
    assert session.query(Action).one().title == LOUD


def test_the_case_that_the_office_has_chosen_stays_when_the_document_comes_again(office, session):
    pressed(uploaded(office, SAMPLE.read_bytes()), title=LOUD)
    again = uploaded(office, SAMPLE.read_bytes())
    assert (value(again, "title"), offers(again)) == (LOUD, ["title-proposed"])
    assert "would change nothing" in again.text
    taken = pressed(again, "title-proposed")
    assert (value(taken, "title"), offers(taken)) == (CALM, ["title-kept"])
    pressed(taken)
    session.expire_all()
    assert session.query(Action).one().title == CALM


def published(office, session, text: str) -> Action:
    """The action of this document, published."""
    stored = pressed(uploaded(office, text.encode()))
    session.expire_all()
    action = session.query(Action).filter_by(slug=stored.headers["Location"].rpartition("/")[2]).one()
    actions.publish(session, action, actor="rosa", now=NOON)
    session.commit()
    return action


AHEAD = SAMPLE.read_text().replace("September 15, 2025", "March 20, 2026")


def test_another_issue_joins_its_case_and_the_older_page_points_to_it(app, office, session):
    published(office, session, AHEAD)
    third = AHEAD.replace("Second UA", "Third UA").replace("9519", "9600").replace("June 20, 2025", "February 2, 2026")
    assert published(office, session, third).slug == "ua-109-23-3"
    for lang, words in (
        ("en", "There is a newer issue of this case:"),
        ("fr", "Ce cas a une publication plus récente"),
    ):
        page = Reader(app).get(f"/{lang}/actions/ua-109-23-2")
        assert words in page.text
        assert page.soup.select_one(f"main > .notice a[href='/{lang}/actions/ua-109-23-3']")
    assert "newer issue" not in Reader(app).get("/en/actions/ua-109-23-3").text
    newer = [json.loads(Reader(app).get(f"/api/v1/actions/ua-109-23-{one}").html)["newer_issue"] for one in (2, 3)]
    assert (newer[0]["slug"], newer[1]) == ("ua-109-23-3", None)


def test_the_next_document_of_a_case_has_what_is_here_of_it_beside_it(office, session):
    first = published(office, session, AHEAD)
    a_report(session, first, target=7)
    link = office.get(f"/en/dashboard/{first.slug}").soup.find("a", string="Import the next document of this case")
    page = office.get(link["href"])
    facts = " ".join(page.soup.select_one(".case").get_text(" ").split())
    for words in ("The case so far: UA 109/23", first.title, "June 20, 2025", "March 20, 2026",
                  first.targets[0].address_lines[0], first.demands[0], "Letters sent 7"):  # fmt: skip
        assert words in facts, words
    third = AHEAD.replace("Second UA", "Third UA").replace("9519", "9600").replace("June 20, 2025", "February 2, 2026")
    preview = uploaded(office, third.encode())
    assert first.title in preview.soup.select_one("details.case").get_text()
    assert not uploaded(office, AHEAD.encode()).soup.select(".case")  # it is that issue, and compared with it already
    for other in ("", "?case=", "?case=1/99", "?case=%00", "?case=x"):
        assert not office.get(f"/en/dashboard/import{other}").soup.select(".case"), other


def test_an_extension_keeps_the_old_deadline_and_the_page_says_so(app, office, session):
    published(office, session, AHEAD)
    assert pressed(uploaded(office, AHEAD.replace("March 20, 2026", "April 2, 2026").encode())).status == 303
    session.expire_all()
    [(old, new)] = session.query(Action).one().extensions
    assert (str(old), str(new)) == ("2026-03-20", "2026-04-02")
    assert "The deadline was extended from" in Reader(app).get("/en/actions/ua-109-23-2").text


def test_an_update_that_ends_the_case_closes_its_actions_with_one_button(app, office, session):
    action = published(office, session, AHEAD)
    stop = AHEAD.replace("## **PAKISTAN**", "## **STOP ACTION**\n\n## **PAKISTAN**").replace("9519", "9601")
    page = pressed(uploaded(office, stop.replace("Second UA", "UA").encode())).follow()
    assert "This document ends the case" in page.text
    assert "Publish later" not in page.text
    unanswered = page.submit("Close them now", outcome="They may stay.")
    assert (unanswered.status, "Choose why it ends." in unanswered.text) == (422, True)
    closed = unanswered.submit("Close them now", reason="good news", outcome="They may stay.")
    assert closed.status == 303
    session.expire_all()
    assert (action.closed_reason, action.outcome) == ("good news", "They may stay.")
    assert "No action of the case runs any more." in closed.follow().text
    assert "They may stay." in Reader(app).get("/en/actions/ua-109-23-2").text


def test_a_document_without_a_number_gets_a_short_name_that_its_address_is_made_of(office, session):
    page = uploaded(office, SAMPLE.read_bytes())
    nameless = pressed(page, ua_number="", ai_index="", short_name="")
    assert nameless.status == 422
    assert "a short name." in nameless.soup.select_one("#short_name-error").get_text()
    assert pressed(nameless, short_name="7 up").status == 422
    stored = pressed(nameless, short_name="afghan-refugees")
    assert stored.headers["Location"].endswith("/en/dashboard/ua-afghan-refugees")
    assert session.query(Action).one().case is None
    again = pressed(uploaded(office, SAMPLE.read_bytes()), ua_number="", ai_index="", short_name="afghan-refugees")
    assert (again.status, "This action is here already" in again.text) == (409, True)


def test_where_as_many_documents_are_read_as_may_be_the_reader_is_asked_to_come_again(office, session, monkeypatch):
    monkeypatch.setattr(confined, "_room", confined.Room(at_once=0, patience=0))
    page = sent(office, SAMPLE.read_bytes() + b"\n")
    assert (page.status, page.headers["Retry-After"]) == (503, "5")
    assert "Other documents are being read at this moment." in page.text
    assert session.query(Import).count() == 0


def test_a_pdf_is_read_as_well(office):
    lines = [line.replace("*", "").replace("#", "").strip() for line in SAMPLE.read_text().splitlines()]
    rows = [part for line in lines for part in (textwrap.wrap(line, 90) or [""])]
    pages = [printed(*column(40, 800, rows[place : place + 52])) for place in range(0, len(rows), 52)]
    page = uploaded(office, pdf(pages))
    assert value(page, "ua_number") == "109/23"
