"""Refusals for supporters, readers and other websites."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class NoSuchCase(Refusal):
    """No published action has this UA number."""

    kind = Kind.UNKNOWN
    sentence = marked("There is no such case.")


class NoSuchAction(Refusal):
    """There is no action with this slug, or it is a draft."""

    kind = Kind.UNKNOWN
    sentence = marked("There is no action “%(slug)s” here.")


class NoSuchGroupPage(Refusal):
    """No active group has the slug in the URL."""

    kind = Kind.UNKNOWN
    sentence = marked("There is no such local group.")


class NoSuchGroup(Refusal):
    """There is no active group with this slug."""

    sentence = marked("There is no group “%(slug)s”.")
    field = "group"


class NoSuchFormat(Refusal):
    """The requested format of the response is not supported."""

    kind = Kind.NOT_OFFERED
    sentence = marked("There is no format “%(format)s” here: ask for json or xml.")


class NotOfThisSite(Refusal):
    """The URL is not that of an action's page on this site."""

    kind = Kind.UNKNOWN
    sentence = marked("Give the URL of an action of this site in “url”.")


class NoSize(Refusal):
    """A largest width or height is not a whole number."""

    kind = Kind.UNREADABLE
    sentence = marked("Give “%(name)s” as a whole number of pixels, such as 480.")


class NoSuchPledge(Refusal):
    """The private link is unknown, was replaced or was revoked."""

    kind = Kind.UNKNOWN
    sentence = marked("This private link is not known, or it has been replaced.")


class ConfirmationOver(Refusal):
    """The link to confirm an e-mail address is older than seven days, or was replaced by a later one."""

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


class NotProven(Refusal):
    """Only a link that was mailed proves that it is the owner who uses it."""

    kind = Kind.FORBIDDEN
    sentence = marked("This needs the link that we sent by mail.")


class TooMuchForOneMailbox(Refusal):
    """Who reads one mailbox is one person, and does not write letters by the thousand in a day."""

    kind = Kind.TOO_LATE
    sentence = marked(
        "These are more letters than one mailbox confirms in a day. They are stored. The office looks at them before"
        " they are counted."
    )


class PledgeEnded(Refusal):
    """A withdrawn or void pledge cannot be changed."""

    kind = Kind.TOO_LATE
    sentence = marked("This pledge has ended already.")


class ReportEnded(Refusal):
    """The office voided the report, so its supporter cannot correct it any more."""

    kind = Kind.TOO_LATE
    sentence = marked("The office took this report out of the count. Ask it before you report these letters again.")


class NotConfirmed(Refusal):
    """The box that confirms an action that cannot be undone was not ticked."""

    sentence = marked("Tick the box to say that you mean it.")
    field = "sure"


class AlreadyPledged(Refusal):
    """This e-mail address already has a pledge for this action."""

    sentence = marked("This address already holds a pledge for this action.")


class SentTooEarly(Refusal):
    """The letter's day is before the action was issued."""

    sentence = marked("This action was issued on %(day)s: a letter cannot have been sent before.")
    field = "sent_on"


class SentAfterDeadline(Refusal):
    """The letter's day is after the deadline."""

    sentence = marked("The deadline was %(day)s: only letters sent by then count.")
    field = "sent_on"


class SentInFuture(Refusal):
    """The letter's day is in the future."""

    sentence = marked("This day is still to come. A letter you plan to write is a pledge.")
    field = "sent_on"


class NoLetters(Refusal):
    """The report has no letters."""

    sentence = marked("Write how many letters you sent, to at least one of the recipients.")
    field = "letters-1"


class RecipientGone(Refusal):
    """The recipients changed while the form was open, and it has letters to one who was removed."""

    sentence = marked(
        "The recipients of this action have just changed, and some letters (%(letters)s) were entered for one who is "
        "no longer among them. Nothing was stored: look at the numbers, then press the button once more."
    )
    field = "letters-1"


class AlreadyReported(Refusal):
    """The form was sent before with other values."""

    sentence = marked(
        "Letters were reported with this page before (%(letters)s), so nothing was added now. If you sent others as "
        "well, write only those and press the button once more."
    )
    field = "letters-1"
    used_before = True


class PledgedBefore(Refusal):
    """The form was sent before with other values."""

    sentence = marked(
        "A pledge was made with this page before, so nothing was added now. For another pledge press the button once "
        "more; the first is changed by its private link."
    )
    field = "letters"
    used_before = True


class TakenBackSince(Refusal):
    """The form was sent before, and the report it made was voided."""

    sentence = marked(
        "What was sent with this page before was taken back since, so nothing was added now. To send this anew, press "
        "the button once more."
    )
    field = "letters-1"
    used_before = True


class PledgeTakenBack(PledgedBefore):
    """The form was sent before, and the pledge it made was withdrawn or voided."""

    sentence = TakenBackSince.sentence


class WriteOnOutside(Refusal):
    """The day for writing is not between today and the deadline."""

    sentence = marked("Choose a day from today to the deadline, %(day)s.")
    field = "write_on"
