"""Bounces in a folder of a real IMAP server, Dovecot: read over TLS, deleted once stored, and all else left."""

import ipaddress
import os
import pwd
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import lacking
from tests.mail_server import MailServer
from tests.outside.browsers import until
from tests.ports import a_free_port
from tests.web.test_bounces import a_bounce, pledged, refused
from tests.web.test_stored_text import ON_SQLITE

PASSWORD = "letters@and/stamps"
CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
mail_location = maildir:{folder}/mail
ssl = required
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
first_valid_uid = 1
auth_mechanisms = plain
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
"""


def a_certificate(folder: Path) -> None:
    """A certificate of 127.0.0.1 that signs itself, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))


class Dovecot:
    """An IMAP server with one user, whose mails are in a Maildir; `folder` is readable for it."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("dovecot", path="/usr/sbin:/usr/bin") or lacking("dovecot", "not installed")
        nobody = pwd.getpwnam("nobody")
        self.folder, self.port = folder, a_free_port("")
        for name in ("new", "cur", "tmp"):
            (folder / "mail" / name).mkdir(parents=True)
        a_certificate(folder)
        values = {"folder": folder, "port": self.port, "uid": nobody.pw_uid, "gid": nobody.pw_gid, "password": PASSWORD}
        (folder / "dovecot.conf").write_text(CONFIGURATION.format(**values))
        for path in (folder / "mail", *(folder / "mail").iterdir()):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        self.process = subprocess.Popen([program, "-F", "-c", folder / "dovecot.conf"], stderr=subprocess.DEVNULL)
        until(self._is_up)

    def _is_up(self) -> bool:
        assert self.process.poll() is None
        log = self.folder / "log"
        return log.exists() and "starting up" in log.read_text()

    def url(self, password: str = PASSWORD, folder: str = "INBOX") -> str:
        return f"imaps://bounces:{quote(password, safe='')}@127.0.0.1:{self.port}/{folder}"

    def deliver(self, name: str, message: bytes) -> None:
        path = self.folder / "mail" / "new" / name
        path.write_bytes(message.replace(b"\r\n", b"\n"))
        shutil.chown(path, "nobody")

    def messages(self) -> list[bytes]:
        return [path.read_bytes() for name in ("new", "cur") for path in (self.folder / "mail" / name).iterdir()]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def dovecot():
    folder = Path("/tmp") / f"dovecot-{os.getpid()}"  # sockets have short paths, and the folder above must be open
    folder.mkdir(mode=0o755)
    running = Dovecot(folder)
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture
def mail_server():
    server = MailServer().up()
    yield server
    server.down()


@pytest.fixture
def app(an_app, mail_server, dovecot, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.folder / "certificate.pem"))
    return an_app(
        MAIL_URL=mail_server.url, MAIL_FROM="Letters <letters@example.org>", PUBLIC_URL="http://localhost",
        BOUNCE_ADDRESS="bounces@example.org", BOUNCE_MAILBOX=dovecot.url(),
    )  # fmt: skip


@pytest.fixture
def run(app):
    return lambda words, **kinds: app.test_cli_runner().invoke(args=words.split(), **kinds).output


@ON_SQLITE
def test_a_bounce_is_stored_and_deleted_and_what_is_none_is_left_unseen(
    reader, session, run, mail_server, clock, dovecot
):
    pledged(reader, session, run, clock)
    dovecot.deliver("1.bounce", a_bounce(mail_server.senders[0]))
    dovecot.deliver("2.letter", b"To: bounces@example.org\nSubject: Out of office\n\nI am away.\n")
    told = "1 refused for good, 0 without consequence, 1 no bounces of this site.\n"
    assert run("outbox bounces") == told
    assert len(refused(session)) == 1
    [left] = dovecot.messages()
    assert b"Out of office" in left
    assert run("outbox bounces") == "0 refused for good, 0 without consequence, 1 no bounces of this site.\n"


@ON_SQLITE
def test_what_is_wrong_with_the_server_is_one_sentence_without_the_password(run, session, dovecot, monkeypatch):
    assert "does not take this user and password" in run(f"outbox bounces {dovecot.url('wrong')}")
    assert "has no folder Bounces" in run(f"outbox bounces {dovecot.url(folder='Bounces')}")
    monkeypatch.delenv("SSL_CERT_FILE")
    refusal = run("outbox bounces")
    assert "certificate of 127.0.0.1 is not to be trusted" in refusal
    assert "stamps" not in refusal
    dovecot.stop()
    assert "127.0.0.1 does not answer" in run("outbox bounces")
