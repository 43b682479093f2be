"""A coordinator of the office, signed in over HTTP as a browser would be."""

import http.client
import re
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from benchmarks.servers import Server
from tests.factories import PASSWORD, a_coordinator

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ready(session: Session) -> None:
    """Makes the coordinator."""
    a_coordinator(session)


def cookie_of(server: Server) -> str:
    """The cookie of a fresh session."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/en/login")
    page = connection.getresponse()
    first, html = page.headers["Set-Cookie"].split(";")[0], page.read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)[1]
    typed = urlencode({"email": "oda@example.org", "password": PASSWORD, "csrf_token": token})
    connection.request("POST", "/en/login", typed, {**FORM, "Cookie": first})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 303:
        raise SystemExit(f"nobody could sign in: {answer.status}")
    return answer.headers["Set-Cookie"].split(";")[0]
