"""Answers that thousands ask for: kept as bytes, checked against the stored revision, and how often pages ask.

A view is kept when it declares so (`kept_views.kept`) and tells its version (`versions.versioned`).
"""
