# `make demo` and `make test` are the only set-up commands: both make .venv from the lock file first.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.made-from-lock
SHARED ?= ../shared

.PHONY: demo test lint score bench drill lock clean

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("yuanwen needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(STAMP)
	$(BIN)/yuanwen demo

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadgroup -q

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

score: $(STAMP)
	$(BIN)/python -m tests.score $(SHARED)

bench: $(STAMP)
	$(BIN)/python -m tests.bench $(SHARED)

drill: $(STAMP)
	$(BIN)/python -m pytest -q -m drill

# Needs `uv`; the lock file holds hashes and no index addresses.
lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet --output-file requirements.lock

clean:
	rm -rf .venv build *.egg-info
