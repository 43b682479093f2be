"""The write API: what programs enter and read with an API key (docs/api.md, docs/decisions/0024-write-api.md)."""

from ua_tracker.web.sharing.write_api.views import bp

__all__ = ["bp"]
