"""`make audit` with the real pip-audit and a vulnerability service on this machine."""

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.audit import FOUND, NONE_KNOWN, NOT_CHECKED
from tests.site import HOME

BAD_FLASK = {
    "id": "TEST-2026-1",
    "aliases": ["CVE-2026-0001"],
    "affected": [
        {
            "package": {"name": "flask", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
        }
    ],
}


class Service(ThreadingHTTPServer):
    """Answers as the OSV service does: with what is known about a package, or with nothing."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.known: dict[str, list[dict]] = {}
        self.status = 200


class Answer(BaseHTTPRequestHandler):
    """One answer of the service."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = self.server.known.get(asked["package"]["name"])
        content = json.dumps({"vulns": known} if known else {}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_of_each_request) -> None:
        """Keeps the output of the tests as it is."""


@pytest.fixture
def service():
    running = Service()
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def audit(service, tmp_path):
    def audit() -> tuple[int, str]:
        address = f"http://127.0.0.1:{service.server_port}/"
        flags = ["--vulnerability-service", "osv", "--osv-url", address, "--cache-dir", str(tmp_path)]
        environ = {**os.environ, "NO_PROXY": "127.0.0.1"}
        command = [sys.executable, "-m", "tests.audit", *flags]
        done = subprocess.run(command, cwd=HOME, env=environ, capture_output=True, text=True)
        assert done.stderr == ""
        return done.returncode, done.stdout

    return audit


def test_a_known_vulnerability_is_named_with_the_version_that_fixes_it(service, audit):
    service.known["flask"] = [BAD_FLASK]
    code, told = audit()
    assert code == FOUND
    assert re.match(
        r"flask \d\S+: CVE-2026-0001, TEST-2026-1; fixed in 99\.1\.\nKnown vulnerabilities: 1, in \d+ pack", told
    )


def test_no_known_vulnerability_is_said_of_each_package_that_was_checked(audit):
    code, told = audit()
    assert code == NONE_KNOWN
    checked = int(re.fullmatch(r"Known vulnerabilities: 0, in (\d+) packages that were checked\.\n", told)[1])
    pinned = (HOME / "requirements.txt").read_text()
    unconditional = re.findall(r"^[a-z0-9-]+==\S+ \\$", pinned, re.M)
    assert len(unconditional) <= checked <= len(re.findall(r"^[a-z0-9-]+==", pinned, re.M))


def test_a_service_that_answers_with_an_error_has_checked_nothing(service, audit):
    service.status = 503
    assert audit() == (NOT_CHECKED, "Not checked: the vulnerability service does not answer.\n")


def test_a_service_that_is_away_has_checked_nothing(service, audit):
    service.server_port = 1
    assert audit() == (NOT_CHECKED, "Not checked: the vulnerability service does not answer.\n")
