"""Programs that write with an API key: a group's own form, a school's sheet, the tablet of a stall.

`keys.py` makes, revokes and finds keys, `entries.py` enters pledges and reports with them, each once.
"""
