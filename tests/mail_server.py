"""A real mail server (aiosmtpd) on a port of its own, which tests start, stop and start again."""

import queue
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.ports import a_free_port


class MailServer:
    """Accepts mails for everybody except the addresses with another response; `mails` are those accepted, parsed."""

    def __init__(self, host: str = "127.0.0.1", password: str | None = None, *, utf8: bool = True) -> None:
        self.host, self.password, self.utf8 = host, password, utf8
        self.port = a_free_port(host)
        self.answers: dict[str, str] = {}
        self.verdict = "250 OK"
        self.signed_in: list[bytes] = []
        self.senders: list[str] = []
        self.arrivals: queue.Queue[EmailMessage] = queue.Queue()
        self._server: Controller | None = None

    @property
    def url(self) -> str:
        user = f"office:{self.password}@" if self.password else ""
        return f"smtp://{user}{self.host}:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        return list(self.arrivals.queue)

    def up(self) -> "MailServer":
        signing_in = {"authenticator": self._sign_in, "auth_require_tls": False} if self.password else {}
        self._server = Controller(self, hostname=self.host, port=self.port, enable_SMTPUTF8=self.utf8, **signing_in)
        self._server.start()
        return self

    def down(self) -> None:
        if self._server:
            self._server.stop()
            self._server = None

    def _sign_in(self, _server, _session, _envelope, _mechanism, told) -> AuthResult:
        self.signed_in.append(told.password)
        return AuthResult(success=told.password == self.password.encode())

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802 - aiosmtpd's name
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.senders.append(envelope.mail_from)
        if self.verdict.startswith("250"):
            self.arrivals.put(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return self.verdict
