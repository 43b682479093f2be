"""The indentation of templates is for those who read them; it is left out of the pages."""

import re

from jinja2.ext import Extension

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class WithoutIndentation(Extension):
    """Removes the indentation of each line of an HTML template before it is compiled.

    One space stays after a line that ends with a statement or comment: Jinja removes the end of that line, and the
    space keeps two words apart. The lines stay, so that a traceback names the right one. What a page shows is not part
    of the template, and is not changed. Mails as plain text are left as they are.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source that is compiled in place of this one."""
        if not name or not name.endswith(".html"):
            return source
        return INDENTATION.sub(lambda found: " " if _follows_a_statement(source, found.start()) else "", source)


def _follows_a_statement(source: str, start: int) -> bool:
    return source[max(0, start - 3) : start] in ("%}\n", "#}\n")
