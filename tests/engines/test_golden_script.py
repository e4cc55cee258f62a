"""The golden files are what R gives for the calls kept in them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
LMER = [path.stem for path in sorted(GOLDEN.glob("lmer_*.json")) if "insteval" not in path.stem]
NEEDS = {
    "anova_regression.R": (),
    "lm.R": (),
    "glm.R": ("MASS",),
    "bayes.R": ("rstanarm", "rstan", "loo", "posterior"),
    "lmer.R": ("lme4",),
    "emmeans.R": ("emmeans", "lme4", "lmerTest"),
    "anova_lmer.R": ("lme4", "lmerTest", "pbkrtest"),
}

pytestmark = pytest.mark.r


def _compare(script: str, *cases: str, root: Path = ROOT) -> subprocess.CompletedProcess:
    command = ["Rscript", f"tests/golden/{script}", *cases]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("script", "cases"),
    [
        ("anova_regression.R", []),
        ("lm.R", []),
        ("glm.R", []),
        ("bayes.R", ["bayes_cbpp", "bayes_warpbreaks"]),
        pytest.param(
            "bayes.R", ["bayes_kidiq", "bayes_radon", "bayes_sleepstudy", "bayes_wells"], marks=pytest.mark.slow
        ),
        ("lmer.R", LMER),
        ("anova_lmer.R", []),
        ("emmeans.R", []),
    ],
)
def test_the_script_remakes_the_golden_files(script, cases, r_with):
    r_with(*NEEDS[script], "jsonlite")
    done = _compare(script, *cases)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_script_fails_when_a_figure_differs(tmp_path, r_with):
    r_with("lme4", "jsonlite")
    golden = tmp_path / "tests" / "golden"
    golden.mkdir(parents=True)
    (tmp_path / "datasets").symlink_to(ROOT / "datasets")
    for script in ("lmer.R", "remake.R"):
        shutil.copy(GOLDEN / script, golden)
    case = json.loads((GOLDEN / "lmer_dyestuff_reml.json").read_text())
    case["results"]["se"][0] *= 1 + 1e-4
    (golden / "lmer_dyestuff_reml.json").write_text(json.dumps(case))
    done = _compare("lmer.R", "lmer_dyestuff_reml", root=tmp_path)
    assert done.returncode == 1
    assert "se differs by 1.0e-04" in done.stdout
