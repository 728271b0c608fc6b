"""Gaps against the staffing norms: seen by the product, followed until they are filled."""
