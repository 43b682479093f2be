"""A real receiver of webhooks on a port of its own: it checks each signature, and keeps what it took."""

import base64
import hashlib
import hmac
import json
import queue
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HERE = ("127.0.0.0/8",)  # the network that a test's operator allows


@dataclass
class Taken:
    """One request: the id of the message, its type, its data, and the headers."""

    id: str
    kind: str
    data: dict[str, Any]
    headers: dict[str, str]
    body: str

    def is_signed_with(self, secret: str) -> bool:
        """Whether one of the signatures was made with this secret, as Standard Webhooks says."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.{self.body}".encode()
        wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        return wanted in self.headers["webhook-signature"].split(" ")


class Receiver:
    """Answers with `statuses` one after the other, then with 204; `before_answer` is called in between."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.arrivals = list(statuses), queue.Queue()
        self.before_answer = lambda taken: None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                told = json.loads(body)
                headers = {name.lower(): value for name, value in self.headers.items()}
                taken = Taken(headers["webhook-id"], told["type"], told["data"], headers, body)
                receiver.before_answer(taken)
                receiver.arrivals.put(taken)
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"{receiver.url}/elsewhere")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        """The address to give to a webhook."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    @property
    def taken(self) -> list[Taken]:
        """What arrived, in order."""
        return list(self.arrivals.queue)

    @property
    def kinds(self) -> list[str]:
        """The types of what arrived, in order."""
        return [one.kind for one in self.taken]

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()
