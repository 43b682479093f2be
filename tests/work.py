"""Counts the work of a function: the calls that it makes, whatever the machine is busy with."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls(function: Callable[..., Any], *arguments: Any) -> int:
    """How many functions are called while this one runs, those of libraries included. Its refusal is no fault."""
    count = 0

    def counted(_frame: FrameType, event: str, _what: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        function(*arguments)
    finally:
        sys.setprofile(before)
    return count
