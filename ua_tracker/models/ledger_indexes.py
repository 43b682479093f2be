"""Indexes by which coordinators' lists of rows of one state are sorted. Usual rows are in none of them.

Few rows have such a state, and often they are alike: all held ones have many letters, say. In the order of all rows
they would stand together, a million rows away from where a list begins.
"""

from sqlalchemy import Index, text

# The name of each state, the columns that its index begins with, and its rows.
STATES = {
    "pledges": {
        "held": (("action_id", "is_held"), "is_held AND voided_at IS NULL AND withdrawn_at IS NULL"),
        "held_for": (("action_id", "held_for"), "held_for IS NOT NULL"),
        "voided": (("action_id",), "voided_at IS NOT NULL"),
        "withdrawn": (("action_id",), "withdrawn_at IS NOT NULL"),
    },
    "reports": {
        "held": (("action_id", "is_held", "voided_at"), "is_held AND voided_at IS NULL"),
        "held_for": (("action_id", "held_for"), "held_for IS NOT NULL"),
        "voided": (("action_id",), "voided_at IS NOT NULL"),
    },
}
ORDERS = {
    "pledges": ("name_key", "letters", "source", "mail_domain"),
    "reports": ("name_key", "letters", "sent_on", "people", "source", "mail_domain"),
}
STATE = {"pledges": ("is_held", "voided_at", "withdrawn_at"), "reports": ("is_held", "voided_at")}
OF_A_NETWORK = {
    "pledges": ("letters", "name_key", "mail_domain"),
    "reports": ("letters", "name_key", "mail_domain", "sent_on", "people"),
}


def of_a_network(table: str) -> Index:
    """The index of the rows by their network, with all by which a list is sorted and counted.

    The rows of one network may be very many and all over the table: in any order they are sorted without reading them.
    It does not begin with the action, or SQLite would read it whole for anything that it holds.
    """
    return Index(f"ix_{table}_source", "source", "action_id", "id", *OF_A_NETWORK[table], *STATE[table])


def with_states(table: str) -> list[Index]:
    """The indexes of what was held for a reason, and of what programs entered, with the columns that make a state.

    All rows of a reason may have one state: rows of the others are looked for without reading them.
    """
    return [
        Index(
            f"ix_{table}_{name}",
            "action_id",
            name,
            "id",
            *STATE[table],
            sqlite_where=text(f"{name} IS NOT NULL"),
            postgresql_where=text(f"{name} IS NOT NULL"),
        )
        for name in ("held_for", "api_key_id")
    ]


def of_states(table: str) -> list[Index]:
    """An index for each state and each order of the table's list but the order of the ids."""
    return [
        Index(
            f"ix_{table}_{state}_{order}",
            *begins,
            order,
            "id",
            sqlite_where=text(where),
            postgresql_where=text(where),
        )
        for state, (begins, where) in STATES[table].items()
        for order in ORDERS[table]
    ]
