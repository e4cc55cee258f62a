"""What the mean of a response is the mean of, in words: the probability of a level, a share, an expected count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Success:
    """The levels of a response that count as success and as failure.

    >>> Success("Admit", ("Admitted", "Rejected")).said, Success("Admit", ("Admitted", "Rejected")).probability
    ('outcome Admit: Rejected against Admitted', 'P(Admit = Rejected)')
    >>> Success("kind", ("a", "b", "c")).said, Success("kind", ("a", "b", "c")).probability
    ('outcome kind: b, c against a', 'P(kind ≠ a)')
    """

    name: str
    levels: tuple[str, ...]

    @property
    def said(self) -> str:
        """The line of a summary."""
        return f"outcome {self.name}: {', '.join(self.levels[1:])} against {self.levels[0]}"

    @property
    def probability(self) -> str:
        """The name of the mean."""
        lone = len(self.levels) == 2
        return f"P({self.name} = {self.levels[1]})" if lone else f"P({self.name} ≠ {self.levels[0]})"


def success_of(fit: Any) -> Success | None:
    """Return which levels of a response are successes; None where it has no levels, or is true or false."""
    response = fit.model.design.response
    levels = response.levels
    if levels is None or levels == ("False", "True") or not getattr(fit.family, "shares", False) or len(levels) < 2:
        return None
    return Success(response.name, tuple(map(str, levels)))


def mean_name(fit: Any, label: str | None = None) -> str:
    """Return what a fitted mean is called: a probability, a share, or the expected response.

    Parameters
    ----------
    label : str, optional
        The response as it is to be written, with its unit.
    """
    response = fit.model.design.response
    label = response.name if label is None else label
    if not getattr(fit.family, "shares", False):
        return label if fit.family.link.name == "identity" else f"expected {label}"
    success = success_of(fit)
    if success is not None:
        return success.probability
    single = response.trials is None and bool(((response.values == 0) | (response.values == 1)).all())
    if single:
        return f"P({label})" if response.levels is not None else f"P({label} = 1)"
    return f"share {label}" if response.trials is None else f"share of successes, {label}"


def lumped(family: Any, response: Any) -> str | None:
    """Return the warning of a response with more than two levels whose shares are modelled, or None."""
    if not getattr(family, "shares", False) or response.levels is None or len(response.levels) < 3:
        return None
    first, *others = map(str, response.levels)
    some = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    return (
        f"the response `{response.name}` has {len(response.levels)} levels: {some} count as success, {first} as "
        f"failure. Write the condition that is meant, such as `{response.name} == {others[-1]!r}`, or model them all: "
        'family="categorical" or "cumulative".'
    )
