# The front door. Every target sets up what it needs in .venv; nothing else of the machine is touched.
# On Windows, the README gives the same in plain pip and tenggat-server commands.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
SEEDS ?= 200
CASES ?= 500
WEB := client/web
WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/static $(WEB)/build -type f) $(WEB)/build.mjs $(WEB)/package-lock.json

# What stands on the database's own ways: keys and transactions, ordering, locks, conflicts of rows, what each takes as a
# value. The rest of the API's tests say nothing new there; `make postgres` runs them too.
ON_POSTGRES := $(addprefix tests/api/test_,exchange.py quarantine.py accounts.py enrolment.py fleet.py together.py upload.py)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# Compiled once, beside the sources: each of a few hundred processes would do it anew, and take a third longer to start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run desktop demo test thorough check check-python check-web web-ready browsers audit web wheel bench scale lifecycles postgres soak fuzz simulate clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1 — /'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }

$(VENV)/.server: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[server]'
	@touch $@

$(VENV)/.test: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[server,test]'
	@touch $@ $(VENV)/.server

$(VENV)/.desktop: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[desktop]'
	@touch $@

# The app that citizens and officers open in a browser. Whoever installs the wheel finds it built.
$(WEB)/dist/build.json: $(WEB_SOURCES) | $(BIN)/python
	$(BIN)/python $(WEB)/npm.py build

web: $(WEB)/dist/build.json ## build the web app (takes Node from PyPI where there is none)

wheel: $(WEB)/dist/build.json $(VENV)/.server ## the Python package, with the web app in it
	rm -rf build
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

run: $(VENV)/.server $(WEB)/dist/build.json ## serve a demonstration city on http://127.0.0.1:8000 (PORT=n for another port)
	$(BIN)/tenggat-server demo --port $(PORT)

desktop: $(VENV)/.desktop $(WEB)/dist/build.json ## open the window that officers work in
	$(BIN)/tenggat window

demo: $(VENV)/.server ## the main job, told in the terminal: offline, cut, killed, and every case with its date
	$(BIN)/python -m tests.demo

check: check-python check-web ## style, types, layers

check-python: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-web: | $(BIN)/python
	$(BIN)/python $(WEB)/npm.py check

# One after the other: both bring the packages that they need into one folder.
web-ready: check-web
	@$(MAKE) --no-print-directory web

browsers: $(VENV)/.test
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.desktop.screen

test: ## everything that must hold
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-python web-ready browsers
	$(BIN)/python $(WEB)/npm.py test
	$(BIN)/python -m pytest -n 2 --dist loadgroup --durations 25
	$(BIN)/python -m pytest -n 2 --database postgres $(ON_POSTGRES)
	$(BIN)/python -m tests.simulation --seeds 4 --database postgres

thorough: web-ready browsers ## what takes too long for every time: what is broken on purpose turns the simulation red, admin pages at desk size too
	$(BIN)/python -m pytest -n 2 --dist loadgroup --long

postgres: $(VENV)/.test ## all that runs on either database, on PostgreSQL; the drills at length; SEEDS=n cities
	$(BIN)/python -m pytest -n 2 --database postgres tests/api tests/jobs tests/bundles
	TENGGAT_SOAK=1 $(BIN)/python -m pytest -s tests/cluster tests/feed
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) --database postgres

audit: $(VENV)/.test ## whether anything that this stands on is known to be vulnerable (asks the advisories' services; fails where they cannot be asked)
	$(BIN)/python -m pip install --quiet --editable '.[server,desktop,test,audit]'
	$(BIN)/python -m tests.sweeps.audit

bench: $(VENV)/.test ## speed against the floor, one JSON line each
	$(BIN)/python -m tests.bench

scale: $(VENV)/.test ## an exchange among 10,000 cases and among 1,000,000 (needs 8 GB of disk)
	$(BIN)/python -m tests.bench scale

lifecycles: $(VENV)/.test ## complaints from report to rating in a city of 1,000,000 cases, on both databases (15 GB of disk)
	$(BIN)/python -m tests.bench.lifecycles --cases 1000000 --database sqlite
	$(BIN)/python -m tests.bench.lifecycles --cases 1000000 --database postgres

soak: $(VENV)/.test $(WEB)/dist/build.json ## uploads at length: 50 MB over a road that breaks to servers that are killed, 100,000 creations; a day of 60 photos in a browser; the window's program killed 200 times, and 12 times in its window; a week of 5,000 cases and 2,000 photos without a network
	TENGGAT_SOAK=1 TENGGAT_CREATIONS=100000 $(BIN)/python -m pytest -s tests/uploads tests/api/test_upload_abuse.py
	TENGGAT_SOAK=1 $(BIN)/python -m pytest -s tests/desktop/test_killed.py tests/desktop/test_surveyors_week.py tests/browser/test_files_kept.py
	TENGGAT_SOAK=1 $(BIN)/python -m pytest -s --long tests/desktop/test_window_killed.py

fuzz: $(VENV)/.test ## CASES=n other cases for each operation of the API, and as much rubbish for every route
	TENGGAT_FUZZ=$(CASES) $(BIN)/python -m pytest -s tests/sweeps/test_openapi.py tests/sweeps/test_rubbish.py

simulate: $(VENV)/.test ## SEEDS=n runs of a city of devices under faults
	$(BIN)/python -m tests.simulation --seeds $(SEEDS)

clean: ## everything that was made here, but not data/
	rm -rf $(WEB)/dist $(WEB)/node_modules tests/bench/web/node_modules tests/uploads/peer/node_modules $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
