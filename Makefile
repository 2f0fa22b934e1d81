# Needs make and Python 3.11 or later, nothing else. Everything is installed in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help messages demo test test-processes test-crash lint format types tox bench screenshots clean mysqlclient servers

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

# The same: uWSGI needs a compiler.
servers: $(VENV)/.group-test
	@test -e $(BIN)/uwsgi || \
	 { command -v gcc >/dev/null && echo "Building uWSGI (log: $(VENV)/servers.log)" && \
	   $(PIP) install --group servers >$(VENV)/servers.log 2>&1; } || \
	 echo "uWSGI can't be built here: no tests with it"

test-processes: $(VENV)/.group-test mysqlclient servers ## Start real workers, consumers and servers, and kill some (4 minutes)
	$(BIN)/python -m pytest -q -m processes -n 2 tests $(TESTS)

test-crash: $(VENV)/.group-test mysqlclient ## Kill processes, databases and brokers under load (8 minutes; CRASH_SHORT=1: 3)
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

bench: $(VENV)/.group-test mysqlclient ## Measure everything (half an hour; BENCH="post writer": some of it)
	$(BIN)/python -m benchmarks $(BENCH)

messages: $(VENV)/.group-test ## Take new texts into the translations, and compile them (needs gettext)
	cd src/django_share_analytics && \
	 PYTHONPATH=$(CURDIR) $(CURDIR)/$(BIN)/python -m django makemessages --settings tests.settings \
	  --all --no-wrap --add-location file --verbosity 0 && \
	 PYTHONPATH=$(CURDIR) $(CURDIR)/$(BIN)/python -m django compilemessages --settings tests.settings \
	  --verbosity 0
	$(BIN)/python -m pytest -q tests/test_translations.py

screenshots: $(VENV)/.group-test ## Make the pictures of the admin pages in docs/images (needs Chromium)
	$(BIN)/python -m tests.screenshots

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
