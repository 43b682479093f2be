"""Every "no" the house can say: a class each, with its sentence.

A sentence is marked for translation here and put into the reader's language at the door
(`web/errors.py` for pages, `cli.py` for commands). Its facts fill the placeholders.
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


class BadEmail(Refusal):
    """What was given is no e-mail address."""

    sentence = marked("“%(email)s” is no e-mail address: write it as name@example.org.")
    field = "email"


class GroupMissing(Refusal):
    """A coordinator with the role of a group needs that group; the office has none."""

    sentence = marked("The role “group” needs a group, and the role “office” takes none.")
    field = "group"


class NoSuchCoordinator(Refusal):
    """Nobody who may sign in has this e-mail address."""

    sentence = marked("There is no coordinator “%(email)s”.")


class LastOfTheOffice(Refusal):
    """Without a coordinator of the office nobody could invite others."""

    sentence = marked("“%(email)s” is the last coordinator of the office: invite another one first.")


class LinkSpent(Refusal):
    """The link to choose a password is unknown, has been used or replaced, or is too old."""

    sentence = marked("This link has been used, replaced or has expired. Ask the office for a new invitation.")


class WrongSignIn(Refusal):
    """The address and the password do not belong together; which of the two is wrong is not told."""

    sentence = marked("This address and this password do not belong together.")
    field = "email"


class WrongPassword(Refusal):
    """The present password is another."""

    sentence = marked("This is not your present password.")
    field = "password"


class WrongCode(Refusal):
    """Neither the present code of the authenticator nor an unused recovery code."""

    sentence = marked("This code is not right, or it has been used already. Wait for the next one and try again.")
    field = "code"


class PasswordTooShort(Refusal):
    """A password that can be guessed protects nobody's letters."""

    sentence = marked("A password needs at least %(least)s characters; several words in a row are easy to remember.")
    field = "new_password"


class PasswordGuessable(Refusal):
    """A password must not be the address, one sign repeated, or the password before."""

    sentence = marked("This password is too easy to guess, or it is the one you have now. Choose another.")
    field = "new_password"


class NotForThisRole(Refusal):
    """The page is for the other role."""

    sentence = marked("This page is for coordinators of the office.")


class NotThisGroup(Refusal):
    """A group's coordinator sees that group's rows only."""

    sentence = marked("You see the letters and people of your own group only.")
