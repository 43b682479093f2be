"""The names of channels, of the reasons for closing and of the kinds of mails, in the reader's language."""

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
    "extended": lazy_gettext("A deadline is moved"),
    "closed": lazy_gettext("An action is closed or reopened"),
    "outcome": lazy_gettext("What came of an action"),
}
MAIL_WORDS = {
    "pledge_made": lazy_gettext("thanks for a pledge"),
    "second_pledge": lazy_gettext("a second pledge from the same address"),
    "link_again": lazy_gettext("the private link once more"),
    "new_password": lazy_gettext("a link to choose a new password"),
    "invitation": lazy_gettext("an invitation to coordinate"),
    "wrong_tries": lazy_gettext("a warning of wrong passwords"),
    "new_address": lazy_gettext("a new address to confirm"),
    "address_changed": lazy_gettext("word to the old address of a pledge"),
    "report_made": lazy_gettext("thanks for a report"),
    "report_link": lazy_gettext("the link of a report"),
    "something_held": lazy_gettext("word to the office that something is held"),
    "several": lazy_gettext("several messages in one mail"),
    "write_today": lazy_gettext("a reminder on the day to write"),
    "last_days": lazy_gettext("a reminder of the last days"),
    "did_you_send": lazy_gettext("the question whether letters were sent"),
    "deadline_moved": lazy_gettext("word of a new deadline"),
    "outcome": lazy_gettext("what came of an action"),
    "next_issue": lazy_gettext("word that a case needs letters again"),
    "not_reported": lazy_gettext("the coordinators’ question to those who have not reported"),
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
