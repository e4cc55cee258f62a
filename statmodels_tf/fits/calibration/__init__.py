"""Calibration of posteriors by simulation."""
