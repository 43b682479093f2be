"""How is a number read from a command line? As everywhere on the site: of the digits 0 to 9."""

from typing import Any

import click

from ua_tracker.texts import is_whole


class Whole(click.IntRange):
    """A whole number within its range; click alone takes `1_0`, `+5` and the digits of every script."""

    name = "whole number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Fails with one line for anything else."""
        if isinstance(value, str) and not is_whole(value):
            self.fail(f"“{value}” is no whole number of the digits 0 to 9.", param, ctx)
        return super().convert(value, param, ctx)
