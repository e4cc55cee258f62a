"""Tests of terms: tables of variance and deviance, terms taken out and put in, fits compared."""
