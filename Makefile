# Every target sets up what it needs: a virtual environment in .venv, from the lock file.
# `make help` lists them.

PYTHON ?= $(shell for p in python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 8000
SUBMISSION ?= .

.DEFAULT_GOAL := help
.PHONY: help labs api test check grade bench clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'
	@echo
	@echo "  example: make grade SUBMISSION=path/to/a/submission"

$(READY): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or run make PYTHON=/path/to/python"; exit 1; }
	@echo "setting up $(VENV) (once, about a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

labs: $(READY) ## the world, the API and JupyterLab on the labs (HEADLESS=1: no browser)
	@$(BIN)/world $(BIN)/python -m labs.kit.serve $(if $(HEADLESS),--headless) --port $(PORT)

api: $(READY) ## the world and the API, on PORT
	@$(BIN)/world $(BIN)/uvicorn project.main:app --port $(PORT)

test: check ## everything CI runs: lint, types, tests, notebooks
	@$(BIN)/pytest

check: $(READY) ## lint, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

grade: $(READY) ## grade a submission: make grade SUBMISSION=PATH
	@$(BIN)/grade $(SUBMISSION)

bench: $(READY) ## the measurements behind every number in the README
	@$(BIN)/python tests/bench/bench_world.py
	@$(BIN)/python tests/bench/bench_rate_limit.py

clean: ## remove what the targets made
	rm -rf $(VENV) .student .pytest_cache .mypy_cache .ruff_cache reports
