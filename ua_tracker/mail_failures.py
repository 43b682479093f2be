"""The exceptions raised by code that makes or delivers a mail, when the mail is not sent at this try."""


class NotNeeded(Exception):
    """The content of the mail is no longer true, so it is not sent."""


class Failed(Exception):
    """This try failed; a later one may succeed. `reason` is shown to the operator and contains no name or address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ServerAway(Failed):
    """The mail server accepts no mail at present, whoever the recipient is: the other mails need not be tried now."""


class Refused(Failed):
    """The mail server will never accept this mail, for example because the mailbox does not exist."""
