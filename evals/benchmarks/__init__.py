"""Benchmarks: each prints a table and can write JSON. None asserts a time."""
