"""The tables as they are written: read from their files, or taken from a process that has read them.

To read them all takes longer than to read a document, so the process that reads documents apart gets them given.
"""

from functools import cache
from pathlib import Path
from typing import Any

FOLDERS = ("families", "languages")
_HOME = Path(__file__).parent
_given: dict[str, dict[str, dict[str, Any]]] = {}


def names(folder: str) -> list[str]:
    """The names of all tables of one of FOLDERS, in order."""
    return sorted(_given[folder] if _given else (path.stem for path in (_HOME / folder).glob("*.toml")))


def table(folder: str, name: str) -> dict[str, Any]:
    """A table as it is written."""
    if _given:
        return _given[folder][name]
    import tomllib  # not needed where the tables are given

    return tomllib.loads((_HOME / folder / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def everything() -> dict[str, dict[str, dict[str, Any]]]:
    """All tables, by folder and name."""
    return {folder: {name: table(folder, name) for name in names(folder)} for folder in FOLDERS}


def take(tables: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Uses these tables, which another process has read, instead of the files; before any layout is used."""
    _given.update(tables)
