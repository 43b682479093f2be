"""Why is a mail not sent at this try? What makes a mail, or delivers it, says so with one of these."""


class NotNeeded(Exception):
    """What the mail would tell is no longer so: it is not sent."""


class Failed(Exception):
    """This try failed; a later one may not. `reason` is told to the operator and names nobody."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ServerAway(Failed):
    """The mail server takes nothing at present, whoever the mail is for: the other mails need not be tried now."""


class Refused(Failed):
    """This mail will never be taken, as for a mailbox that does not exist."""
