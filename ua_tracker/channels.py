"""The channels by which letters are sent. A new one needs a row here, its French, and a migration of the constraint."""

from ua_tracker.refusals import marked

CHANNEL_LABELS = {
    "post": marked("Post"),
    "email": marked("E-mail"),
    "fax": marked("Fax"),
    "social": marked("Social media"),
    "phone": marked("Phone call"),
}
CHANNELS = tuple(CHANNEL_LABELS)
