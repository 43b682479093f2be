"""A client that speaks HTTP byte by byte, and clients that are slow on purpose."""

import contextlib
import itertools
import re
import socket
import threading
import time
from collections.abc import Iterator

FAR = 60  # seconds after which an answer that has not come will not come
END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


class Raw:
    """One connection; `send` bytes as they are, and read the next `answer`."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=FAR)
        self._read, self.head = b"", b""

    def send(self, *pieces: bytes) -> "Raw":
        for piece in pieces:
            self.socket.sendall(piece)
        return self

    def answer(self, of_head: bool = False) -> tuple[int, bytes]:
        """Status and body of the next answer, whose `head` is kept; 0 when the server ends the connection first."""
        while END not in self._read:
            if not self._more():
                return 0, b""
        self.head, _, rest = self._read.partition(END)
        head = self.head
        status, length = int(head[9:12]), _LENGTH.search(head)
        wanted = int(length[1]) if length and not of_head else 0
        self._read = rest
        while len(self._read) < wanted and self._more():
            pass
        body, self._read = self._read[:wanted], self._read[wanted:]
        return status, body

    def is_ended(self) -> bool:
        """Whether the server ends the connection and sends nothing more."""
        return not self._read and not self._more()

    def _more(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self._read += data
        return bool(data)

    def close(self) -> None:
        self.socket.close()


def get(path: str, *fields: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *fields, "", ""]).encode()


def post(path: str, body: bytes, *fields: str) -> bytes:
    told = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}")
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *(fields or told), "", ""]).encode() + body


def in_chunks(path: str, *chunks: bytes, trailers: bytes = b"") -> bytes:
    fields = ("Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: chunked")
    told = b"".join(b"%X\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return post(path, b"", *fields) + told + b"0\r\n" + trailers + b"\r\n"


class SlowClient:
    """A connection that a slow client keeps open: it sends some bytes, then one more now and then."""

    def __init__(self, port: int, begin: bytes, drip: bytes, reads: bool = False) -> None:
        self.socket = socket.socket()
        if reads:  # a small window: what is not read stays at the server
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(begin)
        self.socket.setblocking(False)
        self._drip, self._reads = drip, reads

    def go_on(self) -> bool:
        """One byte more, or one byte read; false once the server has answered what never came, or has ended."""
        try:
            if self._reads:
                return bool(self.socket.recv(1))
            with contextlib.suppress(BlockingIOError):
                self.socket.recv(1)
                return False
            if self._drip:
                self.socket.send(self._drip[:1])
                self._drip = self._drip[1:] + self._drip[:1]
            return True
        except BlockingIOError:
            return True
        except OSError:
            return False


KINDS = {
    "one byte": lambda port, _page: SlowClient(port, b"G", b""),
    "slow head": lambda port, _page: SlowClient(port, b"GET /en/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"a"),
    "slow body": lambda port, page: SlowClient(port, post(f"{page}/pledges", b"", "Content-Length: 60000"), b"a"),
    "slow chunks": lambda port, page: SlowClient(
        port, post(f"{page}/pledges", b"", "Transfer-Encoding: chunked"), b"1\r\na\r\n"
    ),
    "slow reader": lambda port, _page: SlowClient(port, get("/files/htmx.min.js") * 6, b"", reads=True),
}


@contextlib.contextmanager
def slow_clients(port: int, number: int, page: str) -> Iterator[list[SlowClient]]:
    """So many slow clients, of every kind; whoever is cut off comes again, until the block ends."""
    makers = list(itertools.islice(itertools.cycle(KINDS.values()), number))
    clients = [make(port, page) for make in makers]
    over = threading.Event()

    def drip() -> None:
        while not over.wait(1):
            for at, client in enumerate(clients):
                if not client.go_on():
                    client.socket.close()
                    with contextlib.suppress(OSError):
                        clients[at] = makers[at](port, page)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield clients
    finally:
        over.set()
        thread.join()
        for client in clients:
            client.socket.close()


def until(seconds: float) -> Iterator[None]:
    """Goes round for so long."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        yield
