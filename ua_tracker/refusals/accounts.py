"""What coordinators are told about signing in."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class BadEmail(Refusal):
    """What was given is no e-mail address."""

    sentence = marked("“%(email)s” is no e-mail address: write it as name@example.org.")
    field = "email"


class GroupMissing(Refusal):
    """A coordinator with the role of a group needs that group; the office has none."""

    sentence = marked("The role “group” needs a group, and the role “office” takes none.")
    field = "group"


class RoleWouldChange(Refusal):
    """Whoever invites somebody anew need not mean to give them another role."""

    sentence = marked("“%(email)s” coordinates already, with another role or group. Confirm that it is to change.")
    field = "change"


class NoSuchCoordinator(Refusal):
    """Nobody who may sign in has this e-mail address."""

    sentence = marked("There is no coordinator “%(email)s”.")


class LastOfTheOffice(Refusal):
    """Without a coordinator of the office nobody could invite others."""

    sentence = marked("“%(email)s” is the last coordinator of the office: invite another one first.")


class LinkSpent(Refusal):
    """The link to choose a password is unknown, has been used or replaced, or is too old."""

    kind = Kind.UNKNOWN
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


class PasswordCommon(Refusal):
    """A password that is guessed first protects nobody's letters (NIST SP 800-63B, 5.1.1.2)."""

    sentence = marked(
        "This password is among those that are guessed first: common words, names, dates, keys in a row, your address "
        "or the name of this site. Choose another; several words that have nothing to do with each other are best."
    )
    field = "new_password"


class TooManyTries(Refusal):
    """Wrong passwords or codes, too often; told in the same way of nobody's address. `seconds` is how long to wait."""

    kind = Kind.TOO_OFTEN
    sentence = marked(
        "Too many wrong tries. Wait a quarter of an hour, then try again; after fifty within a day wait a day."
    )


class AskedTooOften(TooManyTries):
    """Links to choose a password, asked for or tried too often from one connection."""

    sentence = marked("This was asked for too often from your connection. Wait a quarter of an hour, then try again.")


class SignedOut(Refusal):
    """The session ended while somebody was writing. What was typed is given back."""

    kind = Kind.SIGNED_OUT
    sentence = marked(
        "You are signed out, so nothing was stored, and nothing is lost: sign in in another window, "
        "then press the button below."
    )


class NotForThisRole(Refusal):
    """The page is for the other role."""

    kind = Kind.FORBIDDEN
    sentence = marked("This page is for coordinators of the office.")


class NotThisGroup(Refusal):
    """A group's coordinator sees that group's rows only."""

    kind = Kind.FORBIDDEN
    sentence = marked("You see the letters and people of your own group only.")
