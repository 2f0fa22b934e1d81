# Needs make and Python 3.11 or later, nothing else. Everything is installed in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PORT ?= 8000
TESTS_NEED := $(VENV)/.package $(VENV)/.group-test

.DEFAULT_GOAL := help
.PHONY: help docs release messages demo audit fuzz soak test test-slow test-processes test-crash test-newcomer test-newest test-lowest test-hosts mutants lock lint format types tox bench validate screenshots clean mariadb servers

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, e.g. make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	@touch $@

# One stamp per dependency group: made again only when its locked versions change.
$(VENV)/.group-%: requirements/%.txt $(VENV)/.created
	$(PIP) install --quiet --require-hashes $(BUILD) --requirement $<
	@touch $@

# Alone, as pip takes no folder where it asks for hashes; built with what is locked.
$(VENV)/.package: pyproject.toml $(VENV)/.group-build
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Tried again each time, as a compiler may have come since; without it, the tests say what they skip.
$(VENV)/.group-mariadb $(VENV)/.group-servers: BUILD = --no-build-isolation
mariadb: $(VENV)/.group-build
	@$(MAKE) $(VENV)/.group-$@ >$(VENV)/$@.log 2>&1 || \
	 echo "No tests on MariaDB: apt-get install gcc pkg-config libmariadb-dev (log: $(VENV)/$@.log)"

servers: $(VENV)/.group-build
	@$(MAKE) $(VENV)/.group-$@ >$(VENV)/$@.log 2>&1 || \
	 echo "No tests with uWSGI: apt-get install gcc (log: $(VENV)/$@.log)"

test: $(TESTS_NEED) mariadb ## Run the tests on every database that is there (args: TESTS="-k name")
	$(BIN)/python -m tests $(TESTS)

test-slow: $(TESTS_NEED) $(VENV)/.group-release ## Look at every page in a browser, and make projects from nothing (3 minutes)
	$(BIN)/python -m pytest -q -m "slow and not processes" -n 2 --dist=worksteal tests $(TESTS)

test-processes: $(TESTS_NEED) mariadb servers ## Start real workers, consumers and servers, and kill some (5 minutes)
	$(BIN)/python -m pytest -q -m processes -n 2 --dist=worksteal tests $(TESTS)

FUZZ_CASES ?= 5500
FUZZ_SEED ?= $(shell date +%s)
fuzz: $(TESTS_NEED) ## Ask everything of the HTTP calls that their description allows, and what it forbids (FUZZ_SEED=1)
	@echo FUZZ_SEED=$(FUZZ_SEED)
	FUZZ_CASES=$(FUZZ_CASES) FUZZ_SEED=$(FUZZ_SEED) $(BIN)/python -m pytest -q -n 2 --dist=worksteal tests/fuzz/test_api.py $(TESTS)

test-crash: $(TESTS_NEED) mariadb ## Kill processes, databases and brokers under load (8 minutes; CRASH_SHORT=1: 3)
	RUN_CRASH=1 $(BIN)/python -m pytest -q -p no:randomly tests/crash $(TESTS)

lint: $(VENV)/.group-lint ## Check style and formatting, and the workflows of .github
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml
	$(BIN)/zizmor --offline --quiet .github

audit: $(TESTS_NEED) $(VENV)/.group-audit ## Look for risky lines, licences that bind, and known holes; build what would be published
	$(BIN)/python -m tests.audit $(AUDIT)
	rm -rf $(VENV)/dist && $(BIN)/python -m hatchling build -d $(VENV)/dist
	$(BIN)/twine check --strict $(VENV)/dist/*
	$(BIN)/check-wheel-contents $(VENV)/dist

format: $(VENV)/.group-lint ## Fix style and formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(TESTS_NEED) $(VENV)/.group-types ## Check our types, and those of a project that uses them (mypy, pyright, TypeScript)
	$(BIN)/python -m tests.typing

tox: $(VENV)/.group-tox ## Run the whole matrix of Pythons, Djangos and databases (args: TOX="-e lint")
	. .ci/pythons; $(BIN)/tox run-parallel --parallel 2 --parallel-no-spinner $(TOX)

test-newcomer: $(TESTS_NEED) ## Follow the tutorial and the README's ten minutes from an empty folder (2 minutes)
	. .ci/pythons; RUN_NEWCOMER=1 $(BIN)/python -m pytest -q -p no:randomly tests/newcomer $(TESTS)

test-newest: $(VENV)/.group-tox ## Run the tests with the newest releases of everything, whatever is locked
	. .ci/pythons; $(BIN)/tox run -e newest

test-lowest: $(VENV)/.group-tox ## Run the tests with the lowest releases that pyproject.toml allows
	. .ci/pythons; $(BIN)/tox run -e lowest

test-hosts: $(VENV)/.group-tox ## Run projects on Wagtail, Unfold and other packages (4 minutes; HOSTS="wagtail": one)
	. .ci/pythons; $(BIN)/tox run -e hosts -- $(TESTS)

# All together first, so that they agree with one another; then what each group needs of it.
WITH_PACKAGE := compare example hosts test test-base
ALONE := audit build docs lint mariadb mutants release servers tox types
LOCK ?= --upgrade
COMPILE := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
 --generate-hashes --no-annotate --custom-compile-command "make lock"
lock: $(VENV)/.group-tox ## Renew the locked versions (LOCK=: only add what is new in pyproject.toml)
	cat requirements/*.txt >$(VENV)/all.txt
	$(COMPILE) $(LOCK) $(addprefix --group ,$(WITH_PACKAGE) $(ALONE)) --all-extras pyproject.toml \
	 --output-file $(VENV)/all.txt
	for group in $(WITH_PACKAGE); do $(COMPILE) --constraint $(VENV)/all.txt --group $$group \
	 pyproject.toml --output-file requirements/$$group.txt || exit; done
	for group in $(ALONE); do $(COMPILE) --constraint $(VENV)/all.txt --group $$group \
	 --output-file requirements/$$group.txt || exit; done
	for group in django52 django60 django61; do $(COMPILE) $(LOCK) --no-deps --group $$group \
	 --output-file requirements/$$group.txt || exit; done

mutants: $(TESTS_NEED) $(VENV)/.group-mutants ## Break the code 300 times, and see whether a test fails (an hour; MUTANTS="--rooms sql")
	$(BIN)/python -m tests.mutants $(MUTANTS)

bench: $(TESTS_NEED) $(VENV)/.group-compare mariadb ## Measure everything (half an hour; BENCH="post writer": some of it)
	$(BIN)/python -m benchmarks $(BENCH)

soak: $(TESTS_NEED) ## Watch what grows under a mixed load (20 minutes; SOAK_MINUTES=3)
	$(BIN)/python -m benchmarks.soak $(addprefix --minutes ,$(SOAK_MINUTES))

validate: $(TESTS_NEED) ## Hold what is said of sharing against simulations of it (10 minutes; VALIDATE="--runs 100": some)
	$(BIN)/python -m benchmarks.validation $(VALIDATE)

# From nothing each time: the search forgets what was not read again.
docs: $(TESTS_NEED) $(VENV)/.group-docs ## Make the documentation's site, in docs/_build/html, and search it
	$(BIN)/sphinx-build --fresh-env --write-all --fail-on-warning --keep-going --quiet \
	 docs docs/_build/html
	DOCS_SITE=docs/_build/html $(BIN)/python -m pytest -q tests/docs/test_search.py \
	 tests/test_reference_pages.py $(TESTS)

release: $(VENV)/.group-release ## Set the version, date the changelog, commit and tag (PART=minor, or VERSION=1.2.0)
	@test -n "$(PART)$(VERSION)" || { echo "Say which: PART=patch, PART=minor, PART=major or VERSION=1.2.0"; exit 2; }
	$(BIN)/bump-my-version bump $(if $(VERSION),--new-version $(VERSION),$(PART))
	@git describe --exact-match && echo 'Look at it (git show), then: git push --follow-tags'

messages: $(TESTS_NEED) ## Take new texts into the translations, and compile them (needs gettext)
	cd src/django_share_analytics && \
	 PYTHONPATH=$(CURDIR) $(CURDIR)/$(BIN)/python -m django makemessages --settings tests.settings \
	  --all --no-wrap --add-location file --verbosity 0 && \
	 PYTHONPATH=$(CURDIR) $(CURDIR)/$(BIN)/python -m django compilemessages --settings tests.settings \
	  --verbosity 0
	$(BIN)/python -m pytest -q tests/test_translations.py

screenshots: $(TESTS_NEED) $(VENV)/.group-tox ## Make the pictures of the admin pages in docs/images (needs Chromium)
	$(BIN)/python -m tests.screenshots
	. .ci/pythons; PICTURES=$(CURDIR)/docs/images $(BIN)/tox run -e hosts -- -k test_picture

MANAGE := $(BIN)/python example_project/manage.py

# DATABASE_URL, SHARE_DISPATCHER and the others of example_project/README.md reach it as they are.
demo: $(VENV)/.package $(VENV)/.group-example ## Serve the example project with 90 days of simulated shares (PORT=8000)
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_demo
	@printf '\n  The store:  http://127.0.0.1:%s/\n' $(PORT)
	@printf '  The admin:  http://127.0.0.1:%s/admin/  (admin, password: demo)\n\n' $(PORT)
	@exec $(BIN)/gunicorn example_project.wsgi:application --bind 127.0.0.1:$(PORT) \
	 --config example_project/gunicorn.conf.py

clean: ## Remove everything that was installed or built
	rm -rf $(VENV) .tox build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
