"""Estimates of models of categories: ordinal and categorical."""
