"""The pages of `docs/` agree with the code."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import click
import pytest

from ua_tracker import cli
from ua_tracker.channels import CHANNELS
from ua_tracker.serving import OPTIONS
from ua_tracker.settings import SETTINGS

HOME = Path(__file__).resolve().parents[2]
DOCS = HOME / "docs"
PACKAGE = HOME / "ua_tracker"


def test_every_setting_is_explained_with_its_default():
    page = (DOCS / "settings.md").read_text()
    for setting in SETTINGS:
        assert f"| `{setting.name}` |" in page, setting.name
        if setting.default and "/" not in setting.default:
            assert f"`{setting.default}`" in page, setting.name
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.M)) == {one.name for one in SETTINGS}


def test_every_command_is_explained():
    page = (DOCS / "running.md").read_text()
    groups = [command for command in cli.COMMANDS if isinstance(command, click.Group)]
    commands = {f"{group.name} {name}" for group in groups for name in group.commands}
    commands |= {command.name for command in cli.COMMANDS if command not in groups}
    for command in commands:
        assert f"`{command}" in page, command
    assert all(command.help for command in cli.COMMANDS)


def test_every_channel_is_explained():
    page = (DOCS / "csv.md").read_text()
    [row] = re.findall(r"^\| `channel` \|(.*)$", page, re.M)
    assert set(re.findall(r"`(\w+)`", row)) == set(CHANNELS)


def test_the_readme_gives_the_two_commands_and_its_pictures_are_there():
    page = (HOME / "README.md").read_text()
    assert "make run" in page
    assert "make test" in page
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page)
    assert len(pictures) >= 2
    assert all((HOME / picture).exists() for picture in pictures)


def test_no_link_between_the_pages_is_broken():
    for page in [*HOME.glob("*.md"), *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("name", ["architecture.md", "contributing.md"])
def test_every_file_that_is_named_for_developers_is_there(name):
    """Modules are named as seen from `ua_tracker/`, all else as seen from the root."""
    named = set(re.findall(r"`([\w./-]+(?:/|\.(?:py|html|txt|svg|css|js|po|md)))`", (DOCS / name).read_text()))
    named -= {"name.html", "_name.html", "web/a/b.py", "tests/web/a/test_b.py"}  # these stand for others
    assert len(named) > 15
    assert [one for one in sorted(named) if not any((home / one).exists() for home in (HOME, PACKAGE))] == []


def test_what_architecture_names_in_a_module_is_there():
    """As `KINDS` and `_content` in `web/mails.py`: a name that was changed in the code must be changed there too."""
    page = (DOCS / "architecture.md").read_text()
    named = re.findall(r"((?:`\w+`(?:, | and )?)+) (?:and the rows )?in `([\w/]+(?:\.py|/))`", page)
    assert len(named) > 15
    for names, place in named:
        path = PACKAGE / place
        sources = path.rglob("*.py") if path.is_dir() else [path]
        words = set(re.findall(r"\w+", " ".join(source.read_text() for source in sources)))
        assert set(re.findall(r"`(\w+)`", names)) - words == set(), place


FLAGS = {
    "worker_class": "--worker-class",
    "logger_class": "--logger-class",
    "threads": "--threads",
    "worker_connections": "--worker-connections",
    "backlog": "--backlog",
    "control_socket_disable": "--no-control-socket",
    "forwarder_headers": "--forwarder-headers",
    "forwarded_allow_ips": "--forwarded-allow-ips",
}


def flags(line: str) -> dict[str, str | bool]:
    """The flags of a command line, each with its value, or True where it has none."""
    words = [*shlex.split(line), "--"]
    return {
        word: True if follows.startswith("--") else follows
        for word, follows in pairwise(words)
        if word.startswith("--")
    }


def test_what_coordinators_are_told_to_press_is_on_a_page():
    text = " ".join((DOCS / "coordinators.md").read_text().split())
    named = set(re.findall(r"(?<![*\w])\*([^*]+)\*(?!\*)", text))
    sources = [*(HOME / "templates").rglob("*.html"), *(PACKAGE / "web").rglob("*.py")]
    pages = " ".join(" ".join(path.read_text().split()) for path in sources).lower()
    on_pages = {words for words in named for end in ("", "…", ":") if f'"{words.lower()}{end}"' in pages}
    assert named - on_pages - {"rows from the same network"} == set()  # it has a number before it


def test_the_procfile_serves_as_make_run_does():
    web = next(line for line in (HOME / "Procfile").read_text().splitlines() if line.startswith("web: "))
    by_hand = re.search(r"^    (gunicorn app:app .*)$", (DOCS / "running.md").read_text(), re.M)[1]
    settings = {"PORT": "--bind", "WEB_CONCURRENCY": "--workers", "KEEP_ALIVE": "--keep-alive"}
    for line in (web, by_hand):
        told = flags(line)
        assert {name: told.pop(name) for name in FLAGS.values()} == {
            FLAGS[name]: True if value is True else str(value) for name, value in OPTIONS.items()
        }
        assert set(told) <= set(settings.values())
    defaults = {setting.name: setting.default for setting in SETTINGS}
    for name, flag in settings.items():
        assert f"${{{name}:-{defaults[name]}}}" in flags(web)[flag]


def test_the_locks_hold_hashes_and_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (HOME / name).read_text()
        assert "://" not in text
        assert "--find-links" not in text
        pinned = re.findall(r"^[a-z0-9-]+==\S+.*\\$", text, re.M)
        assert len(pinned) == len(re.findall(r"^[a-z0-9-]+==", text, re.M)) > 20


def test_every_address_for_other_peoples_pages_is_explained(app):
    page = (DOCS / "embedding.md").read_text() + (DOCS / "api.md").read_text()
    public = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in {"api", "embed", "images", "oembed"}
    ]
    assert len(public) == 9
    for rule in public:
        path = re.sub(r"<lang:lang>", "en", rule).replace("<slug:slug>", "")
        parts = [part for part in re.split(r"//|(?<=actions)/$", path) if part]
        assert all(part.strip("/") in page for part in parts), rule
    assert all(f"]({picture})" in page for picture in ("pictures/share.png", "pictures/embed.png"))


def test_each_promise_of_security_names_tests_that_are_there():
    page = (DOCS / "security.md").read_text()
    promises = page.partition("## What is promised")[2].partition("## What is not promised")[0].strip().split("\n\n")
    assert len(promises) >= 12
    for promise in promises:
        named = re.findall(r"`(tests/[a-z_/]+\.py)`", promise)
        assert named, promise
        assert all((HOME / one).exists() for one in named), promise
    assert "docs/security.md" in (HOME / "SECURITY.md").read_text()


def test_each_decision_has_a_number_of_its_own():
    numbers = [page.name.split("-")[0] for page in (HOME / "docs" / "decisions").glob("[0-9]*.md")]
    assert sorted(numbers) == [f"{number:04}" for number in range(1, len(numbers) + 1)]
