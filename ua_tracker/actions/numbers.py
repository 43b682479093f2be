"""How are an action's numbers written? In one way only, so that what is typed by hand meets what a document says."""

import re

from ua_tracker import refusals

# [0-9] and not \d, which takes the digits of every script: these stand in addresses.
_UA_NUMBER = re.compile(r"\s*([0-9]{1,4})\s*/\s*(?:[0-9]{2})?([0-9]{2})\s*")
_AI_INDEX = re.compile(r"\s*([A-Za-z]{3})\s*([0-9]{2})\s*/\s*([0-9]{1,5})\s*/\s*([0-9]{4}|[0-9]{2})\s*")


def ua_number(text: str) -> str:
    """The number of a case as `07/26` or `109/23`: two digits at least, and the year's last two. Raises BadUaNumber."""
    found = _UA_NUMBER.fullmatch(text)
    if found is None:
        raise refusals.BadUaNumber()
    return f"{int(found[1]):02d}/{found[2]}"


def ai_index(text: str) -> str:
    """The index of a document as `ASA 33/9519/2025`: its number as printed, the year whole. Raises BadAiIndex."""
    found = _AI_INDEX.fullmatch(text)
    if found is None:
        raise refusals.BadAiIndex()
    year = found[4] if len(found[4]) == 4 else f"{'19' if found[4] >= '61' else '20'}{found[4]}"
    return f"{found[1].upper()} {found[2]}/{found[3]}/{year}"
