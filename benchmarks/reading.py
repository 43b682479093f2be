"""The CPU time of reading a document in a process of its own, against the start of a process that reads nothing."""

import resource
import subprocess
import sys
from collections.abc import Callable
from statistics import median

from benchmarks.servers import in_turn, ratio
from benchmarks.table import report
from tests.made_files import column, pdf, printed
from ua_tracker.importing import confined
from ua_tracker.settings import HOME

# The start of a Python with the modules of its library that any answer needs: the least that could do the same.
START = "import dataclasses, datetime, enum, json, re, typing, unicodedata"
TEXT_BAR, PDF_BAR = 8, 10
SAMPLE = HOME / "ua_tracker" / "samples" / "ua-109-23-second.md"
ROUNDS = 9


def measure(judge: Callable[[str, float, float], None]) -> None:
    """Reads a text and a PDF of two pages, in turn with a start that reads nothing."""
    text = SAMPLE.read_bytes()
    printed_pages = _as_pdf(text.decode())
    question = confined.question_about("")
    measured = in_turn(
        {
            "start": lambda: _cpu(lambda: subprocess.run([sys.executable, "-s", "-P", "-c", START], check=True)),
            "text": lambda: _cpu(lambda: confined.ask(question, text)),
            "PDF": lambda: _cpu(lambda: confined.ask(question, printed_pages)),
            "picture": lambda: _cpu(
                lambda: confined.ask({"asked": "picture", "number": 1, "width": 900}, printed_pages)
            ),
        },
        ROUNDS,
    )
    for name, values in measured.items():
        report(f"{name}, two pages" if name in {"text", "PDF"} else name, median(values), "s")
    judge("text of two pages / start of a process, CPU", ratio(measured, "text", "start"), TEXT_BAR)
    judge("PDF of two pages / start of a process, CPU", ratio(measured, "PDF", "start"), PDF_BAR)


def _cpu(run: Callable[[], object]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _as_pdf(text: str) -> bytes:
    lines = [line.replace("*", "").replace("#", "").strip() for line in text.splitlines()]
    rows = [part for line in lines for part in (_broken(line) or [""])]
    half = (len(rows) + 1) // 2
    return pdf([printed(*column(40, 810, rows[:half]), size=10), printed(*column(40, 810, rows[half:]), size=10)])


def _broken(line: str, width: int = 110) -> list[str]:
    rows: list[str] = []
    for word in line.split():
        if rows and len(rows[-1]) + len(word) < width:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return rows
