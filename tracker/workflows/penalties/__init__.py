"""Administrative penalty cases, from the source to the archived file (domain 3.2, C0 to C14)."""
