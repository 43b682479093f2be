"""A gunicorn worker that reads a request completely before a thread processes it.

gunicorn's threaded worker gives each new connection to a thread, which waits for the client's bytes. So as many slow
clients as there are threads can stop it. Here the main loop reads the requests, and gunicorn does the rest
(docs/decisions/0011).
"""

import errno
import io
import selectors
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.http.body import ChunkedReader
from gunicorn.http.message import Request
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from ua_tracker import at_once, process, request_counts
from ua_tracker.connections import PIECE, Connection
from ua_tracker.http_framing import READING, Incoming, body_limit
from ua_tracker.refusals import RequestRefused, RequestTooSlow, ServerBusy
from ua_tracker.worker_process import WorkerProcess

HEAD_SECONDS = 20
# Time for a body: BODY_SECONDS, and one more second for each BODY_PACE bytes received (as in Apache's
# RequestReadTimeout).
BODY_SECONDS, BODY_PACE = 30, 2000
# Time for a client to receive a response, which waits in memory and not in a thread.
ANSWER_SECONDS = 120
ENDING_SECONDS = 2
# Bytes in the buffers of all clients of one process.
MOST_MEMORY = 64 * 1024 * 1024
# The number of writing requests at once, and the seconds that a request may wait for a thread. After that the client
# has given up or sent the form again.
MOST_WRITING, QUEUED_SECONDS = 500, 15


class Worker(WorkerProcess):
    """gunicorn's threaded worker for plain HTTP, with requests read and responses sent by the main loop.

    The number of `threads` in gunicorn's settings is for reading requests (GET, HEAD, OPTIONS). Half as many more
    threads are for writing requests, so that those waiting for the database's lock do not block the others. When the
    number of connections reaches its limit, the one that has waited longest for its client is closed.
    """

    def init_process(self) -> None:
        """Prepares the process and serves requests until it is stopped."""
        self._waiting: dict[Connection, None] = {}
        self._writers = ThreadPoolExecutor(max(1, self.cfg.threads // 2))
        self._writing = 0
        self._next_look = 0.0
        self.cfg.set("secure_scheme_headers", {})  # else gunicorn trusts these headers on a Unix socket
        self.worker_connections = process.allowed_connections(self.cfg.worker_connections)
        super().init_process()

    def accept(self, listener: Any) -> None:
        """Accepts a connection and reads what its client has sent so far."""
        if self.nr_conns >= self.worker_connections - 1:
            self._drop_oldest()
        try:
            own, client = listener.accept()
        except OSError as wrong:
            if wrong.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                self._drop_oldest()
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, own, client, listener.getsockname(), Incoming(body_limit))
        self._read(conn)

    def _drop_oldest(self) -> None:
        oldest = next(iter(self._waiting), None)
        if oldest is not None:
            self._drop(oldest)

    def _wait(self, conn: Connection, seconds: float, events: int = selectors.EVENT_READ) -> None:
        """Registers the connection with the poller until an event or the timeout."""
        conn.timeout = time.monotonic() + seconds
        if not self.alive:
            conn.timeout = min(conn.timeout, time.monotonic() + STOP_KEEPALIVE_LINGER)
        self._waiting[conn] = None
        if not conn.events:
            self.poller.register(conn.sock, events, partial(self._happened, conn))
        elif conn.events != events:
            self.poller.modify(conn.sock, events, partial(self._happened, conn))
        conn.events = events

    def _leave(self, conn: Connection) -> None:
        """Unregisters the connection from the poller."""
        self._waiting.pop(conn, None)
        if conn.events:
            conn.events = 0
            self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        self._leave(conn)
        self.nr_conns -= 1
        conn.close()

    def _happened(self, conn: Connection, _sock: Any) -> None:
        if conn not in self._waiting:
            return  # it was closed while the poller's events were processed
        if conn.events == selectors.EVENT_WRITE:
            self._answer(conn)
        else:
            self._read(conn)

    def _read(self, conn: Connection) -> None:
        """Reads the available data. Closes the connection if the client has closed it or sends too much at the end."""
        try:
            data = conn.sock.recv(PIECE)
        except BlockingIOError:
            if conn not in self._waiting:
                self._wait(conn, self.cfg.keepalive or HEAD_SECONDS)
            return
        except OSError:
            data = b""
        conn.left_unread -= len(data) if conn.is_ending else 0
        if not data or conn.left_unread < 0:
            self._drop(conn)
        elif not conn.is_ending:
            self._take(conn, data)

    def _take(self, conn: Connection, data: bytes) -> None:
        """Gives a complete request to a thread; for an incomplete one, waits for the rest until a timeout."""
        try:
            request = conn.incoming.feed(data)
        except RequestRefused as refusal:
            self._refuse(conn, refusal, conn.incoming.begun)
            return
        if request is not None:
            self._give(conn, request)
            return
        if not conn.incoming.buffered:
            self._wait(conn, self.cfg.keepalive)
            return
        if conn.incoming.expects_continue:
            conn.incoming.expects_continue = False
            conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            if not self._flushed(conn):
                return
        now = time.monotonic()
        if conn.reading_since is None:
            conn.reading_since = now
        allowed: float = HEAD_SECONDS
        if conn.incoming.head:
            allowed = BODY_SECONDS + conn.incoming.body_received / BODY_PACE
        self._wait(conn, conn.reading_since + allowed - now)

    def _give(self, conn: Connection, request: bytes) -> None:
        conn.reading_since, conn.sock.arrived, conn.sock.request = None, time.monotonic(), request
        is_alone = not conn.incoming.buffered  # else one client's requests would be answered within each other
        if is_alone and self._answered(conn, request):
            return
        conn.writes = not request.startswith(READING)
        if conn.writes and self._writing >= MOST_WRITING:
            self._refuse(conn, ServerBusy(), request)
            return
        self._leave(conn)
        conn.unreader.load(request)
        self._writing += conn.writes
        (self._writers if conn.writes else self.tpool).submit(self.handle, conn).add_done_callback(
            lambda done: self.method_queue.defer(self.finish_request, conn, done)
        )

    def _answered(self, conn: Connection, request: bytes) -> bool:
        """Answers the request here in the main loop from what is kept; false if a thread has to do it."""
        if self.answer_again(conn, at_once=True):
            conn.is_kept = True
        elif not self.keeps(at_once.path_of(request)) or not self._read_at_once(conn, request):
            return False
        conn.writes = False
        self._waiting.pop(conn, None)  # to the end of those who wait
        self._answer(conn)
        return True

    def _read_at_once(self, conn: Connection, request: bytes) -> bool:
        conn.unreader.load(request)
        conn.sock.at_once = True
        try:
            conn.is_kept = self.handle(conn)
        except at_once.NotAtOnce:
            conn.parser.mesg = None  # a thread begins anew with the same bytes
            return False
        finally:
            conn.sock.at_once = False
        return True

    def handle(self, conn: Connection) -> bool:
        """Processes one request, in a thread. Returns whether the connection stays open."""
        if time.monotonic() - conn.sock.arrived > QUEUED_SECONDS:
            conn.refuse(ServerBusy(), conn.sock.request)
            return False
        is_repeat = not conn.sock.at_once and self.answer_again(conn, at_once=False)
        goes_on = is_repeat or bool(super().handle(conn))
        try:
            conn.sock.flush()
        except OSError:
            return False
        return goes_on

    def handle_request(self, req: Request, conn: Connection) -> bool:
        """Reads the body before the site sees the request, so that gunicorn reports errors in it to the client.

        A chunked body is passed on with its length, like any other (RFC 9112, 7.1.3).
        """
        req._expected_100_continue = False  # 100 Continue was sent while the body was read
        reader = req.body.reader
        if isinstance(reader, ChunkedReader) or reader.length:
            body = req.body.read()
            req.body = io.BytesIO(body)
            if isinstance(reader, ChunkedReader):
                req.headers = [pair for pair in req.headers if pair[0] not in ("TRANSFER-ENCODING", "TRAILER")]
                req.headers.append(("CONTENT-LENGTH", str(len(body))))
        return bool(super().handle_request(req, conn))

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """Whether the connection stays open. No rest of the request must be read, since it was read completely."""
        conn.parser.mesg = None
        return keepalive

    def finish_request(self, conn: Connection, done: Future[bool]) -> None:
        """Continues with the connection when its thread has finished."""
        self._writing -= conn.writes
        conn.is_kept = not done.cancelled() and done.exception() is None and done.result()
        self._answer(conn)

    def _flushed(self, conn: Connection) -> bool:
        """Sends what the client can receive now; false if it has disconnected, and the connection is closed."""
        try:
            conn.sock.flush()
        except (OSError, ValueError):
            self._drop(conn)
            return False
        return True

    def _answer(self, conn: Connection) -> None:
        """Sends the rest of the response, then waits for the next request or ends the connection."""
        before = conn.sock.unsent
        if before and not self._flushed(conn):
            return
        if conn.sock.unsent:
            if not conn.events:
                self._wait(conn, ANSWER_SECONDS, selectors.EVENT_WRITE)
        elif not conn.is_kept:
            self._end(conn)
        elif conn.incoming.buffered:
            self._take(conn, b"")
        else:
            self._wait(conn, self.cfg.keepalive)

    def _refuse(self, conn: Connection, refusal: RequestRefused, request: bytes) -> None:
        self._leave(conn)
        conn.is_kept = False
        conn.refuse(refusal, request)
        self._answer(conn)

    def _end(self, conn: Connection) -> None:
        """Ends sending and reads for a while: closing at once can lose the response (RFC 9112, 9.6)."""
        conn.is_ending = True
        try:
            conn.sock.end()
        except OSError:
            self._drop(conn)
            return
        self._wait(conn, ENDING_SECONDS)

    def murder_keepalived(self, force: bool = False) -> None:
        """Closes connections whose timeout has passed, or all with `force`; at most once a second.

        Also closes the connections with the largest buffers when all buffers together exceed MOST_MEMORY.
        """
        now = time.monotonic()
        if now < self._next_look and not force:
            return
        self._next_look = now + 1
        if request_counts.own is not None:
            request_counts.own.now(self.nr_conns, self._writing)
        for conn in [conn for conn in self._waiting if force or conn.timeout < now]:
            if force or conn.reading_since is None or conn.is_ending or conn.sock.unsent:
                self._drop(conn)
            else:
                self._refuse(conn, RequestTooSlow(), conn.incoming.begun)
        used = sum(conn.weight for conn in self._waiting)
        if used > MOST_MEMORY:
            for conn in sorted(self._waiting, key=lambda one: one.weight, reverse=True):
                used -= conn.weight
                self._drop(conn)
                if used <= MOST_MEMORY:
                    break

    def murder_pending(self) -> None:
        """Does nothing: `murder_keepalived` handles all waiting connections."""

    def _cap_keepalive(self, deadline: float) -> None:
        """Limits all timeouts to this instant, when the worker stops."""
        for conn in self._waiting:
            conn.timeout = min(conn.timeout, deadline)
