"""A family of tests only, with trials and without sigma: models, programs and posteriors ask it, and know no other."""

import runpy
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from statmodels_tf.design import build
from statmodels_tf.engines import NUTS
from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.families import Family, Link, as_link
from statmodels_tf.fits.arviz import group
from statmodels_tf.fits.posterior.estimate import Posterior
from statmodels_tf.model import build_model
from statmodels_tf.substrate import substrate
from tests.model.cases import draw, toy

LOGIT = as_link("logit")


@dataclass(frozen=True)
class Successes(Family):
    """Numbers of successes in a known number of trials, without the constant of the density."""

    link: Link = LOGIT

    name = "successes"

    def refuses(self, response):
        return None if response.trials is not None else f"`{response.name}` has no trials."

    def data(self, response, weights):
        if response is None:
            return {}
        trials = np.asarray(response.trials, dtype=float)
        return {"y": response.values, "trials": trials}

    def default_priors(self, data):
        return {}

    def default_scale(self, data):
        return 0.0, 1.0

    def log_density(self, eta, values, data, xp):
        y, mu = data["y"], self.link.inverse(eta, xp)
        return y * xp.log(mu) + (data["trials"] - y) * xp.log(1 - mu)

    def distribution(self, eta, values, data, on):
        return on.tfd.Independent(on.tfd.Binomial(data["trials"], probs=self.link.inverse(eta, on.xp)), 1)

    def simulate(self, eta, values, data, rng):
        trials = data.get("trials", 1)
        return rng.binomial(np.asarray(trials, dtype=int), self.link.inverse(eta, np))

    def deviance(self, y, mu):
        return 2 * (y * np.log(np.maximum(y, 1e-300) / mu) + (1 - y) * np.log(np.maximum(1 - y, 1e-300) / (1 - mu)))

    def pearson_residuals(self, mu, values, data):
        return (data["y"] / data["trials"] - mu) / np.sqrt(mu * (1 - mu))

    def deviance_residuals(self, mu, values, data):
        share = data["y"] / data["trials"]
        return np.sign(share - mu) * np.sqrt(self.deviance(share, mu))

    def quantile_residuals(self, mu, values, data, rng):
        made = stats.binom(data["trials"], mu)
        return stats.norm.ppf((made.cdf(data["y"] - 1) + made.cdf(data["y"])) / 2)

    def code(self, name, keys, data):
        made = f"tfd.Binomial({data['trials']}, probs={self.link.code('eta')})"
        return f'tfd.Independent({made}, 1, name="{name}")'


def table():
    rng = np.random.default_rng(0)
    trials = rng.integers(5, 20, 60)
    wins = rng.binomial(trials, 0.4)
    return toy().assign(wins=wins, losses=trials - wins)


@pytest.fixture(scope="module")
def model():
    return build_model(build("cbind(wins, losses) ~ x + (1 | g)", table()), family=Successes())


@pytest.fixture(scope="module")
def posterior(model):
    about = {"engine": "nuts", "converged": True, "message": ""}
    return Posterior(model, NUTS(), about, None, draw(model, 1, (2, 25)), {"lp": np.zeros((2, 25))})


def test_the_density_reads_the_trials(model):
    values = draw(model, 2)
    mu, trials = 1 / (1 + np.exp(-model.linear_predictor(values))), table()["wins"] + table()["losses"]
    expected = stats.binom(trials, mu).logpmf(table()["wins"]) - stats.binom(trials, 0.5).logpmf(table()["wins"])
    expected = expected.sum() - trials.sum() * np.log(2) + model.log_prior(values)
    assert model.log_density(values) == pytest.approx(expected, rel=1e-10)
    for name in ("tensorflow", "jax"):
        on = substrate(name)
        there = {key: on.array(array) for key, array in values.items()}
        assert float(model.log_density(there, on.xp, model.data_on(on))) == pytest.approx(expected, rel=1e-10)


def test_no_family_has_to_have_a_scale(model, posterior):
    assert "sigma" not in posterior.names
    assert np.isnan(posterior.glance()["sigma"].iloc[0])
    with pytest.raises(ModelError, match="no residual standard deviation"):
        _ = posterior.sigma
    assert list(posterior.varcorr()["group"]) == ["g"]
    assert "Generalized linear mixed model, successes with logit link, posterior" in str(posterior.summary())
    assert posterior.tidy()["term"].tolist() == ["Intercept", "x", "sd(g)[Intercept]"]
    assert set(group(posterior.to_arviz(), "log_prior")) >= {"Intercept", "x"}


@pytest.mark.parametrize("kind", ["response", "working", "pearson", "deviance", "quantile"])
def test_residuals_are_the_familys(posterior, kind):
    mu, trials = posterior.fitted(), table()["wins"] + table()["losses"]
    y = table()["wins"] / trials
    expected = {
        "response": y - mu,
        "working": (y - mu) / (mu * (1 - mu)),
        "pearson": (y - mu) / np.sqrt(mu * (1 - mu)),
        "deviance": np.sign(y - mu) * np.sqrt(Successes().deviance(y, mu)),
        "quantile": Successes().quantile_residuals(mu, {}, {"y": table()["wins"], "trials": trials}, None),
    }[kind]
    np.testing.assert_allclose(posterior.residuals(kind), expected, rtol=1e-10)


def test_predictions_are_on_its_scale(posterior):
    new = posterior.predict(table().head(3), interval="prediction")
    assert np.all((new["mean"] > 0) & (new["mean"] < 1))
    assert set(np.unique(posterior.predict(table().head(3), "draws", interval="prediction"))) <= {0.0, 1.0}
    link = posterior.predict(table().head(3), "link")
    assert np.any((link < 0) | (link > 1))


def test_its_refusal_is_heard():
    with pytest.raises(DataError, match="`y` has no trials"):
        build_model(build("y ~ x + (1 | g)", table()), family=Successes())


# A program loads TFP itself, whose import warns of what it uses.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
def test_the_program_holds_what_it_observes(model, tmp_path, capsys):
    (tmp_path / "program.py").write_text(model.code(), encoding="utf-8")
    assert "trials = np.array([" in model.code()
    runpy.run_path(str(tmp_path / "program.py"), run_name="__main__")
    assert "log density of these parameters" in capsys.readouterr().out


@pytest.mark.slow
def test_the_sampler_takes_it():
    fit = NUTS(draws=200, warmup=200, chains=2, seed=1).fit(
        build_model(build("cbind(wins, losses) ~ 1", table()), family=Successes())
    )
    share = table()["wins"].sum() / (table()["wins"] + table()["losses"]).sum()
    assert fit.predict(pd.DataFrame(index=[0]), "response").iloc[0] == pytest.approx(share, abs=0.02)
