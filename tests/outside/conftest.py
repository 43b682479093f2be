"""Proxies in front of the real server, each configured by its file in deploy/."""

import getpass
import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import lacking
from tests.factories import NOON, an_action
from tests.ports import a_free_port
from tests.site import CLIENTS, HOME, Site

NAME = "letters.example.org"
CLIENT = "127.0.0.2"  # whom the proxy sees; the server sees the proxy
FILES = {"caddy": "Caddyfile", "nginx": "nginx.conf", "apache2": "apache.conf", "haproxy": "haproxy.cfg"}
MODULES = ("mpm_event", "authz_core", "headers", "proxy", "proxy_http", "socache_shmcb", "ssl")


def told(program: str) -> str:
    """The file of deploy/ that configures this program."""
    return (HOME / "deploy" / FILES[program]).read_text()


def make_certificate(folder: Path) -> None:
    """A certificate for the site's name, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "letters.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "letters.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    both = (folder / "letters.pem").read_bytes() + (folder / "letters.key").read_bytes()
    (folder / "letters-both.pem").write_bytes(both)


class Proxy:
    """A running proxy before the site, asked as if it stood at https://letters.example.org/."""

    def __init__(self, program: str, folder: Path, site: Site) -> None:
        self.port, self._program, self.folder = a_free_port(), program, folder
        make_certificate(folder)
        block = re.sub(r"127\.0\.0\.1:8000|10\.0\.0\.1[12]:8000", f"127.0.0.1:{site.port}", told(program))
        block = re.sub(r"/(?:etc/ssl|var/lib/nginx|var/log/nginx)\b", str(folder), block)
        block = re.sub(r"\b443\b", f"{self.port}", block)
        block = re.sub(r"(listen |bind :)80\b", rf"\g<1>{a_free_port()}", block)
        config = folder / "proxy.conf"
        config.write_text(getattr(self, f"_around_{program}")(block))
        commands = {
            "caddy": ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)],
            "nginx": ["nginx", "-p", str(folder), "-c", str(config), "-g", "daemon off;"],
            "haproxy": ["haproxy", "-db", "-f", str(config)],
            "apache2": ["apache2", "-d", str(folder), "-f", str(config), "-D", "FOREGROUND"],
        }
        environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        with (folder / "proxy.log").open("wb") as log:
            self.process = subprocess.Popen(commands[program], env=environ, stdout=log, stderr=log)
        self._wait()

    def _around_caddy(self, block: str) -> str:
        """A certificate of its own making, and no port but the given one; else as it comes."""
        ports = f"\thttps_port {self.port}\n\thttp_port {a_free_port()}\n\tauto_https disable_redirects\n"
        return f"{{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n{ports}}}\n{block}"

    def _around_nginx(self, block: str) -> str:
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        folders = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in kinds)
        own = f"user {getpass.getuser()};\npid nginx.pid;\nerror_log stderr;\nevents {{}}\n"
        return f"{own}http {{\naccess_log off;\n{folders}{block}}}\n"

    def _around_haproxy(self, block: str) -> str:
        return block

    def _around_apache2(self, block: str) -> str:
        modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in MODULES)
        own = f"PidFile apache.pid\nErrorLog {self.folder}/apache.log\nDefaultRuntimeDir {self.folder}\n"
        return f"{modules}{own}User www-data\nGroup www-data\nServerName {NAME}\nListen 127.0.0.1:{self.port}\n{block}"

    def _wait(self) -> None:
        last = time.monotonic() + 60
        while time.monotonic() < last and self.process.poll() is None:
            try:
                self.connect().close()
                return
            except OSError:
                time.sleep(0.05)
        self.stop()
        logs = "".join(path.read_text() for path in self.folder.glob("*.log"))
        raise RuntimeError(f"{self._program} does not answer: {logs[-3000:]}")

    def connect(self) -> http.client.HTTPConnection:
        """A connection over HTTPS, for several requests."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        bare = socket.create_connection(("127.0.0.1", self.port), timeout=60, source_address=(CLIENT, 0))
        connection = http.client.HTTPConnection(NAME)
        try:
            connection.sock = context.wrap_socket(bare, server_hostname=NAME)
        except OSError:
            bare.close()
            raise
        return connection

    def ask(self, path: str, method: str = "GET", body=None, chunked: bool = False, **headers: str):
        """One request on a connection of its own: status, headers and text of the answer."""
        connection = self.connect()
        try:
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name.replace("__", "-"), value)
            if chunked:
                connection.putheader("Transfer-Encoding", "chunked")
            elif body is not None:
                connection.putheader("Content-Length", str(sum(map(len, body))))
            connection.endheaders(body, encode_chunked=chunked)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


@pytest.fixture
def database(sqlite_template, tmp_path) -> str:
    """SQLite alone: what is asked here comes before any database."""
    shutil.copy(sqlite_template, tmp_path / "ua_tracker.db")
    return f"sqlite:///{tmp_path / 'ua_tracker.db'}"


@pytest.fixture
def site(session, database, tmp_path):
    """The server as the Procfile starts it, with an action, believing one proxy; its log names each client."""
    an_action(session)
    told = {CLIENTS: "yes", "TRUSTED_PROXIES": "1", "TRUSTED_HOSTS": NAME}
    running = Site(tmp_path, database, NOON, **told).start()
    yield running
    running.stop()


@pytest.fixture(params=sorted(FILES))
def proxy(request, site, tmp_path_factory):
    """Each proxy in turn, before the site."""
    program = request.param
    if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
        lacking(program, "not installed")
    running = Proxy(program, tmp_path_factory.mktemp(program), site)
    yield running
    running.stop()
