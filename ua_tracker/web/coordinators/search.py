"""The search and the filter of the dashboard's list of actions, as they stand in the URL's query."""

from dataclasses import dataclass

from flask import request

from ua_tracker.actions import searching
from ua_tracker.deadlines import State
from ua_tracker.models import Action
from ua_tracker.name_search import LONGEST_TEXT
from ua_tracker.web.forms.fields import one_line


@dataclass(frozen=True)
class Search:
    """Words to find in actions, and the state they must have; empty words and None find all."""

    text: str = ""
    state: State | None = None

    def finds(self, action: Action, state: State) -> bool:
        """Whether the action, in its present state, is one that is looked for."""
        return self.state in (None, state) and searching.matches(action, self.text)


def asked() -> Search:
    """The search in the URL. A state that does not exist finds all, as does none."""
    state = request.args.get("state")
    text = (one_line(request.args.get("text")) or "")[:LONGEST_TEXT]
    return Search(text, State(state) if state in set(State) else None)
