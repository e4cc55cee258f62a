"""Samplers: the no-U-turn sampler, Hamiltonian Monte Carlo, and many chains by ChEES."""

from .chees import ChEES
from .hmc import HMC
from .nuts import NUTS

__all__ = ["HMC", "NUTS", "ChEES"]
