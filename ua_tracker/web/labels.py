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
