# Every target works from a fresh clone: the virtual environment is made when it is missing or out of date.
# Needed: Python 3.11 or newer (another one than python3: make PYTHON=python3.12 …), make, and pip's package index.

PYTHON ?= python3
JOBS ?= 3
DATA ?= .comitia/cluster

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp

# The tests start hundreds of processes: none need compile the house again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv demo cluster test check bench mutate rules proto proto-check static clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(STAMP) ## make the virtual environment in .venv

demo: $(STAMP) ## run three processes on one log, then bundle, verify, replay and tamper
	@$(BIN)/comitia demo

# How many processes of each: make cluster BALLOTS_API=3
GROUPS := $(foreach service,PROCESSES PROPOSALS CHAMBERS BALLOTS AUDIT,$(service)_API $(service)_WORKER) RELAY
SCALE = $(foreach group,$(GROUPS),$(if $($(group)),$(group)=$($(group))))

cluster: $(STAMP) ## run every service on its own, on PostgreSQL and RabbitMQ, until Ctrl-C; BALLOTS_API=3 for three of one
	@exec $(BIN)/python -m infra.local.cluster --data "$(DATA)" $(SCALE)

test: static ## everything that CI runs: formats, types, contracts and every test
	$(BIN)/pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder

check: static ## the same without the slow tests and with fewer examples: under a minute
	$(BIN)/pytest -q -n $(JOBS) --dist loadfile -m "not slow" --hypothesis-profile check

bench: $(STAMP) ## what the engine and the verifier cost, against their unavoidable parts
	@$(BIN)/python -m tests.benchmarks --write docs/performance.md

mutate: $(STAMP) ## change the rules in small ways and see that a test notices (hours; it goes on where it stopped)
	@$(BIN)/python -m infra.local.mutate

rules: $(STAMP) ## every rule module and its sentence
	@$(BIN)/python -m rules

proto: $(STAMP) ## format the contracts and generate libs/comitia from them
	$(BIN)/buf format -w proto
	$(BIN)/python infra/local/generate.py

proto-check: $(STAMP) ## contracts follow the buf style and libs/comitia is what they generate
	$(BIN)/buf lint proto
	$(BIN)/buf format --diff --exit-code proto
	$(BIN)/python infra/local/generate.py --check

static: proto-check
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy

clean: ## remove the virtual environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, found " + sys.version.split()[0] + ": make PYTHON=python3.12 …")'
	@echo "making $(VENV) (once; about a minute)"
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip $(VENV)
	@if [ -x $(BIN)/pip ]; then pip="$(BIN)/python -m pip"; else pip="$(PYTHON) -m pip --python $(BIN)/python"; fi; \
		PIP_DISABLE_PIP_VERSION_CHECK=1 $$pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@
