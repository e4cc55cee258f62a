"""The command line fits, writes what it says, and answers bad input in a sentence."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from statmodels_tf import lmer
from statmodels_tf.__main__ import main, read_table
from statmodels_tf.dataset import datasets, load_dataset
from statmodels_tf.errors import DataError
from statmodels_tf.fits import Call
from statmodels_tf.report import write
from tests.fits.posteriors import posterior_of

FORMULA = "Reaction ~ Days + (1 + Days | Subject)"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder that `fit` fills for sleepstudy, read from a CSV file."""
    folder = tmp_path_factory.mktemp("cli")
    load_dataset("sleepstudy").assign(Subject=lambda d: "s" + d["Subject"].astype(str)).to_csv(
        folder / "sleep.csv", index=False
    )
    assert main(["fit", FORMULA, str(folder / "sleep.csv"), "--out", str(folder / "out")]) == 0
    return folder / "out"


def test_fit_prints_the_summary(tmp_path, capsys):
    assert main(["fit", "Yield ~ 1 + (1 | Batch)", "dyestuff", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "Linear mixed model" in printed
    assert "1527.5" in printed.replace(",", "")
    assert "report.html" in printed


def test_fit_writes_tables(written):
    coefficients = pd.read_csv(written / "coefficients.csv", index_col=0)
    assert list(coefficients.index) == ["Intercept", "Days"]
    assert coefficients.loc["Days", "estimate"] == pytest.approx(10.46729, abs=1e-4)
    assert len(pd.read_csv(written / "ranef_Subject.csv")) == 18
    assert len(pd.read_csv(written / "fitted.csv")) == 180
    assert len(pd.read_csv(written / "varcorr.csv")) >= 3
    assert "Linear mixed model" in (written / "summary.txt").read_text()


def test_fit_writes_plots(written):
    pictures = list(written.glob("*.png"))
    assert len(pictures) >= 3
    assert all(path.read_bytes()[:4] == b"\x89PNG" and path.stat().st_size > 5_000 for path in pictures)


def test_fit_writes_draws_that_arviz_reads(written):
    import arviz as az

    tree = az.from_netcdf(str(written / "posterior.nc"))
    assert "Days" in tree["posterior"].data_vars
    assert (written / "posterior.nc").stat().st_size < 30_000_000


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.sources, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.sources += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_report_stands_alone(written):
    text = (written / "report.html").read_text()
    page = _Links()
    page.feed(text)
    assert page.open == []
    assert page.sources and all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert "prefers-color-scheme: dark" in text
    assert "Reaction ~ Days" in text


def code_of(folder):
    """The code of the report that makes the fit again."""
    return unescape(re.search("<pre>(.*?)</pre>", (folder / "report.html").read_text(), re.DOTALL).group(1))


def test_the_code_of_the_report_makes_the_fit_again(tmp_path, capsys):
    data = load_dataset("sleepstudy").rename(columns={"Days": "my days"}).assign(day=np.arange(180) % 3)
    data["kind"] = np.where(data["day"] > 1, "None", "it's")  # text that pandas would take for missing
    data.to_csv(tmp_path / "sleep.tsv", index=False, sep="\t")
    formula = 'Reaction ~ `my days` + I(kind == "None") + (1 | Subject)'
    assert main(["fit", formula, str(tmp_path / "sleep.tsv"), "--out", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    names = {}
    exec(code_of(tmp_path / "out"), names)
    coefficients = pd.read_csv(tmp_path / "out" / "coefficients.csv", index_col=0)
    np.testing.assert_allclose(names["fit"].coef(), coefficients["estimate"])
    assert (tmp_path / "out" / "effect_my%20days.png").exists()


def test_groups_whose_names_differ_by_a_sign_have_files_of_their_own(tmp_path):
    data = load_dataset("pastes").assign(cask_batch=lambda d: np.arange(len(d)) % 5)
    fit = lmer("strength ~ 1 + (1 | cask:batch) + (1 | cask_batch)", data)
    names = {path.name for path in write(fit, tmp_path)}
    assert {"ranef_cask%3Abatch.csv", "ranef_cask_batch.csv"} <= names
    assert "fit = st.lmer('strength ~ " in code_of(tmp_path) and ", data)" in code_of(tmp_path)


def test_the_report_of_a_posterior_has_all_plots(tmp_path):
    fit = posterior_of("slopes")
    call = Call(lmer, str(fit.formula), None, {"engine": "nuts", "weights": np.ones(3)})
    names = {path.name for path in write(replace(fit, call=call), tmp_path)}
    assert {"coefficients.png", "effect_x.png", "ranef_g.png", "diagnostics.png", "posterior.nc"} <= names
    assert "engine='nuts', weights=...)" in code_of(tmp_path)


@pytest.mark.parametrize(
    ("formula", "data", "family", "draws"),
    [("am ~ wt + factor(cyl)", "mtcars", "binomial", True), ("breaks ~ wool", "warpbreaks", "quasipoisson", False)],
)
def test_a_model_without_groups_has_its_report(formula, data, family, draws, tmp_path, capsys):
    assert main(["fit", formula, data, "--family", family, "--out", str(tmp_path)]) == 0
    assert "residual deviance" in capsys.readouterr().out
    assert (tmp_path / "diagnostics.png").exists() and (tmp_path / "posterior.nc").exists() == draws
    assert not (tmp_path / "varcorr.csv").exists()
    assert "Random effects" not in (tmp_path / "report.html").read_text()


def test_data_sets_are_listed(capsys):
    assert main(["datasets"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in datasets().index)


def test_a_table_is_read_from_csv_tsv_and_parquet_alike(tmp_path):
    data = load_dataset("warpbreaks").astype({"wool": str, "tension": str})
    data.to_csv(tmp_path / "a.csv", index=False)
    data.to_csv(tmp_path / "a.tsv.gz", index=False, sep="\t")
    data.to_parquet(tmp_path / "a.parquet")
    for name in ("a.csv", "a.tsv.gz", "a.parquet"):
        pd.testing.assert_frame_equal(read_table(str(tmp_path / name)), data, check_dtype=False)


def test_only_NA_and_empty_cells_are_missing(tmp_path):
    (tmp_path / "a.csv").write_text("g,x\nNone,1\nNA,\nnan,2\n")
    data = read_table(str(tmp_path / "a.csv"))
    assert data["g"].isna().tolist() == [False, True, False]
    assert data["x"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["y ~ x", "sleepstudi"], ["no file and no data set `sleepstudi`", "Did you mean `sleepstudy`?"]),
        (["y ~ x", "notes.docx"], ["notes.docx", "no file"]),
        (["Reaction ~ Dais + (1|Subject)", "sleepstudy"], ["no column `Dais`", "Did you mean `Days`?", "^^^^"]),
        (["Reaction ~ Days + (1|Subject", "sleepstudy"], ["FormulaError"]),
        (["Reaction ~ Days + (1|Subject)", "sleepstudy", "--family", "gausian"], ["gausian", "gaussian"]),
        (["Reaction ~ Days + (1|Subject)", "sleepstudy", "--engine", "plz"], ["plz", "pls"]),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(arguments, words, capsys, tmp_path):
    assert main(["fit", *arguments, "--out", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert all(word in printed.err for word in words), printed.err
    assert "Traceback" not in printed.err
    assert not (tmp_path / "out").exists()


def test_unreadable_files_are_named(tmp_path):
    (tmp_path / "a.csv").write_text('a,b\n1,2\n3,4,5\n"open\n')
    (tmp_path / "a.parquet").write_text("not parquet")
    (tmp_path / "a.docx").write_text("")
    for name in ("a.csv", "a.parquet", "a.docx"):
        with pytest.raises(DataError, match=name.replace(".", r"\.")):
            read_table(str(tmp_path / name))


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["fit", "Yield ~ 1 + (1 | Batch)", "dyestuff", "--out", str(tmp_path / "file")]) == 2
    assert f"cannot use `{tmp_path / 'file'}`" in capsys.readouterr().err


def test_no_command_shows_the_usage():
    done = subprocess.run([sys.executable, "-m", "statmodels_tf"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage:" in done.stderr and "demo" in done.stderr


@pytest.mark.slow
def test_the_demo_fits_insteval(tmp_path):
    command = [sys.executable, "-m", "statmodels_tf", "demo", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "73,421 rows" in done.stdout and "237,743.6" in done.stdout
    glance = json.loads(pd.read_csv(tmp_path / "glance.csv").to_json(orient="records"))[0]
    assert glance["nobs"] == 73421
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 60_000_000
