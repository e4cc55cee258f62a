"""Summaries: the lines and tables that fits of every kind share, and the summary of a linear mixed model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .mixed.check import problems
from .table import Heading, Summary, Table, column_format, fixed, grouped, p_value, plural

if TYPE_CHECKING:
    from ..design import Design
    from .base import Fit
    from .mixed.estimate import MixedEstimate

# Names of grouping factors that read well as a plural; "30 subjs" and "12 childs" do not.
_NOUNS = {
    "animal", "area", "batch", "block", "box", "cask", "centre", "center", "chick", "city", "class", "classroom",
    "clinic", "cluster", "company", "consumer", "country", "county", "department", "district", "dog", "doctor",
    "donor", "family", "farm", "field", "firm", "hospital", "household", "instructor", "item", "judge", "language",
    "litter", "location", "operator", "page", "participant", "patient", "person", "plant", "player", "plot",
    "plate", "pond", "province", "rater", "region", "respondent", "river", "sample", "school", "site", "speaker",
    "state", "station", "student", "subject", "teacher", "team", "tract", "tree", "trial", "village", "visit",
    "ward", "week", "word", "worker", "year",
}  # fmt: skip


def mixed_summary(fit: MixedEstimate, level: float, df: str) -> Summary:
    """Return the summary of a mixed model; see `MixedEstimate.summary`."""
    table = fit.coef_table(level, df)
    criterion = "REML criterion" if fit.REML else "deviance"
    statistics = [(criterion, fit.criterion), ("log-likelihood", fit.loglik), ("AIC", fit.aic), ("BIC", fit.bic)]
    return Summary(
        title=f"Linear mixed model, {'REML' if fit.REML else 'maximum likelihood'}",
        formula=str(fit.formula),
        lines=(*data_lines(fit), engine_line(fit.diagnostics)),
        tables=(coefficient_table(table, level, "Fixed effects"), random_table(fit)),
        footers=(" · ".join(f"{name} {grouped(value)}" for name, value in statistics),),
        notes=problems(fit),
        table=table,
    )


def data_lines(fit: Fit) -> tuple[str, ...]:
    """Return the lines that say which data: rows, levels, reference levels, dropped rows, weights."""
    design = fit.model.design
    parts = [plural(design.nobs, "row"), *(group_count(count, group) for group, count in fit.ngrps.items())]
    if design.source is not None:
        parts[0] = design.source.said
    if fit.nobs != design.nobs:
        parts.insert(1, f"{grouped(fit.nobs, 0)} observations by their weights")
    parts += reference_levels(design)
    lines = [" · ".join(parts)]
    extra = []
    if design.source is None and len(design.rows) > design.nobs:
        extra.append(f"{plural(len(design.rows) - design.nobs, 'row')} of weight 0 not counted")
    if design.dropped:
        extra.append(dropped_rows(design))
    options = fit.call.options if fit.call is not None else {}
    for name in ("weights", "offset", "subset"):
        if isinstance(options.get(name), str):
            extra.append(f"{name} {options[name]}")
        elif options.get(name) is not None:
            extra.append(f"{name} given")
    if extra:
        lines.append(" · ".join(extra))
    return tuple(lines)


def dropped_rows(design: Design) -> str:
    """Return how many rows were dropped, and which columns or expressions have no value in them."""
    missing = ", ".join(f"{name} {grouped(count, 0)}" for name, count in design.missing_by.items())
    undefined = ", ".join(f"`{label}`" for label in design.undefined_by)
    shown = plural(design.dropped, "row")
    if not undefined:
        return f"{shown} with missing values dropped" + (f" ({missing})" if missing else "")
    counts = ", ".join(f"`{label}` {grouped(count, 0)}" for label, count in design.undefined_by.items())
    if missing:
        return f"{shown} dropped (missing: {missing}; without a value: {counts})"
    return f"{shown} dropped: {undefined if len(design.undefined_by) == 1 else counts} has no value there"


def reference_levels(design: Design) -> list[str]:
    """Return the parts of the header that say what coefficients of factors compare with: levels, or contrasts."""
    names = {name: str(design.contrasts.get(name, "")) for name in design.levels}
    treated = [
        f"{name} {design.levels[name][0]}"
        for name, coding in names.items()
        if coding == "contr.treatment" and f"{name}[{design.levels[name][0]}]" not in design.columns
    ]
    coded = [
        f"{name} {coding}"
        for name, coding in names.items()
        if coding not in ("", "contr.treatment") and coding not in name
    ]
    return [
        f"{said}: {', '.join(listed)}"
        for said, listed in (("reference levels", treated), ("contrasts", coded))
        if listed
    ]


def engine_line(diagnostics: Mapping[str, Any]) -> str:
    """Return the line that says which engine, whether it converged, and how long it took.

    Least squares is solved, so its passes say nothing.
    """
    state = "converged" if diagnostics.get("converged", True) else "NOT CONVERGED"
    seconds = diagnostics.get("seconds")
    parts = [state]
    for what in ("evaluations", "iterations") if diagnostics.get("engine") != "qr" else ():
        if diagnostics.get(what) is not None:
            parts.append(plural(int(diagnostics[what]), what[:-1]))
            break
    if seconds is not None:
        parts.append(f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.1f} ms")
    return f"{diagnostics.get('engine', 'engine')}: {', '.join(parts)}"


def coefficient_table(table: pd.DataFrame, level: float, heading: str, statistic: str = "t") -> Table:
    """Return the coefficients as text, an aliased one as NA; to three digits of the smallest standard error."""
    show = column_format(table["se"])
    columns = [
        list(table.index),
        *(show(table[name]) for name in ("estimate", "se")),
        fixed(table["statistic"], 2),
        ["" if not np.isfinite(v) else f"{v:.1f}" for v in table["df"]],
        [p_value(v) for v in table["p"]],
        *(show(table[name]) for name in ("lower", "upper")),
    ]
    names = ["estimate", "se", statistic, "df", "p"]
    if not np.any(np.isfinite(table["df"])):
        del columns[4], names[3]
    headings = (Heading(heading), *map(Heading, names), Heading(f"{100 * level:g}% interval", span=2))
    aliased = table["estimate"].isna()
    rows = (("NA" if out and j else cell for j, cell in enumerate(row))
            for row, out in zip(zip(*columns, strict=True), aliased, strict=True))  # fmt: skip
    return Table(headings, tuple(map(tuple, rows)))


def random_table(fit: MixedEstimate) -> Table:
    """Return standard deviations, variances and correlations as text, the residual last."""
    blocks = fit.model.design.groups
    width = max(len(block.effects) for block in blocks) - 1
    sds, variances, names, correlations = [], [], [], []
    for k in fit.order:
        covariance = fit.group_covariance(k)
        sd = np.sqrt(np.diag(covariance))
        scale = np.where(sd > 0, sd, np.nan)
        correlation = covariance / np.outer(scale, scale)
        for i, effect in enumerate(blocks[k].effects):
            names.append((blocks[k].group if i == 0 else "", effect))
            sds.append(sd[i])
            variances.append(sd[i] ** 2)
            correlations.append([*fixed(correlation[i, :i], 2), *[""] * (width - i)])
    names.append(("residual", ""))
    sds.append(fit.sigma)
    variances.append(fit.sigma**2)
    correlations.append([""] * width)
    show_sd, show_variance = column_format(sds, 4)(sds), column_format(variances, 4)(variances)
    rows = tuple(
        (*name, sd, variance, *correlation)
        for name, sd, variance, correlation in zip(names, show_sd, show_variance, correlations, strict=True)
    )
    headings = (Heading("Random effects"), Heading("effect", left=True), Heading("sd"), Heading("variance"))
    return Table(headings + ((Heading("correlation", span=width),) if width else ()), rows)


def group_count(count: int, group: str) -> str:
    """Return a count with the plural of a grouping factor's name where that is a known noun, else of its levels.

    >>> group_count(2972, "student"), group_count(85, "County"), group_count(30, "cask:batch"), group_count(9, "subj")
    ('2,972 students', '85 Counties', '30 levels of cask:batch', '9 levels of subj')
    """
    if group.lower() not in _NOUNS:
        return f"{plural(count, 'level')} of {group}"
    if count == 1:
        return f"1 {group}"
    if group.endswith("y"):
        return f"{count:,} {group[:-1]}ies"
    return f"{count:,} {group}{'es' if group.endswith(('s', 'x', 'ch', 'sh')) else 's'}"
