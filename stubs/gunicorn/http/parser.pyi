from typing import Any

from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader

class RequestParser:
    mesg: Request | None
    unreader: Unreader
    def __init__(self, cfg: Config, source: Any, source_addr: Any) -> None: ...
