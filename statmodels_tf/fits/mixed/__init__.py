"""Estimates of models with group terms: `MixedEstimate` of `lmer`."""
