"""A fit in one file."""
