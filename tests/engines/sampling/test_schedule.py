"""The windows of warm-up."""

import pytest

from statmodels_tf.engines.sampling.schedule import CHUNK, schedule


@pytest.mark.parametrize("warmup", [1, 25, 26, 60, 100, 150, 300, 1000, 1001, 2000])
def test_the_windows_fill_the_warm_up(warmup):
    windows = schedule(warmup)
    assert sum(length for length, _ in windows) == -(-warmup // CHUNK)
    assert not windows[-1][1]
    assert all(length > 0 for length, _ in windows)
