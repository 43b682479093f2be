"""What coordinators are told about pledges, reports and evenings."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class NotYourGroup(Refusal):
    """A group coordinator acts for the own group only."""

    kind = Kind.FORBIDDEN
    sentence = marked("You can do this for your own group only.")
    field = "group"


class NoSuchEntry(Refusal):
    """There is no such pledge or report among those the coordinator sees."""

    kind = Kind.UNKNOWN
    sentence = marked("This entry is not among those you can see.")


class NoReason(Refusal):
    """Whoever takes something back says why."""

    sentence = marked("Write why it is taken back.")
    field = "reason"


class NothingMatches(Refusal):
    """A filter that finds nothing takes nothing back."""

    sentence = marked("Nothing that still counts matches this filter.")


class PreviewOutdated(Refusal):
    """What would be taken back is no longer what was shown. Nothing was."""

    kind = Kind.TOO_LATE
    sentence = marked(
        "Something changed since this preview was made, so nothing was taken back. "
        "Look at the new preview, then confirm it."
    )


class NobodyWrote(Refusal):
    """A letter evening has people who wrote."""

    sentence = marked("Write how many people took part, from 1 to %(most)s.")
    field = "people"


class TooManyLetters(Refusal):
    """More letters to one recipient than an evening can bring forth: a slip of the finger, most likely."""

    sentence = marked("Enter at most %(most)s letters to one recipient.")
    field = "letters-1"


class AlreadyEntered(Refusal):
    """The form of an evening was entered before, with something else in it."""

    sentence = marked(
        "An evening was entered with this page before (letters: %(letters)s), so nothing was added now. For another "
        "evening press the button once more; a wrong entry is taken back in the list of letters."
    )
    field = "letters-1"
    used_before = True


class EmptyNote(Refusal):
    """A note to the public says something."""

    sentence = marked("Write what the public shall read.")
    field = "note"
