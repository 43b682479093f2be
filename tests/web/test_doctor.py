"""The command `doctor`: a line for each check, exit code 1 with a fault."""

from tests.web.test_operations import migrated, without_versions

__all__ = ["without_versions"]


def test_an_installation_in_order_has_no_fault(app, session):
    migrated(session)
    done = app.test_cli_runner().invoke(args=["doctor"])
    lines = done.stdout.splitlines()
    assert {line.split()[0] for line in lines if "clock:" not in line} <= {"ok", "warning"}  # PostgreSQL has its own
    assert any(line.startswith("ok       tables") for line in lines)
    assert any(line.startswith("warning  mail server") for line in lines)


def test_another_key_and_a_missing_migration_are_faults(an_app, session):
    migrated(session)
    an_app().test_cli_runner().invoke(args=["key", "accept"])
    done = an_app(SECRET_KEY="another key of the same site").test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 1
    assert "fault    secret key: This database belongs to another" in done.stdout
    assert "another key of the same site" not in done.output
    migrated(session, "0001")
    done = an_app().test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 1
    assert "fault    tables: run: flask --app app db upgrade" in done.stdout
