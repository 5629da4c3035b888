# Two commands for a newcomer: `make demo` and `make test`. See CONTRIBUTING.md.
PYTHON ?= python3
UV_VERSION := 0.13.8
STAMP := .venv/.installed

.PHONY: install demo test check bench
install: $(STAMP)

$(STAMP): pyproject.toml uv.lock
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@test -x .venv/bin/uv || .venv/bin/python -m pip install --quiet uv==$(UV_VERSION)
	.venv/bin/uv sync --frozen --quiet
	@touch $@
