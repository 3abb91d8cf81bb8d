# What each target is for stands in .github/CONTRIBUTING.md; how it is built is in CMakePresets.json, whose presets have
# the names of the targets. Everything that is built is in build/.
MAKEFLAGS += --no-print-directory
JOBS ?= $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
# Most tests wait most of their time.
TEST_JOBS ?= $(shell echo $$((2 * $(JOBS))))
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
SCHEDULES ?= 200
INSTALL_PACKAGES = tools/dev/install-packages
PYTHON = PYTHONDONTWRITEBYTECODE=1 python3
BUILD = cmake --build --parallel $(JOBS) --preset

.PHONY: all run test e2e bench bench-guard autobahn debug clang asan tsan fuzz coverage lint format check package
.PHONY: jepsen install clean
.NOTPARALLEL:

all: build/build.ninja
	@$(BUILD) release

run:
	@$(INSTALL_PACKAGES) build
	@$(MAKE) build/build.ninja
	@$(BUILD) release --target sentix_binary
	@exec build/sentix serve $(ARGS)

test:
	@$(INSTALL_PACKAGES) build test
	@$(MAKE) all
	@ctest --preset release --parallel $(TEST_JOBS)

e2e:
	@$(INSTALL_PACKAGES) build e2e
	@$(MAKE) all
	@tools/dev/client-tests

bench:
	@$(INSTALL_PACKAGES) build bench
	@$(MAKE) all
	@tools/dev/bench
	@$(PYTHON) bench/macro/run.py

bench-guard:
	@$(INSTALL_PACKAGES) build guard
	@$(MAKE) build/build.ninja
	@$(BUILD) release --target sentix-bench-guard
	@$(PYTHON) tools/dev/bench_guard.py $(if $(RENEW),--renew)

autobahn: all
	@$(PYTHON) tools/dev/autobahn.py

jepsen: build/build.ninja
	@$(INSTALL_PACKAGES) build test
	@$(BUILD) release --target sentix_binary
	@PATH="/usr/bin:$$PATH" PYTHONPATH=test/e2e:test/jepsen $(PYTHON) test/jepsen/run.py \
		--schedules $(SCHEDULES) --jobs $(JOBS) $(if $(SEED),--seed $(SEED)) $(if $(SENTINELS),--sentinels) \
		$(if $(SYNCED),--synced) $(if $(CLUSTER),--cluster)

debug: build/debug/build.ninja
	@$(BUILD) debug
	@ctest --preset debug --parallel $(JOBS)

clang: build/clang/build.ninja
	@$(BUILD) clang

asan: build/asan/build.ninja
	@$(BUILD) asan
	@tools/dev/sanitizer-tests asan $(JOBS)

tsan: build/tsan/build.ninja
	@$(BUILD) tsan
	@tools/dev/sanitizer-tests tsan $(JOBS)

fuzz: build/asan/build.ninja
	@$(BUILD) asan --target fuzzers
	@tools/dev/fuzz $(FUZZ_SECONDS) $(FUZZERS)

coverage: build/coverage/build.ninja
	@$(BUILD) coverage
	@tools/dev/coverage $(JOBS)

lint: build/clang/build.ninja
	@cmake --preset clang >/dev/null # which files there are may have changed
	@tools/dev/lint

format:
	@git ls-files -z --cached --others --exclude-standard '*.h' '*.cpp' | xargs -0 clang-format -i

check: test lint

package: all
	@cd build && cpack -B .

install:
	@$(INSTALL_PACKAGES) build
	@$(MAKE) build/build.ninja
	@$(BUILD) release --target sentix sentix_binary sentix_load_binary reference
	@cmake --install build --prefix $(PREFIX)

clean:
	@rm -rf build

build/build.ninja: CMakePresets.json
	@cmake --preset release
	@touch $@

build/%/build.ninja: CMakePresets.json
	@$(INSTALL_PACKAGES) build test $(if $(filter clang asan coverage,$*),clang)
	@cmake --preset $*
	@touch $@
