"""Responses of which some are known only to lie on one side of y, or in an interval."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .base import Array, Data, Values
from .law import BY_QUANTILE, Law, LawWithTails, Slopes, Texts, by_quantile
from .tailed import log_between


@dataclass(frozen=True)
class CensoredLaw(Law):
    """A law whose rows say with `censored` what is known: 0 y, -1 at most y, 1 more than y, 2 between y and `until`.

    As in brms a count between y and `until` is above y. New responses are drawn as if they could be seen.
    """

    inner: LawWithTails

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return log f(y), log F(y), log(1 - F(y)) or log(F(until) - F(y)), whichever a row says."""
        y, code = data["y"], data["censored"]
        lower, upper = self.inner.log_tails(y, mu, own, xp)
        density = self.inner.log_density(data, mu, own, xp)
        out = xp.where(code == 0.0, density, xp.where(code < 0.0, lower, upper))
        if "until" in data:
            out = xp.where(code == 2.0, log_between(self.inner, y, data["until"], mu, own, xp), out)
        return out

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return the law's slopes of rows that are seen, and f(y) / F(y) and the like times those of quantiles."""
        law, y, code = self.inner, data["y"], data["censored"]
        seen, left, right, between = (np.flatnonzero(code == each) for each in (0.0, -1.0, 1.0, 2.0))
        find_seen = law.slopes({"y": y[seen]})
        until = data["until"][between] if len(between) else y[between]

        def find(mu: np.ndarray, own: Values) -> Slopes:
            n = len(y)
            mu, own = np.broadcast_to(mu, n), {name: np.broadcast_to(own[name], n) for name in law.own}
            density, location = np.empty(n), np.empty(n)
            slopes = {name: np.empty(n) for name in law.own}

            def put(rows: np.ndarray, value: np.ndarray, by_mu: Any, by_own: dict[str, Any]) -> None:
                density[rows], location[rows] = value, by_mu
                for name, slope in by_own.items():
                    slopes[name][rows] = slope

            def at(rows: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
                return mu[rows], {name: value[rows] for name, value in own.items()}

            if len(seen):
                put(seen, *find_seen(*at(seen)))
            for rows, side, sign in ((left, 0, -1.0), (right, 1, 1.0)):
                if len(rows):
                    value = law.log_tails(y[rows], *at(rows), np)[side]
                    put(rows, value, *moved(law, y[rows], value, sign, *at(rows)))
            if len(between):
                here = at(between)
                value = log_between(law, y[between], until, *here, np)
                first, others = moved(law, y[between], value, 1.0, *here)
                last, more = moved(law, until, value, -1.0, *here)
                put(between, value, first + last, {name: others[name] + more[name] for name in others})
            return Slopes(density, location, slopes)

        return find

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return the probabilities up to the end of what is known of a row, and beyond it."""
        code = data["censored"]
        end = np.where(code == 2.0, data.get("until", data["y"]), data["y"])
        lower, upper = np.exp(self.inner.log_tails(end, mu, own, np))
        return np.where(code == 1.0, 1.0, lower), np.where(code == 1.0, 0.0, upper)

    def jumps(self, data: Data) -> np.ndarray | bool:
        """Return which rows are censored; of counts all are probabilities."""
        return data["censored"] != 0.0 if self.inner.jumps(data) is False else True

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return responses as if they could be seen."""
        return self.inner.draw({}, mu, own, rng)

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return those of responses as if they could be seen."""
        return self.inner.moments({}, mu, own)

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's distribution of what could be seen, its density at y that of what is known of a row."""

        d = self.inner.made({}, mu, own, on)
        return by_quantile(
            on,
            0.0 * (mu + sum(own[name] for name in self.inner.own)),
            lambda u: self.inner.quantile_on(d, u, on),
            d.cdf,
            lambda y: self.log_density({**data, "y": y}, mu, own, on.xp),
        )

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of that distribution."""
        known = f"tf.where({data['censored']} < 0, d.log_cdf(y), d.log_survival_function(y))"
        if "until" in data:
            inside = f"tf.math.log(d.cdf({data['until']}) - d.cdf(y))"
            known = f"tf.where({data['censored']} == 2, {inside}, {known})"
        made = BY_QUANTILE.format(
            quantile=self.inner.quantile_text("d", "u"),
            cdf="d.cdf(y)",
            log_density=f"tf.where({data['censored']} == 0, d.log_prob(y), {known})",
        )
        return f"(lambda d: {made})({self.inner.text({}, mu, own)})"


def moved(
    law: LawWithTails, y: np.ndarray, log_total: np.ndarray, sign: float, mu: np.ndarray, own: Values
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return sign f(y) / total times how fast the quantile y moves, by location and parameters."""
    share = sign * np.exp(law.log_density({"y": y}, mu, own, np) - log_total)
    location, others = law.moves(y, mu, own)
    return share * location, {name: share * slope for name, slope in others.items()}
