"""What `to_arviz` returns is right for the installed ArviZ, whichever its generation."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.design import build
from statmodels_tf.errors import ModelError
from statmodels_tf.fits import arviz as exporter
from statmodels_tf.fits.arviz import export, group
from statmodels_tf.model import build_model
from tests.fits.cases import dense_fit
from tests.fits.posteriors import posterior_of
from tests.model.cases import draw, toy

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import arviz as az

NEW = int(az.__version__.split(".")[0]) >= 1
GROUPS = [
    "posterior", "posterior_predictive", "log_likelihood", "log_prior", "sample_stats", "prior", "prior_predictive",
    "observed_data", "constant_data",
]  # fmt: skip
# Matplotlib 3.11 and xarray warn of how ArviZ calls them; a sample not from the data's model has a large Pareto k.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def data():
    return posterior_of("slopes").to_arviz()


def test_container_and_groups(data):
    assert type(data).__name__ == ("DataTree" if NEW else "InferenceData")
    found = data.children if NEW else data.groups()
    assert list(found) == GROUPS
    assert data.attrs["inference_library"] == "statmodels_tf"
    assert data.attrs["formula"] == "y ~ x + (x | g)"


def test_names_dims_and_coords(data):
    posterior = group(data, "posterior")
    assert {name: array.dims[2:] for name, array in posterior.data_vars.items()} == {
        "Intercept": (), "x": (), "sigma": (), "sd(g)": ("g_effect_dim",), "cor(g)": ("g_cor_dim",),
        "1|g": ("g_dim",), "x|g": ("g_dim",),
    }  # fmt: skip
    assert list(posterior["g_dim"].values) == ["g1", "g2", "g3", "g4", "g5"]
    assert list(posterior["g_effect_dim"].values) == ["Intercept", "x"]
    assert list(posterior["g_cor_dim"].values) == ["Intercept,x"]
    observed = group(data, "observed_data")["y"]
    assert observed.dims == ("__obs__",)
    assert list(observed["__obs__"].values) == [f"row{i}" for i in range(60)]
    assert group(data, "posterior_predictive")["y"].dims == ("chain", "draw", "__obs__")


def test_values(data):
    fit = posterior_of("slopes")
    np.testing.assert_array_equal(group(data, "posterior")["sd(g)"].sel(g_effect_dim="x"), fit.shown["sd(g)[x]"])
    np.testing.assert_allclose(group(data, "log_likelihood")["y"], fit.model.log_likelihood(fit.values), rtol=1e-9)
    prior = group(data, "log_prior")
    z = next(p for p in fit.model.parameters if p.name.startswith("z("))
    total = sum(prior[name].values for name in prior.data_vars) + z.prior.log_density(fit.values[z.name], np)
    np.testing.assert_allclose(total, fit.model.log_prior(fit.values), rtol=1e-9)
    np.testing.assert_array_equal(group(data, "sample_stats")["energy"], fit.stats["energy"])
    np.testing.assert_array_equal(group(data, "constant_data")["g"], toy()["g"])
    np.testing.assert_array_equal(group(data, "constant_data")["x"], toy()["x"])
    again = group(fit.to_arviz(), "posterior_predictive")["y"].values
    np.testing.assert_array_equal(group(data, "posterior_predictive")["y"].values, again)


def test_only_the_groups_asked_for_are_made():
    fit = posterior_of("slopes")
    found = fit.to_arviz(groups=["log_likelihood", "posterior"])
    assert list(found.children if NEW else found.groups()) == ["posterior", "log_likelihood"]
    with pytest.raises(ModelError, match="groups"):
        fit.to_arviz(groups="loglik")


def test_prior_draws_follow_the_priors(data):
    fit, prior = posterior_of("slopes"), group(data, "prior")
    assert prior.sizes["chain"] == 1
    sigma = next(p for p in fit.model.parameters if p.name == "sigma").prior
    drawn = prior["sigma"].values.ravel()
    expected = sigma.sample(np.random.default_rng(1), (20_000,))
    assert abs(drawn.mean() - expected.mean()) < 4 * expected.std() / np.sqrt(drawn.size)
    assert prior["1|g"].dims == ("chain", "draw", "g_dim")
    predictive = group(data, "prior_predictive")["y"].values
    assert predictive.shape == (1, drawn.size, 60)
    assert predictive.std() > 2 * toy()["y"].std()  # the prior is wider than the data


def test_summary_and_loo(data):
    table = az.summary(data)
    assert {"Intercept", "sigma", "sd(g)[x]", "cor(g)[Intercept,x]", "x|g[g3]"} <= set(table.index)
    assert np.isfinite(az.loo(data).elpd_loo if not NEW else az.loo(data).elpd)


PLOTS = (
    ["plot_trace", "plot_trace_dist", "plot_forest", "plot_ppc_dist", "plot_energy", "plot_loo_pit"]
    if NEW
    else ["plot_trace", "plot_forest", "plot_ppc", "plot_energy"]
)


@pytest.mark.parametrize("name", PLOTS)
def test_plots_need_no_argument(data, name):
    getattr(az, name)(data)
    plt.close("all")


def test_a_file_reads_back_the_same(data, tmp_path):
    data.to_netcdf(str(tmp_path / "draws.nc"))
    again = az.from_netcdf(str(tmp_path / "draws.nc"))
    for name in GROUPS:
        assert group(again, name).identical(group(data, name).copy()) or group(again, name).equals(group(data, name))


@pytest.mark.parametrize("case", ["uncorrelated", "nested", "crossed", "twice_the_same", "aliased", "no_groups"])
def test_every_form_exports(case):
    data = posterior_of(case).to_arviz()
    posterior = group(data, "posterior")
    assert posterior.sizes["chain"] == 4
    if case == "uncorrelated":  # two terms by one factor: one variable, and no correlation
        assert list(posterior["g_effect_dim"].values) == ["Intercept", "x"]
        assert "cor(g)" not in posterior
    if case == "nested":
        assert "h:g_dim" in posterior.coords


def test_a_slash_in_a_name_does_not_break_the_file(tmp_path):
    data = toy().assign(n=2.0)
    model = build_model(build("I(y/n) ~ I(x/n) + (1 | g)", data))
    shown = model.shown(draw(model, 0, (4, 20)))
    exported = export(model, shown)
    assert "I(x∕n)" in group(exported, "posterior")
    exported.to_netcdf(str(tmp_path / "slash.nc"))


@pytest.mark.parametrize(
    "index",
    [
        pd.Index([1] * 60),
        pd.date_range("2020-01-01", periods=60),
        pd.MultiIndex.from_product([list("abcdef"), range(10)]),
        pd.period_range("2020-01", periods=60, freq="M"),
    ],
    ids=["duplicates", "dates", "multi", "periods"],
)
def test_any_index_makes_labels(index, tmp_path):
    model = build_model(build("y ~ x + (1 | g)", toy().set_axis(index, axis=0)))
    exported = export(model, model.shown(draw(model, 0, (2, 10))))
    assert group(exported, "observed_data")["__obs__"].size == 60
    exported.to_netcdf(str(tmp_path / "index.nc"))


def test_many_numbers_are_thinned_and_narrow(monkeypatch):
    fit = posterior_of("slopes")
    monkeypatch.setattr(exporter, "EXACT_CELLS", 1000)
    assert group(fit.to_arviz(), "log_likelihood")["y"].dtype == np.float32
    monkeypatch.setattr(exporter, "CELLS", 4 * 60 * 20)
    thin = fit.to_arviz()
    density = group(thin, "log_likelihood")["y"]
    assert list(density["draw"].values) == list(range(0, 50, 3))
    expected = fit.model.log_likelihood(fit.values)[:, ::3]
    np.testing.assert_allclose(density, expected, rtol=1e-5)
    assert group(thin, "posterior").sizes["draw"] == 50


def test_an_estimate_exports_draws_of_its_normal_approximation():
    fit = dense_fit("crossed")
    data = fit.to_arviz(draws=400, seed=1)
    assert data.attrs["inference_method"].startswith("normal approximation")
    posterior = group(data, "posterior")
    assert (posterior.sizes["chain"], posterior.sizes["draw"]) == (4, 100)
    assert float(posterior["x"].mean()) == pytest.approx(fit.coef()["x"], abs=4 * fit.se()["x"] / 20)
    assert float(posterior["x"].std()) == pytest.approx(fit.se()["x"], rel=0.15)
    modes = fit.ranef(se=True)["g"]
    found = posterior["x|g"].mean(("chain", "draw"))
    assert np.all(np.abs(found.values - modes["x"]) < 4 * modes["se(x)"] / 20 + 4 * fit.se()["x"] / 20)
    assert set(GROUPS) - {"prior", "prior_predictive"} <= set(data.children if NEW else data.groups())
    assert fit.to_arviz(draws=7).attrs["family"] == "gaussian"


@pytest.mark.parametrize("name", ["plot_trace_dist" if NEW else "plot_trace", "plot_forest", "loo", "summary"])
def test_draws_of_an_estimate_with_a_correlation_are_plotted(name):
    """Draws that held theta had correlations constant but for rounding, which no density plot takes."""
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy"))
    drawn = fit.to_arviz(draws=400)
    assert float(group(drawn, "posterior")["cor(Subject)"].std()) > 0.05
    getattr(az, name)(drawn)
    plt.close("all")
