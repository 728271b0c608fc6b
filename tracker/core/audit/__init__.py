"""Append-only audit rows and their verification."""
