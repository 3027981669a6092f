# The README's commands. `make` alone lists them.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
STAMP_TEST := $(VENV)/.ready-test
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: $(STAMP) ## start the program (web chat, console, Telegram when a token is set)
	$(BIN)/tijian serve

demo: $(STAMP) ## the same program on loopback with people of every role and a login link for each
	$(BIN)/tijian serve --demo

check: $(STAMP_TEST) ## lint, types, imports, content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/tijian faq check $(if $(wildcard ../shared/laws/articles.jsonl.gz),--statutes ../shared/laws/articles.jsonl.gz)

test: $(STAMP_TEST) ## every test, on SQLite and PostgreSQL, in a real browser
	$(BIN)/pytest -n 2 --dist worksteal

bench: $(STAMP_TEST) ## the speed tables, peers in the same run
	$(BIN)/python -m benchmarks

train: $(STAMP_TEST) ## train the shipped confidence model from the shipped content
	$(BIN)/python -m benchmarks.train_shipped

screenshots: $(STAMP_TEST) ## docs/screenshots/ from the browser test
	TIJIAN_SCREENSHOTS=docs/screenshots $(BIN)/pytest -q tests/test_whole.py

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build *.egg-info

setup: $(STAMP) ## only set up (run, demo)

setup-test: $(STAMP_TEST) ## only set up for tests

$(STAMP): pyproject.toml constraints.txt
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PY=python3.12 make …)"; exit 3; }
	@test -x $(BIN)/python || $(PY) -m venv $(VENV) 2>/dev/null || { \
		echo "python3-venv is missing; trying the package manager"; apt-get update -q && apt-get install -yq python3-venv && $(PY) -m venv $(VENV); }
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(STAMP_TEST): $(STAMP) scripts/test-machine.sh
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@sh scripts/test-machine.sh
	@touch $@

.PHONY: help run demo check test bench train screenshots clean setup setup-test
