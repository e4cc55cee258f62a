"""A special term is two classes, here and nowhere else: what the term says, and its effect; all else follows."""

import runpy
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statmodels_tf as st
from statmodels_tf.api.run import choose_engine
from statmodels_tf.design import build, restore
from statmodels_tf.engines import NUTS, PLS
from statmodels_tf.errors import DataError, EngineError, ModelError
from statmodels_tf.fits.posterior.estimate import Posterior
from statmodels_tf.model import Flat, SpecialEffect, build_model, effect_of
from statmodels_tf.model.effects import EFFECTS, Piece, Place
from statmodels_tf.parameter import Parameter
from statmodels_tf.priors import Dirichlet, Normal
from statmodels_tf.substrate import substrate
from statmodels_tf.terms import SPECIALS, SpecialTerm, special
from tests.model.cases import draw

LEVELS = ("low", "mid", "high", "top")


def data(n=80):
    """Return scores that rise with an ordered dose, by steps of 0, 1, 1.5 and 2, and with z."""
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, n)
    return pd.DataFrame(
        {
            "dose": pd.Categorical.from_codes(codes, LEVELS, ordered=True),
            "z": rng.normal(size=n),
            "g": rng.choice(list("pqrst"), n),
        }
    ).assign(y=lambda d: np.array([0, 1, 1.5, 2])[codes] + 0.5 * d["z"] + 0.2 * rng.normal(size=n))


@pytest.fixture(autouse=True, scope="module")
def monotonic():
    """`mo(x)`: b times a share that rises from 0 to 1 over the levels of x (Bürkner & Charpentier 2020)."""

    @special("mo")
    @dataclass(frozen=True)
    class Monotonic(SpecialTerm):
        def learn(self, values):
            (x,) = values
            if not getattr(x, "ordered", False):
                raise DataError("`mo()` needs an ordered factor.")
            return {"levels": list(x.levels)}

        def arrays(self, values, state):
            place = np.array([state["levels"].index(level) for level in values[0].levels])
            return {"step": place[values[0].codes].astype(np.int32)}

    @effect_of(Monotonic)
    @dataclass(frozen=True, eq=False)
    class MonotonicEffect(SpecialEffect):
        label: str
        levels: tuple
        steps: np.ndarray
        prior: object

        @classmethod
        def of(cls, block, priors, scale):
            prior = priors.given_or(block.label, "coefficient", Normal(0.0, 2.5 * priors.unit))
            return cls(block.label, tuple(block.state["levels"]), block.arrays["step"], prior)

        @property
        def parameters(self):
            return (
                Parameter(self.label, self.prior),
                Parameter(f"share({self.label})", Dirichlet(len(self.levels) - 1, 1.0), ("step",)),
            )

        @property
        def prior_keys(self):
            return (self.label,)

        @property
        def data(self):
            return {"step": self.steps}

        def contribute(self, values, xp, data=None):
            step = (self.data if data is None else data)["step"]
            risen = xp.cumsum(values[f"share({self.label})"], axis=-1)
            risen = xp.concatenate([xp.zeros_like(risen[..., :1]), risen], axis=-1)
            return values[self.label][..., None] * xp.take(risen, step, axis=-1)

        def pullback(self, values, adjoint):
            share = values[f"share({self.label})"]
            by_step = np.bincount(self.steps, adjoint, len(self.levels))
            above = np.array([by_step[k + 1 :].sum() for k in range(len(share))])
            return {self.label: above @ share, f"share({self.label})": values[self.label] * above}

        def shown(self, values):
            return {name: np.asarray(values[name]) for name in (self.label, f"share({self.label})")}

        def places(self):
            share = f"share({self.label})"
            return {share: Place(share, f"{self.label}_dim", self.levels[1:])}

        def on(self, rows, draws):
            return self.contribute(draws, np, self.arrays(rows))

        def log_prior_terms(self, values):
            return {p.name: p.prior.log_density(values[p.name], np) for p in self.parameters}

        def prior_texts(self):
            return {self.label: str(self.prior)}

        def code(self, keys, program):
            b, share = (keys[p.name] for p in self.parameters)
            step = program.embed("step", self.steps)
            lines = [program.comment(self.label)]
            lines += [f"{keys[p.name]} = yield {p.prior.code(keys[p.name])}" for p in self.parameters]
            return Piece((), tuple(lines), f"{b} * tf.gather(tf.concat([[f(0)], tf.cumsum({share})], 0), {step})")

    yield MonotonicEffect
    del SPECIALS["mo"], EFFECTS[Monotonic]


@pytest.fixture
def model():
    return build_model(build("y ~ z + mo(dose) + (1 | g)", data()))


def expected_predictor(model, values, table):
    """Return the linear predictor of one draw, written out."""
    shown = model.shown(values)
    share = np.r_[0.0, np.cumsum(shown["share(mo(dose))"])]
    eta = shown["Intercept"] + shown["z"] * table["z"].to_numpy()
    eta = eta + shown["mo(dose)"] * share[table["dose"].cat.codes]
    return eta + shown["1|g"][pd.Categorical(table["g"], list("pqrst")).codes]


def test_the_design_holds_its_arrays_and_repeats_them(model):
    design = model.design
    (block,) = design.specials
    np.testing.assert_array_equal(block.arrays["step"], data()["dose"].cat.codes)
    assert block.state == {"levels": list(LEVELS)}
    new = data().iloc[[3, 1]].assign(dose=pd.Categorical(["high", "low"], ["high", "low"], ordered=True))
    np.testing.assert_array_equal(design.on(new).specials[0].arrays["step"], [2, 0])
    again = restore(design.spec, design.frame)
    np.testing.assert_array_equal(again.specials[0].arrays["step"], block.arrays["step"])
    assert again.specials[0].state == block.state


def test_its_rows_that_lack_a_value_are_dropped_and_predicted_missing(model):
    table = data()
    table.loc[[2, 5], "dose"] = None
    assert build("y ~ mo(dose)", table).dropped == 2
    assert list(model.design.on(table).missing.nonzero()[0]) == [2, 5]


def test_what_the_term_refuses_is_shown_in_the_formula():
    with pytest.raises(DataError, match=r"(?s)needs an ordered factor.*\^\^\^\^\^"):
        build("y ~ mo(z)", data())


def test_density_and_predictor(model):
    values = draw(model, 3)
    eta = expected_predictor(model, values, data())
    np.testing.assert_allclose(model.linear_predictor(values), eta, rtol=1e-12)
    prior = sum(float(p.prior.log_density(values[p.name], np)) for p in model.parameters)
    expected = stats.norm(eta, values["sigma"]).logpdf(data()["y"]).sum() + prior
    assert model.log_density(values) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_substrates_agree(model, name):
    on, values = substrate(name), draw(model, 4)
    there = {key: on.array(array) for key, array in values.items()}
    assert float(model.log_density(there, on.xp, model.data_on(on))) == pytest.approx(model.log_density(values))
    assert Flat(model, on).size == 3 + 1 + 2 + 1 + 5  # Intercept, z, sigma; mo; two free shares; tau; z of five levels


def test_priors_by_its_label():
    design = build("y ~ z + mo(dose)", data())
    texts = build_model(design, priors={"mo(dose)": "normal(0, 3)"}).prior_texts()
    assert texts["mo(dose)"] == "normal(0, 3)"
    with pytest.raises(ModelError, match="Did you mean `mo"):
        build_model(design, priors={"mo(doze)": "normal(0, 3)"})


def test_predictions_tables_and_files(model):
    values = draw(model, 5, (2, 20))
    about = {"engine": "nuts", "converged": True, "message": ""}
    fit = Posterior(model, NUTS(), about, None, values, {"lp": np.zeros((2, 20))})
    new = data().head(7)
    each = [
        expected_predictor(model, {k: v[i, j] for k, v in values.items()}, new) for i in range(2) for j in range(20)
    ]
    np.testing.assert_allclose(fit.predict(new, "draws").to_numpy(), each, rtol=1e-9)
    np.testing.assert_allclose(fit.fitted()[:7], np.mean(each, axis=0), rtol=1e-9)
    assert list(fit.draws("share(mo(dose))").columns) == [f"share(mo(dose))[{level}]" for level in LEVELS[1:]]
    assert "Special terms" in str(fit.summary())
    assert dict(fit.tidy().set_index("term")["effect"])["mo(dose)"] == "fixed"
    exported = fit.to_arviz()["posterior"]
    assert exported["share(mo(dose))"].dims == ("chain", "draw", "mo(dose)_dim")
    assert list(exported["mo(dose)_dim"].values) == list(LEVELS[1:])


@pytest.mark.slow
def test_nuts_finds_the_steps():
    fit = st.fit("y ~ z + mo(dose)", data(), engine=NUTS(draws=300, warmup=300, chains=2, seed=1))
    assert fit.shown["mo(dose)"].mean() == pytest.approx(2, abs=0.25)
    np.testing.assert_allclose(fit.shown["share(mo(dose))"].mean(axis=(0, 1)), [0.5, 0.25, 0.25], atol=0.1)


# A program loads TFP itself, whose import warns of what it uses.
@pytest.mark.filterwarnings("ignore")
def test_the_program_holds_it(model, tmp_path):
    values = draw(model, 6)
    (tmp_path / "program.py").write_text(model.code(), encoding="utf-8")
    program = runpy.run_path(str(tmp_path / "program.py"))
    found = program["log_density"](**{p.key: values[p.name] for p in model.parameters})
    assert float(found) == pytest.approx(float(model.log_density(values)), rel=1e-10)


def test_least_squares_says_that_it_cannot(model):
    with pytest.raises(EngineError, match=r"`mo\(dose\)` has parameters of its own"):
        PLS().fit(model)
    assert "pls: PLS cannot fit" in choose_engine("auto", model, REML=True, progress=None)[1]


def test_a_term_without_an_effect_is_refused_and_not_left_out(monotonic):
    kind = next(term for term, effect in EFFECTS.items() if effect is monotonic)
    effect = EFFECTS.pop(kind)
    try:
        with pytest.raises(ModelError, match=r"`mo\(dose\)` has no effect"):
            build_model(build("y ~ z + mo(dose)", data()))
        with pytest.raises(ModelError, match=r"`mo\(dose\)` has no effect"):
            st.lmer("y ~ z + mo(dose) + (1 | g)", data())
    finally:
        EFFECTS[kind] = effect
