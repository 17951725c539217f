# make site   the website in site/           make serve  the same on http://127.0.0.1:8000/, reloading
# make documents   the same with the PDF files: installs what makes them, and stops unless they can be made
# make pango   installs what the PDF files need of the system, on Debian and Ubuntu
# make desk   the editor in the browser, on this machine
# make publish-tools   installs what okatakten publish needs
# make test   what a change can break every day; the browser looks at a page of every kind
# make test-all   all that must hold, and at every page    make lock   new pins from pyproject.toml
# make heard   what a screen reader says of five pages, kept anew in tests/heard
# make guide   the pictures of podcast/README.md, taken anew of the desk and the report
# make bench   what the site costs beside stock Material and Hugo, and which goals hold; SIZES="10 100" for fewer episodes
# make parts   the site in podcast apps, WordPress, Ceph … as far as they are installed; make parts-tools installs them
# make load   what the server bears: readers, feed pollers and listeners at nginx; needs nginx and wrk
PYTHON ?= python3
BIN := .venv/bin

.PHONY: site documents pango publish-tools serve desk test test-all heard guide bench load parts parts-tools lock clean
site: .venv/installed
	@$(BIN)/okatakten build
	@echo $(NEXT)

documents: .venv/documents
	@$(BIN)/okatakten build --documents
	@echo $(NEXT)

NEXT := "Titta på den: make serve. Se vad som kan bli bättre: $(BIN)/okatakten check"

PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
pango:
	@dpkg --status $(PANGO) >/dev/null 2>&1 || \
	  ($(SUDO) apt-get update -qq && $(SUDO) apt-get install -qq --yes --no-install-recommends $(PANGO) >/dev/null)

publish-tools: .venv/publish

serve: .venv/installed
	@$(BIN)/okatakten serve

desk: .venv/desk
	@$(BIN)/okatakten desk

test: TESTS = -m "not (audio or browser or browsers or paper or random or rebuild or server)"
test-all: export ALL_PAGES = 1
test test-all: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest $(TESTS)

heard: .venv/dev
	KEEP=1 $(BIN)/pytest -n 0 tests/test_heard.py

guide: .venv/dev
	KEEP=1 $(BIN)/pytest -n 0 tests/test_guide.py tests/test_reach_report.py -k guide

bench: .venv/bench
	$(BIN)/python scripts/bench/peers.py $(SIZES)

load: .venv/installed
	$(BIN)/python scripts/bench/load.py $(LOAD)

parts: .venv/dev
	PYTHONPATH=scripts $(BIN)/python -m parts $(PARTS)

# Ready-made servers are not to start on this machine: each part starts its own. npm runs no scripts of packages.
parts-tools: .venv/dev
	$(SUDO) env RUNLEVEL=1 apt-get install --yes --no-install-recommends $$(PYTHONPATH=scripts $(BIN)/python -m parts --tools apt)
	mkdir -p .venv/node/parts
	npm install --no-audit --no-fund --ignore-scripts --prefix .venv/node/parts $$(PYTHONPATH=scripts $(BIN)/python -m parts --tools npm)

# Most of what is installed is never loaded, so nothing is compiled before it is.
PIP := $(BIN)/pip install --quiet --quiet --disable-pip-version-check --no-compile
# The locks hold versions and hashes, no addresses: the machine's own pip settings say where packages come from.
LOCKED := $(PIP) --require-hashes --requirement
.venv/installed: requirements.lock pyproject.toml
	@echo "Installerar det som webbplatsen byggs med i mappen .venv. Det tar en minut eller två, bara den här gången."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip --quiet --quiet --disable-pip-version-check uninstall --yes setuptools # 3.11 brings it; nothing needs its 10 MB
	@$(LOCKED) $<
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/documents .venv/publish .venv/desk
.venv/documents .venv/publish .venv/desk .venv/dev: .venv/%: requirements-%.lock .venv/installed
	@echo "Installerar det som står i $<."
	@$(LOCKED) $<
	@touch $@

.venv/bench: scripts/bench/requirements.lock .venv/dev
	@$(LOCKED) $<
	@touch $@

# requirements.lock is what site and feed need. Each other lock holds one thing more with all that it needs, in the
# versions of those before it: what two of them name is the same.
COMPILE = .venv-lock/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
  --custom-compile-command "make lock" --universal --python-version 3.11
extra = $(PYTHON) -c 'import tomllib; p = tomllib.load(open("pyproject.toml", "rb")); print(*p["project"]["optional-dependencies"]["$1"], sep="\n")'
EARLIER = $(addprefix --constraint requirements,.lock -documents.lock -publish.lock -desk.lock)
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --disable-pip-version-check uv==0.13.8
	$(COMPILE) --group install --output-file requirements.lock pyproject.toml
	$(call extra,documents) | $(COMPILE) --constraint requirements.lock --output-file requirements-documents.lock -
	$(call extra,publish) | $(COMPILE) --constraint requirements.lock --output-file requirements-publish.lock -
	$(call extra,desk) | $(COMPILE) --constraint requirements.lock --output-file requirements-desk.lock -
	$(COMPILE) --group pyproject.toml:dev $(EARLIER) --output-file requirements-dev.lock
	$(COMPILE) --group pyproject.toml:bench --output-file scripts/bench/requirements.lock

clean:
	rm -rf site .site-* .site.lock .venv .venv-lock .pytest_cache .mypy_cache .ruff_cache .hypothesis
