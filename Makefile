# `make run` and `make test` need Python 3.11 or newer; the playground also needs Node 20.19 or newer.
PYTHON ?= python3
BIN := .venv/bin
NODE := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (a > 20 || (a == 20 && b >= 19)) console.log("yes")' 2>/dev/null)
WEB := web_playground
WEB_SOURCES := $(shell find $(WEB)/src -type f) $(addprefix $(WEB)/,index.html package.json tsconfig.json vite.config.ts)
ifeq ($(NODE),yes)
NPM_TESTS := tests/npm/node_modules/.package-lock.json
endif

.PHONY: run test demo lint format schema migrations lock web install bench clean

run: install ## start the server
	$(BIN)/vantage serve

test: install $(NPM_TESTS) ## all tests
	$(BIN)/pytest -n auto

demo: install ## play three conversations
	$(BIN)/vantage demo

lint: install ## formatting, rules, types, imports, printed schema
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m schema.schema --check

format: install ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: install ## print the schema into schema/schema.graphql
	$(BIN)/python -m schema.schema

migrations: install ## write the migration that the tables ask for
	$(BIN)/tortoise -c models.migrate.TORTOISE makemigrations

bench: install ## measure against the budgets
	$(BIN)/python -m benchmarks

lock: install ## resolve requirements.lock anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra redis --extra rabbitmq --group dev --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --quiet -o requirements.lock

install: .venv/installed web

web: $(WEB)/dist/index.html

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vantage needs Python 3.11 or newer, this is %d.%d; name one: make PYTHON=python3.11" % sys.version_info[:2])'
	@echo "Installing the server into .venv ..."
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

ifeq ($(NODE),yes)
# npm writes this file last.
$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	@echo "Installing what the playground needs ..."
	@cd $(WEB) && npm ci --ignore-scripts --no-progress --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

tests/npm/node_modules/.package-lock.json: tests/npm/package-lock.json
	@echo "Installing the programs from npm that some tests need ..."
	@cd tests/npm && npm ci --ignore-scripts --no-progress --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_SOURCES)
	@echo "Building the playground ..."
	@cd $(WEB) && npm run --silent build -- --logLevel=warn
	@touch $@
else
$(WEB)/dist/index.html:
	@echo "Node 20.19 or newer is not there: the playground is not built, the API runs without it."
endif

clean: ## remove what was installed and built, not the data in .vantage
	rm -rf .venv $(WEB)/node_modules $(WEB)/dist tests/npm/node_modules
