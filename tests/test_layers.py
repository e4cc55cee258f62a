"""Imports go one way, from `__main__` down to `errors`; siblings keep apart; nothing heavy is loaded early."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = "statmodels_tf"
ROOT = Path(__file__).parent.parent / PACKAGE

# From the bottom up. A name is a module or a folder directly under the package; those in one row are siblings.
LAYERS = [
    ["errors"],
    ["linalg", "parameter", "priors", "transforms", "substrate", "dataset"],
    ["terms", "families"],
    ["formula"],
    ["design"],
    ["model"],
    ["fits"],
    ["engines"],
    ["api"],
    ["report"],
    ["__init__"],
    ["__main__"],
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}

# The only files that may load these, and only inside a function, so that `import statmodels_tf` stays light.
LAZY = {
    "tensorflow": {"substrate.py"},
    "tensorflow_probability": {"substrate.py"},
    "tf_keras": {"substrate.py"},
    "jax": {"substrate.py"},
    "arviz": {"fits/arviz.py"},
    "arviz_base": {"fits/arviz.py"},
    "xarray": {"fits/arviz.py"},
    "matplotlib": {"fits/plots.py", "report.py"},
}

FILES = sorted(ROOT.rglob("*.py"))


def layer(path):
    """Return the layer a file of the package belongs to."""
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imports(path):
    """Yield (module, names, inside a function) for each import of a file, relative ones made absolute."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    checking = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test).endswith("TYPE_CHECKING")
        for node in ast.walk(block)
    }
    package = [PACKAGE, *path.relative_to(ROOT).parts[:-1]]
    for node in ast.walk(tree):
        if id(node) in checking:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, [], id(node) in inside
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module, [alias.name for alias in node.names], id(node) in inside


def targets(module, names):
    """Return the layers that an import reaches."""
    parts = module.split(".")
    if parts[0] != PACKAGE:
        return set()
    if len(parts) > 1:
        return {parts[1]}
    return {name if name in RANK else "__init__" for name in names} or {"__init__"}


def test_every_file_belongs_to_a_layer():
    assert FILES
    assert {layer(path) for path in FILES} <= set(RANK)


def test_every_layer_is_in_the_documented_tree():
    document = (ROOT.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in {ROOT / path.relative_to(ROOT).parts[0] for path in FILES}:
        assert re.search(rf"^ {{6}}{path.name}{'/' if path.is_dir() else ''}( |$)", document, re.MULTILINE), path.name


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_go_one_way(path):
    here = layer(path)
    for module, names, _ in imports(path):
        for target in targets(module, names):
            assert target in RANK, f"{module} is in no layer"
            assert target == here or RANK[target] < RANK[here], f"{here} may not import {target}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_stand_at_the_top_except_the_heavy_ones(path):
    name = path.relative_to(ROOT).as_posix()
    for module, _, inside in imports(path):
        top = module.split(".")[0]
        if top in LAZY:
            assert name in LAZY[top], f"{name} may not load {top}"
            assert inside, f"{name} must load {top} inside a function"
        else:
            assert not inside, f"{name} imports {module} inside a function"


def test_the_check_sees_an_import_that_goes_up(tmp_path, monkeypatch):
    (tmp_path / "errors.py").write_text("from .api import lmer\nfrom statmodels_tf import fits\nimport numpy\n")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    found = [targets(module, names) for module, names, _ in imports(tmp_path / "errors.py")]
    assert found == [{"api"}, {"fits"}, set()]
