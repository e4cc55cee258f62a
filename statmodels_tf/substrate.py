"""The numerical substrate of a compiled model, TensorFlow or JAX: the only file that imports either.

A `Substrate` is handed from the engine down; there is no global backend. Each is made once for the process, when asked
for.
"""

import os
import re
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import numpy as np
import scipy.special

from .errors import EngineError, did_you_mean

NAMES = ("tensorflow", "jax")
LOGGED = re.compile(
    rb"WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR"
    rb"|[IWEF]\d{4} \d\d:\d\d:[\d.]+ +\d+ [\w./]+:\d+\] "  # absl
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:[\d.]+: [IWEF] [\w./]+:\d+\] "  # TensorFlow
    rb"|WARNING:tensorflow:"
    rb"|To enable the following instructions:"  # the second line of one of its messages
)
"""A line that TensorFlow or JAX logs."""

_LOCK = threading.RLock()
_MADE: dict[str, "Substrate"] = {}


@dataclass(frozen=True)
class Substrate:
    """One array library with its TensorFlow Probability.

    Attributes
    ----------
    name : str
        `tensorflow` or `jax`.
    xp : module
        NumPy's functions on its arrays: `tensorflow.experimental.numpy` or `jax.numpy`.
    tfp : module
        TensorFlow Probability for it.
    array : callable
        NumPy array to array of the substrate; floats become float64, integers int32.
    jit : callable
        Compile a whole function with XLA; call the result with arrays of the substrate.
    value_and_grad : callable
        Turn a scalar function of one array into one that returns its value and gradient.
    seed : callable
        A pair of integers to a random seed that compiled functions take as an argument, never as a constant.
    special : namespace
        SciPy's `gammaln`, `gammainc`, `gammaincc`, `i0e`, `ndtr`, `ndtri`, `log_ndtr`, `expit` and `log_expit` on its
        arrays.
    """

    name: str
    xp: Any
    tfp: Any
    array: Callable[[Any], Any]
    jit: Callable[[Callable], Callable]
    value_and_grad: Callable[[Callable], Callable]
    seed: Callable[[Any], Any]
    special: Any

    @property
    def tfd(self) -> Any:
        """The distributions."""
        return self.tfp.distributions

    @property
    def tfb(self) -> Any:
        """The bijectors."""
        return self.tfp.bijectors


def substrate(name: "str | Substrate" = "auto") -> Substrate:
    """Return the substrate of that name; `auto` is JAX where it is installed (it compiles faster), else TensorFlow."""
    if isinstance(name, Substrate):
        return name
    if name == "auto":
        name = "jax" if find_spec("jax") else "tensorflow"
    if name not in NAMES:
        near = did_you_mean(str(name), NAMES)
        raise EngineError(f"no substrate `{name}`.{near} Write `tensorflow`, `jax` or `auto`.")
    with _LOCK:
        if name not in _MADE:
            _MADE[name] = _tensorflow() if name == "tensorflow" else _jax()
        return _MADE[name]


def special(xp: Any) -> Any:
    """Return SciPy's special functions on the arrays of `xp`: NumPy, or the `xp` of a substrate that was made."""
    if xp is np:
        return scipy.special
    return next(made.special for made in _MADE.values() if made.xp is xp)


def _narrow(values: Any) -> np.ndarray:
    values = np.asarray(values)
    if values.dtype.kind in "iu":
        return np.asarray(values, dtype=np.int32, order="C")
    return np.asarray(values, dtype=np.float64, order="C")


def _tensorflow() -> Substrate:
    try:
        with _quiet():
            import tensorflow as tf
            import tensorflow.experimental.numpy as tnp
            import tensorflow_probability as tfp

            _load(tfp)
            tf.constant(0.0)  # devices announce themselves once
    except ImportError as error:
        raise EngineError(
            f"TensorFlow Probability cannot be loaded ({error}). "
            "Run `pip install tensorflow tensorflow-probability tf-keras`."
        ) from error

    def value_and_grad(function: Callable) -> Callable:
        return lambda x: tfp.math.value_and_gradient(function, x)

    return Substrate(
        name="tensorflow",
        xp=tnp,
        tfp=tfp,
        array=lambda values: tf.convert_to_tensor(_narrow(values)),
        # Without autograph: the functions are written for tracing, and rewriting them takes longer than they do.
        jit=lambda function: _tolerant(tf.function(function, autograph=False, jit_compile=True)),
        value_and_grad=value_and_grad,
        seed=lambda pair: tf.convert_to_tensor(np.asarray(pair, dtype=np.uint32).view(np.int32)),
        special=SimpleNamespace(
            gammaln=tf.math.lgamma,
            gammainc=tf.math.igamma,
            gammaincc=tf.math.igammac,
            i0e=tf.math.bessel_i0e,
            ndtr=tfp.bijectors.NormalCDF().forward,
            ndtri=tfp.bijectors.NormalCDF().inverse,
            log_ndtr=lambda x: tfp.distributions.Normal(tf.zeros_like(x), tf.ones_like(x)).log_cdf(x),
            expit=tf.math.sigmoid,
            log_expit=tf.math.log_sigmoid,
        ),
    )


def _jax() -> Substrate:
    """Return JAX with 64-bit numbers switched on for the process: estimates need them."""
    try:
        with _quiet():
            import jax
            import jax.scipy.special

            jax.config.update("jax_enable_x64", True)
            _mend(jax)
            from tensorflow_probability.substrates import jax as tfp

            _load(tfp)
    except ImportError as error:
        raise EngineError(
            f"JAX cannot be loaded ({error}). Run `pip install statmodels-tf[jax]`, or use substrate='tensorflow'."
        ) from error
    return Substrate(
        name="jax",
        xp=jax.numpy,
        tfp=tfp,
        array=lambda values: jax.numpy.asarray(_narrow(values)),
        jit=lambda function: _tolerant(jax.jit(function)),
        value_and_grad=jax.value_and_grad,
        seed=lambda pair: jax.numpy.asarray(np.asarray(pair, dtype=np.uint32)),
        special=SimpleNamespace(
            gammaln=jax.scipy.special.gammaln,
            gammainc=jax.scipy.special.gammainc,
            gammaincc=jax.scipy.special.gammaincc,
            i0e=jax.scipy.special.i0e,
            ndtr=jax.scipy.special.ndtr,
            ndtri=jax.scipy.special.ndtri,
            log_ndtr=jax.scipy.special.log_ndtr,
            expit=jax.scipy.special.expit,
            log_expit=jax.nn.log_sigmoid,
        ),
    )


def _tolerant(compiled: Callable) -> Callable:
    """Return a compiled function that hides the deprecations TFP meets while it is traced: no user can mend them."""

    @wraps(compiled)
    def call(*arguments: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return compiled(*arguments)

    return call


def _load(tfp: Any) -> None:
    """Load the parts of TFP that are used: it would load them later, one by one, with the same warnings each time."""
    for part in ("distributions", "bijectors", "mcmc", "math"):
        dir(getattr(tfp, part))


def _mend(jax: Any) -> None:
    """Put back the name that TFP 0.25 reads from JAX and that JAX 0.5 and newer no longer have."""
    import jax.interpreters.xla as xla
    from jax._src import core

    if not hasattr(xla, "pytype_aval_mappings") and hasattr(core, "pytype_aval_mappings"):
        vars(xla)["pytype_aval_mappings"] = core.pytype_aval_mappings


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep from standard error what the libraries log while they load; if loading fails, say it after all.

    Their C++ parts write to file descriptor 2 before any setting of theirs is read, so it points to a file meanwhile.
    What else is written there (by other threads, by the caller's own C code) comes after loading, none of it lost.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with tempfile.TemporaryFile() as sink, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            kept = os.dup(2)
        except OSError:  # no standard error to silence
            yield
            return
        failed = True
        try:
            os.dup2(sink.fileno(), 2)
            yield
            failed = False
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            sink.seek(0)
            written = sink.read()
            _write(written if failed else b"".join(line for line in written.splitlines(True) if not LOGGED.match(line)))


def _write(text: bytes) -> None:
    """Write all of a text to standard error."""
    while text:
        text = text[os.write(2, text) :]
