"""Behind Caddy, nginx, Apache and HAProxy, each configured by its file in deploy/."""

import re
import urllib.parse

from sqlalchemy import select

from tests.outside.conftest import CLIENT, NAME
from tests.web.live.test_responses import PATHS
from ua_tracker.models import Pledge

PAGE = "/en/actions/ua-12-26"
KEYS = re.compile(r'name="(csrf_token|once_key)" value="([^"]+)"')
EVIL = "evil.example"
FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-Server": EVIL,
    "Forwarded": f"for=6.6.6.6;host={EVIL};proto=http",
    "X-Real-IP": "6.6.6.6",
    "X-Original-URL": f"//{EVIL}/",
    "SCRIPT_NAME": f"//{EVIL}",
    "PATH_INFO": f"//{EVIL}/en/",
    "Script-Name": f"//{EVIL}",
    "X-Forwarded_Host": EVIL,
}
ODD = (f"//{EVIL}/en/listing", f"//{EVIL}{PAGE}/counter", f"/%2f%2f{EVIL}/en/listing", f"/%5c{EVIL}/en/listing",
       f"https://{EVIL}/en/listing", f"/%09/{EVIL}/en/listing", f"/\\{EVIL}/en/listing")  # fmt: skip


def kept(proxy) -> dict[str, str]:
    """The texts of all kept answers, as a plain reader gets them."""
    found = {}
    for path in PATHS:
        status, _, found[path] = proxy.ask(path, Host=NAME)
        assert status == 200, path
    return found


def test_pages_links_and_redirects_name_the_site_as_readers_know_it(proxy):
    status, headers, text = proxy.ask("/en/", Host=NAME)
    assert status == 200
    assert "Strict-Transport-Security" in headers  # it knows that the reader came by HTTPS
    assert "127.0.0.1" not in text
    links = set(re.findall(r'"url": ?"([^"]+)"', proxy.ask("/api/v1/actions", Host=NAME)[2]))
    assert links == {f"https://{NAME}{PAGE}"}
    for path in ("/", "/en", "/en//actions/ua-12-26"):
        place = proxy.ask(path, Host=NAME)[1].get("Location", "/")
        assert re.match(rf"/(?!/)|https://{re.escape(NAME)}/", place), (path, place)


def test_nobody_can_leave_another_host_in_what_is_kept(proxy):
    plain = kept(proxy)
    for path in ODD:
        for name, value in [("SCRIPT_NAME", f"//{EVIL}"), ("X-Plain", "1"), ("X-Forwarded-Prefix", f"//{EVIL}")]:
            status, headers, text = proxy.ask(path, Host=NAME, **{name.replace("-", "__"): value})
            assert status < 500, path
            assert not re.match(r"//|/\\|https?://evil", headers.get("Location", "/")), path
            assert f"//{EVIL}" not in text.replace(f"https://{NAME}", ""), path
    for path in PATHS:
        for name, value in FORGED.items():
            proxy.ask(path, Host=NAME, **{name.replace("-", "__"): value})
    assert kept(proxy) == plain
    assert EVIL not in "".join(plain.values())


def test_the_client_is_known_by_its_own_address_whatever_it_writes(proxy, site):
    for name, value in FORGED.items():
        proxy.ask(f"/en/nowhere?{name}", Host=NAME, **{name.replace("-", "__"): value})
    log = (site.folder / "log").read_text()
    seen = {line.split()[0] for line in log.splitlines() if "path=/en/nowhere" in line}
    assert seen == {f"client={CLIENT}"}


def test_a_pledge_goes_through_whole_and_in_chunks(proxy, session):
    form = {"Host": NAME, "Origin": f"https://{NAME}", "Content__Type": "application/x-www-form-urlencoded"}
    for name, chunked in (("Amal", False), ("Zoe", True)):
        keys = dict(KEYS.findall(proxy.ask(PAGE, Host=NAME)[2]))
        body = urllib.parse.urlencode({"name": name, "letters": "3", **keys}).encode()
        status, headers, _ = proxy.ask(f"{PAGE}/pledges", "POST", [body[:20], body[20:]], chunked, **form)
        assert status == 303
        assert proxy.ask(headers["Location"].removeprefix(f"https://{NAME}"), Host=NAME)[0] == 200
    session.rollback()
    assert session.scalars(select(Pledge.name).order_by(Pledge.id)).all() == ["Amal", "Zoe"]
    for chunked in (False, True):
        assert proxy.ask(f"{PAGE}/pledges", "POST", [b"a" * 35_000] * 2, chunked, **form)[0] == 413
        assert proxy.ask(f"{PAGE}/pledges", "POST", [b"a" * 35_000] * 9, chunked, **form)[0] == 413


def test_the_counter_can_be_framed_and_polled_on_one_connection(proxy):
    _, headers, text = proxy.ask("/en/embed/ua-12-26", Host=NAME)
    assert "X-Frame-Options" not in headers
    assert 'data-count="letters-sent"' in text
    connection = proxy.connect()
    for _ in range(20):
        connection.request("GET", f"{PAGE}/counter", headers={"Host": NAME})
        answer = connection.getresponse()
        assert (answer.status, b"data-count" in answer.read()) == (200, True)
    connection.close()


def test_no_log_names_a_private_page(proxy, site):
    for path in ("/en/pledges/SECRETOFAMAL", f"/en/pledges/SECRETOFAMAL?{'x' * 9000}"):
        proxy.ask(path, Host=NAME)
    site.stop()
    assert proxy.ask("/en/pledges/SECRETOFAMAL", Host=NAME)[0] in (502, 503)
    proxy.stop()
    logs = [path for path in proxy.folder.rglob("*") if path.is_file() and b"SECRETOFAMAL" in path.read_bytes()]
    assert logs == []
