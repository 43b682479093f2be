"""A document is read in a process of its own, which ends with it: what the process may, and what it answers."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.made_files import pdf, printed
from tests.rules.test_importing import SAMPLE
from ua_tracker import importing, refusals
from ua_tracker.importing import answers, confined, reading

DRAFT = confined.question_about("")


def test_the_process_reads_the_same_draft():
    assert importing.read(SAMPLE.read_bytes(), "ua.md") == reading.read(SAMPLE.read_bytes())


def test_a_refusal_crosses_with_its_facts():
    with pytest.raises(refusals.TooManyPages) as raised:
        importing.read(pdf([b""] * 50), "long.pdf")
    assert "40 pages" in str(raised.value)


def test_a_page_of_a_pdf_becomes_a_picture_and_no_other_page_does():
    document = pdf([printed((50, 700, "Mayor"))])
    picture = importing.picture_of_page(document, 1, 300)
    assert (picture[:4], picture[8:12]) == (b"RIFF", b"WEBP")
    with pytest.raises(refusals.NoSuchPage):
        importing.picture_of_page(document, 2, 300)


def test_a_document_that_takes_too_long_ends_its_process_and_nothing_else():
    endless = b"<html>" + b"<div>" * 150_000
    with pytest.raises(refusals.DocumentTooSlow) as raised:
        confined.ask(DRAFT, endless, cpu_seconds=1)
    assert "more than 1 seconds" in str(raised.value)


def test_a_document_that_needs_too_much_memory_ends_its_process_and_nothing_else():
    with pytest.raises(refusals.DocumentTooHeavy):
        confined.ask(DRAFT, pdf([b"q " * 3_000_000]))


def test_long_lines_of_whatever_repeats_are_read_within_the_time():
    shapes = ["a@a.", "<a@", "*a", "[a](", "__a", "`", "\\*", "1) ", " ", "# ", "(at) ", "a ", "> ", "<http://"]
    document = "\n".join(shape * (19_000 // len(shape)) for shape in shapes)
    with pytest.raises(refusals.NoUrgentAction):
        confined.values_of(confined.ask(DRAFT, document.encode()))


TRIES = """
import os, socket, subprocess, sys
from ua_tracker.importing import process_limits
process_limits.set_all()
def refused(what):
    try:
        what()
    except OSError:
        return True
    return False
print([
    refused(lambda: socket.socket()),
    refused(lambda: socket.socket(socket.AF_UNIX)),
    refused(os.fork),
    refused(lambda: subprocess.run(["/bin/true"])),
    refused(lambda: os.execv("/bin/true", ["true"])),
    refused(lambda: open(sys.argv[1], "a")),
    refused(lambda: open(sys.argv[1] + "x", "w")),
    refused(lambda: os.unlink(sys.argv[1])),
    refused(lambda: os.rename(sys.argv[1], sys.argv[1] + "y")),
    refused(lambda: os.truncate(sys.argv[1], 0)),
    refused(lambda: os.chmod(sys.argv[1], 0o777)),
    refused(lambda: os.mkdir(sys.argv[1] + "d")),
    refused(lambda: os.kill(os.getppid(), 0)),
    open(sys.argv[1]).read() == "kept",
])
"""


@pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() not in {"x86_64", "aarch64"}, reason="filters of system calls"
)
def test_the_process_has_no_network_starts_nothing_and_changes_no_file(tmp_path: Path):
    file = tmp_path / "file"
    file.write_text("kept")
    command = [sys.executable, "-s", "-P", "-c", TRIES, str(file)]
    done = subprocess.run(command, env=confined.environment(), capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == str([True] * 14), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


LOADED = """
import sys
from ua_tracker.importing import child, reading
reading.read(open(sys.argv[1], "rb").read())
print([name for name in ("sqlalchemy", "flask", "click", "pypdfium2", "mammoth", "selectolax") if name in sys.modules])
"""


def test_the_process_gets_no_secret_and_loads_neither_the_site_nor_readers_of_other_files(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "s" * 40)
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:password@example.org/db")
    environment = confined.environment()
    assert environment.keys() - {"LD_LIBRARY_PATH", "PYTHONHOME"} == {"LANG", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
    command = [sys.executable, "-s", "-P", "-c", LOADED, str(SAMPLE)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, cwd=os.sep)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_full_house_is_said():
    room = confined.Room(at_once=1, patience=0)
    with room, pytest.raises(refusals.ReadersBusy), room:
        pass
    with room:
        pass


def test_a_draft_crosses_unchanged():
    draft = reading.read(SAMPLE.read_text().replace("until September 15, 2025", "until September 15, 2024").encode())
    assert draft.doubts[0].facts
    assert answers.decoded(json.loads(answers.encoded(draft))) == draft


@pytest.mark.parametrize(
    "spoiled",
    [
        None,
        [],
        {"title": 7},
        {"title": "\ud800"},
        {"title": "a\0b"},
        {"issued": "2025-01-01"},
        {"issued": {"date": "soon"}},
        {"targets": "x"},
        {"targets": [{"role": ["x"]}]},
        {"targets": [{"__class__": "x"}]},
        {"found": [{"line": True, "field": "title", "text": "x"}]},
        {"found": [{"line": 1, "field": "title", "text": "x", "certainty": "certain"}]},
        {"doubts": [{"sentence": "%(missing)s"}]},
        {"doubts": [{"sentence": "%(a)d", "facts": {"a": "x"}}]},
        {"summary": [None]},
        {"surprise": 1},
    ],
)
def test_an_answer_that_is_no_draft_is_not_believed(spoiled):
    with pytest.raises(answers.NotADraft):
        answers.decoded(spoiled)


@pytest.mark.parametrize(
    "answer",
    [
        b"x}",
        b"[1]",
        b"[" * 100_000 + b"}",
        b'{"fault": "ValueError: x.py:1"}',
        b'{"refusal": "Refusal2", "facts": {}}',
        b'{"refusal": "marked", "facts": {}}',
        b'{"refusal": "TooManyPages", "facts": {}}',
    ],
)
def test_an_answer_that_makes_no_sense_is_one_sentence_and_a_line_in_the_log(answer, caplog):
    with pytest.raises(refusals.ReadingFailed):
        confined.values_of(answer)
    assert "reading a document failed" in caplog.text
