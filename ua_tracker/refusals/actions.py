"""What coordinators are told about an action or a group."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class NoDeadline(Refusal):
    """An action without a deadline, or without anybody to write to, stays a draft."""

    sentence = marked("“%(slug)s” has no deadline: it stays a draft until it has one.")


class NobodyToWriteTo(Refusal):
    """An action without a target stays a draft."""

    sentence = marked("“%(slug)s” names no target: it stays a draft until it does.")


class EndsTheCase(Refusal):
    """A stop action asks for no letters, so there is nothing to open."""

    sentence = marked("“%(slug)s” ends the case: it asks for no letters and cannot be opened.")


class HasPledgesOrReports(Refusal):
    """Only a practice copy, or a draft nobody pledged for, can be removed."""

    sentence = marked("“%(slug)s” is not a practice copy: what people gave to it is never removed.")


class SlugTaken(Refusal):
    """Another group has this slug."""

    sentence = marked("There is already a group “%(slug)s”.")


class EditedMeanwhile(Refusal):
    """Another coordinator changed the action after this one was shown it. Nothing is overwritten."""

    kind = Kind.TOO_LATE
    sentence = marked(
        "Somebody else changed “%(slug)s” while you were working on it. Nothing of yours was stored: "
        "look at what it says now, and make your changes again."
    )


class NumberMissing(Refusal):
    """An action is known by its UA number or its AI index."""

    sentence = marked("Give the action its UA number or its AI index.")
    field = "ua_number"


class BadUaNumber(Refusal):
    """A UA number counts the cases of a year."""

    sentence = marked("Write the number as 109/23.")
    field = "ua_number"


class BadAiIndex(Refusal):
    """An AI index names region, country, document and year."""

    sentence = marked("Write the index as ASA 33/9519/2025.")
    field = "ai_index"


class ActionKnown(Refusal):
    """This issue of the case is there already."""

    sentence = marked("This action is there already: “%(slug)s”.")
    field = "ua_number"


class UnknownZone(Refusal):
    """A deadline needs a zone of the IANA time zone database."""

    sentence = marked("“%(zone)s” is no time zone. Choose one as America/Toronto.")
    field = "timezone"


class GoalOutOfRange(Refusal):
    """A goal is a number of letters that can be reached."""

    sentence = marked("Choose a number from %(min)s to %(max)s.")
    field = "goal"


class GraceOutOfRange(GoalOutOfRange):
    """The days of grace are some weeks, at most a year."""

    field = "grace_days"


class DeadlineTooFar(Refusal):
    """No Urgent Action is open for ten years."""

    sentence = marked("Choose a day before %(day)s.")
    field = "deadline"


class DeadlineTooEarly(Refusal):
    """No letter was asked for before there was anybody to ask for it."""

    sentence = marked("Choose a day from %(day)s on.")
    field = "deadline"


class PublishedNeedsBoth(Refusal):
    """What the public sees has a deadline and somebody to write to."""

    sentence = marked("A published action needs a deadline and at least one target.")
    field = "deadline"


class DeadlineOnlyLater(Refusal):
    """Whoever pledged was promised the time until the deadline."""

    sentence = marked(
        "People have relied on the deadline, %(day)s: it can only move to a later day. To end sooner, close the action."
    )
    field = "deadline"


class NotLater(Refusal):
    """An extension gives more time."""

    sentence = marked("Choose a day after the present deadline, %(day)s.")
    field = "deadline"


class ClosedEarly(Refusal):
    """A coordinator closed the action already."""

    kind = Kind.TOO_LATE
    sentence = marked("“%(slug)s” was closed. Reopen it first.")


class NotClosed(Refusal):
    """Only what a coordinator closed can be reopened; a deadline that has passed is extended."""

    sentence = marked("Nobody closed “%(slug)s”. If its deadline has passed, extend it.")


class BadSlug(Refusal):
    """A group's short name stands in addresses."""

    sentence = marked("Use small letters, digits and hyphens between them, at most %(max)s signs.")
    field = "slug"


class NameMissing(Refusal):
    """A name of signs that nobody sees is none."""

    sentence = marked("Write the group’s name.")
    field = "name"


class NameTooLong(Refusal):
    """A name is read by people."""

    sentence = marked("This is longer than %(max)s characters.")
    field = "name"


class SameGroup(Refusal):
    """A group is merged into another one."""

    sentence = marked("Choose another group than “%(slug)s” itself.")
    field = "group"
