"""UA Tracker: pledges and letters for Urgent Actions, counted live and locked at the deadline.

`create_app` is loaded when it is asked for, because it loads every part. The process that reads a document needs few
of them (docs/decisions/0023-reading-apart.md).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ua_tracker.creating import create_app, utc_now

__all__ = ["create_app", "utc_now"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ua_tracker import creating

    return getattr(creating, name)
