"""Working days with their source and status."""
