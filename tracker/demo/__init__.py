"""A whole invented office around published cases, to try the product with."""
