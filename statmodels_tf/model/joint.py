"""A model as a joint distribution of TensorFlow Probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..substrate import Substrate

if TYPE_CHECKING:
    from .model import Model


def joint(model: Model, on: Substrate) -> Any:
    """Return a `JointDistributionCoroutineAutoBatched` over a model's parameters and its response."""
    data, parameters = model.data_on(on), model.parameters

    def program() -> Any:
        values: dict[str, Any] = {}
        for p in parameters:
            values[p.name] = yield p.prior.distribution(on, p.key)
        eta = model.linear_predictor(values, on.xp, data)
        made = model.family.distribution(eta, model.family_values(values, on.xp, data), data["likelihood"], on)
        yield made.copy(name=model.response_key)

    return on.tfd.JointDistributionCoroutineAutoBatched(program)
