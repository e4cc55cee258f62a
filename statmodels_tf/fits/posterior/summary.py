"""The summary of a posterior."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model import THRESHOLD
from ..summary import data_lines
from ..table import Heading, Summary, Table, column_format, fixed
from .tables import shown_names, table

if TYPE_CHECKING:
    import pandas as pd

    from .estimate import Posterior


def posterior_summary(fit: Posterior, level: float) -> Summary:
    """Return the summary of a posterior; see `Posterior.summary`."""
    columns = list(fit.coefficient_names)
    special = [name for effect in fit.model.specials for name in shown_names(fit, effect) if name in fit.names]
    more = [("Special terms", special), *_own_parts(fit)]
    apart = {*columns, *(name for _, names in more for name in names)}
    family = {name for name in fit.model.family_parameters if name != fit.model.family.scale}
    rest = [name for name in fit.names if name not in apart]
    more.append(("Standard deviations", [name for name in rest if name not in family]))
    more.append(("Family parameters", [name for name in rest if name in family]))
    common = table(fit, columns, level, "eti")
    others = tuple(_table(head, table(fit, names, level, "eti"), level) for head, names in more if names)
    priors = " · ".join(f"{name} {text}" for name, text in fit.model.prior_texts().items())
    return Summary(
        title=f"{fit.model.title}, posterior",
        formula=str(fit.formula),
        lines=(*data_lines(fit), sampler_line(fit)),
        tables=(_table("Fixed effects", common, level), *others),
        footers=(f"Priors: {priors}",),
        notes=posterior_problems(fit),
        table=common,
    )


def _own_parts(fit: Posterior) -> list[tuple[str, list[str]]]:
    """Return the thresholds, and the coefficients of each of the family's own parameters that has a formula."""
    parts = [("Thresholds", [name for name, place in fit.model.places().items() if place.variable == THRESHOLD])]
    for predictor in fit.model.modelled:
        link = "" if predictor.link is None or predictor.link.name == "identity" else f" ({predictor.link.name})"
        names = [name for effect in predictor.effects if not effect.varies for name in shown_names(fit, effect)]
        parts.append((predictor.name + link, [name for name in names if name in fit.names]))
    return parts


def posterior_problems(fit: Posterior, sampling: bool = True) -> tuple[str, ...]:
    """Return what the reader must know: the sample cannot be trusted, columns are aliased.

    `sampling` asks for the engine's own words also where the sample can be trusted.
    """
    design, out = fit.model.design, []
    said = str(fit.diagnostics.get("message", ""))
    if said and (sampling or not fit.converged):
        out.append(f"{'Sampling' if fit.converged else 'Not converged'}: {said}.")
    names = [design.columns[j] for j in design.aliased]
    if names:
        listed = ", ".join(f"`{name}`" for name in names[:6]) + (f" and {len(names) - 6} more" if names[6:] else "")
        verb = "is a combination" if len(names) == 1 else "are combinations"
        out.append(f"Aliased: {listed} {verb} of earlier columns, so not estimated. Leave out what is redundant.")
    return tuple(out)


def sampler_line(fit: Posterior) -> str:
    """Return the line that says which sampler, how many draws, whether any diverged, and how long it took."""
    about = fit.diagnostics
    chains, count = next(iter(fit.shown.values())).shape[:2]
    if "approximate" in about:
        settled = "converged" if fit.converged else "NOT CONVERGED"
        what = f"{about.get('engine', 'engine')}, APPROXIMATE: {about['approximate']}"
        parts = (settled, f"{chains * count:,} draws", f"Pareto k {about['pareto_k']:.2f}", f"{about['seconds']:.1f} s")
        return " · ".join((what, *parts))
    if about.get("method") == "importance":
        drawn = (
            f"{chains} chains of {count:,} draws at {about['points']:,} values of {_counted(about['hyperparameters'])}"
        )
        settled = "converged" if fit.converged else "NOT CONVERGED"
        parts = [settled, drawn, f"Pareto k {about['pareto_k']:.2f}", f"{about['seconds']:.1f} s"]
        return f"{about['engine']}: {' · '.join(parts)}"
    diverged = about.get("divergences", 0)
    parts = [
        "converged" if fit.converged else "NOT CONVERGED",
        f"{chains} chains of {count:,} draws after {about.get('warmup', 0):,}",
        f"{diverged:,} divergence{'' if diverged == 1 else 's'}",
        f"{about.get('seconds', 0.0):.1f} s, {about.get('compile_seconds', 0.0):.1f} s of it compiling",
    ]
    return f"{about.get('engine', 'engine')} on {about.get('substrate', 'the host')}: {' · '.join(parts)}"


def _counted(hyperparameters: int) -> str:
    return f"{hyperparameters} hyperparameter{'' if hyperparameters == 1 else 's'}"


def _table(name: str, figures: pd.DataFrame, level: float) -> Table:
    """Return a table as text; figures are shown to three digits of the smallest standard deviation."""
    show = column_format(figures["sd"])
    columns = [
        list(figures.index),
        *(show(figures[column].tolist()) for column in ("mean", "sd", "lower", "upper")),
        ["" if v != v else f"{v:,.0f}" for v in figures["ess"]],
        fixed(figures["r_hat"].tolist(), 3),
    ]
    tails = [f"{100 * (1 - level) / 2:g}%", f"{100 * (1 + level) / 2:g}%"]
    headings = [Heading(name), *map(Heading, ("mean", "sd", *tails, "ess", "r_hat"))]
    return Table(tuple(headings), tuple(zip(*columns, strict=True)))
