"""Priors: text means what it says; each log density is TFP's on both substrates and SciPy's in NumPy."""

import numpy as np
import pytest
from scipy import stats

from statmodels_tf import priors
from statmodels_tf.errors import ModelError
from statmodels_tf.priors import CholeskyLKJ, Dirichlet, Elementwise, Flat, HalfFlat, Normal, Ordered, parse
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
    "lognormal(0.5, 2)": stats.lognorm(2, scale=np.exp(0.5)),
    "inverse_gamma(3, 2)": stats.invgamma(3, scale=2),
    "beta(2, 3)": stats.beta(2, 3),
    "uniform(-1, 8)": stats.uniform(-1, 9),
}
OTHERS = [
    "half_student_t(3, 2)",
    "spike_slab(0.3, 2, 0.1)",
    "flat",
    "half_flat",
    "constant(2)",
    "dirichlet(1)",
    "dirichlet(1, 2, 0.5)",
    "decov(1, 2, 1, 1)",
    "lkj(2)",
    "horseshoe(1, 1, 1, 2, 4)",
    "horseshoe(3, 0.1, 1, 2.5, 4, par_ratio=0.2, autoscale=False)",
    "R2D2(0.5, 2, 0.5)",
]
X = np.array([0.1, 0.9, 7.0])


def points(text):
    """Return numbers of the support."""
    return np.array([0.1, 0.5, 0.9]) if text.startswith("beta") else X


@pytest.mark.parametrize("text", TEXTS)
def test_density_is_scipys(text):
    np.testing.assert_allclose(parse(text).log_density(points(text), np), TEXTS[text].logpdf(points(text)), rtol=1e-13)


def test_half_student_t_is_twice_the_t():
    expected = np.log(2) + stats.t(3, 0, 2).logpdf(X)
    np.testing.assert_allclose(parse("half_student_t(3, 2)").log_density(X, np), expected, rtol=1e-13)


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
@pytest.mark.parametrize("text", [*TEXTS, "half_student_t(3, 2)", "spike_slab(0.3, 2, 0.1)"])
def test_vectors_have_tfps_density(text, name):
    on, prior, x = substrate(name), parse(text).spread((3,)), points(text)
    assert prior.shape == (3,)
    made = prior.distribution(on, "x")
    expected = float(made.log_prob(on.array(x)))
    assert prior.log_density(x, np) == pytest.approx(expected, rel=1e-12)
    assert float(prior.log_density(on.array(x), on.xp)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
@pytest.mark.parametrize(
    "prior",
    [
        Dirichlet(3, 1.5),
        Dirichlet(3, (1.0, 2.0, 0.5)),
        Ordered(parse("normal(1, 2)"), 4),
        CholeskyLKJ(3, 2.5),
        CholeskyLKJ(4, 1.0),
    ],
    ids=str,
)
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
    # The median of most; the mean of gammas, exponentials among them, and of shares; the scale of the half-normal.
    below = {"exponential(0.02)": 0.6321206, "gamma(2, 0.5)": 0.5939942, "half_normal(3)": 0.6826895}
    below |= {"inverse_gamma(3, 2)": 0.4231901, "beta(2, 3)": 0.5248}
    assert TEXTS[text].cdf(at) == pytest.approx(below.get(text, 0.5), abs=1e-6)


@pytest.mark.parametrize("text", [*TEXTS, *OTHERS])
def test_text_reads_back(text):
    assert str(parse(text)) == text
    assert str(parse(str(parse(text)))) == text


def test_arguments_by_name_and_defaults():
    assert str(parse(" normal(scale=2, loc=-1) ")) == "normal(-1, 2)"
    assert str(parse("decov(shape=2)")) == "decov(1, 1, 2, 1)"
    assert isinstance(parse("normal(0, 1)"), Elementwise)
    assert parse(parse("lkj(2)")).eta == 2
    assert str(parse("hs()")) == "horseshoe(1, 0.01, 1, 2.5, 4)"
    assert str(parse("r2d2(prec_R2=4)")) == "R2D2(0.5, 4, 0.5)"
    assert [str(parse(number)) for number in (1, 0.5, "-2", np.float64(3))] == [
        f"constant({v})" for v in ("1", "0.5", "-2", "3")
    ]


def test_exact_text_keeps_every_digit():
    assert parse(Normal(0.0, 1 / 3).exact()).scale == 1 / 3
    assert Flat().exact() == "flat"


def test_words_are_functions_that_check_what_they_are_given():
    assert str(priors.normal(0, 2.5)) == "normal(0, 2.5)"
    with pytest.raises(ModelError, match="`scale` must be positive, not -1"):
        priors.normal(0, scale=-1)
    with pytest.raises(ModelError, match="must be a number"):
        priors.normal("0", 1)


@pytest.mark.parametrize("text", [*TEXTS, "half_student_t(3, 2)", "spike_slab(0.3, 2, 0.1)"])
def test_draws_have_the_distribution(text):
    prior = parse(text).spread((2,))
    x = prior.sample(np.random.default_rng(1), (5, 400))
    assert x.shape == (5, 400, 2)
    law = TEXTS.get(text)
    if text.startswith("half_student"):
        x, law = x / 2, stats.foldnorm
        cdf = lambda v: 2 * stats.t(3).cdf(v) - 1  # noqa: E731
    elif law is None:
        cdf = lambda v: 0.3 * stats.norm(0, 2).cdf(v) + 0.7 * stats.norm(0, 0.1).cdf(v)  # noqa: E731
    else:
        cdf = law.cdf
    assert stats.kstest(x.ravel(), cdf).pvalue > 0.001


def test_draws_of_correlation_factors_have_beta_correlations():
    factor = CholeskyLKJ(3, 2.0).sample(np.random.default_rng(2), (4000,))
    correlation = factor @ np.swapaxes(factor, -1, -2)
    np.testing.assert_allclose(np.diagonal(correlation, axis1=-2, axis2=-1), 1.0)
    for i, j in ((1, 0), (2, 0), (2, 1)):  # each is beta(eta + (l - 2) / 2) on (-1, 1)
        assert stats.kstest((correlation[:, i, j] + 1) / 2, stats.beta(2.5, 2.5).cdf).pvalue > 0.001


def test_sorted_draws_have_the_density_of_order_statistics():
    x = Ordered(Normal(1.0, 2.0), 3).sample(np.random.default_rng(3), (4000,))
    assert np.all(np.diff(x, axis=-1) > 0)
    assert stats.kstest(x[:, 2], lambda v: stats.norm(1, 2).cdf(v) ** 3).pvalue > 0.001


def test_draws_in_order_of_unlike_numbers():
    prior = Ordered(Normal(np.array([-1.0, 1.0]), np.array([1.0, 0.5])), 2)
    x = prior.sample(np.random.default_rng(4), (3, 50))
    assert x.shape == (3, 50, 2)
    assert np.all(np.diff(x, axis=-1) > 0)
    with pytest.raises(ModelError, match="Give all of them one"):
        prior.distribution(substrate("jax"), "x")
    with pytest.raises(ModelError, match="hardly ever rises"):
        Ordered(Normal(np.array([50.0, -50.0]), np.ones(2)), 2).sample(np.random.default_rng(0), (2,))


@pytest.mark.parametrize("prior", [Flat(), HalfFlat()], ids=str)
def test_flat_priors_are_no_distributions(prior):
    for ask in (
        lambda: prior.distribution(substrate("jax"), "x"),
        lambda: prior.code("x"),
        lambda: prior.sample(0, ()),
    ):
        with pytest.raises(ModelError, match="is no distribution: nothing can be drawn from it"):
            ask()


@pytest.mark.parametrize("shape", [(), (3,)])
def test_constants_have_no_coordinates(shape):
    on, prior = substrate("jax"), parse(2.5).spread(shape)
    assert prior.transform.size == 0
    np.testing.assert_array_equal(prior.transform.forward(np.zeros((4, 0))), np.full((4, *shape), 2.5))
    theirs = prior.bijector(on.tfb)
    assert tuple(theirs.inverse_event_shape(shape)) == (0,)
    np.testing.assert_array_equal(theirs.forward(on.array(np.zeros((4, 0)))), np.full((4, *shape), 2.5))
    assert float(prior.distribution(on, "x").log_prob(np.full(shape, 2.5))) == 0.0
    assert np.all(prior.sample(np.random.default_rng(0), (2,)) == 2.5)


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
        ("normal", "too few arguments"),
        ("(1, 2)", "cannot be read"),
        ("True", "cannot be read"),
        ("double_exponential(0, 1)", "Here it is `laplace`: Write `laplace"),
        ("flat(1)", "too many arguments. Write `flat`"),
        ("dirichlet()", "too few arguments"),
        ("dirichlet(0)", "must be positive, not 0"),
        ("uniform(2, 1)", "the lower bound comes first"),
        ("spike_slab(1.5, 1, 0.1)", "must lie between 0 and 1"),
        ("spike_slab(0.5, 0.1, 1)", "narrower than the slab"),
        ("horseshoe(autoscale=2)", "is not True or False"),
        ("R2D2(mean_R2=2)", "must lie between 0 and 1"),
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
