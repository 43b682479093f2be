"""Chromium, with the commands of the other browsers (tests/outside/browsers.py)."""

import shutil
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.conftest import PLACES, QUIET
from tests.outside.browsers import Browser


class Chromium(Browser):
    """Debian's Chromium, without a screen."""

    def __init__(self) -> None:
        self._driver = sync_playwright().start()
        path = next(found for name in PLACES if (found := shutil.which(name)))
        self._browser = self._driver.chromium.launch(executable_path=path, args=QUIET)
        self._page = self._browser.new_page()
        self._frame_in = self._page.main_frame

    def open(self, address: str) -> None:
        """Loads a page and waits for it."""
        self._page.goto(address)
        self._frame_in = self._page.main_frame

    def run(self, script: str) -> Any:
        """What the body of a function answers in the page."""
        return self._frame_in.evaluate(f"() => {{ {script} }}")

    def frame(self, selector: str | None) -> None:
        """Goes into a frame of this page, or with None back to the outermost page."""
        found = self._frame_in.query_selector(selector).content_frame() if selector else None
        self._frame_in = found or self._page.main_frame

    def resize(self, width: int, height: int) -> None:
        """Sets the size of the page's part of the window in pixels."""
        self._page.set_viewport_size({"width": width, "height": height})

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        return self._page.screenshot()

    def stop(self) -> None:
        """Ends the browser."""
        self._browser.close()
        self._driver.stop()
