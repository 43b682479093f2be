"""Firefox and WebKitGTK, driven by the commands of the W3C's WebDriver.

WebKitGTK's driver takes them over HTTP. Firefox itself takes the same ones by its own wire format, Marionette: each
message is its length, a colon, and JSON. Debian has no driver that would translate for Firefox.
"""

import base64
import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.ports import a_free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of an element's reference (WebDriver, section 12)
PREFERENCES = {
    "marionette.port": 0,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
    "toolkit.legacyUserProfileCustomizations.stylesheets": True,
}
# Firefox makes no window narrower than 450 pixels, which is wider than a phone.
ANY_WIDTH = ":root { min-width: 0 !important }"


def until(is_so: Callable[[], object], seconds: float = 60) -> None:
    """Returns as soon as this holds; fails when it does not within the time."""
    last = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > last:
            raise TimeoutError(f"not so within {seconds:.0f} seconds: {is_so}")
        time.sleep(0.05)


class Browser:
    """One window: `open` a page, `run` a script in it, `click`, `type`, enter a `frame`."""

    def open(self, address: str) -> None:
        """Loads a page and waits for it."""
        self._say("WebDriver:Navigate", "url", {"url": address})

    def run(self, script: str) -> Any:
        """What the body of a function answers in the page."""
        return self._say("WebDriver:ExecuteScript", "execute/sync", {"script": script, "args": []})

    def click(self, selector: str) -> None:
        """Clicks where a person would: fails when something lies above the element."""
        self._say("WebDriver:ElementClick", f"element/{self._find(selector)}/click", {"id": self._find(selector)})

    def type(self, selector: str, text: str) -> None:
        """Types into a field, after what stands there."""
        found = self._find(selector)
        self._say("WebDriver:ElementSendKeys", f"element/{found}/value", {"id": found, "text": text})

    def frame(self, selector: str | None) -> None:
        """Goes into a frame of this page, or with None back to the outermost page."""
        self._say("WebDriver:SwitchToFrame", "frame", self._frame(self._find(selector) if selector else None))

    def resize(self, width: int, height: int) -> None:
        """Sets the size of the window in pixels; a browser can have a smallest one."""
        self._say("WebDriver:SetWindowRect", "window/rect", {"width": width, "height": height})

    def text(self, selector: str) -> str:
        """The text of the first element found, or an empty one."""
        return self.run(f"return document.querySelector({json.dumps(selector)})?.textContent.trim() ?? ''")

    def wait_for(self, script: str) -> None:
        """Waits until the expression is true in the page."""
        until(lambda: self.run(f"return Boolean({script})"))

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self._say("WebDriver:TakeScreenshot", "screenshot", None))

    def print(self, **options: Any) -> bytes:
        """The page as it would be printed, as PDF."""
        return base64.b64decode(self._say("WebDriver:Print", "print", options))

    def _find(self, selector: str) -> str:
        found = self._say("WebDriver:FindElement", "element", {"using": "css selector", "value": selector})
        return found[ELEMENT]

    def _frame(self, element: str | None) -> dict[str, Any]:
        raise NotImplementedError

    def _say(self, command: str, path: str, body: dict[str, Any] | None) -> Any:
        raise NotImplementedError

    def stop(self) -> None:
        """Ends the browser."""
        raise NotImplementedError


class Firefox(Browser):
    """Debian's Firefox, without a screen."""

    def __init__(self) -> None:
        self._profile = Path(tempfile.mkdtemp(prefix="firefox-"))
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
        (self._profile / "user.js").write_text("".join(lines))
        (self._profile / "chrome").mkdir()
        (self._profile / "chrome" / "userChrome.css").write_text(ANY_WIDTH)
        command = ["firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", str(self._profile)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._number = 0
        port = self._profile / "MarionetteActivePort"
        until(lambda: port.exists() and port.read_text())
        self._connection = socket.create_connection(("127.0.0.1", int(port.read_text())), timeout=60)
        self._receive()  # its greeting
        self._say("WebDriver:NewSession", "", {})

    def _frame(self, element: str | None) -> dict[str, Any]:
        return {"element": element}

    def _say(self, command: str, path: str, body: dict[str, Any] | None) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, command, body or {}]).encode()
        self._connection.sendall(f"{len(message)}:".encode() + message)
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def _receive(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self._connection.recv(1)
        missing, parts = int(size[:-1]), []
        while missing:
            parts.append(self._connection.recv(missing))
            missing -= len(parts[-1])
        return json.loads(b"".join(parts))

    def stop(self) -> None:
        """Ends the browser and removes its profile."""
        self._connection.close()
        self._process.terminate()
        self._process.wait(30)
        shutil.rmtree(self._profile, ignore_errors=True)


class WebKit(Browser):
    """WebKitGTK's small browser, on a screen of its own in memory."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        screen = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
        self._screen = subprocess.Popen(screen, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as told:
            display = told.readline().strip()
        self._port = a_free_port()
        environ = {**os.environ, "DISPLAY": f":{display}", "GDK_BACKEND": "x11", "LIBGL_ALWAYS_SOFTWARE": "1",
                   "WEBKIT_DISABLE_COMPOSITING_MODE": "1", "NO_AT_BRIDGE": "1"}  # fmt: skip
        self._process = subprocess.Popen(
            ["WebKitWebDriver", f"--port={self._port}"],
            env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._session = ""
        until(self._listens)
        [browser] = Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")
        wanted = {"webkitgtk:browserOptions": {"binary": str(browser), "args": ["--automation"]}}
        session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{session['sessionId']}"

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _frame(self, element: str | None) -> dict[str, Any]:
        return {"id": {ELEMENT: element} if element else None}

    def _say(self, command: str, path: str, body: dict[str, Any] | None) -> Any:
        body = (
            None if body is None else {name: value for name, value in body.items() if name != "id" or path == "frame"}
        )
        return self._ask("GET" if body is None else "POST", f"{self._session}/{path}", body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        value = json.loads(answer.read())["value"]
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {value['message']}")
        return value

    def stop(self) -> None:
        """Ends the browser, its driver and its screen."""
        self._ask("DELETE", self._session, None)
        for process in (self._process, self._screen):
            process.terminate()
            process.wait(30)
