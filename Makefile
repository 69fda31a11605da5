# One command for each thing that people do. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
T ?= tests
J ?= auto

.PHONY: help setup setup-dev demo test journeys kills api check format lock messages clean

help:  ## List what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/uv:
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { echo "Python 3.11+ with venv is needed (on Debian: apt-get install python3-venv)."; exit 1; }
	@$(BIN)/pip install -q --disable-pip-version-check uv

$(VENV)/.runtime: $(BIN)/uv requirements.lock pyproject.toml hatch_build.py frontend/package-lock.json frontend/build.mjs frontend/icons.txt $(wildcard frontend/src/* frontend/src/*/*) $(wildcard tcma/translations/*/LC_MESSAGES/*.po)
	@echo "Installing the dependencies, by hash …"
	@$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python -r requirements.lock
	@echo "Building the front end …"
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@$(BIN)/python -m compileall -q assets campaigns syndication tcma
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@echo "Installing what tests and checks need …"
	@$(BIN)/uv pip install -q --python $(BIN)/python -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.runtime  ## Environment, dependencies, front end

setup-dev: $(VENV)/.dev

demo: setup  ## Fill a database with a demo that has lived, and serve it on port 8000 (PORT=…)
	@PORT=$(PORT) $(BIN)/tcma demo

test: setup-dev  ## Run the whole suite (T=path for a part of it)
	@$(BIN)/python -m tests.run $(T)

journeys: setup-dev  ## Walk the whole story in a browser, and kill what may be killed
	@$(BIN)/python -m tests.run tests/journeys tests/faults tests/processes

kills: setup-dev  ## Kill processes in a launch to thousands (TCMA_TEST_KILL_PEOPLE=… TCMA_TEST_KILLS=…), and say what became of each
	@TCMA_TEST_KILL_PATIENCE=$${TCMA_TEST_KILL_PATIENCE:-120} TCMA_TEST_KILL_PEOPLE=$${TCMA_TEST_KILL_PEOPLE:-3000} TCMA_TEST_KILLS=$${TCMA_TEST_KILLS:-25} $(BIN)/python -m pytest -q -s -n 0 tests/faults/test_process_kills.py

api: setup-dev  ## Call every operation of the API with many generated requests (TCMA_TEST_API_EXAMPLES=…)
	@TCMA_TEST_API_EXAMPLES=$${TCMA_TEST_API_EXAMPLES:-25} $(BIN)/python -m tests.run tests/api/test_openapi.py

check: setup-dev  ## Linters, types, import contracts, templates, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet

format: setup-dev  ## Format the code
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format .

COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml
lock: $(BIN)/uv  ## Lock the dependencies anew, with hashes
	@$(COMPILE) -o requirements.lock
	@$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock

messages: setup-dev  ## Collect the words to translate, and compile the translations
	@$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext -k lazy_ngettext:1,2 -k N_ -k pgettext:1c,2 -o tcma/translations/messages.pot --no-location --sort-output --project=TCMA .
	@$(BIN)/pybabel -q update --no-fuzzy-matching -i tcma/translations/messages.pot -d tcma/translations
	@$(BIN)/pybabel -q compile -d tcma/translations

clean:  ## Remove what was built and the demo's data
	@rm -rf $(VENV) instance tcma/static/dist frontend/node_modules
