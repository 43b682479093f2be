"""The pledges and letters of one action as files: CSV, and workbooks for spreadsheet programs (docs/csv.md).

`rows.py` reads the rows, in pages by primary key, so that a million rows need no more memory than a thousand.
`csv_files.py` and `crm_files.py` write them as lines, `workbooks.py` as sheets; each file is sent while it is made.
`people.py` has what a file says of a person in several actions. Why it is so: docs/decisions/0007-csv.md.
"""

from ua_tracker.exports.columns import LETTER_COLUMNS, PLEDGE_COLUMNS
from ua_tracker.exports.csv_cells import guarded
from ua_tracker.exports.files import OF_PEOPLE, Download, Flavour, Order, file_name, letters, pledges
from ua_tracker.exports.rows import Conditions
from ua_tracker.exports.workbooks import MIMETYPE as WORKBOOK_TYPE

__all__ = [
    "LETTER_COLUMNS",
    "OF_PEOPLE",
    "PLEDGE_COLUMNS",
    "WORKBOOK_TYPE",
    "Conditions",
    "Download",
    "Flavour",
    "Order",
    "file_name",
    "guarded",
    "letters",
    "pledges",
]
