# Every target is one line of what it does and a thin call; the work is in Python.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo serve test test-services check bench requirements environment environment-dev

# Any Python 3.11 or newer.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
RUN := .venv/bin/python
# Two workers suit two cores; more cores may take more.
WORKERS ?= 2

help: ## Show what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | \
		while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

demo: environment ## The site with sample content on 127.0.0.1:8000, or PORT=...; Ctrl-C ends it
	@DJANGO_SETTINGS_MODULE=config.settings.demo exec $(RUN) manage.py demo

serve: environment ## The same for development: follows changes of the code, shows errors in full
	@DJANGO_SETTINGS_MODULE=config.settings.demo exec $(RUN) manage.py demo --reload

test: environment-dev ## The whole test suite (ARGS="-k facet" for a part of it)
	@$(RUN) manage.py services fetch
	@exec $(RUN) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-services: environment-dev ## Keep the tests' servers running between runs, for quick work
	@DJANGO_SETTINGS_MODULE=config.settings.test $(RUN) manage.py services start

check: environment-dev ## Lint, types, import contracts, templates, migrations, deployment settings
	@exec $(RUN) -m tests.check

bench: environment-dev ## Benchmarks: imports, search, pages
	@exec $(RUN) -m benchmarks $(ARGS)

requirements: environment-dev ## Pin all packages anew, after a change in pyproject.toml
	@exec $(RUN) -m tests.requirements

environment:
	@$(PYTHON) -m config.environment run

environment-dev:
	@$(PYTHON) -m config.environment dev
