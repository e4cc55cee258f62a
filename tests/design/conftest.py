"""A table that several tests of designs share."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def data():
    """Return twelve rows with labels of their own."""
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "y": rng.normal(size=12),
            "x": np.arange(12.0),
            "g": np.tile(["p", "q", "r"], 4),
            "f": pd.Categorical(np.repeat(["a", "b"], 6), categories=["a", "b", "none"]),
            "w": np.repeat([1, 2], 6),
            "n": np.full(12, 10),
            "s": np.arange(12),
        },
        index=[f"row{i}" for i in range(12)],
    )
