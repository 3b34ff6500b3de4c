# Two commands set everything up: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1))

provide-clients = for clients in node_clients go_clients java_clients az_client browser; do $(PYTHON) scripts/$${clients}.py || exit 1; done

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast lint format bench kill-test reference coverage clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: $(VENV)/.installed-example  ## the whole loop on a small real application, in under a minute
	@$(BIN)/keyless demo

test: $(VENV)/.installed-test  ## run the whole suite (installs what it needs, clients in other languages too where their tools are)
	@$(provide-clients)
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

test-fast: $(VENV)/.installed-test  ## the tests without client libraries and scenarios
	@$(BIN)/python -m pytest -n $(WORKERS) tests/unit tests/properties tests/store_conformance $(ARGS)

lint: $(VENV)/.installed-test  ## ruff, mypy (strict) and the import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: $(VENV)/.installed-test  ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(VENV)/.installed-bench  ## measure, side by side in one run
	@$(BIN)/python -m bench.run $(ARGS)

kill-test: $(VENV)/.installed-test  ## kill a vault's writer a thousand times, and look at what is left
	@$(BIN)/python -m bench.kills $(or $(ARGS),1000)

reference: $(VENV)/.installed-test  ## write the generated reference pages anew
	@$(BIN)/python scripts/build_reference.py

coverage: $(VENV)/.installed-test  ## the suite with coverage, and what is not covered
	@$(provide-clients)
	@$(BIN)/coverage erase && $(BIN)/coverage run -m pytest -n $(WORKERS) $(ARGS); $(BIN)/coverage combine -q && $(BIN)/coverage report

clean:  ## remove what the other targets made
	@rm -rf $(VENV) tests/sdk/*/node_modules tests/sdk/*/.built .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage*

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Keyless needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); sh scripts/provide_venv.sh && $(PYTHON) -m venv $(VENV); }

$(VENV)/.installed-example: pyproject.toml | $(BIN)/python
	@echo 'installing into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[example]'
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	@echo 'installing into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	@touch $@ $(VENV)/.installed-example

$(VENV)/.installed-bench: $(VENV)/.installed-test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@
