# Build of Cordon. `make help` lists the targets. Everything made goes to $(BUILD); nothing generated is committed, save docs.
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

MODE  ?= release
BUILD ?= build/$(MODE)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 600
V ?= 0
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@echo "  $(1)" "$(2)";)

ifeq ($(MODE),fuzz)
  override CC := clang
  override CXX := clang++
endif
ifeq ($(origin CC),default)
  CC := gcc
endif
ifeq ($(origin CXX),default)
  CXX := g++
endif

mode_release := -O3 -g
mode_debug   := -O0 -g3
mode_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all \
                -Wno-format-truncation -Wno-maybe-uninitialized
mode_tsan    := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
mode_cov     := -O0 -g --coverage
mode_fuzz    := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
                -fno-sanitize-recover=all -w
ifndef mode_$(MODE)
  $(error MODE is one of release, debug, asan, tsan, cov, fuzz)
endif

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Wvla -Wformat=2 -Wundef $(if $(CI),-Werror)
cd_cppflags := -D_GNU_SOURCE -I. -Iinclude -I$(BUILD) -MMD -MP $(CPPFLAGS)
cd_cflags   := -std=c11 $(WARN) -Wstrict-prototypes -Wmissing-prototypes $(mode_$(MODE)) $(CFLAGS)
# clang as the linker of C programs lacks the runtime of the check of virtual tables.
cd_cxxflags := -std=c++17 $(WARN) $(mode_$(MODE)) $(if $(filter fuzz,$(MODE)),-fno-sanitize=vptr) $(CXXFLAGS)
cd_ldflags  := $(filter-out -w -fsanitize=fuzzer-no-link%,$(mode_$(MODE))) -Wl,--as-needed $(LDFLAGS)
ifeq ($(MODE),fuzz)
  cd_ldflags += -fsanitize=address,undefined
endif
LIBS := -lisal -lyaml -lcjson -lxxhash -lsimdjson -lre2 -lstdc++ -lm -lpthread $(LDLIBS)

# ---- Sources ---------------------------------------------------------------------------------------------------------
# A file is found by its place; adding one needs no change here.
MAINS := runtime/tool/main.c compiler/cli/main.c
under = $(wildcard $(foreach d,$(1),$(d)/*/$(2) $(d)/*/*/$(2)))
objects = $(patsubst %,$(BUILD)/obj/%.o,$(basename $(1)))
generated = $(patsubst %,$(BUILD)/obj/gen/%.o,$(basename $(1)))

RUNTIME  := $(call objects,$(filter-out $(MAINS),$(call under,runtime,*.c)) $(call under,runtime,*.cpp)) \
            $(call generated,$(call under,runtime,*.re) $(call under,runtime,*.y))
COMPILER := $(call objects,$(filter-out $(MAINS) compiler/tools/%,$(call under,compiler editors,*.c))) \
            $(call generated,$(call under,compiler,*.re) $(call under,compiler,*.y)) $(BUILD)/obj/gen/std_modules.o \
            $(BUILD)/obj/gen/bindings.o
GRAMMAR_HEADERS := $(patsubst %.y,$(BUILD)/gen/%.h,$(call under,runtime compiler,*.y))
BASE     := $(call objects,$(wildcard runtime/base/*.c))
TABLES   := $(wildcard stdlib/schema/*.txt)
MAPPINGS := $(wildcard stdlib/schema/normalize/*.yaml)
BINDINGS := $(wildcard stdlib/schema/bindings/*.yaml)
MODULES  := $(shell find stdlib/std -name '*.cordon' 2>/dev/null | LC_ALL=C sort)
ifneq ($(and $(wildcard compiler/tools/tablegen.c),$(TABLES)),)
  RUNTIME += $(BUILD)/obj/gen/schema_tables.o
endif
ifneq ($(and $(wildcard compiler/tools/mapgen.c),$(MAPPINGS)),)
  RUNTIME += $(BUILD)/obj/gen/normalize_maps.o
endif
SUPPORT  := $(call objects,$(filter-out %/main.c,$(wildcard tests/support/*.c tests/reference/*.c)))
REFERENCE := $(if $(wildcard tests/reference/main.c),$(BUILD)/cordon-reference)
UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
FUZZERS  := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
PROGRAMS := $(if $(wildcard compiler/cli/main.c),$(BUILD)/cordon) $(if $(wildcard runtime/tool/main.c),$(BUILD)/cordon-eval)
LIB_RUNTIME := $(BUILD)/libcordon-runtime.a
LIB         := $(BUILD)/libcordon.a
LIB_SUPPORT := $(if $(SUPPORT),$(BUILD)/libsupport.a)

.PHONY: all
all: $(PROGRAMS) $(LIB)

# ---- Is everything here? Flags and lists are remembered in files, so that a change of either rebuilds what it must. --------
# $(call remember,NAME,TEXT)
remember = $(if $(if $(wildcard $(BUILD)/$(1)),,new)$(filter-out $(file <$(BUILD)/$(1)),$(2))$(filter-out $(2),$(file <$(BUILD)/$(1))),$(file >$(BUILD)/$(1),$(2)))
NO_BUILD := help deps clean test test-long test-peers demo bench check-speed fuzz fuzz-short check-layers
ifneq ($(filter-out $(NO_BUILD),$(or $(MAKECMDGOALS),all)),)
  NEEDED := $(strip $(foreach tool,$(CC) $(CXX) re2c lemon,$(if $(shell command -v $(firstword $(tool))),,$(tool))) \
    $(foreach h,yaml.h cjson/cJSON.h xxhash.h simdjson.h re2/re2.h isa-l.h,$(if $(CPATH)$(CPPFLAGS)$(wildcard /usr/include/$(h) /usr/local/include/$(h)),,$(h))))
  ifneq ($(NEEDED),)
    $(error Missing: $(NEEDED). Run `make deps`, which installs the Debian packages)
  endif
  $(shell mkdir -p $(BUILD))
  $(call remember,flags,$(CC) $(CXX) $(cd_cppflags) $(cd_cflags) $(cd_cxxflags) $(cd_ldflags) $(LIBS))
  $(call remember,objects,$(RUNTIME) $(COMPILER) $(SUPPORT))
  $(call remember,modules,$(MODULES) $(TABLES) $(MAPPINGS) $(BINDINGS))
endif

# ---- Compiling ---------------------------------------------------------------------------------------------------------
$(BUILD)/obj/%.o: %.c $(BUILD)/flags | $(GRAMMAR_HEADERS)
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(cd_cppflags) $(cd_cflags) -c $< -o $@

$(BUILD)/obj/%.o: %.cpp $(BUILD)/flags
	$(call say,CXX,$<)mkdir -p $(@D) && $(CXX) $(cd_cppflags) $(cd_cxxflags) -c $< -o $@

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/flags | $(GRAMMAR_HEADERS)
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(cd_cppflags) $(cd_cflags) -w -c $< -o $@

$(BUILD)/gen/%.c: %.re $(BUILD)/flags
	$(call say,RE2C,$<)mkdir -p $(@D) && re2c -W -Werror --no-generation-date --no-version -o $@ $<

# Lemon leaves an unchanged header's time alone: touch it, or every make would run lemon again.
$(BUILD)/gen/%.c $(BUILD)/gen/%.h &: %.y $(BUILD)/flags
	$(call say,LEMON,$<)mkdir -p $(@D) && lemon -q -d$(@D) $< && touch $(BUILD)/gen/$*.c $(BUILD)/gen/$*.h

# ---- Tables made by host tools -------------------------------------------------------------------------------------------
HOST_TOOLS := $(patsubst compiler/tools/%.c,$(BUILD)/tools/%,$(wildcard compiler/tools/*.c))
run_tool = ASAN_OPTIONS=detect_leaks=0 $(BUILD)/tools/$(1)

$(BUILD)/tools/%: $(BUILD)/obj/compiler/tools/%.o $(BASE)
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $^ $(cd_ldflags) $(LIBS) -o $@

# What a tool, or several, have beside their one file stands in a folder.
$(BUILD)/tools/tablegen: $(call objects,$(wildcard compiler/tools/tablegen/*.c))
$(BUILD)/tools/mapgen $(BUILD)/tools/bindgen: $(call objects,$(wildcard compiler/tools/yaml/*.c))

$(BUILD)/gen/std_modules.c: $(BUILD)/tools/embed $(BUILD)/modules $(MODULES)
	$(call say,EMBED,stdlib/std)mkdir -p $(@D) && $(call run_tool,embed) $@ stdlib $(MODULES)

$(BUILD)/gen/normalize_maps.c: $(BUILD)/tools/mapgen $(BUILD)/modules $(MAPPINGS)
	$(call say,MAPGEN,stdlib/schema/normalize)mkdir -p $(@D) && $(call run_tool,mapgen) $@ $(MAPPINGS)

$(BUILD)/gen/bindings.c: $(BUILD)/tools/bindgen $(BUILD)/modules $(BINDINGS)
	$(call say,BINDGEN,stdlib/schema/bindings)mkdir -p $(@D) && $(call run_tool,bindgen) $@ $(BINDINGS)

$(BUILD)/gen/schema_tables.bin: $(BUILD)/tools/tablegen $(BUILD)/modules $(TABLES)
	$(call say,TABLEGEN,stdlib/schema)mkdir -p $(@D) && $(call run_tool,tablegen) $@ $(TABLES)

define SCHEMA_ASM
    .section .rodata
    .balign 16
    .globl cd_schema_blob, cd_schema_blob_end
cd_schema_blob:
    .incbin "$(BUILD)/gen/schema_tables.bin"
cd_schema_blob_end:
    .byte 0
    .section .note.GNU-stack,"",@progbits
endef
$(BUILD)/obj/gen/schema_tables.o: $(BUILD)/gen/schema_tables.bin
	$(file >$(BUILD)/gen/schema_tables.s,$(SCHEMA_ASM))
	$(call say,AS,$<)mkdir -p $(@D) && $(CC) -c $(BUILD)/gen/schema_tables.s -o $@

# ---- Linking -----------------------------------------------------------------------------------------------------------
$(LIB_RUNTIME): $(RUNTIME) $(BUILD)/objects
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $(RUNTIME)

$(LIB): $(RUNTIME) $(COMPILER) $(BUILD)/objects
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $(RUNTIME) $(COMPILER)

$(BUILD)/libsupport.a: $(SUPPORT) $(BUILD)/objects
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $(SUPPORT)

$(BUILD)/cordon: $(BUILD)/obj/compiler/cli/main.o $(LIB)
	$(call say,LD,$@)$(CC) $^ $(cd_ldflags) $(LIBS) -o $@

$(BUILD)/cordon-eval: $(BUILD)/obj/runtime/tool/main.o $(LIB_RUNTIME)
	$(call say,LD,$@)$(CC) $^ $(cd_ldflags) $(LIBS) -o $@

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(LIB_SUPPORT) $(LIB)
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $^ $(cd_ldflags) -lcriterion $(LIBS) -o $@

# The slow reference evaluator, against which the evaluator is held (tests/run-differential).
$(BUILD)/cordon-reference: $(BUILD)/obj/tests/reference/main.o $(LIB_SUPPORT) $(LIB)
	$(call say,LD,$@)$(CC) $^ $(cd_ldflags) $(LIBS) -o $@

$(BUILD)/fuzz/%-replay: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/replay.o $(SUPPORT) $(LIB)
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $^ $(cd_ldflags) $(LIBS) -o $@

$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(SUPPORT) $(LIB)
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $^ $(cd_ldflags) -fsanitize=fuzzer $(LIBS) -o $@

# ---- Everything else that one types; tests/ has the scripts ------------------------------------------------------------------
.PHONY: test test-long test-peers test-programs reference unit golden docs check-docs check-layers check-format format fuzz fuzz-short fuzz-programs \
        fuzz-replay bench check-speed demo install clean deps help
jobs = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))
sub_make = +$(Q)$(MAKE) --no-print-directory $(jobs) MODE=$(MODE) BUILD=$(BUILD)

test: deps ## Build, and run every test and check
	$(sub_make) test-programs
	$(Q)tests/run-all $(BUILD)

test-long: deps ## The evaluator against the reference evaluator, on SEEDS (5000) random policies
	$(sub_make) test-programs
	$(Q)tests/run-differential $(BUILD) $(or $(SEEDS),5000)

test-peers: deps ## cordon simulate beside an independent simulator, installed with npm into build/, on LINES (20000) random lines
	$(sub_make) all
	$(Q)tests/run-peers $(BUILD) $(or $(LINES),20000) $(SEED)

test-programs: all $(HOST_TOOLS) $(UNIT) $(REFERENCE) $(FUZZERS:%=$(BUILD)/fuzz/%-replay)

reference: $(REFERENCE)

unit: $(UNIT) ## The unit tests (ONLY=test_base_num for one program)
	$(Q)tests/run-unit $(BUILD) $(ONLY)

golden: all ## The golden cases (CASE=emit/ for some, UPDATE=1 rewrites what is expected)
	$(Q)UPDATE=$(UPDATE) tests/run-golden $(BUILD) $(CASE)

docs: all $(HOST_TOOLS) ## Regenerate the generated documents in docs/
	$(Q)tests/tools/generate-docs $(BUILD) .

check-docs: all $(HOST_TOOLS) ## Generated documents are current, examples in documents run
	$(Q)tests/tools/check-docs $(BUILD)
	$(Q)tests/run-docs $(BUILD)

check-layers: ## Who includes whom
	$(Q)tests/tools/check-layers

check-format: all ## Formatting, by cordon fmt and clang-format 14
	$(Q)tests/tools/check-format $(BUILD)

format: all ## Format in place
	$(Q)tests/tools/check-format --fix $(BUILD)

fuzz: ## Fuzz each target for FUZZ_SECONDS (600)
	$(Q)tests/tools/install-deps --fuzz
	$(sub_make) MODE=fuzz BUILD=build/fuzz fuzz-programs
	$(Q)tests/run-fuzz build/fuzz $(FUZZ_SECONDS) $(FUZZERS)

fuzz-short: ## Fuzz each target for a minute
	$(Q)$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=$(if $(filter command line environment,$(origin FUZZ_SECONDS)),$(FUZZ_SECONDS),60)

fuzz-programs: $(BUILD)/cordon $(FUZZERS:%=$(BUILD)/fuzz/%)

fuzz-replay: $(BUILD)/cordon $(FUZZERS:%=$(BUILD)/fuzz/%-replay) ## Run the committed fuzz inputs once
	$(Q)tests/run-fuzz --replay $(BUILD) $(FUZZERS)

bench: ## Measure, as docs/BENCHMARKS.md says (WRITE=1 puts the tables there, ALL=1 adds OPA and regorus, REQUESTS=1 simulate alone)
	$(sub_make) all
	$(Q)tests/bench/run $(BUILD) $(if $(ALL),--all) $(if $(REQUESTS),--requests) $(if $(WRITE),--write)

check-speed: ## Instructions of a few small runs, against those written down in tests/bench
	$(Q)tests/tools/install-deps --bench
	$(sub_make) all
	$(Q)tests/bench/instructions $(BUILD)

demo: ## The example estate: findings, service control policies, bucket policies
	$(Q)tests/tools/install-deps --build
	$(sub_make) all
	$(Q)examples/sovereign-llm/demo $(BUILD)/cordon

install: all ## Install below PREFIX (and DESTDIR)
	install -D -t $(DESTDIR)$(PREFIX)/bin $(PROGRAMS)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib $(LIB)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/include/cordon include/cordon/*.h

deps: ## Install the Debian packages that are missing
	$(Q)tests/tools/install-deps

clean: ## Remove everything built
	rm -rf build

help: ## This list
	@echo "make [TARGET] [MODE=release|debug|asan|tsan|cov] [V=1]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 18

-include $(patsubst %.o,%.d,$(RUNTIME) $(COMPILER) $(SUPPORT) $(call objects,$(MAINS) $(wildcard tests/*/*.c compiler/tools/*.c compiler/tools/*/*.c)))
