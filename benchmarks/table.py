"""The figures of a run: printed as they are measured, and written into docs/performance.md.

Each benchmark has a section of that page between two marks. A run replaces the sections of what it measured and leaves
the others, so that benchmarks can be run one at a time. A run that measures some figures of a section again replaces
their lines, and says so beside each.
"""

import os
import platform
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
_WIDTH = 58
# The units of figures that are counts, times or sizes, with the decimals that mean something.
_DECIMALS = {"µs of CPU a request": 0, "µs of CPU": 0, "a second": 0, "": 2, "s": 3, "MB": 1}


@dataclass(frozen=True)
class Figure:
    """One measured value; with a bar it is judged: at most that, or for `at_least` at least that."""

    name: str
    value: float
    unit: str = ""
    bar: float | None = None
    at_least: bool = False

    @property
    def is_missed(self) -> bool:
        """Whether the bar is not kept."""
        if self.bar is None:
            return False
        return self.value < self.bar if self.at_least else self.value > self.bar

    @property
    def said(self) -> str:
        """The value with its unit."""
        return f"{self.value:,.{_DECIMALS.get(self.unit, 2)}f} {self.unit}".strip()

    @property
    def judged(self) -> str:
        """The bar, and whether it is kept; empty for a figure that is only reported."""
        if self.bar is None:
            return ""
        return f"at {'least' if self.at_least else 'most'} {self.bar:,g}: {'missed' if self.is_missed else 'kept'}"


@dataclass
class Table:
    """The figures of one run, by benchmark."""

    sections: dict[str, list[Figure]] = field(default_factory=dict)
    _current: str = ""
    _in_part: set[str] = field(default_factory=set)

    def begin(self, section: str) -> None:
        """The figures that follow belong to this benchmark."""
        self._current = section

    def measures_in_part(self) -> None:
        """The figures that follow are not all of this benchmark: the others keep their lines in the page."""
        self._in_part.add(self._current)

    def judge(self, name: str, value: float, bar: float) -> None:
        """A figure that may be at most `bar`."""
        self._add(Figure(name, value, bar=bar))

    def judge_at_least(self, name: str, value: float, bar: float) -> None:
        """A figure that must be at least `bar`."""
        self._add(Figure(name, value, bar=bar, at_least=True))

    def report(self, name: str, value: float, unit: str) -> None:
        """A figure that is not judged."""
        self._add(Figure(name, value, unit))

    @property
    def has_missed(self) -> bool:
        """Whether a bar was missed."""
        return any(figure.is_missed for figures in self.sections.values() for figure in figures)

    def write(self, page: Path = PAGE) -> None:
        """Replaces the sections of this run in the page; a benchmark without a section gets one at the end."""
        text = page.read_text(encoding="utf-8")
        for name, figures in self.sections.items():
            begins, ends = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
            if begins not in text:
                text = f"{text.rstrip()}\n\n## {name}\n\n{begins}\n{ends}\n"
            before, _, rest = text.partition(begins)
            old, _, after = rest.partition(ends)
            written = _merged(old.strip("\n"), figures) if name in self._in_part else _written(figures)
            text = f"{before}{begins}\n{written}{ends}{after}"
        page.write_text(text, encoding="utf-8")

    def _add(self, figure: Figure) -> None:
        self.sections.setdefault(self._current, []).append(figure)
        print(f"{figure.name:<{_WIDTH}} {figure.said:>24}   {figure.judged}".rstrip(), flush=True)


def _written(figures: list[Figure]) -> str:
    rows = "".join(f"| {figure.name} | {figure.said} | {figure.judged} |\n" for figure in figures)
    return (
        f"\nMeasured {datetime.now(UTC):%Y-%m-%d}, {_machine()}.\n\n| figure | value | bar |\n|---|---|---|\n{rows}\n"
    )


def _merged(old: str, figures: list[Figure]) -> str:
    """The section with the lines of these figures replaced. Raises SystemExit for one that it does not have."""
    lines = old.splitlines()
    for figure in figures:
        places = [
            place for place, line in enumerate(lines) if _subject(line.removeprefix("| ")) == _subject(figure.name)
        ]
        if len(places) != 1:
            raise SystemExit(f"the page has no line of {_subject(figure.name)}")
        again = f"{figure.judged}; measured again {datetime.now(UTC):%Y-%m-%d}, {_commit()}"
        lines[places[0]] = f"| {figure.name} | {figure.said} | {again} |"
    return "\n" + "\n".join(lines) + "\n\n"


def _subject(name: str) -> str:
    """What a figure is about, without the times in its name and the order in which a list is worst."""
    return name.partition(":")[0].partition(", by ")[0]


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, cwd=PAGE.parent, check=False).stdout.strip()
    return f"commit {commit}" if commit else "not from a repository"


def _machine() -> str:
    """What was measured, and on what."""
    parts = [
        _commit(),
        f"{os.cpu_count()} cores (load {os.getloadavg()[1]:.1f} in the last five minutes)",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        sys.platform,
    ]
    return ", ".join(parts)


TABLE = Table()
begin, judge, judge_at_least, report = TABLE.begin, TABLE.judge, TABLE.judge_at_least, TABLE.report
measures_in_part = TABLE.measures_in_part
