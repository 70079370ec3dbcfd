# Thin on purpose: each target is one script of eng/, which can be run by itself.
.DEFAULT_GOAL := help
.PHONY: help quickstart deps build publish test soak bench format clean

help:        ## this list
	@sed -n 's/^\([a-z]*\): *## */\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

quickstart:  ## install what is missing, build, start the server, and run the main job on real data
	@eng/quickstart.sh

deps:        ## install what is missing to build and run (says what and why)
	@eng/deps.sh quickstart

build:       ## leaves bin/cairn
	@eng/deps.sh build
	@eng/build.sh

publish:     ## leaves artifacts/cairn-linux-x64, which runs where there is no .NET
	@eng/deps.sh build
	@eng/publish.sh

test:        ## install what tests need, and run all of them; FILTER=*words* runs some
	@eng/deps.sh test
	@eng/test.sh

soak:        ## prove the published folder, fuzz the server for FUZZ_MINUTES (10), and run the tests over and over for MINUTES (60), to find what fails rarely
	@eng/deps.sh test
	@eng/soak.sh

bench:       ## run the benchmarks; NAME=rpc.get runs one
	@eng/deps.sh test
	@eng/bench.sh

format:      ## put the code into its one format
	@eng/format.sh

clean:       ## remove what builds leave (not node_modules, not any server's data)
	@eng/clean.sh
