"""What the site answers to: every view, and what stands around them, in one visible list."""

from flask import Blueprint, Flask
from flask_compress import Compress

from ua_tracker.web import (
    bodies,
    counter,
    errors,
    filters,
    headers,
    mails,
    rate_limits,
    sessions,
    translation,
    urls,
)
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
from ua_tracker.web.supporters import (
    actions,
    forgotten,
    letters,
    mail_links,
    manage,
    pledges,
    private_links,
    write,
)

__all__ = ["mails", "register"]

BLUEPRINTS: tuple[Blueprint, ...] = (
    headers.bp,
    # for everybody
    actions.bp, counter.bp, pledges.bp, letters.bp, private_links.bp, forgotten.bp, manage.bp, mail_links.bp, write.bp,
    # for other sites, programs and screens
    api.bp, embed.bp, images.bp, oembed.bp, share.bp, wall.bp,
    # for coordinators
    login.bp, account.bp, people.bp, dashboard.bp, groups.bp, history.bp, imports.bp, editing.bp, ledger.bp,
    evenings.bp, downloads.bp,
)  # fmt: skip


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
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    layer.register(app)
    urls.register_layer(app)
