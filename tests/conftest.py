"""What every test shares: no windows, and honest reasons for what this machine cannot run."""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")

# The scripts that made the golden files stand beside them.
collect_ignore_glob = ["golden/*"]


@cache
def _no_r() -> str:
    """Return why tests against R cannot run here, or an empty string."""
    if shutil.which("Rscript") is None:
        return "R is not installed (no Rscript on the PATH)"
    check = 'stopifnot(requireNamespace("lme4", quietly = TRUE), requireNamespace("jsonlite", quietly = TRUE))'
    done = subprocess.run(["Rscript", "-e", check], capture_output=True, check=False)
    return "R lacks lme4 or jsonlite" if done.returncode else ""


@cache
def _r_has(package: str) -> bool:
    """Return whether R has a package."""
    asked = ["Rscript", "--vanilla", "-e", f'quit(status = !nzchar(system.file(package = "{package}")))']
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@cache
def _no_gpu() -> str:
    return "" if Path("/dev/nvidia0").exists() else "this machine has no accelerator"


@cache
def _no_browser() -> str:
    found = any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return "" if found else "Chromium is not installed"


NEEDS = {"r": _no_r, "gpu": _no_gpu, "browser": _no_browser}


def pytest_collection_modifyitems(items):
    """Skip what needs R, an accelerator or a browser where there is none, and say so."""
    for item in items:
        for marker, reason in NEEDS.items():
            if item.get_closest_marker(marker) and reason():
                item.add_marker(pytest.mark.skip(reason=reason()))


@pytest.fixture(scope="session")
def r_with():
    """A function that skips the test, and says so, where R lacks one of some packages."""

    def check(*packages):
        lacking = [package for package in packages if not _r_has(package)]
        if lacking:
            pytest.skip(f"R lacks {', '.join(lacking)}")

    return check


@pytest.fixture(scope="session")
def from_r(r_with):
    """A function that runs a script of R with some packages, the values given as JSON to its standard input."""

    def run(script, *packages, given=None):
        r_with(*packages)
        sent = None if given is None else json.dumps(given)
        done = subprocess.run(["Rscript", "-e", script], input=sent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
