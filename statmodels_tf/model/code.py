"""A model as a Python program that stands alone: data, priors, linear predictor, response, for TFP."""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..parameter import identifiers
from .effects import Effect, Piece

if TYPE_CHECKING:
    from .model import Model
    from .predictor import Predictor

LITERAL_NUMBERS = 4000
"""Up to so many numbers the data stand in the program as lists; beyond it they are packed."""

IMPORTED = ("base64", "io", "np", "tf", "tfd", "tfp")
RESERVED = (*IMPORTED, "X", "f", "data", "eta", "joint", "log_density", "model", "offset")
WIDTH = 112

IMPORTS = """\
{packed}import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

tfd = tfp.distributions
f = np.float64  # TFP takes a bare number for float32
"""

MAIN = '''\
joint = tfd.JointDistributionCoroutineAutoBatched(model)


def log_density(**parameters):
    """Return log p({response}, parameters), the parameters named as in `model`."""
    return joint.log_prob(**parameters, {key}={key})


if __name__ == "__main__":
    draw = joint.sample(seed=1)
    parameters = {{name: value for name, value in draw._asdict().items() if name != "{key}"}}
    for name, value in parameters.items():
        print(f"{{name:>20}}  {{np.array2string(value.numpy(), precision=4, threshold=6)}}")
    print(f"log density of these parameters with the data: {{float(log_density(**parameters)):.6f}}")
'''


class Program:
    """A program being written: the arrays it holds and the names it has used."""

    def __init__(self, taken: list[str]):
        self.arrays: dict[str, np.ndarray] = {}
        self.taken = list(taken)

    def fresh(self, name: str) -> str:
        """Return a variable like `name` that nothing else uses."""
        variable = identifiers([name], self.taken)[0]
        self.taken.append(variable)
        return variable

    def embed(self, name: str, values: np.ndarray) -> str:
        """Hold an array, once however often it is asked for; return its variable."""
        values = _smallest(np.asarray(values))
        for variable, held in self.arrays.items():
            if held.dtype == values.dtype and np.array_equal(held, values):
                return variable
        variable = self.fresh(name)
        self.arrays[variable] = values
        return variable

    def hold(self, variable: str, values: np.ndarray) -> None:
        """Hold an array under exactly this name."""
        self.arrays[variable] = _smallest(np.asarray(values))

    def comment(self, text: str) -> str:
        """Return a comment, whatever the text: all that formulas and data name stands in a program through this."""
        return f"# {plain(text)}"

    @property
    def packed(self) -> bool:
        """Whether the arrays are too many numbers to read."""
        return sum(a.size for a in self.arrays.values()) > LITERAL_NUMBERS

    def lines(self) -> str:
        """Return the lines that define the arrays."""
        return self._packed() if self.packed else "\n".join(_literal(k, v) for k, v in self.arrays.items())

    def _packed(self) -> str:
        file = io.BytesIO()
        arrays: dict[str, Any] = self.arrays
        np.savez_compressed(file, **arrays)
        text = base64.b64encode(file.getvalue()).decode()
        block = "\n".join(text[k : k + WIDTH] for k in range(0, len(text), WIDTH))
        names = "\n".join(f'{name} = data["{name}"]' for name in self.arrays)
        return f'data = np.load(io.BytesIO(base64.b64decode("""\n{block}\n""")))\n{names}'


def source(model: Model) -> str:
    """Return the program of a model: its log density equals `model.log_density` to rounding."""
    keys = {p.name: p.key for p in model.parameters}
    response = model.response_key
    program = Program([*RESERVED, *keys.values(), response])
    observed = dict(model.data["likelihood"])
    program.hold(response, observed.pop("y"))
    others = {name: program.fresh(name) for name in observed}
    for name, variable in others.items():
        program.hold(variable, observed[name])
    own = [p for p in model.parameters if p.name not in {q.name for e in model.effects for q in e.parameters}]
    drawn = Piece((), tuple(f"{p.key} = yield {p.prior.code(p.key)}" for p in own), "")
    written: dict[int, Piece] = {}

    def write(effect: Effect) -> Piece:
        written[id(effect)] = effect.code(keys, program)
        return written[id(effect)]

    pieces = model.around(write, drawn)
    body = [line for piece in pieces for line in piece.lines]
    for predictor in (model.mean, *model.modelled):
        eta = program.fresh(f"eta_{predictor.name}") if predictor.name else "eta"
        body += _sums(predictor, eta, written, f"np.zeros(len({response}))")
        if predictor.name:
            keys[predictor.name] = program.fresh(predictor.name)
            body.append(f"{keys[predictor.name]} = {eta if predictor.link is None else predictor.link.code(eta)}")
    body += [f"yield {model.family.code(response, keys, others)}"]
    setup = [line for piece in pieces for line in piece.setup]
    sections = [
        f'"""{_quoted(str(model.design.formula))}\n\n{_about(model)}\n"""\n',
        IMPORTS.format(packed="import base64\nimport io\n\n" if program.packed else ""),
        "\n".join([program.comment(_rows(model)), program.lines(), *setup]) + "\n\n",
        "def model():\n" + textwrap.indent("\n".join(body), "    ") + "\n\n",
        MAIN.format(response=response, key=response),
    ]
    return "\n".join(sections)


def _sums(predictor: Predictor, eta: str, written: Mapping[int, Piece], nothing: str) -> list[str]:
    """Return the lines that add up the terms of a linear predictor, one outcome after the other."""
    lines, parts = [], []
    for k, branch in enumerate(predictor.branches):
        part = f"{eta}_{k + 1}" if predictor.stacked else eta
        terms = [written[id(effect)].term for effect in branch if written[id(effect)].term]
        lines += [f"{part} = {terms[0] if terms else nothing}", *(f"{part} += {term}" for term in terms[1:])]
        parts.append(part)
    return [*lines, f"{eta} = tf.stack([{', '.join(parts)}], axis=-1)"] if predictor.stacked else lines


def plain(text: str) -> str:
    """Return a text on one line, each character seen: breaks of any kind are a space, what does not print is escaped.

    >>> plain("a\\r\\n b\\x85\\u2028c"), plain("a\\u202eb\\0")
    ('a b c', 'a\\\\u202eb\\\\x00')
    """
    words = " ".join(text.split())
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in words)


def _quoted(text: str) -> str:
    """Return a text in a form that may stand inside a docstring and cannot end it."""
    return plain(text).replace("\\", "\\\\").replace('"""', "'''")


def _about(model: Model) -> str:
    family = model.family
    link = "" if family.link.name == "identity" else f" with the {family.link.name} link"
    text = (
        f"A {family.name} model{link} of {len(model.data['likelihood']['y']):,} rows as a joint distribution of "
        "TensorFlow Probability, written by statmodels_tf. It needs numpy, tensorflow and tensorflow_probability."
    )
    return textwrap.fill(_quoted(text), 100)


def _rows(model: Model) -> str:
    groups = [f"{len(g.levels):,} levels of {g.group}" for g in model.groups]
    return " · ".join([f"Data: {len(model.data['likelihood']['y']):,} rows", *dict.fromkeys(groups)])


def _smallest(values: np.ndarray) -> np.ndarray:
    """Return codes as int32 and numbers as float64: what the program computes with."""
    return values.astype(np.int32 if values.dtype.kind in "iu" else np.float64)


def _literal(name: str, values: np.ndarray) -> str:
    """Return the line or lines that define an array, numbers exact."""
    numbers: list[Any] = values.ravel().tolist()
    shape = f".reshape{values.shape}" if values.ndim > 1 else ""
    if values.dtype.kind == "f" and all(float(v).is_integer() and abs(v) < 2**53 for v in numbers):
        text, kind = ", ".join(str(int(v)) for v in numbers), ", dtype=np.float64"
    else:
        text, kind = ", ".join(map(repr, numbers)), ", dtype=np.int32" if values.dtype.kind == "i" else ""
    line = f"{name} = np.array([{text}]{kind}){shape}"
    if len(line) <= WIDTH:
        return line
    wrapped = textwrap.indent(textwrap.fill(text, WIDTH - 4, break_long_words=False, break_on_hyphens=False), "    ")
    return f"{name} = np.array([\n{wrapped}\n]{kind}){shape}"
