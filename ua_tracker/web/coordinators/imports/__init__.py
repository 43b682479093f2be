"""Importing documents: upload, a preview with each value beside its lines, correcting, storing.

`upload.py` takes the files and lists those that wait, `preview.py` shows one of them and stores it, `pages.py` draws
the pages of a PDF, and `marks.py` says of each value where it came from and how sure it is.
"""

from ua_tracker.web.coordinators.imports import pages, preview  # noqa: F401 - their views are on the same blueprint
from ua_tracker.web.coordinators.imports.upload import bp

__all__ = ["bp"]
