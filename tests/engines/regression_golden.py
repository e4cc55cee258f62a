"""The stored fits of R's lm, glm and glm.nb: their data, our fit of the same call, and how figures are compared."""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np

import statmodels_tf as st

GOLDEN = Path(__file__).parent.parent / "golden"
LM = sorted(path.stem for path in GOLDEN.glob("lm_*.json"))
GLM = sorted(path.stem for path in GOLDEN.glob("glm_*.json"))
GLMNB = sorted(path.stem for path in GOLDEN.glob("glmnb_*.json"))


@cache
def golden(case):
    return json.loads((GOLDEN / f"{case}.json").read_text())


@cache
def fit_of(case):
    """The fit of the call kept in a case."""
    reference = golden(case)
    given, options = reference["options"]["args"], reference["options"]
    assert options.get("prep") is None
    rows = {name: given[name] for name in ("weights", "subset") if name in given}
    contrasts = dict(re.findall(r'(\w+) = "([\w.]+)"', given.get("contrasts", ""))) or None
    data = st.load_dataset(reference["dataset"])
    if reference["kind"] == "lm":
        return st.lm(given["formula"], data, contrasts=contrasts, **rows)
    family = "negative_binomial" if case.startswith("glmnb") else given["family"]
    return st.glm(given["formula"], data, family, contrasts=contrasts, **rows)


def results_of(case):
    return golden(case)["results"]


def r_name(name):
    """R's name of a coefficient: ours without the brackets."""
    bare = re.sub(r"\[([^\[\]]*)\](?=:|$)", lambda m: m[1].replace("True", "TRUE"), name)
    return "(Intercept)" if bare == "Intercept" else bare


def numbers(values):
    """Stored figures as an array; null is NaN."""
    return np.array(values, dtype=float)


def close(ours, stored, rtol, atol=0.0):
    """Compare figures element by element, each relative to itself or to a thousandth of the largest of its vector.

    A residual near zero, or an aliased predictor's, has no digits of its own.
    """
    ours, stored = np.asarray(ours, dtype=float), numbers(stored)
    assert ours.shape == stored.shape
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(stored))
    known = ~np.isnan(stored)
    scale = np.abs(stored[known])
    room = np.maximum(scale, 1e-3 * scale.max(initial=0.0)) * rtol + atol
    assert np.all(np.abs(ours[known] - stored[known]) <= room), np.max(np.abs(ours[known] - stored[known]) / room)
