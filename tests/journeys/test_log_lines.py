"""What a real server writes and counts: every route asked with marked values, and none of them in its output."""

import json
import os
import signal
import urllib.error
import urllib.parse
import urllib.request

import pytest

from tests.factories import NOON, an_action
from tests.raw import Raw
from tests.site import Site
from ua_tracker import create_app

TOKEN = "Tr0ub4dorTr0ub4dorTr0ub4dor"
MARKS = (TOKEN, "zanzibar", "203.0.113.77", "Mozilla/marked", "marked-cookie", "uat_marked", "marked.example")
METRICS = "0123456789abcdef-metrics"
EXAMPLES = {
    "lang": "en", "slug": "ua-12-26", "group": "zanzibar", "token": TOKEN, "number": "1", "page": "1",
    "noun": "pledges", "kind": "svg", "name": "zanzibar.css", "filename": "zanzibar", "code": "1b",
    "digest": "0" * 32, "what": "void", "case": "12/26",
}  # fmt: skip
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def logging_site(database, session, tmp_path):
    """A server that logs all it can, and each request."""
    an_action(session)
    told = {"LOG_FORMAT": "json", "LOG_LEVEL": "INFO", "METRICS_TOKEN": METRICS, "TRUSTED_PROXIES": "1"}
    running = Site(tmp_path, database, NOON, GUNICORN_CMD_ARGS="--access-logfile=-", **told).start()
    yield running
    running.stop()


def ask(site: Site, path: str, method: str = "GET") -> int:
    typed = urllib.parse.urlencode({"name": "zanzibar", "email": "zanzibar@marked.example", "letters": "x"})
    request = urllib.request.Request(
        f"{site.address}{path}?next=zanzibar", method=method, data=typed.encode() if method == "POST" else None,
        headers={"User-Agent": "Mozilla/marked", "X-Forwarded-For": "203.0.113.77", "Cookie": "session=marked-cookie",
                 "Authorization": "Bearer uat_marked",
                 "Referer": "https://marked.example/zanzibar"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code


def metrics(site: Site) -> dict[str, float]:
    request = urllib.request.Request(f"{site.address}/metrics", headers={"Authorization": f"Bearer {METRICS}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


@ON_SQLITE
def test_no_line_of_the_log_and_no_label_holds_what_somebody_sent(logging_site, tmp_path):
    app = create_app({"INSTANCE_PATH": str(tmp_path / "other")})
    asked = 0
    for rule in app.url_map.iter_rules():
        path = app.url_map.bind("localhost").build(rule.endpoint, {name: EXAMPLES[name] for name in rule.arguments})
        for method in rule.methods & {"GET", "POST"}:
            ask(logging_site, path, method)
            asked += 1
    broken = Raw(logging_site.port).send(f"GET /en/pledges/{TOKEN} HTTP/9.7\r\nX: zanzibar\r\nHost\r\n\r\n".encode())
    assert broken.answer()[0] == 400
    broken.socket.close()
    labels = "\n".join(metrics(logging_site))
    logging_site.stop()
    written = (logging_site.folder / "log").read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    assert sum(line["logger"] == "gunicorn.access" for line in lines) >= asked
    for mark in MARKS:
        assert mark not in written
        assert mark not in labels
    assert "127.0.0.1" not in "".join(json.dumps(line) for line in lines if "Listening" not in line["message"])
    assert 'route="/<lang>/pledges/<token>"' in labels


@ON_SQLITE
def test_the_counts_are_true_over_all_processes_also_when_one_is_killed(logging_site):
    counter = "/en/actions/ua-12-26/counter"
    series = 'ua_tracker_requests_total{method="GET",route="/<lang>/actions/<slug>/counter",status="200"}'
    for _ in range(20):
        assert ask(logging_site, counter) == 200
    assert metrics(logging_site)[series] == 20
    os.kill(logging_site.workers()[0], signal.SIGKILL)
    for _ in range(20):
        assert ask(logging_site, counter) == 200
    told = metrics(logging_site)
    assert told[series] == 40
    assert told["ua_tracker_database_up"] == 1
    assert told['ua_tracker_request_seconds_count{method="GET",route="/<lang>/actions/<slug>/counter"}'] == 40
