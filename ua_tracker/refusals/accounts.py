"""Refusals about coordinators' accounts and sign-in."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class BadEmail(Refusal):
    """The text is not a valid e-mail address."""

    sentence = marked("“%(email)s” is no e-mail address: write it as name@example.org.")
    field = "email"


class GroupMissing(Refusal):
    """The role `group` needs a group; the role `office` must not have one."""

    sentence = marked("The role “group” needs a group, and the role “office” takes none.")
    field = "group"


class RoleWouldChange(Refusal):
    """The invited coordinator exists with another role or group, and the change was not confirmed."""

    sentence = marked("“%(email)s” coordinates already, with another role or group. Confirm that it is to change.")
    field = "change"


class NoSuchCoordinator(Refusal):
    """There is no active coordinator with this e-mail address."""

    sentence = marked("There is no coordinator “%(email)s”.")


class LastOfTheOffice(Refusal):
    """The last office coordinator cannot be removed, since only the office can invite others."""

    sentence = marked("“%(email)s” is the last coordinator of the office: invite another one first.")


class LinkSpent(Refusal):
    """The link to choose a password is unknown, used, replaced or expired."""

    kind = Kind.UNKNOWN
    sentence = marked(
        "This link has been used, replaced or has expired. If you have chosen a password, sign in; if not, ask the"
        " office for a new invitation."
    )


class WrongSignIn(Refusal):
    """The e-mail address or the password is wrong. Which one is not disclosed."""

    sentence = marked("This address and this password do not belong together.")
    field = "email"


class WrongPassword(Refusal):
    """The present password is wrong."""

    sentence = marked("This is not your present password.")
    field = "password"


class WrongCode(Refusal):
    """The code is neither the authenticator's present code nor an unused recovery code."""

    sentence = marked("This code is not right, or it has been used already. Wait for the next one and try again.")
    field = "code"


class PasswordTooShort(Refusal):
    """The password has fewer than 12 characters."""

    sentence = marked("A password needs at least %(least)s characters; several words in a row are easy to remember.")
    field = "new_password"


class PasswordGuessable(Refusal):
    """The password is the e-mail address or the present password, or has fewer than four different characters."""

    sentence = marked("This password is too easy to guess, or it is the one you have now. Choose another.")
    field = "new_password"


class PasswordCommon(Refusal):
    """The password is common or easy to guess (NIST SP 800-63B, 5.1.1.2)."""

    sentence = marked(
        "This password is among those that are guessed first: common words, names, dates, keys in a row, your address "
        "or the name of this site. Choose another; several words that have nothing to do with each other are best."
    )
    field = "new_password"


class TooManyTries(Refusal):
    """Too many wrong passwords or codes. Also for unknown e-mail addresses. `seconds` is the time to wait."""

    kind = Kind.TOO_OFTEN
    sentence = marked(
        "Too many wrong tries. Wait a quarter of an hour, then try again; after fifty within a day wait a day."
    )


class AskedTooOften(TooManyTries):
    """Links to choose a password were requested or tried too often from one source."""

    sentence = marked("This was asked for too often from your connection. Wait a quarter of an hour, then try again.")


class SignedOut(Refusal):
    """The session ended while the coordinator filled in a form. The form is shown again with its values."""

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
    """The rows belong to another group, and a group coordinator sees the own group's rows only."""

    kind = Kind.FORBIDDEN
    sentence = marked("You see the letters and people of your own group only.")
