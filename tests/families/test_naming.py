"""Families by name, as R writes them and as calls in text; nothing in a text is run."""

import pytest

from statmodels_tf.errors import ModelError
from statmodels_tf.families import Binomial, Gaussian, NegativeBinomial, Poisson, Power, Quasi, Quasipoisson, as_family


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("gaussian", Gaussian()),
        ("Gaussian", Gaussian()),
        ("normal", Gaussian()),
        ("binomial(probit)", Binomial("probit")),
        ('binomial(link = "probit")', Binomial("probit")),
        ("binomial ( link='cloglog' )", Binomial("cloglog")),
        ("bernoulli", Binomial()),
        ("negbinomial", NegativeBinomial()),
        ("poisson()", Poisson()),
        ("poisson(power(1/2))", Poisson(Power(0.5))),
        ("quasipoisson(link=sqrt)", Quasipoisson("sqrt")),
        ('quasi(link = "log", variance = "mu")', Quasi("log", "mu")),
        ("quasi(variance = mu * (1 - mu), link = logit)", Quasi("logit", "mu(1-mu)")),
        ('quasi("inverse", "mu^2")', Quasi("inverse", "mu^2")),
        ("quasi(1/mu^2, mu^3)", Quasi("1/mu^2", "mu^3")),
        ("negative.binomial(2)", NegativeBinomial(2)),
        ("negative.binomial(theta = 2.5, link = sqrt)", NegativeBinomial(2.5, "sqrt")),
        ("negative_binomial", NegativeBinomial()),
        ("nbinom2", NegativeBinomial()),
        (Poisson, Poisson()),
        (Poisson("identity"), Poisson("identity")),
    ],
)
def test_families_by_text(text, family):
    assert as_family(text) == family


def test_the_link_may_stand_beside_the_name():
    assert as_family("poisson", "sqrt") == as_family(Poisson, "sqrt") == Poisson("sqrt")
    assert as_family("negative.binomial(2)", "power(0.5)") == NegativeBinomial(2, Power(0.5))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("posson", "Did you mean `poisson`"),
        ("binomal(logit)", "Did you mean `binomial`"),
        ("zzz", 'There is "adjacent"'),
        ("binomial(lnk = logit)", "no `lnk`. Did you mean `link`"),
        ("binomial(logit, 3, 4)", "has the arguments link"),
        ("binomial(logit", "is no call of a family"),
        ("binomial(logit)(3)", "is no call of a family"),
        ("binomial(*x)", "words and numbers"),
        ("binomial(log, link = log)", "the link is given twice"),
        ("poisson(__import__('os').abort())", "no link"),
        ("negative.binomial(0)", "not a positive number"),
        ("negative.binomial(a)", "not a positive number"),
        ("quasi(log, mu^4)", "no variance function 'mu\\^4'. Did you mean `mu\\^"),
        (3, "is no family"),
    ],
)
def test_families_that_there_are_not(text, says):
    with pytest.raises(ModelError, match=says.replace("(", r"\(") if isinstance(text, str) else says):
        as_family(text)


def test_a_link_is_given_once():
    with pytest.raises(ModelError, match="the link is given twice"):
        as_family("binomial(logit)", "probit")
    with pytest.raises(ModelError, match="write the link inside, `Poisson"):
        as_family(Poisson(), "log")
