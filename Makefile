# Needs make and Python 3.11 or later, nothing else. Everything is installed in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help demo test test-processes test-crash lint format types tox bench clean mysqlclient

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# One stamp per dependency group: made again only when pyproject.toml changes.
$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, e.g. make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade "pip>=25.1"  # the first that knows --group
	@touch $@

$(VENV)/.group-%: pyproject.toml $(VENV)/.created
	$(PIP) install --quiet --editable . --group $*
	@touch $@

# Tried again each time, as a compiler may have come since; without it, the tests say what they skip.
mysqlclient: $(VENV)/.group-test
	@$(BIN)/python -c 'import MySQLdb' 2>/dev/null || \
	 { command -v mariadb_config mysql_config >/dev/null && \
	   echo "Building mysqlclient (log: $(VENV)/mysqlclient.log)" && \
	   $(PIP) install mysqlclient >$(VENV)/mysqlclient.log 2>&1; } || \
	 echo "mysqlclient can't be built here: no tests on MariaDB"

test: $(VENV)/.group-test mysqlclient ## Run the tests on every database that is there (args: TESTS="-k name")
	$(BIN)/python -m tests $(TESTS)

test-processes: $(VENV)/.group-test mysqlclient ## Start real workers and consumers, and kill some (5 minutes)
	$(BIN)/python -m pytest -q -m processes tests/dispatch $(TESTS)

test-crash: $(VENV)/.group-test mysqlclient ## Kill processes, databases and brokers under load (10 minutes; CRASH_SHORT=1: 3)
	RUN_CRASH=1 $(BIN)/python -m pytest -q -p no:randomly tests/crash $(TESTS)

lint: $(VENV)/.group-lint ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.group-lint ## Fix style and formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.group-test $(VENV)/.group-types ## Check the types
	$(BIN)/mypy

tox: $(VENV)/.group-tox ## Run the whole matrix of Pythons, Djangos and databases (args: TOX="-e lint")
	. .ci/pythons; $(BIN)/tox run-parallel --parallel 2 --parallel-no-spinner $(TOX)

bench: $(VENV)/.group-test mysqlclient ## Measure POST shares beside the obvious alternatives (2 minutes)
	$(BIN)/python -m benchmarks $(BENCH)

MANAGE := $(BIN)/python example_project/manage.py

# DATABASE_URL, SHARE_DISPATCHER and the others of example_project/README.md reach it as they are.
demo: $(VENV)/.group-example ## Serve the example project with 90 days of simulated shares (PORT=8000)
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_demo
	@printf '\n  The store:  http://127.0.0.1:%s/\n' $(PORT)
	@printf '  The admin:  http://127.0.0.1:%s/admin/  (admin, password: demo)\n\n' $(PORT)
	@exec $(BIN)/gunicorn example_project.wsgi:application --bind 127.0.0.1:$(PORT) \
	 --config example_project/gunicorn.conf.py

clean: ## Remove everything that was installed or built
	rm -rf $(VENV) .tox build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
