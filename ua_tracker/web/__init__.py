"""What the site answers to: every view, and what stands around them, in one visible list."""

from flask import Flask
from flask_compress import Compress

from ua_tracker.web import bodies, counter, errors, filters, headers, mails, rate_limits, sessions, translation, urls
from ua_tracker.web.coordinators import (
    account,
    dashboard,
    downloads,
    editing,
    evenings,
    groups,
    history,
    imports,
    ledger,
    login,
    people,
)
from ua_tracker.web.live import layer
from ua_tracker.web.request import htmx
from ua_tracker.web.sharing import api, embed, images, oembed, share, wall
from ua_tracker.web.supporters import actions, forgotten, letters, mail_links, manage, pledges, private_links, write

__all__ = ["mails", "register"]

# The modules with views, each with its blueprint `bp`.
FOR_EVERYBODY = (headers, actions, counter, pledges, letters, private_links, forgotten, manage, mail_links, write)
FOR_OTHER_SITES = (api, embed, images, oembed, share, wall)
FOR_COORDINATORS = (account, dashboard, downloads, editing, evenings, groups, history, imports, ledger, login, people)


def register(app: Flask) -> None:
    """Puts the views on the app, and around them what every request passes through, from the inside to the outside."""
    app.config.update(
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_PARTS=200,
        SECRET_KEY_FALLBACKS=list(app.config["SECRET_KEY_FALLBACKS"]),
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
    )
    translation.register(app)
    htmx.init_app(app)
    rate_limits.register(app)
    Compress(app)
    for part in (urls, bodies, headers, errors, filters, sessions, login, images):
        part.register(app)
    for views in (*FOR_EVERYBODY, *FOR_OTHER_SITES, *FOR_COORDINATORS):
        app.register_blueprint(views.bp)
    layer.register(app)
    urls.register_layer(app)
