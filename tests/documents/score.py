"""Judges the importer on a folder of documents: `python -m tests.documents.score FOLDER`.

Beside each document (`NAME.txt`, `.md`, `.eml`, `.html`, `.pdf`, `.docx`, `.rtf`) stands `NAME.json`: what should be
read, with the keys of `actions import --json`. See docs/importing.md.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.documents.compare import Judged, Verdict, compare, refused
from ua_tracker.importing import reading
from ua_tracker.refusals import Refusal

KINDS = (".txt", ".md", ".eml", ".html", ".htm", ".pdf", ".docx", ".rtf")
COLUMNS = ("document", *Verdict)


@dataclass
class Scored:
    """A document, the verdicts on its values, and the sentence of its refusal if it was refused."""

    document: Path
    layout: str
    judged: list[Judged] = field(default_factory=list)
    refusal: str | None = None


def documents_in(folder: Path) -> list[Path]:
    """The documents of the folder that have an expectation, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix in KINDS and expectation_of(path).exists())


def expectation_of(document: Path) -> Path:
    """The file that says what should be read from the document: `page.html.json`, or else `page.json`."""
    own = document.with_name(document.name + ".json")
    return own if own.exists() else document.with_suffix(".json")


def expected_of(document: Path) -> dict[str, Any]:
    """What should be read from the document."""
    values: dict[str, Any] = json.loads(expectation_of(document).read_text(encoding="utf-8"))
    return values


def score(document: Path) -> Scored:
    """Reads the document and judges what was read."""
    expected = expected_of(document)
    scored = Scored(document, str(expected.get("_layout", "")))
    try:
        draft = reading.read(document.read_bytes(), document.name)
    except Refusal as refusal:
        scored.refusal = str(refusal)
        scored.judged = refused(expected)
    else:
        scored.judged = compare(expected, draft)
    return scored


def tally(judged: Iterable[Judged]) -> Counter[Verdict]:
    """How many values have which verdict."""
    return Counter(one.verdict for one in judged)


def main(arguments: list[str]) -> int:
    """Prints the verdicts; returns the exit code."""
    options = _options(arguments)
    scores = [score(document) for document in documents_in(options.folder)]
    if not scores:
        print(f"{options.folder} holds no document with an expectation beside it.")
        return 2
    total = tally(one for scored in scores for one in scored.judged)
    if options.markdown:
        _print_markdown(scores)
        return 0
    _print_table(scores, total)
    if options.values:
        for scored in scores:
            _print_values(scored)
    return 1 if options.strict and (total[Verdict.WRONG] or total[Verdict.REFUSED]) else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.documents.score", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the documents and their expectations")
    parser.add_argument("--values", action="store_true", help="print each value that is not right")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a value is wrong or a document refused")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table by layout (`_layout`)")
    return parser.parse_args(arguments)


def _print_table(scores: list[Scored], total: Counter[Verdict]) -> None:
    width = max(len(scored.document.name) for scored in scores)
    print(f"{COLUMNS[0]:<{width}}", *(f"{name:>8}" for name in COLUMNS[1:]))
    for scored in scores:
        print(_row(scored.document.name, tally(scored.judged), width))
    print(_row("in all", total, width))
    print(f"{_percent(total)} of {total.total()} values right, in {len(scores)} documents")


def _row(name: str, counted: Counter[Verdict], width: int) -> str:
    return " ".join([f"{name:<{width}}", *(f"{counted[verdict] or '·':>8}" for verdict in Verdict)])


def _percent(counted: Counter[Verdict]) -> str:
    return f"{100 * counted[Verdict.RIGHT] / max(1, counted.total()):.1f} %"


def _print_values(scored: Scored) -> None:
    differing = [one for one in scored.judged if one.verdict is not Verdict.RIGHT]
    if not differing:
        return
    print(f"\n{scored.document.name}" + (f": {scored.refusal}" if scored.refusal else ""))
    for one in differing if not scored.refusal else []:
        print(f"  {one.verdict:<8} {one.path}\n           expected {one.expected!r}\n           read     {one.read!r}")


def _print_markdown(scores: list[Scored]) -> None:
    """A table with a row for each layout: documents, values, right, wrong, doubted, silent."""
    layouts: defaultdict[str, list[Scored]] = defaultdict(list)
    for scored in scores:
        layouts[scored.layout or scored.document.stem].append(scored)
    print("| layout | documents | kinds of file | values | right | wrong | doubted | silent |")
    print("|---|--:|---|--:|--:|--:|--:|--:|")
    for layout, members in sorted(layouts.items()):
        _print_markdown_row(layout, members)
    _print_markdown_row("in all", scores)


def _print_markdown_row(layout: str, scores: list[Scored]) -> None:
    counted = tally(one for scored in scores for one in scored.judged)
    kinds = ", ".join(f"`{kind}`" for kind in sorted({scored.document.suffix for scored in scores}))
    silent = counted[Verdict.SILENT] + counted[Verdict.REFUSED]
    cells = [layout, len(scores), kinds, counted.total(), _percent(counted), counted[Verdict.WRONG]]
    print("|", " | ".join(map(str, [*cells, counted[Verdict.DOUBTED], silent])), "|")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
