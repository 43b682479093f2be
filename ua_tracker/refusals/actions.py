"""Refusals about actions and groups, for coordinators."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class NoDeadline(Refusal):
    """An action without a deadline cannot be published or extended."""

    sentence = marked("“%(slug)s” has no deadline: it stays a draft until it has one.")


class NobodyToWriteTo(Refusal):
    """An action without a target cannot be published."""

    sentence = marked("“%(slug)s” names no target: it stays a draft until it does.")


class EndsTheCase(Refusal):
    """A stop action asks for no letters, so it cannot be published."""

    sentence = marked("“%(slug)s” ends the case: it asks for no letters and cannot be opened.")


class CaseChanged(Refusal):
    """Another issue of the case runs than the coordinator saw. Nothing is closed."""

    kind = Kind.TOO_LATE
    sentence = marked(
        "Another action of this case runs now. Look which would be closed, and press the button once more."
    )


class PublishedAlready(Refusal):
    """The public sees the action already, so that nothing can be scheduled or cancelled."""

    kind = Kind.TOO_LATE
    sentence = marked("“%(slug)s” is published already.")


class NoSuchPreview(Refusal):
    """The link to a draft is unknown, was revoked, or is too old."""

    kind = Kind.UNKNOWN
    sentence = marked("This link to a draft does not work any more. Ask the office for a new one.")


class PublicationPast(Refusal):
    """The day and hour for publishing are not ahead."""

    sentence = marked("Choose a day and an hour that are still to come.")
    field = "publish_on"


class OverWhenPublished(Refusal):
    """When the action would be published, its deadline would be over."""

    sentence = marked("The deadline is %(day)s: choose a time before it is over.")
    field = "publish_on"


class DeadlineBeforePublication(Refusal):
    """The new deadline would be over when the action is published."""

    sentence = marked("The action is published after this day: choose a later deadline, or publish it sooner.")
    field = "deadline"


class HasPledgesOrReports(Refusal):
    """Only a practice copy, or a draft without pledges and reports, can be deleted."""

    sentence = marked("“%(slug)s” is not a practice copy: its pledges and reports are never deleted.")


class SlugTaken(Refusal):
    """Another group, possibly a retired one, has this slug."""

    sentence = marked("There is already a group “%(slug)s”.")
    field = "slug"


class EditedMeanwhile(Refusal):
    """Another coordinator changed the action after the form was shown. Nothing is stored."""

    kind = Kind.TOO_LATE
    sentence = marked(
        "Somebody else changed “%(slug)s” while you were working on it. Nothing of yours was stored: "
        "look at what it says now, and make your changes again."
    )


class NumberMissing(Refusal):
    """An action needs a UA number or an AI index."""

    sentence = marked("Give the action its UA number or its AI index.")
    field = "ua_number"


class BadUaNumber(Refusal):
    """The UA number (number and year of a case) has another format."""

    sentence = marked("Write the number as 109/23.")
    field = "ua_number"


class BadAiIndex(Refusal):
    """The AI index (region, country, document, year) has another format."""

    sentence = marked("Write the index as ASA 33/9519/2025.")
    field = "ai_index"


class ActionKnown(Refusal):
    """This issue of the case exists already."""

    sentence = marked("This action is there already: “%(slug)s”.")
    field = "ua_number"


class IndexKnown(ActionKnown):
    """Another action has this AI index."""

    field = "ai_index"


class UnknownZone(Refusal):
    """The time zone is not in the IANA time zone database."""

    sentence = marked("“%(zone)s” is no time zone. Choose one such as America/Toronto.")
    field = "timezone"


class GoalOutOfRange(Refusal):
    """The goal is outside its range (1 to 10,000,000 letters)."""

    sentence = marked("Choose a number from %(min)s to %(max)s.")
    field = "goal"


class GraceOutOfRange(GoalOutOfRange):
    """The days of grace are outside their range (0 to 366)."""

    field = "grace_days"


class DeadlineTooFar(Refusal):
    """The deadline is about ten years ahead or more, which is a typing error."""

    sentence = marked("Choose a day before %(day)s.")
    field = "deadline"


class DeadlineTooEarly(Refusal):
    """The deadline is before 1961, which is a typing error: Amnesty International was founded in that year."""

    sentence = marked("Choose a day from %(day)s on.")
    field = "deadline"


class PublishedNeedsBoth(Refusal):
    """A published action must keep a deadline and a target."""

    sentence = marked("A published action needs a deadline and at least one target.")
    field = "deadline"


class DeadlineOnlyLater(Refusal):
    """Supporters rely on the deadline: it moves to an earlier day by `correct_deadline` alone, which tells them."""

    sentence = marked(
        "People have relied on the deadline, %(day)s. Move it to an earlier day on the page of the action: that tells"
        " them."
    )
    field = "deadline"


class NotLater(Refusal):
    """The new deadline of an extension is not after the present one."""

    sentence = marked(
        "Choose a day after the present deadline, %(day)s. If that is wrong, tick the box for an earlier day."
    )
    field = "deadline"


class NotEarlier(Refusal):
    """The corrected deadline is not before the present one."""

    sentence = marked("The present deadline is %(day)s. For a later day leave the box empty: that extends it.")
    field = "deadline"


class NotTomorrow(Refusal):
    """A deadline moves to an earlier day only while those who promised can still be told."""

    sentence = marked(
        "The earliest day is tomorrow: those who promised letters must hear of it before. To end today, close"
        " the action."
    )
    field = "deadline"


class ClosedEarly(Refusal):
    """A coordinator has closed the action."""

    kind = Kind.TOO_LATE
    sentence = marked("“%(slug)s” was closed. Reopen it first.")


class NotClosed(Refusal):
    """Only an action that a coordinator closed can be reopened. One whose deadline has passed can be extended."""

    sentence = marked("“%(slug)s” was not closed by the office. If its deadline has passed, extend it.")


class BadSlug(Refusal):
    """The group's slug, its name in URLs, has characters that are not allowed, or is too long."""

    sentence = marked("Use small letters, digits and hyphens between them, at most %(max)s characters.")
    field = "slug"


class NameMissing(Refusal):
    """The name has no visible character."""

    sentence = marked("Write the group’s name.")
    field = "name"


class NameTooLong(Refusal):
    """The name is too long."""

    sentence = marked("This is longer than %(max)s characters.")
    field = "name"


class SameGroup(Refusal):
    """A group cannot be merged into itself."""

    sentence = marked("Choose another group than “%(slug)s” itself.")
    field = "group"
