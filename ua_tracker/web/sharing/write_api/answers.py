"""What the write API answers, as JSON."""

from typing import Any

from flask import Response, jsonify, url_for

from ua_tracker import ledger
from ua_tracker.database import db
from ua_tracker.ledger import Wanted
from ua_tracker.models import Action, Pledge
from ua_tracker.programs.entries import TAKEN_BACK_WITHIN, Entered
from ua_tracker.programs.keys import Known
from ua_tracker.web.filters import instant
from ua_tracker.web.request import absolute, number_in
from ua_tracker.web.sharing.write_api import problems
from ua_tracker.web.sharing.write_api.bodies import Fields
from ua_tracker.web.sharing.write_api.fields import email_meant

_OF_PLEDGE = "ua-pledge-"


def of_entry(entered: Entered, sent: Fields) -> dict[str, Any]:
    """An entry: the same for a first request and for one that is repeated."""
    told = entered.answer
    names = ("kind", "action", "group", "letters", "copies", "counted", "totals")
    link = url_for("manage.show", token=entered.token) if entered.token else None
    return {
        "id": entered.id,
        **{name: told.get(name) for name in names},
        "made_at": instant(told["made_at"]),
        "take_back_until": instant(told["made_at"] + TAKEN_BACK_WITHIN),
        "url": absolute(url_for("write_api.take_back", number=entered.id)),
        "private_link": absolute(link) if link else None,
        "email_meant": email_meant(sent),
    }


def of_pledges(action: Action, key: Known, after: int | None) -> dict[str, Any]:
    """A page of the pledges that the key may read, and the URL of the next page. Raises NoSuchEntry for `after`."""
    page = ledger.pledges(db.session(), action, key.group_id, Wanted(), sort="made", after=after)
    reported = ledger.reported(db.session(), page.rows)
    where = url_for("write_api.read", slug=action.slug, after=f"{_OF_PLEDGE}{page.after}") if page.after else None
    return {
        "pledges": [_described(row, has_reported=row.id in reported) for row in page.rows],
        "next": absolute(where) if where else None,
    }


def of_problem(name: str) -> Response:
    """What a type of problem means. Raises Problem for a name that is none."""
    if name not in problems.TYPES:
        raise problems.Problem("not-found", problems.TYPES["not-found"][1])
    status, title = problems.TYPES[name]
    return jsonify(type=absolute(f"{problems.PATH}{name}"), title=str(title), status=status)


def number_of(external_id: str) -> int | None:
    """The number in an id like ua-pledge-12; None in any other text."""
    return number_in(external_id.removeprefix(_OF_PLEDGE)) if external_id.startswith(_OF_PLEDGE) else None


def _described(row: Pledge, *, has_reported: bool) -> dict[str, Any]:
    ended = "void" if row.voided_at else "withdrawn" if row.withdrawn_at else None
    return {
        "id": f"{_OF_PLEDGE}{row.id}",
        "name": row.name,
        "email": row.email,
        "group": row.group.slug if row.group else None,
        "letters": row.letters,
        "write_on": row.write_on.isoformat() if row.write_on else None,
        "wants_outcome": row.wants_outcome,
        "language": row.language,
        "made_at": instant(row.made_at),
        "state": ended or ("held" if row.is_held else "standing"),
        "has_reported": has_reported,
    }
