"""Benchmarks: the published tables of penalty discretion as data, and the grade they propose."""
