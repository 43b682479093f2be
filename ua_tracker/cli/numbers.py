"""Reads and writes whole numbers on the command line: read are digits 0 to 9 only, as in the forms."""

from typing import Any

import click

from ua_tracker.texts import is_whole


class Whole(click.IntRange):
    """A whole number within a range. Stricter than click, which accepts `1_0`, `+5` and digits of other scripts."""

    name = "whole number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Fails with one line for other input."""
        if isinstance(value, str) and not is_whole(value):
            self.fail(f"“{value}” is no whole number of the digits 0 to 9.", param, ctx)
        return super().convert(value, param, ctx)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """The number with its noun, as a sentence needs it: `1 address`, `1,250 addresses`. `plural` if not noun + "s"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
