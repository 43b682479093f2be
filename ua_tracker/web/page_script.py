"""The one script of the pages, in each language: htmx, the sentences that a script alone says, and static/page.js.

In one file they are one request. The sentences stand in it because each page would have to send them else, and most
readers never see one.
"""

import json
import re
from pathlib import Path

import js_lib_htmx

from ua_tracker import french_spaces, languages
from ua_tracker.settings import HOME
from ua_tracker.totals import MILESTONES

HTMX_FOLDER = Path(js_lib_htmx.__file__).parent / "static" / "htmx"
_NAME = re.compile(r"page\.([a-z]{2})\.js", re.ASCII)


def name_for(code: str) -> str:
    """The name of the script of pages in this language."""
    return f"page.{code}.js"


def language_of(name: str) -> str | None:
    """The language of the script of this name; None if there is no such script."""
    found = _NAME.fullmatch(name)
    return found[1] if found and found[1] in languages.LANGUAGES else None


def made(code: str, spaces: str = french_spaces.CANADA) -> str:
    """The script of pages in this language, with the spaces of this country in French."""
    said = languages.catalogue(code, spaces)
    words = {
        "copied": said.gettext("Copied"),
        "milestones": {
            mark: said.gettext("%(share)s of the goal is reached.") % {"share": languages.percent(mark, 100, code)}
            for mark in MILESTONES
        },
        "trouble": said.gettext("The site could not be reached. Nothing is lost: please press the button once more."),
    }
    parts = (HTMX_FOLDER / "htmx.min.js", HOME / "static" / "page.js")
    htmx, own = (part.read_text(encoding="utf-8") for part in parts)
    return f"{htmx}\nwindow.words = {json.dumps(words, ensure_ascii=False)};\n{own}"
