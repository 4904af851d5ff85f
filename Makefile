# The commands of the project. Each installs what it lacks and is quick the second time.
.PHONY: help trunk-lab line-lab demo test bench soak fuzz lint deps fmt doc schema web webtest console schemathesis

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## a whole call on this machine: a synthetic caller books a table and asks about parking
	@scripts/need.sh espeak-ng=espeak-ng cc=gcc
	@echo "building (minutes the first time) …"
	@cargo build --quiet --locked -p biseo-server
	@rm -rf target/demo
	@cargo run --quiet --locked -p biseo-server -- demo --folder target/demo

deps: ## install what tests need (Debian packages)
	@scripts/need.sh espeak-ng=espeak-ng cc=gcc sipp=sip-tester baresip=baresip-core initdb=postgresql ip=iproute2

lint: ## formatting and house rules
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

# The console first: the program is then built once, with it inside.
test: deps console lint ## everything that must hold before a change lands
	RUST_TEST_THREADS=$$(( 2 * $$(nproc) )) cargo test --locked --workspace
	@# With the workspace's features, so that nothing outside it is compiled once more.
	eval "$$(scripts/sherpa.sh)" && cargo test --locked --workspace --test sherpa --test schema \
		--features biseo-speech-sherpa/sherpa,biseo-model/schema,biseo-conversation/schema
	@scripts/web.sh check
	@SCHEMATHESIS_SECONDS=$${SCHEMATHESIS_SECONDS:-60} scripts/schemathesis.sh

console:
	@scripts/web.sh build

bench: deps ## measure: voice, understanding, media, pacing (release build; keep the machine quiet)
	@scripts/bench.sh

soak: deps ## hours of conversation in minutes, 100 calls at once: SOAK_TURNS (34000, 24 hours) utterances (release build)
	cargo run --quiet --locked --release -p biseo-server -- bench soak --calls $${SOAK_CALLS:-100} --turns $${SOAK_TURNS:-34000}

fuzz: deps ## properties with FUZZ_FACTOR (50) times the usual cases, then each fuzz target for FUZZ_SECONDS (60)
	FUZZ_FACTOR=$${FUZZ_FACTOR:-50} PROPTEST_CASES=$$((256 * $${FUZZ_FACTOR:-50})) cargo test --locked --workspace --exclude biseo-server --exclude biseo-media-io
	scripts/fuzz.sh

trunk-lab: ## calls under way while carriers are killed and while an uplink is cut: TRUNK_CALLS (1000), TRUNK_SEED (root for the uplink; about ten minutes)
	cargo run --locked -p biseo-telephony --example failover -- $${TRUNK_CALLS:-1000} $${TRUNK_SEED:-1}
	cargo run --locked -p biseo-telephony --example uplink -- 200

line-lab: ## the line doctor against real routers in namespaces: LINE_TRIALS (10) each, LINE_JOBS (1) at once, LINE_EXERCISE (2021, flood), LINE_PACED=1 (asked as seldom as the program asks), LINE_BEACON=1, LINE_SEED (root)
	@scripts/need.sh bird=bird2 birdc=bird2 nft=nftables ip=iproute2 tc=iproute2
	cargo run --locked -p biseo-line-io --example lab -- --trials $${LINE_TRIALS:-10} --jobs $${LINE_JOBS:-1} \
		$${LINE_SEED:+--seed $$LINE_SEED} $${LINE_EXERCISE:+--exercise $$LINE_EXERCISE} $${LINE_PACED:+--paced} $${LINE_BEACON:+--beacon}

fmt: ## format
	cargo fmt --all

schema: ## write the JSON schemas of shop profiles and flows anew
	cargo run --locked -p biseo-model --features schema --example schema > shops/schema.json
	cargo run --locked -p biseo-conversation --features schema --example schema > flows/schema.json

doc: ## documentation of every public item
	cargo doc --locked --workspace --no-deps

web: ## build the console into web/dist (Node 20.19 or later); the next cargo build embeds it
	@scripts/web.sh build

webtest: ## check the console: types, unit tests, build, and in a browser (Node 20.19 or later; installs chromium)
	@scripts/web.sh

schemathesis: ## hold the API to its own document by generated requests (three minutes, in `make test` one; python3-venv)
	@scripts/schemathesis.sh
