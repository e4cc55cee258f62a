"""The law of a mixture: components of one kind, in the order of their locations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .base import Array, Data, Values
from .law import Law, Slopes, Texts
from .links import Link


@dataclass(frozen=True)
class MixtureLaw(Law):
    """One of `size` components of a law: the first at mu, each next one `gap` further on along the link.

    With eta = g(mu) component k lies at g⁻¹(eta + gap2 + ... + gapk) and has the probability
    sharek (1 - share1) ... (1 - share(k-1)); the last takes what is left. Parameters of components are numbered.
    """

    inner: Law
    link: Link
    size: int

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return the logarithm of the sum of the components' probabilities times densities."""
        total = None
        for log_share, at, parameters in self._parts(mu, own, xp):
            each = log_share + self.inner.log_density(data, at, parameters, xp)
            total = each if total is None else xp.logaddexp(total, each)
        return total

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return the components' slopes, each times the probability that a row is of it."""
        find_inner, link = self.inner.slopes(data), self.link

        def find(mu: np.ndarray, own: Values) -> Slopes:
            parts = self._parts(mu, own, np)
            found = [find_inner(at, parameters) for _, at, parameters in parts]
            logs = [log_share + one.density for (log_share, _, _), one in zip(parts, found, strict=True)]
            density = np.logaddexp.reduce(logs)
            of = [np.exp(each - density) for each in logs]
            along = [
                share * one.location * link.derivative(link.link(at, np), np)
                for share, one, (_, at, _) in zip(of, found, parts, strict=True)
            ]
            out: dict[str, np.ndarray] = {}
            for k, (share, one) in enumerate(zip(of, found, strict=True), 1):
                out |= {f"{name}{k}": share * slope for name, slope in one.own.items()}
                if k > 1:
                    out[f"gap{k}"] = np.add.reduce(along[k - 1 :])
                if k < self.size:
                    taken = own[f"share{k}"]
                    out[f"share{k}"] = share / taken - np.add.reduce(of[k:]) / (1 - taken)
            return Slopes(density, np.add.reduce(along) / link.derivative(link.link(mu, np), np), out)

        return find

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of the components' tails."""
        lower, upper = np.zeros(np.shape(mu)), np.zeros(np.shape(mu))
        for log_share, at, parameters in self._parts(mu, own, np):
            below, above = self.inner.tails(data, at, parameters)
            lower, upper = lower + np.exp(log_share) * below, upper + np.exp(log_share) * above
        return lower, upper

    def jumps(self, data: Data) -> np.ndarray | bool:
        """Return what the components' law says."""
        return self.inner.jumps(data)

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return a draw of one component for each location."""
        u, below, out = rng.uniform(size=np.shape(mu)), 0.0, np.zeros(np.shape(mu))
        for log_share, at, parameters in self._parts(mu, own, np):
            out = np.where(u >= below, self.inner.draw(data, at, parameters, rng), out)
            below = below + np.exp(log_share)
        return out

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of the mixture."""
        mean, square = np.zeros(np.shape(mu)), np.zeros(np.shape(mu))
        for log_share, at, parameters in self._parts(mu, own, np):
            each, variance = self.inner.moments(data, at, parameters)
            mean, square = mean + np.exp(log_share) * each, square + np.exp(log_share) * (variance + each * each)
        return mean, square - mean * mean

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's mixtures."""
        parts = self._parts(mu, own, on.xp)
        logits = on.xp.stack([log_share + 0 * mu for log_share, _, _ in parts], axis=-1)
        components = [self.inner.made(data, at, parameters, on) for _, at, parameters in parts]
        return on.tfd.Mixture(on.tfd.Categorical(logits=logits), components)

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's mixtures."""
        shares, components = [], []
        for k in range(1, self.size + 1):
            before = [f"(1 - {own[f'share{j}']})" for j in range(1, k)]
            last = [own[f"share{k}"]] if k < self.size else []
            shares.append(" * ".join([*before, *last]) + " + 0 * eta")
            at = " + ".join(["eta", *(own[f"gap{j}"] for j in range(2, k + 1))])
            numbered = {name: own[f"{name}{k}"] for name in self.inner.own}
            components.append(self.inner.text(data, self.link.code(f"({at})"), numbered))
        probabilities = f"tf.stack([{', '.join(shares)}], axis=-1)"
        return f"tfd.Mixture(tfd.Categorical(probs={probabilities}), [{', '.join(components)}])"

    def _parts(self, mu: Array, own: Values, xp: Any) -> list[tuple[Array, Array, dict[str, Array]]]:
        """Return the log probability, the location and the parameters of each component."""
        eta, left, out = self.link.link(mu, xp), 0.0, []
        for k in range(1, self.size + 1):
            eta = eta + own[f"gap{k}"] if k > 1 else eta
            log_share = left
            if k < self.size:
                log_share, left = left + xp.log(own[f"share{k}"]), left + xp.log1p(-own[f"share{k}"])
            parameters = {name: own[f"{name}{k}"] for name in self.inner.own}
            out.append((log_share, self.link.inverse(eta, xp) if k > 1 else mu, parameters))
        return out
