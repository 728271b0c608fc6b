# Needs python3 (3.11 or newer) with its venv module, and make. Everything else comes from the locks.
PYTHON ?= python3
BIN := .venv/bin
# The stamp's name carries the locks and this directory: a changed lock or a moved tree is set up anew.
STAMP := .venv/.ready-$(shell { echo "$(CURDIR)"; cat requirements-dev.lock requirements.lock; } | cksum | tr -s ' \t' '-')
UV_COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --quiet

# Images for containers often forbid .pyc files; then every start compiles six hundred modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo run check fix test test-sqlite test-postgresql test-browser crawl screenshots coverage bench lock clean

setup: $(STAMP)
	@:

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name it with: make setup PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv --clear .venv \
		|| { echo "python3's venv module is missing (Debian: apt-get install python3-venv)"; exit 1; }
	@awk '/^[^ ]/ { in_uv = /^uv==/ } in_uv' requirements-dev.lock > .venv/uv.lock
	@if $(BIN)/python -m pip install --quiet --require-hashes -r .venv/uv.lock \
		&& $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --require-hashes -r requirements-dev.lock; \
	then :; else \
		echo "uv could not install the packages; trying again with pip"; \
		$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock; \
	fi
	@$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "set up in .venv"

demo: setup
	$(BIN)/tracker demo

run: setup
	$(BIN)/gunicorn --config tracker/gunicorn_conf.py wsgi:app

check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/tracker flows verify

fix: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

test: check test-sqlite test-postgresql test-browser

test-sqlite: setup
	TRACKER_TEST_DB=sqlite $(BIN)/pytest -n 2 -m "not browser"

test-postgresql: setup
	TRACKER_TEST_DB=postgresql $(BIN)/pytest -n 2 -m "not browser"

# Without xdist: on two cores it makes browser tests slower. CI sets TRACKER_REQUIRE_BROWSER=1.
test-browser: setup
	@if [ -n "$$TRACKER_REQUIRE_BROWSER" ] \
		|| command -v chromium || command -v chromium-browser || command -v google-chrome; then \
		TRACKER_TEST_DB=sqlite $(BIN)/pytest -m "browser and not pictures"; \
	else \
		echo "No chromium here: the browser tests are left out (Debian: apt-get install chromium fonts-noto-cjk)."; \
	fi

# The manual's few into tracker/static/manual (committed), every page of every role into instance/.
screenshots: setup
	TRACKER_TEST_DB=sqlite $(BIN)/pytest -m pictures tests/browser/test_pictures.py

# Every role opens every kind of page of the demo, in both languages and in the browser: long.
crawl: setup
	TRACKER_CRAWL=2 TRACKER_TEST_DB=sqlite $(BIN)/pytest tests/web/test_crawl.py tests/browser/test_crawl.py -rP

coverage: setup
	TRACKER_TEST_DB=sqlite $(BIN)/pytest -n 2 -m "not browser" --cov --cov-report=term-missing:skip-covered

bench: setup
	$(BIN)/python -m tests.bench

# Development first; the runtime set is held to it, so that what is tested is what is installed.
lock: setup
	$(UV_COMPILE) --extra dev --output-file requirements-dev.lock
	$(UV_COMPILE) --constraint requirements-dev.lock --output-file requirements.lock

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .hypothesis
