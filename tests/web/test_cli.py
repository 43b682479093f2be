"""The commands: each does one thing, and says in one line when it cannot."""

import json
import re
from datetime import date

import click
import pytest
from sqlalchemy import select, update

from tests.factories import DOCUMENTS, a_pledge, an_action
from tests.rules.test_importing import SAMPLE
from ua_tracker.cli.version import stated
from ua_tracker.models import Action, ActionTally, AuditEntry, DayTally, Group


@pytest.fixture
def run(app):
    """Runs a command line as typed after `flask --app app`."""

    def run(*words: str, code: int = 0) -> str:
        result = app.test_cli_runner().invoke(args=[str(word) for word in words])
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_a_document_is_imported_beside_its_lines(run, session):
    output = run("actions", "import", SAMPLE, "--goal", "250", "--publish")
    assert "demands     Renew the validity of Proof of Registration" in output
    assert "Imported as ua-109-23-2 (closed), goal 250 letters." in output
    assert session.scalars(select(Action.slug)).all() == ["ua-109-23-2"]
    assert "ua-109-23-2 (closed) is up to date already." in run("actions", "import", SAMPLE)
    assert "Brought ua-109-23-2 (closed) up to date: goal." in run("actions", "import", SAMPLE, "--goal", "300")


def test_the_draft_is_printed_as_json_with_these_keys(run, session):
    draft = json.loads(run("actions", "import", SAMPLE, "--json", "--dry-run"))
    assert set(draft) == {
        "ua_number",
        "sequence",
        "ai_index",
        "country",
        "issued",
        "title",
        "proposed_title",
        "summary",
        "demands",
        "targets",
        "copies",
        "background",
        "deadline",
        "office",
        "doubts",
        "layout",
    }
    assert (draft["issued"], draft["deadline"], draft["doubts"]) == ("2025-06-20", "2025-09-15", [])
    assert set(draft["targets"][0]) == {"role", "name", "address_lines", "phones", "fax", "email", "x", "salutation"}
    assert (draft["targets"][0]["phones"], draft["copies"][0]["x"]) == ([], None)
    assert session.scalars(select(Action)).all() == []


def test_a_title_in_capitals_is_stored_in_sentence_case_when_asked(run, session):
    loud = "1.4 MILLION AFGHAN REFUGEES AT RISK OF DEPORTATION"
    calm = "1.4 million Afghan refugees at risk of deportation"
    assert f"title in sentence case (--sentence-case): {calm}" in run("actions", "import", SAMPLE)
    assert session.scalar(select(Action.title)) == loud
    said = json.loads(run("actions", "import", SAMPLE, "--sentence-case", "--json"))
    assert (said["title"], said["proposed_title"]) == (loud, calm)
    session.expire_all()
    assert session.scalar(select(Action.title)) == calm
    assert "up to date already" in run("actions", "import", SAMPLE)


def test_doubts_are_printed_and_the_action_stays_a_draft(run, session):
    output = run("actions", "import", DOCUMENTS / "no-deadline.md")
    assert "No deadline was found." in output
    assert "(draft)" in output
    assert "has no deadline" in run("actions", "publish", "ua-60-16-3", code=1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Error: This file is empty."),
        (b"\x00\x01\x02", "Error: This file is none that can be read here."),
        (b"Minutes of the meeting", "Error: This is no Urgent Action"),
        (b"a" * 600_000, "Error: This file is over 512 kilobytes"),
        (None, "No such file or directory."),
    ],
)
def test_what_cannot_be_imported_is_one_line_and_leaves_nothing(run, session, tmp_path, content, sentence):
    file = tmp_path / "file.txt"
    if content is not None:
        file.write_bytes(content)
    output = run("actions", "import", file, "--publish", code=1)
    assert sentence in output
    assert len(output.strip().splitlines()) == 1
    assert session.scalars(select(Action)).all() == []


def test_a_document_that_cannot_be_published_is_not_half_stored(run, session):
    run("actions", "import", DOCUMENTS / "no-deadline.md", "--publish", code=1)
    assert session.scalars(select(Action)).all() == []


def test_a_zone_that_is_none_is_refused(run):
    assert "IANA time zone" in run("actions", "import", SAMPLE, "--timezone", "Toronto", code=2)


def test_actions_are_listed_published_and_removed(run, session):
    an_action(session, slug="draft", published_at=None)
    an_action(session, slug="practice", practice=True)
    assert "draft                    draft      2026-03-15   0/100" in run("actions", "list")
    assert "(practice)" in run("actions", "list")
    run("actions", "publish", "draft")
    assert "draft                    open" in run("actions", "list")
    assert "not a practice copy" in run("actions", "remove", "draft", code=1)
    assert "practice is removed." in run("actions", "remove", "practice")
    assert "There is no action" in run("actions", "remove", "practice", code=1)


def test_groups_are_added_once_and_under_a_good_slug(run, session):
    run("groups", "add", "montreal", "Groupe de Montréal")
    assert session.scalars(select(Group.name)).one() == "Groupe de Montréal"
    assert "already a group" in run("groups", "add", "montreal", "Another", code=1)
    assert "is no slug" in run("groups", "add", "Montréal!", "Montréal", code=1)


def test_the_tally_is_checked_and_put_right(run, session):
    action = an_action(session)
    a_pledge(session, action, letters=4)
    assert "Every tally equals the ledger." in run("tally", "check")
    session.execute(update(ActionTally).values(letters_pledged=99))
    session.execute(update(DayTally).values(letters_pledged=7))
    session.commit()
    output = run("tally", "check", code=1)
    assert "ua-12-26: letters_pledged kept 99, counted 4" in output
    assert "ua-12-26, 2026-03-10: letters_pledged kept 7, counted 4" in output
    assert "2 corrected." in run("tally", "recount")
    assert session.scalars(select(AuditEntry.after)).one()["days"] == 1
    assert "Every tally equals the ledger." in run("tally", "check")


def test_the_demo_is_the_sample_and_an_open_copy_of_it(run, session, clock):
    assert "Practice copy: practice, open until 2026-04-09" in run("demo")
    run("demo")
    found = {action.slug: action for action in session.scalars(select(Action))}
    assert set(found) == {"ua-109-23-2", "practice"}
    assert found["practice"].practice
    assert found["practice"].deadline == date(2026, 4, 9)
    assert found["ua-109-23-2"].published_at is not None


def test_the_set_up_of_a_later_day_respects_what_was_removed_and_renews_what_ran_out(app, run, session, clock):
    from ua_tracker.cli.demo import set_up_demo

    run("demo")
    with app.app_context():
        assert set_up_demo() == []
        clock.pass_by(days=40)
        assert "open until 2026-05-19" in set_up_demo()[1]
        run("actions", "remove", "practice")
        assert set_up_demo() == []
    assert session.scalars(select(Action.slug)).all() == ["ua-109-23-2"]


def test_a_document_without_a_number_is_imported_under_a_short_name(run, session, tmp_path):
    document = tmp_path / "ua.txt"
    document.write_text(SAMPLE.read_text().replace("UA: 109/23 Index: ASA 33/9519/2025", "UA"))
    assert "short name" in run("actions", "import", str(document), code=1)
    assert "begin with a letter" in run("actions", "import", str(document), "--short-name", "7 up", code=2)
    assert "Imported as ua-afghans" in run("actions", "import", str(document), "--short-name", "afghans")


def test_the_demo_leaves_an_offices_own_import_alone(run, session):
    run("actions", "import", SAMPLE, "--publish")
    session.execute(update(Action).values(deadline=date(2026, 12, 1), summary=["Our own words."], goal=77))
    session.commit()
    run("demo")
    own = session.scalars(select(Action).where(Action.slug == "ua-109-23-2")).one()
    assert (own.deadline, own.summary, own.goal) == (date(2026, 12, 1), ["Our own words."], 77)


def a_project(folder, *, project: str = 'version = "0.2.0"', changes: str = ""):
    (folder / "docs").mkdir()
    (folder / "pyproject.toml").write_text(f"[project]\n{project}\n")
    (folder / "docs" / "changelog.md").write_text(f"# Changelog\n\n## Unreleased\n\n### Added\n\n{changes}")
    return folder


def test_the_version_is_printed_with_the_day_of_its_release(run):
    assert re.match(r"UA Tracker \d+\.\d+\.\d+, released on \d{4}-\d\d-\d\d\b", run("version"))


def test_changes_after_the_release_are_printed_with_the_version(tmp_path):
    home = a_project(tmp_path, changes="## 0.2.0 - 2026-12-24\n\n### Added\n\n- The group's own poster.\n")
    assert stated(home) == "UA Tracker 0.2.0, released on 2026-12-24"
    log = home / "docs" / "changelog.md"
    log.write_text(log.read_text().replace("### Added\n", "### Added\n\n- Fax numbers can be copied.\n", 1))
    assert stated(home) == "UA Tracker 0.2.0, released on 2026-12-24, with later changes"


def test_a_version_that_the_changelog_does_not_name_is_one_sentence(tmp_path):
    home = a_project(tmp_path, changes="## 0.1.0 - 2026-11-26\n")
    with pytest.raises(click.ClickException, match=r"changelog\.md has no heading “## 0\.2\.0 - ” with the day"):
        stated(home)


def test_a_project_without_a_version_is_one_sentence(tmp_path):
    with pytest.raises(click.ClickException, match=r"^pyproject.toml states no version\.$"):
        stated(a_project(tmp_path, project='name = "ua-tracker"'))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_connection_is_open_when_the_server_forks(app, tmp_path):
    import os
    from pathlib import Path

    from sqlalchemy import create_engine

    from ua_tracker.models import Base
    from ua_tracker.serving import set_up

    engine = create_engine(app.config["DATABASE_URL"])
    Base.metadata.drop_all(engine)
    engine.dispose()
    assert len(set_up(app)) == 3
    held = {os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if entry.exists()}
    assert not [path for path in held if path.startswith(str(tmp_path / "ua_tracker.db")) and "-queue" not in path]


def test_coordinators_are_invited_listed_and_removed(run, session, clock):
    run("groups", "add", "halifax", "Halifax")
    output = run("coordinators", "add", "gus@example.org", "--role", "group", "--group", "halifax")
    assert "works once within 7 days" in output
    assert "http://127.0.0.1:8000/en/login/password/" in output
    assert "needs a group" in run("coordinators", "add", "eva@example.org", "--role", "group", code=1)
    assert "no e-mail address" in run("coordinators", "add", "eva", "--role", "office", code=1)
    assert run("coordinators", "list").split() == ["gus@example.org", "group", "halifax", "invited"]
    assert "may no longer sign in" in run("coordinators", "remove", "gus@example.org")
    assert "There is no coordinator" in run("coordinators", "remove", "gus@example.org", code=1)
    assert run("coordinators", "list") == ""
