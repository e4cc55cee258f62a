"""Hypotheses about coefficients, written as text."""
