r"""The hypotheses L beta = 0 behind the F tests of terms, of type I and type III, as lmerTest makes them.

Type I: X'X = U'DU with U unit upper triangular; the rows of U that belong to a term test it given those before it.

Type III: let X have treatment contrasts and let D have an indicator column for every level of every factor, and for
every cell of an interaction. Each column of D is X times some coefficients; row i of C [columns of D, p] holds them.
The columns of C that belong to a term are made orthogonal to those of the terms that contain it, the highest first,
which averages the term over the levels of what it interacts with. The rows of D's columns that X has too are L, and
L (X^+ X_fit) is the hypothesis in the coding of the fit.

A term contains another if it has all of the other's variables, more besides, and the same numeric ones: `x:a` contains
`x`, `a:b` contains `a`, and `x:a` does not contain `a`.

References
----------
Kuznetsova, Brockhoff & Christensen (2017), lmerTest Package. doi:10.18637/jss.v082.i13
SAS Institute (1978), SAS Technical Report R-101: Tests of Hypotheses in Fixed-Effects Linear Models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...design import Design, restore
from ...terms import INTERCEPT
from ...transforms import Contrast

if TYPE_CHECKING:
    from ..mixed.estimate import MixedEstimate

_TINY = 1e-9


def sequential(fit: MixedEstimate) -> dict[str, np.ndarray]:
    """Return for each term but the intercept the contrasts [r, p] of type I."""
    keep = fit.system.estimable
    R = np.linalg.cholesky(fit.model.design.common.gram()[np.ix_(keep, keep)]).T
    U = R / np.diag(R)[:, None]
    return {label: U[rows] for label, rows in own_columns(fit.model.design).items()}


def marginal(fit: MixedEstimate) -> dict[str, np.ndarray]:
    """Return for each term but the intercept the contrasts [r, p] of type III; for a lone term those of type I.

    In `x + x:a` and `a + a:b` the lower term is averaged over the levels of the other factor, whichever level is the
    reference. lmerTest tests it at the reference level there, because R codes the interaction by full indicators and
    lmerTest then does not see that it contains the lower term.
    """
    design = fit.model.design
    terms = [term for term in design.formula.common if term.variables]
    if len(terms) < 2:
        return sequential(fit)
    own = own_columns(design)
    if all(len(term.variables) == 1 for term in terms):
        # Without interactions every coding of a factor tests the same: that its coefficients are zero.
        return {label: np.eye(fit.rank)[rows] for label, rows in own.items()}
    treated = _treatment(design)
    keep = [j for j in range(len(treated.columns)) if j not in treated.aliased]
    X, names = treated.common.dense()[:, keep], [treated.columns[j] for j in keep]
    cells = [_cells(design, term) for term in design.formula.common]
    columns = [name for part in cells for name in part.columns]
    C = np.linalg.lstsq(X, np.hstack([part.common.dense() for part in cells]), rcond=None)[0].T
    C[np.abs(C) < _TINY] = 0.0
    place = own_columns(treated)
    for term in sorted(terms, key=lambda term: -len(term.variables)):
        above = [j for other in terms if _contains(design, other, term) for j in place[other.label]]
        if above:
            rows = place[term.label]
            C[:, rows] -= C[:, above] @ np.linalg.lstsq(C[:, above], C[:, rows], rcond=None)[0]
    C = C[[columns.index(name) for name in names]]
    coding = np.linalg.lstsq(X, design.common.dense()[:, fit.system.estimable], rcond=None)[0]
    tested = {term.label: C[:, place[term.label]].T for term in terms}
    return {label: L[np.abs(L).sum(axis=1) > _TINY] @ coding for label, L in tested.items()}


def missing_cells(design: Design) -> list[str]:
    """Return the combinations of levels within interactions that no row has, as `a[x]:b[y]`."""
    if not design.aliased:
        return []
    crossed = [
        term
        for term in design.formula.common
        if sum(design.spec.variables[variable.key].coded for variable in term.variables) > 1
    ]
    parts = [_cells(design, term) for term in crossed]
    return [
        name
        for part in parts
        for name, square in zip(part.columns, np.diag(part.common.gram()), strict=True)
        if square == 0
    ]


def own_columns(design: Design) -> dict[str, list[int]]:
    """Return for each term but the intercept the positions of its columns among the estimable ones."""
    position = {j: i for i, j in enumerate(j for j in range(len(design.columns)) if j not in design.aliased)}
    return {
        label: [position[j] for j in range(columns.start, columns.stop) if j in position]
        for label, columns in design.terms
        if label != INTERCEPT
    }


def _contains(design: Design, other: Any, term: Any) -> bool:
    """Return whether `other` contains `term`: more variables, of which the numeric ones are the same."""
    more, less = ({v.key for v in t.variables} for t in (other, term))
    numeric = [{key for key in keys if not design.spec.variables[key].coded} for keys in (more, less)]
    return less < more and numeric[0] == numeric[1]


def _treatment(design: Design) -> Design:
    """Return the common terms of a design with treatment contrasts."""
    return _recoded(design, design.formula.common)


def _cells(design: Design, term: Any) -> Design:
    """Return one term's columns with an indicator of each level of each factor: those of R's `~ 0 + term`."""
    return _recoded(design, [term])


def _recoded(design: Design, terms: Sequence[Any]) -> Design:
    """Return the design of some common terms, coded by treatment contrasts and with the transforms as they were."""
    spec = design.spec
    variables = {
        key: replace(variable, contrast=Contrast("contr.treatment"), _tables={}) if variable.coded else variable
        for key, variable in spec.variables.items()
    }
    text = " + ".join(["1" if not terms[0].variables else "0", *(t.text for t in terms if t.variables)])
    alone = {"groups": (), "group_kinds": (), "specials": (), "offset": None, "weights": None}
    recoded = replace(spec, formula=f"~ {text}", variables=variables, **alone)
    return restore(recoded, design.frame, functions=design.functions)
