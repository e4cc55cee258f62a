"""Imports go one way, from `__main__` down to `errors`; siblings keep apart; nothing heavy is loaded early."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PACKAGE = "statmodels_tf"
ROOT = Path(__file__).parent.parent / PACKAGE

# From the bottom up. A name is a module or a folder directly under the package; those in one row are siblings.
LAYERS = [
    ["errors"],
    ["linalg", "parameter", "priors", "transforms", "substrate", "dataset", "elsewhere"],
    ["terms", "families"],
    ["formula"],
    ["design"],
    ["sources"],
    ["model"],
    ["fits"],
    ["engines"],
    ["api"],
    ["saved", "report"],
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
    "pyarrow": {"sources/files.py"},
    "dask": {"sources/runner.py"},
    "nutpie": {"engines/sampling/chain.py"},
    "zarr": {"engines/sampling/store.py"},
    "matplotlib": {"fits/plots/style.py", "report.py"},
}

FILES = sorted(ROOT.rglob("*.py"))


def layer(path):
    """Return the layer a file of the package belongs to."""
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


# What loads a module by a name that this file cannot read, and the only files that may.
LOADERS = {"importlib": {"__init__.py", "substrate.py"}, "__import__": set(), "runpy": set(), "pkgutil": set()}


@cache
def parsed(path, changed):
    """Return the text of a file and its tree, read once for each time it was changed."""
    text = path.read_text(encoding="utf-8")
    return text, ast.parse(text)


def tree_of(path):
    """Return the tree of a file."""
    return parsed(path, path.stat().st_mtime_ns)[1]


def imports(path):
    """Yield (module, names, inside a function) for each import of a file, relative ones made absolute.

    Only what stands under `if TYPE_CHECKING:` itself, the bare name, is left out: what is under its `else:` is run.
    """
    tree = tree_of(path)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    checking = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
        for statement in block.body
        for node in ast.walk(statement)
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


def loaders(path):
    """Return the ways to load a module by name that a file uses where it may not."""
    name = path.relative_to(ROOT).as_posix()
    used = {module.split(".")[0] for module, _, _ in imports(path) if module != "importlib.metadata"}
    tree = tree_of(path)
    used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {loader for loader, allowed in LOADERS.items() if loader in used | texts and name not in allowed}


def upward(path):
    """Return the layers that a file imports from and may not."""
    here = layer(path)
    reached = {target for module, names, _ in imports(path) for target in targets(module, names)}
    return {t for t in reached if t != here and not (t in RANK and RANK[t] < RANK[here])}


def heavy(path):
    """Return the heavy modules that a file loads where it may not, or at its top."""
    name = path.relative_to(ROOT).as_posix()
    tops = [(module.split(".")[0], inside) for module, _, inside in imports(path)]
    return {top for top, inside in tops if top in LAZY and not (inside and name in LAZY[top])}


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


UNWANTED = {"utils.py", "misc.py"}
"""Named by the conventions as what no file is called."""


def test_the_documents_name_only_files_that_exist():
    """Names are looked for anywhere in the repository; a folder before them must be there too."""
    known = {path.relative_to(ROOT.parent).as_posix() for folder in (PACKAGE, "tests", "benchmarks", "vignettes")
             for path in (ROOT.parent / folder).rglob("*.py")}  # fmt: skip
    for name in ("ARCHITECTURE.md", "CONVENTIONS.md"):
        text = (ROOT.parent / name).read_text(encoding="utf-8")
        elsewhere = r"(?:equinox|optimistix|formulaic|scikit-learn|tabmat|xarray)\b[^.;]*?`[^`]*`(?:, `[^`]*`)*"
        for found in re.findall(r"(?<![\w*/.])((?:\w+/)*\w+\.py)\b", re.sub(elsewhere, "", text)):
            if found in UNWANTED:
                continue
            assert any(f"/{path}".endswith(f"/{found}") for path in known), (name, found)


def test_every_layer_is_in_the_documented_tree():
    document = (ROOT.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in {ROOT / path.relative_to(ROOT).parts[0] for path in FILES}:
        assert re.search(rf"^ {{6}}{path.name}{'/' if path.is_dir() else ''}( |$)", document, re.MULTILINE), path.name


BY_PATH = pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())


@BY_PATH
def test_imports_go_one_way(path):
    assert not upward(path)


@BY_PATH
def test_imports_stand_at_the_top_except_the_heavy_ones(path):
    assert not heavy(path)
    assert not [m for m, _, inside in imports(path) if inside and m.split(".")[0] not in LAZY]


@BY_PATH
def test_imports_within_the_package_are_relative(path):
    assert not [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom) and absolute(node)]


def absolute(node):
    """Return whether an import names the package."""
    return not node.level and (node.module or "").split(".")[0] == PACKAGE


@BY_PATH
def test_modules_are_loaded_by_import_statements(path):
    assert not loaders(path)


def test_public_names_are_found_by_name_in_one_place_only():
    """`__init__.py` loads what it lists and `substrate.py` only looks whether something is installed."""
    used = re.findall(r"importlib[.\w]* import .*|importlib[.\w]+", (ROOT / "substrate.py").read_text(encoding="utf-8"))
    assert used == ["importlib.util import find_spec"]


CHECKING = "from typing import TYPE_CHECKING\n"
CHEATS = {
    "upwards": "from .api import lmer\n",
    "by the package": "from statmodels_tf import fits\n",
    "the package itself": "import statmodels_tf\nlmer = statmodels_tf.lmer\n",
    "all of it": "from . import *\n",
    "not checking": CHECKING + "if not TYPE_CHECKING:\n    from .api import lmer\n",
    "or checking": CHECKING + "if True or TYPE_CHECKING:\n    from .api import lmer\n",
    "else of checking": CHECKING + "if TYPE_CHECKING:\n    pass\nelse:\n    from .api import lmer\n",
    "elif of checking": CHECKING + "if TYPE_CHECKING:\n    pass\nelif True:\n    from .api import lmer\n",
    "an attribute called so": "import os\nif os.TYPE_CHECKING:\n    from .api import lmer\n",
    "else of checking, heavy": CHECKING + "if TYPE_CHECKING:\n    pass\nelse:\n    import tensorflow\n",
    "heavy at the top": "import jax\n",
    "heavy in another file": "def f():\n    import jax\n",
    "import_module": "from importlib import import_module\napi = import_module('statmodels_tf.api')\n",
    "importlib": "import importlib\napi = importlib.import_module('statmodels_tf.api')\n",
    "__import__": "jax = __import__('jax')\n",
    "__import__ of builtins": "import builtins\njax = builtins.__import__('jax')\n",
    "__import__ by its text": "import builtins\njax = getattr(builtins, '__import__')('jax')\n",
    "find_spec": "from importlib.util import find_spec\n",
}


@pytest.mark.parametrize("source", CHEATS.values(), ids=CHEATS)
def test_the_verdict_sees_each_way_around_it(source, tmp_path, monkeypatch):
    (tmp_path / "errors.py").write_text(source)
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "errors.py"
    assert upward(path) | heavy(path) | loaders(path)


@pytest.mark.parametrize(
    "source", ["import numpy\n", CHECKING + "if TYPE_CHECKING:\n    from .api import lmer\n"], ids=["numpy", "types"]
)
def test_the_verdict_lets_pass_what_may(source, tmp_path, monkeypatch):
    (tmp_path / "errors.py").write_text(source)
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "errors.py"
    assert not upward(path) | heavy(path) | loaders(path)
