"""The office gives an action a picture, describes it, replaces and removes it."""

import io

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from tests.factories import NOON, a_photograph, a_picture, an_action
from ua_tracker.actions import pictures
from ua_tracker.limits import LARGEST_PICTURE_BYTES, LONGEST_CREDIT, LONGEST_DESCRIPTION
from ua_tracker.models import AuditEntry, Picture, PictureFile

PICTURE = "/en/dashboard/ua-12-26/picture"
PAGE = "/en/actions/ua-12-26"


def stored(office, page, content: bytes | None = None, **words):
    """The form of this page, with a file and words."""
    form = page.form("Store the picture")
    values = {one["name"]: one.get("value", "") for one in form.select("input[name]:not([type=file])")}
    values |= {one["name"]: one.get_text().lstrip("\n") for one in form.select("textarea")}
    if content is not None:
        values["picture"] = FileStorage(io.BytesIO(content), "photo.jpg", "picture")
    stream, _, boundary = stream_encode_multipart({**values, **words}, use_tempfile=False)
    return office.post(PICTURE, stream.read(), content_type=f"multipart/form-data; boundary={boundary}")


def test_a_picture_is_uploaded_described_seen_by_the_public_and_removed(office, session):
    an_action(session)
    page = office.get("/en/dashboard/ua-12-26")
    assert [link["href"] for link in page.soup.select("nav a") if link.get_text() == "Picture"] == [PICTURE]
    empty = office.get(PICTURE)
    assert "has no picture" in empty.text
    page = stored(office, empty, a_photograph(), description=" Ana Lopez. ", credit="© Private").follow()
    assert "The picture is stored." in page.soup.get_text()
    assert page.soup.img["src"].startswith("data:image/webp;base64,")
    assert page.soup.img["alt"] == "Ana Lopez."
    assert office.get(PAGE).soup.figure.img["alt"] == "Ana Lopez."
    gone = page.submit("Remove the picture").follow()
    assert "The picture is removed." in gone.soup.get_text()
    assert not office.get(PAGE).soup.select("figure")
    history = office.get("/en/dashboard/history").text
    assert "Description: Ana Lopez.; Credit line: © Private" in history


def test_words_alone_are_changed_and_the_picture_stays(office, session):
    picture = a_picture(session, an_action(session))
    digests = [one.digest for one in picture.files]
    assert stored(office, office.get(PICTURE), description="Another.", credit="").status == 303
    session.expire_all()
    picture = session.query(Picture).one()
    assert (picture.description, picture.credit) == ("Another.", None)
    assert [one.digest for one in picture.files] == digests


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(office, session):
    an_action(session)
    page = office.get(PICTURE)
    words = {"description": "Ana Lopez.", "credit": "© Private"}
    for content, field, more, sentence in (
        (None, "picture", {}, "Choose a picture."),
        (b"GIF89a", "picture", {}, "not a whole JPEG, PNG or WebP picture"),
        (a_photograph(size=(100, 100)), "picture", {}, "less than 240 pixels"),
        (bytes(LARGEST_PICTURE_BYTES + 1), "picture", {}, "over 10 megabytes"),
        (a_photograph(), "description", {"description": " \u200b"}, "Describe what can be seen"),
        (a_photograph(), "description", {"description": "x" * (LONGEST_DESCRIPTION + 1)}, "longer than 300"),
        (a_photograph(), "credit", {"credit": "x" * (LONGEST_CREDIT + 1)}, "longer than 120"),
    ):
        told = stored(office, page, content, **{**words, **more})
        assert told.status == 422
        assert sentence in told.soup.select_one(f"#{field}-error").get_text()
        assert ("choose it once more" in told.text) == (content is not None)
        assert "Ana Lopez." in told.html or more
    assert stored(office, page, bytes(2 * LARGEST_PICTURE_BYTES + 1), **words).status == 413
    assert session.query(PictureFile).count() == 0


def test_pressed_twice_it_is_stored_once_and_removed_once(office, session):
    an_action(session)
    page = office.get(PICTURE)
    for _ in range(2):
        assert stored(office, page, a_photograph(), description="Ana Lopez.").status == 303
    page = office.get(PICTURE)
    for _ in range(2):
        assert page.submit("Remove the picture").status == 303
    assert session.query(AuditEntry).filter_by(event="edited").count() == 2


def test_who_saw_another_picture_is_told_and_sees_the_present_one(office, session):
    action = an_action(session)
    page = office.get(PICTURE)
    a_picture(session, action, description="Of somebody else.")
    late = stored(office, page, a_photograph(colour="navy"), description="Mine.")
    assert late.status == 409
    assert "Somebody else changed" in late.text
    assert late.soup.img["alt"] == "Of somebody else."
    assert late.soup.select_one("#description").get_text().strip() == "Mine."
    old = office.get(PICTURE)
    by = {"revision": action.revision, "actor": "rosa", "now": NOON}
    pictures.put(session, action, pictures.Shown([], "Again."), **by)
    session.commit()
    assert old.submit("Remove the picture").status == 409
    assert stored(office, late, a_photograph(colour="navy"), description="Mine.").status == 409
    assert session.query(Picture).one().description == "Again."


@pytest.mark.parametrize("slug", ["ua-12-26", "nowhere"])
def test_a_group_coordinator_changes_no_picture(of_a_group, session, slug):
    an_action(session)
    path = PICTURE.replace("ua-12-26", slug)
    assert of_a_group.get(path).status in (403, 404)
    assert of_a_group.post(f"{path}/remove", {}).status in (400, 403, 404)


def test_the_office_sees_the_picture_of_a_draft(office, session):
    a_picture(session, an_action(session, published_at=None))
    assert office.get(PICTURE).soup.img["alt"] == "Ana Lopez in her classroom."


def test_in_french(office, session):
    a_picture(session, an_action(session))
    page = office.get(PICTURE.replace("/en/", "/fr/"))
    assert page.soup.h1.get_text() == "Image"
    assert "Retirer l’image" in page.text
