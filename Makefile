VENV := .venv/bin
SHUTTERSTEP := $(VENV)/shutterstep
# Some containers set it. Each of the many processes that the tests start would then compile all it imports again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: records simulations bench bench-pool help setup shot demo test test-long faults soak attack image test-image test-sam scan check docs lists lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv and find or install Chromium; instant the second time
	@scripts/setup.sh

shot: ## take a picture of one page into out/: make shot URL=https://example.com
	@test -n "$$URL" || { echo "give the page: make shot URL=https://example.com" >&2; exit 2; }
	@$(MAKE) --no-print-directory setup
	@scripts/shot.sh "$$URL"

demo: setup ## send twelve requests for the bundled pages, six of them duplicates, and make a contact sheet
	@$(SHUTTERSTEP) demo

test: setup ## run the tests on all cores, without the long ones; only some of them: make test ARGS=tests/unit
	@$(VENV)/python -m pytest --numprocesses auto --no-loadscope-reorder $(or $(ARGS),-m "not long")

test-long: setup ## run the long tests: the oracle, the attacks, stacks under faults, every command of the documents
	@$(VENV)/python -m pytest --numprocesses auto --no-loadscope-reorder -m long $(ARGS)

faults: setup ## send N messages to the running stack while faults are injected, in either RenderMode: make faults N=300 SEED=1 MODE=pool
	@$(VENV)/python -m tests.faults.run $(or $(N),300) --seed $(or $(SEED),1) --mode $(or $(MODE),task)

soak: setup ## stress the whole stack with bad pages, killed workers, redeployments and stopped executions: make soak MINUTES=3
	@$(VENV)/python -m tests.soak.run --minutes $(or $(MINUTES),30)

attack: setup ## run hostile pages against canaries on loopback, with the egress guard and without it: make attack ONLY=WebRTC JSON=1
	@$(VENV)/python -m tests.security.attack --only "$(ONLY)" $(if $(JSON),--json)

image: setup ## build the renderer's container image, with your Docker engine or with Debian's
	@scripts/image/engine.sh scripts/image/build.sh

test-image: setup ## build the image and test containers of it: the end-to-end tests, and what a container may not do
	@scripts/image/engine.sh scripts/image/test.sh

bench-pool: setup ## compare pictures a second of the whole stack with the renderer alone, then measure PoolConcurrency on one core
	@$(VENV)/python -m tests.benchmarks.pool_throughput
	@$(VENV)/python -m tests.benchmarks.pool_concurrency

bench: setup ## compare with the raw protocol and with other tools: make bench PART=warm (or cold, memory, soak), PUBLISH=1 writes docs
	@tests/benchmarks/peers/setup.sh
	@$(VENV)/python -m tests.benchmarks.run $(PART) $(if $(PUBLISH),--publish) $(BENCH)

test-sam: setup ## run sam validate, build and deploy against the embedded AWS, with a separate SAM CLI
	@scripts/sam.sh

scan: setup ## check template.yaml with checkov; the exceptions, with reasons, are in .checkov.yaml
	@scripts/scan.sh

check: setup ## run CI's checks besides the tests: lint, format, types, graphs and references in the docs
	@$(VENV)/ruff check
	@$(VENV)/ruff format --check
	@$(VENV)/basedpyright
	@$(VENV)/python -m tools.workflow_docs --check
	@$(VENV)/python -m tools.command_docs --check

docs: setup ## update the generated parts of the docs: graphs, COMMANDS.md, PARAMETERS.md, options in REQUEST.md
	@$(VENV)/python -m tools.request_docs
	@$(VENV)/python -m tools.workflow_docs
	@$(VENV)/python -m tools.command_docs

simulations: setup ## simulate the loads of docs/SCALING.md again: its table, figures and plots
	@$(VENV)/python -m tools.scaling_docs

records: setup ## record the states' inputs and results again, with the tests of the workflows on their stack
	@RECORD_STATES=1 $(VENV)/python -m pytest -q tests/workflow

lists: setup ## update the block lists from Debian's package of uBlock Origin
	@$(VENV)/python -m tools.block_lists

lock: setup ## pin pyproject.toml's dependencies, with hashes
	@$(VENV)/python -m uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --no-annotate --quiet -o requirements.lock
	@for part in functions/renderer:3.13 functions/starter:3.11 layers/shared:3.11; do \
		$(VENV)/python -m uv pip compile $${part%:*}/requirements.in -c requirements.lock --universal \
			--python-version $${part#*:} --generate-hashes --no-header --no-emit-index-url --no-annotate --quiet \
			-o $${part%:*}/requirements.txt; \
	done

clean: ## remove what setup and runs made
	@rm -rf .venv .shutterstep .aws-sam .ruff_cache .pytest_cache .hypothesis out *.egg-info
	@find functions layers scripts tests -name __pycache__ -prune -exec rm -rf {} +
