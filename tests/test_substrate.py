"""Substrates: one object for each library, loaded when asked for, with an error that says what to install."""

import subprocess
import sys

import numpy as np
import pytest

import statmodels_tf.substrate as module
from statmodels_tf.errors import EngineError
from statmodels_tf.substrate import substrate

NAMES = ["tensorflow", "jax"]


@pytest.mark.parametrize("name", NAMES)
def test_each_is_made_once(name):
    assert substrate(name) is substrate(name)
    assert substrate(substrate(name)) is substrate(name)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_float64_codes_int32_and_scalars_stay_scalars(name):
    on = substrate(name)
    assert np.asarray(on.array([1, 2])).dtype == np.int32
    assert np.asarray(on.array(np.float32(1.5))).dtype == np.float64
    assert tuple(on.array(2.0).shape) == ()


@pytest.mark.parametrize("name", NAMES)
def test_compiled_value_and_gradient(name):
    on = substrate(name)
    function = on.jit(lambda x: on.value_and_grad(lambda q: on.xp.sum(on.xp.exp(q) * q))(x))
    value, gradient = function(on.array([0.0, 1.0]))
    assert float(value) == pytest.approx(np.e, rel=1e-14)
    np.testing.assert_allclose(gradient, [1.0, 2 * np.e], rtol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_is_an_argument_of_a_compiled_function(name):
    on, traced = substrate(name), []

    def program(seed):
        traced.append(1)
        return on.tfd.Normal(on.array(0.0), on.array(1.0)).sample(5, seed=seed)

    compiled = on.jit(program)
    first, second, third = (np.asarray(compiled(on.seed(pair))) for pair in [(1, 2), (1, 3), (1, 2)])
    assert len(traced) == 1
    assert np.array_equal(first, third)
    assert not np.array_equal(first, second)


def test_auto_is_jax_where_it_is_installed(monkeypatch):
    assert substrate("auto").name == "jax"
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert substrate("auto").name == "tensorflow"


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(EngineError, match="Did you mean `tensorflow`"):
        substrate("tensorflw")


@pytest.mark.parametrize(
    ("name", "hidden", "says"),
    [("jax", "jax", r"pip install statmodels-tf\[jax\]"), ("tensorflow", "tensorflow", "pip install tensorflow")],
)
def test_a_library_that_is_not_there_is_an_error_that_says_what_to_install(monkeypatch, name, hidden, says):
    monkeypatch.setattr(module, "_MADE", {})
    monkeypatch.setitem(sys.modules, hidden, None)
    with pytest.raises(EngineError, match=says):
        substrate(name)


def test_loading_writes_nothing_to_standard_error():
    script = "from statmodels_tf.substrate import substrate; substrate('tensorflow'); substrate('jax')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_what_loading_wrote_is_shown_if_it_fails(capfd):
    with pytest.raises(RuntimeError), module._quiet():
        module.os.write(2, b"the reason")
        raise RuntimeError
    assert "the reason" in capfd.readouterr().err


def test_what_others_write_meanwhile_is_not_lost(capfd):
    logged = (
        b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
        b"E0000 00:00:1795184302.681203   14185 cuda_platform.cc:52] failed call to cuInit: INTERNAL\n",
        b"2024-05-01 10:00:00.123456: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.\n",
    )
    with module._quiet():
        for line in logged:
            module.os.write(2, line)
        module.os.write(2, b"a line of another thread\n")
        assert capfd.readouterr().err == ""
    assert capfd.readouterr().err == "a line of another thread\n"


def test_a_log_level_that_the_user_chose_stays(monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    with module._quiet():
        assert module.os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"
