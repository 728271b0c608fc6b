"""Fraud leads: handoff from a department to the statistics body."""
