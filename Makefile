# make run     set everything up and serve on http://127.0.0.1:8000/ (make run PORT=8001 for another port)
# make test    the tests to run at each change: rules on both databases, pages on SQLite, a real browser
# make long    the walks through every page, the pages on PostgreSQL, each of them for axe and 320 pixels, servers that are killed, disks that are full, and make outside
# make outside what others' programs do with the site: Caddy, nginx, Apache, PgBouncer, and slow clients for a minute
# make neighbours what others' programs make of what the site gives: WordPress, LibreOffice, spam filters, a browser of text alone
# make check   style, common mistakes and types
# make audit   known vulnerabilities in the locked packages (asks a service on the internet)
# make bench   the measurements of benchmarks/; writes docs/performance.md
# make lock    pin the requirements anew (needs uv); make lock UPGRADE=--upgrade takes newer versions
# make words   bring the list of sentences and each language's catalogue up to date with the sentences in use
# make clean   remove what the targets above made; never the instance folder

.PHONY: run test long outside neighbours check audit bench lock words clean
.DEFAULT_GOAL := run

VENV := .venv
# One more than there are cores: a browser waits as often as it works.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
PROCESSES ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 2)
BIN := $(VENV)/bin
FITS = -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$name >/dev/null 2>&1 && $$name $(FITS) 2>/dev/null && { command -v $$name; break; }; done)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
SENTENCES := ua_tracker/translations/messages.pot
CATALOGUES := $(wildcard ua_tracker/translations/*/LC_MESSAGES/messages.po)
VERSION := $(shell sed -n 's/^version = "\(.*\)"$$/\1/p' pyproject.toml)
export PORT

run: $(VENV)/installed
	@exec $(BIN)/python app.py

test: $(VENV)/installed-dev
	@$(BIN)/python -m pytest -n $(WORKERS) --pages-on=sqlite -m "not walk" -k "not 320_pixels" tests/rules tests/project tests/documents tests/web tests/browser

# Half of it waits for other programs, so that more processes than cores are of use.
long: $(VENV)/installed-dev
	@$(BIN)/python -m pytest -n $(PROCESSES) --dist loadgroup --no-loadscope-reorder --long tests/outside tests/journeys tests/browser tests/web

# The tests of one file share its programs.
outside: $(VENV)/installed-dev
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests/outside

# The tests of one file share WordPress and its browsers.
neighbours: $(VENV)/installed-dev
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests/neighbours

check: $(VENV)/installed-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# Error 75 means that the vulnerability service did not answer: nothing was checked.
audit: $(VENV)/installed-dev
	@$(BIN)/python -m tests.audit

bench: $(VENV)/installed-dev
	@$(BIN)/python -m benchmarks

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet $(UPGRADE) \
		--extra postgres --extra redis pyproject.toml --output-file requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet $(UPGRADE) \
		--extra postgres --extra redis --extra dev --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt

# The dates are left out: each run would change them, and two branches would always conflict.
words: $(VENV)/installed-dev
	@$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keywords marked --keywords lazy_gettext \
		--add-location file --sort-output --width 110 --header-comment "# The sentences of UA Tracker. Made by: make words" \
		--output-file $(SENTENCES) .
	@$(BIN)/pybabel --quiet update --domain messages --input-file $(SENTENCES) \
		--output-dir ua_tracker/translations --no-fuzzy-matching --ignore-obsolete --width 110
	@for file in $(SENTENCES) $(CATALOGUES); do sed -e '/^"POT-Creation-Date: /d' -e '/^"PO-Revision-Date: /d' \
		-e '/^"Report-Msgid-Bugs-To: /d' -e 's/^"Project-Id-Version: .*/"Project-Id-Version: UA Tracker $(VERSION)\\n"/' \
		$$file > $$file.new && mv $$file.new $$file; done

clean:
	rm -rf $(VENV) build .ruff_cache .hypothesis .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" && "$(PYTHON)" $(FITS) 2>/dev/null || { \
		echo "UA Tracker needs Python 3.11 or newer, and none was found. Install it, or name it: make run PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@echo "Making the environment (once)…"
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/installed: requirements.txt $(VENV)/bin/python
	@echo "Installing what UA Tracker needs (once)…"
	@$(INSTALL) --requirement requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/bin/python
	@echo "Installing what the tests need (once)…"
	@$(INSTALL) --requirement requirements-dev.txt
	@touch $(VENV)/installed $@
