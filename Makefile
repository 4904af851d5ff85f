# The commands of the project. Each installs what it lacks and is quick the second time.
.PHONY: help test lint deps fmt doc

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

deps: ## install what tests need (Debian packages)
	@scripts/need.sh espeak-ng=espeak-ng cc=gcc sipp=sip-tester

lint: ## formatting and house rules
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

test: deps lint ## everything that must hold before a change lands
	cargo test --locked --workspace

fmt: ## format
	cargo fmt --all

doc: ## documentation of every public item
	cargo doc --locked --workspace --no-deps
