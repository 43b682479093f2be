"""Refusals about pledges, reports and evenings, for coordinators."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class NotYourGroup(Refusal):
    """A group coordinator can act for the own group only."""

    kind = Kind.FORBIDDEN
    sentence = marked("You can do this for your own group only.")
    field = "group"


class NoSuchEntry(Refusal):
    """There is no such pledge, report or coordinator in the coordinator's scope."""

    kind = Kind.UNKNOWN
    sentence = marked("This entry is not among those you can see.")


class NoReason(Refusal):
    """The reason for voiding is missing."""

    sentence = marked("Write why.")
    field = "reason"


class NothingMatches(Refusal):
    """The filter matches no row that still counts."""

    sentence = marked("Nothing that still counts matches this filter.")


class PreviewOutdated(Refusal):
    """The rows to void are no longer those of the preview. Nothing was voided."""

    kind = Kind.TOO_LATE
    sentence = marked(
        "Something changed since this preview was made, so nothing was taken back. "
        "Look at the new preview, then confirm it."
    )


class NotUndoable(Refusal):
    """This event of the history cannot be undone."""

    kind = Kind.UNKNOWN
    sentence = marked("Only what the office took back or released can be undone.")


class NobodyWrote(Refusal):
    """The number of people at a letter evening is outside its range."""

    sentence = marked("Write how many people took part, from 1 to %(most)s.")
    field = "people"


class EveningTooLong(Refusal):
    """The number of hours for which a letter evening is open is outside its range."""

    sentence = marked("Choose from 1 to %(most)s hours.")
    field = "hours"


class EveningTooLarge(Refusal):
    """The number of letters of a letter evening is outside its range."""

    sentence = marked("Choose a number of letters up to %(most)s.")
    field = "most_letters"


class TooManyLetters(Refusal):
    """More letters to one recipient than an evening can produce, which is most likely a typing error."""

    sentence = marked("Enter at most %(most)s letters to one recipient.")
    field = "letters-1"


class AlreadyEntered(Refusal):
    """The form of an evening was sent before with other values."""

    sentence = marked(
        "An evening was entered with this page before (letters: %(letters)s), so nothing was added now. For another "
        "evening press the button once more; a wrong entry is taken back in the list of letters."
    )
    field = "letters-1"
    used_before = True


class EmptyNote(Refusal):
    """The public note is empty."""

    sentence = marked("Write what the public shall read.")
    field = "note"


class MailedLately(Refusal):
    """Those who have not reported got a mail about it less than 14 days ago."""

    kind = Kind.TOO_LATE
    sentence = marked("This mail was sent lately. It can be sent again from %(day)s on, to those who did not get it.")


class NobodyToMail(Refusal):
    """Nobody would get the mail."""

    kind = Kind.TOO_LATE
    sentence = marked("Nobody would get this mail: nothing was sent.")


class NothingStored(Refusal):
    """Nothing that can be erased is stored under an address."""

    kind = Kind.TOO_LATE
    sentence = marked("Nothing is stored under this address that could be erased.")


class FoundOthers(Refusal):
    """What is stored under an address is no longer what was shown. Nothing was erased."""

    kind = Kind.TOO_LATE
    sentence = marked("Something was stored or erased since, so nothing was erased now. Look again, then confirm it.")


class ReasonNamesSomebody(Refusal):
    """The reason has an e-mail address in it, and the history is never erased."""

    sentence = marked("Write the reason without an e-mail address: the history is kept.")
    field = "reason"
