"""What a local group can use: codes for its pages, a badge, a QR code, a poster."""

import io
from typing import Any

import segno
from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for

from ua_tracker import actions, groups, posters, revisions
from ua_tracker.actions import cases
from ua_tracker.database import db
from ua_tracker.groups import Share
from ua_tracker.web import counter, evening_keys
from ua_tracker.web.kept_pages import keep_today
from ua_tracker.web.live.kept_views import kept_page
from ua_tracker.web.request import absolute, language, now
from ua_tracker.web.sharing import embed_options, short
from ua_tracker.web.sharing.embed_codes import Codes

bp = Blueprint("share", __name__, url_prefix="/<lang:lang>/actions/<slug:slug>")


@bp.get("/share")
@kept_page(revisions.OF_PAGE, reads=("theme", "size", "count"))
def show(slug: str) -> str:
    """The page with all of these, for the group, theme, size and count in the URL."""
    facts = _kit(slug)
    keep_today(facts["action"], now(), also=cases.next_publication(db.session(), facts["action"], now()))
    return render_template("share/show.html", **facts)


@bp.get("/share/kit")
def kit(slug: str) -> str:
    """The codes and the message alone, which the page requests when another option is chosen."""
    facts = _kit(slug)
    message = render_template("share/_message.html", action=facts["action"], beside=True)
    return render_template("share/_kit.html", **facts) + message


@bp.get("/qr.svg", defaults={"kind": "svg"})
@bp.get("/qr.png", defaults={"kind": "png"})
@kept_page(revisions.OF_PAGE, reads=("to", "evening"))
def qr(slug: str, kind: str) -> Response:
    """A QR code of the action's page, or with `to=letters` of its report form, with the group preselected.

    The code for the report form has the short address: it is read from ten metres, and needs fewer squares.
    """
    action = actions.find_published(db.session(), slug, now())
    share = embed_options.share(db.session(), action)
    page = absolute(url_for("actions.show", slug=slug, **_group(share)))
    report = short.address("short.report", action, share, evening_keys.checked(request.args.get("evening")))
    leads_to = report if request.args.get("to") == "letters" else page
    code = segno.make(leads_to, error="m", micro=False)
    drawn = io.BytesIO()
    # Scanners need a margin of four modules (ISO/IEC 18004); it is white, since the screen around it may be dark.
    code.save(drawn, kind=kind, scale=10, border=4, light="#ffffff", **({"omitsize": True} if kind == "svg" else {}))
    response = make_response(drawn.getvalue())
    response.mimetype = {"svg": "image/svg+xml", "png": "image/png"}[kind]
    keep_today(action, now())
    return response


@bp.get("/poster")
def poster(slug: str) -> str:
    """A page to print: what happened, what to ask for, until when, and where to take part."""
    action = actions.find_published(db.session(), slug, now())
    share = embed_options.share(db.session(), action)
    asked = request.args.get("paper", "")
    paper = asked if asked in posters.HEIGHTS else "a4"
    site = current_app.config["SITE_OWNER"] or current_app.config["SITE_NAME"]
    names = [share.group.name, site] if share and share.group else [site]
    return render_template(
        "share/poster.html",
        action=action,
        counter=counter.counter_of(db.session(), action, now()),
        group=_group(share),
        page=absolute(url_for("actions.show", slug=slug, **_group(share))),
        paper=paper,
        share=share,
        sheet=posters.fitted(action.title, action.summary, action.demands, paper, names),
        typed=short.typed(short.address("short.page", action, share)),
    )


def _kit(slug: str) -> dict[str, Any]:
    action = actions.find_published(db.session(), slug, now())
    choices = embed_options.of_request(db.session(), action)
    view = counter.counter_of(db.session(), action, now())
    codes = Codes(action, choices)
    together = cases.together(db.session(), action, now())
    return {
        "has_issues": together is not None and len(together.slugs) > 1,
        "action": action,
        "choices": choices,
        "codes": codes,
        "counter": view,
        "group": _group(choices.group),
        "groups": groups.listing(db.session(), language()),
        "preview": codes.preview,
        "sizes": embed_options.SIZES,
        "themes": embed_options.THEMES,
        "typed": short.typed(short.address("short.page", action, choices.group)),
    }


def _group(share: Share | None) -> dict[str, Any]:
    return {"group": share.slug} if share and share.group else {}
