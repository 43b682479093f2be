"""Why a backup is not made, or not restored. Only the operator reads these sentences."""

from typing import Any

from ua_tracker.refusals.storage import NotStored


class BackupRefused(NotStored):
    """A backup is not made, or not restored; nothing was changed. `facts` fill the sentence's placeholders."""

    def __init__(self, **facts: Any) -> None:
        Exception.__init__(self, self.to_operator % facts)


class NoTables(BackupRefused):
    """The database has no tables of this site."""

    to_operator = "The database has no tables, or older ones: flask --app app db upgrade makes them."


class BackupNotWritten(BackupRefused):
    """The file, or its folder, cannot be written."""

    to_operator = "%(path)s cannot be written. %(why)s"


class FileThere(BackupRefused):
    """There is a file of this name already."""

    to_operator = "%(path)s is there already. Give another name, or --replace."


class FileInUse(BackupRefused):
    """The name is that of the database itself, or of something that is no file."""

    to_operator = "%(path)s is the database itself, or no plain file. Give another name."


class NoBackup(BackupRefused):
    """The file was not made by `flask backup`."""

    to_operator = "%(path)s is no backup of UA Tracker."


class PlainDatabase(BackupRefused):
    """The file is a database, with nothing that says when, and under which key, it was copied."""

    to_operator = (
        "%(path)s is a database, and no backup: it does not say under which key it was used. Make a backup of it"
        " (DATABASE_URL=sqlite:///… flask --app app backup FILE), and restore that."
    )


class BackupDamaged(BackupRefused):
    """The file is not what was written, for example because its end is missing."""

    to_operator = "%(path)s is damaged: %(why)s. Nothing was changed. Take another backup."


class BackupTooNew(BackupRefused):
    """The tables are of a later version than this program knows."""

    to_operator = (
        "%(path)s was made by version %(version)s, whose tables (%(revision)s) this version does not know. Install"
        " that version or a later one. Nothing was changed."
    )


class OtherKey(BackupRefused):
    """The backup was made under a secret key that is neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS."""

    to_operator = (
        "%(path)s was made under another SECRET_KEY. Under this one two-factor codes, letter evenings and the links in"
        " mails that wait do not work. Give the key of that time, or --other-key to do without. Nothing was changed."
    )


class DatabaseNotEmpty(BackupRefused):
    """The database to restore into holds rows."""

    to_operator = "The database is not empty: --replace keeps it beside the restored one. Nothing was changed."


class TargetNotEmpty(BackupRefused):
    """The database to copy into holds rows."""

    to_operator = "The database to copy into is not empty. Nothing was changed."


class CountsDiffer(BackupRefused):
    """A table has not as many rows as it had where it comes from."""

    to_operator = "%(table)s: %(there)s rows there, %(here)s here. Nothing was changed."
