"""The responses that thousands of pages poll, kept as bytes and checked against the stored revision.

The responses of a view are kept when it declares so (`kept_views.kept`) and sets their version (`versions.versioned`).
`polling.py` has the poll interval.
"""
