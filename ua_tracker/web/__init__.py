"""Registers on the app every view, and everything that each request passes through."""

from flask import Flask
from flask_compress import Compress

from ua_tracker.web import (
    bodies,
    chosen_group,
    counter,
    damaged_links,
    error_words,
    errors,
    filters,
    headers,
    mails,
    operations,
    rate_limits,
    request_log,
    sessions,
    translation,
    urls,
)
from ua_tracker.web.coordinators import (
    account,
    api_keys,
    corrections,
    dashboard,
    downloads,
    editing,
    evenings,
    groups,
    help,
    history,
    history_words,
    imports,
    ledger,
    login,
    not_reported,
    open_evenings,
    people,
    person,
    picture,
    preview_links,
    webhooks,
)
from ua_tracker.web.live import layer
from ua_tracker.web.request import htmx
from ua_tracker.web.sharing import (
    api,
    embed,
    feeds,
    icons,
    images,
    message,
    oembed,
    robots,
    share,
    short,
    site_card,
    wall,
    write_api,
)
from ua_tracker.web.supporters import (
    actions,
    calendars,
    cases,
    evening_guide,
    forgotten,
    group_page,
    letters,
    mail_links,
    manage,
    own_reports,
    pictures,
    pledge_mails,
    pledges,
    previews,
    privacy,
    private_links,
    write,
)

__all__ = ["mails", "register"]

# The modules with views, each with its blueprint `bp`.
FOR_EVERYBODY = (
    *(headers, actions, calendars, cases, counter, pictures, pledges, letters, private_links),
    *(evening_guide, forgotten, group_page, manage, own_reports, pledge_mails, mail_links, write, privacy),
    previews,
)
FOR_OTHER_SITES = (api, embed, feeds, icons, images, oembed, robots, share, short, site_card, wall, write_api)
FOR_COORDINATORS = (
    account,
    api_keys,
    corrections,
    dashboard,
    downloads,
    editing,
    evenings,
    groups,
    help,
    history,
    imports,
    ledger,
    login,
    not_reported,
    open_evenings,
    people,
    person,
    picture,
    preview_links,
    webhooks,
)


def register(app: Flask) -> None:
    """Registers the views and, from the innermost to the outermost, the layers that every request passes through."""
    app.config.update(
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_PARTS=200,
        SECRET_KEY_FALLBACKS=list(app.config["SECRET_KEY_FALLBACKS"]),
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
    )
    error_words.COORDINATORS_LABELS.update(history_words.NAME_WORDS)
    request_log.register(app)
    translation.register(app)
    htmx.init_app(app)
    rate_limits.register(app)
    Compress(app)
    for part in (urls, damaged_links, chosen_group, bodies, headers, errors, filters, sessions, login, images, message):
        part.register(app)
    for views in (*FOR_EVERYBODY, *FOR_OTHER_SITES, *FOR_COORDINATORS):
        app.register_blueprint(views.bp)
    layer.register(app)
    urls.register_layer(app)
    operations.register_layer(app)
