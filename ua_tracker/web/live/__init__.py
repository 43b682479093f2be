"""Answers that thousands ask for: kept as bytes, checked against the stored revision, and how often pages ask."""
