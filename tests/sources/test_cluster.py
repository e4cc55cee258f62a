"""On a Dask cluster a fit is the same, and stays so when a worker dies half-way."""

import os
import signal
import threading

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st

distributed = pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

N = 40_000
FORMULA = "y ~ scale(x) + ns(z, 3) + g"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    rng = np.random.default_rng(4)
    path = tmp_path_factory.mktemp("parts")
    for i in range(8):
        x, z, g = rng.normal(size=N), rng.exponential(size=N), rng.choice(list("abcdef"), N)
        y = rng.random(N) < 1 / (1 + np.exp(0.5 - x + 0.3 * z - (g == "c")))
        pd.DataFrame({"y": y, "x": x, "z": z, "g": g}).to_parquet(path / f"{i}.parquet", index=False)
    return path


@pytest.fixture
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50, memory_limit=0
    ) as made, distributed.Client(made) as client:  # fmt: skip
        yield made, client


def test_a_cluster_gives_the_same_numbers(folder, cluster):
    dd = pytest.importorskip("dask.dataframe")
    _, client = cluster
    here = st.glm(FORMULA, folder, "binomial")
    there = st.glm(FORMULA, folder, "binomial", runner=client)
    assert np.array_equal(here.beta, there.beta)
    assert (here.deviance, here.loglik) == (there.deviance, there.loglik)
    frame = st.glm(FORMULA, dd.read_parquet(folder), "binomial", runner=client)
    np.testing.assert_allclose(frame.beta, here.beta, rtol=1e-10)


def test_a_cluster_gives_the_same_inference(folder, cluster):
    _, client = cluster
    here, there = (st.glm("y ~ x + z + g", folder, "binomial", runner=runner) for runner in ("serial", client))
    new = pd.DataFrame({"x": [0.0, 1.0], "z": 1.0, "g": "a"})
    for ask in (
        lambda fit: fit.anova(test="Rao"),
        lambda fit: fit.drop1("Chisq"),
        lambda fit: fit.score_test("I(x^2)"),
        lambda fit: fit.vcov("cluster", cluster="g"),
        lambda fit: fit.predict(new, se=True),
    ):
        pd.testing.assert_frame_equal(*(pd.DataFrame(ask(fit)) for fit in (here, there)), check_exact=True)


def test_a_worker_that_dies_changes_nothing(folder, cluster):
    _, client = cluster
    here = st.glm(FORMULA, folder, "binomial")
    victim = next(iter(client.run(os.getpid).values()))
    killed = threading.Event()

    def kill():
        os.kill(victim, signal.SIGKILL)
        killed.set()

    timer = threading.Timer(1.0, kill)
    timer.start()
    fits = [st.glm(FORMULA, folder, "binomial", runner=client, block_rows=10_000)]
    while not killed.is_set():
        fits.append(st.glm(FORMULA, folder, "binomial", runner=client, block_rows=10_000))
    fits.append(st.glm(FORMULA, folder, "binomial", runner=client, block_rows=10_000))
    timer.join()
    for fit in fits:
        assert np.array_equal(fit.beta, fits[0].beta)
        np.testing.assert_allclose(fit.beta, here.beta, rtol=1e-10)
