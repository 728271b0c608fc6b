"""Deadlines as facts, their replay and the working of a date."""
