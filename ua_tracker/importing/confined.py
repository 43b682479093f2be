"""Reads documents that somebody uploaded: each in a process of its own, with limits, which ends with the document.

Why a process, and why this way: docs/decisions/0023-reading-apart.md.
"""

import base64
import compileall
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from ua_tracker import refusals
from ua_tracker.importing import answers
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.files import MOST_BYTES
from ua_tracker.importing.layouts import tables
from ua_tracker.importing.process_limits import CPU_SECONDS

# Seconds on the clock, for a machine that is busy with other things too.
WALL_SECONDS = 20
# At once in one server process; who comes then waits for so many seconds, and is asked to come again.
AT_ONCE, PATIENCE = 2, 5
MOST_ANSWER = 8 * 1024 * 1024
_HOME = Path(__file__).resolve().parents[2]
# Without `site` and `runpy`, which take longer than some documents: the places of modules are given in the environment.
_OPTIONS = ("-S", "-s", "-P")
_PROGRAM = "from ua_tracker.importing.child import main; main()"
# Where Python and its libraries are may be said in these; nothing else of the environment is given on.
_GIVEN_ON = ("LD_LIBRARY_PATH", "PYTHONHOME")
_KEPT, _MOST_KEPT = 8, 512 * 1024
_log = logging.getLogger("ua_tracker.importing")
_kept: OrderedDict[bytes, bytes] = OrderedDict()


class Room:
    """Room for so many readings at once. Who comes when it is full waits for some seconds, and gets ReadersBusy."""

    def __init__(self, at_once: int, patience: float) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._patience = patience

    def __enter__(self) -> None:
        if not self._places.acquire(timeout=self._patience):
            raise refusals.ReadersBusy()

    def __exit__(self, *_how: object) -> None:
        self._places.release()


_room = Room(AT_ONCE, PATIENCE)


def read(document: bytes, name: str = "") -> Draft:
    """Reads a document; `name` is the name of its file. The same as `reading.read`, and as safe as any document.

    Raises the same refusals; DocumentTooSlow, DocumentTooHeavy or ReadingFailed for a document that broke a limit, and
    ReadersBusy. The answers for the last documents are kept, since whoever looks at a draft stores it next.
    """
    _require_size(document)
    key = sha256(json.dumps(name).encode() + b"\n" + document).digest()
    answer = _kept.get(key)
    if answer is None:
        answer = _ask(question_about(name), document)
        if len(answer) <= _MOST_KEPT:
            _kept[key] = answer
            while len(_kept) > _KEPT:
                with suppress(KeyError):
                    _kept.popitem(last=False)
    values = values_of(answer)
    try:
        return answers.decoded(values.get("draft"))
    except answers.NotADraft as wrong:
        raise _failed("an answer that is no draft") from wrong


def question_about(name: str) -> dict[str, Any]:
    """The question for the draft of a document of this name. The layouts go with it: see `layouts/tables.py`."""
    return {"asked": "draft", "name": name[:255], "tables": tables.everything()}


def picture_of_page(data: bytes, number: int, width: int) -> bytes:
    """The page of a PDF as a WebP picture, `width` pixels wide; `number` is that of the page, from 1.

    Raises as `read` does, and NoSuchPage. Nothing is kept.
    """
    _require_size(data)
    values = values_of(_ask({"asked": "picture", "number": number, "width": width}, data))
    try:
        picture = base64.b64decode(values.get("picture", ""), validate=True)
    except (TypeError, ValueError) as wrong:
        raise _failed("an answer that is no picture") from wrong
    if picture[:4] != b"RIFF" or picture[8:12] != b"WEBP":
        raise _failed("an answer that is no picture")
    return picture


def _require_size(document: bytes) -> None:
    if len(document) > MOST_BYTES:
        raise refusals.DocumentTooLarge(limit=MOST_BYTES // 1024)


def _ask(question: dict[str, Any], document: bytes) -> bytes:
    with _room:
        return ask(question, document)


@cache
def _compile() -> None:
    """Compiles what only the other process loads, which may write no file."""
    compileall.compile_dir(Path(__file__).parent, quiet=2)


def ask(question: dict[str, Any], document: bytes, cpu_seconds: int = CPU_SECONDS) -> bytes:
    """What the process answers. Raises DocumentTooSlow, DocumentTooHeavy or ReadingFailed."""
    _compile()
    with subprocess.Popen(  # noqa: S603 - our own program, with a number
        [sys.executable, *_OPTIONS, "-c", _PROGRAM, str(cpu_seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=environment(),
    ) as process:
        late = threading.Event()
        watch = threading.Timer(WALL_SECONDS, _end, (process, late))
        watch.start()
        try:
            answer = _exchange(process, json.dumps(question).encode() + b"\n" + document)
        finally:
            process.kill()
            process.wait()
            watch.cancel()
    if len(answer) > MOST_ANSWER:
        raise _failed("an answer that is too long")
    if answer.endswith(b"}"):
        return answer
    if late.is_set() or process.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise refusals.DocumentTooSlow(seconds=cpu_seconds)
    if process.returncode < 0:  # a library that gets no memory, or stumbles, ends its process
        raise refusals.DocumentTooHeavy()
    raise _failed(f"it ended with {process.returncode}")


def _exchange(process: "subprocess.Popen[bytes]", question: bytes) -> bytes:
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        return b""
    process.stdin = None  # closed here, whether or not the process still reads
    with suppress(BrokenPipeError), stdin:
        stdin.write(question)
    answer = stdout.read(MOST_ANSWER + 1)
    if len(answer) <= MOST_ANSWER:
        process.wait()
    return answer


def _end(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    process.kill()


def environment() -> dict[str, str]:
    """The environment of the process: where its modules are, and no secret."""
    places = [str(_HOME), *(place for place in sys.path if place)]
    given_on = {name: os.environ[name] for name in _GIVEN_ON if name in os.environ}
    return given_on | {
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(places),
    }


def values_of(answer: bytes) -> dict[str, Any]:
    """The answer. Raises the refusal that it is, or ReadingFailed."""
    try:
        values = json.loads(answer)
    except (ValueError, RecursionError) as wrong:
        raise _failed("an answer that is no JSON") from wrong
    if not isinstance(values, dict):
        raise _failed("an answer that is no object")
    if "refusal" in values:
        raise _refusal_of(values)
    if "fault" in values:
        raise _failed(str(values["fault"]))
    return values


def _refusal_of(values: dict[str, Any]) -> refusals.Refusal:
    kind, facts = getattr(refusals, str(values["refusal"]), None), values.get("facts")
    if isinstance(kind, type) and issubclass(kind, refusals.Refusal) and isinstance(facts, dict):
        refusal = kind(**{str(name): fact for name, fact in facts.items() if isinstance(fact, (str, int))})
        with suppress(KeyError, TypeError, ValueError):
            str(refusal)
            return refusal
    return _failed("a refusal that is none")


def _failed(why: str) -> refusals.ReadingFailed:
    _log.error("reading a document failed: %s", why[:500].encode("ascii", "backslashreplace").decode())
    return refusals.ReadingFailed()
