"""This package and its peers on the same problems, measured side by side."""
