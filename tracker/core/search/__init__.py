"""Two-character search on both databases."""
