"""What every test shares: no windows, and honest reasons for what this machine cannot run."""

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
