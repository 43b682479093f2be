"""The table that the benchmarks write into the page of figures."""

from pathlib import Path

from benchmarks.table import Table

PAGE = """# Figures

<!-- reads: begin -->
old
<!-- reads: end -->

Between.

<!-- writes: begin -->
kept
<!-- writes: end -->
"""


def _measured(page: Path) -> Table:
    page.write_text(PAGE, encoding="utf-8")
    table = Table()
    table.begin("reads")
    return table


def test_a_run_replaces_what_it_measured_and_nothing_else(tmp_path: Path) -> None:
    table = _measured(tmp_path / "page.md")
    table.report("counter", 112.4, "µs of CPU a request")
    table.judge("counter / hello", 0.7, 0.75)
    table.write(tmp_path / "page.md")

    written = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "old" not in written
    assert "\nkept\n" in written
    assert "\nBetween.\n" in written
    assert "| counter | 112 µs of CPU a request |  |\n" in written
    assert "| counter / hello | 0.70 | at most 0.75: kept |\n" in written


def test_a_second_run_leaves_one_table(tmp_path: Path) -> None:
    table = _measured(tmp_path / "page.md")
    table.report("counter", 112, "µs of CPU")
    for _ in range(2):
        table.write(tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text(encoding="utf-8").count("| counter |") == 1


def test_a_new_benchmark_gets_a_section_at_the_end(tmp_path: Path) -> None:
    table = _measured(tmp_path / "page.md")
    table.begin("spike")
    table.judge_at_least("pledges a minute", 11_000, 12_000)
    table.write(tmp_path / "page.md")
    written = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert written.index("## spike") > written.index("kept")
    assert "| pledges a minute | 11,000.00 | at least 12,000: missed |" in written


def test_a_run_of_some_figures_replaces_their_lines_and_says_so_beside_them(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    first = _measured(page)
    for name in ("SQLite, held, of a group, by name: 44 ms, 90 ms", "SQLite, held: 40 ms, 41 ms"):
        first.judge(name, 2.1, 2.0)
    first.write(page)
    again = Table()
    again.begin("reads")
    again.measures_in_part()
    again.judge("SQLite, held, of a group, by reported: 44 ms, 60 ms", 1.36, 2.0)
    again.write(page)
    written = page.read_text(encoding="utf-8")
    assert "| SQLite, held, of a group, by reported: 44 ms, 60 ms | 1.36 | at most 2: kept; measured again " in written
    assert "90 ms" not in written
    assert "| SQLite, held: 40 ms, 41 ms | 2.10 | at most 2: missed |\n" in written
    assert written.count("Measured 2") == 1
    assert "\nkept\n" in written


def test_only_a_missed_bar_fails_the_run() -> None:
    table = Table()
    table.report("seconds", 99, "s")
    table.judge("ratio", 2.0, 2.0)
    table.judge_at_least("rate", 20, 20)
    assert not table.has_missed
    table.judge("ratio", 2.01, 2.0)
    assert table.has_missed
