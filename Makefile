# make site   the website in site/           make serve  the same on http://127.0.0.1:8000/, reloading
# make documents   the same as make site, and stops unless the PDF files can be made, too
# make pango   installs what the PDF files need, on Debian and Ubuntu
# make test   what a change can break every day; the browser looks at a page of every kind
# make test-all   all that must hold, and at every page    make lock   new pins from pyproject.toml
# make bench   what the site costs, beside stock Material and Hugo; make bench SIZES="10 100" for fewer episodes
# make load   what the server bears: readers, feed pollers and listeners at nginx; needs nginx and wrk
PYTHON ?= python3
BIN := .venv/bin

.PHONY: site documents pango serve test test-all bench load lock clean
site: .venv/installed
	@$(BIN)/okatakten build

documents: .venv/installed
	@$(BIN)/okatakten build --documents

PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
pango:
	@dpkg --status $(PANGO) >/dev/null 2>&1 || \
	  ($(SUDO) apt-get update -qq && $(SUDO) apt-get install -qq --yes --no-install-recommends $(PANGO) >/dev/null)

serve: .venv/installed
	@$(BIN)/okatakten serve

test: TESTS = -m "not (audio or browser or paper or random or rebuild or server)"
test-all: export ALL_PAGES = 1
test test-all: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest $(TESTS)

bench: .venv/bench
	$(BIN)/python scripts/bench/peers.py $(SIZES)

load: .venv/installed
	$(BIN)/python scripts/bench/load.py $(LOAD)

# The lock holds versions and hashes, no addresses: the machine's own pip settings say where packages come from.
.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/bench: .venv/installed scripts/bench/requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement scripts/bench/requirements.lock
	@touch $@

COMPILE = .venv-lock/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
  --custom-compile-command "make lock" --universal --python-version 3.11
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --disable-pip-version-check uv==0.13.8
	$(COMPILE) --group dev --output-file requirements.lock pyproject.toml
	$(COMPILE) --group pyproject.toml:bench --output-file scripts/bench/requirements.lock

clean:
	rm -rf site .site-new .site-old .venv .venv-lock .pytest_cache .mypy_cache .ruff_cache .hypothesis
