"""One client's connection, with a buffer for requests and one for responses, so that no thread waits for the client."""

import errno
import math
import select
import socket
from typing import Any

from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn

from ua_tracker import refused_requests
from ua_tracker.http_framing import Incoming
from ua_tracker.refusals import RequestRefused
from ua_tracker.repeats import Repeat

PIECE = 16 * 1024
MOST_UNSENT = 1024 * 1024
# Bytes that a client may still send after its last response. nginx replaces the response with 502 when its
# connection is closed in the middle of a body.
MOST_UNREAD = 4 * 1024 * 1024
# Seconds that a thread waits for a client to receive anything of a response that is larger than MOST_UNSENT.
STALLED_SECONDS = 20


class BufferedRequest(Unreader):
    """One complete request for gunicorn's parser, which reads it from memory and sees its end as the end of input.

    It is handed out in pieces, because the parser copies all unused input with every chunk of a body.
    """

    def __init__(self) -> None:
        super().__init__()
        self._data, self._at = b"", 0

    def load(self, data: bytes) -> None:
        """Replaces the content with the bytes of the next request."""
        self.take_buffered()
        self._data, self._at = data, 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece; empty at the end."""
        begin, self._at = self._at, self._at + max(size_hint or 0, 8192)
        return self._data[begin : self._at]


class Outgoing:
    """The socket that gunicorn writes responses to. What the client does not receive at once is buffered.

    Head and body of a response are sent together. Up to MOST_UNSENT bytes are buffered; with more the writing thread
    waits for the client, and gives up when the client receives nothing for STALLED_SECONDS. `arrived` is the instant
    (monotonic clock, seconds) at which `request` had come in to its end; `at_once` says that the main loop itself
    asks for the answer (`at_once.py`). `repeat` is what the site understood of an earlier request (`repeats.py`).
    """

    arrived = math.inf
    at_once = False
    request = b""
    repeat: Repeat | None = None

    def __init__(self, own: socket.socket) -> None:
        self._own = own
        self._own.setblocking(False)
        self._unsent = bytearray()
        self.fileno = own.fileno
        self.recv = own.recv

    @property
    def unsent(self) -> int:
        """The number of bytes in the buffer."""
        return len(self._unsent)

    def sendall(self, data: bytes) -> None:
        """Sends or buffers all the data. Raises OSError when the client has disconnected or stalls."""
        self._unsent += data
        if len(self._unsent) < PIECE:
            return
        self.flush()
        while len(self._unsent) > MOST_UNSENT:
            poll = select.poll()
            poll.register(self._own, select.POLLOUT)
            if not poll.poll(STALLED_SECONDS * 1000):
                raise ConnectionResetError(errno.ECONNRESET, "the client receives nothing")
            self.flush()

    send = sendall

    def buffer(self, data: bytes) -> None:
        """Buffers the data for the next `flush`."""
        self._unsent += data

    def flush(self) -> None:
        """Sends what the client can receive now. Raises OSError when it has disconnected."""
        while self._unsent:
            try:
                sent = self._own.send(self._unsent)
            except BlockingIOError:
                return
            if sent == len(self._unsent):
                self._unsent = bytearray()  # frees the memory
            else:
                del self._unsent[:sent]

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> None:
        """Sends the bytes of a file in the same way."""
        file.seek(offset)
        left = count if count is not None else float("inf")
        while left > 0 and (piece := file.read(min(PIECE, left))):
            self.sendall(piece)
            left -= len(piece)

    def end(self) -> None:
        """Ends sending: the client sees the end of the stream."""
        self._own.shutdown(socket.SHUT_WR)

    def shutdown(self, _how: int) -> None:
        """Called by gunicorn when a response failed half-way. Raises OSError, so that the connection is closed."""
        raise OSError(errno.ECONNABORTED, "the response was aborted")

    def setblocking(self, _blocking: bool) -> None:
        """Does nothing: the socket is always non-blocking."""

    def gettimeout(self) -> float:
        """Zero: the socket is always non-blocking."""
        return 0.0

    def close(self) -> None:
        """Closes the socket and drops the buffer. May be called more than once."""
        self._unsent = bytearray()
        self._own.close()


class Connection(TConn):
    """A client's connection in the form that gunicorn's worker uses. Its parser reads from memory.

    `timeout` is the instant (monotonic clock, seconds) at which the worker closes it, `reading_since` the instant of
    the first byte of the request, `events` the events that the poller watches.
    """

    sock: Outgoing
    parser: RequestParser
    timeout: float

    def __init__(self, cfg: Config, own: socket.socket, client: Any, server: Any, incoming: Incoming) -> None:
        super().__init__(cfg, Outgoing(own), client, server)
        self.incoming, self.unreader = incoming, BufferedRequest()
        self.parser = RequestParser(cfg, (), client)
        self.parser.unreader = self.unreader
        self.initialized = self.data_ready = True
        self.events = 0
        self.reading_since: float | None = None
        self.is_ending = self.is_kept = False
        self.left_unread = MOST_UNREAD
        self.writes = False

    @property
    def weight(self) -> int:
        """The bytes of memory in its buffers."""
        return self.incoming.buffered + self.sock.unsent

    def refuse(self, refusal: RequestRefused, request: bytes) -> None:
        """Sends the refusal of a request that begins with these bytes. The connection has to be closed then."""
        self.sock.sendall(refused_requests.answer(refusal, request))
