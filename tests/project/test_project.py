"""Do the version and the changelog of the project agree?"""

import re
import tomllib
from datetime import date

import pytest

from tests.site import HOME

PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
CHANGES = (HOME / "docs" / "changelog.md").read_text()
HEADINGS = ["Added", "Changed", "Fixed", "Security"]


def parts(text: str, level: str) -> list[tuple[str, str]]:
    """The headings of this level, each with what stands under it; first what stands before them, under no heading."""
    before, *rest = re.split(rf"^{level} (.*)\n", text, flags=re.M)
    return [("", before), *zip(rest[::2], rest[1::2], strict=True)]


RELEASES = parts(CHANGES, "##")[1:]


def test_the_changelog_begins_with_what_is_not_released_and_goes_back_in_time():
    assert RELEASES[0][0] == "Unreleased"
    found = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) - (\d{4}-\d\d-\d\d)", name) for name, _ in RELEASES[1:]]
    assert all(found)
    numbers = [tuple(map(int, one.groups()[:3])) for one in found]
    days = [date.fromisoformat(one[4]) for one in found]
    assert numbers == sorted(set(numbers), reverse=True)
    assert days == sorted(days, reverse=True)


def test_the_newest_release_is_the_version_of_the_project():
    assert RELEASES[1][0].split(" - ")[0] == PROJECT["version"]


@pytest.mark.parametrize(("release", "text"), RELEASES, ids=[name for name, _ in RELEASES])
def test_each_entry_of_a_release_stands_under_one_of_four_headings(release, text):
    (_, before), *under = parts(text, "###")
    assert not re.search(r"^- ", before, re.M)
    names = [name for name, _ in under]
    assert names == [name for name in HEADINGS if name in names]
    for name, entries in under:
        lines = entries.strip().splitlines()
        assert all(line.startswith(("- ", "  ")) for line in lines), f"{release}, {name}"
        assert lines or release == "Unreleased", f"{release}, {name}"
