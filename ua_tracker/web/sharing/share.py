"""What a local group takes along: codes for its pages, a badge, a QR code, a poster."""

import io

import segno
from flask import Blueprint, Response, make_response, render_template, request, url_for

from ua_tracker import actions, groups
from ua_tracker.database import db
from ua_tracker.groups import Share
from ua_tracker.web import counter
from ua_tracker.web.request import absolute, now
from ua_tracker.web.sharing import embed_options
from ua_tracker.web.sharing.embed_codes import Codes

bp = Blueprint("share", __name__, url_prefix="/<lang:lang>/actions/<slug:slug>")
PAPERS = ("a4", "letter")
# A poster has one page: as many demands as fit there in large print.
MOST_SIGNS, MOST_DEMANDS = 480, 6


@bp.get("/share")
def show(slug: str) -> str:
    """The page with all of it, for the group, theme and size that the address names."""
    return render_template("share/show.html", **_kit(slug))


@bp.get("/share/kit")
def kit(slug: str) -> str:
    """The codes alone, as the page asks for them when another choice is made."""
    return render_template("share/_kit.html", **_kit(slug))


@bp.get("/qr.<any(svg, png):kind>")
def qr(slug: str, kind: str) -> Response:
    """A QR code of the action's page, or with `to=letters` of its report form, the group chosen beforehand."""
    action = actions.find_published(db.session(), slug)
    share = embed_options.share(db.session(), action)
    endpoint = "letters.new" if request.args.get("to") == "letters" else "actions.show"
    code = segno.make(absolute(url_for(endpoint, slug=slug, **_group(share))), error="m", micro=False)
    drawn = io.BytesIO()
    # The quiet zone of four modules that readers need (ISO/IEC 18004), on white: paper and screen may be dark.
    code.save(drawn, kind=kind, scale=10, border=4, light="#ffffff", **({"omitsize": True} if kind == "svg" else {}))
    response = make_response(drawn.getvalue())
    response.mimetype = {"svg": "image/svg+xml", "png": "image/png"}[kind]
    return response


@bp.get("/poster")
def poster(slug: str) -> str:
    """A page to print: what it is about, what is asked, until when, and the way to it."""
    action = actions.find_published(db.session(), slug)
    share = embed_options.share(db.session(), action)
    paper = request.args.get("paper")
    return render_template(
        "share/poster.html",
        action=action,
        counter=counter.counter_of(db.session(), action, now()),
        demands=_that_fit(action.demands),
        group=_group(share),
        page=absolute(url_for("actions.show", slug=slug)),
        paper=paper if paper in PAPERS else PAPERS[0],
        share=share,
    )


def _kit(slug: str) -> dict[str, object]:
    action = actions.find_published(db.session(), slug)
    asked = embed_options.of_request(db.session(), action)
    view = counter.counter_of(db.session(), action, now())
    return {
        "action": action,
        "asked": asked,
        "codes": Codes(action, asked),
        "counter": view,
        "group": _group(asked.group),
        "groups": groups.listing(db.session()),
        "sizes": embed_options.SIZES,
        "themes": embed_options.THEMES,
    }


def _group(share: Share | None) -> dict[str, str]:
    return {"group": share.slug} if share and share.group else {}


def _that_fit(demands: list[str]) -> list[str]:
    """The first demands, whole ones, that fit on a poster, at least one; the others stand on the action's page."""
    shown: list[str] = []
    for demand in demands[:MOST_DEMANDS]:
        if shown and sum(map(len, shown)) + len(demand) > MOST_SIGNS:
            break
        shown.append(demand)
    return shown
