"""Short codes for an action, alone or with a group, in addresses that people type from a wall or a poster.

A code is the number of the action's row, a letter, and the number of the group's row: `77k` or `77k3`. The letter
follows from the digits, so that a wrong digit leads nowhere instead of to another group. Both numbers are public: an
action that is published is listed with its groups.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from ua_tracker import deadlines, groups, refusals
from ua_tracker.models import Action, Group

# Without i, l and o, which look like digits. There are 23, a prime number: one wrong digit, or two neighbours that
# were exchanged, always give another letter.
LETTERS = "abcdefghjkmnpqrstuvwxyz"
SHAPE = "[1-9][0-9]{0,8}[A-Za-z](?:[1-9][0-9]{0,8})?"


def code_of(action: Action, group: Group | None = None) -> str:
    """The code of this action, with this group."""
    group_number = str(group.id) if group else ""
    return f"{action.id}{_letter(str(action.id), group_number)}{group_number}"


def find(session: Session, code: str, now: datetime) -> tuple[Action, Group | None]:
    """The action of a code in the form of SHAPE, and its group or the one it was merged into.

    Raises NoSuchAction for a code that nobody made, and for that of an action that is a draft at this UTC instant.
    """
    place = next(number for number, character in enumerate(code) if character.isalpha())
    action_number, letter, group_number = code[:place], code[place].lower(), code[place + 1 :]
    action = session.get(Action, int(action_number))
    group = session.get(Group, int(group_number)) if group_number else None
    known = action is not None and deadlines.is_published(action, now) and (group is not None or not group_number)
    if action is None or not known or letter != _letter(action_number, group_number):
        raise refusals.NoSuchAction(slug=code)
    return action, groups.heir_of(session, group)


def _letter(action_number: str, group_number: str) -> str:
    return LETTERS[int(action_number + group_number) % len(LETTERS)]
