"""Elimination of random effects: one protocol, four patterns of grouping factors."""

from .base import CrossProducts, Factor
from .block import Block, parents
from .choose import BACKENDS, cross_products
from .nested import chain

__all__ = ["BACKENDS", "Block", "CrossProducts", "Factor", "chain", "cross_products", "parents"]
