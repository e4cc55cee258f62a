"""Chains as one posterior: of unequal lengths, stuck, kept on disk; which sampler is chosen, and why."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

import statmodels_tf as st
from statmodels_tf.engines import HMC, NUTS, ChEES
from statmodels_tf.engines.progress import Line, Progress, clock
from statmodels_tf.engines.sampling import choice
from statmodels_tf.engines.sampling.chain import Draws, Plan
from statmodels_tf.engines.sampling.choice import choose
from statmodels_tf.engines.sampling.gather import posterior, together
from statmodels_tf.engines.sampling.start import Start
from statmodels_tf.engines.sampling.store import kept_in
from statmodels_tf.engines.sampling.stuck import stuck
from statmodels_tf.engines.sampling.workers import THREADS, run_chains
from statmodels_tf.errors import EngineError
from statmodels_tf.fits.posterior.convergence import mcse

from .small import line, table


def draws(length):
    return Draws(np.arange(2.0 * length).reshape(length, 2), {"lp": np.arange(float(length))})


@pytest.mark.parametrize(
    ("lengths", "chains", "length"),
    [((5, 5, 5), 3, 5), ((5, 4, 0), 2, 4), ((9, 1, 1), 1, 9), ((0, 3), 1, 3), ((4, 3, 3), 3, 3)],
)
def test_of_chains_cut_short_most_draws_are_kept(lengths, chains, length):
    q, stats, kept = together([draws(k) for k in lengths])
    assert (q.shape, stats["lp"].shape, kept) == ((chains, length, 2), (chains, length), chains)


def test_without_a_draw_the_interruption_goes_on():
    with pytest.raises(KeyboardInterrupt):
        together([Draws(np.zeros((0, 2)), {})])


def test_a_stuck_chain_is_found_and_said_first():
    model, rng = line(), np.random.default_rng(0)
    q = rng.normal(size=(4, 200, 3)) * 0.1
    lp = rng.normal(size=(4, 200))
    q[2], lp[2] = 0.7, -80.0
    fit = posterior(NUTS(), model, None, model.flat_numeric.values(q), {"lp": lp}, {})
    assert not fit.converged
    assert fit.diagnostics["message"].startswith("chain 3 of 4 is stuck: it moved in 0% of its draws")
    assert "the chains disagree" in fit.diagnostics["message"]
    assert "chain 3 of 4 is stuck" in str(fit.check())
    assert stuck({"lp": lp[[0, 1, 3]]}) == [] and stuck({"lp": lp[:, :5]}) == []


def test_a_chain_in_a_trap_is_said_to_be_stuck():
    """Beyond 5 the density is a needle: a chain that begins there never leaves."""

    class Trap:
        size = 1

        def value_and_gradient(self, q):
            scale = 1.0 if q[0] < 0 else 1e-7
            at = -5.5 if q[0] < 0 else 5.0 - 1e-8
            return -0.5 * float((q[0] - at) ** 2) / scale**2, -(q - at) / scale**2

    chains, _ = run_chains(
        Plan(Trap(), Start(np.zeros(1), 5 * np.ones(1)), 100, 100, 0.8, 8, 2), 6, 1, THREADS, lambda board: None
    )
    ends = np.array([chain.q[-1, 0] for chain in chains])
    assert 0 < np.sum(ends > 0) < len(ends)  # some chains began there
    found = stuck({"lp": np.stack([chain.stats["lp"] for chain in chains])})
    assert len(found) in (0, np.sum(ends > 0))


def test_draws_may_be_kept_in_a_zarr_directory(tmp_path):
    options = {"draws": 60, "warmup": 60, "chains": 2, "seed": 1}
    plain = NUTS(**options).fit(line())
    kept = NUTS(**options, store=tmp_path / "draws.zarr").fit(line())
    assert list(kept.values) == list(plain.values) and len(kept.values) == len(plain.values)
    for name in plain.values:
        np.testing.assert_array_equal(kept.values[name], plain.values[name])
    assert (tmp_path / "draws.zarr").is_dir()
    assert str(kept.coef_table()) == str(plain.coef_table())
    with pytest.raises(KeyError):
        kept.values["other"]
    with pytest.raises(EngineError, match="exists already"):
        kept_in(tmp_path / "draws.zarr", plain.values)
    (tmp_path / "file").write_text("x")
    with pytest.raises(EngineError, match="cannot be written"):
        kept_in(tmp_path / "file" / "draws.zarr", plain.values)


def test_small_models_run_on_numpy_and_say_why():
    fit = st.lm("y ~ x", table(), engine=NUTS(draws=300, warmup=200, chains=2, seed=1))
    assert fit.diagnostics["substrate"] == "numpy" and fit.diagnostics["sampler"] == "nutpie"
    assert "asked for; nutpie on the gradient in NumPy: a gradient takes" in fit.diagnostics["why"]


def test_a_compiled_gradient_is_taken_where_it_is_measured_to_pay(monkeypatch):
    times = {"NumericFlat": 0.01, "CompiledDensity": 0.001}
    monkeypatch.setattr(choice, "evaluation_seconds", lambda density, _: times[type(density).__name__])
    chosen = choose(NUTS(), line(), 2)
    assert chosen.on in ("jax", "tensorflow") and chosen.sampler == "nutpie"
    assert "in NumPy a gradient takes 10,000 microseconds" in chosen.why and chosen.why.endswith(" 1,000")
    assert choose(NUTS(substrate="numpy"), line(), 2).on == "numpy"
    assert choose(NUTS(draws=10, warmup=10), line(), 2).on == "numpy"
    times["CompiledDensity"] = 0.009
    assert choose(NUTS(), line(), 2).on == "numpy"


def test_a_family_without_closed_slopes_runs_on_a_compiled_gradient(monkeypatch):
    monkeypatch.setattr(choice.NumericFlat, "refusal", staticmethod(lambda model: "no scores"))
    chosen = choose(NUTS(), line(), 2)
    assert chosen.on in ("jax", "tensorflow") and chosen.why.endswith("no scores")
    with pytest.raises(EngineError, match='substrate="numpy" cannot take this model: no scores'):
        choose(NUTS(substrate="numpy"), line(), 2)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: NUTS(sampler="stan"), 'There is "auto", "nutpie", "tfp"'),
        (lambda: NUTS(substrate="torch"), 'There is "auto", "numpy", "jax", "tensorflow"'),
        (lambda: NUTS(cores=0), "`cores` counts"),
        (lambda: HMC(leapfrogs=0), "`leapfrogs` counts"),
        (lambda: HMC(target_accept=2), "between 0 and 1"),
        (lambda: ChEES(chains=1), "it learns from many chains"),
        (lambda: NUTS(sampler="tfp", substrate="numpy").fit(line()), 'TFP runs on "jax" or "tensorflow"'),
    ],
)
def test_options_that_make_no_sense(make, says):
    with pytest.raises(EngineError, match=says):
        make()


@pytest.mark.parametrize(
    "engine",
    [
        HMC(draws=500, warmup=300, seed=4, substrate="jax"),
        pytest.param(ChEES(draws=100, warmup=300, chains=32, seed=4, substrate="jax"), marks=pytest.mark.slow),
        pytest.param(HMC(draws=500, warmup=300, seed=4, substrate="tensorflow"), marks=pytest.mark.slow),
        pytest.param(ChEES(draws=100, warmup=300, chains=32, seed=4, substrate="tensorflow"), marks=pytest.mark.slow),
        pytest.param(NUTS(draws=300, warmup=300, seed=4, sampler="nutpie", substrate="jax"), marks=pytest.mark.slow),
    ],
    ids=lambda e: f"{e.name}-{e.substrate}",
)
def test_every_sampler_finds_the_same_posterior(engine):
    fit, other = engine.fit(line()), NUTS(draws=2000, warmup=500, seed=9, substrate="numpy").fit(line())
    assert fit.converged and fit.diagnostics["divergences"] == 0
    for name in ("Intercept", "x", "sigma"):
        a, b = fit.shown[name], other.shown[name]
        error = np.hypot(*(float(mcse(d)) for d in (a, b)))
        assert abs(a.mean() - b.mean()) < 4 * error, name
    kinetic = fit.stats["energy"] + fit.stats["lp"]
    assert kinetic.mean() == pytest.approx(1.5, abs=0.15)


def test_progress_says_divergences_and_the_time_left(capsys, monkeypatch):
    times = iter([10.0, 20.0])
    monkeypatch.setattr("statmodels_tf.engines.progress.perf_counter", lambda: next(times))
    with Progress("nuts", True, 100) as report:
        report(0, "sampling")
        report(20, "sampling", 3)
    said = capsys.readouterr().err
    assert " 20% sampling · 3 divergences · 0:40 left" in said
    assert clock(3725) == "1:02:05"


def test_in_a_notebook_progress_is_a_cell_that_changes(monkeypatch):
    shown = []
    handle = SimpleNamespace(update=shown.append)
    cell = SimpleNamespace(HTML=lambda text: text, display=lambda text, display_id: shown.append(text) or handle)
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", cell)
    line = Line("nuts", None)
    line.say("<10%>")
    line.say("")
    assert shown == ["<pre>nuts: &lt;10%&gt;</pre>", "<pre></pre>"]
