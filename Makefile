# Everything is made in $(VENV), by the tools that pyproject.toml names.

PYTHON ?= python3
CARGO ?= cargo
VENV ?= .venv

PY := $(VENV)/bin/python
PIP := $(PY) -m pip --quiet --disable-pip-version-check install
STAMPS := $(VENV)/stamps
EXTRAS := cli,plot,optimize,testing

# What a wheel is made of. The list is a prerequisite too, so that a deleted file counts.
SOURCES := Cargo.toml Cargo.lock pyproject.toml README.md LICENSE \
  $(shell find rust -name '*.rs' | sort) \
  $(shell find python -name '*.py' -o -name '*.pyi' -o -name py.typed | sort)

# Where rustup puts cargo, for shells that were opened before.
export PATH := $(PATH):$(HOME)/.cargo/bin
# Tests see what is installed, and cargo builds for the Python that runs them.
unexport PYTHONPATH
export PYO3_PYTHON := $(abspath $(PY))

OLD_PYTHON = autograd needs Python 3.11 or newer, and $(PYTHON) is not; \
  try: make PYTHON=/path/to/python3.11
NO_RUST = autograd needs Rust 1.89 or newer, and $(CARGO) is not: see https://rustup.rs
# Whether the versions are right: "yes" or nothing.
python_ok = $(shell $(PYTHON) -c 'import sys; sys.version_info >= (3, 11) and print("yes")' 2>/dev/null)
rust_ok = $(shell $(CARGO) --version 2>/dev/null | awk '{ split($$2, v, "."); \
  if (v[1] > 1 || v[2] >= 89) print "yes" }')

.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test install develop wheel check-format lint lint-rust lint-python test-rust test-python \
  oracle accuracy docs format bench bench-check clean FORCE

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## set up, and run gradient descent on the Rosenbrock function
	$(PY) -m autograd descent

# Wheel and core are compiled side by side: each keeps one processor busy for minutes.
test: $(STAMPS)/build $(STAMPS)/test check-format ## set up, and run every check there is
	@$(MAKE) --no-print-directory wheel & wheel=$$!; \
	  $(MAKE) --no-print-directory lint-rust test-rust || { kill $$wheel; exit 1; }; wait $$wheel
	@$(MAKE) --no-print-directory lint-python test-python

# An editable install, or PYTHONPATH, would show the source tree in place of the wheel.
install: $(STAMPS)/installed ## make a wheel and install it into .venv
	@$(PY) -c 'import autograd, sys; sys.exit("site-packages" not in autograd.__file__)' || \
	  { rm $(STAMPS)/installed && $(MAKE) --no-print-directory $(STAMPS)/installed; }

develop: $(STAMPS)/build ## install into .venv in place, so that changes to Python files show at once
	@rm -f $(STAMPS)/installed
	$(VENV)/bin/maturin develop --release --locked --extras $(EXTRAS)

wheel: $(STAMPS)/wheel ## make a wheel in dist/
	@ls dist/*.whl

check-format: $(STAMPS)/test
	$(CARGO) fmt --check
	$(VENV)/bin/ruff format --check

lint: lint-rust lint-python ## clippy, ruff, mypy, and the stubs against the built module

lint-rust: $(STAMPS)/build
	$(CARGO) clippy --locked --quiet --all-targets -- -D warnings

lint-python: $(STAMPS)/test install
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(PY) -m mypy.stubtest autograd

test-rust: $(STAMPS)/build ## the tests of the core
	$(CARGO) test --locked --quiet --no-default-features

test-python: $(STAMPS)/test install ## the tests of the installed package
	$(PY) -m pytest --numprocesses auto

oracle: $(STAMPS)/test $(STAMPS)/oracle install ## compare every function with JAX, and with SciPy
	$(PY) -m pytest tests/oracle -m oracle

format: $(STAMPS)/test ## format all sources
	$(CARGO) fmt
	$(VENV)/bin/ruff format

bench: $(STAMPS)/peer-jax $(STAMPS)/peer-hips install ## measure beside the peers, and write docs/performance.md
	$(PY) -m benchmarks.run --write

bench-check: install ## look for what has become slower than docs/performance.md says
	$(PY) -m benchmarks.check

accuracy: $(STAMPS)/accuracy install ## measure the errors of the functions, against mpmath
	$(PY) -m benchmarks.accuracy

docs: $(STAMPS)/test $(STAMPS)/docs install ## make the pages in site/, from docs/ and the docstrings
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet --strict

clean: ## remove everything that make has made
	rm -rf $(VENV) target dist site .hypothesis .mypy_cache .ruff_cache .pytest_cache
	find python tests benchmarks examples -name __pycache__ -prune -exec rm -rf {} +
	rm -f python/autograd/_core.*.so

# Set-up, step by step: each step leaves a stamp.

$(STAMPS)/venv:
	$(if $(python_ok),,$(error $(OLD_PYTHON)))
	$(if $(rust_ok),,$(error $(NO_RUST)))
	@echo "making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) 'pip>=25.1' # the first that knows dependency groups
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/build $(STAMPS)/test $(STAMPS)/oracle $(STAMPS)/accuracy $(STAMPS)/docs: \
  $(STAMPS)/%: \
  $(STAMPS)/venv pyproject.toml
	@echo "installing the tools to $*"
	@$(PIP) --group $*
	@touch $@

# Peers are in environments of their own: one has this package's import name.
$(STAMPS)/peer-jax $(STAMPS)/peer-hips: $(STAMPS)/peer-%: $(STAMPS)/venv pyproject.toml
	@echo "making $(VENV)/peers/$*"
	@$(PYTHON) -m venv --clear --without-pip $(VENV)/peers/$*
	@$(PY) -m pip --python $(VENV)/peers/$*/bin/python --quiet --disable-pip-version-check \
	  install --group peer-$*
	@touch $@

$(STAMPS)/sources: $(STAMPS)/venv FORCE
	@printf '%s\n' $(SOURCES) | cmp --silent - $@ || printf '%s\n' $(SOURCES) > $@

$(STAMPS)/wheel: $(STAMPS)/build $(STAMPS)/sources $(SOURCES)
	$(if $(rust_ok),,$(error $(NO_RUST)))
	rm -rf dist
	$(VENV)/bin/maturin build --release --locked --interpreter $(PY) --out dist
	@touch $@

$(STAMPS)/installed: $(STAMPS)/wheel
	@echo "installing the wheel and its extras"
	@$(PIP) --force-reinstall --no-deps dist/*.whl
	@$(PIP) "$$(ls dist/*.whl)[$(EXTRAS)]"
	@touch $@
