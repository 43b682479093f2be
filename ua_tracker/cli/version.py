"""The command `version`. pyproject.toml holds the number, docs/changelog.md the day of the release."""

import re
import tomllib
from pathlib import Path

import click

from ua_tracker.cli.one_line import CommandWithAnyKey
from ua_tracker.settings import HOME


@click.command("version", cls=CommandWithAnyKey)
def version() -> None:
    """Print the version, the day of its release, and whether this copy holds changes made after it.

    Rule: the number is the one of pyproject.toml, and docs/changelog.md must have a heading for it.
    """
    click.echo(stated(HOME))


def stated(home: Path) -> str:
    """The version according to the two files in this folder. Raises ClickException when one of them lacks its part."""
    stated_number = number(home)
    changes = (home / "docs" / "changelog.md").read_text(encoding="utf-8")
    release = re.search(rf"^## {re.escape(stated_number)} - (\d{{4}}-\d\d-\d\d)$", changes, re.MULTILINE)
    if release is None:
        raise click.ClickException(
            f"docs/changelog.md has no heading “## {stated_number} - ” with the day of this version."
        )
    later = re.search(r"^- ", changes[: release.start()], re.MULTILINE)
    return f"UA Tracker {stated_number}, released on {release[1]}{', with later changes' if later else ''}"


def number(home: Path) -> str:
    """The number of the version, as `1.4.0`. Raises ClickException when pyproject.toml lacks it."""
    stated_number = (
        tomllib.loads((home / "pyproject.toml").read_text(encoding="utf-8")).get("project", {}).get("version")
    )
    if stated_number is None:
        raise click.ClickException("pyproject.toml states no version.")
    return str(stated_number)
