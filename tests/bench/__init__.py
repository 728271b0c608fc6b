"""What pages and steps cost at a thousand and at a hundred thousand cases: `make bench`."""
