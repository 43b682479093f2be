"""Somebody else's website, which shows the counter."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What WordPress's page script does with a frame that it has not come to trust: a secret in the address, messages that
# bear it, and no place on the page before the first of them.
WORDPRESS = """
    <iframe id="sandboxed" sandbox="allow-scripts" src="{site}/en/embed/ua-12-26#?secret=a1b2c3" width="100%"
      style="position: absolute; clip: rect(1px, 1px, 1px, 1px)"></iframe>
    <script>
      window.heard = [];
      const sandboxed = document.getElementById("sandboxed");
      window.addEventListener("message", (event) => {{
        if (event.source !== sandboxed.contentWindow || event.data.secret !== "a1b2c3") return;
        window.heard.push(event.data);
        sandboxed.removeAttribute("style");
        if (event.data.message === "height") sandboxed.height = Math.min(1000, Math.max(200, event.data.value));
      }});
      sandboxed.addEventListener("load", () => {{
        sandboxed.contentWindow.postMessage({{ message: "ready", secret: "a1b2c3" }}, "*");
      }});
    </script>
"""


class Elsewhere:
    """A website of one page, on an origin of its own: `body` is what stands on it."""

    def __init__(self) -> None:
        self.body = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = self.path == "/"
                body = f"<!doctype html><title>Group</title>{outer.body}".encode() if found else b""
                self.send_response(200 if found else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
