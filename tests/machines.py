"""Machines of one site, on one computer: each has an address, processes of its own, and a link that can be cut.

A machine is a network namespace (ip-netns(8)) on a bridge, where this computer allows it. Elsewhere it is an address of
the loopback network, and cutting its link stops its processes.
"""

import itertools
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from tests.factories import NOTHING_HELD
from tests.ports import a_free_port
from tests.site import HOME

# Of the networks that are set aside for tests between networks (RFC 2544).
_SUBNETS = itertools.count(os.getpid() % 250)
SECONDS = 60  # until a program that does not answer has failed


class Network:
    """The network of the machines. `address` is this computer's own in it."""

    def __init__(self) -> None:
        self._subnet = next(_SUBNETS) % 250
        self._bridge = f"ua{os.getpid() % 100_000}x{self._subnet}"
        self._names: list[str] = []
        self.has_namespaces = self._made()
        self.address = f"198.18.{self._subnet}.1" if self.has_namespaces else "127.0.0.1"

    def _made(self) -> bool:
        made = _ip("link", "add", self._bridge, "type", "bridge") and _ip("netns", "add", f"{self._bridge}t")
        if made:
            _ip("netns", "del", f"{self._bridge}t")
            _ip("addr", "add", f"198.18.{self._subnet}.1/24", "dev", self._bridge)
            _ip("link", "set", self._bridge, "up")
        else:
            _ip("link", "del", self._bridge)
        return made

    def joined(self) -> tuple[str, str]:
        """Another address in the network, and the name of its namespace; an empty name where there are none."""
        number = len(self._names) + 2
        name = f"{self._bridge}n{number}" if self.has_namespaces else ""
        self._names.append(name)
        if not name:
            return f"127.0.0.{number}", name
        here, there = f"v{number}{self._bridge}"[:15], "eth0"
        _ip("netns", "add", name)
        _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
        _ip("link", "set", here, "master", self._bridge, "up")
        for words in (["addr", "add", f"198.18.{self._subnet}.{number}/24", "dev", there], ["link", "set", there, "up"],
                      ["link", "set", "lo", "up"]):  # fmt: skip
            _ip("-n", name, *words)
        return f"198.18.{self._subnet}.{number}", name

    def end(self) -> None:
        """Removes the namespaces and the bridge."""
        for name in filter(None, self._names):
            _ip("netns", "del", name)
        if self.has_namespaces:
            _ip("link", "del", self._bridge)


def _ip(*words: str) -> bool:
    """Whether ip(8) has done this."""
    with suppress(FileNotFoundError):
        return subprocess.run(["ip", *words], capture_output=True).returncode == 0
    return False


class Machine:
    """A machine that serves the site, with an instance folder of its own. `home` is the code that it runs."""

    def __init__(self, network: Network, folder: Path, **environ: str) -> None:
        folder.mkdir()
        self.folder, self.home = folder, HOME
        self.address, self._namespace = network.joined()
        self.port = a_free_port("")
        self._environ = {
            **os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "FLASK_APP": "app",
            "INSTANCE_PATH": str(folder), "PORT": str(self.port), "LOG_LEVEL": "ERROR", **NOTHING_HELD, **environ,
        }  # fmt: skip
        self._running: dict[str, subprocess.Popen] = {}

    def start(self, *names: str) -> "Machine":
        """Starts these lines of the Procfile."""
        for name in names:
            self._running[name] = self.begin(str(self.home / "deploy" / "run"), name)
        return self

    def start_program(self, name: str, *command: str) -> subprocess.Popen:
        """Starts a command that ends with the machine."""
        self._running[name] = self.begin(*command)
        return self._running[name]

    def begin(self, *command: str) -> subprocess.Popen:
        """Starts a command on this machine."""
        inside = ["ip", "netns", "exec", self._namespace] if self._namespace else []
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [*inside, *command], cwd=self.home, env=self._environ, stdout=log, stderr=log, start_new_session=True
            )

    def run(self, *command: str) -> None:
        """Runs a command, or a line of the Procfile by its name, to its end. It must succeed."""
        process = self.begin(str(self.home / "deploy" / "run"), *command)
        assert process.wait(SECONDS) == 0, (self.folder / "log").read_text()[-3000:]

    def wait(self) -> "Machine":
        """Waits until the site answers."""
        last = time.monotonic() + SECONDS
        while time.monotonic() < last and self._running["web"].poll() is None:
            try:
                with urllib.request.urlopen(f"http://{self.address}:{self.port}/en/", timeout=SECONDS):
                    return self
            except urllib.error.HTTPError as answer:
                answer.close()
                if answer.code < 500:
                    return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the machine does not answer: {(self.folder / 'log').read_text()[-3000:]}")

    def stop(self, *names: str) -> None:
        """Lets these processes finish what they are doing, as an update does."""
        for name in names:
            self._running[name].terminate()
        for name in names:
            assert self._running.pop(name).wait(SECONDS) in (0, -signal.SIGTERM), (self.folder / "log").read_text()

    def kill(self) -> None:
        """Kills all processes at once, as a power cut would."""
        for process in self._running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def cut(self) -> None:
        """Takes the machine from the network. It does not learn of it, and nobody else does."""
        self._link("down", signal.SIGSTOP)

    def mend(self) -> None:
        """Connects the machine again."""
        self._link("up", signal.SIGCONT)

    def _link(self, state: str, otherwise: signal.Signals) -> None:
        if self._namespace:
            assert _ip("-n", self._namespace, "link", "set", "eth0", state)
            return
        for process in self._running.values():
            os.killpg(process.pid, otherwise)
