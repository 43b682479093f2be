"""Backups: one file for both databases, made while the site runs, and restored into either of them.

A backup is a SQLite database with the site's tables and one more, its label (`label.py`): when it was made, of which
version and tables, under which key, how many rows each table has, and a checksum of the file
(docs/decisions/0017-backups.md).
"""

from ua_tracker.backups.label import Label
from ua_tracker.backups.making import Made, make
from ua_tracker.backups.restoring import Restored, restore
from ua_tracker.backups.transferring import transfer

__all__ = ["Label", "Made", "Restored", "make", "restore", "transfer"]
