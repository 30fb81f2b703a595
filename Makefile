# `make` alone lists what can be done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test long faults check format lint types contracts schema bench lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run ## Start Broadsheet; the workspace opens on http://127.0.0.1:8000
	@$(BIN)/python -m bot run

# One process more than the two cores that we count on: a third of the time a test waits for what it talks to.
test: $(VENV)/dev ## Run the tests
	@$(BIN)/python -m pytest -n 3 --dist loadfile -m "not long"

long: $(VENV)/dev ## Run the tests that take longest: benchmarks, hostile input at length, processes side by side
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "long and not faults"

faults: $(VENV)/dev ## Run real bots against platforms, clocks and disks that fail, and print what came of it
	@$(BIN)/python -m pytest -n 2 -m faults tests/faults

check: $(VENV)/dev format lint types contracts schema test long ## Everything that a change must pass

format: $(VENV)/dev ## Check the formatting
	@$(BIN)/ruff format --check .

lint: $(VENV)/dev ## Check the style
	@$(BIN)/ruff check .

types: $(VENV)/dev ## Check the types
	@$(BIN)/mypy

contracts: $(VENV)/dev ## Check who imports whom
	@$(BIN)/lint-imports

schema: $(VENV)/dev ## Check that the migrations make the tables that the code declares
	@$(BIN)/python -m storage.migrations

bench: $(VENV)/dev ## Print our figures beside their baselines
	@$(BIN)/python -m benchmarks

lock: $(VENV)/dev ## Write the lock files anew (needs uv)
	@uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q -o requirements.lock
	@uv pip compile pyproject.toml --extra dev -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.lock

clean: ## Remove the virtual environment and caches; data is left alone
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Broadsheet needs Python 3.11 or newer; '$(PYTHON)' is older or missing. Name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "The module venv is missing. On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 1; }

# What was set up for development is kept so: its lock holds what is needed to run, too.
ifneq ($(wildcard $(VENV)/dev),)
$(VENV)/run: $(VENV)/dev
else
$(VENV)/run: requirements.lock | $(BIN)/python
	@echo "Setting up: installing packages into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@
endif

$(VENV)/dev: requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "Setting up: installing packages into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
