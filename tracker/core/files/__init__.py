"""Content-addressed storage of evidence files."""
