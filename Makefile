# Everything a developer needs, in one line each. What is not trivial is a script.

.PHONY: help run test check bench build deps

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-6s %s\n", $$1, $$2}' Makefile

run: ## build and start on this machine, with a demo hospital in ./data
	scripts/run.sh

test: ## install what the tests need and run all of them
	scripts/test.sh

check: ## quick checks before a commit: format, vet, lint, architecture, types
	scripts/check.sh

bench: ## run the benchmarks and print their ratios
	scripts/bench.sh

build: ## build bin/wardline with its pages
	scripts/build.sh

deps: ## install what building and testing need
	scripts/deps.sh
