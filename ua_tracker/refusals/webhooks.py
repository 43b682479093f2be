"""Refusals about webhooks."""

from ua_tracker.refusals.base import Kind, Refusal, marked


class BadHookUrl(Refusal):
    """The text is no URL that a request can be sent to."""

    sentence = marked("Write the whole URL, as https://example.org/hook, without a user name and without a # part.")
    field = "url"


class HookNotEncrypted(Refusal):
    """The URL begins with http."""

    sentence = marked("The URL must begin with https://, so that nobody on the way can read or change what is sent.")
    field = "url"


class HookPort(Refusal):
    """The URL names a port at which no web server is expected."""

    sentence = marked("The URL may name one of these ports, or none: %(ports)s.")
    field = "url"


class HookPrivate(Refusal):
    """The URL leads into a private network, to the site's own machine or to another address that is not public."""

    sentence = marked(
        "This URL leads into a private network. The operator of the site can allow networks (WEBHOOK_NETWORKS)."
    )
    field = "url"


class NothingToTell(Refusal):
    """No event was chosen."""

    sentence = marked("Choose at least one event.")
    field = "topics"


class HookAdded(Refusal):
    """The same form was sent before: its webhook is there, and its secret was shown then."""

    kind = Kind.TOO_LATE
    sentence = marked(
        "This webhook was added before, and its secret was shown then. If you do not have it, make a new one here."
    )


class NoSuchHook(Refusal):
    """There is no webhook with this number, or it was removed."""

    kind = Kind.UNKNOWN
    sentence = marked("There is no such webhook.")


class HookIsOff(Refusal):
    """A test cannot be sent to a webhook that is switched off."""

    kind = Kind.TOO_LATE
    sentence = marked("This webhook is switched off. Switch it on first.")


class NotForPractice(Refusal):
    """A practice copy tells nobody anything."""

    sentence = marked("Nothing is told of a practice copy.")
    field = "action"
