"""Version, changelog, licence and issue forms of the project agree."""

import re
import tomllib
from datetime import date

import pytest

from tests.site import HOME

PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
CHANGES = (HOME / "docs" / "changelog.md").read_text()
HEADINGS = ["Added", "Changed", "Fixed", "Security"]
FORMS = sorted((HOME / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


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
def test_each_entry_of_a_release_is_under_one_of_four_headings(release, text):
    (_, before), *under = parts(text, "###")
    assert not re.search(r"^- ", before, re.M)
    names = [name for name, _ in under]
    assert names == [name for name in HEADINGS if name in names]
    for name, entries in under:
        lines = entries.strip().splitlines()
        assert all(line.startswith(("- ", "  ")) for line in lines), f"{release}, {name}"
        assert lines or release == "Unreleased", f"{release}, {name}"


def test_the_licence_is_named_in_the_project_and_in_the_readme():
    assert PROJECT["license"] == "MIT"
    assert PROJECT["license-files"] == ["LICENSE"]
    assert (HOME / "LICENSE").read_text().startswith("MIT License\n")
    assert "[MIT](LICENSE)" in (HOME / "README.md").read_text()


def test_each_form_warns_of_personal_data():
    assert [path.stem for path in FORMS] == ["document", "fault", "wish"]
    for path in [*FORMS, HOME / ".github" / "PULL_REQUEST_TEMPLATE.md", HOME / "CONTRIBUTING.md"]:
        assert "Never paste personal data" in path.read_text(), path.name


def test_what_a_contributor_runs_is_a_target_of_the_makefile():
    makefile = (HOME / "Makefile").read_text()
    targets = re.findall(r"^([a-z]+):", makefile, re.M)
    assert set(re.findall(r"^\.PHONY: (.*)$", makefile, re.M)[0].split()) == set(targets), "a name without a recipe"
    for page in ("CONTRIBUTING.md", "README.md", "docs/dependencies.md", ".github/PULL_REQUEST_TEMPLATE.md"):
        named = set(re.findall(r"(?:^    |`)make ([a-z]+)", (HOME / page).read_text(), re.M))
        assert named, page
        assert named <= set(targets), page
