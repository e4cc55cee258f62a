"""Elimination of random effects: one protocol, four patterns of grouping factors."""

from statmodels_tf.linalg.random.base import CrossProducts, Factor
from statmodels_tf.linalg.random.block import Block, parents
from statmodels_tf.linalg.random.choose import BACKENDS, cross_products

__all__ = ["BACKENDS", "Block", "CrossProducts", "Factor", "cross_products", "parents"]
