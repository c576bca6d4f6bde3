# Everything runs in this checkout's own virtual environment, made on first use. Needs make and Python 3.11 or later.
# A stamp file in the environment makes the second run fast: it is older than pyproject.toml only after a change of dependencies.

VENV ?= .venv
# The python3 on PATH where it is new enough, else the newest that runs; `make PYTHON=/path/to/python3` decides otherwise.
# Each candidate is started, because a version manager's stand-in may be on PATH and not run.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
JOBS ?= auto
# A file stays on one worker: its tests may share something that takes seconds to build.
PARALLEL := -n $(JOBS) --dist loadfile

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := scanner rules schemas tools benchmarks
# Data files name every model there is; tests and examples hold the routes that findings are wanted for.
FACTS := --exclude '/schemas/**/*.json' --exclude '/scanner/**/*.json' --exclude '/scanner/**/*.yaml' --exclude /benchmarks/units --exclude /tests --exclude /examples
# What developers and CI install, by their hashes. ONLY_LOCKED=yes refuses to install anything else.
REQUIREMENTS := tools/requirements.txt
# All examples in the README and all captures are dated, so that they read the same whenever they are made.
TODAY := 2026-11-24

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast coverage check format lint types imports docstrings data generate package self audit lock readme golden bench fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.installed ## scan examples/ and list its routes; exit 0 whatever is found
	$(BIN)/routelint scan examples --today $(TODAY) --fail-on never
	@echo
	$(BIN)/routelint inventory examples --today $(TODAY)
	@echo
	@echo "This was a look, so it ends with exit 0. As a gate, drop --fail-on never: routelint scan exits 1 where an error is found."
	@echo "Next: $(BIN)/routelint scan PATH, then $(BIN)/routelint policy init PATH; every command has --help."

test: $(VENV)/.developed ## run every test, the slow ones too
	$(BIN)/python -m pytest $(PARALLEL)

test-fast: $(VENV)/.developed ## run the tests that need no build and no other program
	$(BIN)/python -m pytest $(PARALLEL) -m "not slow"

coverage: $(VENV)/.developed ## run every test, and measure the branches they take
	$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=term

check: format lint types imports docstrings data package self ## run every gate but the tests

format: $(VENV)/.developed ## is the code formatted? (write: ruff format)
	$(BIN)/ruff format --check .

lint: $(VENV)/.developed ## ruff's rules
	$(BIN)/ruff check .

types: $(VENV)/.developed ## mypy --strict
	$(BIN)/mypy

imports: $(VENV)/.developed ## data flows one way, judging never sees syntax
	PYTHONPATH=scanner:rules:schemas $(BIN)/lint-imports

docstrings: $(VENV)/.developed ## everything public has one
	$(BIN)/interrogate --quiet $(SOURCES)

GENERATORS := tools/build_data.py tools/build_policy_schema.py tools/build_rules_manual.py

data: $(VENV)/.developed ## is everything made from other files fresh?
	@for each in $(GENERATORS); do echo "$$each --check"; $(BIN)/python $$each --check || exit 1; done

generate: $(VENV)/.developed ## write the indexes, the policy's schema and the manual of the rules anew
	@for each in $(GENERATORS); do echo "$$each"; $(BIN)/python $$each || exit 1; done

package: $(VENV)/.developed ## build the wheel, look into it, use it outside the tree
	$(BIN)/python -m pytest tests/test_packaging.py

self: $(VENV)/.developed ## routelint on its own code, and on its examples
	$(BIN)/routelint scan $(SOURCES) $(FACTS) --today $(TODAY)
	$(BIN)/routelint scan examples --today $(TODAY) --fail-on never --quiet --strict >/dev/null

readme: $(VENV)/.developed ## write the captures in README.md anew
	$(BIN)/python -m pytest tests/test_readme.py --update-golden

golden: $(VENV)/.developed ## rewrite expected outputs; review the difference
	$(BIN)/python -m pytest $(PARALLEL) -m "not slow" --update-golden

audit: $(VENV)/.developed ## is an advisory known against anything that is installed here? (asks the network)
	$(BIN)/python tools/audit.py

# What is a week old has been looked at by others: versions that were tampered with are withdrawn within days. pip before 24 takes
# another version of a package that is asked for with an extra, unless its pin names the extra.
lock: $(VENV)/bin/python ## write tools/requirements.txt anew, with versions of a week ago and their hashes (asks the network)
	@$(BIN)/python -m venv .make/lock
	.make/lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	.make/lock/bin/uv pip compile pyproject.toml --group dev --universal --upgrade --exclude-newer "1 week" \
		--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --annotation-style line \
		--custom-compile-command "make lock" --quiet --output-file $(REQUIREMENTS)

# `make fuzz FUZZ="python scan --seconds 60 --seeds ../repositories"` gives some targets less, and mutates real files as well;
# Stopped and started again it goes on: build/fuzz/tally remembers what was tried.
# `make fuzz REPRODUCE=build/fuzz/NAME.input` shows a crash again.
fuzz: $(VENV)/.developed ## a million inputs for every parser, loader and printer (hours)
	PYTHONPATH=tests $(BIN)/python -m fuzzing $(if $(REPRODUCE),--reproduce $(REPRODUCE),--inputs 1000000 --turn 120 --tally build/fuzz/tally $(FUZZ))

bench: $(VENV)/.developed ## measure start-up, one file, 1,000 and 10,000 files (minutes)
	$(BIN)/python benchmarks/bench.py

clean: ## remove the environment, builds and caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The environment itself; both stamps below build on it.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "routelint needs Python 3.11 or later; none is on PATH; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "routelint needs Python 3.11 or later; '$(PYTHON)' is older or does not run" >&2; exit 1; }
	@echo "making $(VENV) with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu install the package python3-venv" >&2; exit 1; }

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/.developed: pyproject.toml $(REQUIREMENTS) | $(VENV)/bin/python
	$(BIN)/python tools/install.py $(if $(ONLY_LOCKED),--only-locked)
	@touch $@ $(VENV)/.installed
