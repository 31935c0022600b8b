# Two commands: `make demo` and `make test`. Each installs what it needs into .venv, and nothing outside it.

PORT ?= 8000
export PORT
BIN := .venv/bin
PYTHON_IN_VENV := $(BIN)/python
INSTALL := $(PYTHON_IN_VENV) -m pip install --quiet --disable-pip-version-check --require-hashes -r
PINS := requirements.txt requirements-embedded.txt requirements-dev.txt

# What a production machine would set; the values go nowhere.
PRODUCTION := \
	ALLOWED_HOSTS=trova.example SITE_URL=https://trova.example \
	SECRET_KEY=checked-without-being-used-23456789-abcdefghij-klmnopqrst \
	DATABASE_URL=postgres://trova@localhost/trova REDIS_URL=redis://localhost \
	MAIL_URL=smtp+tls://mail.example:587

.PHONY: demo test check bench bench-search bench-evaluate chaos-evaluate coverage gate-power gate-faults screenshots requirements

demo: .venv/embedded
	@exec $(PYTHON_IN_VENV) -m trova.demo_supervisor

test: check
	@.ci/chromium
	$(PYTHON_IN_VENV) -m pytest --numprocesses 2

# Ratios to baselines in the same run; the first run makes a million listings and keeps them.
bench: .venv/dev
	@.ci/chromium
	$(PYTHON_IN_VENV) -m trova.bench

# Search over the same million listings, beside `icontains`.
bench-search: .venv/dev
	$(PYTHON_IN_VENV) -m trova.bench search

# A run of 250 cases against the time that its calls take.
bench-evaluate: .venv/dev
	$(PYTHON_IN_VENV) -m trova.bench evaluate

# A run killed with -9 at twenty random moments; TROVA_SEED=n draws others.
chaos-evaluate: .venv/dev
	TROVA_KILLS=20 $(PYTHON_IN_VENV) -m pytest -q -s evals/tests/test_kills.py

# How often the intervals hold the truth, and how often the gate decides rightly: minutes, printed as tables.
coverage: .venv/dev
	$(PYTHON_IN_VENV) -m evals.proofs coverage

gate-power: .venv/dev
	$(PYTHON_IN_VENV) -m evals.proofs power

# What the gate says of twenty bad habits (evals/bad_behaviours.toml), of rewordings and of equals.
gate-faults: .venv/dev
	$(PYTHON_IN_VENV) -m evals.proofs faults

# The pictures of docs/screenshots, of the demo that runs at PORT: best one with new data.
screenshots: .venv/dev
	@.ci/chromium
	$(PYTHON_IN_VENV) -m trova.screenshots

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	TROVA_DEMO=1 $(BIN)/mypy .
	$(BIN)/lint-imports
	TROVA_DEMO=1 $(PYTHON_IN_VENV) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PYTHON_IN_VENV) manage.py check --deploy --fail-level WARNING

# The pins, with hashes, for every Python 3.11 and 3.12.
requirements: .venv/dev
	for pins in $(PINS:.txt=); do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url $$pins.in -o $$pins.txt || exit 1; \
	done

.venv/made:
	@.ci/venv

.venv/embedded .venv/dev: .venv/%: requirements-%.txt | .venv/made
	@echo "Installing $< ..."
	@$(INSTALL) $<
	@touch $@
