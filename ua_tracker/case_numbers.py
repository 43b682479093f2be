"""Normalises UA numbers and AI indexes, so that those typed by hand equal those read from documents."""

import re

from ua_tracker import refusals

# [0-9] instead of \d, which matches digits of every script: the numbers are used in URLs.
_UA_NUMBER = re.compile(r"\s*([0-9]{1,4})\s*/\s*(?:[0-9]{2})?([0-9]{2})\s*")
_AI_INDEX = re.compile(r"\s*([A-Za-z]{3})\s*([0-9]{2})\s*/\s*([0-9]{1,5})\s*/\s*([0-9]{4}|[0-9]{2})\s*")


def ua_number(text: str) -> str:
    """The number of a case like `07/26` or `109/23`: at least two digits, and a year of two. Raises BadUaNumber."""
    found = _UA_NUMBER.fullmatch(text)
    if found is None:
        raise refusals.BadUaNumber()
    return f"{int(found[1]):02d}/{found[2]}"


def ai_index(text: str) -> str:
    """The index of a document like `ASA 33/9519/2025`, with a year of four digits. Raises BadAiIndex."""
    found = _AI_INDEX.fullmatch(text)
    if found is None:
        raise refusals.BadAiIndex()
    year = found[4] if len(found[4]) == 4 else f"{'19' if found[4] >= '61' else '20'}{found[4]}"
    return f"{found[1].upper()} {found[2]}/{found[3]}/{year}"
