"""What channels and the reasons for an end are called in the reader's language."""

from ua_tracker import actions
from ua_tracker.web.translation import lazy_gettext

HOW = lazy_gettext("Choose how you sent them.")
CHANNEL_NAMES = {
    "post": lazy_gettext("Post"),
    "email": lazy_gettext("E-mail"),
    "fax": lazy_gettext("Fax"),
    "social": lazy_gettext("Social media"),
    "phone": lazy_gettext("Phone call"),
}
REASON_WORDS = {
    actions.STOP_ACTION: lazy_gettext("Stop action: no more letters, they could do harm"),
    actions.GOOD_NEWS: lazy_gettext("Good news"),
    actions.ENDED: lazy_gettext("It has ended"),
}
