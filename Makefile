# csv2chakra: build, test, install. `make help` lists the targets.
#
# One makefile, no recursion into folders; variants live side by side in
# build/$(BUILD)/{obj,bin}. CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS are the
# user's and come last.

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.DEFAULT_GOAL := all

VERSION := 0.2.0
PREFIX ?= /usr/local
BUILD ?= release
DEPS ?= yes
WERROR ?= $(if $(CI),yes,no)
V ?= 0
ACK ?= job
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

ifneq ($(filter $(BUILD),release clang asan tsan cov fuzz),$(BUILD))
$(error BUILD=$(BUILD) is unknown; say release, clang, asan, tsan, cov or fuzz)
endif

B := build/$(BUILD)
Q := $(if $(filter 0,$(V)),@)
# say WHAT,FILE: without a process, of which there would be hundreds.
say = $(if $(Q),$(info $()  $(1) $(2)))

# What the programs are made of.
STAGES := base system value input csv mapping look build ledger runs http \
	chakra send report results plan import undo batch author cli
LIB_SRC := $(filter-out src/cli/main.c,$(wildcard $(STAGES:%=src/%/*.c)))
SANDBOX_STAGES := sandbox serve
SANDBOX_SRC := $(filter-out src/serve/main.c,$(wildcard $(SANDBOX_STAGES:%=src/%/*.c)))
UNIT_SRC := $(wildcard tests/unit/test_*.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(B)/obj/%.o)
SANDBOX_OBJ := $(SANDBOX_SRC:%.c=$(B)/obj/%.o)
# Files that stand in the program as they are, each a C file of its own. They
# are ASCII and hold no NUL.
ASSETS := src/results/page.css src/results/page.js src/report/report.schema.json \
	src/report/report-1.schema.json src/batch/split.schema.json src/author/fields.schema.json src/system/log.schema.json
LIB_OBJ += $(ASSETS:%=$(B)/obj/%.o)
PROGRAMS := $(B)/bin/csv2chakra $(B)/bin/chakra-sandbox
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/bin/tests/%)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/fuzz_%.c=$(B)/bin/fuzz/%)

# What they stand on. Debian has no .pc file for libcsv.
PKGS := libcjson yaml-0.1 sqlite3 libcrypto libpcre2-8 libutf8proc zlib
# Loaded when they are first needed (system/library.h), so not linked; these are
# the Debian packages that hold them.
LAZY_PKGS := libcurl libarchive uchardet
LAZY_APT := libcurl4 libarchive13 libuchardet0
SANDBOX_PKGS := libmicrohttpd sqlite3 libcjson libcrypto libutf8proc zlib
TEST_PKGS := cmocka libarchive
APT := gcc make pkg-config libc6-dev libcsv-dev libcurl4-openssl-dev \
	libcjson-dev libyaml-dev libsqlite3-dev libssl-dev libpcre2-dev \
	libutf8proc-dev libuchardet-dev libarchive-dev zlib1g-dev libmicrohttpd-dev ca-certificates tzdata
APT_TEST := libcmocka-dev bats mandoc jq gojq curl python3 procps util-linux \
	shellcheck valgrind

NOBUILD := deps deps-check help clean format format-check uninstall dist
ifneq ($(filter-out $(NOBUILD),$(or $(MAKECMDGOALS),all)),)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) $(LAZY_PKGS) 2>/dev/null)
# Asked once, when the first program is linked.
PKG_LIBS = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)) -lcsv -lm)$(PKG_LIBS)
SANDBOX_LIBS = $(eval SANDBOX_LIBS := $(shell pkg-config --libs $(SANDBOX_PKGS)))$(SANDBOX_LIBS)
TEST_LIBS = $(eval TEST_LIBS := $(shell pkg-config --libs $(TEST_PKGS)))$(TEST_LIBS)
endif

GOLD := $(shell echo 'int main(void) { return 0; }' | $(CC) -fuse-ld=gold \
	-x c -o /dev/null - 2>/dev/null && echo -fuse-ld=gold)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Wundef \
	-Wwrite-strings $(if $(filter yes,$(WERROR)),-Werror)
# FLAGS if the compiler takes them without a word: the first is for x86 alone,
# level 3 of the last needs a newer compiler and libc.
tried = $(shell echo 'int tried;' | $(CC) -O2 -Werror $(1) -include stdio.h \
	-x c -c -o /dev/null - 2>/dev/null && echo '$(1)')
# The folder of the build stands in no program.
HARDEN := -fstack-protector-strong -fPIE -ffile-prefix-map='$(CURDIR)'=.
HARDEN_LD := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
ifneq ($(filter release clang,$(BUILD)),)
HARDEN += $(call tried,-fcf-protection=full) \
	$(call tried,-fstack-clash-protection)
FORTIFY := $(or $(call tried,-D_FORTIFY_SOURCE=3),-D_FORTIFY_SOURCE=2)
endif
# Two parts in a hundred quicker than -O2, for seven more of size.
FLAGS_release := -O3 -g $(FORTIFY)
# Its sanitizer sees what gcc's does not: an offset added to a null pointer.
FLAGS_clang := -O1 -g -fsanitize=undefined -fno-sanitize-recover=all $(FORTIFY)
# What watches a program writes and starts things on its behalf.
UNCONFINED := -DCSV2CHAKRA_UNCONFINED
FLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer $(UNCONFINED)
FLAGS_tsan := -O1 -g -fsanitize=thread $(UNCONFINED)
FLAGS_cov := -O0 -g --coverage $(UNCONFINED)
FLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer $(UNCONFINED)
LD_clang := -fsanitize=undefined
LD_asan := -fsanitize=address,undefined
LD_tsan := -fsanitize=thread
LD_cov := --coverage -Wl,--wrap=_exit,--wrap=raise,--wrap=kill
LD_fuzz := -fsanitize=fuzzer,address,undefined

ALL_CPPFLAGS = -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE \
	-D_FILE_OFFSET_BITS=64 -DCSV2CHAKRA_VERSION='"$(VERSION)"' \
	-iquote include $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(WARNINGS) $(HARDEN) $(FLAGS_$(BUILD)) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) $(LD_$(BUILD)) $(LDFLAGS)

.PHONY: all
all: $(PROGRAMS) ## build both programs into build/release/bin

# Archives, so that a program takes only the objects that it uses: the sandbox
# does without libcurl, the importer without libmicrohttpd.
LIB := $(B)/lib/libcsv2chakra.a
SANDBOX_LIB := $(B)/lib/libsandbox.a
# Helpers of the unit tests (tests/unit/*.c but test_*.c) are linked into each.
UNIT_HELPERS := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))
UNIT_HELPER_LIB := $(B)/lib/libunit.a
$(UNIT_HELPER_LIB): $(UNIT_HELPERS:%.c=$(B)/obj/%.o)
$(LIB): $(LIB_OBJ)
$(SANDBOX_LIB): $(SANDBOX_OBJ)
$(LIB) $(SANDBOX_LIB) $(UNIT_HELPER_LIB):
	@rm -f $@
	$(call say,AR   ,$@)$(Q)$(AR) rcs $@ $^

$(B)/bin/csv2chakra: $(B)/obj/src/cli/main.o $(LIB)
$(B)/bin/csv2chakra: LIBS = $(PKG_LIBS)
# A test build with failures on purpose and a clock that can run faster
# (system/fault.h): only the files that have such points are compiled again; they
# come before the archives.
FAULT_SRC := $(shell grep -l system/fault.h $(STAGES:%=src/%/*.c) $(SANDBOX_STAGES:%=src/%/*.c))
FAULT_OBJ := $(FAULT_SRC:%.c=$(B)/faults/%.o)
FAULT_PROGRAMS := $(B)/bin/csv2chakra-faults $(B)/bin/chakra-sandbox-faults
ifeq ($(BUILD),release)
$(B)/faults/%.o: private FLAGS_release := -O1 -g $(FORTIFY)
endif
$(B)/faults/%.o: %.c $(B)/flags
	$(call say,CC   ,$< (faults))$(Q)$(CC) $(ALL_CPPFLAGS) -DCSV2CHAKRA_FAULTS $(ALL_CFLAGS) -MMD -MP \
		-c -o $@ $<
$(B)/bin/csv2chakra-faults: $(B)/obj/src/cli/main.o \
	$(filter-out $(foreach room,$(SANDBOX_STAGES),$(B)/faults/src/$(room)/%),$(FAULT_OBJ)) $(LIB)
$(B)/bin/csv2chakra-faults: LIBS = $(PKG_LIBS)
$(B)/bin/chakra-sandbox-faults: $(filter $(foreach room,$(SANDBOX_STAGES) system base,$(B)/faults/src/$(room)/%), \
	$(FAULT_OBJ)) $(SANDBOX_LIB) $(LIB)
$(B)/bin/chakra-sandbox-faults: LIBS = $(SANDBOX_LIBS)

$(B)/bin/chakra-sandbox: $(B)/obj/src/serve/main.o $(SANDBOX_LIB) $(LIB)
$(B)/bin/chakra-sandbox: LIBS = $(SANDBOX_LIBS)
$(UNIT_BIN): $(B)/bin/tests/%: $(B)/obj/tests/unit/%.o $(UNIT_HELPER_LIB) \
	$(SANDBOX_LIB) $(LIB)
$(UNIT_BIN): LIBS = $(PKG_LIBS) $(SANDBOX_LIBS) $(TEST_LIBS)

# Counters of a process that ends without exit.
ifeq ($(BUILD),cov)
$(PROGRAMS) $(FAULT_PROGRAMS) $(UNIT_BIN) $(FUZZ_BIN): $(B)/obj/tests/coverage/dump.o
endif

# A fuzz target is run by libFuzzer in BUILD=fuzz, by replay.c elsewhere.
$(FUZZ_BIN): $(B)/bin/fuzz/%: $(B)/obj/tests/fuzz/fuzz_%.o \
	$(if $(filter fuzz,$(BUILD)),,$(B)/obj/tests/fuzz/replay.o) $(LIB)
$(FUZZ_BIN): LIBS = $(PKG_LIBS)
$(B)/bin/fuzz/mapping: LIBS += -Wl,--wrap=zone_load,--wrap=zone_free

# There are some hundred of these; gold, where there is one, takes half as long.
ifeq ($(BUILD),release)
$(UNIT_BIN) $(FUZZ_BIN): private ALL_LDFLAGS += $(GOLD)
endif

$(PROGRAMS) $(FAULT_PROGRAMS) $(UNIT_BIN) $(FUZZ_BIN):
	$(call say,LINK ,$@)$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LIBS) $(LDLIBS)

# Tests reach into the rooms: a header of src/ROOM/ is "ROOM/module.h" to them.
# What they hold is the same at a level that compiles in half the time. Both
# are private: $(B)/flags, which all objects wait for, must not inherit them.
$(B)/obj/tests/%.o: private ALL_CPPFLAGS += -iquote src
ifeq ($(BUILD),release)
$(B)/obj/tests/%.o: private FLAGS_release := -O0 -g
endif

$(B)/obj/%.o: %.c $(B)/flags
	$(call say,CC   ,$<)$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# src/report/page.css becomes `const struct text asset_page_css`.
$(B)/gen/%.c: % Makefile | $(B)/flags
	$(call say,EMBED,$<)$(Q){ echo '#include "base/text.h"'; \
		echo 'static const unsigned char bytes[] = {'; \
		od -An -v -tu1 $< | sed 's/[0-9][0-9]*/&,/g'; \
		echo '};'; \
		echo 'const struct text asset_$(subst -,_,$(subst .,_,$(<F))) = {'; \
		echo '(const char *)bytes, sizeof(bytes)};'; } >$@
$(ASSETS:%=$(B)/obj/%.o): $(B)/obj/%.o: $(B)/gen/%.c $(B)/flags
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Where everything goes: what is built waits for $(B)/flags, which makes them all
# at once.
FOLDERS = $(sort $(dir $(LIB) $(PROGRAMS) $(UNIT_BIN) $(FUZZ_BIN) $(BENCH_BIN) $(LIB_OBJ) $(SANDBOX_OBJ) \
	$(FAULT_OBJ) $(ASSETS:%=$(B)/gen/%)) $(B)/obj/tests/unit/ $(B)/obj/tests/fuzz/ $(B)/obj/tests/coverage/)

# New flags rebuild everything: the stamp changes only when they do.
$(B)/flags: FORCE
	@mkdir -p $(FOLDERS)
	@echo '$(subst ','\'',$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS))' | \
		cmp -s - $@ || \
		echo '$(subst ','\'',$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS))' >$@

.PHONY: FORCE
FORCE:

.PHONY: deps
deps: ## install the Debian packages that are missing (DEPS=no: never)
	@DEPS='$(DEPS)' sh tests/deps.sh $(APT) $(APT_TEST)

.PHONY: check
check: deps ## build and test, without what takes minutes; the last line is "N passed, N failed"
	@$(MAKE) --no-print-directory -j$(JOBS) all tests
	@B='$(B)' sh tests/run.sh

.PHONY: check-long
check-long: deps ## the tests that take minutes: rehearsals, growth, instructions, hostile services
	@$(MAKE) --no-print-directory -j$(JOBS) all tests
	@B='$(B)' sh tests/run.sh long

.PHONY: tests
tests: $(UNIT_BIN) $(FUZZ_BIN) $(FAULT_PROGRAMS) bench-tools

.PHONY: check-unit
check-unit: $(UNIT_BIN) $(FUZZ_BIN) all ## run the unit tests and the fuzz corpora
	@B='$(B)' sh tests/run.sh unit

.PHONY: check-e2e
check-e2e: all bench-tools $(FAULT_PROGRAMS) ## run the quick end-to-end tests only
	@B='$(B)' sh tests/run.sh e2e

.PHONY: check-engines
check-engines: all ## import in parts under GNU parallel and Slurm (Slurm needs root)
	@DEPS='$(DEPS)' sh tests/deps.sh $(APT_TEST) parallel slurm-wlm munge
	@B='$(B)' sh tests/run.sh tests/engines/parallel.bats tests/engines/slurm.bats

FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: ## fuzz each target for FUZZ_SECONDS (TARGET=name: that one only)
	@command -v clang >/dev/null || { echo "fuzz: clang is missing;" \
		"apt-get install clang libclang-rt-14-dev" >&2; exit 1; }
	@$(MAKE) --no-print-directory BUILD=fuzz CC=clang -j$(JOBS) fuzz-targets
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' sh tests/fuzz/run.sh $(TARGET)

.PHONY: coverage
coverage: deps ## lines and branches that `make check` runs; what it does not is in tests/coverage
	@$(MAKE) --no-print-directory BUILD=cov -j$(JOBS) all tests
	@find build/cov -name '*.gcda' -delete
	@B=build/cov sh tests/run.sh; failed=$$?; \
	python3 -B tests/coverage/coverage.py build/cov \
		tests/coverage/not_covered.md && exit $$failed

.PHONY: fuzz-targets
fuzz-targets: $(FUZZ_BIN)

# An independent validator from npm, in the versions of the lock file.
SCHEMA_TOOLS := build/schema/installed
$(SCHEMA_TOOLS): tests/schema/package.json tests/schema/package-lock.json
	@command -v npm >/dev/null || { echo "check-schema: npm is missing;" \
		"apt-get install nodejs npm" >&2; exit 1; }
	@mkdir -p $(@D)
	@cp $^ $(@D)
	cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: check-schema
check-schema: all $(SCHEMA_TOOLS) ## both JSON Schemas before ajv, Kubernetes samples before its types (needs npm)
	@rm -rf build/schema/runs
	@sh tests/page/make_runs.sh $(B)/bin build/schema/runs
	@RUNS=build/schema/runs node tests/schema/check.cjs \
		$(dir $(SCHEMA_TOOLS)) $(B)/bin/csv2chakra

# A real browser, driven from npm, looks at report.html.
PAGE_TOOLS := build/page/installed
$(PAGE_TOOLS): tests/page/package.json tests/page/package-lock.json
	@command -v npm >/dev/null || { echo "check-page: npm is missing;" \
		"apt-get install nodejs npm" >&2; exit 1; }
	@mkdir -p $(@D)
	@cp $^ $(@D)
	cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

CHROMIUM ?= /usr/bin/chromium
.PHONY: check-page
check-page: all $(PAGE_TOOLS) ## report.html in a browser (needs npm and chromium)
	@[ -x '$(CHROMIUM)' ] || { echo "check-page: $(CHROMIUM) is missing;" \
		"apt-get install chromium" >&2; exit 1; }
	@rm -rf build/page/runs
	@sh tests/page/make_runs.sh $(B)/bin build/page/runs
	@CHROMIUM='$(CHROMIUM)' node tests/page/check.cjs build/page build/page/runs

# Measuring: data, a yardstick, and a runner, none of them part of a program.
BENCH := $(B)/bin/bench
BENCH_BIN := $(BENCH)/make-data $(BENCH)/split-alone $(BENCH)/run-measured \
	$(BENCH)/count-allocs.so
$(BENCH)/make-data: tests/bench/make_data.c
$(BENCH)/split-alone: tests/bench/split_alone.c
$(BENCH)/run-measured: tests/bench/run_measured.c
$(BENCH)/count-allocs.so: tests/bench/count_allocs.c
$(BENCH)/split-alone: LIBS = -lcsv
$(BENCH)/count-allocs.so: SHARED = -shared -fPIC
$(BENCH_BIN): $(B)/flags
	$(call say,CC   ,$@)$(Q)$(CC) -std=c11 -D_DEFAULT_SOURCE $(WARNINGS) -O2 $(SHARED) \
		-o $@ $(filter %.c,$^) $(LIBS)

.PHONY: bench-tools
bench-tools: $(BENCH_BIN) ## build what bench and the instruction count use

.PHONY: bench
bench: all bench-tools ## measure beside libcsv and others (BENCH_ARGS="--size 20 --format json")
	@python3 tests/bench/bench.py --build '$(B)' $(BENCH_ARGS)

.PHONY: bench-deps
bench-deps: ## install what bench compares with: nginx, Miller; Node packages into build/bench
	@DEPS='$(DEPS)' sh tests/deps.sh nginx-light openssl miller
	npm install --no-audit --no-fund --prefix build/bench papaparse@5 \
		csv-parse@5 @duckdb/node-api

.PHONY: rehearse
rehearse: all $(FAULT_PROGRAMS) ## nothing lost, nothing twice: the long proof (REHEARSE='--seeds 9 crash')
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/rehearse/rehearse.py $(REHEARSE)

PROPERTY_CASES ?= 100
PROPERTY_SEED ?= 1
.PHONY: growth
growth: all ## more shapes and sizes of tests/e2e/growth.bats (needs valgrind)
	@GROWTH_TIMES='$(or $(GROWTH_TIMES),4)' CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' \
		bats tests/e2e/growth.bats

.PHONY: property
property: all ## random tables: what may not matter does not (PROPERTY_CASES, PROPERTY_SEED)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/property.py \
		--cases $(PROPERTY_CASES) --seed $(PROPERTY_SEED)

OBEY_CASES ?= 300
OBEY_SEED ?= 1000
.PHONY: obey
obey: all ## broken tables: obeying the advice does no harm (OBEY_CASES, OBEY_SEED)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/obey.py \
		--cases $(OBEY_CASES) --seed $(OBEY_SEED)

ENCODING_FILES ?= 300
ENCODING_SEED ?= 1
.PHONY: encodings
encodings: all ## made files in many languages: is the guess right (ENCODING_FILES, ENCODING_SEED)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/encodings.py \
		--files $(ENCODING_FILES) --seed $(ENCODING_SEED)

HEADERS_SEED ?= 1
.PHONY: headers
headers: all ## is the first record the header: found, false alarms, titles (HEADERS_SEED, HEADERS_FOLDER=… lists findings)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/headers.py --seed $(HEADERS_SEED) -v $(HEADERS_FOLDER)

.PHONY: split-parts
split-parts: all ## are the parts of a file the file: hard inputs, and those of SPLIT_CORPORA=FOLDER
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/split.py $(if $(SPLIT_CORPORA),--corpora $(SPLIT_CORPORA))

MAX_ERRORS_CASES ?= 200
MAX_ERRORS_SEED ?= 1
.PHONY: max-errors
max-errors: all ## does a dry run stop where an import does (MAX_ERRORS_CASES, MAX_ERRORS_SEED)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/max_errors.py \
		--cases $(MAX_ERRORS_CASES) --seed $(MAX_ERRORS_SEED)

UNIQUE_CASES ?= 200
UNIQUE_SEED ?= 1
.PHONY: unique
unique: all tests ## does anything tell unique keys on disk from those in memory, of several files from those of one (UNIQUE_CASES, UNIQUE_SEED)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/unique.py \
		--cases $(UNIQUE_CASES) --seed $(UNIQUE_SEED)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/across.py \
		--cases $(UNIQUE_CASES) --seed $(UNIQUE_SEED) --imports $$(($(UNIQUE_CASES) / 4))

DIFFS_CASES ?= 50
DIFFS_SEED ?= 1
.PHONY: diffs
diffs: all ## does an import that updates do what the diff before it said (DIFFS_CASES, DIFFS_SEED)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/diffs.py \
		--cases $(DIFFS_CASES) --seed $(DIFFS_SEED)

MUTANTS ?= 300
MUTANTS_SEED ?= 1
.PHONY: mutants
mutants: ## small changes to the source: do the tests notice them (MUTANTS, MUTANTS_SEED; an hour)
	@python3 -B tests/mutate/mutate.py map
	@python3 -B tests/mutate/mutate.py run --count $(MUTANTS) --seed $(MUTANTS_SEED)

OUTPUTS ?= build/outputs
.PHONY: outputs-record outputs
outputs-record: all ## keep what some 150 commands print and write (OUTPUTS=folder)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/outputs.py record $(OUTPUTS)
outputs: all ## what of it is different now? (OUTPUTS=folder)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/property/outputs.py compare -v $(OUTPUTS)

SOAK_ROWS ?= 10000000
.PHONY: soak
soak: all ## a long import, stopped, killed and resumed, under 5 % faults (SOAK_ROWS=100000)
	@CSV2CHAKRA_BIN='$(CURDIR)/$(B)/bin' python3 -B tests/rehearse/soak.py --rows $(SOAK_ROWS) $(SOAK_ARGS)

.PHONY: memcheck
memcheck: all $(UNIT_BIN) ## valgrind over the unit tests and a handful of commands
	@B='$(B)' sh tests/memcheck/run.sh

# What has threads: the sandbox, and the server that tests the transport.
THREADED := $(filter sandbox_% transport_%, \
	$(UNIT_SRC:tests/unit/test_%.c=%))
.PHONY: check-threads
check-threads: ## ThreadSanitizer over the sandbox, its tests and the demo
	@$(MAKE) --no-print-directory BUILD=tsan -j$(JOBS) all \
		$(THREADED:%=build/tsan/bin/tests/test_%)
	@set -e; export TSAN_OPTIONS='halt_on_error=1 exitcode=66'; \
	for t in $(THREADED); do \
		echo "  TSAN  $$t"; \
		build/tsan/bin/tests/test_$$t >build/tsan/out 2>&1 || \
			{ cat build/tsan/out; exit 1; }; \
	done; \
	B=build/tsan sh samples/demo.sh >build/tsan/out 2>&1 || \
		{ cat build/tsan/out build/demo/sandbox.out; exit 1; }

.PHONY: demo
demo: deps ## import the sample into a sandbox, then show a bad file's diagnostics
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@B='$(B)' ACK='$(ACK)' sh samples/demo.sh

# Checkers of C, a file at a time, again only when it or a header of it has
# changed. clang-tidy 14 confuses va_lists when it is given several files.
APT_LINT := clang-tidy clang-format cppcheck mandoc shellcheck
LINT := build/lint
# Of tests cppcheck only: long tables and HOLDS() are no complexity.
LINT_SRC := $(wildcard src/*/*.c)
$(LINT)/%.tidy: %.c .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY ,$<)$(Q)clang-tidy --quiet $< -- -std=c11 $(ALL_CPPFLAGS) >$@ 2>&1 || \
		{ cat $@; rm -f $@; exit 1; }

$(LINT)/%.gcc: %.c
	@mkdir -p $(@D)
	$(call say,GCC  ,$< (analyzer))$(Q)gcc -std=c11 $(ALL_CPPFLAGS) -O2 -fanalyzer -Werror -MMD -MP \
		-MF $@.d -MT $@ -MT $(LINT)/$*.tidy -c -o /dev/null $<
	@touch $@

# Suppressed for all: a house where variables stand at the top of a function
# (variableScope); readdir is safe for folders of one's own (readdirCalled);
# out-parameters that a memset fills are taken for unset ones (ctuuninitvar).
# In tests: what is written is read through a pointer handed out before.
.PHONY: cppcheck
cppcheck: ## cppcheck over src and tests
	@mkdir -p $(LINT)/cppcheck
	cppcheck --quiet -j$(JOBS) --std=c11 --library=posix --inline-suppr \
		--enable=warning,style,performance,portability \
		--suppress=variableScope --suppress=readdirCalled \
		--suppress=ctuuninitvar --error-exitcode=1 \
		--cppcheck-build-dir=$(LINT)/cppcheck \
		--template='{file}:{line}: {severity}: {message} [{id}]' \
		--suppress=unreadVariable:tests/'*' \
		--suppress=redundantAssignment:tests/'*' \
		--suppress=unusedStructMember:tests/'*' \
		--library=tests/lint/cppcheck.cfg -Iinclude -Isrc -Itests/unit -DCSV2CHAKRA_VERSION='"$(VERSION)"' \
		src tests

.PHONY: lint-files
lint-files: $(LINT_SRC:%.c=$(LINT)/%.tidy) $(LINT_SRC:%.c=$(LINT)/%.gcc)

.PHONY: lint
lint: ## clang-format, clang-tidy, gcc -fanalyzer, cppcheck, mandoc, shellcheck
	@DEPS='$(DEPS)' sh tests/deps.sh $(APT) $(APT_LINT)
	@$(MAKE) --no-print-directory format-check
	@$(MAKE) --no-print-directory -k -j$(JOBS) lint-files
	@$(MAKE) --no-print-directory cppcheck man-check
	sh tests/lint/shell.sh

.PHONY: man-check
man-check: ## lint the man pages
	mandoc -Tlint -Wwarning man/*.[1-8]

FORMATTED = $(wildcard src/*/*.[ch] include/*/*.h tests/*/*.[ch])
.PHONY: format format-check
format: ## clang-format over src, include, tests
	@clang-format -i $(FORMATTED)
format-check: ## does clang-format have anything to change?
	@clang-format --dry-run -Werror $(FORMATTED)

SHARE = $(DESTDIR)$(PREFIX)/share
DATA = $(SHARE)/csv2chakra
# Shells look for completions in these places below share/; zsh from Debian
# looks into vendor-completions for what packages bring.
ZSH_FUNCTIONS ?= site-functions
COMPLETIONS = bash-completion/completions/csv2chakra \
	zsh/$(ZSH_FUNCTIONS)/_csv2chakra \
	fish/vendor_completions.d/csv2chakra.fish

.PHONY: install
install: all ## install programs, man pages, mappings, samples (DESTDIR, PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/man/man5 \
		$(SHARE)/man/man7 \
		$(DATA)/mappings $(DATA)/samples/schedule \
		$(DATA)/samples/tables \
		$(patsubst %,$(DATA)/%,$(wildcard samples/engines/*)) \
		$(dir $(COMPLETIONS:%=$(SHARE)/%))
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(wildcard man/*.1) $(SHARE)/man/man1
	install -m 644 $(wildcard man/*.5) $(SHARE)/man/man5
	install -m 644 $(wildcard man/*.7) $(SHARE)/man/man7
	install -m 644 $(wildcard mappings/*.yaml mappings/*.json) $(DATA)/mappings
	install -m 644 $(wildcard samples/*.csv) $(DATA)/samples
	install -m 644 $(wildcard samples/tables/*) $(DATA)/samples/tables
	install -m 644 $(wildcard samples/schedule/*) $(DATA)/samples/schedule
	chmod 755 $(DATA)/samples/schedule/notify.sh
	for file in $(wildcard samples/engines/*/*); do \
		case $$file in *.sh) mode=755 ;; *) mode=644 ;; esac; \
		install -m $$mode $$file $(DATA)/$$file || exit 1; \
	done
	sed -i 's|/usr/local/bin/csv2chakra|$(PREFIX)/bin/csv2chakra|' \
		$(DATA)/samples/schedule/*.service
	for to in $(COMPLETIONS); do \
		$(B)/bin/csv2chakra completion "$${to%%[-/]*}" >$(SHARE)/"$$to" && \
		chmod 644 $(SHARE)/"$$to" || exit 1; \
	done

.PHONY: uninstall
uninstall: ## remove what install put there (same DESTDIR, PREFIX)
	rm -f $(patsubst %,$(DESTDIR)$(PREFIX)/bin/%,csv2chakra chakra-sandbox)
	rm -f $(patsubst man/%.1,$(SHARE)/man/man1/%.1,$(wildcard man/*.1))
	rm -f $(patsubst man/%.5,$(SHARE)/man/man5/%.5,$(wildcard man/*.5))
	rm -f $(patsubst man/%.7,$(SHARE)/man/man7/%.7,$(wildcard man/*.7))
	rm -f $(COMPLETIONS:%=$(SHARE)/%)
	rm -rf $(DATA)

# Libraries that the sources load at run time: a package names their owners.
RUNTIME_SONAMES = $(shell sed -n \
	's/.*library_load."\([^"]*\)".*/\1/p' $(LIB_SRC) $(SANDBOX_SRC))
MAINTAINER ?= csv2chakra maintainers <maintainers@users.noreply.r-seed-95ee9b2a.example>

.PHONY: deb
deb: all ## make a Debian package in build/package (needs dpkg-dev)
	@rm -rf build/package/root
	@mkdir -p build/package
	@$(MAKE) --no-print-directory -s install PREFIX=/usr \
		DESTDIR='$(CURDIR)/build/package/root' \
		ZSH_FUNCTIONS=vendor-completions
	@VERSION='$(VERSION)' MAINTAINER='$(MAINTAINER)' \
		SONAMES='$(RUNTIME_SONAMES)' sh src/package/deb.sh \
		'$(CURDIR)/build/package/root' build/package

.PHONY: check-deb
check-deb: deb ## lintian, and install, use and purge it in a clean root (needs root, debootstrap)
	@VERSION='$(VERSION)' SONAMES='$(RUNTIME_SONAMES)' sh tests/package/deb.sh build/package

.PHONY: image
image: deb ## make a container image of the package in build/image (needs root, mmdebstrap, buildah)
	@VERSION='$(VERSION)' sh src/package/image.sh build/package build/image

.PHONY: check-image
check-image: image ## run the image's root, read-only and without rights (needs root, bubblewrap)
	@B='$(B)' VERSION='$(VERSION)' sh tests/package/image.sh build/image

.PHONY: dist
dist: ## make the source tarball in build/package
	@VERSION='$(VERSION)' sh src/package/dist.sh build/package

.PHONY: check-dist
check-dist: dist ## build and test the source tarball in an empty folder
	@VERSION='$(VERSION)' MAKE='$(MAKE)' sh tests/package/dist.sh build/package

.PHONY: clean
clean: ## remove everything that was built
	rm -rf build

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo '  variables: BUILD=release|clang|asan|tsan|cov|fuzz DEPS=no WERROR=yes V=1 DESTDIR= PREFIX='

-include $(shell find $(B)/obj $(B)/faults $(LINT) -name '*.d' 2>/dev/null)
