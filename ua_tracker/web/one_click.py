"""The post with which a provider of mailboxes unsubscribes for its users (RFC 8058, section 3.2).

It comes from the provider's own page or servers: with the Origin of another site or none, without cookie and form key.
Whoever posts it knows the link, which is in one mail alone and does nothing else.
"""

from flask import request

ENDPOINTS = frozenset({"mail_links.stop", "pledge_mails.stop"})


def is_posted() -> bool:
    """Whether the request is this post. Any other post to the same URL needs the form of its page."""
    if request.method != "POST" or request.endpoint not in ENDPOINTS:
        return False
    return request.form.get("List-Unsubscribe") == "One-Click"
