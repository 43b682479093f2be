"""The commands of `flask --app app …`. Each does one thing, and prints one clear line when it fails."""

from flask import Flask

from ua_tracker.cli.actions import actions_commands
from ua_tracker.cli.backups import backup, database_commands, restore
from ua_tracker.cli.coordinators import coordinators_commands
from ua_tracker.cli.demo import demo
from ua_tracker.cli.doctor import doctor
from ua_tracker.cli.groups import groups_commands
from ua_tracker.cli.key import key_commands
from ua_tracker.cli.one_line import around_all
from ua_tracker.cli.outbox import outbox_commands
from ua_tracker.cli.reminders import reminders_commands
from ua_tracker.cli.retention import retention_commands
from ua_tracker.cli.tally import tally_commands
from ua_tracker.cli.version import version
from ua_tracker.cli.work import work

COMMANDS = (
    actions_commands,
    groups_commands,
    tally_commands,
    outbox_commands,
    coordinators_commands,
    reminders_commands,
    retention_commands,
    key_commands,
    backup,
    restore,
    database_commands,
    work,
    doctor,
    demo,
    version,
)


def register(app: Flask) -> None:
    """Adds the commands to the app. Every `flask` command then reports an error in one line."""
    around_all()
    for command in COMMANDS:
        app.cli.add_command(command)
