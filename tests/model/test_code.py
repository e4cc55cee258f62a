"""The program of a model runs by itself and has the model's log density."""

import json
import runpy
import subprocess
import sys

import numpy as np
import pytest

from statmodels_tf.design import build
from statmodels_tf.errors import DataError, FormulaError
from statmodels_tf.model import build_model
from statmodels_tf.model.code import Program
from tests.model.cases import CASES, draw, model_of, toy

RUN = """
import json, runpy, sys
import numpy as np
out = {}
for name in sys.argv[1:]:
    program = runpy.run_path(name + ".py")
    given = np.load(name + ".npz")
    out[name] = float(program["log_density"](**{k: given[k] for k in given.files}))
assert not any(m.startswith("statmodels_tf") for m in sys.modules)
print(json.dumps(out))
"""


def run(folder, models):
    """Return the log density that each model's program finds in a fresh interpreter, and what it should be."""
    expected = {}
    for k, (name, model) in enumerate(models.items()):
        values = draw(model, k)
        expected[name] = float(model.log_density(values))
        (folder / f"{name}.py").write_text(model.code(), encoding="utf-8")
        np.savez(folder / f"{name}.npz", **{p.key: values[p.name] for p in model.parameters})
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN, *models], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout), expected


def test_programs_have_the_models_log_density(tmp_path):
    models = {name: model_of(name) for name in CASES}
    models["packed"] = build_model(build("y ~ x * arm + (x | g)", toy(2000)))
    models["link"] = build_model(build("y ~ x + (1 | g)", toy().assign(y=lambda d: d["y"] ** 2 + 1)), link="log")
    odd = toy().rename(columns={"x": "eta", "g": "np", "y": "model"})
    models["odd_names"] = build_model(build("I(model^2) ~ eta + (eta | np)", odd))
    found, expected = run(tmp_path, models)
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-10)


# A program loads TFP itself, whose import warns of what it uses.
@pytest.mark.filterwarnings("ignore")
def test_a_program_prints_a_draw_from_the_prior(tmp_path, capsys):
    (tmp_path / "program.py").write_text(model_of("slopes").code(), encoding="utf-8")
    runpy.run_path(str(tmp_path / "program.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert "sigma" in printed
    assert "log density of these parameters with the data: -" in printed


def test_a_program_reads_like_one():
    text = model_of("slopes").code()
    assert text.startswith('"""y ~ x + (x | g)\n')
    for line in (
        "y = np.array([",
        "X = np.column_stack([x]).astype(np.float64)",
        "    # (x | g): 5 levels of g; effects Intercept, x",
        "    sd_g = sigma * tau_x_g * tf.sqrt(2.0 * pi_x_g)",
        "    eta += tf.gather(b_g[:, 0], g) + tf.gather(b_g[:, 1], g) * x",
        '    yield tfd.Independent(tfd.Normal(eta, sigma), 1, name="y")',
    ):
        assert line in text
    assert text.count(" = np.array([") == 3  # y, x and g: x stands in the program once
    assert "base64" not in text
    assert max(map(len, text.splitlines())) <= 120


def test_long_data_are_packed():
    text = build_model(build("y ~ x + (1 | g)", toy(3000))).code()
    assert "np.load(io.BytesIO(base64.b64decode(" in text
    assert "np.array([" not in text


def test_text_in_a_formula_cannot_leave_the_docstring():
    data = toy().rename(columns={"x": 'a"""b'})
    text = build_model(build('y ~ `a"""b` + (1 | g)', data)).code()
    compile(text, "program.py", "exec")
    assert text.count('"""') == 4


BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0", '"""\n', "'''\n", "\\\n"]
ACT = "__import__('pathlib').Path('acted').touch()"


def hostile(where, breaks):
    """Return a model in which text that would act stands as a level, a column, a response or a group."""
    act = f"a{breaks}{ACT}  #"
    data = toy()
    if where == "level":
        return build_model(build("y ~ x + (arm | g)", data.assign(arm=np.where(data["arm"] == "a", "z", act))))
    if where == "group level":
        return build_model(build("y ~ x + (1 | g)", data.assign(g=np.where(data["g"] == "g1", act, data["g"]))))
    if where == "dot":
        return build_model(build("y ~ .", data[["y", "x", "g"]].rename(columns={"x": act})))
    names = {"column": "x", "response": "y", "group": "g"}
    data = data.rename(columns={names[where]: act})
    written = {name: f"`{act}`" if name == names[where] else name for name in names.values()}
    return build_model(build("{y} ~ {x} + ({x} | {g})".format(**written), data))


def test_text_of_the_data_cannot_act_in_a_program(tmp_path):
    models = {}
    for where in ("level", "group level", "dot", "column", "response", "group"):
        for k, breaks in enumerate(BREAKS):
            try:
                models[f"{where.replace(' ', '_')}{k}"] = hostile(where, breaks)
            except (FormulaError, DataError):  # what no formula can say needs no program
                assert where not in ("level", "group level")
    assert {name.rstrip("0123456789") for name in models} >= {"level", "group_level", "column", "response", "group"}
    found, expected = run(tmp_path, models)
    assert found == pytest.approx(expected, rel=1e-10)
    assert not (tmp_path / "acted").exists()


def test_the_payload_of_that_test_does_act(tmp_path):
    subprocess.run([sys.executable, "-I", "-c", f"# a\n{ACT}  #"], cwd=tmp_path, check=True)
    assert (tmp_path / "acted").exists()


def test_comments_are_one_line_that_hides_nothing():
    for breaks in BREAKS:
        comment = Program([]).comment(f"a{breaks}b")
        assert comment.startswith("# a")
        assert comment.isprintable()
        assert len(comment.splitlines()) == 1
    assert "\u202e" not in Program([]).comment("left\u202etfel")
