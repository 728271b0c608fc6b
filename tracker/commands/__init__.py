"""The commands of `tracker` that are more than a few lines; `cli.py` gathers them."""
