"""The public numbers as JSON: for every site and program, without a key and without personal data."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, url_for

from ua_tracker import actions, alphabet, deadlines, groups, happenings, revisions, tally
from ua_tracker.actions import cases
from ua_tracker.actions.cases import Together
from ua_tracker.database import db
from ua_tracker.happenings import Happening
from ua_tracker.models import Action
from ua_tracker.revisions import RevisionStamp
from ua_tracker.totals import Tally
from ua_tracker.web import counter
from ua_tracker.web.filters import instant
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept
from ua_tracker.web.request import absolute, language, now
from ua_tracker.web.sharing import standing
from ua_tracker.web.sharing.openapi import DOCUMENT

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.get("/actions")
@kept(revisions.OF_LISTING)
def listing() -> Response:
    """All published actions: open first, then reporting, then closed."""
    at = now()
    stamp = revisions.of_listing(db.session())
    found = actions.listing(db.session(), at)
    shares, names = tally.read_all_groups(db.session()), _group_names()
    shown = [*found.open, *found.reporting, *found.closed]
    happened = happenings.of_all(db.session(), [one for one, _ in shown])
    described = [
        {**_described(one, totals, shares.get(one.id, {}), names, at), "happened": _happened(happened.get(one.id))}
        for one, totals in shown
    ]
    response = jsonify(actions=_with_cases(described, shown, shares, names))
    changes = [found.next_publication, *(standing.next_change(one, at) for one, _ in shown)]
    until = min((one for one in changes if one), default=None)
    # While nothing is stored, time only takes days away, so that their sum changes whenever one of them does.
    days = sum(standing.days_left(one, at) or 0 for one, _ in found.open)
    return _versioned(response, stamp, f"{len(found.open)}o{days}d{len(found.reporting)}r{len(shown)}", until)


@bp.get("/actions/<slug:slug>")
@kept(revisions.OF_ACTION_AND_CASE)
def action(slug: str) -> Response:
    """One published action."""
    at = now()
    one = actions.find_published(db.session(), slug, at)
    stamp = revisions.of_action_and_case(db.session(), slug)  # first, so that nothing is older than it
    view = counter.counter_of(db.session(), one, at)
    names = _group_names()
    described = _described(one, view.tally, tally.read_groups(db.session(), one.id), names, at)
    described["case"] = _case(one, cases.together(db.session(), one, at), names)
    newer = cases.newer(db.session(), one, at)
    described["newer_issue"] = _newer_issue(newer)
    described["happened"] = _happened(happenings.last(db.session(), one))
    phase = f"{standing.standing_of(view, at).phase}{f'n{newer.id}' if newer else ''}"  # it can change by time alone
    changes = (standing.next_change(one, at), cases.next_publication(db.session(), one, at))
    return _versioned(jsonify(described), stamp, phase, min((one for one in changes if one), default=None))


@bp.get("/openapi.json")
def openapi() -> Response:
    """The description of the responses (OpenAPI 3.1)."""
    response = jsonify(DOCUMENT)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _versioned(response: Response, stamp: RevisionStamp, phase: str, until: datetime | None) -> Response:
    response.headers["Cache-Control"] = counter.FRESH
    return versions.versioned(response, stamp, phase, until)


def _group_names() -> dict[str, str]:
    return {group.slug: group.name for group in groups.listing(db.session(), language())}


def _origins(totals: Tally) -> dict[str, int]:
    return {
        "private_link": totals.letters_by_link,
        "evening": totals.letters_at_evenings,
        "program": totals.letters_by_program,
        "walk_in": totals.letters_walked_in,
    }


def _newer_issue(newer: Action | None) -> dict[str, str] | None:
    """Where the newest issue of the case is. Its title is not said: it may be edited without this action."""
    return {"slug": newer.slug, "url": absolute(url_for("actions.show", slug=newer.slug))} if newer else None


def _with_cases(
    described: list[dict[str, Any]],
    shown: list[tuple[Action, Tally]],
    shares: dict[int, dict[str, Tally]],
    names: dict[str, str],
) -> list[dict[str, Any]]:
    """These descriptions of these actions, each with the newest issue of its case and the letters of the case."""
    newer, together = cases.newer_of([one for one, _ in shown]), cases.together_of(shown, shares)
    return [
        {
            **told,
            "newer_issue": _newer_issue(newer.get(one.id)),
            "case": _case(one, together.get(one.case_id or 0), names),
        }
        for told, (one, _) in zip(described, shown, strict=True)
    ]


def _case(one: Action, together: Together | None, names: dict[str, str]) -> dict[str, Any] | None:
    """The letters of all issues of the action's case."""
    if one.case is None or together is None:
        return None
    return {
        "url": absolute(url_for("cases.show", case=one.case.ua_number)),
        "issues": together.slugs,
        "letters_sent": together.totals.letters_sent,
        "copies_sent": together.totals.copies_sent,
        "letters_pledged": together.totals.letters_pledged,
        "pledges": together.totals.pledges,
        "groups": _shares(together.groups, names),
    }


def _happened(last: Happening | None) -> dict[str, Any] | None:
    if last is None:
        return None
    before, after = last.days or (None, None)
    note = last.note
    return {
        "what": last.what,
        "at": instant(last.at),
        "deadline_before": before and before.isoformat(),
        "deadline_after": after and after.isoformat(),
        "note": (note.text or None) if note else None,
        "note_language": note.language if note and note.text else None,
        "letters_taken_out": note.letters if note else None,
    }


def _shares(shares: dict[str, Tally], names: dict[str, str]) -> list[dict[str, Any]]:
    """The groups' shares in the order of their names. Retired groups have their slug for a name."""
    shown = [
        {
            "slug": slug,
            "name": names.get(slug, slug),
            "letters_sent": part.letters_sent,
            "letters_pledged": part.letters_pledged,
        }
        for slug, part in shares.items()
    ]
    return sorted(shown, key=lambda one: alphabet.place(one["name"], language()))


def _described(
    one: Action, totals: Tally, shares: dict[str, Tally], names: dict[str, str], at: datetime
) -> dict[str, Any]:
    """An action in the form that the description defines."""
    closes, over = deadlines.closes_at(one), deadlines.reporting_closes_at(one)
    return {
        "slug": one.slug,
        "ua_number": one.case.ua_number if one.case else None,
        "ai_index": one.ai_index,
        "country": one.country,
        "title": one.title,
        "lead": one.lead,
        "url": absolute(url_for("actions.show", slug=one.slug)),
        "practice": one.practice,
        "state": deadlines.state(one, at),
        "deadline": one.deadline.isoformat() if one.deadline else None,
        "extended_from": one.extensions[-1][0].isoformat() if one.extensions else None,
        "closed_early": deadlines.is_closed_early(one),
        "closed_reason": one.closed_reason,
        "outcome": one.outcome,
        "days_left": standing.days_left(one, at),
        "timezone": one.timezone,
        "closes_at": closes and instant(closes),
        "reporting_closes_at": over and instant(over),
        "goal": one.goal,
        "letters_sent": totals.letters_sent,
        "letters_reported_by": _origins(totals),
        "copies_sent": totals.copies_sent,
        "letters_pledged": totals.letters_pledged,
        "pledges": totals.pledges,
        "groups": _shares(shares, names),
        "as_of": instant(at),
        "poll_seconds": versions.current().interval,
    }
