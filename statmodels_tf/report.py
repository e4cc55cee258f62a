"""What a fit leaves on disk: tables (CSV), plots (PNG), the draws (netCDF) and one HTML page that holds the story."""

import base64
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .fits.mixed.estimate import MixedEstimate
from .fits.posterior.estimate import Posterior
from .fits.regression.estimate import RegressionEstimate as Regression
from .fits.table import column_format

Result = MixedEstimate | Regression | Posterior

# Draws times rows in each of four chains of an approximate posterior: a file of some megabytes, whatever the data.
_CELLS = 500_000
_ENOUGH = 400
# Effect plots in one report: beyond a few, a reader asks for those that matter.
_EFFECTS = 4

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
:root{{--ink:#1f2328;--quiet:#59636e;--paper:#ffffff;--card:#f6f8fa;--line:#d1d9e0;--accent:#0b5cad}}
@media (prefers-color-scheme: dark){{
:root{{--ink:#e6edf3;--quiet:#9198a1;--paper:#0d1117;--card:#161b22;--line:#3d444d;--accent:#6cb0ff}}
}}
body{{margin:0 auto;padding:2.5rem 1.5rem 4rem;max-width:62rem;color:var(--ink);background:var(--paper);
font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}}
h1{{font-size:1.35rem;line-height:1.35;margin:0 0 .3rem}}
h1 code{{font-size:1em}}
h2{{font-size:1.1rem;margin:2.6rem 0 .8rem;padding-top:1.2rem;border-top:1px solid var(--line)}}
h3{{font-size:1rem;margin:1.4rem 0 .3rem}}
p{{margin:.5rem 0;max-width:46rem}}
.quiet{{color:var(--quiet)}}
code,pre{{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}}
pre,.card{{background:var(--card);border-radius:8px;padding:.9rem 1.1rem;overflow-x:auto}}
figure{{margin:1.2rem 0}}
img{{display:block;max-width:100%;height:auto;background:#fff;border-radius:8px}}
@media (prefers-color-scheme: dark){{img{{padding:8px;box-sizing:border-box}}}}
table.plain{{border-collapse:collapse;font-variant-numeric:tabular-nums}}
table.plain th,table.plain td{{padding:.15rem .9rem .15rem 0;text-align:right;border:0}}
table.plain th:first-child,table.plain td:first-child,table.files td{{text-align:left}}
table.plain thead th{{font-weight:500;color:var(--quiet);border-bottom:1px solid var(--line)}}
.beside{{display:flex;flex-wrap:wrap;gap:0 3rem}}
</style>
</head>
<body>
<h1><code>{formula}</code></h1>
<p class="quiet">{about}</p>
{body}
</body>
</html>
"""


def write(fit: Result, folder: Path, data: str = "") -> list[Path]:
    """Write tables, plots, draws and the report of `fit` into `folder`; return the files.

    Parameters
    ----------
    fit : MixedEstimate, RegressionEstimate or Posterior
    folder : Path
        Made where it does not exist; files of the same name are replaced.
    data : str
        What the data are called in the report.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = {**_tables(fit, folder), **_pictures(fit, folder), **_draws(fit, folder)}
    page = folder / "report.html"
    page.write_text(_page(fit, files, data), encoding="utf-8")
    return [*files, page]


def _tables(fit: Result, folder: Path) -> dict[Path, str]:
    """Write the summary and the tables; return each file with what it holds."""
    tables: dict[str, tuple[str, pd.DataFrame]] = {
        "coefficients": ("estimates, standard errors, tests and intervals", fit.coef_table()),
        "glance": ("one row of fit statistics", fit.glance()),
    }
    if not isinstance(fit, Regression):
        tables["varcorr"] = ("variances, standard deviations and correlations of the random effects", fit.varcorr())
    for group, table in _ranef(fit).items():
        tables[f"ranef_{_file_name(group)}"] = (f"the random effects of {group}, with conditional sds", table)
    fitted = pd.DataFrame({"fitted": fit.fitted(), "residual": fit.residuals()})
    tables["fitted"] = ("fitted values and residuals, by row", fitted)
    summary = folder / "summary.txt"
    summary.write_text(f"{fit.summary()}\n", encoding="utf-8")
    files = {summary: "the summary as text"}
    for name, (about, table) in tables.items():
        files[folder / f"{name}.csv"] = about
        table.to_csv(folder / f"{name}.csv", index=not isinstance(table.index, pd.RangeIndex))
    return files


def _pictures(fit: Result, folder: Path) -> dict[Path, str]:
    """Draw and write the plots; return each file with what it shows."""
    import matplotlib.pyplot as plt

    files = {}
    for name, about, axes in _plots(fit):
        figure = np.ravel(np.asarray(axes, dtype=object))[0].figure
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=120, bbox_inches="tight")
        plt.close(figure)
        files[path] = about
    return files


def _plots(fit: Result) -> Iterator[tuple[str, str, Any]]:
    """Yield the name, the caption and the Axes of each plot."""
    common = fit.formula.common
    if any(term.variables for term in common):
        yield "coefficients", "The coefficients with their 95% intervals.", fit.plot_coef()
    columns = dict.fromkeys(name for term in common for variable in term.variables for name in variable.names)
    for name in list(columns)[:_EFFECTS]:
        about = f"The mean over {name}, other columns held, with its 95% interval."
        yield f"effect_{_file_name(name)}", about, fit.plot_effects(name)
    for group in fit.ngrps:
        about = f"The random effects of {group} in order, with 95% intervals."
        yield f"ranef_{_file_name(group)}", about, fit.plot_ranef(group)
    yield "diagnostics", "What the model misses: residuals and quantiles.", fit.plot_diagnostics()


def _draws(fit: Result, folder: Path) -> dict[Path, str]:
    """Write the ArviZ file: a posterior's own draws, or draws of the normal approximation of an estimate."""
    if isinstance(fit, Regression) and (fit.separated or not fit.family.likelihood):
        return {}  # there is no normal approximation, or no density
    path = folder / "posterior.nc"
    if isinstance(fit, Posterior):
        about, tree = "the draws, for ArviZ", fit.to_arviz()
    else:
        draws = 4 * int(np.clip(_CELLS // max(fit.nobs, 1), 20, 250))
        about, tree = f"{draws:,} draws of the normal approximation, for ArviZ", fit.to_arviz(draws=draws)
        if draws < _ENOUGH:
            about += "; too few for r_hat and loo, which `fit.to_arviz(draws=1000)` has enough for"
    tree.to_netcdf(str(path))
    return {path: about}


def _ranef(fit: Result) -> dict[str, pd.DataFrame]:
    """Return the random effects with their conditional sds, by group."""
    return fit.ranef(se=True) if fit.ngrps else {}


def _page(fit: Result, files: dict[Path, str], data: str) -> str:
    """Return the HTML page."""
    formula = str(fit.formula)
    body = [f'<div class="card">{fit._repr_html_()}</div>']
    findings = list(fit.check())
    if findings:
        body += ["<h2>To look at</h2>", *(f"<p>{_prose(sentence)}</p>" for sentence in findings)]
    body.append("<h2>Plots</h2>")
    body += [_figure(path, about) for path, about in files.items() if path.suffix == ".png"]
    for group, table in _ranef(fit).items():
        body += [f"<h2>Random effects of {escape(group)}</h2>", _extremes(table)]
    body += ["<h2>Files</h2>", _file_list(files), f"<pre>{escape(_again(fit, data))}</pre>"]
    about = f"{fit.nobs:,} rows" + (f" of {escape(data)}" if data else "")
    return _PAGE.format(title=escape(formula), formula=escape(formula), about=about, body="\n".join(body))


def _figure(path: Path, about: str) -> str:
    picture = base64.b64encode(path.read_bytes()).decode()
    return f'<figure><img alt="{escape(about, quote=True)}" src="data:image/png;base64,{picture}"></figure>'


def _prose(text: str) -> str:
    """Return a sentence as HTML, its names in backticks set as code.

    >>> _prose("use `REML=False` where a < b")
    'use <code>REML=False</code> where a &lt; b'
    """
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(text))


def _extremes(table: pd.DataFrame, count: int = 8) -> str:
    """Return the levels with the smallest and the largest first effect, or all of a short table."""
    ordered = table.sort_values(table.columns[0])
    if len(table) <= 3 * count:
        return _html(ordered.iloc[::-1])
    lowest, highest = ordered.head(count), ordered.iloc[::-1].head(count)
    parts = [
        f"<div><h3>Highest of {len(table):,}</h3>{_html(highest)}</div>",
        f"<div><h3>Lowest</h3>{_html(lowest)}</div>",
    ]
    return f'<div class="beside">{"".join(parts)}</div>'


def _html(table: pd.DataFrame) -> str:
    """Return the table as HTML, each column with three significant digits of its middle value."""
    shown = table.apply(lambda column: pd.Series(column_format([column.abs().median()])(column), column.index))
    return shown.to_html(classes="plain", border=0, index_names=False)


def _file_list(files: dict[Path, str]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(path.name)}</code></td><td>{escape(about)}</td></tr>" for path, about in files.items()
    )
    return f'<table class="plain files">{rows}</table>'


def _again(fit: Result, data: str) -> str:
    """Return the Python that makes this fit again."""
    lines, source = ["import statmodels_tf as st", ""], "data"
    if data and Path(data).exists():
        lines.insert(0, "import pandas as pd")
        # As the command line reads it: only NA and empty cells are missing.
        separator = ', sep="\\t"' if ".tsv" in Path(data).name else ""
        text = f'read_csv({data!r}{separator}, na_values=["NA", ""], keep_default_na=False)'
        source = f"pd.read_parquet({data!r})" if data.endswith(".parquet") else f"pd.{text}"
    elif data:
        source = f"st.load_dataset({data!r})"
    call = fit.recorded_call("the report")
    options = "".join(
        f", {name}={value!r}" if isinstance(value, str | bool | int | float | dict) else f", {name}=..."
        for name, value in call.options.items()
    )
    lines += [f"fit = st.{call.name}({str(fit.formula)!r}, {source}{options})", "print(fit.summary())"]
    return "\n".join(lines)


def _file_name(text: str) -> str:
    """Return `text` with what a file name cannot hold as `%` and its code: different texts have different names.

    >>> _file_name("cask:batch"), _file_name("cask_batch")
    ('cask%3Abatch', 'cask_batch')
    """
    return re.sub(r"[^\w.-]", lambda found: f"%{ord(found.group()):02X}", text)
