"""By which ways is a letter sent? A new channel is one more row here, its French, and a migration of the constraint."""

from ua_tracker.refusals import marked

CHANNEL_LABELS = {
    "post": marked("Post"),
    "email": marked("E-mail"),
    "fax": marked("Fax"),
    "social": marked("Social media"),
    "phone": marked("Phone call"),
}
CHANNELS = tuple(CHANNEL_LABELS)
