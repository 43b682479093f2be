"""Takes addresses apart that stand beside each other in plain text: at a gutter that several lines have."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ua_tracker.importing.text import Line

_LEAST_LINES, _MOST_COLUMNS = 3, 4
_MOST_CHARACTERS = 400
_LONGEST = 45  # characters of a line in a column
_NUMBER = re.compile(r"\b[A-Z]{2,5}:?\s?[0-9]{1,4}/[0-9]{2}")  # UA 92/99
_GAP = 3  # characters that tell parts of a line apart
_SLACK = 2  # characters by which the lines of a column may be out of line


def apart(lines: Sequence[Line]) -> list[Line]:
    """The lines with each column of a table below the one before it. Number and `column` say where each stood."""
    done: list[Line] = []
    run: list[Line] = []
    for line in [*lines, Line(0, "")]:
        if not line.blank:
            run.append(line)
            continue
        done.extend(_apart(run))
        done.append(line)
        run = []
    return done[:-1]


def _apart(run: Sequence[Line]) -> Iterator[Line]:
    first, last = _table(run)
    yield from run[:first]
    yield from _taken_apart(run[first:last])
    yield from run[last:]


def _table(run: Sequence[Line]) -> tuple[int, int]:
    """The places where the lines of a table begin and end, in a run without gaps: prose and headings are around it."""
    wide = [place for place, line in enumerate(run) if len(_cells(line)) > 1 and not _names_a_number(line)]
    if len(wide) < _LEAST_LINES or not any(_names_a_number(line) for line in run):
        return 0, len(run)
    first, last = wide[0], wide[-1] + 1
    while first and _may_be_in_a_column(run[first - 1]):
        first -= 1
    while last < len(run) and _may_be_in_a_column(run[last]):
        last += 1
    return first, last


def _names_a_number(line: Line) -> bool:
    return _NUMBER.search(line.text[:_MOST_CHARACTERS]) is not None


def _may_be_in_a_column(line: Line) -> bool:
    return len(line.text) <= _LONGEST and not line.text.endswith((".", ":", ",")) and not line.text.isupper()


def _taken_apart(run: Sequence[Line]) -> Iterator[Line]:
    gutters = _gutters(run) if _has_contacts(run) else []
    if not gutters:
        yield from run
        return
    cells = [
        [(_column_of(start, gutters), text) for start, text in _cells(line, gutters) or [(0, line.text)]]
        for line in run
    ]
    for column in range(len(gutters) + 1):
        if column:
            yield Line(run[-1].number, "")
        for line, placed in zip(run, cells, strict=True):
            parts = [text for where, text in placed if where == column]
            if parts:
                yield replace(line, text=" ".join(parts), column=column + 1, cells=())


def _has_contacts(run: Sequence[Line]) -> bool:
    """Whether these lines can be addresses: the tables at the head of old documents are none."""
    texts = [line.text[:_MOST_CHARACTERS] for line in run]
    return any("@" in text or ":" in text for text in texts) and not any(_names_a_number(line) for line in run)


def _gutters(run: Sequence[Line]) -> list[int]:
    """The places at which later columns begin: at least three lines have a part that begins there."""
    starts = Counter(start for line in run for start, _ in _cells(line)[1:])
    places: list[list[int]] = []
    for start in sorted(starts):
        if places and start - places[-1][0] <= 2 * _SLACK:
            places[-1].append(start)
        else:
            places.append([start])
    found = [place[0] for place in places if sum(starts[start] for start in place) >= _LEAST_LINES]
    return found if len(found) < _MOST_COLUMNS else []


def _column_of(start: int, gutters: Sequence[int]) -> int:
    return sum(start >= gutter for gutter in gutters)


def are_unclear(line: Line) -> bool:
    """Whether the line has parts beside each other that could not be taken apart."""
    return len(_cells(line)) > 1


def first_part(line: Line) -> str:
    """What stands before the first wide gap of the line; "" where it has none."""
    starts = [(start, start + len(text), text) for start, text in line.cells[:2]]
    return starts[0][2] if len(starts) == 2 and starts[1][0] - starts[0][1] >= _GAP else ""


def _cells(line: Line, gutters: Sequence[int] = ()) -> list[tuple[int, str]]:
    """The parts of the line; a label and what stands behind it, at whatever distance, are one. Two spaces divide only
    at a gutter.
    """
    cells: list[tuple[int, str]] = []
    for start, text in line.cells:
        end = cells[-1][0] + len(cells[-1][1]) if cells else 0
        is_at_gutter = any(gutter <= start <= gutter + 2 * _SLACK for gutter in gutters)
        if cells and (cells[-1][1].endswith(":") or (start - end < _GAP and not is_at_gutter)):
            between = " " * max(1, start - end) if start - end < _GAP else " "
            cells[-1] = (cells[-1][0], f"{cells[-1][1]}{between}{text}")
        else:
            cells.append((start, text))
    return [(start, " ".join(text.split())) for start, text in cells]
