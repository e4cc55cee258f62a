# Each target does all the set-up it needs: a virtual environment in .venv, the dependencies, the package.
# It needs Python 3.11 or newer and pip, nothing else; PYTHON=/path/to/python chooses the interpreter.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
FAST := not slow and not r and not gpu and not browser

# One BLAS thread to a process: the suite and the benchmarks run several processes side by side.
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1
export TF_CPP_MIN_LOG_LEVEL ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint format bench docs clean

help:
	@echo "make demo      fit InstEval's 73,421 ratings and write tables, plots and a report to demo_output/"
	@echo "make test      the fast test suite"
	@echo "make test-all  every test; says what it skipped and why"
	@echo "make lint      ruff and mypy"
	@echo "make bench     this package and its peers, side by side"
	@echo "make docs      the documentation as a static site in site/"

demo: $(VENV)/.package
	@$(BIN)/python -m statmodels_tf demo --out demo_output

test: $(VENV)/.test
	@$(BIN)/python -m pytest -n 2 --dist loadfile -q -m "$(FAST)"

test-all: $(VENV)/.test
	@$(BIN)/python -m pytest -n 2 --dist loadfile -q -rs

lint: $(VENV)/.test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: $(VENV)/.test
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.bench
	@$(BIN)/python -m benchmarks.mixed && $(BIN)/python -m benchmarks.glm && $(BIN)/python -m benchmarks.streaming --rows 5000000 --no-cluster

docs: $(VENV)/.docs
	@$(BIN)/python -W ignore -m pdoc --docformat numpy --output-directory site/api statmodels_tf
	@$(BIN)/python vignettes/render.py site

clean:
	rm -rf $(VENV) site demo_output build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Set-up. A stamp is older than pyproject.toml exactly when the dependencies may have changed.
$(VENV)/.package: pyproject.toml | $(BIN)/python
	@$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/python
	@$(PIP) install --quiet --editable ".[test,jax]"
	@touch $@ $(VENV)/.package

$(VENV)/.bench: pyproject.toml | $(BIN)/python
	@$(PIP) install --quiet --editable ".[bench]"
	@touch $@ $(VENV)/.package

$(VENV)/.docs: pyproject.toml | $(BIN)/python
	@$(PIP) install --quiet --editable ".[docs]"
	@touch $@ $(VENV)/.package

# Some systems ship venv without ensurepip: then the system's own pip fills the environment.
$(BIN)/python:
	@python=; for p in "$(PYTHON)" python3.12 python3.11 python3.13 python3 python; do \
	  [ -n "$$p" ] && "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { python=$$p; break; }; \
	done; \
	[ -n "$$python" ] || { echo "No Python 3.11 or newer found. Install one, or say make PYTHON=/path/to/python." >&2; exit 1; }; \
	echo "Setting up $(VENV) with $$($$python --version); the first time takes a few minutes." >&2; \
	"$$python" -m venv $(VENV) >/dev/null 2>&1 || { \
	  rm -rf $(VENV) && "$$python" -m venv --without-pip $(VENV) && \
	  "$$python" -m pip --quiet --python $(BIN)/python install pip; }
