# casterbot. `make` lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The linter is pinned: a new version may find new faults, and those belong to a change of their own.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

# The race detector passes over SQLite, which is translated from C and takes ten times as long under it.
UNWATCHED := -gcflags=modernc.org/...=-race=false

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZTIME ?= 4s
IMAGE ?= casterbot

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: build
build: ## the static binary, ./casterbot
	CGO_ENABLED=0 go build -trimpath -tags nethttpomithttp2 -ldflags "-s -w -X main.version=$(VERSION)" -o casterbot .

.PHONY: test
test: need lint fuzz-short ## everything: formatting, vet, staticcheck, modules, fuzz targets, tests with the race detector
	@.ci/go-test $(UNWATCHED)

.PHONY: need
need: ## see that the tools of the tests are there, and install what is missing
	@.ci/need

.PHONY: lint
# What is looked at is built as the tests are, with the race detector: only for the linters it need not be built once more.
lint: ## formatting, vet, staticcheck, go.mod and go.sum
	@unformatted="$$(gofmt -l $$(find . -name '*.go' -not -path './.*'))"; \
	if [ -n "$$unformatted" ]; then echo "run gofmt -w on:" $$unformatted; exit 1; fi
	go mod tidy -diff
	go mod verify
	go vet -race $(UNWATCHED) ./...
	@linter="$$(mktemp -d)"; trap 'rm -rf "$$linter"' EXIT; set -x; \
	GOBIN="$$linter" .ci/plain go install $(STATICCHECK); \
	GOFLAGS="$${GOFLAGS:-} -race $(UNWATCHED)" "$$linter/staticcheck" ./...; \
	go -C test/helm mod tidy -diff; \
	.ci/plain go -C test/helm vet ./...; \
	cd test/helm; ../../.ci/plain "$$linter/staticcheck" ./...

.PHONY: fuzz fuzz-short
fuzz: ## every fuzz target for a minute (FUZZTIME=10m for longer)
	@FUZZTIME="$(if $(filter 4s,$(FUZZTIME)),1m,$(FUZZTIME))" .ci/fuzz
fuzz-short:
	@FUZZTIME="$(FUZZTIME)" .ci/fuzz

.PHONY: bench
bench: ## drive the built bot over the real wire and print what it does; see docs/performance.md
	go run ./test/bench

.PHONY: soak
soak: ## the crash matrix: kill the built bot at every step, start it again, compare what is left (SOAK=-postgres: on PostgreSQL)
	go run ./test/soak $(SOAK)

.PHONY: faults
faults: ## scripts of what goes wrong around the built bot, in their long forms; -list names them
	go run ./test/faults -long $(SCRIPTS)

.PHONY: vuln
vuln: ## known vulnerabilities in what is called (asks the Go vulnerability database)
	go run $(GOVULNCHECK) ./...

.PHONY: image
image: ## the container image
	docker build --build-arg VERSION="$(VERSION)" -t $(IMAGE) .

.PHONY: release
release: ## archives for Linux and macOS with checksums and SBOMs, in ./dist; the same commit gives the same bytes
	go run ./deploy/release

.PHONY: update
update: ## rewrite the README's tables, the conversations, the drawn messages and deploy/kubernetes.yml from the code
	go test ./test/arch ./internal/policy ./bot/render ./test/e2e -update
	go -C test/helm test -count=1 . -update
