"""Linear mixed models by penalised least squares, REML or maximum likelihood."""

from statmodels_tf.engines.pls.engine import PLS

__all__ = ["PLS"]
