"""The "no" that nobody's input is to blame for: nothing can be stored, or read, at this moment."""

from ua_tracker.refusals.base import marked


class NotStored(Exception):
    """Nothing was stored, and a later try may go through.

    No Refusal: a view that shows a form again with what is wrong in it must not take this for a mistake in the form.
    `path` is the database's, for the operator alone.
    """

    title = marked("The site is busy")
    sentence = marked("What you sent was not stored. Please try again in a moment.")
    to_operator = "Nothing was stored."

    def __init__(self, path: object = "") -> None:
        super().__init__(self.to_operator % {"path": path})


class TurnTooLong(NotStored):
    """Others were writing for longer than anybody shall wait."""

    sentence = marked(
        "Others are writing, and your turn did not come in time. What you sent was not stored. Please try again in a "
        "moment."
    )
    to_operator = "Others were writing for too long. Nothing was stored; try again."


class DatabaseAway(NotStored):
    """The database's file was deleted, moved or replaced, or its folder cannot be entered."""

    title = marked("Nothing can be stored at this moment")
    sentence = marked(
        "The site cannot reach its data at this moment. What you sent was not stored. Please try again in a moment."
    )
    to_operator = "There is no database at %(path)s. Put it back, or make a new one: flask --app app db upgrade"


class DatabaseReadOnly(DatabaseAway):
    """The database's file or folder takes no writing."""

    sentence = marked(
        "The site can only be read at this moment. What you sent was not stored. Please try again in a moment."
    )
    to_operator = "%(path)s can only be read: this process may not write to the file or to its folder."
