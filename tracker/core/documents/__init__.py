"""Official numbers and printable papers."""
