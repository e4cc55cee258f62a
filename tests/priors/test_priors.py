"""Priors: text means what it says; each log density is TFP's on both substrates and SciPy's in NumPy."""

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.errors import ModelError
from statmodels_tf.priors import CholeskyLKJ, Dirichlet, Elementwise, parse
from statmodels_tf.substrate import substrate

TEXTS = {
    "normal(1, 2)": stats.norm(1, 2),
    "student_t(3, 1, 2)": stats.t(3, 1, 2),
    "cauchy(1, 2)": stats.cauchy(1, 2),
    "laplace(1, 2)": stats.laplace(1, 2),
    "exponential(0.02)": stats.expon(scale=50),
    "gamma(2, 0.5)": stats.gamma(2, scale=2),
    "half_normal(3)": stats.halfnorm(scale=3),
    "half_cauchy(3)": stats.halfcauchy(scale=3),
}
X = np.array([0.1, 0.9, 7.0])


@pytest.mark.parametrize("text", TEXTS)
def test_density_is_scipys(text):
    np.testing.assert_allclose(parse(text).log_density(X, np), TEXTS[text].logpdf(X), rtol=1e-13)


def test_half_student_t_is_twice_the_t():
    expected = np.log(2) + stats.t(3, 0, 2).logpdf(X)
    np.testing.assert_allclose(parse("half_student_t(3, 2)").log_density(X, np), expected, rtol=1e-13)


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
@pytest.mark.parametrize("text", [*TEXTS, "half_student_t(3, 2)"])
def test_vectors_have_tfps_density(text, name):
    on, prior = substrate(name), parse(text).spread((3,))
    assert prior.shape == (3,)
    made = prior.distribution(on, "x")
    expected = float(made.log_prob(on.array(X)))
    assert prior.log_density(X, np) == pytest.approx(expected, rel=1e-12)
    assert float(prior.log_density(on.array(X), on.xp)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
@pytest.mark.parametrize("prior", [Dirichlet(3, 1.5), CholeskyLKJ(3, 2.5), CholeskyLKJ(4, 1.0)], ids=str)
def test_structured_priors_have_tfps_density_and_a_bijector_onto_the_support(prior, name):
    on = substrate(name)
    bijector = prior.bijector(on.tfb)
    start = np.random.default_rng(0).normal(size=(5, *bijector.inverse_event_shape(prior.shape)))
    x = bijector.forward(on.array(start))
    assert tuple(x.shape) == (5, *prior.shape)
    expected = np.asarray(prior.distribution(on, "x").log_prob(x))
    np.testing.assert_allclose(prior.log_density(np.asarray(x), np), expected, rtol=1e-10)
    np.testing.assert_allclose(np.asarray(prior.log_density(x, on.xp)), expected, rtol=1e-10)
    np.testing.assert_allclose(np.asarray(bijector.inverse(x)), start, rtol=1e-6)


@pytest.mark.parametrize("text", TEXTS)
def test_unconstrained_zero_is_a_typical_value(text):
    on, prior = substrate("jax"), parse(text)
    at = float(prior.bijector(on.tfb).forward(on.array(0.0)))
    # The median of most; the mean of gammas, exponentials among them; the scale of the half-normal.
    below = {"exponential(0.02)": 0.6321206, "gamma(2, 0.5)": 0.5939942, "half_normal(3)": 0.6826895}.get(text, 0.5)
    assert TEXTS[text].cdf(at) == pytest.approx(below, abs=1e-6)


@pytest.mark.parametrize("text", [*TEXTS, "half_student_t(3, 2)", "decov(1, 2, 1, 1)", "lkj(2)"])
def test_text_reads_back(text):
    assert str(parse(text)) == text
    assert str(parse(str(parse(text)))) == text


def test_arguments_by_name_and_defaults():
    assert str(parse(" normal(scale=2, loc=-1) ")) == "normal(-1, 2)"
    assert str(parse("decov(shape=2)")) == "decov(1, 1, 2, 1)"
    assert isinstance(parse("normal(0, 1)"), Elementwise)
    assert parse(parse("lkj(2)")).eta == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("norml(0, 1)", "Did you mean `normal`"),
        ("zzz(1)", "Known: normal, student_t"),
        ("normal(0)", r"too few arguments. Write `normal\(loc, scale\)`"),
        ("normal(0, 1, 2)", "too many arguments"),
        ("normal(0, 1, scal=2)", "no argument `scal`"),
        ("normal(0, 1, loc=2)", "no argument `loc` left"),
        ("normal(0, -1)", "`scale` must be positive, not -1"),
        ("exponential(0)", "`rate` must be positive"),
        ("normal(0, x)", "`x` is not a number"),
        ("normal(0, True)", "is not a number"),
        ("normal(0, 1e999)", "is not a number"),
        ("normal(", "cannot be read"),
        ("normal", "cannot be read"),
        ("open('x').read()", "cannot be read"),
        ("__import__('os')", "no prior `__import__`"),
        ("normal(0, (lambda: 1)())", "is not a number"),
        ("normal(*[0, 1])", "is not a number"),
        ("normal(**{})", "no argument"),
    ],
)
def test_text_that_is_no_prior_says_what_to_write(text, says):
    with pytest.raises(ModelError, match=says):
        parse(text)
