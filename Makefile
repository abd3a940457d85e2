# dltext: one command starts it, one tests it. `make` alone lists them all.
#
#   PYTHON=python3.12   the Python to build on, where the one found first is not wanted
#   EXTRA=train|gpu     the CPU or the CUDA build of TensorFlow, where the choice by nvidia-smi is not wanted
#   FILE=review.txt     for `make run`: a document to open
#   WORKERS=3           for `make test`: how many processes test side by side, 2 GB each; 0: only this one
#   ARGS="-k paste"     for `make test` and `make faults`: options for pytest; for `make quality` and `make bench`: for the script
#   NAME=cold_start     for `make quality` and `make bench`: which script

VENV := .venv
BIN := $(VENV)/bin
# One more than two cores have: of the time of all tests three tenths are waiting for a screen.
WORKERS ?= 3
EXTRA ?= $(shell nvidia-smi -L >/dev/null 2>&1 && echo gpu || echo train)
PIP = $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
INPUTS := pyproject.toml constraints.txt

# Those scripts of a folder are meant to be started that say so: `python tests/FOLDER/NAME.py` in their first lines.
define measure
if [ -n "$(NAME)" ]; then exec $(BIN)/python $(1)/$(NAME).py $(ARGS); fi; \
echo "make $@ NAME=..."; \
for script in $$(grep -l "python $(1)/" $(1)/*.py); do \
	printf "  %-16s %s\n" "$$(basename $$script .py)" "$$(sed -n '1s/^\"*//p' $$script)"; \
done
endef

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test long faults lint format quality bench figures pictures docs wheel clean

help:  ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/run.stamp  ## set up what is missing and open dltext-tui
	@$(BIN)/dltext-tui $(FILE)

test: $(VENV)/dev.stamp  ## the default tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

long: $(VENV)/dev.stamp  ## the tests that the default ones leave out, as each takes tens of seconds
	@$(BIN)/python -m pytest -m long -n $(WORKERS) --timeout 1200 $(ARGS)

faults: $(VENV)/dev.stamp  ## the long fault campaign (tests/faults), then its table
	@rm -f tests/faults/results/figures.jsonl
	@DLTEXT_FAULTS=long $(BIN)/python -m pytest tests/faults -m "long or not long" -n $(WORKERS) --timeout 3600 $(ARGS)
	@$(BIN)/python tests/faults/figures.py

lint: $(VENV)/dev.stamp  ## ruff, its formatter, who imports what, dead code and pyright
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check . >/dev/null || { echo "Not formatted: see 'make format'." >&2; exit 1; }
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/vulture
	@$(BIN)/pyright --pythonpath $(BIN)/python

format: $(VENV)/dev.stamp  ## let ruff write what it can mend
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

quality: $(VENV)/dev.stamp  ## measure on real data sets: lists what there is; NAME=... runs one
	@$(call measure,tests/quality)

bench: $(VENV)/dev.stamp  ## measure speed and memory: lists what there is; NAME=... runs one
	@$(call measure,tests/benchmarks)

figures: $(VENV)/dev.stamp  ## which measured figures are older than the code that they measure
	@$(BIN)/python docs/tools/figures.py

pictures: $(VENV)/dev.stamp  ## make every picture of README and docs anew; ARGS="analyse words" only these
	@$(BIN)/python docs/tools/pictures.py $(ARGS)

docs: $(VENV)/docs.stamp  ## the documentation, into build/docs; broken links and anchors fail
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --clean
	@echo "build/docs/index.html"

wheel: $(VENV)/dev.stamp  ## dist/*.whl and dist/*.tar.gz
	@$(BIN)/python -m build

clean:  ## remove the environment and all that was built
	rm -rf $(VENV) build dist dltext.egg-info .pytest_cache .ruff_cache .hypothesis

# Editable: what is changed in the folder runs at once. A stamp is older than its inputs only after they changed.
$(VENV)/run.stamp: $(INPUTS) | $(BIN)/python
	@echo "Installing dltext[$(EXTRA)] into $(VENV); the first time this downloads some hundred megabytes."
	@$(PIP) -e '.[$(EXTRA)]'
	@touch $@

$(VENV)/dev.stamp: $(INPUTS) | $(BIN)/python
	@echo "Installing dltext[$(EXTRA),test,lint] into $(VENV); the first time this downloads some hundred megabytes."
	@$(PIP) -e '.[$(EXTRA),test,lint]'
	@touch $@ $(VENV)/run.stamp

$(VENV)/docs.stamp: $(VENV)/dev.stamp
	@$(PIP) -e '.[docs]'
	@touch $@

$(BIN)/python:
	@fits=; \
	for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
		"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue; \
		fits=$$python; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
		echo "Making $(VENV) with $$("$$python" --version)"; \
		"$$python" -m venv --clear $(VENV); exit $$?; \
	done; \
	if [ -n "$$fits" ]; then \
		echo "$$fits comes without venv: install it (Debian, Ubuntu: apt install python3-venv), or name another: make run PYTHON=..." >&2; \
	else \
		echo "dltext needs Python 3.11, 3.12 or 3.13, and $(or $(PYTHON),python3) is none: install one, or name it: make run PYTHON=/path/to/python3.12" >&2; \
	fi; \
	exit 1
