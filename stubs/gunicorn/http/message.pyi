from typing import Any

class Request:
    body: Any  # the parser's own until it is read, then whatever is put there for the site to read
    headers: list[tuple[str, str]]
    _expected_100_continue: bool
