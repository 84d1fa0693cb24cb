# On a fresh machine with Python 3.11+, git and make these do all the set-up: an own environment from the lock, an own PostgreSQL.
PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
# Images often set it; then each of our processes would compile the 4,000 modules of Airflow, dbt and Great Expectations anew (10 s).
unexport PYTHONDONTWRITEBYTECODE

.PHONY: nightly test lint evaluate up stop docs lock clean benchmark

nightly: .venv/.runtime            ## run the main job on the sample input (or INBOX=folder of reports)
	@$(if $(INBOX),TTHC_INBOX="$(INBOX)") $(BIN)/tthc nightly

test: .venv/.dev                   ## the whole suite; parts: make test TESTS=tests/test_db.py
	@$(BIN)/python -m pytest $(or $(TESTS),tests)

lint: .venv/.dev                   ## style, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

evaluate: .venv/.dev               ## how well reports are read and audited, by measure family, with the worst cases
	@-$(BIN)/python -m tests.evaluation.score
	@$(BIN)/python -m tests.evaluation.score_audit

benchmark: .venv/.dev           ## a national night in figures, into build/benchmark.json; small: make benchmark DOSSIERS=200000
	@$(BIN)/python -m benchmarks.national $(or $(DOSSIERS),10000000)

up: .venv/.runtime                 ## Airflow with its web UI on loopback, the same DAGs scheduled; Ctrl-C ends it
	@$(BIN)/tthc up

stop: .venv/.runtime               ## stop the embedded PostgreSQL
	@$(BIN)/tthc stop

docs: .venv/.runtime               ## dbt's documentation of every model and column
	@$(BIN)/tthc docs

lock: $(UV)                        ## resolve pyproject.toml again into the two locks
	$(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links -q -o requirements.lock
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links -q -c requirements.lock -o requirements-dev.lock

clean: ; rm -rf .run build .venv .uv

# uv in an environment of its own; where Python comes without ensurepip, pip puts it there.
$(UV):
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11, 3.12 or 3.13 is needed; this is " + sys.version.split()[0] + " (make PYTHON=python3.11 …)" if not (3, 11) <= sys.version_info < (3, 14) else 0)'
	@echo "Setting up: uv in .uv"
	@$(PYTHON) -m venv .uv 2>/dev/null || $(PYTHON) -m venv --without-pip .uv
	@if [ -x .uv/bin/pip ]; then .uv/bin/pip install --quiet --disable-pip-version-check -r requirements-uv.lock --require-hashes; \
	 else $(PYTHON) -m pip --python .uv/bin/python install --quiet -r requirements-uv.lock --require-hashes; fi

.venv/pyvenv.cfg: | $(UV)
	@$(UV) venv --quiet --python $(PYTHON) .venv

.venv/.runtime: requirements.lock pyproject.toml .venv/pyvenv.cfg
	@echo "Setting up: the environment in .venv (about 600 MB)"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@
