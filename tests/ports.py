"""Ports for the programs of a test."""

import socket
from contextlib import suppress
from random import SystemRandom

# Below those that the system gives to connections (32768 and more on Linux, RFC 6335 has 49152): of these one may be
# taken again between the look at it and the start of the program.
FIRST, LAST = 20_000, 32_000


def a_free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens to at this address ("" for all), and that no connection gets by chance."""
    while True:
        port = SystemRandom().randint(FIRST, LAST)
        with suppress(OSError), socket.socket() as probe:
            probe.bind((host, port))
            return port
