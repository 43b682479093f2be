"""The server is killed while programs write; they send again, as the client of the documentation does."""

import threading
from pathlib import Path

from tests.factories import an_action, an_api_key
from ua_tracker import tally
from ua_tracker.models import Pledge

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def client_of_the_docs(site, key: str, action: str) -> dict:
    """What the program in docs/api.md defines once it has run, as it stands there."""
    writing = PAGE.read_text().partition("## Writing")[2]
    lines = [line[4:] for line in writing.splitlines() if line.startswith("    ") or not line]
    source = "\n".join(lines).strip()
    assert len([line for line in source.splitlines() if line]) <= 20
    defined = {"SITE": site.address, "KEY": key, "ACTION": action}
    exec(compile(source, str(PAGE), "exec"), defined)
    return defined


def test_what_is_sent_again_after_a_kill_is_counted_once(site, session, capsys):
    action = an_action(session)
    path = f"actions/{action.slug}/pledges"
    program = client_of_the_docs(site, an_api_key(session), action.slug)
    assert program["status"] == 201
    assert capsys.readouterr().out.strip() == program["told"]["private_link"]
    answers: dict[int, int | None] = {}
    is_stored = threading.Event()

    def send(number: int) -> None:
        pledge = {"name": f"Amal {number}", "letters": 1}
        try:
            answers[number] = program["ask"]("POST", path, pledge, once=f"row-{number}")[0]
        except OSError:  # the server was killed before it answered
            answers[number] = None

    def send_all() -> None:
        threads = [threading.Thread(target=send, args=(number,)) for number in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        is_stored.set()

    sending = threading.Thread(target=send_all)
    sending.start()
    while not is_stored.is_set() and session.query(Pledge).count() < 4:
        session.rollback()
    site.kill()
    sending.join()
    site.start()
    send_all()
    session.rollback()
    assert set(answers.values()) == {201}
    assert session.query(Pledge).count() == 25
    assert tally.read(session, action.id).pledges == 25
    assert tally.check(session) == []
