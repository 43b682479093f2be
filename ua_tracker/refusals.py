"""Every "no" the house can say: a class each, with its sentence.

A sentence is marked for translation here and put into the reader's language at the door
(`web/errors.py` for pages, `cli/` for commands). Its facts fill the placeholders.
"""

from typing import Any


def marked(sentence: str) -> str:
    """The sentence itself; the name tells the catalogue's extractor to take it."""
    return sentence


class Refusal(Exception):
    """A rule says no. `facts` are what the sentence names; `field` is the form field it belongs to, if any."""

    sentence = marked("This cannot be done.")
    field: str | None = None

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence % self.facts


class NoSuchAction(Refusal):
    """No action has this slug, or it is a draft and the asker is not its coordinator."""

    sentence = marked("There is no action “%(slug)s” here.")


class NoSuchGroup(Refusal):
    """No group that still takes part has this slug."""

    sentence = marked("There is no group “%(slug)s”.")
    field = "group"


class NoSuchFormat(Refusal):
    """The answer was asked for in a format that this address does not speak."""

    sentence = marked("There is no format “%(format)s” here: ask for json or xml.")


class NotOfThisSite(Refusal):
    """The address to be shown is not the page of an action of this site."""

    sentence = marked("Give the address of an action of this site in “url”.")


class NoSize(Refusal):
    """A largest width or height is a whole number of pixels."""

    sentence = marked("Give “%(name)s” as a whole number of pixels, as 480.")


class NoSuchPledge(Refusal):
    """The private link is unknown, was replaced or was revoked."""

    sentence = marked("This private link is not known, or it has been replaced.")


class PledgingLocked(Refusal):
    """The action's closing instant has come, or a coordinator closed it early."""

    sentence = marked("Pledging has closed.")


class ReportingClosed(Refusal):
    """The days of grace after the deadline are over, or the action was closed early."""

    sentence = marked("Letters can no longer be reported.")


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


class WriteOnOutside(Refusal):
    """The day one means to write must lie between today and the deadline."""

    sentence = marked("Choose a day from today to the deadline, %(day)s.")
    field = "write_on"


class NoDeadline(Refusal):
    """An action without a deadline, or without anybody to write to, stays a draft."""

    sentence = marked("“%(slug)s” has no deadline: it stays a draft until it has one.")


class NobodyToWriteTo(Refusal):
    """An action without a target stays a draft."""

    sentence = marked("“%(slug)s” names no target: it stays a draft until it does.")


class EndsTheCase(Refusal):
    """A stop action asks for no letters, so there is nothing to open."""

    sentence = marked("“%(slug)s” ends the case: it asks for no letters and cannot be opened.")


class HoldsPeoplesWords(Refusal):
    """Only a practice copy, or a draft nobody pledged for, can be removed."""

    sentence = marked("“%(slug)s” is not a practice copy: what people gave to it is never removed.")


class SlugTaken(Refusal):
    """Another group has this slug."""

    sentence = marked("There is already a group “%(slug)s”.")


class EditedMeanwhile(Refusal):
    """Another coordinator changed the action after this one was shown it. Nothing is overwritten."""

    sentence = marked(
        "Somebody else changed “%(slug)s” while you were working on it. Nothing of yours was stored: "
        "look at what it says now, and make your changes again."
    )


class NumberMissing(Refusal):
    """An action is known by its UA number or its AI index."""

    sentence = marked("Give the action its UA number or its AI index.")
    field = "ua_number"


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

    sentence = marked("“%(slug)s” was closed. Reopen it first.")


class NotClosed(Refusal):
    """Only what a coordinator closed can be reopened; a deadline that has passed is extended."""

    sentence = marked("Nobody closed “%(slug)s”. If its deadline has passed, extend it.")


class SameGroup(Refusal):
    """A group is merged into another one."""

    sentence = marked("Choose another group than “%(slug)s” itself.")
    field = "group"


class NotYourGroup(Refusal):
    """A group coordinator acts for the own group only."""

    sentence = marked("You can do this for your own group only.")
    field = "group"


class NoSuchEntry(Refusal):
    """There is no such pledge or report among those the coordinator sees."""

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


class EmptyNote(Refusal):
    """A note to the public says something."""

    sentence = marked("Write what the public shall read.")
    field = "note"


class NoUrgentAction(Refusal):
    """The document has no UA number or AI index with something to write and somebody to write to."""

    sentence = marked("This is no Urgent Action: no UA number, index or “Write to” was found in it.")


class NotText(Refusal):
    """The file is binary."""

    sentence = marked("This file is not text. Save the document as plain text or Markdown and try again.")


class EmptyDocument(Refusal):
    """The file holds nothing."""

    sentence = marked("This file is empty.")


class DocumentTooLarge(Refusal):
    """The file is over the size limit."""

    sentence = marked("This file is over %(limit)s kilobytes, more than any Urgent Action: is it the right one?")
