"""Errors of the storage: nothing can be stored, or read, at this moment."""

from ua_tracker.refusals.base import marked


class NotStored(Exception):
    """Nothing was stored; a later try may succeed.

    Not a Refusal, because views show refusals as errors of the form, and the input is not the cause here. `path` is
    the database's path; only the operator sees it.
    """

    title = marked("The site is busy")
    sentence = marked("What you sent was not stored. Please try again in a moment.")
    to_operator = "Nothing was stored."

    def __init__(self, path: object = "") -> None:
        super().__init__(self.to_operator % {"path": path})


class TurnTooLong(NotStored):
    """Other transactions were writing for longer than a writer waits."""

    sentence = marked(
        "Others are writing, and your turn did not come in time. What you sent was not stored. Please try again in a "
        "moment."
    )
    to_operator = "Others were writing for too long. Nothing was stored; try again."


class DatabaseAway(NotStored):
    """The database's file was deleted, moved or replaced, or its folder is not accessible."""

    title = marked("Nothing can be stored at this moment")
    sentence = marked(
        "The site cannot reach its data at this moment. What you sent was not stored. Please try again in a moment."
    )
    to_operator = "There is no database at %(path)s. Put it back, or create a new one: flask --app app db upgrade"


class DatabaseReadOnly(DatabaseAway):
    """The database's file or folder is read-only."""

    sentence = marked(
        "The site can only be read at this moment. What you sent was not stored. Please try again in a moment."
    )
    to_operator = "%(path)s can only be read: this process may not write to the file or to its folder."


class AnotherKey(NotStored):
    """The database belongs to another secret key than this process has. `known` and `own` are parts of fingerprints."""

    def __init__(self, *, known: str, since: object, own: str) -> None:
        super().__init__()
        self.args = (
            f"This database belongs to another SECRET_KEY (fingerprint {known}, since {since}) than this process has "
            f"({own}): links in mails and two-factor codes would not work. Give every process of the site the same "
            "SECRET_KEY (without one it is the file secret_key in the instance folder), or the old key in "
            "SECRET_KEY_FALLBACKS; or accept the new one: flask --app app key accept",
        )
