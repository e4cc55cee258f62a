"""Means, contrasts, slopes and comparisons, averaged over rows or over a grid."""
