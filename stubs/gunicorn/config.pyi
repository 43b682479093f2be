from typing import Any

class Config:
    is_ssl: bool
    keepalive: int
    threads: int
    worker_connections: int
    def set(self, name: str, value: Any) -> None: ...
