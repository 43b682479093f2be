"""What is fast, measured against its limit in the same run. See benchmarks/README.md."""
