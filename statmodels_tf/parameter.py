"""A parameter: one named random variable of a model."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from keyword import kwlist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .priors import Prior


@dataclass(frozen=True)
class Parameter:
    """One named random variable.

    Attributes
    ----------
    name : str
        As tables show it, and the key of its array in `values`: `sigma`, `tau(1 + Days | Subject)`.
    prior : Prior
        Its distribution, with the shape of one draw.
    dims : tuple of str
        A name for each axis of one draw.
    key : str
        An identifier, for TensorFlow scopes and named tuples, which take nothing else.
    """

    name: str
    prior: "Prior"
    dims: tuple[str, ...] = ()
    key: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return self.prior.shape


def identifiers(names: Iterable[str], reserved: Iterable[str] = ()) -> tuple[str, ...]:
    """Return an identifier for each name, all different, none reserved, alike where names are.

    >>> identifiers(["b", "tau(1 + x | g)", "tau(1 * x | g)", "1st"])
    ('b', 'tau_1_x_g', 'tau_1_x_g_2', 'v_1st')
    """
    taken = {*reserved, *kwlist}
    out: list[str] = []
    for name in names:
        key = re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_") or "v"
        key = key if key[0].isalpha() else f"v_{key}"
        count, unique = 1, key
        while unique in taken:
            count += 1
            unique = f"{key}_{count}"
        taken.add(unique)
        out.append(unique)
    return tuple(out)
