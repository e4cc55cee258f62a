"""Posteriors: draws, how well they mix, and what they answer."""
