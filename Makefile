# Palate. `make demo` and `make test` are all a newcomer needs; everything they need they install.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PORT   ?= 7860
# Processes that share the tests; a file's tests stay together, as they share what they build.
WORKERS ?= auto

.PHONY: help demo test test-real lint check format docs bench clean
.DEFAULT_GOAL := help

help: ## List the commands.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# torch first and pinned: an open range would pull a GPU build of several gigabytes.
$(VENV)/.installed: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[train,mcp,oidc,postgres,ray,slack,telemetry]' --group dev
	@touch $@

demo: $(VENV)/.installed ## Fetch the model, build the demo index, open the chat on http://127.0.0.1:7860
	$(BIN)/palate demo --port $(PORT)

test: $(VENV)/.installed-dev ## Run the test suite (no model download, no GPU, no network).
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

test-real: $(VENV)/.installed-dev ## The same, and the tests with the embedded model, a real vLLM server and a real browser.
	$(BIN)/python -m pytest --run-real

lint: $(VENV)/.installed-dev ## Style and types.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint ## Style, types, architecture and documentation.
	$(BIN)/python -m pytest -q tests/unit/test_architecture.py tests/unit/test_public_api.py tests/docs

format: $(VENV)/.installed-dev ## Format the code and sort imports.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.installed-dev ## Regenerate the settings and command-line reference.
	$(BIN)/python -m ui.reference

bench: $(VENV)/.installed ## Time a turn, stage by stage, with the embedded model.
	$(BIN)/palate bench turn

clean: ## Remove the environment and everything built (downloaded models are kept).
	rm -rf $(VENV) .palate build dist .pytest_cache .mypy_cache .ruff_cache
