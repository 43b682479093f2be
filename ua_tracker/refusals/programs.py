"""Refusals for programs that use an API key, and for the coordinators who make keys."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class KeyMissing(Refusal):
    """The request has no API key."""

    kind = Kind.SIGNED_OUT
    sentence = marked("Send an API key in the header “Authorization”, as: Bearer uat_…")


class KeyDamaged(Refusal):
    """The API key has not the form of one: it was not copied whole, or was mistyped."""

    kind = Kind.SIGNED_OUT
    sentence = marked("This is no whole API key of this site. A key begins with uat_ and has 50 characters.")


class KeyOver(Refusal):
    """The API key is unknown, was revoked, has expired, or its maker may no longer sign in."""

    kind = Kind.SIGNED_OUT
    sentence = marked("This API key does not work: it was revoked, has expired, or belongs to another site.")


class RightMissing(Refusal):
    """The API key was not given this right."""

    kind = Kind.FORBIDDEN
    sentence = marked("This API key lacks the right “%(right)s”.")


class OnceKeyMissing(Refusal):
    """The request that enters something has no idempotency key, or one that is too long or unreadable."""

    kind = Kind.UNREADABLE
    sentence = marked(
        "Send a header “Idempotency-Key” of 1 to 200 visible characters, another one for each entry, so that an entry "
        "that is sent again is not counted twice."
    )


class OnceKeyUsed(Refusal):
    """The idempotency key was used for something else."""

    sentence = marked(
        "Something else was entered under this “Idempotency-Key”, so nothing was added now. Send another entry under "
        "another one."
    )


class EntryTakenBack(Refusal):
    """What was entered under this idempotency key was taken back."""

    sentence = marked(
        "What was entered under this “Idempotency-Key” was taken back since, so nothing was added now. Send it under "
        "another one to enter it anew."
    )


class TakeBackOver(Refusal):
    """The entry is too old to be taken back by the key that made it."""

    kind = Kind.TOO_LATE
    sentence = marked("A program can take back its entry for %(hours)s hours. After that a coordinator can.")


class NoSuchRecipient(Refusal):
    """The action has no such recipient, or has one no longer."""

    sentence = marked("This action has no recipient with this id.")
    field = "letters"


class NoRight(Refusal):
    """A new API key would have no right."""

    sentence = marked("Choose at least one right.")
    field = "rights"


class KeyWithoutName(Refusal):
    """A new API key has no name."""

    sentence = marked("Write what the key is for.")
    field = "name"
