"""The names of channels, and of the reasons for closing, in the reader's language."""

from ua_tracker import actions
from ua_tracker.channels import CHANNEL_LABELS
from ua_tracker.web.translation import lazy_gettext

HOW = lazy_gettext("Choose how you sent them.")
CHANNEL_NAMES = {name: lazy_gettext(label) for name, label in CHANNEL_LABELS.items()}
REASON_WORDS = {
    actions.STOP_ACTION: lazy_gettext("Stop action: no more letters, they could do harm"),
    actions.GOOD_NEWS: lazy_gettext("Good news"),
    actions.ENDED: lazy_gettext("It has ended"),
}
TOPIC_WORDS = {
    "pledge": lazy_gettext("Pledges: made, changed, taken back"),
    "report": lazy_gettext("Letters: reported, taken back"),
    "held": lazy_gettext("Something is held"),
    "released": lazy_gettext("Something held is released"),
    "extended": lazy_gettext("A deadline is extended"),
    "closed": lazy_gettext("An action is closed or reopened"),
    "outcome": lazy_gettext("What came of an action"),
}
SEQUENCE_WORDS = {
    "first": lazy_gettext("First"),
    "second": lazy_gettext("Second"),
    "third": lazy_gettext("Third"),
    "fourth": lazy_gettext("Fourth"),
    "fifth": lazy_gettext("Fifth"),
    "sixth": lazy_gettext("Sixth"),
    "seventh": lazy_gettext("Seventh"),
    "eighth": lazy_gettext("Eighth"),
    "ninth": lazy_gettext("Ninth"),
    "tenth": lazy_gettext("Tenth"),
    "eleventh": lazy_gettext("Eleventh"),
    "twelfth": lazy_gettext("Twelfth"),
    "further information": lazy_gettext("Further information"),
    actions.STOP_ACTION: lazy_gettext("Stop action"),
}
