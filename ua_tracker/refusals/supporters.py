"""What supporters, readers and other sites are told."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class NoSuchAction(Refusal):
    """No action has this slug, or it is a draft and the asker is not its coordinator."""

    kind = Kind.UNKNOWN
    sentence = marked("There is no action “%(slug)s” here.")


class NoSuchGroup(Refusal):
    """No group that still takes part has this slug."""

    sentence = marked("There is no group “%(slug)s”.")
    field = "group"


class NoSuchFormat(Refusal):
    """The answer was asked for in a format that this address does not speak."""

    kind = Kind.NOT_OFFERED
    sentence = marked("There is no format “%(format)s” here: ask for json or xml.")


class NotOfThisSite(Refusal):
    """The address to be shown is not the page of an action of this site."""

    kind = Kind.UNKNOWN
    sentence = marked("Give the address of an action of this site in “url”.")


class NoSize(Refusal):
    """A largest width or height is a whole number of pixels."""

    kind = Kind.UNREADABLE
    sentence = marked("Give “%(name)s” as a whole number of pixels, as 480.")


class NoSuchPledge(Refusal):
    """The private link is unknown, was replaced or was revoked."""

    kind = Kind.UNKNOWN
    sentence = marked("This private link is not known, or it has been replaced.")


class ConfirmationOver(Refusal):
    """The link to confirm an address is older than seven days, or another was asked for since."""

    kind = Kind.UNKNOWN
    sentence = marked("This link to confirm an address has expired, or a later one has taken its place.")


class PledgingLocked(Refusal):
    """The action's closing instant has come, or a coordinator closed it early."""

    kind = Kind.TOO_LATE
    sentence = marked("Pledging has closed.")


class ReportingClosed(Refusal):
    """The days of grace after the deadline are over, or the action was closed early."""

    kind = Kind.TOO_LATE
    sentence = marked("Letters can no longer be reported.")


class PledgeEnded(Refusal):
    """A pledge that was withdrawn or taken back cannot be changed."""

    kind = Kind.TOO_LATE
    sentence = marked("This pledge has ended already.")


class UndoTooLate(Refusal):
    """A report can be undone by its own hand for a day; then a coordinator is asked."""

    kind = Kind.TOO_LATE
    sentence = marked("This was reported more than a day ago. Ask the office to take it back.")


class NotConfirmed(Refusal):
    """What cannot be undone is confirmed first."""

    sentence = marked("Tick the box to say that you mean it.")
    field = "sure"


class AlreadyPledged(Refusal):
    """This e-mail address already holds a pledge for this action."""

    sentence = marked("This address already holds a pledge for this action.")


class SentTooEarly(Refusal):
    """A letter cannot have been sent before the action was issued."""

    sentence = marked("This action was issued on %(day)s: a letter cannot have been sent before.")
    field = "sent_on"


class SentAfterDeadline(Refusal):
    """Letters count when they were sent on or before the deadline, that day included."""

    sentence = marked("The deadline was %(day)s: only letters sent by then count.")
    field = "sent_on"


class SentInFuture(Refusal):
    """A report tells what was sent, not what will be."""

    sentence = marked("This day is still to come. A letter you plan to write is a pledge.")
    field = "sent_on"


class NoLetters(Refusal):
    """A report without a letter says nothing."""

    sentence = marked("Write how many letters you sent, to at least one of the recipients.")
    field = "letters-1"


class RecipientGone(Refusal):
    """The action's recipients changed while the form was open, and letters stand at one who is none any more."""

    sentence = marked(
        "The recipients of this action have just changed, and some letters (%(letters)s) stood at one who is no longer "
        "among them. Nothing was stored: look at the numbers, then press the button once more."
    )
    field = "letters-1"


class AlreadyReported(Refusal):
    """The form was sent before, with something else in it."""

    sentence = marked(
        "Letters were reported with this page before (%(letters)s), so nothing was added now. If you sent others as "
        "well, write only those and press the button once more."
    )
    field = "letters-1"
    used_before = True


class PledgedBefore(Refusal):
    """The form was sent before, with something else in it."""

    sentence = marked(
        "A pledge was made with this page before, so nothing was added now. For another pledge press the button once "
        "more; the first is changed by its private link."
    )
    field = "letters"
    used_before = True


class TakenBackSince(Refusal):
    """The form was sent before, and what it stored was taken back."""

    sentence = marked(
        "What was sent with this page before was taken back since, so nothing was added now. To send this anew, press "
        "the button once more."
    )
    field = "letters-1"
    used_before = True


class PledgeTakenBack(PledgedBefore):
    """The form made a pledge before, which has ended."""

    sentence = TakenBackSince.sentence


class WriteOnOutside(Refusal):
    """The day one means to write must lie between today and the deadline."""

    sentence = marked("Choose a day from today to the deadline, %(day)s.")
    field = "write_on"
