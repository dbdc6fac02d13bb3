# Every target works as the first command on a fresh clone: what it needs is installed before it runs.
# PYTHON makes the environment and must be 3.11 or later: make install PYTHON=python3.12

PYTHON ?= python3
UV     ?= uv
BIN    := .venv/bin
STAMP  := .venv/.installed
SOURCE := states lifecycle notifications flows console

# Prefect asks the network for news and telemetry unless it is told not to.
export DO_NOT_TRACK = 1
export PREFECT_SERVER_ANALYTICS_ENABLED = false

.DEFAULT_GOAL := help
.PHONY: help install demo test check bench soak handbook letter-templates clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP)  ## build .venv from requirements.lock (with uv if there is one, else venv and pip)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@set -e; if command -v $(UV) >/dev/null 2>&1; then \
	  echo "installing with uv"; \
	  test -x $(BIN)/python || $(UV) venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv; \
	  $(UV) pip install --quiet --python $(BIN)/python -r requirements.lock; \
	  $(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .; \
	else \
	  echo "installing with venv and pip"; \
	  $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	fi
	@touch $@

demo: $(STAMP)  ## a whole programme year on a scratch store, in under a minute
	@$(BIN)/lifecycle demo

# Thousands of small durable stores are made and thrown away: in memory where the machine lets us.
SCRATCH := $(shell test -w /dev/shm && echo /dev/shm || echo $${TMPDIR:-/tmp})

test: $(STAMP)  ## all tests but the long ones; this is what CI runs
	TMPDIR=$(SCRATCH) $(BIN)/python -m pytest -n 2 --dist loadgroup --durations 10

check: $(STAMP)  ## lint, format, types, import contracts, architecture tests; all of them, even if one fails
	@failed=; for step in \
	  "ruff check ." \
	  "ruff format --check ." \
	  "mypy --strict $(SOURCE)" \
	  "lint-imports --no-logo" \
	  "pytest -q tests/architecture"; \
	do echo "== $$step"; $(BIN)/$$step || failed="$$failed [$$step]"; done; \
	test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }

bench: $(STAMP)  ## speed against its limits: start-up, trigger, outage, sweep, timers, campaigns, growth; one transition as a ratio (no limit yet)
	@failed=; for bench in tests/benches/bench_*.py; \
	do echo "== $$bench"; $(BIN)/python $$bench || failed="$$failed $$bench"; done; \
	test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }

soak: $(STAMP)  ## the long runs
	TMPDIR=$(SCRATCH) $(BIN)/python -m pytest -m soak --timeout 3600

handbook: $(STAMP)  ## write the generated pages of the handbook anew (after a change of tables, packs or commands)
	$(BIN)/python -m console.handbook

letter-templates: $(STAMP)  ## make the templates of the letters anew (after a change of their wording or layout)
	$(BIN)/python -m notifications.letters.build

clean:  ## remove .venv and what tools left
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find $(SOURCE) tests -name __pycache__ -type d -prune -exec rm -rf {} +
