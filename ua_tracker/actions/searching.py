"""Finds actions by words of their title, their country and their numbers."""

import re

from ua_tracker import name_search
from ua_tracker.models import Action


def matches(action: Action, text: str) -> bool:
    """Whether each word of the text stands in the title, country, UA number, AI index or slug.

    Case and accents do not matter. An empty text matches every action.
    """
    number = action.case.ua_number if action.case else None
    parts = (action.title, action.country, number, action.ai_index, action.slug)
    where = "\n".join(name_search.composed(part) for part in parts if part)
    return all(re.search(name_search.pattern(word), where) for word in text.split())
