"""The process that reads one document: started by `confined.py`, it limits itself, reads, answers and ends.

Its argument is the time that it may take, in seconds of CPU. It gets one line of JSON that says what is asked, then the
document; it answers with one JSON object.
"""

import gc
import json
import os
import sys
from typing import Any

from ua_tracker.importing import process_limits
from ua_tracker.refusals import DocumentTooHeavy, Refusal


def main() -> None:
    """Reads the question and the document from standard input, and writes the answer to standard output.

    The process ends here, at once: nothing in it is worth tidying, and nothing in so short a life worth collecting.
    """
    gc.disable()
    process_limits.set_all(int(sys.argv[1]))
    question = json.loads(sys.stdin.buffer.readline())
    try:
        answer = _answer(question, sys.stdin.buffer.read())
    except Refusal as refusal:
        answer = _refusal(refusal)
    except MemoryError:
        answer = _refusal(DocumentTooHeavy())
    except RecursionError:
        answer = {"fault": "RecursionError"}
    except Exception as wrong:  # a fault of ours: the log gets its place, and nothing of the document
        answer = {"fault": f"{type(wrong).__name__}: {', '.join(_places(wrong))}"}
    sys.stdout.buffer.write(json.dumps(answer).encode())
    sys.stdout.buffer.flush()
    os._exit(0)


def _answer(question: dict[str, Any], document: bytes) -> dict[str, Any]:
    # Loaded here: what reads the document is limited while it is loaded too.
    from ua_tracker.importing import files

    if question["asked"] == "picture":
        import base64

        picture = files.picture_of_page(document, question["number"], question["width"])
        return {"picture": base64.b64encode(picture).decode()}
    from ua_tracker.importing import answers, reading
    from ua_tracker.importing.layouts import tables

    tables.take(question["tables"])
    return {"draft": json.loads(answers.encoded(reading.read(document, question["name"])))}


def _places(wrong: Exception) -> list[str]:
    """The last places in the code that the error came through."""
    import traceback

    return [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(wrong.__traceback__)[-4:]]


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {"refusal": type(refusal).__name__, "facts": refusal.facts}
