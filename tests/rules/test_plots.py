"""The plot: its lines, the names beside them, and the file that holds it."""

import io
from datetime import date, timedelta
from itertools import combinations

import pytest
from PIL import Image

from ua_tracker import cards, plots
from ua_tracker.plots import Drawing, Names, Size
from ua_tracker.plots.layout import GAP, WIDER, rounded_up
from ua_tracker.plots.picture import SIZE, STROKES
from ua_tracker.progress import Day

MARCH = [date(2026, 3, day) for day in range(1, 32)]
WIDE = Size(width=640, height=260, text=14)
PHONE = Size(width=360, height=280, text=15)
# Letters and pledges at the end, the goal, and how many of sixty days have passed.
CASES = {
    "nothing yet": (0, 0, 500, 3),
    "the first day": (5, 3, 500, 1),
    "on the way": (99, 83, 500, 20),
    "more pledged than sent": (137, 217, 500, 25),
    "equal": (250, 250, 500, 30),
    "nearly reached": (480, 460, 500, 50),
    "the day before": (300, 400, 500, 59),
    "the last day": (300, 400, 500, 60),
    "reached": (119, 70, 40, 30),
    "just reached": (500, 0, 500, 40),
    "just missed": (490, 130, 500, 40),
    "far beyond": (24_000, 9_000, 500, 60),
    "none pledged far beyond": (12_137, 0, 500, 40),
    "pledged beyond the goal": (90, 520, 500, 40),
    "a group": (12, 30, None, 30),
}


def days(passed: int, letters: int, pledged: int) -> list[Day]:
    """Equal steps that lead to these totals."""
    return [
        Day(MARCH[0] + timedelta(days=number), 0, 0, letters * (number + 1) // passed, pledged * (number + 1) // passed)
        for number in range(passed)
    ]


def names(letters: int, pledged: int, goal: int | None) -> Names:
    return Names(
        letters=f"{letters} sent", pledged=f"{pledged} pledged", goal=f"Goal: {goal}", needed="12.3 a day needed",
        first="Mar 1", today="today", last="deadline Apr 29", number=str,
    )  # fmt: skip


def drawn(case: str, size: Size = WIDE) -> Drawing:
    letters, pledged, goal, passed = CASES[case]
    until = MARCH[0] + timedelta(days=59)
    return plots.plot(days(passed, letters, pledged), goal, until, names(letters, pledged, goal), size)


def line(drawing: Drawing, name: str):
    return next((one.points for one in drawing.lines if one.name == name), None)


def box(drawing: Drawing, label) -> tuple[float, float, float, float]:
    """What a text needs in the widest of the usual fonts, DejaVu Sans."""
    width = cards.text_width(label.text, drawing.text) * (1.4 if label.name in ("letters", "goal") else 1.2)
    begins = label.at[0] - {"start": 0, "middle": width / 2, "end": width}[label.anchor]
    return begins, label.at[1] - drawing.text * 0.7, begins + width, label.at[1]


def test_the_lines_begin_below_left_and_lead_to_the_goal_at_the_deadline():
    few = [Day(MARCH[0], 0, 0, 0, 0), Day(MARCH[1], 0, 0, 50, 100), Day(MARCH[2], 0, 0, 100, 100)]
    left = cards.text_width("200", 10) * WIDER + GAP
    drawing = plots.plot(few, 200, MARCH[4], names(100, 100, 200), Size(width=400 + left, height=200, text=10))
    assert line(drawing, "letters") == ((0, 200), (100, 150), (200, 100))
    assert line(drawing, "pledged") == ((0, 200), (100, 100), (200, 100))
    assert line(drawing, "needed") == ((200, 100), (400, 0))
    assert line(drawing, "goal") == ((0, 0), (400, 0))
    assert line(drawing, "deadline") == ((400, 0), (400, 200))
    ticks = [(label.text, label.at[1] - 3.5) for label in drawing.labels if label.name == "tick"]
    assert ticks == [("0", 200), ("50", 150), ("100", 100), ("150", 50), ("200", 0)]


@pytest.mark.parametrize("size", [WIDE, PHONE, SIZE], ids=["wide", "phone", "file"])
@pytest.mark.parametrize("case", CASES)
def test_every_line_is_named_inside_the_plot_and_no_name_stands_on_another(case, size):
    drawing = drawn(case, size)
    named = {label.name for label in drawing.labels}
    assert {one.name for one in drawing.lines} - {"grid", "deadline"} == named - {"tick", "day"}
    for label in drawing.labels:
        begins, top, ends, under = box(drawing, label)
        assert (begins >= drawing.left, ends <= drawing.left + drawing.width) == (True, True), label
        assert (top >= drawing.top, under <= drawing.top + drawing.height) == (True, True), label
    for one, other in combinations(drawing.labels, 2):
        first, second = box(drawing, one), box(drawing, other)
        apart = first[2] <= second[0] or second[2] <= first[0] or first[3] <= second[1] or second[3] <= first[1]
        assert apart, (one, other)


@pytest.mark.parametrize("size", [WIDE, PHONE, SIZE], ids=["wide", "phone", "file"])
@pytest.mark.parametrize("case", [case for case, (*_, goal, _) in CASES.items() if goal])
def test_the_line_of_the_goal_strikes_through_no_name(case, size):
    drawing = drawn(case, size)
    (_, up), (end, _) = line(drawing, "goal")
    for label in drawing.labels:
        begins, top, _, under = box(drawing, label)
        if label.name in ("letters", "pledged") and begins < end:
            assert not top < up < under, label


@pytest.mark.parametrize("size", [WIDE, PHONE, SIZE], ids=["wide", "phone", "file"])
@pytest.mark.parametrize("case", CASES)
def test_the_line_of_the_pace_strikes_through_no_name(case, size):
    drawing = drawn(case, size)
    needed = line(drawing, "needed")
    if needed is None:
        return
    (begin, low), (end, high) = needed
    for label in drawing.labels:
        begins, top, ends, under = box(drawing, label)
        left, right = max(begins, begin), min(ends, end)
        if label.name in ("letters", "pledged", "needed") and left <= right:
            at_left, at_right = (low + (high - low) * (across - begin) / (end - begin) for across in (left, right))
            assert at_left < top or at_right > under, label


def test_nothing_is_needed_after_the_goal_after_the_deadline_and_of_a_group():
    for case in ("reached", "far beyond", "the last day", "a group"):
        assert line(drawn(case), "needed") is None, case
    assert line(drawn("a group"), "goal") is None


def test_no_two_lines_look_alike_in_black_and_white():
    looks = [(stroke.width, stroke.dash) for stroke in STROKES.values()]
    assert len(set(looks)) == len(looks) == 6


@pytest.mark.parametrize(
    ("value", "top"), [(1, 4), (5, 8), (9, 12), (13, 20), (41, 60), (100, 120), (201, 400), (999, 1200)]
)
def test_the_scale_is_round(value, top):
    assert rounded_up(value) == top


def image(title: str = "Teacher held", accent: str = "#ffb000", case: str = "on the way") -> Image.Image:
    picture = plots.compose(title, "99 of 500 letters sent.", ("As of March 10", "Source"), drawn(case, SIZE), accent)
    found = Image.open(io.BytesIO(plots.draw(picture))).convert("RGB")
    assert found.size == (picture.width * 2, picture.height * 2)
    return found


def test_the_picture_grows_with_its_title_and_leaves_out_what_its_font_lacks():
    assert image("Teacher held " * 20).height > image().height
    assert image("x" * 300).height > image().height
    assert image("教師 held").tobytes() == image("held").tobytes()


def test_the_area_below_the_letters_is_a_light_shade_of_the_accent():
    counts = image(accent="#005f73").getcolors(1 << 24)
    assert (next(count for count, colour in counts if colour == (153, 191, 199)) > 1000) is True
