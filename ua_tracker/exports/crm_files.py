"""People for a CRM: the pledges of those who agreed to be told what comes of the action (docs/crm.md).

The columns have the names by which Action Network and CiviCRM know their own fields, so that both match them
themselves. What neither has a field for begins with `ua_`: CiviCRM takes a column `last_row` for a last name.
"""

from collections.abc import Callable
from typing import Any

from ua_tracker import languages
from ua_tracker.exports.csv_cells import cell
from ua_tracker.exports.csv_files import Facts
from ua_tracker.exports.people import apart
from ua_tracker.exports.rows import Page
from ua_tracker.programs.keys import external_id

_OURS = ("ua_pledge_id", "ua_action", "ua_group", "ua_letters", "ua_wants_outcome", "ua_api_key", "ua_last_row")
ACTION_NETWORK_COLUMNS = ("email", "first_name", "last_name", "language", "ua_person_id", *_OURS)
CIVICRM_COLUMNS = (
    *("External Identifier", "First Name", "Last Name", "Email", "Preferred Language", "Contact Source"),
    *_OURS,
)
_LONGEST_NAME = 64  # characters in a name of CiviCRM


def action_network_lines(facts: Facts) -> Callable[[Page], list[str]]:
    """A function that gives the lines of a page of pledges, without their last cell."""

    def lines(page: Page) -> list[str]:
        return [
            ",".join((
                cell(row.email), *map(cell, apart(row.name)), row.language, facts.person(row.email_key),
                *_ours(facts, row),
            ))
            for row in page.rows
        ]  # fmt: skip

    return lines


def civicrm_lines(facts: Facts) -> Callable[[Page], list[str]]:
    """As `action_network_lines`. Languages are those of CiviCRM, such as `fr_CA`."""

    def lines(page: Page) -> list[str]:
        return [
            ",".join((
                facts.person(row.email_key), *(cell(part[:_LONGEST_NAME]) for part in apart(row.name)),
                cell(row.email), languages.known(row.language).locale, f"Urgent Action {facts.slug}",
                *_ours(facts, row),
            ))
            for row in page.rows
        ]  # fmt: skip

    return lines


def _ours(facts: Facts, row: Any) -> tuple[str, ...]:
    return (f"ua-pledge-{row.id}", facts.slug, row.slug or "", str(row.letters), "1", external_id(row.api_key_id), "")
