"""The badge and the card: right at any number, in both languages, and never an error once they were good."""

import io
import re
from datetime import UTC, date, datetime

import pytest
import resvg_py
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy import text, update

from tests.factories import a_group, a_report, an_action
from ua_tracker.models import Action, ActionTally

BADGE = "/actions/ua-12-26/badge.svg"
CARD = "/actions/ua-12-26/card.png"
OVER = datetime(2026, 3, 30, 4, 0, tzinfo=UTC)
FAR = date(2026, 5, 15)  # a deadline that is not near


def sent(session, action, letters: int) -> None:
    """Sets the tally to any number, without as many reports."""
    session.execute(
        update(ActionTally)
        .where(ActionTally.action_id == action.id)
        .values(letters_sent=letters, revision=ActionTally.revision + 1)
    )
    session.commit()


def rendered(svg: str) -> Image.Image:
    """The badge as a renderer that others wrote draws it."""
    drawn = resvg_py.svg_to_bytes(svg_string=svg)
    return Image.open(io.BytesIO(bytes(drawn))).convert("RGB")


@pytest.mark.parametrize(
    ("letters", "english", "french"),
    [
        (0, "letters sent: be the first", "lettres envoyées : aucune encore"),
        (1, "letters sent: 1 of 100", "lettres envoyées : 1 sur 100"),
        (99, "letters sent: 99 of 100", "lettres envoyées : 99 sur 100"),
        (100, "letters sent: 100 of 100, goal reached", "lettres envoyées : 100 sur 100, objectif atteint"),
        (
            1234567,
            "letters sent: 1,234,567 of 100, 12,345 times the goal",
            "lettres envoyées : 1 234 567 sur 100, 12 345 fois l’objectif",
        ),
    ],
)
def test_a_badge_says_its_number_to_eyes_ears_and_machines(reader, session, letters, english, french):
    action = an_action(session, deadline=FAR)
    sent(session, action, letters)
    for path, words in ((BADGE, english), (f"{BADGE}?lang=fr", french)):
        answer = reader.get(path)
        assert answer.headers["Content-Type"].startswith("image/svg+xml")
        svg = BeautifulSoup(answer.html, "html5lib").svg
        title = re.sub(r"\s", " ", svg.title.get_text())
        assert title == words
        assert (svg["role"], svg["aria-labelledby"]) == ("img", svg.title["id"])
        assert svg.select_one('[data-count="letters-sent"]').get_text() == str(letters)
        assert " ".join(re.sub(r"\s", " ", one.get_text()) for one in svg.select("text")) in words.replace(
            ":", ""
        ).replace("  ", " ")


def test_a_renderer_of_others_draws_the_badge_and_every_number_differently(reader, session):
    action = an_action(session, deadline=FAR)
    pictures, widths = set(), []
    for letters in (1, 2, 99):
        sent(session, action, letters)
        picture = rendered(reader.get(BADGE).html)
        widths.append(picture.width)
        pictures.add(picture.tobytes())
        assert picture.getpixel((3, 3)) == picture.getpixel((picture.width - 3, 3)) == (255, 255, 255)
    assert len(pictures) == 3
    assert widths[0] == widths[1] < widths[2]


def test_one_letter_less_than_the_goal_the_last_days_and_a_stop_look_each_unlike(reader, session, clock):
    action = an_action(session, deadline=FAR)

    def right_end() -> tuple[int, ...]:
        picture = rendered(reader.get(BADGE).html)
        return picture.getpixel((picture.width - 3, 3))

    sent(session, action, 99)
    assert right_end() == (255, 255, 255)
    clock.at = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
    assert right_end() == (20, 20, 19)
    assert "99 of 100, 3 days left" in reader.get(BADGE).html
    sent(session, action, 100)
    assert right_end() == (255, 176, 0)
    action.closed_at, action.closed_reason = datetime(2026, 5, 11, tzinfo=UTC), "stop action"
    session.commit()
    assert right_end() == (20, 20, 19)
    assert "100 of 100, stopped" in reader.get(BADGE).html


def test_a_very_long_name_leaves_the_badge_readable_in_a_narrow_column(reader, session):
    an_action(session)
    a_group(session, "long", "Groupe local d’Amnistie internationale de l’Université du Québec à Trois-Rivières")
    svg = BeautifulSoup(reader.get(f"{BADGE}?group=long").html, "html5lib").svg
    assert svg.title.get_text() == "Groupe local d’Amnistie internationale de …: 0 letters sent, 5 days left"
    assert int(svg["width"]) < 520


def test_a_groups_number_does_not_celebrate_the_goal_of_all(reader, session):
    action = an_action(session, deadline=FAR)
    a_group(session)
    a_report(session, action, target=3, group="montreal")
    sent(session, action, 100)
    picture = rendered(reader.get(f"{BADGE}?group=montreal").html)
    assert picture.getpixel((picture.width - 3, 3)) == (255, 255, 255)
    assert "goal reached" not in reader.get(f"{BADGE}?group=montreal").html


def test_the_words_on_a_dark_accent_are_white(an_app, session):
    from tests.reader import Reader

    sent(session, an_action(session), 100)
    svg = Reader(an_app(SITE_ACCENT="#003366")).get(BADGE).html
    assert 'fill="#003366"' in svg
    assert "#000000" not in svg
    assert re.search('<text [^>]*fill="#ffffff"', svg)


def test_a_group_has_its_badge_and_markup_in_its_name_is_harmless(reader, session):
    action = an_action(session, deadline=FAR)
    a_group(session, "odd", 'A <b> & "C"')
    a_report(session, action, target=1, group="odd")
    a_report(session, action, target=8)
    answer = reader.get(f"{BADGE}?group=odd")
    svg = BeautifulSoup(answer.html, "html5lib").svg
    assert svg.title.get_text() == 'A <b> & "C": one letter sent'
    assert rendered(answer.html).width > 50
    unknown = BeautifulSoup(reader.get(f"{BADGE}?group=none").html, "html5lib")
    assert unknown.title.get_text() == "letters sent, all groups: 9 of 100"


def test_a_closed_action_has_its_last_number_on_the_badge(reader, session, clock):
    a_report(session, an_action(session), target=4)
    assert "4 of 100" in reader.get(BADGE).html
    clock.at = OVER
    assert "4 of 100, action closed" in reader.get(BADGE).html


def test_badge_services_get_the_same_words_as_json(reader, session):
    a_report(session, an_action(session, deadline=FAR), target=4)
    assert reader.get("/actions/ua-12-26/badge.json").response.json == {
        "schemaVersion": 1,
        "label": "letters sent",
        "message": "4 of 100",
        "color": "ffb000",
        "cacheSeconds": 300,
    }
    assert reader.get("/actions/ua-12-26/badge.json?lang=fr").response.json["message"] == "4 sur 100"


@pytest.mark.parametrize(
    ("name", "kind"), [("badge.svg", "image/svg+xml"), ("badge.json", "application/json"), ("card.png", "image/png")]
)
def test_an_action_that_is_not_there_is_404_in_the_format_asked_for(reader, session, name, kind):
    an_action(session, slug="draft", published_at=None)
    for slug in ("nowhere", "draft"):
        answer = reader.client.get(f"/actions/{slug}/{name}")
        assert (answer.status_code, answer.mimetype) == (404, kind)
        assert answer.headers["Cache-Control"] == "no-store"


def card(reader, query: str = "") -> Image.Image:
    answer = reader.client.get(CARD + query)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "Set-Cookie" not in answer.headers
    return Image.open(io.BytesIO(answer.data))


def test_a_card_shows_its_instant_and_follows_a_change_after_a_minute(reader, session, clock):
    action = an_action(session)
    first = card(reader)
    assert first.info["as-of"] == "2026-03-10T16:00:00+00:00"
    a_report(session, action, target=5)
    clock.pass_by(seconds=61)
    second = card(reader)
    assert second.info["as-of"] == "2026-03-10T16:01:01+00:00"
    assert first.tobytes() != second.tobytes()


def test_french_a_group_and_the_end_are_other_cards(reader, session, clock):
    action = an_action(session)
    a_group(session)
    a_report(session, action, target=5, group="montreal")
    pictures = {
        card(reader, query).convert("RGB").tobytes() for query in ("", "?lang=fr", "?group=montreal", "?group=no")
    }
    clock.at = OVER
    pictures.add(card(reader).convert("RGB").tobytes())
    assert len(pictures) == 5


def test_each_state_has_its_card(reader, session, clock):
    action = an_action(session, deadline=FAR)

    def corner() -> tuple[int, ...]:
        clock.pass_by(seconds=61)
        return card(reader).convert("RGB").getpixel((1190, 300))

    sent(session, action, 99)
    assert corner() == (255, 255, 255)
    sent(session, action, 100)
    assert corner() == (255, 176, 0)
    action.closed_at, action.closed_reason = datetime(2026, 3, 10, tzinfo=UTC), "stop action"
    session.commit()
    assert corner() == (20, 20, 19)


def test_the_days_on_a_card_go_down_without_a_new_letter(reader, session, clock):
    an_action(session)
    clock.at = datetime(2026, 3, 11, 3, 58, tzinfo=UTC)
    before = card(reader)
    clock.pass_by(seconds=121)
    assert card(reader).info["as-of"] != before.info["as-of"]


def test_a_card_that_was_good_once_is_never_an_error(reader, session, clock):
    an_action(session)
    good = card(reader).tobytes()
    clock.pass_by(hours=2)
    session.execute(text("ALTER TABLE action_tallies RENAME TO elsewhere"))
    session.commit()
    try:
        assert card(reader).tobytes() == good
        assert card(reader, "?group=never-drawn").tobytes() == good
    finally:
        session.execute(text("ALTER TABLE elsewhere RENAME TO action_tallies"))
        session.commit()


def test_a_withdrawn_action_shows_no_more_of_itself_but_still_no_error(reader, session, clock):
    action = an_action(session)
    good = card(reader).tobytes()
    session.execute(update(Action).where(Action.id == action.id).values(published_at=None))
    session.commit()
    assert card(reader).convert("RGB").tobytes() != good
    assert "as-of" in card(reader).info


@pytest.mark.parametrize("path", ["", "/share"])
def test_the_page_of_an_action_and_its_codes_offer_the_card_to_other_sites(reader, session, path):
    an_action(session)
    a_group(session)
    page = reader.get(f"/fr/actions/ua-12-26{path}?group=montreal")
    told = {tag.get("property") or tag.get("name"): tag["content"] for tag in page.soup.select("head meta[content]")}
    assert told["og:title"] == "TEACHER HELD WITHOUT CHARGE"
    assert told["og:url"] == "http://localhost/fr/actions/ua-12-26?group=montreal"
    assert told["og:image"] == "http://localhost/actions/ua-12-26/card.png?lang=fr&group=montreal"
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["twitter:card"] == "summary_large_image"
    assert reader.client.get(told["og:image"].removeprefix("http://localhost")).mimetype == "image/png"


def test_a_mistyped_url_does_not_replace_the_card_of_all(reader, session):
    action = an_action(session)
    a_group(session)
    a_report(session, action, target=5, group="montreal")
    plain = card(reader).convert("RGB").tobytes()
    for typed in ("%20montreal", "montreal%00", "montreal%20"):
        assert card(reader, f"?group={typed}").convert("RGB").tobytes() != plain
        assert card(reader).convert("RGB").tobytes() == plain


def test_the_end_is_on_every_picture(reader, session, clock):
    action = an_action(session, practice=True)
    a_group(session)
    a_report(session, action, target=5, group="montreal")
    assert reader.get(BADGE).html.count("practice: letters sent") > 0
    clock.at = datetime(2026, 3, 20, tzinfo=UTC)
    assert "one letter sent" not in reader.get(f"{BADGE}?group=montreal").html
    assert "5 letters sent, pledging closed" in reader.get(f"{BADGE}?group=montreal").html
    clock.at = OVER
    assert "5 letters sent, action closed" in reader.get(f"{BADGE}?group=montreal").html


def test_a_card_that_cannot_be_stored_is_not_drawn_twice(reader, session, app):
    an_action(session)
    shelf = app.extensions["ua_tracker.cards"]
    shelf._folder.write_text("in the way")
    made = [card(reader).info["as-of"] for _ in range(3)]
    assert len(set(made)) == 1
    session.execute(text("ALTER TABLE action_tallies RENAME TO elsewhere"))
    session.commit()
    try:
        assert card(reader).info["as-of"] == made[0]
    finally:
        session.execute(text("ALTER TABLE elsewhere RENAME TO action_tallies"))
        session.commit()
