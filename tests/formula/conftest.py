"""R, for the tests that ask it."""

import subprocess

import pytest


@pytest.fixture(scope="session")
def r_lines(tmp_path_factory):
    """Return a function that runs lines of R and returns the lines that they print."""

    def run(lines):
        script = tmp_path_factory.mktemp("r") / "script.R"
        script.write_text("\n".join(lines), encoding="utf-8")
        done = subprocess.run(["Rscript", "--vanilla", str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run
