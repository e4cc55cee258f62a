"""Covariances that doubt the model, profiles of the likelihood, the bootstrap."""
