"""Each prior's map is its bijector, in value, inverse, log-Jacobian and gradient; its gradient is its density's."""

import numpy as np
import pytest

from statmodels_tf.priors import CholeskyLKJ, Dirichlet, Normal, Ordered, parse
from statmodels_tf.substrate import substrate

TEXTS = [
    "normal(1, 2)",
    "student_t(3, 1, 2)",
    "cauchy(1, 2)",
    "laplace(1, 2)",
    "exponential(0.02)",
    "gamma(2, 0.5)",
    "half_normal(3)",
    "half_cauchy(3)",
    "half_student_t(3, 2)",
    "lognormal(0.5, 2)",
    "inverse_gamma(3, 2)",
    "beta(2, 3)",
    "uniform(-1, 8)",
    "spike_slab(0.3, 2, 0.1)",
    "flat",
    "half_flat",
]
STRUCTURED = [Dirichlet(2, 0.7), Dirichlet(4, 1.5), CholeskyLKJ(2, 1.5), CholeskyLKJ(3, 2.5), CholeskyLKJ(5, 1.0)]
STRUCTURED += [Dirichlet(3, (1.0, 2.0, 0.5)), *(Ordered(parse(each), 4) for each in ("normal(1, 2)", "flat"))]
STRUCTURED += [Ordered(Normal(np.arange(3.0), np.ones(3)), 3), Ordered(parse("normal(1, 2)"), 1)]
PRIORS = {
    **{text: parse(text) for text in TEXTS},
    **{f"{text} [2, 3]": parse(text).spread((2, 3)) for text in TEXTS},
    **{f"{type(prior).__name__} {prior} {prior.shape}": prior for prior in STRUCTURED},
}


@pytest.fixture(params=PRIORS)
def prior(request):
    return PRIORS[request.param]


def coordinates(prior, lead=()):
    """Return q in the two forms: one vector for each draw, and as the bijector takes it."""
    on = substrate("jax")
    theirs = prior.bijector(on.tfb)
    shape = tuple(theirs.inverse_event_shape(prior.shape))
    q = np.random.default_rng(4).normal(size=(*lead, int(np.prod(shape, dtype=int))))
    return q, on.array(q.reshape((*lead, *shape))), theirs, len(shape)


def test_maps_are_the_bijectors(prior):
    q, there, theirs, ndims = coordinates(prior, (4, 2))
    ours = prior.transform
    assert (ours.size, ours.shape) == (q.shape[-1], prior.shape)
    x = ours.forward(q)
    assert x.shape == (4, 2, *prior.shape)
    np.testing.assert_allclose(x, theirs.forward(there), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(ours.inverse(x), q, rtol=1e-9, atol=1e-10)
    jacobian = np.broadcast_to(theirs.forward_log_det_jacobian(there, event_ndims=ndims), (4, 2))
    np.testing.assert_allclose(ours.log_jacobian(q), jacobian, rtol=1e-12, atol=1e-12)


def test_gradient_of_the_density_in_unconstrained_coordinates_is_that_of_jax(prior):
    on = substrate("jax")
    q, there, theirs, ndims = coordinates(prior)

    def density(u):
        return prior.log_density(theirs.forward(u), on.xp) + theirs.forward_log_det_jacobian(u, event_ndims=ndims)

    value, slope = on.value_and_grad(density)(there)
    ours = prior.transform
    x = ours.forward(q)
    assert prior.log_density(x, np) + ours.log_jacobian(q) == pytest.approx(float(value), rel=1e-12)
    found = ours.pullback(q, x, prior.gradient(x))
    np.testing.assert_allclose(found, np.ravel(slope), rtol=1e-10, atol=1e-11)


def test_gradients_keep_the_shape_of_a_batch(prior):
    q, _, _, _ = coordinates(prior, (3,))
    x = prior.transform.forward(q)
    assert prior.gradient(x).shape == x.shape
    np.testing.assert_allclose(prior.gradient(x)[1], prior.gradient(x[1]))
