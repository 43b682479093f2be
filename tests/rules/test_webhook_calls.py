"""One call to a webhook: to the address that was checked and to no other, for so long and no longer."""

import datetime
import ipaddress
import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.receiver import HERE, Receiver
from ua_tracker import refusals
from ua_tracker.webhooks import addresses, calling
from ua_tracker.webhooks.calling import Answer

SIGNED = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.close()


class Resolver:
    """Leads a name to other addresses each time it is asked, as a hostile name server does."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self.answers.pop(0)


def posted(url: str, **how) -> Answer:
    return calling.post(url, BODY, SIGNED, **{"networks": HERE, **how})


BODY = b'{"type":"test","data":{}}'


def request_of(connection) -> str:
    """The whole request. A server that closes before it has read all of it resets the connection, answer and all."""
    read = b""
    while not read.endswith(BODY) and (more := connection.recv(65536)):
        read += more
    return read.decode()


@contextmanager
def a_server(answer):
    """A server that gives each connection to this function."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=served, args=(connection,), daemon=True).start()

    def served(connection) -> None:
        with connection, suppress(OSError):
            answer(connection)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "127.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.0.192", "198.18.0.1", "203.0.113.9",
        "192.88.99.1", "168.63.129.16",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:0:0:0:0:0:1", "100::1", "crm.example.org", "",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_never_reached(address):
    assert not addresses.may_reach(address, ())


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses_are_reached(address):
    assert addresses.may_reach(address, ())


def test_the_operator_can_allow_a_network_and_no_more():
    assert addresses.may_reach("10.1.2.3", ("10.1.2.0/24",))
    assert not addresses.may_reach("10.1.3.3", ("10.1.2.0/24",))


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("http://crm.example.org/", refusals.HookNotEncrypted),
        ("http://93.184.216.34/", refusals.HookNotEncrypted),
        ("http://10.0.0.1/", refusals.HookPrivate),
        ("https://localhost/", refusals.HookPrivate),
        ("https://a.localhost./", refusals.HookPrivate),
        ("https://[::1]/", refusals.HookPrivate),
        ("https://127.1/", refusals.BadHookUrl),
        ("https://2130706433/", refusals.BadHookUrl),
        ("https://0x7f000001/", refusals.BadHookUrl),
        ("https://0177.0.0.1/", refusals.BadHookUrl),
        ("https://[fe80::1%25eth0]/", refusals.BadHookUrl),
        ("https://crm.example.org:22/", refusals.HookPort),
        ("https://crm.example.org:0/", refusals.BadHookUrl),
        ("https://crm.example.org:99999/", refusals.BadHookUrl),
        ("https://user:pass@crm.example.org/", refusals.BadHookUrl),
        ("https://crm.example.org/#part", refusals.BadHookUrl),
        ("https://crm.example.org\\@10.0.0.1/", refusals.BadHookUrl),
        ("https://crm.example.org/\r\nHost: x", refusals.BadHookUrl),
        ("ftp://crm.example.org/", refusals.BadHookUrl),
        ("https:///path", refusals.BadHookUrl),
        ("https://crm..example.org/", refusals.BadHookUrl),
        ("https://" + "a" * 2000, refusals.BadHookUrl),
        ("crm.example.org", refusals.BadHookUrl),
    ],
)
def test_urls_that_are_no_public_https_address_are_refused(url, refusal):
    with pytest.raises(refusal):
        addresses.place_of(url, ())


def test_a_url_is_sent_in_ascii():
    place = addresses.place_of("https://Müller.example:8443/crm/é?q=ü&r=%20", ())
    assert (place.host, place.target) == ("xn--mller-kva.example", "/crm/%C3%A9?q=%C3%BC&r=%20")
    assert place.header == "xn--mller-kva.example:8443"


def test_a_name_that_leads_elsewhere_a_moment_later_is_looked_up_once(tmp_path, monkeypatch):
    resolver = Resolver(["127.0.0.1"], ["10.0.0.1"])
    with encrypted("crm.example.org", tmp_path, monkeypatch) as (port, seen):
        assert posted(f"https://crm.example.org:{port}/hook", resolve=resolver) == Answer(204)
    assert resolver.asked == [("crm.example.org", port)]
    assert seen == [("crm.example.org", f"Host: crm.example.org:{port}")]


@pytest.mark.parametrize("found", [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:127.0.0.1"]])
def test_a_name_that_leads_into_a_private_network_gets_nothing(found):
    assert posted("https://crm.example.org/", networks=(), resolve=Resolver(found)) == Answer(None, "private")


def test_a_public_address_is_reached_at_usual_ports_only_where_the_operator_names_another_network():
    resolver = Resolver(["93.184.216.34"])
    assert posted("https://crm.example.org:5432/", resolve=resolver) == Answer(None, "address")


def test_a_name_that_leads_nowhere_is_told_so():
    def nowhere(host: str, port: int):
        raise socket.gaierror

    assert posted("https://crm.example.org/", resolve=nowhere) == Answer(None, "name")


def test_a_certificate_of_another_name_gets_nothing(tmp_path, monkeypatch):
    with encrypted("other.example.org", tmp_path, monkeypatch) as (port, seen):
        answer = posted(f"https://crm.example.org:{port}/", resolve=Resolver(["127.0.0.1"]))
    assert (answer, seen) == (Answer(None, "certificate"), [])


def test_a_redirect_is_not_followed_and_no_proxy_of_the_environment_is_used(receiver, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    receiver.statuses = [302, 307, 200]
    assert [posted(receiver.url) for _ in range(3)] == [Answer(302, "redirect"), Answer(307, "redirect"), Answer(200)]
    assert len(receiver.taken) == 3


@pytest.mark.parametrize(
    "drop", [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"x"], ids=["silent", "goes on", "one byte after the other"]
)
def test_a_receiver_that_is_slow_is_left_at_the_end_of_the_time(drop):
    def answer(connection) -> None:
        connection.settimeout(0.02)
        while True:
            with suppress(TimeoutError):
                if not connection.recv(1000):
                    return
            connection.sendall(drop)

    with a_server(answer) as port:
        assert posted(f"http://127.0.0.1:{port}/", seconds=0.3) == Answer(None, "timeout")


def test_a_handshake_that_never_ends_is_left_too():
    record = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"  # the beginning of a long ServerHello

    def answer(connection) -> None:
        connection.sendall(record)
        connection.settimeout(0.02)
        while True:
            with suppress(TimeoutError):
                if not connection.recv(1000):
                    return
            connection.sendall(b"\x00")

    with a_server(answer) as port:
        answer = posted(f"https://crm.example.org:{port}/", resolve=Resolver(["127.0.0.1"]), seconds=0.3)
    assert answer.reason in ("timeout", "certificate")  # a byte may be wrong before the time is over


def test_of_a_long_answer_little_is_read():
    sent = []

    def answer(connection) -> None:
        request_of(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                sent.append(connection.send(b"x" * 65536))
        finally:
            is_over.set()

    is_over = threading.Event()
    with a_server(answer) as port:
        assert posted(f"http://127.0.0.1:{port}/") == Answer(200)
        assert is_over.wait(60)  # the connection is cut, and the server notices
    assert sum(sent) < 64 * 1024 * 1024


@contextmanager
def encrypted(name: str, folder, monkeypatch):
    """A server with a certificate of this name, which this process trusts; its port, and who was asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = a_certificate(name, folder)
    context.load_cert_chain(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    names, seen = [], []
    context.sni_callback = lambda _socket, asked, _context: names.append(asked)

    def answer(connection) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            head = request_of(secure)
            [host] = [line for line in head.splitlines() if line.startswith("Host:")]
            seen.append((names[-1], host))
            secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with a_server(answer) as port:
        yield port, seen


def a_certificate(name: str, folder):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    day, now = datetime.timedelta(days=1), datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*form))
    return file
