"""The style sheets: nothing in them depends on whether lines begin at the left or at the right."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
SHEETS = sorted(STATIC.glob("*.css"))
# Above and below are the same in every language that the site can be written in, so `top`, `bottom`, `width` and
# `height` may be used: they are shorter. Left and right are not.
SIDES = re.compile(r"\b(?:left|right)\b|translateX")
# Their four values are those of top, right, bottom and left.
FOUR_VALUES = {"margin", "padding", "inset", "border-width", "border-color", "border-style", "border-radius",
               "scroll-margin", "scroll-padding"}  # fmt: skip
SPACE = re.compile(r"\s+(?![^()]*\))")  # not within brackets


def declarations(text: str) -> list[tuple[str, str]]:
    text = re.sub(r"/\*.*?\*/|\"[^\"]*\"", " ", text, flags=re.DOTALL)
    return re.findall(r"[{;]\s*([a-z-]+)\s*:\s*([^;{}]+)(?=[;}])", text)


def sided(text: str) -> list[str]:
    """The declarations in which left and right differ."""
    found = []
    for name, value in declarations(text):
        values = SPACE.split(value.strip())
        uneven = name in FOUR_VALUES and len(values) == 4 and values[1] != values[3]
        if uneven or SIDES.search(name) or SIDES.search(value):
            found.append(f"{name}: {value.strip()}")
    return found


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_left_and_right_are_named_by_where_lines_begin_and_end(path):
    assert len(declarations(path.read_text())) > 3
    assert sided(path.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "a { margin-left: 1px; }",
        "a{color:red;border-right:0}",
        "@media (min-width: 1px) { a { left: 0; } }",
        "a { text-align: left; }",
        "a { float: right; }",
        "a { background: linear-gradient(to right, #fff, #000); }",
        "a { border-top-left-radius: 3px; }",
        "a { transform: translateX(-50%); }",
        "a { padding: 1px 2px 3px 4px; }",
    ],
)
def test_a_side_is_found_however_it_is_written(line):
    assert len(sided(line)) == 1


@pytest.mark.parametrize(
    "line",
    ["a { margin: 0 calc(-1 * var(--s3)) 1px; }", "a { padding: 1px 2px 3px 2px; }", "/* left: 0; */ a { top: 0; }"],
)
def test_what_is_the_same_on_both_sides_is_let_be(line):
    assert sided(line) == []
