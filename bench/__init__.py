"""What pages and steps cost, at a thousand cases and at a hundred thousand: `python -m bench`."""
