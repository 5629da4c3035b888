# Two commands for a newcomer: `make demo` and `make test`. Everything else is in CONTRIBUTING.md.
PYTHON ?= python3
UV_VERSION := 0.13.8
STAMP := .venv/.installed
DEMO_DIR ?= var/demo
DEMO_PORT ?= 8080
BARS ?= bets latency skew events start studio

# uv must fill this folder's .venv with this folder's Python, whatever the caller's shell has active.
unexport VIRTUAL_ENV UV_PROJECT_ENVIRONMENT
export UV_PYTHON_DOWNLOADS = never

.NOTPARALLEL:
.PHONY: help install demo test check format chromium bench clean

help: ## what there is to make
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

install: $(STAMP) ## everything into .venv: needs Python 3.11 or newer with venv, and a package registry

$(STAMP): Makefile pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Pitboss needs Python 3.11 or newer and $(PYTHON) is not: try 'make PYTHON=python3.12 …'" >&2; exit 1; }
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@.venv/bin/uv --version 2>/dev/null | grep -q '^uv $(UV_VERSION)' || \
	  .venv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
# uv brings its own list of certificates; where a company's own is needed, the machine's list has it.
	@.venv/bin/uv sync --frozen --quiet 2>/dev/null || .venv/bin/uv sync --frozen --quiet --system-certs
	@touch $@

demo: install ## the whole system on this machine, with demo data, until Ctrl-C
	@mkdir -p $(DEMO_DIR)
	@echo "Starting the sandbox in $(DEMO_DIR); addresses and keys will be in $(DEMO_DIR)/credentials.json. Ctrl-C ends it." >&2
	@exec .venv/bin/pitboss sandbox --data-dir $(DEMO_DIR) --port $(DEMO_PORT) --credentials $(DEMO_DIR)/credentials.json

test: install check chromium ## all checks, then all tests
	@.venv/bin/pytest

check: install ## style, types, layers and the project's own rules
	.venv/bin/ruff check --no-cache
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/python -m tools.checks

format: install ## let ruff put the code in order
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

# The browser tests use a Chromium that is there; where root may install one, it is installed. Without it they skip and say so.
chromium:
	@tools/ensure_chromium

bench: install ## measure against the bars, one after the other (BARS="bets start" for some)
	@for bar in $(BARS); do .venv/bin/pitboss bench $$bar || exit 1; done

clean: ## remove what make made: .venv, caches, demo data
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
