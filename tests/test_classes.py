"""A class is abstract or final, and no method overrides another that has a body."""

import importlib
import inspect
import pkgutil
from functools import cached_property
from types import FunctionType

import statmodels_tf

METHODS = (property, cached_property, classmethod, staticmethod, FunctionType)
MODULES = [m.name for m in pkgutil.walk_packages(statmodels_tf.__path__, "statmodels_tf.") if "__main__" not in m.name]
OURS = {
    each
    for name in MODULES
    for each in vars(importlib.import_module(name)).values()
    if inspect.isclass(each) and each.__module__.startswith("statmodels_tf")
}


def overrides(cls):
    """Yield the names of the methods of a class that stand in the place of one with a body."""
    for name, made in vars(cls).items():
        if name.startswith("__") or not isinstance(made, METHODS):
            continue
        before = next((vars(b)[name] for b in cls.__mro__[1:] if b in OURS and name in vars(b)), None)
        if before is not None and not getattr(before, "__isabstractmethod__", False):
            yield name


def test_no_method_overrides_one_that_has_a_body():
    assert len(OURS) > 100
    assert not {(cls.__name__, name) for cls in OURS for name in overrides(cls)}


def test_a_method_with_a_body_that_is_overridden_is_seen():
    class Above:
        def said(self):
            return 1

    class Below(Above):
        def said(self):
            return 2

    OURS.add(Above)
    assert list(overrides(Below)) == ["said"]
    OURS.remove(Above)
