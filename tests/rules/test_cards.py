"""The card is drawn right, and the last good one is kept."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from ua_tracker import cards
from ua_tracker.cards import Card, CardCache, Fill, Words
from ua_tracker.cards.fonts import font

NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
WORDS = Words(
    kicker="Action urgente · Pakistan · AU 109/23",
    title="Élèves arrêtés à Québec : où est Zoé Lœwe?",
    number="3 482",
    beside="lettres envoyées",
    reached=0.5,
    below=("Ouverte jusqu’au 15 septembre 2026", "Groupe de Montréal : 12 lettres envoyées"),
    foot="En date du 1er mars 2026",
    scale=("Il en manque 1 518", "Objectif : 5 000"),
)
ACCENT = "#ffb000"


def drawn(**changes) -> Image.Image:
    words = Words(**{**vars(WORDS), **changes})
    return Image.open(io.BytesIO(cards.draw(words, ACCENT, "#000000", NOON, "1").png)).convert("RGB")


def ink(image: Image.Image, top: int, bottom: int) -> int:
    """How many dark pixels stand between these heights."""
    part = image.crop((0, top, cards.WIDTH, bottom)).convert("L")
    return sum(part.histogram()[:100])


def test_a_card_is_as_large_as_previews_want_it_and_small_on_the_wire():
    card = cards.draw(WORDS, ACCENT, "#000000", NOON, "1")
    with Image.open(io.BytesIO(card.png)) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(card.png) < 60_000


@pytest.mark.parametrize("accented", ["é", "è", "ç", "œ", "À", "Ï", "€", "«", "’", "ş", "ł"])
def test_the_font_has_the_accents(accented):
    box = font(100, bold=True).getmask(accented).getbbox()
    none = font(100, bold=True).getmask("\uffff").getbbox()
    assert box is not None
    assert box != none


def test_the_bar_is_full_at_the_goal_and_no_fuller_beyond():
    colours = {share: drawn(reached=share).getpixel((1120, 410)) for share in (0.5, 1.0, 7.3)}
    assert colours[0.5] != colours[1.0]
    assert colours[1.0] == colours[7.3]


def test_a_goal_that_is_reached_is_on_the_accent_and_a_stop_on_ink():
    behind = {fill: drawn(fill=fill).getpixel((1195, 300)) for fill in Fill}
    assert behind == {Fill.PAPER: (255, 255, 255), Fill.WON: (255, 176, 0), Fill.STOP: (20, 20, 19)}


def test_the_postmark_is_on_what_is_won_only():
    place = (1040, 230, 1136, 370)
    blank = {fill: len(drawn(fill=fill).crop(place).getcolors()) == 1 for fill in Fill}
    assert blank == {Fill.PAPER: True, Fill.WON: False, Fill.STOP: True}


def test_a_goal_without_letters_is_drawn_hollow():
    assert 0 < ink(drawn(hollow=True), 240, 364) < ink(drawn(), 240, 364) * 0.7


def test_what_happened_takes_the_place_of_the_number():
    told = drawn(said="The writer is free.", reached=None, scale=("", ""))
    assert told.tobytes() != drawn(reached=None, scale=("", "")).tobytes()
    assert ink(told, 390, 470) == 0


def test_no_word_of_a_title_stands_alone_on_its_last_line():
    image = drawn(title="1.4 million Afghan refugees at risk of deportation")
    first, last = (image.crop((0, top, cards.WIDTH, top + 55)).convert("L").point(lambda one: 255 * (one < 100))
                   for top in (92, 152))  # fmt: skip
    assert last.getbbox()[2] > first.getbbox()[2] / 2


def test_words_that_are_too_long_are_made_smaller_and_stay_on_the_card():
    image = drawn(
        title="A VERY LONG TITLE INDEED " * 20, number="1 234 567 890", beside="lettres envoyées sur 2 345 678 901"
    )
    edge = image.crop((1180, 20, 1200, 630)).convert("L")
    assert edge.getextrema()[0] > 200


def test_a_title_in_a_script_that_the_font_has_not_is_left_out_rather_than_drawn_as_boxes():
    assert cards.writable("افغان 12 中Zoë") == "12 Zoë"
    assert ink(drawn(title="افغان مهاجرین"), 92, 226) == 0 < ink(drawn(), 92, 226)


def a_card(at: datetime, stamp: str) -> Card:
    return cards.draw(WORDS, ACCENT, "#000000", at, stamp)


def test_a_card_is_drawn_again_after_a_change_but_not_more_than_once_a_minute(tmp_path):
    shelf, made = CardCache(tmp_path / "cards"), []

    def get(seconds: int, stamp: str) -> Card:
        at = NOON + timedelta(seconds=seconds)
        return shelf.get("x.en.", stamp, at, lambda: made.append(stamp) or a_card(at, stamp))

    assert get(0, "1").stamp == get(30, "2").stamp == "1"
    assert get(60, "2").stamp == "2"
    assert get(600, "2").as_of == NOON + timedelta(seconds=60)
    assert get(3700, "2").as_of == NOON + timedelta(seconds=3700)
    assert made == ["1", "2", "2"]


def test_a_card_is_found_by_another_process_with_its_moment(tmp_path):
    CardCache(tmp_path).get("x.en.", "1", NOON, lambda: a_card(NOON, "1"))
    found = CardCache(tmp_path).last("x.en.")
    assert (found.as_of, found.stamp) == (NOON, "1")


def test_a_disk_that_cannot_be_written_to_and_a_damaged_file_stop_nothing(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    shelf = CardCache(blocked)
    shelf.get("x.en.", "1", NOON, lambda: a_card(NOON, "1"))
    assert shelf.last("x.en.").stamp == "1"
    (tmp_path / "y.en..png").write_bytes(b"damaged")
    assert CardCache(tmp_path).last("y.en.") is None
