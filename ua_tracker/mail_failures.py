"""The exceptions raised by code that makes or delivers a mail, when the mail is not sent at this try."""


class NotNeeded(Exception):
    """The content of the mail is no longer true, so it is not sent."""

    reason: str | None = None


class KeptBack(NotNeeded):
    """The mail is not sent, because its address was refused before (ua_tracker/refused_addresses.py)."""

    reason = "the address was refused before"


class Failed(Exception):
    """This try failed; a later one may succeed. `reason` is shown to the operator and contains no name or address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ServerAway(Failed):
    """The mail server accepts no mail at present, whoever the recipient is: the other mails need not be tried now."""


class Refused(Failed):
    """The mail server will never accept this mail, for example because the mailbox does not exist."""


class AddressRefused(Refused):
    """The mail server refused the address for good. `status` is as in RFC 3463, or the three digits of RFC 5321."""

    def __init__(self, reason: str, status: str) -> None:
        super().__init__(reason)
        self.status = status
