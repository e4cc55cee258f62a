"""Estimates of models without group terms: `LinearEstimate` of `lm`, `GLMEstimate` of `glm`."""
