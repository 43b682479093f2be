"""Where the lines of a plot and the names of the lines stand.

A line is named beside its end, so that no legend is needed and the plot is readable without colour. The names are
placed by the width of their text: to the right of the last day, and the plot is as wide as they leave space for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ua_tracker import cards
from ua_tracker.progress import Day

Point = tuple[float, float]
GAP = 10
# Fonts of browsers and of other programs are up to this much wider than the font used to measure the text.
WIDER, WIDER_BOLD = 1.25, 1.45
BOLD = ("letters", "goal")


def written(points: tuple[Point, ...]) -> str:
    """Points as SVG writes them."""
    return " ".join(f"{across:g},{up:g}" for across, up in points)


@dataclass(frozen=True)
class Names:
    """What stands in the plot, in the reader's language. `goal` and `needed` are empty where there is none."""

    letters: str
    pledged: str
    goal: str
    needed: str
    first: str
    today: str
    last: str
    number: Callable[[int], str]


@dataclass(frozen=True)
class Line:
    """A line through points: `name` says which one, and so how it is drawn."""

    name: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The points as SVG writes them."""
        return written(self.points)


@dataclass(frozen=True)
class Dot:
    """The end of a line."""

    name: str
    at: Point


@dataclass(frozen=True)
class Label:
    """A text whose line begins, ends or has its middle (`anchor`: start, end, middle) at a point."""

    name: str
    at: Point
    anchor: str
    text: str


@dataclass(frozen=True)
class Drawing:
    """A plot in units from the upper left of its lines; with the labels it reaches from `left` and `top` on."""

    left: float
    top: float
    width: float
    height: float
    text: float
    area: tuple[Point, ...]
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]

    @property
    def shade(self) -> str:
        """The area below the letters as SVG writes it."""
        return written(self.area)


@dataclass(frozen=True)
class Size:
    """Of a plot: its width with the numbers beside it, the height of its lines, and the height of its text."""

    width: float
    height: float
    text: float


def plot(days: list[Day], goal: int | None, until: date | None, names: Names, size: Size) -> Drawing:
    """The cumulative lines, from the first day to the last day or to `until`, the deadline, whichever is later.

    The line `needed` leads from the last total to the goal at the deadline. There is none after the deadline, when the
    goal is reached, and for a group, which has no goal.
    """
    frame = _Frame(days, goal, until, names, size)
    across = (frame.letters[0][0], frame.letters[-1][0])
    return Drawing(
        left=-round(frame.left, 1),
        top=-round(size.text * 1.6, 1),
        width=size.width,
        height=round(size.height + size.text * 3.4, 1),
        text=size.text,
        area=(*frame.letters, (across[1], size.height), (across[0], size.height)),
        lines=tuple(frame.lines()),
        dots=(Dot("pledged", frame.pledged[-1]), Dot("letters", frame.letters[-1])),
        labels=tuple(frame.labels()),
    )


def rounded_up(value: int) -> int:
    """The next of 4, 8, 12, 20, 40, 60, 80, 120, 200, … from the value on. A quarter of it is a whole number."""
    step = 1
    while True:
        for factor in (4, 8, 12):
            if factor * step >= value:
                return factor * step
        step *= 5 if str(step)[0] == "1" else 2


class _Frame:
    """The lines of one plot and the places of their names."""

    def __init__(self, days: list[Day], goal: int | None, until: date | None, names: Names, size: Size) -> None:
        self.names, self.size, self.goal = names, size, goal
        self.top = rounded_up(max(goal or 0, days[-1].letters_so_far, days[-1].pledged_so_far, 1))
        self.ticks = {value: names.number(value) for value in (self.top * part // 4 for part in range(5))}
        self.left = max(map(self.wide, self.ticks.values())) + GAP
        self.begin, self.last = days[0].day, days[-1].day
        self.end = max(self.last, until or self.last)
        self.width = self._width(size.width - self.left)
        self.letters = tuple(self.place(one.day, one.letters_so_far) for one in days)
        self.pledged = tuple(self.place(one.day, one.pledged_so_far) for one in days)
        is_ahead = goal is not None and self.last < self.end and days[-1].letters_so_far < goal
        self.needed: tuple[Point, ...] = (
            (self.letters[-1], self.place(self.end, goal)) if is_ahead and goal is not None else ()
        )

    def place(self, day: date, value: float) -> Point:
        """The point of a day and a number."""
        return round(self._share(day) * self.width, 1), round(self.size.height * (1 - value / self.top), 1)

    def wide(self, text: str, name: str = "") -> float:
        """The width that the text may need, with the name of what it stands for."""
        return cards.text_width(text, self.size.text) * (WIDER_BOLD if name in BOLD else WIDER)

    def _share(self, day: date) -> float:
        """Which part of the time has passed on this day."""
        return (day - self.begin).days / max(1, (self.end - self.begin).days)

    def _width(self, most: float) -> float:
        """The width up to the deadline: the names to the right of the last day need theirs."""
        named = max(self.wide(self.names.letters, "letters"), self.wide(self.names.pledged)) + GAP
        passed = self._share(self.last)
        return round(min(most, (most - named) / passed) if passed else most, 1)

    def lines(self) -> Iterator[Line]:
        """Every line; a later one is drawn over an earlier one."""
        for value in self.ticks:
            up = self.place(self.begin, value)[1]
            yield Line("grid", ((0, up), (self.width, up)))
        if self.goal is not None:
            up = self.place(self.begin, self.goal)[1]
            yield Line("goal", ((0, up), (self.width, up)))
            yield Line("deadline", ((self.width, up), (self.width, self.size.height)))
        if self.needed:
            yield Line("needed", self.needed)
        yield Line("pledged", self.pledged)
        yield Line("letters", self.letters)

    def labels(self) -> Iterator[Label]:
        """Every text: the axes, then the names of the lines."""
        for value, text in self.ticks.items():
            yield Label("tick", (-GAP, self._beside(self.place(self.begin, value)[1])), "end", text)
        yield from self._days()
        placed = self._two_lines()
        if self.goal is not None:
            placed.append(self._free(placed, self._places_of_goal(self.place(self.begin, self.goal)[1])))
        if self.needed:
            placed.append(self._free(placed, self._places_of_needed()))
        yield from placed

    def _beside(self, up: float) -> float:
        """The base of a text whose middle is at this height."""
        return round(up + self.size.text * 0.35, 1)

    def _days(self) -> Iterator[Label]:
        under = round(self.size.height + self.size.text * 1.4, 1)
        first = Label("day", (0, under), "start", self.names.first)
        last = Label("day", (self.width, under), "end", self.names.last)
        today = Label("day", (self.letters[-1][0], under), "middle", self.names.today)
        yield from [first, last] if self.begin < self.end else [first]
        if self.begin < self.last < self.end and not any(self._meet(today, other) for other in (first, last)):
            yield today

    def _two_lines(self) -> list[Label]:
        """The names of the two lines beside their ends, in the order of the ends and never one over the other."""
        across, step, floor = self.letters[-1][0] + GAP, self.size.text * 1.25, self.size.height - GAP / 2
        below = self.size.text * 0.85 if self.needed else 0  # the line `needed` begins at the end of the letters
        ends = [
            ("letters", self._beside(self.letters[-1][1] + below), self.names.letters),
            ("pledged", self._beside(self.pledged[-1][1]), self.names.pledged),
        ]
        if self.pledged[-1][1] < self.letters[-1][1]:
            ends.reverse()
        (upper, high, above), (lower, low, under) = ends
        low = min(max(low, high + step), floor)
        high = min(high, low - step)
        if across < self.width:
            high, low = self._off_the_lines(high, low, step, floor)
        return [
            Label(upper, (across, round(high, 1)), "start", above),
            Label(lower, (across, round(low, 1)), "start", under),
        ]

    def _off_the_lines(self, high: float, low: float, step: float, floor: float) -> tuple[float, float]:
        """The bases of two names, moved as little as is needed so that no line beside the ends strikes through them."""
        barred = list(self._barred())
        bases = {high, low}
        for over, beneath in barred:
            bases |= {over, over - step, beneath, beneath + step}
        inside = [base for base in sorted(bases) if -self.size.text * 0.6 <= base <= floor]
        free = [base for base in inside if not any(over < base < beneath for over, beneath in barred)]
        pairs = [(one, other) for one in free for other in free if other - one >= step - 0.1]
        return min(pairs, key=lambda pair: abs(pair[0] - high) + abs(pair[1] - low), default=(high, low))

    def _barred(self) -> Iterator[tuple[float, float]]:
        """Between which heights no name may have its base, because the line of the goal or of the pace is there."""
        text = self.size.text
        if self.goal is not None:
            up = self.place(self.begin, self.goal)[1]
            yield up - text * 0.45, up + text
        if self.needed:
            (begin, low), (end, high) = self.needed
            widest = max(self.wide(self.names.letters, "letters"), self.wide(self.names.pledged))
            slope = (low - high) / max(1, end - begin)
            yield max(high, low - (GAP + widest) * slope) - text * 0.35, low - GAP * slope + text * 0.9

    def _places_of_goal(self, up: float) -> list[Label]:
        """Above its line: at the start, else at the end."""
        base = round(up - self.size.text * 0.5, 1)
        text = self.names.goal
        return [Label("goal", (0, base), "start", text), Label("goal", (self.width, base), "end", text)]

    def _places_of_needed(self) -> list[Label]:
        """Above its line near the goal, else below its end, else above the goal."""
        (begin, low), (end, high) = self.needed
        text, slope = self.names.needed, (low - high) / max(1, end - begin)
        base, floor = high + self.size.text * 1.4, self.size.height - GAP / 2
        under = base + self.size.text * 0.6  # the line passes this far below the end of the text
        beneath = high + self.wide(text) * slope + self.size.text * 1.2
        places = [(end, high - self.size.text * 0.5)]
        if beneath < floor:
            places.insert(0, (end, beneath))
        if under < low:
            places.insert(0, (end - (under - high) / slope - GAP, base))
        return [Label("needed", (round(across, 1), round(up, 1)), "end", text) for across, up in places]

    def _free(self, placed: list[Label], places: list[Label]) -> Label:
        """The first place that is inside the plot, meets no other name, and has no line behind it if possible."""
        free = [one for one in places if self._box(one)[0] >= 0 and not any(self._meet(one, other) for other in placed)]
        return next((one for one in free if not self._is_crossed(one)), [*free, *places][0])

    def _is_crossed(self, label: Label) -> bool:
        start, top, end, under = self._box(label)
        return any(
            min(first[0], second[0]) <= end
            and start <= max(first[0], second[0])
            and min(first[1], second[1]) <= under
            and top <= max(first[1], second[1])
            for line in (self.letters, self.pledged)
            for first, second in pairwise(line)
        )

    def _box(self, label: Label) -> tuple[float, float, float, float]:
        (across, base), wide = label.at, self.wide(label.text, label.name)
        start = across - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
        return start, base - self.size.text * 0.8, start + wide, base + self.size.text * 0.25

    def _meet(self, one: Label, other: Label) -> bool:
        first, second = self._box(one), self._box(other)
        apart = first[2] + GAP / 2 <= second[0] or second[2] + GAP / 2 <= first[0]
        return not (apart or first[3] <= second[1] or second[3] <= first[1])
