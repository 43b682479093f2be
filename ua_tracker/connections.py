"""One client's connection: what it sends is gathered and what it is sent is held, so that no thread waits for it."""

import errno
import select
import socket
from typing import Any

from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn

from ua_tracker import languages
from ua_tracker.http_framing import Incoming
from ua_tracker.refusals import RequestRefused

PIECE = 16 * 1024
MOST_UNSENT = 1024 * 1024
# What a client may still send after its last answer: cut off in the middle of a body, nginx says 502 in place of it.
MOST_UNREAD = 4 * 1024 * 1024
# How long a thread waits until a client takes anything of an answer that is larger than what is held for it.
STALLED_SECONDS = 20


class BufferedRequest(Unreader):  # type: ignore[misc]
    """One whole request, for gunicorn's parser: it finds an end where the request ends, and never asks the client.

    Handed out in pieces: the parser copies what it has not used yet with every chunk of a body.
    """

    def __init__(self) -> None:
        super().__init__()
        self._data, self._at = b"", 0

    def load(self, data: bytes) -> None:
        """Takes the next request's bytes; whatever was left of the one before is gone."""
        self.take_buffered()
        self._data, self._at = data, 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece; nothing at the end."""
        begin, self._at = self._at, self._at + max(size_hint or 0, 8192)
        return self._data[begin : self._at]


class Outgoing:
    """The socket as gunicorn's answers are written to it: what the client does not take at once is held.

    An answer's head and body go out together. Up to MOST_UNSENT bytes are held; a longer answer waits in its thread
    while the client takes it, and ends when the client takes nothing for STALLED_SECONDS.
    """

    def __init__(self, own: socket.socket) -> None:
        self._own = own
        self._own.setblocking(False)
        self._unsent = bytearray()
        self.fileno = own.fileno
        self.recv = own.recv

    @property
    def unsent(self) -> int:
        """The number of bytes that the client has not taken yet."""
        return len(self._unsent)

    def sendall(self, data: bytes) -> None:
        """Takes all of it, or raises OSError when the client is gone or stalls."""
        self._unsent += data
        if len(self._unsent) < PIECE:
            return
        self.flush()
        while len(self._unsent) > MOST_UNSENT:
            poll = select.poll()
            poll.register(self._own, select.POLLOUT)
            if not poll.poll(STALLED_SECONDS * 1000):
                raise ConnectionResetError(errno.ECONNRESET, "the client takes nothing")
            self.flush()

    send = sendall

    def flush(self) -> None:
        """Sends what the client takes at this moment; raises OSError when it is gone."""
        while self._unsent:
            try:
                sent = self._own.send(self._unsent)
            except BlockingIOError:
                return
            if sent == len(self._unsent):
                self._unsent = bytearray()  # the memory too
            else:
                del self._unsent[:sent]

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> None:
        """Sends a file's bytes like any others."""
        file.seek(offset)
        left = count if count is not None else float("inf")
        while left > 0 and (piece := file.read(min(PIECE, left))):
            self.sendall(piece)
            left -= len(piece)

    def end(self) -> None:
        """Tells the client that nothing more will come."""
        self._own.shutdown(socket.SHUT_WR)

    def shutdown(self, _how: int) -> None:
        """gunicorn asks for this when an answer broke off: the connection is to be closed, without waiting."""
        raise OSError(errno.ECONNABORTED, "the answer broke off")

    def setblocking(self, _blocking: bool) -> None:
        """Does nothing: nobody waits here."""

    def gettimeout(self) -> float:
        """Nobody waits here."""
        return 0.0

    def close(self) -> None:
        """Lets go of the connection; may be called again."""
        self._unsent = bytearray()
        self._own.close()


class Connection(TConn):  # type: ignore[misc]
    """A client's connection, as gunicorn's worker passes it on; it always has a parser, which reads from memory.

    `timeout` is the instant (monotonic, in seconds) at which it has waited too long, `reading_since` the instant at
    which the first byte of the request came, `events` what the poller was asked to tell of it.
    """

    def __init__(self, cfg: Config, own: socket.socket, client: Any, server: Any, incoming: Incoming) -> None:
        super().__init__(cfg, Outgoing(own), client, server)
        self.incoming = incoming
        self.parser = RequestParser(cfg, (), client)
        self.parser.unreader = BufferedRequest()
        self.initialized = self.data_ready = True
        self.events = 0
        self.reading_since: float | None = None
        self.is_ending = self.is_kept = False
        self.left_unread = MOST_UNREAD
        self.writes = False
        self.waits_since = 0.0

    @property
    def weight(self) -> int:
        """The bytes of memory that it holds."""
        return self.incoming.buffered + self.sock.unsent

    def refuse(self, refusal: RequestRefused) -> None:
        """Writes the refusal's sentence, in every language of the site; the connection is good for nothing more."""
        texts = [languages.catalogue(code).gettext(refusal.sentence) for code in languages.LANGUAGES]
        body = "".join(f"{text}\n" for text in texts).encode()
        fields = [
            "Content-Type: text/plain; charset=utf-8",
            f"Content-Length: {len(body)}",
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        ]
        if refusal.status.startswith("503"):
            fields.append("Retry-After: 5")
        self.sock.sendall("\r\n".join([f"HTTP/1.1 {refusal.status}", *fields, "", ""]).encode() + body)
